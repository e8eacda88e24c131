//! Rows put together to the line that they are.

use super::row::{columns, goes_on, plain};

/// A line over more rows than this is taken in pieces.
const LONGEST: usize = 512;

/// One line and the rows that it was cut into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    first: u64,
    text: String,
    /// Where each row begins in `text`.
    starts: Vec<usize>,
}

impl Joined {
    /// Adds the row of that number, as [`super::Screen::drain_scrolled`] gives it; says whether the
    /// line is whole now. The next row begins a new one then.
    pub fn push(&mut self, number: u64, row: &str) -> bool {
        if self.starts.is_empty() {
            self.first = number;
        }
        self.starts.push(self.text.len());
        self.text.push_str(&plain(row));
        !goes_on(row) || self.starts.len() >= LONGEST
    }

    /// Begins again.
    pub fn clear(&mut self) {
        self.text.clear();
        self.starts.clear();
    }

    /// The whole line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The row and the column of a byte of the text.
    pub fn place(&self, byte: usize) -> (u64, u16) {
        let row = self.starts.partition_point(|start| *start <= byte);
        let row = row.saturating_sub(1);
        let start = self.starts.get(row).copied().unwrap_or(0);
        let before = self.text.get(start..byte).unwrap_or("");
        (self.first + row as u64, columns(before))
    }

    /// Calls `each` with the row, the first column and the column behind the last for every row
    /// that these bytes of the text are on.
    pub fn spans(&self, bytes: std::ops::Range<usize>, mut each: impl FnMut(u64, u16, u16)) {
        let ends = self.starts.iter().skip(1).copied();
        let ends = ends.chain([self.text.len()]);
        for (n, (start, end)) in self.starts.iter().zip(ends).enumerate() {
            let from = bytes.start.max(*start);
            let to = bytes.end.min(end);
            if from < to {
                let column = |at| columns(self.text.get(*start..at).unwrap_or(""));
                each(self.first + n as u64, column(from), column(to));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_over_two_rows_is_in_both() {
        let mut line = Joined::default();
        assert!(!line.push(7, "漢\x1b[1mab\u{b}"));
        assert!(line.push(8, "cd"));
        assert_eq!(line.text(), "漢abcd");
        assert_eq!(line.place(0), (7, 0));
        assert_eq!(line.place(4), (7, 3));
        assert_eq!(line.place(5), (8, 0));
        let mut spans = Vec::new();
        line.spans(3..6, |row, from, to| spans.push((row, from, to)));
        assert_eq!(spans, [(7, 2, 4), (8, 0, 1)]);
        line.clear();
        assert!(line.push(9, ""));
        assert_eq!(line.text(), "");
    }
}
