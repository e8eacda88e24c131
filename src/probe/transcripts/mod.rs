//! Finds and reads the transcripts of other programs. Files are opened for reading only, their
//! times of access are left alone where the system lets us, and nothing is ever locked. Databases
//! are read from a copy.

mod find;
mod lines;
mod rows;
mod scan;

use super::sqlite::copies::Copies;
use crate::runtime::transcript::{Place, Said, Transcripts};
pub use find::{Finds, MOST_LOOKED_AT, find};
pub use lines::Cursor;
use lines::lines;
pub use scan::Sieve;
use serde_json::Value;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Most bytes of one conversation in a database.
const LONGEST: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes of a file after which its head is over.
const HEAD: u64 = 32 * 1024 * 1024;

/// Where a transcript is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    /// The file.
    pub path: PathBuf,
    /// The row of the conversation, when the file is a database.
    pub row: Option<String>,
}

/// What may be a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub spot: Spot,
    /// When it was written to last, ms since the epoch.
    pub written: i64,
    /// Its length in bytes; 0 for rows.
    pub length: u64,
}

/// Reads transcripts, files and databases alike.
pub struct Library {
    copies: Copies,
}

impl Library {
    /// Databases are copied into this directory, which is pult's own.
    pub fn new(dir: PathBuf) -> Self {
        Self {
            copies: Copies::under(dir),
        }
    }

    /// The transcripts in `place`, as [`find()`].
    ///
    /// # Errors
    /// As [`find()`]; or there is a database that cannot be read.
    pub fn find(
        &self,
        transcripts: &dyn Transcripts,
        place: &Place,
        most: usize,
    ) -> io::Result<Finds> {
        let Finds { files, cut } = find(place, most)?;
        let Some(tables) = transcripts.tables() else {
            return Ok(Finds { files, cut });
        };
        let mut found = Vec::new();
        for file in files {
            let database = self.copies.of(&file.spot.path)?;
            found.extend(rows::find(&database, tables, &file.spot.path, most)?);
        }
        found.sort_by_key(|one| std::cmp::Reverse(one.written));
        found.truncate(most);
        Ok(Finds { files: found, cut })
    }

    /// Reads whole lines from `cursor` on and hands over what each says, with its number; a line
    /// that is not ended yet is left for the next time. A file that has shrunk is read from its
    /// beginning, and so is a conversation in a database that has changed: there the last line
    /// counts as not ended, and is told each time. `take` says whether to go on.
    ///
    /// # Errors
    /// As the file system; a line has no end; or the database cannot be read.
    pub fn read(
        &self,
        transcripts: &dyn Transcripts,
        spot: &Spot,
        cursor: &mut Cursor,
        mut take: impl FnMut(u64, Said) -> bool,
    ) -> io::Result<()> {
        self.lines(transcripts, spot, cursor, u64::MAX, |number, line| {
            take(number, said(transcripts, line))
        })
    }

    /// What the first lines say, as [`Library::read`]; however long they are, little is read.
    ///
    /// # Errors
    /// As [`Library::read`].
    pub fn head(
        &self,
        transcripts: &dyn Transcripts,
        spot: &Spot,
        mut take: impl FnMut(u64, Said) -> bool,
    ) -> io::Result<()> {
        let cursor = &mut Cursor::default();
        self.lines(transcripts, spot, cursor, HEAD, |number, line| {
            take(number, said(transcripts, line))
        })
    }

    /// The lines that pass `sieve`, as they are, with their numbers, until `take` has enough.
    ///
    /// # Errors
    /// As [`Library::read`].
    pub fn scan(
        &self,
        transcripts: &dyn Transcripts,
        spot: &Spot,
        sieve: Sieve<'_>,
        mut take: impl FnMut(u64, &[u8]) -> bool,
    ) -> io::Result<()> {
        if spot.row.is_none() {
            return scan::file(&spot.path, sieve, &mut take);
        }
        let cursor = &mut Cursor::default();
        self.lines(transcripts, spot, cursor, u64::MAX, |number, line| {
            sieve(line).is_none() || take(number, line)
        })
    }

    /// The conversations of a database of which something passes `sieve`; absent for a file.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn passing(
        &self,
        transcripts: &dyn Transcripts,
        path: &Path,
        sieve: Sieve<'_>,
    ) -> io::Result<Option<HashSet<String>>> {
        let Some(tables) = transcripts.tables() else {
            return Ok(None);
        };
        rows::passing(&*self.copies.of(path)?, tables, sieve).map(Some)
    }

    /// The lines as they are, as [`Library::read`].
    fn lines(
        &self,
        transcripts: &dyn Transcripts,
        spot: &Spot,
        cursor: &mut Cursor,
        most: u64,
        mut take: impl FnMut(u64, &[u8]) -> bool,
    ) -> io::Result<()> {
        let (Some(tables), Some(row)) = (transcripts.tables(), &spot.row) else {
            return lines(&spot.path, cursor, most, take);
        };
        let database = self.copies.of(&spot.path)?;
        if cursor.offset == database.version() {
            return Ok(());
        }
        *cursor = Cursor {
            offset: database.version(),
            ..Cursor::default()
        };
        let (mut all, mut left) = (true, LONGEST.min(most));
        rows::lines(&database, tables, row, |line| {
            cursor.line += 1;
            left = left.saturating_sub(line.len() as u64);
            all = take(cursor.line, line) && left > 0;
            all
        })?;
        if all {
            // The last message may still get more parts.
            cursor.line = cursor.line.saturating_sub(1);
        }
        Ok(())
    }

    /// Drops copies that nobody has read for this long; whether any is left.
    pub fn forget(&self, unused: Duration) -> bool {
        self.copies.forget(unused)
    }
}

/// What a line says; nothing when it is no JSON.
fn said(transcripts: &dyn Transcripts, line: &[u8]) -> Said {
    match serde_json::from_slice::<Value>(line) {
        Ok(value) => transcripts.line(&value),
        Err(_) => Said::default(),
    }
}
