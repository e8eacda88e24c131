//! The prompt that is being written: one or more lines, a cursor, and the prompts before it.

use super::keys::Key;
use crate::core::text::strip;
use unicode_width::UnicodeWidthChar;

/// What stands before the first line, and before the others.
const MARKS: [&str; 2] = ["> ", "  "];
/// Columns of either.
const MARK: usize = 2;

/// The prompt that is being written.
#[derive(Debug, Default)]
pub struct Composer {
    text: Vec<char>,
    at: usize,
    before: Vec<String>,
    /// Which of those before is shown, and what was written when that began.
    back: Option<(usize, Vec<char>)>,
    /// What is written is a prompt that came back, and nobody has changed it.
    returned: bool,
}

/// It as rows of the screen, and where the cursor is in them.
#[derive(Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The rows, with their marks.
    pub rows: Vec<String>,
    /// The cursor: row and column.
    pub cursor: (usize, usize),
}

impl Composer {
    /// With the prompts that were sent before, oldest first.
    pub fn new(before: Vec<String>) -> Self {
        Self {
            before,
            ..Self::default()
        }
    }

    /// What is written.
    #[cfg(test)]
    fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Writes this, with the cursor at its end.
    pub fn set(&mut self, text: &str) {
        self.text = strip(text).chars().collect();
        self.at = self.text.len();
    }

    /// Writes a prompt that was not taken, with the cursor at its end. What is pasted over it takes
    /// its place: it may be somebody else's, who does not see it.
    pub fn give_back(&mut self, text: &str) {
        self.set(text);
        self.returned = true;
    }

    /// Takes what is written, to be sent.
    pub fn take(&mut self) -> String {
        let text: String = self.text.drain(..).collect();
        (self.at, self.back, self.returned) = (0, None, false);
        if self.before.last() != Some(&text) && !text.trim().is_empty() {
            self.before.push(text.clone());
        }
        text
    }

    /// Takes a key that edits; the others are nothing to it.
    pub fn key(&mut self, key: &Key) {
        if std::mem::take(&mut self.returned) && matches!(key, Key::Paste(_)) {
            self.set("");
        }
        match key {
            Key::Char(c) => self.insert(&c.to_string()),
            Key::Paste(text) => self.insert(text),
            Key::NewLine => self.insert("\n"),
            Key::Backspace if self.at > 0 => {
                self.at -= 1;
                self.text.remove(self.at);
            }
            Key::Delete if self.at < self.text.len() => {
                self.text.remove(self.at);
            }
            Key::Left | Key::Ctrl('b') => self.at = self.at.saturating_sub(1),
            Key::Right | Key::Ctrl('f') => self.at = (self.at + 1).min(self.text.len()),
            Key::Home | Key::Ctrl('a') => self.at = self.line_start(),
            Key::End | Key::Ctrl('e') => self.at = self.line_end(),
            Key::Ctrl('u') => {
                let start = self.line_start();
                self.text.drain(start..self.at);
                self.at = start;
            }
            Key::Ctrl('k') => {
                let end = self.line_end();
                self.text.drain(self.at..end);
            }
            Key::Ctrl('w') => {
                let head = &self.text[..self.at];
                let blanks = head.iter().rev().take_while(|c| c.is_whitespace()).count();
                let word = head.iter().rev().skip(blanks);
                let word = word.take_while(|c| !c.is_whitespace()).count();
                let start = self.at - blanks - word;
                self.text.drain(start..self.at);
                self.at = start;
            }
            Key::Up => self.vertical(true),
            Key::Down => self.vertical(false),
            _ => {}
        }
    }

    fn insert(&mut self, text: &str) {
        let chars: Vec<char> = strip(text).chars().collect();
        let len = chars.len();
        self.text.splice(self.at..self.at, chars);
        self.at += len;
    }

    fn line_start(&self) -> usize {
        let head = self.text[..self.at].iter();
        head.rev()
            .position(|c| *c == '\n')
            .map_or(0, |back| self.at - back)
    }

    fn line_end(&self) -> usize {
        let tail = self.text[self.at..].iter();
        self.at + tail.clone().position(|c| *c == '\n').unwrap_or(tail.len())
    }

