//! What the chat puts on the screen.

use super::{AGAIN, Pane};
use crate::chat::composer::Composer;
use crate::chat::foot::width;
use crate::chat::wrap::Wrap;
use crate::core::text::{line, strip};
use crate::platform::terminal;
use crate::runtime::endpoint::{Message, Role, TITLE};
use std::time::Instant;

impl Pane {
    /// Draws the end of the conversation for the columns that there are now: a terminal cuts what
    /// was printed for more of them.
    pub(super) fn resized(&mut self) {
        if std::mem::replace(&mut self.columns, width()) == self.columns {
            return;
        }
        self.foot.forget();
        self.out.push_str("\x1b[H\x1b[2J");
        let kept = std::mem::take(&mut self.out);
        let said: Vec<Message> = self.talk.said().rev().take(AGAIN).cloned().collect();
        said.iter()
            .rev()
            .for_each(|message| self.print_message(message));
        if let Some(prompt) = self
            .turn
            .as_ref()
            .filter(|turn| !turn.taken)
            .map(|turn| turn.prompt.clone())
        {
            self.print_prompt(&prompt);
            self.out.push_str("\r\n");
        }
        if let Some(turn) = &mut self.turn {
            turn.wrap = Wrap::new(self.columns - 1);
            let printed = turn.wrap.feed(&strip(&turn.text));
            self.out.push_str(&printed);
        }
        let below = self.composer.draw(self.columns).rows.len();
        let most = terminal::size()
            .map_or(24, |(rows, _)| usize::from(rows))
            .saturating_sub(below)
            .max(1);
        let lines: Vec<&str> = self.out.split("\r\n").collect();
        let last = lines[lines.len().saturating_sub(most)..].join("\r\n");
        self.out = kept + &last;
        self.waits();
    }

    pub(super) fn print_message(&mut self, message: &Message) {
        match message.role {
            Role::User => self.print_prompt(&message.text),
            _ => self.print(&message.text),
        }
        self.out.push_str("\r\n");
    }

    /// Says that it is waited for the first word.
    pub(super) fn waits(&mut self) {
        let Some(turn) = self.turn.as_ref().filter(|turn| turn.text.is_empty()) else {
            return;
        };
        let model = self.talk.model.as_deref().unwrap_or("");
        let does = if turn.thinks { "thinks" } else { "reads" };
        let seconds = turn.since.elapsed().as_secs();
        let words = format!("{} {does} · {seconds} s · esc interrupts", line(model));
        let words: String = words.chars().take(width() - 1).collect();
        self.out.push_str(&format!("\r\x1b[K\x1b[2m{words}\x1b[0m"));
    }

    /// Reports the state as agents do, and as a shell does.
    pub(super) fn state(&mut self, works: bool) {
        let (state, mark) = if works {
            ("working", "C")
        } else {
            ("idle", "A")
        };
        let model = line(self.talk.model.as_deref().unwrap_or(""));
        self.out.push_str(&format!(
            "\x1b]7501;state={state}:app=chat\x1b\\\x1b]133;{mark}\x1b\\\x1b]0;{TITLE}{model}\x07"
        ));
        self.said = Instant::now();
    }

    /// Puts the prompt on the screen, over where it was.
    pub(super) fn show(&mut self) {
        let hint = match self.ready {
            true => format!("ask {}", line(self.talk.model.as_deref().unwrap_or(""))),
            false => "enter looks for the server again".to_owned(),
        };
        let text = self.foot.show(&self.composer, &hint);
        self.out.push_str(&text);
    }

    pub(super) fn hide(&mut self) {
        let text = self.foot.take_away();
        self.out.push_str(&text);
    }

    pub(super) fn print_prompt(&mut self, prompt: &str) {
        let mut composer = Composer::default();
        composer.set(prompt.trim_end());
        for row in composer.draw(width()).rows {
            self.out.push_str(&format!("\x1b[1m{row}\x1b[0m\r\n"));
        }
    }

    pub(super) fn print(&mut self, text: &str) {
        let mut wrap = Wrap::new(width() - 1);
        let text = wrap.feed(&strip(text)) + &wrap.end();
        self.out.push_str(&text);
        self.out.push_str("\r\n");
    }

    pub(super) fn dim(&mut self, words: &str) {
        self.styled("2", words);
    }

    pub(super) fn warn(&mut self, words: &str) {
        self.styled("33", words);
    }

    pub(super) fn styled(&mut self, style: &str, words: &str) {
        let mut wrap = Wrap::new(width() - 1);
        let text = wrap.feed(&line(words)) + &wrap.end();
        for row in text.split("\r\n") {
            self.out.push_str(&format!("\x1b[{style}m{row}\x1b[0m\r\n"));
        }
    }
}
