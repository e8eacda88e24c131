//! One segment: its entries and its data, open or closed.

use super::{name, numbers, private, write_at};
use std::fs::{self, File};
use std::io;
use std::path::Path;

const ENTRY: usize = 24;

/// One entry of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub offset: u64,
    pub ms: u64,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Out,
    Resize { rows: u16, cols: u16 },
    Gap { to: u64 },
}

impl Entry {
    pub fn encode(&self) -> [u8; ENTRY] {
        let (kind, value) = match self.kind {
            Kind::Out => (1_u64, 0),
            Kind::Resize { rows, cols } => (2, u64::from(rows) << 16 | u64::from(cols)),
            Kind::Gap { to } => (3, to),
        };
        let ms = self.ms & ((1 << 56) - 1);
        let mut bytes = [0; ENTRY];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..16].copy_from_slice(&(kind << 56 | ms).to_le_bytes());
        bytes[16..].copy_from_slice(&value.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| {
            let bytes = bytes.get(at..at + 8)?;
            bytes.try_into().ok().map(u64::from_le_bytes)
        };
        let (offset, stamp, value) = (word(0)?, word(8)?, word(16)?);
        let kind = match stamp >> 56 {
            1 => Kind::Out,
            2 => Kind::Resize {
                rows: (value >> 16) as u16,
                cols: value as u16,
            },
            3 if value > offset => Kind::Gap { to: value },
            _ => return None,
        };
        let ms = stamp & ((1 << 56) - 1);
        Some(Self { offset, ms, kind })
    }
}

/// Those entries of an index that make sense for `len` bytes of data from `first`.
fn sound(bytes: &[u8], first: u64, len: u64) -> Vec<Entry> {
    let mut at = first;
    let mut over = false;
    let entries = bytes.chunks_exact(ENTRY).map_while(Entry::decode);
    entries
        .take_while(|e| {
            let fits = e.offset >= at && e.offset <= first + len && !over;
            at = e.offset;
            over = matches!(e.kind, Kind::Gap { .. });
            fits
        })
        .collect()
}

/// A segment in memory.
#[derive(Debug)]
pub(super) struct Loaded {
    pub first: u64,
    pub entries: Vec<Entry>,
    pub data: Vec<u8>,
}

/// Where the stream stands after these entries and so much data.
pub(super) fn end(first: u64, len: u64, entries: &[Entry]) -> u64 {
    match entries.last() {
        Some(Entry {
            kind: Kind::Gap { to },
            ..
        }) => *to,
        _ => first + len,
    }
}

impl Loaded {
    pub fn end(&self) -> u64 {
        end(self.first, self.data.len() as u64, &self.entries)
    }

    /// Reads the segment that begins at `first`.
    pub fn read(dir: &Path, first: u64) -> io::Result<Self> {
        let (entries, data) = match fs::read(dir.join(name(first, ".lz4"))) {
            Ok(bytes) => unpack(&bytes).ok_or_else(|| {
                let what = format!("{} is damaged", dir.join(name(first, ".lz4")).display());
                io::Error::new(io::ErrorKind::InvalidData, what)
            })?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                // The index first: what is appended meanwhile is then data without an entry.
                let entries = fs::read(dir.join(name(first, ".idx")))?;
                (entries, fs::read(dir.join(name(first, ".data")))?)
            }
            Err(e) => return Err(e),
        };
        let entries = sound(&entries, first, data.len() as u64);
        Ok(Self {
            first,
            entries,
            data,
        })
    }

    /// Puts it in one compressed file in place of its pair; returns the file's length.
    pub fn close(&self, dir: &Path) -> io::Result<u64> {
        let entries: Vec<u8> = self.entries.iter().flat_map(Entry::encode).collect();
        let packed_entries = lz4_flex::block::compress(&entries);
        let packed_data = lz4_flex::block::compress(&self.data);
        let mut bytes = Vec::with_capacity(12 + packed_entries.len() + packed_data.len());
        for len in [entries.len(), self.data.len(), packed_entries.len()] {
            bytes.extend((len as u32).to_le_bytes());
        }
        bytes.extend(packed_entries);
        bytes.extend(packed_data);
        let fresh = dir.join("closing.tmp");
        let file = private(&fresh)?;
        file.set_len(0)?;
        let done = write_at(&file, &bytes, 0)
            .1
            .and_then(|()| fs::rename(&fresh, dir.join(name(self.first, ".lz4"))));
        if let Err(e) = done {
            let _ = fs::remove_file(&fresh);
            return Err(e);
        }
        remove_pair(dir, self.first);
        Ok(bytes.len() as u64)
    }
}

/// Removes the open form; data first, so that a lone index is never taken for a segment.
pub(super) fn remove_pair(dir: &Path, first: u64) {
    let _ = fs::remove_file(dir.join(name(first, ".data")));
    let _ = fs::remove_file(dir.join(name(first, ".idx")));
}

