//! One line of text that is being typed.

use super::key::{Code, Key};

/// The text and where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// Byte index into `text`, on a character boundary.
    cursor: usize,
}

impl Line {
    /// A line that begins with `text`, the cursor behind it.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let cursor = text.len();
        Self { text, cursor }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is before the cursor.
    pub fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Types `text` and keeps its line ends; other control characters are left out.
    pub fn insert_lines(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        for (n, line) in text.split('\n').enumerate() {
            if n > 0 {
                self.text.insert(self.cursor, '\n');
                self.cursor += 1;
            }
            self.insert(line);
        }
    }

    /// Types `text`; line ends become blanks, other control characters are left out.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars() {
            let c = if matches!(c, '\n' | '\t') { ' ' } else { c };
            if !c.is_control() {
                self.text.insert(self.cursor, c);
                self.cursor += c.len_utf8();
            }
        }
    }

    /// Takes a key that edits; says whether it was one.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        let Key {
            code, ctrl, alt, ..
        } = key;
        if alt && !ctrl {
            return self.by_words(code);
        }
        match (code, ctrl) {
            (Code::Backspace, false) | (Code::Char('h'), true) => {
                let from = self.left();
                self.text.drain(from..self.cursor);
                self.cursor = from;
            }
            (Code::Delete, false) => {
                let to = self.right();
                self.text.drain(self.cursor..to);
            }
            (Code::Left, false) | (Code::Char('b'), true) => self.cursor = self.left(),
            (Code::Right, false) | (Code::Char('f'), true) => self.cursor = self.right(),
            (Code::Home, _) | (Code::Char('a'), true) => self.cursor = 0,
            (Code::End, _) | (Code::Char('e'), true) => self.cursor = self.text.len(),
            (Code::Char('u'), true) => {
                self.text.drain(..self.cursor);
                self.cursor = 0;
            }
            (Code::Char('k'), true) => self.text.truncate(self.cursor),
            (Code::Char('w') | Code::Backspace, true) => self.drop_word(),
            (Code::Left, true) => self.cursor = self.word_left(),
            (Code::Right, true) => self.cursor = self.word_right(),
            _ => return false,
        }
        true
    }

    /// Takes a key held with Alt, as shells have them.
    fn by_words(&mut self, code: Code) -> bool {
        match code {
            Code::Backspace => self.drop_word(),
            Code::Char('b') | Code::Left => self.cursor = self.word_left(),
            Code::Char('f') | Code::Right => self.cursor = self.word_right(),
            Code::Char('d') => {
                let to = self.word_right();
                self.text.drain(self.cursor..to);
            }
            _ => return false,
        }
        true
    }

    fn drop_word(&mut self) {
        let from = self.word_left();
        self.text.drain(from..self.cursor);
        self.cursor = from;
    }

    /// Where the word before the cursor begins.
    fn word_left(&self) -> usize {
        let kept = self.before().trim_end();
        let blank = kept.char_indices().rev().find(|(_, c)| c.is_whitespace());
        blank.map_or(0, |(at, c)| at + c.len_utf8())
    }

    /// Where the word behind the cursor ends.
    fn word_right(&self) -> usize {
        let rest = &self.text[self.cursor..];
        let word = rest.trim_start();
        let end = word.find(char::is_whitespace).unwrap_or(word.len());
        self.cursor + (rest.len() - word.len()) + end
    }

    fn left(&self) -> usize {
        self.before()
            .char_indices()
            .next_back()
            .map_or(0, |(i, _)| i)
    }

    fn right(&self) -> usize {
        let rest = &self.text[self.cursor..];
        rest.chars()
            .next()
            .map_or(self.cursor, |c| self.cursor + c.len_utf8())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing_keys_edit() {
        for (start, keys, want) in [
            ("", "h i", "hi"),
            ("über", "home delete", "ber"),
            ("a b c", "ctrl-w x", "a b x"),
            ("abc", "left left backspace", "bc"),
            ("abc", "ctrl-u", ""),
            ("abc", "ctrl-a right ctrl-k", "a"),
            ("漢字", "left backspace", "字"),
            ("one\ntwo", "ctrl-w", "one\n"),
            ("one two", "alt-u alt-k alt-h alt-a", "one two"),
            ("one two three", "alt-b alt-b alt-d", "one  three"),
            ("one two", "ctrl-left ctrl-left x ctrl-right y", "xoney two"),
        ] {
            let mut line = Line::new(start);
            for key in keys.split(' ') {
                line.key(Key::parse(key).unwrap());
            }
            assert_eq!(line.text(), want, "{start} {keys}");
        }
    }

    #[test]
    fn a_paste_stays_one_line() {
        let mut line = Line::default();
        line.insert("a\r\nb\x1b[31m\tc");
        assert_eq!(line.text(), "a b[31m c");
    }
}
