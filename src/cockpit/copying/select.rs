//! What is selected, and its text.

use super::book::Book;
use super::walk::{Place, columns};
use crate::screen::Row;

/// How a selection grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// From glyph to glyph.
    Text,
    /// Whole rows.
    Lines,
    /// The same columns of each row.
    Block,
}

/// A selection: everything from `from` to the other end, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Where it began.
    pub from: Place,
    /// Where it ends now.
    pub to: Place,
    /// How it grows.
    pub shape: Shape,
}

impl Selection {
    /// Its first and its last row.
    pub fn rows(&self) -> (u64, u64) {
        let (a, b) = (self.from.row, self.to.row);
        (a.min(b), a.max(b))
    }

    /// The columns of `row` that it covers, the last one included; `None` for none of them.
    pub fn columns(&self, row: u64) -> Option<(u16, u16)> {
        let (first, last) = self.rows();
        if !(first..=last).contains(&row) {
            return None;
        }
        let (start, end) = (self.from.min(self.to), self.from.max(self.to));
        Some(match self.shape {
            Shape::Lines => (0, u16::MAX),
            Shape::Block => (start.col.min(end.col), start.col.max(end.col)),
            Shape::Text => (
                if row == start.row { start.col } else { 0 },
                if row == end.row { end.col } else { u16::MAX },
            ),
        })
    }

    /// Its text: rows of one line are joined, blanks at the ends of lines are left out.
    pub fn text(&self, book: &Book) -> String {
        let (first, last) = self.rows();
        let mut text = String::new();
        for row in first..=last {
            let cells = book.row(row);
            if let Some(range) = self.columns(row) {
                text.push_str(&piece(&cells, range));
            }
            let joined = cells.goes_on && self.shape != Shape::Block;
            if !joined || row == last {
                text.truncate(text.trim_end_matches(' ').len());
            }
            if !joined && row < last {
                text.push('\n');
            }
        }
        text
    }
}

/// The glyphs that begin or end within the columns.
fn piece(row: &Row, (from, to): (u16, u16)) -> String {
    let starts = columns(&row.cells);
    let inside = row.cells.iter().zip(&starts).filter(|(cell, start)| {
        let last = start.saturating_add(u16::from(cell.width) - 1);
        last >= from && **start <= to
    });
    let text = inside.map(|(cell, _)| match cell.text.as_str() {
        "" => " ",
        text => text,
    });
    text.collect()
}

#[cfg(test)]
mod tests {
    use super::super::book::Frozen;
    use super::*;

    fn text(shape: Shape, from: (u64, u16), to: (u64, u16)) -> String {
        let rows = [
            "first \x1b[31mred\x1b[m",
            "a 漢字 b",
            "it goes \u{b}",
            "on here",
            "",
            "last",
        ];
        let book = Book::new(&Frozen {
            rows: rows.map(str::to_owned).to_vec(),
            ..Frozen::default()
        });
        let place = |(row, col)| Place { row, col };
        let selection = Selection {
            from: place(from),
            to: place(to),
            shape,
        };
        selection.text(&book)
    }

    #[test]
    fn from_glyph_to_glyph_whichever_end_came_first() {
        assert_eq!(text(Shape::Text, (0, 6), (1, 0)), "red\na");
        assert_eq!(text(Shape::Text, (1, 0), (0, 6)), "red\na");
        assert_eq!(text(Shape::Text, (0, 0), (0, 0)), "f");
        assert_eq!(text(Shape::Text, (0, 0), (0, 5)), "first");
        assert_eq!(text(Shape::Text, (3, 5), (5, 1)), "re\n\nla");
    }

    #[test]
    fn half_of_a_wide_glyph_is_all_of_it() {
        assert_eq!(text(Shape::Text, (1, 3), (1, 4)), "漢字");
        assert_eq!(text(Shape::Text, (1, 4), (1, 4)), "字");
        assert_eq!(text(Shape::Block, (1, 2), (0, 3)), "rs\n漢");
    }

    #[test]
    fn a_line_over_two_rows_is_one() {
        assert_eq!(text(Shape::Text, (2, 3), (3, 1)), "goes on");
        assert_eq!(text(Shape::Lines, (2, 3), (3, 1)), "it goes on here");
        assert_eq!(text(Shape::Lines, (3, 0), (5, 0)), "on here\n\nlast");
        assert_eq!(text(Shape::Lines, (2, 0), (2, 0)), "it goes");
        assert_eq!(text(Shape::Block, (2, 0), (3, 1)), "it\non");
    }
}
