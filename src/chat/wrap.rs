//! Streamed text as lines that break between words.

use unicode_width::UnicodeWidthChar;

/// Breaks a stream of text at `width` columns. A word is held back until its end is known.
#[derive(Debug)]
pub struct Wrap {
    width: usize,
    /// Columns of the present line that are printed.
    column: usize,
    /// The blanks before the word that is held.
    blanks: String,
    word: String,
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

impl Wrap {
    /// At the beginning of a line of so many columns.
    pub fn new(width: usize) -> Self {
        Self {
            width: width.max(2),
            column: 0,
            blanks: String::new(),
            word: String::new(),
        }
    }

    /// Takes more text; returns what can be printed, its lines ended by `\r\n`.
    pub fn feed(&mut self, text: &str) -> String {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '\n' => {
                    self.put(&mut out);
                    self.blanks.clear();
                    out.push_str("\r\n");
                    self.column = 0;
                }
                ' ' => {
                    self.put(&mut out);
                    self.blanks.push(' ');
                }
                c => {
                    self.word.push(c);
                    // Longer than any line, or of a script without blanks.
                    if columns(&self.word) >= self.width || !c.is_ascii() && c.width() == Some(2) {
                        self.put(&mut out);
                    }
                }
            }
        }
        out
    }

    /// What is still held.
    pub fn end(&mut self) -> String {
        let mut out = String::new();
        self.put(&mut out);
        out
    }

    fn put(&mut self, out: &mut String) {
        if self.word.is_empty() {
            return;
        }
        let needs = columns(&self.blanks) + columns(&self.word);
        if self.column > 0 && self.column + needs > self.width {
            out.push_str("\r\n");
            self.column = 0;
        } else {
            out.push_str(&self.blanks);
            self.column += columns(&self.blanks);
        }
        self.blanks.clear();
        for c in self.word.drain(..) {
            let wide = c.width().unwrap_or(0);
            if self.column + wide > self.width {
                out.push_str("\r\n");
                self.column = 0;
            }
            out.push(c);
            self.column += wide;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(width: usize, pieces: &[&str]) -> Vec<String> {
        let mut wrap = Wrap::new(width);
        let mut out: String = pieces.iter().map(|piece| wrap.feed(piece)).collect();
        out.push_str(&wrap.end());
        out.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn lines_break_between_words_however_they_come_in() {
        let whole = "one two three\n\n    let x = 1;\nfour";
        let lines = ["one two", "three", "", "    let", "x = 1;", "four"];
        assert_eq!(wrapped(8, &[whole]), lines);
        let pieces: Vec<String> = whole.chars().map(String::from).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        assert_eq!(wrapped(8, &pieces), lines);
    }

    #[test]
    fn no_line_is_longer_than_the_screen() {
        for width in [2, 3, 10, 60] {
            let text = "aaaaaaaaaaaaaaaaaaaaaaaaaaa 漢字漢字漢字漢字 b  c   d e\u{301}";
            for line in wrapped(width, &[text]) {
                assert!(columns(&line) <= width, "{line:?} at {width}");
            }
        }
    }
}
