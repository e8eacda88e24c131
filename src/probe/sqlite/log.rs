//! The write-ahead log: pages that were committed and are not in the database yet. Each frame has
//! a checksum over all before it, so what was torn or is left over from earlier ends the reading.

use super::odd;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

const HEAD: usize = 32;
const FRAME: usize = 24;

/// What it says.
pub struct Log {
    /// The log itself.
    pub file: File,
    /// Where in it the newest version of a page is, bytes.
    pub places: HashMap<u32, u64>,
    /// Pages of the database after the last commit.
    pub count: u32,
    /// Bytes of a page.
    pub size: usize,
}

impl Log {
    /// Reads it; `None` when nothing in it is committed.
    ///
    /// # Errors
    /// As the file system.
    pub fn read(mut file: File) -> io::Result<Option<Self>> {
        file.seek(SeekFrom::Start(0))?;
        let mut input = BufReader::with_capacity(256 * 1024, &mut file);
        let mut head = [0; HEAD];
        if !filled(&mut input, &mut head)? {
            return Ok(None);
        }
        let big = match word(&head, 0, true) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return Err(odd("its log is none")),
        };
        let mut sum = Sum { big, sums: (0, 0) };
        sum.add(&head[..24]);
        if sum.sums != (word(&head, 24, true), word(&head, 28, true)) {
            return Ok(None);
        }
        let size = word(&head, 8, true) as usize;
        if !(512..=65_536).contains(&size) || !size.is_power_of_two() {
            return Err(odd("its log has pages of a strange size"));
        }
        let (mut places, mut pending, mut count) = (HashMap::new(), HashMap::new(), 0);
        let mut frame = vec![0; FRAME + size];
        let mut at = HEAD as u64;
        while filled(&mut input, &mut frame)? {
            // Frames of an earlier log have other salts.
            if frame[8..16] != head[16..24] {
                break;
            }
            sum.add(&frame[..8]);
            sum.add(&frame[FRAME..]);
            if sum.sums != (word(&frame, 16, true), word(&frame, 20, true)) {
                break;
            }
            pending.insert(word(&frame, 0, true), at + FRAME as u64);
            let committed = word(&frame, 4, true);
            if committed > 0 {
                count = committed;
                places.extend(pending.drain());
            }
            at += frame.len() as u64;
        }
        Ok((count > 0).then_some(Self {
            file,
            places,
            count,
            size,
        }))
    }
}

/// The checksum of the log.
struct Sum {
    big: bool,
    sums: (u32, u32),
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            let (first, second) = (word(pair, 0, self.big), word(pair, 4, self.big));
            let (a, b) = self.sums;
            let a = a.wrapping_add(first).wrapping_add(b);
            self.sums = (a, b.wrapping_add(second).wrapping_add(a));
        }
    }
}

fn word(bytes: &[u8], at: usize, big: bool) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    let four: [u8; 4] = four.unwrap_or_default();
    if big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    }
}

/// Fills `buffer`; false when the file ends before.
fn filled(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match input.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}
