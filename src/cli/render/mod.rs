//! How verbs print for people: aligned, a glyph and a word, no colour where none is wanted.

pub mod age;
pub mod ask;
pub mod cost;
pub mod log;
pub mod peer;
pub mod table;
pub mod transcript;

use std::io::IsTerminal;

/// What the place that is printed to can show.
#[derive(Clone, Debug)]
pub struct Style {
    /// Whether SGR sequences may be written.
    pub colour: bool,
    /// Columns; absent when it is no terminal, and then nothing is cut.
    pub width: Option<usize>,
}

/// What a word is coloured as; the word and its glyph say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Hue {
    Plain,
    Dim,
    Good,
    Wants,
    Bad,
}

impl Style {
    /// No colour, nothing cut: what a pipe gets.
    pub const PLAIN: Style = Style {
        colour: false,
        width: None,
    };

    /// What standard output is.
    pub fn of_stdout() -> Self {
        if !std::io::stdout().is_terminal() {
            return Self::PLAIN;
        }
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|t| t == "dumb");
        let size = crossterm::terminal::size().ok();
        Self {
            colour: wanted && !dumb,
            width: size.map(|(cols, _)| usize::from(cols)).filter(|w| *w >= 20),
        }
    }

    /// `text` in a hue, where colour is wanted.
    pub fn paint(&self, hue: Hue, text: &str) -> String {
        let code = match hue {
            _ if !self.colour || text.is_empty() => return text.to_owned(),
            Hue::Plain => return text.to_owned(),
            Hue::Dim => "2",
            Hue::Good => "32",
            Hue::Wants => "33",
            Hue::Bad => "31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// Text from outside on one line: control characters become blanks, so that nothing of it is
/// executed by a terminal and nothing breaks a table.
pub fn line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.collect::<String>().trim_end().to_owned()
}

/// Text of several lines from outside: line breaks stay, every other control character goes.
pub fn block(text: &str) -> String {
    let lines = text.lines().map(line);
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_reaches_the_terminal_as_a_sequence() {
        assert_eq!(line("a\x1b]52;c;aGk=\x07b\u{9b}2J"), "a ]52;c;aGk= b 2J");
        assert_eq!(block("one\r\ntwo\x1b[2J\n"), "one\ntwo [2J");
    }

    #[test]
    fn no_colour_means_no_sequence() {
        assert_eq!(Style::PLAIN.paint(Hue::Bad, "lost"), "lost");
    }
}
