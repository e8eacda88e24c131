//! SQLite databases of other programs, read without SQLite. A worker can write whatever it likes
//! into such a file, and it is read in the daemon, where decisions are made: no C code parses it
//! there, and damage is an error at worst. Nor is anything locked, or a log replayed into a file,
//! as the library would. Read is always a private copy, see [`copies`].
//!
//! Only what is needed of the format (<https://www.sqlite.org/fileformat2.html>): tables with row
//! ids, indexes over text in binary order, UTF-8, and what a write-ahead log says.

pub mod copies;
mod log;
mod pages;
mod record;
mod schema;
mod tree;

use self::pages::Pages;
pub use self::record::Cell;
use self::schema::Schema;
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of the rows that are handed over at once.
const MOST: usize = 128 * 1024 * 1024;

/// Counts the copies: what was read from one says so by its number.
static VERSIONS: AtomicU64 = AtomicU64::new(1);

/// A copy of a database.
pub struct Database {
    pages: Pages,
    schema: Schema,
    version: u64,
}

impl Database {
    /// The database in `main`, with what its write-ahead log adds.
    ///
    /// # Errors
    /// It is none, or of a kind that is not read.
    pub fn open(main: File, log: Option<File>) -> io::Result<Self> {
        let log = log.map(log::Log::read).transpose()?.flatten();
        let pages = Pages::open(main, log)?;
        let schema = Schema::read(&mut pages.reader())?;
        let version = VERSIONS.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            pages,
            schema,
            version,
        })
    }

    /// Differs between any two copies of this process.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The rows of a table with these columns, in the order of their row ids; `take` says whether
    /// to go on. A row that cannot be read is left out.
    ///
    /// # Errors
    /// There is no such table, or its pages make no sense.
    pub fn scan(
        &self,
        table: &str,
        columns: &[&str],
        take: impl FnMut(Vec<Cell>) -> bool,
    ) -> io::Result<()> {
        self.scan_if(table, columns, &|_| true, take)
    }

    /// As [`Database::scan`], of the rows whose record, the bytes of all columns, passes.
    ///
    /// # Errors
    /// As [`Database::scan`].
    pub fn scan_if(
        &self,
        table: &str,
        columns: &[&str],
        passes: &dyn Fn(&[u8]) -> bool,
        mut take: impl FnMut(Vec<Cell>) -> bool,
    ) -> io::Result<()> {
        let table = self.schema.table(table)?;
        let places = table.places(columns)?;
        self.pages.reader().rows(table.root, &mut |_, record| {
            !passes(record) || record::cells(record, &places).is_none_or(&mut take)
        })
    }

    /// The rows of a table whose `column` is `key`, as [`Database::scan`], in no order.
    ///
    /// # Errors
    /// As [`Database::scan`], or no index begins with the column, or they are more than fits.
    pub fn with(
        &self,
        table: &str,
        column: &str,
        key: &str,
        columns: &[&str],
    ) -> io::Result<Vec<Vec<Cell>>> {
        let index = self.schema.index(table, column)?;
        let table = self.schema.table(table)?;
        let places = table.places(columns)?;
        let mut reader = self.pages.reader();
        let mut found = Vec::new();
        let mut bytes = 0;
        for row in reader.equal(index, key.as_bytes())? {
            let payload = reader.row(table.root, row)?;
            bytes += payload.as_ref().map_or(0, Vec::len);
            if bytes > MOST {
                return Err(odd("one conversation takes more than 128 MB"));
            }
            found.extend(payload.and_then(|payload| record::cells(&payload, &places)));
        }
        Ok(found)
    }
}

/// Something in the file is not as the format has it.
fn odd(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("its database: {what}"))
}

#[cfg(test)]
mod tests;
