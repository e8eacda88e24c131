//! The file that takes what the ring cannot hold: as long as its limit, written round and round.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;

/// Bytes of the stream from `start` to `end`, on disk.
pub(super) struct Spill {
    path: PathBuf,
    file: Option<File>,
    limit: u64,
    /// How much can be held now: less than the limit while the disk is full.
    room: u64,
    /// The offset that lies at the beginning of the file.
    base: u64,
    start: u64,
    end: u64,
}

impl Spill {
    pub fn new(path: PathBuf, limit: u64) -> Self {
        Self {
            path,
            file: None,
            limit,
            room: limit,
            base: 0,
            start: 0,
            end: 0,
        }
    }

    pub fn start(&self) -> u64 {
        self.start
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    /// Appends `bytes`, which begin at `offset`, dropping the oldest for them. Whatever happens,
    /// afterwards it ends where they end; it may be empty.
    pub fn push(&mut self, offset: u64, bytes: &[u8]) {
        if self.start == self.end {
            self.clear(offset);
        }
        self.end = offset + bytes.len() as u64;
        while self.try_write(offset, bytes).is_err() {
            // The file cannot grow: go round in what there is of it.
            let there = self.file.as_ref().and_then(|f| f.metadata().ok());
            let there = there.map_or(0, |m| m.len());
            if there == 0 || there >= self.room {
                self.start = self.end;
                return;
            }
            self.room = there;
        }
    }

    fn try_write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        // What would be overwritten by what follows need not be written.
        let from = offset.max(self.end.saturating_sub(self.room));
        self.start = self.start.max(self.end.saturating_sub(self.room));
        let mut bytes = &bytes[(from - offset) as usize..];
        let mut at = (from - self.base) % self.room;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(
                OpenOptions::new()
                    .read(true)
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&self.path)?,
            ),
        };
        while !bytes.is_empty() {
            let fits = bytes.len().min((self.room - at) as usize);
            match file.write_at(&bytes[..fits], at) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    bytes = &bytes[n..];
                    at = (at + n as u64) % self.room;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Reads some bytes from `from` on; how many. None when the disk does not give them back.
    pub fn read(&self, from: u64, into: &mut [u8]) -> Option<usize> {
        if from < self.start || from >= self.end {
            return None;
        }
        let at = (from - self.base) % self.room;
        let there = (self.end - from).min(self.room - at);
        let most = into.len().min(usize::try_from(there).unwrap_or(usize::MAX));
        match self.file.as_ref()?.read_at(&mut into[..most], at) {
            Ok(n @ 1..) => Some(n),
            _ => None,
        }
    }

    /// Forgets everything below `offset`; an empty one gives its room on the disk back.
    pub fn forget(&mut self, offset: u64) {
        if offset > self.start && self.start < self.end {
            self.start = offset.min(self.end);
            if self.start == self.end {
                self.clear(self.end);
            }
        }
    }

    fn clear(&mut self, at: u64) {
        let emptied = self.file.as_ref().is_none_or(|f| f.set_len(0).is_ok());
        // A file that cannot be cut is written anew in place.
        self.room = if emptied { self.limit } else { self.room };
        (self.base, self.start, self.end) = (at, at, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(spill: &Spill) -> Vec<u8> {
        let mut found = Vec::new();
        let mut at = spill.start();
        while at < spill.end() {
            let mut some = [0; 3];
            let n = spill.read(at, &mut some).unwrap();
            found.extend(&some[..n]);
            at += n as u64;
        }
        found
    }

    #[test]
    fn it_goes_round_and_drops_the_oldest() {
        let dir = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(dir.path().join("spill"), 10);
        spill.push(100, b"abcdef");
        assert_eq!((spill.start(), spill.end()), (100, 106));
        spill.push(106, b"ghijkl");
        assert_eq!((spill.start(), spill.end()), (102, 112));
        assert_eq!(all(&spill), b"cdefghijkl");
        spill.forget(105);
        assert_eq!(all(&spill), b"fghijkl");
        spill.push(112, b"0123456789ABC");
        assert_eq!(all(&spill), b"3456789ABC");
        assert_eq!(spill.read(114, &mut [0]), None);
        spill.forget(999);
        let file = std::fs::metadata(dir.path().join("spill")).unwrap();
        assert_eq!(file.len(), 0, "an empty one takes no room");
        spill.push(500, b"xyz");
        assert_eq!((spill.start(), all(&spill)), (500, b"xyz".to_vec()));
    }

    #[test]
    fn with_no_room_at_all_it_stays_empty() {
        let dir = tempfile::tempdir().unwrap();
        for mut spill in [
            Spill::new(dir.path().join("spill"), 0),
            Spill::new(dir.path().join("no/such/spill"), 10),
        ] {
            spill.push(7, b"abc");
            assert_eq!((spill.start(), spill.end()), (10, 10));
            spill.push(10, b"abc");
            assert_eq!((spill.start(), spill.end()), (13, 13));
        }
    }
}
