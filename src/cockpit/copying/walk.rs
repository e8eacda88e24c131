//! The cursor of copy mode: over glyphs, words and rows.

use super::Copying;
use crate::cockpit::action::Action;
use crate::screen::Cell;

/// Where something stands: a row by its number, and a column from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The row.
    pub row: u64,
    /// The column.
    pub col: u16,
}

/// A column far to the right: the end of every row.
const END: u16 = u16::MAX;

/// What a glyph is to the motions over words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Word,
    Sign,
}

fn kind(cell: &Cell) -> Kind {
    match cell.text.chars().next() {
        None => Kind::Blank,
        Some(c) if c.is_whitespace() => Kind::Blank,
        Some(c) if c.is_alphanumeric() || c == '_' => Kind::Word,
        Some(_) => Kind::Sign,
    }
}

/// The column at which each glyph of a row begins.
pub fn columns(cells: &[Cell]) -> Vec<u16> {
    let mut col = 0_u16;
    let start = |cell: &Cell| {
        let at = col;
        col = col.saturating_add(cell.width.into());
        at
    };
    cells.iter().map(start).collect()
}

/// The glyph that covers a column, or the last one before it.
pub fn glyph_at(columns: &[u16], col: u16) -> usize {
    columns.partition_point(|c| *c <= col).saturating_sub(1)
}

impl Copying {
    /// Moves the cursor as `action` says, in a pane of `height` rows; says whether it was a motion.
    pub fn walk(&mut self, action: Action, height: u16) -> bool {
        let page = u64::from(height.max(1));
        let first = self.book.first();
        match action {
            Action::Down => self.rows(1),
            Action::Up => self.rows(-1),
            Action::CopyHalfDown => self.scroll(page.div_ceil(2) as i64, height),
            Action::CopyHalfUp => self.scroll(-(page.div_ceil(2) as i64), height),
            Action::PageDown => self.scroll(page as i64, height),
            Action::PageUp => self.scroll(-(page as i64), height),
            Action::First => self.go(Place { row: first, col: 0 }),
            Action::Last => {
                let row = self.book.last_filled();
                self.go(Place { row, col: 0 });
            }
            Action::CopyLeft => self.glyphs(-1),
            Action::CopyRight => self.glyphs(1),
            Action::CopyLineStart => self.column(0),
            Action::CopyLineEnd => self.column(END),
            Action::CopyWordNext => self.word_next(),
            Action::CopyWordBack => self.word_back(),
            Action::CopyWordEnd => self.word_end(),
            _ => return false,
        }
        self.keep_in_sight(height);
        true
    }

    /// Puts the cursor somewhere; it stays inside what there is.
    pub fn go(&mut self, to: Place) {
        let last = self.book.end().saturating_sub(1);
        let row = to.row.clamp(self.book.first().min(last), last);
        self.at.row = row;
        self.column(to.col);
    }

    fn column(&mut self, col: u16) {
        let columns = columns(&self.book.row(self.at.row).cells);
        let glyph = glyph_at(&columns, col);
        self.at.col = columns.get(glyph).copied().unwrap_or(0);
        self.wish = if col == END { END } else { self.at.col };
    }

    /// Up or down; the column is the one wished for where the row is long enough.
    fn rows(&mut self, by: i64) {
        let (row, wish) = (self.at.row.saturating_add_signed(by), self.wish);
        self.go(Place { row, col: wish });
        self.wish = wish;
    }

    /// Cursor and view together.
    fn scroll(&mut self, by: i64, height: u16) {
        let before = self.top;
        self.top = self.top.saturating_add_signed(by);
        self.hold_top(height);
        // At the end of what there is the cursor goes the rest of the way alone.
        let moved = self.top as i64 - before as i64;
        self.rows(if moved == 0 { by } else { moved });
    }

    fn glyphs(&mut self, by: isize) {
        let columns = columns(&self.book.row(self.at.row).cells);
        let at = glyph_at(&columns, self.at.col).saturating_add_signed(by);
        self.column(columns.get(at).or(columns.last()).copied().unwrap_or(0));
    }

    /// The row's glyphs by kind, where each begins, and which of them the cursor is on.
    fn line(&self, row: u64, col: u16) -> (Vec<Kind>, Vec<u16>, usize) {
        let cells = self.book.row(row).cells;
        let columns = columns(&cells);
        let at = glyph_at(&columns, col);
        (cells.iter().map(kind).collect(), columns, at)
    }

