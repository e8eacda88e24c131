//! Pages: those of the log where it has them, else those of the database.

use super::log::Log;
use super::odd;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// What a database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where its header says the text encoding, and UTF-8 there.
const ENCODING: usize = 56;
const UTF8: [u8; 4] = [0, 0, 0, 1];
/// Pages that a reader remembers, bytes.
const REMEMBERED: usize = 2 * 1024 * 1024;

/// The pages of a database.
pub struct Pages {
    main: File,
    log: Option<Log>,
    size: usize,
    /// Bytes of a page without what is reserved at its end.
    usable: usize,
    count: u32,
}

impl Pages {
    /// # Errors
    /// It is no database, or one that is not read.
    pub fn open(main: File, log: Option<Log>) -> io::Result<Self> {
        let mut head = [0; 100];
        let at = log.as_ref().and_then(|log| log.places.get(&1).copied());
        match (&log, at) {
            (Some(log), Some(at)) => log.file.read_exact_at(&mut head, at)?,
            _ => main
                .read_exact_at(&mut head, 0)
                .map_err(|_| odd("it is empty"))?,
        }
        if !head.starts_with(MAGIC) {
            return Err(odd("the file is none"));
        }
        let size = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 65_536,
            size => usize::from(size),
        };
        let usable = size.saturating_sub(usize::from(head[20]));
        if size < 512 || usable < 480 || log.as_ref().is_some_and(|log| log.size != size) {
            return Err(odd("its pages have a strange size"));
        }
        if head[ENCODING..ENCODING + 4] != UTF8 {
            return Err(odd("its text is not UTF-8"));
        }
        let count = match &log {
            Some(log) => log.count,
            None => u32::try_from(main.metadata()?.len() / size as u64).unwrap_or(u32::MAX),
        };
        Ok(Self {
            main,
            log,
            size,
            usable,
            count,
        })
    }

    /// Reads them, with a memory of its own.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            pages: self,
            known: HashMap::new(),
            left: self.count,
        }
    }

    fn load(&self, number: u32) -> io::Result<Vec<u8>> {
        if number == 0 || number > self.count {
            return Err(odd("it names a page that is not there"));
        }
        let mut page = vec![0; self.size];
        match &self.log {
            Some(log) if log.places.contains_key(&number) => {
                log.file.read_exact_at(&mut page, log.places[&number])?;
            }
            _ => {
                let at = u64::from(number - 1) * self.size as u64;
                self.main.read_exact_at(&mut page, at)?;
            }
        }
        Ok(page)
    }
}

/// Reads pages.
pub struct Reader<'a> {
    pages: &'a Pages,
    known: HashMap<u32, Arc<Vec<u8>>>,
    /// How many pages it may still come to.
    left: u32,
}

impl Reader<'_> {
    /// A page by its number, from 1.
    ///
    /// # Errors
    /// It is not there.
    pub fn page(&mut self, number: u32) -> io::Result<Arc<Vec<u8>>> {
        if let Some(page) = self.known.get(&number) {
            return Ok(Arc::clone(page));
        }
        let page = Arc::new(self.pages.load(number)?);
        if self.known.len() * self.pages.size >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(number, Arc::clone(&page));
        Ok(page)
    }

    /// As [`Reader::page`], of pages that a walk comes to once each: there are no more of them than
    /// the file has, and a tree that says otherwise has no end.
    ///
    /// # Errors
    /// It is not there, or there were too many.
    pub fn next(&mut self, number: u32) -> io::Result<Arc<Vec<u8>>> {
        let left = self.left.checked_sub(1);
        self.left = left.ok_or_else(|| odd("a tree has no end"))?;
        self.page(number)
    }

    /// Bytes of a page that are used.
    pub fn usable(&self) -> usize {
        self.pages.usable
    }
}
