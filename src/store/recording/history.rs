//! History rows, by number from the first that ever scrolled off.

use super::{SEGMENT, name, numbers, private, write_at};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// How many rows are kept where nothing is recorded.
const IN_MEMORY: usize = 10_000;

#[derive(Debug)]
pub(super) enum History {
    Disk { dir: PathBuf, parts: VecDeque<Part> },
    Memory { first: u64, rows: VecDeque<Vec<u8>> },
}

/// One pair of files.
#[derive(Debug)]
pub(super) struct Part {
    first: u64,
    count: u64,
    bytes: u64,
    rows: File,
    ends: File,
}

impl History {
    pub fn in_memory() -> Self {
        Self::Memory {
            first: 0,
            rows: VecDeque::new(),
        }
    }

    pub fn open(dir: &Path) -> io::Result<Self> {
        let mut parts: VecDeque<Part> = VecDeque::new();
        for first in numbers(dir, ".rows")? {
            let part = Part::open(dir, first)?;
            // Rows are contiguous; what does not follow was torn and is made again by a replay.
            let fits = parts.back().is_none_or(|last| last.end() == first);
            if fits {
                parts.push_back(part);
            } else {
                Part::remove(dir, first);
            }
        }
        let dir = dir.to_owned();
        Ok(Self::Disk { dir, parts })
    }

    pub fn first(&self) -> u64 {
        match self {
            Self::Disk { parts, .. } => parts.front().map_or(0, |p| p.first),
            Self::Memory { first, .. } => *first,
        }
    }