    fn word_next(&mut self) {
        let (kinds, columns, mut at) = self.line(self.at.row, self.at.col);
        let here = kinds.get(at).copied();
        while kinds.get(at).copied() == here && at < kinds.len() && here != Some(Kind::Blank) {
            at += 1;
        }
        while kinds.get(at) == Some(&Kind::Blank) {
            at += 1;
        }
        if let Some(col) = columns.get(at) {
            return self.column(*col);
        }
        let last = self.book.last_filled();
        for row in self.at.row + 1..=last {
            let (kinds, columns, _) = self.line(row, 0);
            if self.book.text(row).is_none() {
                return self.go(Place { row, col: 0 });
            }
            if let Some(at) = kinds.iter().position(|k| *k != Kind::Blank) {
                let col = columns[at];
                return self.go(Place { row, col });
            }
        }
    }

    fn word_end(&mut self) {
        let mut row = self.at.row;
        let (mut kinds, mut columns, here) = self.line(row, self.at.col);
        let mut rest = kinds.iter().enumerate().skip(here + 1);
        let filled = rest.find(|(_, kind)| **kind != Kind::Blank);
        let mut at = filled.map(|(n, _)| n);
        let last = self.book.last_filled();
        while at.is_none() && row < last {
            row += 1;
            (kinds, columns, _) = self.line(row, 0);
            at = kinds.iter().position(|k| *k != Kind::Blank);
            if self.book.text(row).is_none() {
                return self.go(Place { row, col: 0 });
            }
        }
        let Some(mut at) = at else { return };
        while kinds.get(at + 1) == kinds.get(at) {
            at += 1;
        }
        let col = columns[at];
        self.go(Place { row, col });
    }

    fn word_back(&mut self) {
        let (mut row, mut before) = (self.at.row, self.at.col);
        loop {
            let (kinds, columns, _) = self.line(row, 0);
            let end = columns.partition_point(|c| *c < before);
            if let Some(mut at) = kinds[..end].iter().rposition(|k| *k != Kind::Blank) {
                while at > 0 && kinds[at - 1] == kinds[at] {
                    at -= 1;
                }
                let col = columns[at];
                return self.go(Place { row, col });
            }
            if row == self.book.first() || self.book.text(row).is_none() {
                return self.go(Place { row, col: 0 });
            }
            (row, before) = (row - 1, END);
        }
    }

    /// The first and the last column of the word at a place: of the glyphs of one kind around it.
    pub fn word_at(&self, place: Place) -> (u16, u16) {
        let (kinds, columns, at) = self.line(place.row, place.col);
        let same = |n: &usize| kinds.get(*n) == kinds.get(at);
        let from = (0..=at).rev().take_while(same).last().unwrap_or(at);
        let to = (at..kinds.len()).take_while(same).last().unwrap_or(at);
        let col = |n: usize| columns.get(n).copied().unwrap_or(0);
        (col(from), col(to))
    }

    /// The view follows the cursor.
    pub fn keep_in_sight(&mut self, height: u16) {
        let height = u64::from(height.max(1));
        self.top = self.top.min(self.at.row);
        if self.at.row >= self.top + height {
            self.top = self.at.row + 1 - height;
        }
        self.hold_top(height as u16);
    }

    /// The view begins neither above the first row nor so low that there is less than it could show.
    fn hold_top(&mut self, height: u16) {
        let last = self.book.end().saturating_sub(u64::from(height));
        let first = self.book.first();
        self.top = self.top.clamp(first, last.max(first));
    }

    /// Moves the view; the cursor stays where it is unless it would be out of sight.
    pub fn wheel(&mut self, by: i64, height: u16) {
        self.top = self.top.saturating_add_signed(by);
        self.hold_top(height);
        let last = self.top + u64::from(height.max(1)) - 1;
        let row = self.at.row.clamp(self.top, last);
        if row != self.at.row {
            let wish = self.wish;
            self.go(Place { row, col: wish });
            self.wish = wish;
        }
    }
}

impl Copying {
    /// How many columns on the left are out of sight in a pane of `width`: a row may be longer than
    /// the pane is wide, and the cursor is to be seen.
    pub fn hidden(&self, width: u16) -> u16 {
        (self.at.col + 2).saturating_sub(width.max(2))
    }
}
