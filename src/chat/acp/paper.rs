//! What the pane shows: lines that scroll, a line at their end that says what goes on, and the prompt.
//! The last of them are remembered and drawn again where the size changes.

use crate::chat::composer::Composer;
use crate::chat::foot::{Foot, width};
use crate::chat::wrap::Wrap;
use crate::core::text::strip;
use crate::platform::terminal;
use std::collections::VecDeque;
use std::io;

/// How many pieces are remembered.
const REMEMBERED: usize = 200;

/// How a piece is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Bold,
    Dim,
    Warn,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Warn => "33",
        }
    }
}

/// The screen's contents.
pub struct Paper {
    out: String,
    pieces: VecDeque<(Ink, String)>,
    /// The answer that comes in, and where its last line breaks.
    stream: Option<(String, Wrap)>,
    /// A line about what goes on is shown.
    goes_on: bool,
    foot: Foot,
    columns: usize,
}

impl Paper {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            out: String::new(),
            pieces: VecDeque::new(),
            stream: None,
            goes_on: false,
            foot: Foot::default(),
            columns: width(),
        }
    }

    /// Puts text under what is there.
    pub fn say(&mut self, ink: Ink, text: &str) {
        self.clear();
        let text = strip(text);
        let drawn = drawn(ink, &text, self.columns);
        self.out.push_str(&drawn);
        self.remember(ink, text);
    }

    /// Puts more of an answer under what is there.
    pub fn stream(&mut self, more: &str) {
        if self.stream.is_none() {
            self.clear();
        }
        let columns = self.columns;
        let new = || (String::new(), Wrap::new(columns - 1));
        let (text, wrap) = self.stream.get_or_insert_with(new);
        let more = strip(more);
        text.push_str(&more);
        self.out.push_str(&wrap.feed(&more));
    }

    /// The answer has a break, or its end.
    fn break_off(&mut self) {
        if let Some((text, mut wrap)) = self.stream.take() {
            self.out.push_str(&wrap.end());
            self.out.push_str("\r\n");
            self.remember(Ink::Plain, text);
        }
    }

    /// Says in one line what goes on, where no answer comes in.
    pub fn goes_on(&mut self, words: &str) {
        if self.stream.is_some() {
            return;
        }
        self.clear();
        let words = strip(words).replace('\n', " ");
        let words: String = words.chars().take(self.columns - 1).collect();
        self.out.push_str(&format!("\x1b[2m{words}\x1b[0m"));
        self.goes_on = true;
    }

    /// Puts the prompt at the end.
    pub fn prompt(&mut self, composer: &Composer, hint: &str) {
        self.break_off();
        if std::mem::take(&mut self.goes_on) {
            self.out.push_str("\r\x1b[K");
        }
        let text = self.foot.show(composer, hint);
        self.out.push_str(&text);
    }

    /// Takes away what is not to stay: the prompt, and what goes on.
    pub fn clear(&mut self) {
        self.break_off();
        let prompt = self.foot.take_away();
        self.out.push_str(&prompt);
        if std::mem::take(&mut self.goes_on) {
            self.out.push_str("\r\x1b[K");
        }
    }

    /// Adds what is no text, such as a report of the state.
    pub fn raw(&mut self, bytes: &str) {
        self.out.push_str(bytes);
    }

    /// Draws the end of it for the columns that there are now: a terminal cuts what was printed for
    /// more of them.
    pub fn resized(&mut self) {
        if std::mem::replace(&mut self.columns, width()) == self.columns {
            return;
        }
        self.foot.forget();
        self.goes_on = false;
        let rows = terminal::size().map_or(24, |(rows, _)| usize::from(rows));
        let most = rows.saturating_sub(2).max(1);
        let mut again: String = self
            .pieces
            .iter()
            .map(|(ink, text)| drawn(*ink, text, self.columns))
            .collect();
        if let Some((text, wrap)) = &mut self.stream {
            *wrap = Wrap::new(self.columns - 1);
            again.push_str(&wrap.feed(text));
        }
        let lines: Vec<&str> = again.split("\r\n").collect();
        let last = lines[lines.len().saturating_sub(most)..].join("\r\n");
        self.out.push_str(&format!("\x1b[H\x1b[2J{last}"));
    }

    /// The whole screen is cleared.
    pub fn wipe(&mut self) {
        self.foot.forget();
        self.out.push_str("\x1b[H\x1b[2J");
    }

    /// Writes it to the terminal.
    ///
    /// # Errors
    /// What the system said.
    pub fn flush(&mut self) -> io::Result<()> {
        crate::chat::flush(&mut self.out)
    }

    fn remember(&mut self, ink: Ink, text: String) {
        if self.pieces.len() >= REMEMBERED {
            self.pieces.pop_front();
        }
        self.pieces.push_back((ink, text));
    }
}

fn drawn(ink: Ink, text: &str, columns: usize) -> String {
    let mut wrap = Wrap::new(columns - 1);
    let text = wrap.feed(text) + &wrap.end();
    let rows = text.split("\r\n").map(|row| match ink {
        Ink::Plain => format!("{row}\r\n"),
        ink => format!("\x1b[{}m{row}\x1b[0m\r\n", ink.code()),
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_gives_way_to_what_stays_and_nothing_of_it_is_a_command() {
        let mut paper = Paper::new();
        paper.goes_on("it\nreads \x1b[31m");
        paper.stream("one ");
        paper.stream("two");
        // It would break the line that comes in.
        paper.goes_on("still");
        paper.say(Ink::Warn, "a\x1b]0;x\x07b");
        let out = std::mem::take(&mut paper.out);
        assert!(
            out.starts_with("\x1b[2mit reads [31m\x1b[0m\r\x1b[Kone two\r\n"),
            "{out:?}"
        );
        assert!(out.ends_with("\x1b[33ma]0;xb\x1b[0m\r\n"), "{out:?}");
        assert!(!out.contains("still"), "{out:?}");
    }
}