    pub fn len(&self) -> u64 {
        match self {
            Self::Disk { parts, .. } => parts.back().map_or(0, Part::end),
            Self::Memory { first, rows } => first + rows.len() as u64,
        }
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Self::Disk { parts, .. } => parts.iter().map(Part::on_disk).sum(),
            Self::Memory { .. } => 0,
        }
    }

    pub fn append<R: AsRef<[u8]>>(&mut self, new: &[R]) -> io::Result<()> {
        let len = self.len();
        match self {
            Self::Memory { first, rows } => {
                rows.extend(new.iter().map(|r| r.as_ref().to_vec()));
                while rows.len() > IN_MEMORY {
                    rows.pop_front();
                    *first += 1;
                }
                Ok(())
            }
            Self::Disk { .. } if new.is_empty() => Ok(()),
            Self::Disk { dir, parts } => {
                if parts.back().is_none_or(|p| p.on_disk() >= SEGMENT) {
                    parts.push_back(Part::open(dir, len)?);
                }
                parts.back_mut().map_or(Ok(()), |part| part.append(new))
            }
        }
    }

    pub fn read(&self, from: u64, count: usize) -> io::Result<Vec<Vec<u8>>> {
        let from = from.max(self.first());
        match self {
            Self::Memory { first, rows } => {
                let skip = usize::try_from(from - first).unwrap_or(usize::MAX);
                Ok(rows.iter().skip(skip).take(count).cloned().collect())
            }
            Self::Disk { parts, .. } => {
                let mut found = Vec::new();
                for part in parts.iter().filter(|p| p.end() > from) {
                    if found.len() == count {
                        break;
                    }
                    part.read(from.max(part.first), count - found.len(), &mut found)?;
                }
                Ok(found)
            }
        }
    }

    pub fn truncate(&mut self, len: u64) -> io::Result<()> {
        match self {
            Self::Memory { first, rows } => {
                let keep = usize::try_from(len.saturating_sub(*first)).unwrap_or(usize::MAX);
                rows.truncate(keep);
                if rows.is_empty() {
                    *first = (*first).min(len);
                }
            }
            Self::Disk { dir, parts } => {
                while parts.back().is_some_and(|p| p.first >= len) {
                    // A part at the cut stays, empty: the numbers go on from it.
                    if let Some(part) = parts.back_mut().filter(|p| p.first == len && len > 0) {
                        return part.truncate(0);
                    }
                    if let Some(part) = parts.pop_back() {
                        Part::remove(dir, part.first);
                    }
                }
                match parts.back_mut() {
                    Some(part) if part.end() > len => part.truncate(len - part.first)?,
                    Some(_) => {}
                    None if len > 0 => parts.push_back(Part::open(dir, len)?),
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// Drops the oldest parts, never the last, until at most `bytes` are taken.
    pub fn keep_to(&mut self, bytes: u64) {
        while self.bytes() > bytes {
            let Self::Disk { dir, parts } = self else {
                return;
            };
            if parts.len() < 2 {
                return;
            }
            if let Some(part) = parts.pop_front() {
                Part::remove(dir, part.first);
            }
        }
    }
}

impl Part {
    fn open(dir: &Path, first: u64) -> io::Result<Self> {
        let ends = private(&dir.join(name(first, ".ends")))?;
        let rows = private(&dir.join(name(first, ".rows")))?;
        let there = rows.metadata()?.len();
        let mut count = ends.metadata()?.len() / 4;
        let mut part = Self {
            first,
            count: 0,
            bytes: 0,
            rows,
            ends,
        };
        // Rows are written before their ends; anything else was torn.
        while count > 0 && part.ends_from(count - 1, 1)?[0] > there {
            count -= 1;
        }
        part.count = count;
        part.truncate(count)?;
        Ok(part)
    }

    fn remove(dir: &Path, first: u64) {
        let _ = fs::remove_file(dir.join(name(first, ".rows")));
        let _ = fs::remove_file(dir.join(name(first, ".ends")));
    }

    fn end(&self) -> u64 {
        self.first + self.count
    }

    fn on_disk(&self) -> u64 {
        self.bytes + self.count * 4
    }

    /// The ends of `count` rows from the `n`th of this part.
    fn ends_from(&self, n: u64, count: usize) -> io::Result<Vec<u64>> {
        let mut bytes = vec![0; count * 4];
        self.ends.read_exact_at(&mut bytes, n * 4)?;
        let ends = bytes.chunks_exact(4);
        Ok(ends
            .map(|e| u64::from(u32::from_le_bytes([e[0], e[1], e[2], e[3]])))
            .collect())
    }

    fn append<R: AsRef<[u8]>>(&mut self, new: &[R]) -> io::Result<()> {
        let (mut rows, mut ends) = (Vec::new(), Vec::with_capacity(new.len() * 4));
        for row in new {
            rows.extend_from_slice(row.as_ref());
            let end = self.bytes + rows.len() as u64;
            let end = u32::try_from(end).map_err(|_| io::ErrorKind::FileTooLarge)?;
            ends.extend(end.to_le_bytes());
        }
        write_at(&self.rows, &rows, self.bytes).1?;
        write_at(&self.ends, &ends, self.count * 4).1?;
        self.bytes += rows.len() as u64;
        self.count += new.len() as u64;
        Ok(())
    }

    fn read(&self, from: u64, count: usize, into: &mut Vec<Vec<u8>>) -> io::Result<()> {
        let n = from - self.first;
        let count = count.min(usize::try_from(self.count - n).unwrap_or(usize::MAX));
        let mut start = match n {
            0 => 0,
            n => self.ends_from(n - 1, 1)?[0],
        };
        for end in self.ends_from(n, count)? {
            let len = end.checked_sub(start).ok_or(io::ErrorKind::InvalidData)?;
            let mut row = vec![0; usize::try_from(len).unwrap_or(0)];
            self.rows.read_exact_at(&mut row, start)?;
            into.push(row);
            start = end;
        }
        Ok(())
    }

    fn truncate(&mut self, count: u64) -> io::Result<()> {
        let bytes = match count {
            0 => 0,
            n => self.ends_from(n - 1, 1)?[0],
        };
        self.ends.set_len(count * 4)?;
        self.rows.set_len(bytes)?;
        (self.count, self.bytes) = (count, bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
        range.map(|n| format!("row {n}").into_bytes()).collect()
    }

    fn check(mut history: History) -> History {
        assert_eq!(history.read(0, 5).unwrap(), rows(0..0));
        history.append(&rows(0..100)).unwrap();
        history.append(&rows(100..150)).unwrap();
        assert_eq!((history.first(), history.len()), (0, 150));
        assert_eq!(history.read(97, 6).unwrap(), rows(97..103));
        assert_eq!(history.read(148, 6).unwrap(), rows(148..150));
        history.truncate(99).unwrap();
        history.append(&rows(99..101)).unwrap();
        assert_eq!(history.read(98, 9).unwrap(), rows(98..101));
        history.truncate(500).unwrap();
        assert_eq!(history.len(), 101);
        history
    }

    #[test]
    fn rows_are_read_by_number_and_truncated() {
        check(History::in_memory());
        let dir = tempfile::tempdir().unwrap();
        check(History::open(dir.path()).unwrap());
        let history = History::open(dir.path()).unwrap();
        assert_eq!(history.read(0, 999).unwrap(), rows(0..101));
    }

    #[test]
    fn a_torn_tail_is_cut() {
        let dir = tempfile::tempdir().unwrap();
        let mut history = History::open(dir.path()).unwrap();
        history.append(&rows(0..10)).unwrap();
        drop(history);
        let path = dir.path().join(name(0, ".rows"));
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let mut history = History::open(dir.path()).unwrap();
        assert_eq!(history.len(), 9);
        history.append(&rows(9..12)).unwrap();
        drop(history);
        let ends = dir.path().join(name(0, ".ends"));
        let bytes = fs::read(&ends).unwrap();
        fs::write(&ends, &bytes[..bytes.len() - 2]).unwrap();
        let history = History::open(dir.path()).unwrap();
        assert_eq!(history.read(0, 99).unwrap(), rows(0..11));
    }

    #[test]
    fn the_oldest_rows_go_first_and_numbers_stay() {
        let dir = tempfile::tempdir().unwrap();
        let mut history = History::open(dir.path()).unwrap();
        let big = |n: u64| vec![n as u8; 600 * 1024];
        for n in 0..6 {
            history.append(&[big(n)]).unwrap();
        }
        history.keep_to(2 * SEGMENT);
        assert_eq!((history.first(), history.len()), (4, 6));
        assert_eq!(history.read(0, 1).unwrap(), [big(4)]);
        history.truncate(4).unwrap();
        assert_eq!((history.first(), history.len()), (4, 4));
        history.append(&rows(4..6)).unwrap();
        assert_eq!(history.read(4, 9).unwrap(), rows(4..6));
        history.truncate(2).unwrap();
        assert_eq!((history.first(), history.len()), (2, 2));
    }
}
