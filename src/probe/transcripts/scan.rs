//! Looks through a file by its bytes: only lines that may have what is looked for are handed over.

use super::lines::{END_WITHIN, LONGEST_LINE, endless};
use crate::platform::files;
use memchr::{memchr, memchr_iter, memrchr};
use std::io::{self, Read};
use std::path::Path;

/// How much is read at once, bytes.
const BLOCK: usize = 256 * 1024;

/// Where in some bytes is the first place that may be one that is looked for.
pub type Sieve<'a> = &'a (dyn Fn(&[u8]) -> Option<usize> + Sync);

/// Hands over the lines that pass, with their numbers from 1, until `take` has enough.
///
/// # Errors
/// As the file system; or a line is so long that its end is not looked for.
pub fn file(
    path: &Path,
    sieve: Sieve<'_>,
    take: &mut dyn FnMut(u64, &[u8]) -> bool,
) -> io::Result<()> {
    let mut file = files::open_found(path)?;
    let mut buffer = Vec::with_capacity(BLOCK);
    let mut lines = 0;
    // In a line that is too long.
    let mut beyond = false;
    let mut skipped = 0;
    loop {
        let known = buffer.len();
        let read = (&mut file).take(BLOCK as u64).read_to_end(&mut buffer)?;
        if read == 0 {
            // A line without an end is still being written.
            return Ok(());
        }
        if beyond {
            let Some(end) = memchr(b'\n', &buffer) else {
                skipped += buffer.len() as u64;
                if skipped > END_WITHIN {
                    return Err(endless(lines + 1, file.metadata()?.len()));
                }
                buffer.clear();
                continue;
            };
            buffer.drain(..=end);
            (beyond, skipped, lines) = (false, 0, lines + 1);
        }
        let known = known.min(buffer.len());
        if let Some(end) = memrchr(b'\n', &buffer[known..]) {
            if !block(&buffer[..=known + end], &mut lines, sieve, take) {
                return Ok(());
            }
            buffer.drain(..=known + end);
        }
        if buffer.len() > LONGEST_LINE {
            beyond = true;
            buffer.clear();
        }
    }
}

/// Looks through whole lines; `lines` are those before them.
fn block(
    bytes: &[u8],
    lines: &mut u64,
    sieve: Sieve<'_>,
    take: &mut dyn FnMut(u64, &[u8]) -> bool,
) -> bool {
    let count = |bytes: &[u8]| memchr_iter(b'\n', bytes).count() as u64;
    let (mut at, mut counted) = (0, 0);
    while let Some(place) = sieve(&bytes[at..]) {
        let place = at + place;
        let start = memrchr(b'\n', &bytes[..place]).map_or(0, |before| before + 1);
        let end = memchr(b'\n', &bytes[place..]).map_or(bytes.len(), |more| place + more + 1);
        *lines += count(&bytes[counted..start]);
        counted = start;
        let line = &bytes[start..end];
        if line.len() <= LONGEST_LINE && !take(*lines + 1, line) {
            return false;
        }
        at = end;
    }
    *lines += count(&bytes[counted..]);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::transcripts::{Cursor, lines::lines};
    use std::fs;

    fn found(path: &Path, word: &'static str) -> Vec<(u64, usize)> {
        let sieve = |bytes: &[u8]| memchr::memmem::find(bytes, word.as_bytes());
        let mut found = Vec::new();
        file(path, &sieve, &mut |n, line| {
            found.push((n, line.len()));
            true
        })
        .unwrap();
        found
    }

    #[test]
    fn exactly_the_lines_with_it_are_handed_over_with_their_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        // Lines of all lengths, over the ends of many blocks, the last without an end.
        let mut text = String::new();
        for n in 0..3_000_u32 {
            let word = if n % 7 == 0 { "needle needle" } else { "straw" };
            let length = (n * n % 1_013) as usize;
            text.push_str(&format!(
                "{}{word}{}\n",
                "x".repeat(length),
                "y".repeat(length / 3)
            ));
        }
        text.push_str("needle");
        fs::write(&path, &text).unwrap();
        assert!(text.len() > 4 * BLOCK);
        let mut expected = Vec::new();
        lines(&path, &mut Cursor::default(), u64::MAX, |n, line| {
            if String::from_utf8_lossy(line).contains("needle") {
                expected.push((n, line.len()));
            }
            true
        })
        .unwrap();
        assert_eq!(expected.len(), 429);
        assert_eq!(found(&path, "needle"), expected);
        assert_eq!(found(&path, "nothing"), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_counted_and_not_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        let long = "needle ".repeat(LONGEST_LINE / 7 + BLOCK);
        fs::write(&path, format!("needle\n{long}\nneedle\n")).unwrap();
        assert_eq!(found(&path, "needle"), [(1, 7), (3, 7)]);
    }

    #[test]
    fn a_line_without_an_end_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        fs::write(&path, "a\n").unwrap();
        let long = fs::File::options().write(true).open(&path).unwrap();
        long.set_len(5 << 30).unwrap();
        let sieve = |bytes: &[u8]| memchr(b'a', bytes);
        let mut got = 0;
        let read = file(&path, &sieve, &mut |_, _| {
            got += 1;
            true
        });
        let why = read.unwrap_err().to_string();
        assert!(why.starts_with("its line 2 has no end"), "{why}");
        assert_eq!(got, 1);
    }

    #[test]
    fn whoever_has_enough_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        fs::write(&path, "a\n".repeat(100)).unwrap();
        let mut got = 0;
        let sieve = |bytes: &[u8]| memchr(b'a', bytes);
        file(&path, &sieve, &mut |_, _| {
            got += 1;
            got < 3
        })
        .unwrap();
        assert_eq!(got, 3);
    }
}
