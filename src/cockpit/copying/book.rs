//! The rows of a pane, by number from the first that ever scrolled off: the last ones as they were
//! when copy mode began, the others fetched a page at a time.

use crate::screen::Row;
use crate::wire::view::HistoryView;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one page.
pub const PAGE: u64 = 256;

/// A pane's screen at one moment, with what is above it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frozen {
    /// The number of the first of `rows`: so many rows are in the history.
    pub from: u64,
    /// The rows kept above the main screen and those of the screen that is shown.
    pub rows: Vec<String>,
    /// How many of the last rows are the screen itself.
    pub height: u16,
    /// Row and column of the program's cursor on the screen.
    pub cursor: (u16, u16),
    /// Rows of the screen that had no room in the pane, above what was to be seen.
    pub above: u16,
    /// The program has the alternate screen: what is above is what was there before it.
    pub alternate: bool,
    /// The number of the first row of the screen; `None` on the alternate one.
    pub top: Option<u64>,
}

/// Rows by number.
#[derive(Clone, Debug, Default)]
pub struct Book {
    first: u64,
    tail_from: u64,
    tail: Vec<String>,
    pages: BTreeMap<u64, HistoryView>,
    asked: BTreeSet<u64>,
}

impl Book {
    /// Begins with the rows that are here.
    pub fn new(frozen: &Frozen) -> Self {
        Self {
            tail_from: frozen.from,
            tail: frozen.rows.clone(),
            ..Self::default()
        }
    }

    /// The oldest row that there is, as far as is known.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The number behind the last row.
    pub fn end(&self) -> u64 {
        self.tail_from + self.tail.len() as u64
    }

    /// The first row that has not to be fetched.
    pub fn tail_from(&self) -> u64 {
        self.tail_from
    }

    /// A row as text with SGR; `None` while it is not here.
    pub fn text(&self, row: u64) -> Option<&str> {
        let rows = match row.checked_sub(self.tail_from) {
            Some(at) => return self.tail.get(usize::try_from(at).ok()?).map(String::as_str),
            None => self.pages.get(&(row / PAGE))?,
        };
        let at = usize::try_from(row.checked_sub(rows.from)?).ok()?;
        rows.rows.get(at).map(String::as_str)
    }

    /// A row of cells; an empty one while it is not here.
    pub fn row(&self, row: u64) -> Row {
        self.text(row).map(Row::parse).unwrap_or_default()
    }

    /// The pages of the rows `from..to` that were not asked for yet; they count as asked for now.
    pub fn missing(&mut self, from: u64, to: u64) -> Vec<u64> {
        let from = from.max(self.first);
        let to = to.min(self.tail_from);
        if from >= to {
            return Vec::new();
        }
        let pages = from / PAGE..=(to - 1) / PAGE;
        pages.filter(|page| self.asked.insert(*page)).collect()
    }

    /// Whether all of the rows `from..to` are here that ever will be.
    pub fn has(&self, from: u64, to: u64) -> bool {
        let (from, to) = (from.max(self.first), to.min(self.tail_from));
        from >= to || (from / PAGE..=(to - 1) / PAGE).all(|page| self.pages.contains_key(&page))
    }

    /// Takes a page; one whose rows are dropped already tells what the oldest row is.
    pub fn take(&mut self, page: u64, rows: HistoryView) {
        if rows.from > page * PAGE {
            self.first = self.first.max(rows.from.min(self.tail_from));
        }
        self.pages.insert(page, rows);
    }

    /// What was asked for and is not here will not come.
    pub fn lost(&mut self) {
        let pages = &self.pages;
        self.asked.retain(|page| pages.contains_key(page));
    }

    /// A page could not be had; it may be asked for again.
    pub fn refused(&mut self, page: u64) {
        self.asked.remove(&page);
    }

    /// Puts other rows in the place of all from number `from` on, which are here.
    pub fn replace(&mut self, from: u64, rows: Vec<String>) {
        let keep = usize::try_from(from.saturating_sub(self.tail_from)).unwrap_or(usize::MAX);
        self.tail.truncate(keep);
        self.tail.extend(rows);
    }

    /// The last row with something on it.
    pub fn last_filled(&self) -> u64 {
        let filled = self.tail.iter().rposition(|row| !row.is_empty());
        match filled {
            Some(at) => self.tail_from + at as u64,
            None => self.end().saturating_sub(1).max(self.first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(from: u64, count: u64) -> HistoryView {
        HistoryView {
            from,
            rows: (from..from + count).map(|n| format!("row {n}")).collect(),
            total: 1000,
        }
    }

    #[test]
    fn rows_come_from_pages_and_from_the_moment() {
        let rows = (1000..1010).map(|n| format!("row {n}")).collect();
        let from = 1000;
        let mut book = Book::new(&Frozen {
            from,
            rows,
            ..Frozen::default()
        });
        assert_eq!((book.first(), book.end()), (0, 1010));
        assert_eq!(book.text(1009), Some("row 1009"));
        assert_eq!(book.text(1010), None);
        assert_eq!(book.missing(500, 9999), [1, 2, 3]);
        assert_eq!(book.missing(700, 1000), [] as [u64; 0], "asked for once");
        assert!(!book.has(768, 1000));
        book.take(3, page(768, 400));
        assert!(book.has(768, 1000));
        // What came since is not what was seen.
        assert_eq!(book.text(999), Some("row 999"));
        assert_eq!(book.text(1000), Some("row 1000"));
        book.refused(2);
        assert_eq!(book.missing(512, 600), [2]);
        // The oldest are dropped.
        book.take(2, page(600, 256));
        assert_eq!((book.first(), book.text(599)), (600, None));
        assert_eq!(book.text(600), Some("row 600"));
        assert_eq!(book.missing(0, 512), [] as [u64; 0]);
    }
}
