//! At which rows a pane was asked something: as its program marks it, or where Enter was sent.

use super::{private, write_at};
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

/// The mark of a row that the program itself marked, in the file.
const MARKED: u64 = 1 << 63;
/// How many of either kind are kept.
const MOST: usize = 10_000;

/// Rows by number from the first that ever was, u64 each.
#[derive(Debug, Default)]
pub(super) struct Prompts {
    rows: BTreeSet<u64>,
    marked: BTreeSet<u64>,
    /// The file, and how long it is; absent where nothing is recorded.
    file: Option<(File, u64)>,
}

impl Prompts {
    pub fn open(dir: &Path) -> io::Result<Self> {
        let path = dir.join("prompts");
        let bytes = match std::fs::read(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let mut prompts = Self::default();
        let whole = bytes.chunks_exact(8);
        let end = (bytes.len() - whole.remainder().len()) as u64;
        for entry in whole {
            // Eight bytes, by the line above.
            let entry = entry.try_into().map(u64::from_le_bytes).unwrap_or(0);
            prompts.keep(entry & !MARKED, entry & MARKED != 0);
        }
        prompts.file = Some((private(&path)?, end));
        Ok(prompts)
    }

    /// Whether it is new.
    fn keep(&mut self, row: u64, marked: bool) -> bool {
        let rows = match marked {
            true => &mut self.marked,
            false => &mut self.rows,
        };
        let fresh = rows.insert(row);
        if rows.len() > MOST {
            rows.pop_first();
        }
        fresh
    }

    /// Notes one; a replay that comes upon it again changes nothing.
    pub fn add(&mut self, row: u64, marked: bool) -> io::Result<()> {
        let fresh = self.keep(row, marked);
        let Some((file, end)) = self.file.as_mut().filter(|_| fresh) else {
            return Ok(());
        };
        let entry = row | if marked { MARKED } else { 0 };
        write_at(file, &entry.to_le_bytes(), *end).1?;
        *end += 8;
        Ok(())
    }

    /// Those that the program marked, where it marks any, or else the others; and which they are.
    pub fn rows(&self) -> (Vec<u64>, bool) {
        let marked = !self.marked.is_empty();
        let rows = if marked { &self.marked } else { &self.rows };
        (rows.iter().copied().collect(), marked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_kept_once_and_the_programs_own_marks_win() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Prompts::open(dir.path()).unwrap();
        let mut prompts = open();
        for row in [5, 9, 5, 30] {
            prompts.add(row, false).unwrap();
        }
        assert_eq!(prompts.rows(), (vec![5, 9, 30], false));
        assert_eq!(open().rows(), prompts.rows());
        let path = dir.path().join("prompts");
        let mut bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), 24);
        bytes.extend([1, 2, 3]);
        std::fs::write(&path, bytes).unwrap();
        let mut prompts = open();
        prompts.add(7, true).unwrap();
        assert_eq!(open().rows(), (vec![7], true));
    }
}