fn unpack(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let len = |at: usize| {
        let bytes = bytes.get(at..at + 4)?;
        bytes
            .try_into()
            .ok()
            .map(|b| u32::from_le_bytes(b) as usize)
    };
    let (entries, data, split) = (len(0)?, len(4)?, len(8)?);
    // A damaged length must not allocate what it says.
    if entries.max(data) > 1 << 28 {
        return None;
    }
    let (packed_entries, packed_data) = bytes.get(12..)?.split_at_checked(split)?;
    let unpack = |packed: &[u8], len: usize| {
        let bytes = lz4_flex::block::decompress(packed, len).ok()?;
        (bytes.len() == len).then_some(bytes)
    };
    Some((unpack(packed_entries, entries)?, unpack(packed_data, data)?))
}

/// The first offsets of all segments, in order.
pub(super) fn all(dir: &Path) -> io::Result<Vec<u64>> {
    let mut firsts = numbers(dir, ".data")?;
    firsts.extend(numbers(dir, ".lz4")?);
    firsts.sort_unstable();
    firsts.dedup();
    Ok(firsts)
}

/// The segment that is written to.
#[derive(Debug)]
pub(super) struct Open {
    pub first: u64,
    pub len: u64,
    entries: u64,
    data: File,
    index: File,
}

impl Open {
    /// Makes or reopens the segment at `first` and cuts what was torn.
    pub fn at(dir: &Path, first: u64) -> io::Result<(Self, Vec<Entry>)> {
        // The index first: data is what makes a segment exist.
        let index = private(&dir.join(name(first, ".idx")))?;
        let data = private(&dir.join(name(first, ".data")))?;
        let len = data.metadata()?.len();
        let entries = sound(&fs::read(dir.join(name(first, ".idx")))?, first, len);
        index.set_len((entries.len() * ENTRY) as u64)?;
        let open = Self {
            first,
            len,
            entries: entries.len() as u64,
            data,
            index,
        };
        Ok((open, entries))
    }

    pub fn end(&self) -> u64 {
        self.first + self.len
    }

    pub fn bytes(&self) -> u64 {
        self.len + self.entries * ENTRY as u64
    }

    /// Appends data; what was written before an error counts.
    pub fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (written, done) = write_at(&self.data, bytes, self.len);
        self.len += written;
        done
    }

    /// Appends an entry, whole or not at all: a torn one is written over by the next.
    pub fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        let at = self.entries * ENTRY as u64;
        write_at(&self.index, &entry.encode(), at).1?;
        self.entries += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_its_bytes() {
        let entry = Entry {
            offset: 0x0102,
            ms: 0x0304,
            kind: Kind::Resize {
                rows: 40,
                cols: 258,
            },
        };
        let bytes = [
            2, 1, 0, 0, 0, 0, 0, 0, 4, 3, 0, 0, 0, 0, 0, 2, 2, 1, 40, 0, 0, 0, 0, 0,
        ];
        assert_eq!(entry.encode(), bytes);
        assert_eq!(Entry::decode(&bytes), Some(entry));
        assert_eq!(Entry::decode(&[9; ENTRY]), None);
    }

    #[test]
    fn entries_beyond_the_data_or_after_nonsense_are_cut() {
        let at = |offset| Entry {
            offset,
            ms: 1,
            kind: Kind::Out,
        };
        let bytes = |entries: &[Entry]| entries.iter().flat_map(Entry::encode).collect::<Vec<_>>();
        assert_eq!(sound(&bytes(&[at(5), at(9)]), 5, 3), [at(5)]);
        assert_eq!(sound(&bytes(&[at(5), at(4), at(6)]), 5, 3), [at(5)]);
        let torn = [bytes(&[at(5)]), vec![1; 23]].concat();
        assert_eq!(sound(&torn, 5, 3), [at(5)]);
        let gap = Entry {
            kind: Kind::Gap { to: 100 },
            ..at(8)
        };
        assert_eq!(sound(&bytes(&[gap, at(8)]), 5, 3), [gap]);
    }

    #[test]
    fn a_damaged_closed_segment_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let loaded = Loaded {
            first: 5,
            entries: Vec::new(),
            data: b"hello hello hello hello".to_vec(),
        };
        loaded.close(dir.path()).unwrap();
        assert_eq!(Loaded::read(dir.path(), 5).unwrap().data, loaded.data);
        let path = dir.path().join(name(5, ".lz4"));
        let bytes = fs::read(&path).unwrap();
        for (at, value) in [(4, 0xff), (7, 0xff), (11, 0xff)] {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            fs::write(&path, bytes).unwrap();
            let error = Loaded::read(dir.path(), 5).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }
}
