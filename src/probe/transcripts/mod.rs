//! Finds and reads the transcripts of other programs. Files are opened for reading only, their
//! times of access are left alone where the system lets us, and nothing is ever locked. Databases
//! are read from a copy.

mod rows;
mod scan;

use super::sqlite::copies::Copies;
use crate::platform::files;
use crate::runtime::transcript::{Place, Said, Transcripts};
pub use scan::Sieve;
use serde_json::Value;
use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// Longest line that is read, bytes; the rest of a longer one is skipped.
const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// Most directories and files that one search looks at.
const MOST_LOOKED_AT: usize = 50_000;

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

    /// The transcripts in `place`, as [`find`].
    ///
    /// # Errors
    /// As [`find`]; or there is a database that cannot be read.
    pub fn find(
        &self,
        transcripts: &dyn Transcripts,
        place: &Place,
        most: usize,
    ) -> io::Result<Vec<Found>> {
        let files = find(place, most)?;
        let Some(tables) = transcripts.tables() else {
            return Ok(files);
        };
        let mut found = Vec::new();
        for file in files {
            let database = self.copies.of(&file.spot.path)?;
            found.extend(rows::find(&database, tables, &file.spot.path)?);
        }
        found.sort_by_key(|one| std::cmp::Reverse(one.written));
        found.truncate(most);
        Ok(found)
    }

    /// Reads whole lines from `cursor` on and hands over what each says, with its number; a line
    /// that is not ended yet is left for the next time. A file that has shrunk is read from its
    /// beginning, and so is a conversation in a database that has changed: there the last line
    /// counts as not ended, and is told each time. `take` says whether to go on.
    ///
    /// # Errors
    /// As the file system; or the database cannot be read.
    pub fn read(
        &self,
        transcripts: &dyn Transcripts,
        spot: &Spot,
        cursor: &mut Cursor,
        mut take: impl FnMut(u64, Said) -> bool,
    ) -> io::Result<()> {
        self.lines(
            transcripts,
            spot,
            cursor,
            |number, line| match serde_json::from_slice::<Value>(line) {
                Ok(value) => take(number, transcripts.line(&value)),
                Err(_) => take(number, Said::default()),
            },
        )
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
        self.lines(transcripts, spot, &mut Cursor::default(), |number, line| {
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
        mut take: impl FnMut(u64, &[u8]) -> bool,
    ) -> io::Result<()> {
        let (Some(tables), Some(row)) = (transcripts.tables(), &spot.row) else {
            return lines(&spot.path, cursor, take);
        };
        let database = self.copies.of(&spot.path)?;
        if cursor.offset == database.version() {
            return Ok(());
        }
        *cursor = Cursor {
            offset: database.version(),
            line: 0,
        };
        let mut all = true;
        rows::lines(&database, tables, row, |line| {
            cursor.line += 1;
            all = take(cursor.line, line);
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

/// The files of `place`, the ones written to last first, `most` at most. A directory that is not
/// there has none.
///
/// # Errors
/// The directory is there and cannot be read.
pub fn find(place: &Place, most: usize) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    let root = Path::new(&place.root);
    match walk(root, place.depth, place, &mut found, &mut looked_at) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        done => done?,
    }
    found.sort_by(|a, b| {
        let by_name = || a.spot.path.cmp(&b.spot.path);
        b.written.cmp(&a.written).then_with(by_name)
    });
    found.truncate(most);
    Ok(found)
}

fn walk(
    dir: &Path,
    depth: u8,
    place: &Place,
    found: &mut Vec<Found>,
    looked_at: &mut usize,
) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        *looked_at += 1;
        if *looked_at > MOST_LOOKED_AT {
            return Ok(());
        }
        let kind = entry.file_type()?;
        if depth > 0 {
            if kind.is_dir() {
                // What cannot be entered hides nothing else.
                let _ = walk(&entry.path(), depth - 1, place, found, looked_at);
            }
            continue;
        }
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_file() && name.starts_with(place.prefix) && name.ends_with(place.suffix) {
            let Ok(file) = entry.metadata() else { continue };
            let written = file.modified().ok();
            let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            found.push(Found {
                spot: Spot {
                    path: entry.path(),
                    row: None,
                },
                written: written.map_or(0, |at| i64::try_from(at.as_millis()).unwrap_or(0)),
                length: file.len(),
            });
        }
    }
    Ok(())
}

/// A transcript that is read from where the last reading ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The offset of the next line, bytes; of a database, the version that was read.
    pub offset: u64,
    /// The number of the next line, from 1; 0 before anything was read.
    pub line: u64,
}