    fn vertical(&mut self, up: bool) {
        let (start, end) = (self.line_start(), self.line_end());
        let column = self.at - start;
        if up && start > 0 {
            self.at = start - 1;
            let above = self.line_start();
            self.at = (above + column).min(start - 1);
        } else if !up && end < self.text.len() {
            self.at = end + 1;
            self.at = (self.at + column).min(self.line_end());
        } else {
            self.recall(up);
        }
    }

    fn recall(&mut self, up: bool) {
        let shown = self.back.as_ref().map_or(self.before.len(), |(n, _)| *n);
        let next = match up {
            true if shown > 0 => shown - 1,
            false if self.back.is_some() => shown + 1,
            _ => return,
        };
        let (_, written) = self.back.take().unwrap_or_else(|| (0, self.text.clone()));
        self.text = match self.before.get(next) {
            Some(text) => text.chars().collect(),
            None => written.clone(),
        };
        if next < self.before.len() {
            self.back = Some((next, written));
        }
        self.at = self.text.len();
    }

    /// Draws it on so many columns.
    pub fn draw(&self, columns: usize) -> Drawn {
        let width = columns.saturating_sub(MARK + 1).max(2);
        let mut rows = vec![MARKS[0].to_owned()];
        let (mut column, mut cursor) = (0, (0, MARK));
        for (n, c) in self.text.iter().enumerate() {
            let wide = c.width().unwrap_or(0);
            if *c != '\n' && column + wide > width {
                rows.push(MARKS[1].to_owned());
                column = 0;
            }
            if n == self.at {
                cursor = (rows.len() - 1, MARK + column);
            }
            if *c == '\n' {
                rows.push(MARKS[1].to_owned());
                column = 0;
            } else if let Some(row) = rows.last_mut() {
                row.push(*c);
                column += wide;
            }
        }
        if self.at == self.text.len() {
            cursor = (rows.len() - 1, MARK + column);
        }
        Drawn { rows, cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(composer: &mut Composer, text: &str) {
        text.chars().for_each(|c| composer.key(&Key::Char(c)));
    }

    #[test]
    fn lines_are_edited_where_the_cursor_is() {
        let mut composer = Composer::default();
        typed(&mut composer, "one");
        composer.key(&Key::NewLine);
        typed(&mut composer, "twenty");
        composer.key(&Key::Up);
        composer.key(&Key::Backspace);
        assert_eq!(composer.text(), "on\ntwenty");
        assert_eq!(composer.draw(80).cursor, (0, 4));
        composer.key(&Key::Down);
        composer.key(&Key::Ctrl('k'));
        composer.key(&Key::Ctrl('w'));
        assert_eq!(composer.text(), "on\n");
        composer.key(&Key::Paste("a\x1b[31m\nb".to_owned()));
        assert_eq!(composer.text(), "on\na[31m\nb");
    }

    #[test]
    fn a_paste_takes_the_place_of_a_prompt_that_came_back_as_it_was() {
        let paste = Key::Paste("new".to_owned());
        let mut composer = Composer::default();
        composer.give_back("first");
        composer.key(&paste);
        assert_eq!(composer.text(), "new");
        composer.key(&paste);
        assert_eq!(composer.take(), "newnew");
        composer.give_back("first");
        composer.key(&Key::Char(' '));
        composer.key(&paste);
        assert_eq!(composer.text(), "first new");
    }

    #[test]
    fn prompts_before_are_called_back_and_what_was_written_is_not_lost() {
        let mut composer = Composer::new(vec!["first".to_owned(), "second".to_owned()]);
        typed(&mut composer, "new");
        for (key, text) in [
            (Key::Up, "second"),
            (Key::Up, "first"),
            (Key::Up, "first"),
            (Key::Down, "second"),
            (Key::Down, "new"),
            (Key::Down, "new"),
        ] {
            composer.key(&key);
            assert_eq!(composer.text(), text);
        }
    }

    #[test]
    fn a_long_line_is_folded_and_the_cursor_stays_on_the_screen() {
        let mut composer = Composer::default();
        typed(&mut composer, &"漢".repeat(20));
        let drawn = composer.draw(13);
        assert_eq!(drawn.rows.len(), 4);
        assert_eq!(drawn.cursor, (3, 2 + 10));
        assert!(drawn.rows[0].starts_with("> ") && drawn.rows[1].starts_with("  "));
    }
}
