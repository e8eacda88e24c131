//! The lines of a file, read on from where the last reading ended.

use crate::platform::files;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

/// Longest line that is read, bytes; the rest of a longer one is skipped.
pub(super) const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// How far the end of a longer one is looked for, bytes.
pub(super) const END_WITHIN: u64 = 64 * 1024 * 1024;

/// A transcript that is read from where the last reading ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The offset of the next line, bytes; of a database, the version that was read.
    pub offset: u64,
    /// The number of the next line, from 1; 0 before anything was read.
    pub line: u64,
    /// The file that was read: device and inode.
    pub(super) file: Option<(u64, u64)>,
}

/// The whole lines of a file from `cursor` on, as [`super::Library::read`], until about `most` bytes
/// are read.
///
/// # Errors
/// As the file system; or a line is so long that its end is not looked for.
pub(super) fn lines(
    path: &Path,
    cursor: &mut Cursor,
    most: u64,
    mut take: impl FnMut(u64, &[u8]) -> bool,
) -> io::Result<()> {
    let mut file = files::open_found(path)?;
    let about = file.metadata()?;
    let this = Some((about.dev(), about.ino()));
    if cursor.file.is_some_and(|_| cursor.file != this) || !goes_on(&file, cursor.offset)? {
        *cursor = Cursor::default();
    }
    cursor.file = this;
    let end = cursor.offset.saturating_add(most);
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
                Skipped::Line(more) => length += more,
                Skipped::Unended => return Ok(()),
                Skipped::Enough => return Err(endless(cursor.line + 1, about.len())),
            }
            line.clear();
        }
        cursor.offset += length;
        cursor.line += 1;
        if !take(cursor.line, &line) || cursor.offset >= end {
            return Ok(());
        }
    }
}

/// Whether a line begins at `offset`, as it did when that was noted: else the file was written anew.
fn goes_on(file: &File, offset: u64) -> io::Result<bool> {
    let Some(before) = offset.checked_sub(1) else {
        return Ok(true);
    };
    let mut last = [0];
    Ok(file.read_at(&mut last, before)? == 1 && last == *b"\n")
}

/// Why a file is not read on.
pub(super) fn endless(line: u64, length: u64) -> io::Error {
    let mb = |bytes: u64| bytes >> 20;
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!(
            "its line {line} has no end within {} MB ({} MB in all); when that is no conversation, \
             move the file away",
            mb(LONGEST_LINE as u64 + END_WITHIN),
            mb(length)
        ),
    )
}

/// What came of skipping the rest of a line.
enum Skipped {
    /// It was so long.
    Line(u64),
    /// It has no end yet.
    Unended,
    /// It is so long that nobody waits for its end.
    Enough,
}

/// Reads on to the end of a line.
fn skip_line(reader: &mut impl BufRead) -> io::Result<Skipped> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Skipped::Unended);
        }
        let end = memchr::memchr(b'\n', buffer);
        let length = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() {
            return Ok(Skipped::Line(skipped));
        }
        if skipped > END_WITHIN {
            return Ok(Skipped::Enough);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    #[test]
    fn a_transcript_is_read_on_from_where_it_ended() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        let mut file = fs::File::create(&path).unwrap();
        let mut cursor = Cursor::default();
        let take = |cursor: &mut Cursor| {
            let mut got = Vec::new();
            lines(&path, cursor, u64::MAX, |number, line| {
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
        lines(&path, &mut cursor, u64::MAX, |number, line| {
            got.push((number, line.len()));
            true
        })
        .unwrap();
        assert_eq!(got, [(1, 0), (2, 6)]);
        assert_eq!(cursor.offset, LONGEST_LINE as u64 + 17);
    }

    #[test]
    fn a_file_in_the_place_of_another_is_read_from_its_beginning() {
        let dir = tempfile::tempdir().unwrap();
        let (path, fresh) = (dir.path().join("t"), dir.path().join("fresh"));
        fs::write(&path, "one\ntwo\n").unwrap();
        let mut cursor = Cursor::default();
        let take = |cursor: &mut Cursor| {
            let mut got = Vec::new();
            lines(&path, cursor, u64::MAX, |number, line| {
                got.push((number, String::from_utf8_lossy(line).trim_end().to_owned()));
                true
            })
            .unwrap();
            got
        };
        assert_eq!(take(&mut cursor).len(), 2);
        // Longer than it was, with a line that begins where the last one ended.
        fs::write(&fresh, "new\nnew\nand on\n").unwrap();
        fs::rename(&fresh, &path).unwrap();
        assert_eq!(take(&mut cursor)[0], (1, "new".to_owned()));
        // The same file, written over: no line begins where the last one ended.
        fs::write(&path, "a line that is longer than all of it before\n").unwrap();
        let all = "a line that is longer than all of it before".to_owned();
        assert_eq!(take(&mut cursor), [(1, all)]);
    }

    #[test]
    fn a_line_without_an_end_is_given_up_and_costs_no_more_than_the_longest() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        fs::write(&path, "{}\n").unwrap();
        // Several GB that take no room on the disk.
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_len(5 << 30).unwrap();
        let mut cursor = Cursor::default();
        let mut got = 0;
        let read = lines(&path, &mut cursor, u64::MAX, |_, _| {
            got += 1;
            true
        });
        assert_eq!(
            read.unwrap_err().to_string(),
            "its line 2 has no end within 80 MB (5120 MB in all); when that is no conversation, \
             move the file away"
        );
        assert_eq!((got, cursor.offset), (1, 3));
    }

    #[test]
    fn no_more_is_read_than_is_wanted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        fs::write(&path, "1234567\n".repeat(10)).unwrap();
        let mut got = 0;
        let count = |_, _: &[u8]| {
            got += 1;
            true
        };
        lines(&path, &mut Cursor::default(), 20, count).unwrap();
        assert_eq!(got, 3);
    }
}