/// The whole lines of a file from `cursor` on, as [`Library::read`].
///
/// # Errors
/// As the file system.
fn lines(
    path: &Path,
    cursor: &mut Cursor,
    mut take: impl FnMut(u64, &[u8]) -> bool,
) -> io::Result<()> {
    let mut file = files::open_unnoticed(path)?;
    if cursor.offset > file.metadata()?.len() {
        *cursor = Cursor::default();
    }
    file.seek(SeekFrom::Start(cursor.offset))?;
    let mut reader = BufReader::with_capacity(256 * 1024, file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let taken = (&mut reader)
            .take(LONGEST_LINE as u64)
            .read_until(b'\n', &mut line)?;
        let mut length = taken as u64;
        if taken == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') {
            if taken < LONGEST_LINE {
                // Its end is still to come.
                return Ok(());
            }
            match skip_line(&mut reader)? {
                Some(more) => length += more,
                None => return Ok(()),
            }
            line.clear();
        }
        cursor.offset += length;
        cursor.line += 1;
        if !take(cursor.line, &line) {
            return Ok(());
        }
    }
}

/// Reads on to the end of a line; how long the rest was, `None` when it has no end yet.
fn skip_line(reader: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(None);
        }
        let end = memchr::memchr(b'\n', buffer);
        let length = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() {
            return Ok(Some(skipped));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    fn place(root: &Path, depth: u8) -> Place {
        Place {
            root: root.to_string_lossy().into_owned(),
            depth,
            prefix: "r-",
            suffix: ".jsonl",
        }
    }

    #[test]
    fn files_of_the_right_depth_and_name_are_found_newest_first() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        for name in [
            "r-0.jsonl",
            "a/r-1.jsonl",
            "a/b/r-2.jsonl",
            "a/x-3.jsonl",
            "a/r-4.txt",
        ] {
            fs::write(root.join(name), "{}\n").unwrap();
        }
        fs::write(root.join("a/r-5.jsonl"), "{}\n{}\n").unwrap();
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000);
        let file = fs::File::options()
            .write(true)
            .open(root.join("a/r-1.jsonl"))
            .unwrap();
        file.set_modified(old).unwrap();
        let found = find(&place(root, 1), 10).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|f| f.spot.path.strip_prefix(root).unwrap())
            .collect();
        assert_eq!(names, [Path::new("a/r-5.jsonl"), Path::new("a/r-1.jsonl")]);
        assert_eq!((found[1].written, found[1].length), (1_000_000, 3));
        assert_eq!(find(&place(root, 1), 1).unwrap().len(), 1);
        assert_eq!(find(&place(&root.join("none"), 1), 9).unwrap(), []);
    }

    #[test]
    fn a_transcript_is_read_on_from_where_it_ended() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        let mut file = fs::File::create(&path).unwrap();
        let mut cursor = Cursor::default();
        let take = |cursor: &mut Cursor| {
            let mut got = Vec::new();
            lines(&path, cursor, |number, line| {
                got.push((number, String::from_utf8_lossy(line).trim_end().to_owned()));
                true
            })
            .unwrap();
            got
        };
        file.write_all(b"one\ntwo\nthr").unwrap();
        assert_eq!(take(&mut cursor), [(1, "one".into()), (2, "two".into())]);
        assert_eq!(take(&mut cursor), []);
        file.write_all(b"ee\n").unwrap();
        assert_eq!(take(&mut cursor), [(3, "three".to_owned())]);
        // It was written anew.
        fs::write(&path, "x\n").unwrap();
        assert_eq!(take(&mut cursor), [(1, "x".to_owned())]);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_counted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        let long = vec![b'x'; LONGEST_LINE + 10];
        fs::write(&path, [&long[..], b"\nshort\n"].concat()).unwrap();
        let mut cursor = Cursor::default();
        let mut got = Vec::new();
        lines(&path, &mut cursor, |number, line| {
            got.push((number, line.len()));
            true
        })
        .unwrap();
        assert_eq!(got, [(1, 0), (2, 6)]);
        assert_eq!(cursor.offset, LONGEST_LINE as u64 + 17);
    }
}
