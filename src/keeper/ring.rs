//! The last bytes of the stream, in memory that is only touched while something is kept.

use crate::platform::pages::Pages;
use std::io;

/// Give the memory back when it empties after so much of it was used, in bytes.
const TOUCHED: u64 = 64 * 1024;

/// Bytes of the stream from `start` to `end`.
pub(super) struct Ring {
    pages: Pages,
    /// The offset that lies at the beginning of the memory.
    base: u64,
    start: u64,
    end: u64,
}

impl Ring {
    pub fn new(len: usize) -> io::Result<Self> {
        Ok(Self {
            pages: Pages::new(len)?,
            base: 0,
            start: 0,
            end: 0,
        })
    }

    pub fn start(&self) -> u64 {
        self.start
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    pub fn capacity(&self) -> usize {
        self.pages.len()
    }

    /// Appends what fits; how much did.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        let fits = bytes.len().min(self.capacity() - self.len());
        let at = self.place(self.end);
        let first = fits.min(self.capacity() - at);
        self.pages[at..at + first].copy_from_slice(&bytes[..first]);
        self.pages[..fits - first].copy_from_slice(&bytes[first..fits]);
        self.end += fits as u64;
        fits
    }

    /// Some bytes from `from` on, at most `most`; empty when they are not here.
    pub fn read(&self, from: u64, most: usize) -> &[u8] {
        if from < self.start || from >= self.end {
            return &[];
        }
        let at = self.place(from);
        let there = ((self.end - from) as usize).min(self.capacity() - at);
        &self.pages[at..at + there.min(most)]
    }

    /// Forgets everything below `offset`.
    pub fn forget(&mut self, offset: u64) {
        self.start = self.start.max(offset.min(self.end));
        if self.start == self.end {
            if self.end - self.base > TOUCHED {
                self.pages.release();
            }
            self.base = self.end;
        }
    }

    fn place(&self, offset: u64) -> usize {
        ((offset - self.base) % self.pages.len() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_may_lie_across_the_end_of_the_memory() {
        let mut ring = Ring::new(8).unwrap();
        ring.push(b"abcdef");
        ring.forget(4);
        assert_eq!(ring.push(b"ghijk"), 5);
        let (first, rest) = (ring.read(4, 99), ring.read(8, 99));
        assert_eq!((first, rest), (b"efgh".as_slice(), b"ijk".as_slice()));
    }

    #[test]
    fn it_keeps_what_fits_and_wraps() {
        let mut ring = Ring::new(8).unwrap();
        assert_eq!(ring.push(b"abcdefghij"), 8);
        assert_eq!(ring.push(b"x"), 0);
        ring.forget(6);
        assert_eq!(ring.push(b"ijkl"), 4);
        assert_eq!((ring.start(), ring.end()), (6, 12));
        assert_eq!(ring.read(6, 99), b"gh");
        assert_eq!(ring.read(8, 99), b"ijkl");
        assert_eq!(ring.read(9, 2), b"jk");
        assert_eq!(ring.read(12, 9), b"");
        assert_eq!(ring.read(5, 9), b"");
        ring.forget(99);
        assert_eq!((ring.len(), ring.start(), ring.end()), (0, 12, 12));
        assert_eq!(ring.push(b"mnopqrst"), 8);
        assert_eq!(ring.read(12, 99), b"mnopqrst");
    }
}
