//! Checkpoints: exact screens that a replay starts from. The last two are kept for that, and one a
//! megabyte as a place to look at earlier screens from.

use super::{name, numbers, private, write_at};
use std::fs;
use std::io;
use std::path::Path;

const MAGIC: &[u8; 4] = b"PLTK";
const HEAD: usize = 24;

/// How many are kept: the last, and one for when the last is damaged.
const KEPT: usize = 2;

/// Of those before, one is kept after so many bytes of the stream.
const APART: u64 = 1024 * 1024;

/// A screen at a point of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Every byte below it is in.
    pub offset: u64,
    /// Every resize up to this time is in, ms since the Unix epoch.
    pub resized_ms: u64,
    /// What the screen wrote.
    pub bytes: Vec<u8>,
}

impl Checkpoint {
    /// Writes it, and removes all but the last two and those that stand far enough apart.
    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.offset.to_le_bytes());
        bytes.extend(self.resized_ms.to_le_bytes());
        bytes.extend(sum(&self.bytes).to_le_bytes());
        bytes.extend(&self.bytes);
        let fresh = dir.join("checkpoint.tmp");
        let file = private(&fresh)?;
        file.set_len(0)?;
        let done = write_at(&file, &bytes, 0)
            .1
            .and_then(|()| fs::rename(&fresh, dir.join(name(self.offset, ".ckpt"))));
        if let Err(e) = done {
            let _ = fs::remove_file(&fresh);
            return Err(e);
        }
        for old in numbers(dir, ".ckpt")?.iter().rev().skip(KEPT) {
            let last = numbers(dir, ".past")?.last().copied().unwrap_or(0);
            let path = dir.join(name(*old, ".ckpt"));
            let _ = match old.saturating_sub(last) {
                APART.. => fs::rename(path, dir.join(name(*old, ".past"))),
                _ => fs::remove_file(path),
            };
        }
        Ok(())
    }

    /// Forgets those that lie before `offset`: what follows them is dropped.
    pub(super) fn forget_before(dir: &Path, offset: u64) {
        for past in numbers(dir, ".past").unwrap_or_default() {
            if past < offset {
                let _ = fs::remove_file(dir.join(name(past, ".past")));
            }
        }
    }

    /// Removes those before the one at `offset`, which is the last sound one.
    pub(super) fn drop_older(dir: &Path, offset: u64) {
        for suffix in [".past", ".ckpt"] {
            for older in numbers(dir, suffix).unwrap_or_default() {
                if older < offset {
                    let _ = fs::remove_file(dir.join(name(older, suffix)));
                }
            }
        }
    }

    /// Where there is one, in order.
    pub(super) fn all(dir: &Path) -> io::Result<Vec<u64>> {
        let mut all = numbers(dir, ".past")?;
        all.extend(numbers(dir, ".ckpt")?);
        Ok(all)
    }

    /// The one at `offset`, if it is sound.
    pub(super) fn at(dir: &Path, offset: u64) -> Option<Self> {
        Self::read(&dir.join(name(offset, ".past")), offset)
            .or_else(|| Self::read(&dir.join(name(offset, ".ckpt")), offset))
    }

    fn read(path: &Path, offset: u64) -> Option<Self> {
        let file = fs::read(path).ok()?;
        let (head, bytes) = file.split_at_checked(HEAD)?;
        let u64_at = |at: usize| head[at..at + 8].try_into().map(u64::from_le_bytes).ok();
        let sound = head.starts_with(MAGIC)
            && u64_at(4)? == offset
            && head[20..] == sum(bytes).to_le_bytes();
        sound.then(|| {
            Some(Self {
                offset,
                resized_ms: u64_at(12)?,
                bytes: bytes.to_vec(),
            })
        })?
    }

    /// The last sound one at or below `end`.
    pub(super) fn last(dir: &Path, end: u64) -> io::Result<Option<Self>> {
        let mut offsets = numbers(dir, ".ckpt")?;
        offsets.retain(|offset| *offset <= end);
        let path = |at: u64| dir.join(name(at, ".ckpt"));
        let mut last = offsets.iter().rev();
        Ok(last.find_map(|at| Self::read(&path(*at), *at)))
    }
}

/// FNV-1a: finds what a crash tore, not what somebody forged.
fn sum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(0x811c_9dc5, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(offset: u64) -> Checkpoint {
        Checkpoint {
            offset,
            resized_ms: 7,
            bytes: format!("screen at {offset}").into_bytes(),
        }
    }

    #[test]
    fn one_a_megabyte_stays_until_what_follows_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        for n in 1..=20 {
            at(n * 300_000).write(dir.path()).unwrap();
        }
        let all = Checkpoint::all(dir.path()).unwrap();
        let far = [1_200_000, 2_400_000, 3_600_000, 4_800_000];
        assert_eq!(all, [&far[..], &[5_700_000, 6_000_000]].concat());
        assert_eq!(Checkpoint::at(dir.path(), 2_400_000), Some(at(2_400_000)));
        assert_eq!(Checkpoint::at(dir.path(), 2_100_000), None);
        Checkpoint::forget_before(dir.path(), 3_000_000);
        assert_eq!(Checkpoint::all(dir.path()).unwrap(), all[2..]);
    }

    #[test]
    fn the_last_sound_one_is_found_and_two_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let last = |end| Checkpoint::last(dir.path(), end).unwrap();
        assert_eq!(last(100), None);
        for offset in [1, 20, 300] {
            at(offset).write(dir.path()).unwrap();
        }
        assert_eq!(numbers(dir.path(), ".ckpt").unwrap(), [20, 300]);
        assert_eq!(last(300), Some(at(300)));
        assert_eq!(last(299), Some(at(20)), "one beyond the data is not used");
        let path = dir.path().join(name(300, ".ckpt"));
        let mut torn = fs::read(&path).unwrap();
        torn.pop();
        fs::write(&path, torn).unwrap();
        assert_eq!(last(300), Some(at(20)), "a damaged one is not used");
    }
}
