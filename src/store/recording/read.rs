//! Reading a recording.

use super::checkpoint::Checkpoint;
use super::segment::{self, Kind, Loaded};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

/// One thing that happened on the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// It printed.
    Out {
        /// Of the first byte.
        offset: u64,
        /// When, ms since the Unix epoch.
        ms: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// It has another size.
    Resize {
        /// Where in the stream.
        offset: u64,
        /// When, ms since the Unix epoch.
        ms: u64,
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// These bytes are lost or were dropped.
    Gap {
        /// The first of them.
        from: u64,
        /// The first after them.
        to: u64,
        /// When, ms since the Unix epoch; 0 where that is not known.
        ms: u64,
    },
}

/// A recording as it lies on disk; it may be appended to meanwhile.
#[derive(Debug)]
pub struct Recording {
    pub(super) dir: PathBuf,
    segments: Vec<u64>,
}

impl Recording {
    /// Opens the recording in `dir`; one that is not there is empty.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(dir: &Path) -> io::Result<Self> {
        let segments = match segment::all(dir) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            found => found?,
        };
        Ok(Self {
            dir: dir.to_owned(),
            segments,
        })
    }

    /// The offset after the last recorded byte.
    ///
    /// # Errors
    /// What the system said.
    pub fn end(&self) -> io::Result<u64> {
        let last = self.segments.last();
        last.map_or(Ok(0), |first| Ok(Loaded::read(&self.dir, *first)?.end()))
    }

    /// The last exact screen.
    ///
    /// # Errors
    /// What the system said.
    pub fn last_checkpoint(&self) -> io::Result<Option<Checkpoint>> {
        match Checkpoint::last(&self.dir, self.end()?) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            found => found,
        }
    }

    /// The offsets at which a screen is known exactly, in order: 0 where nothing is dropped, and
    /// where there is a checkpoint.
    ///
    /// # Errors
    /// What the system said.
    pub fn exact(&self) -> io::Result<Vec<u64>> {
        let Some(first) = self.segments.first().copied() else {
            return Ok(Vec::new());
        };
        let mut all = Checkpoint::all(&self.dir)?;
        all.retain(|offset| *offset >= first);
        if first == 0 {
            all.insert(0, 0);
        }
        Ok(all)
    }

    /// The checkpoint at `offset`; `None` at 0 and where it is damaged or gone.
    pub fn checkpoint(&self, offset: u64) -> Option<Checkpoint> {
        Checkpoint::at(&self.dir, offset)
    }

    /// Everything after a checkpoint, or from birth; what was dropped since is a gap.
    pub fn records(&self, after: Option<&Checkpoint>) -> Records<'_> {
        let at = after.map_or(0, |c| c.offset);
        let later = self.segments.partition_point(|first| *first <= at);
        Records {
            recording: self,
            next: later.saturating_sub(1),
            at,
            resized_ms: after.map_or(0, |c| c.resized_ms),
            ms: 0,
            ready: VecDeque::new(),
        }
    }
}

/// The records of a recording, in order.
#[derive(Debug)]
pub struct Records<'a> {
    recording: &'a Recording,
    next: usize,
    at: u64,
    resized_ms: u64,
    ms: u64,
    ready: VecDeque<Record>,
}

impl Iterator for Records<'_> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Some(Ok(record));
            }
            let first = *self.recording.segments.get(self.next)?;
            self.next += 1;
            match Loaded::read(&self.recording.dir, first) {
                Ok(loaded) => self.load(&loaded),
                Err(e) => {
                    self.next = usize::MAX;
                    return Some(Err(e));
                }
            }
        }
    }
}

impl Records<'_> {
    fn load(&mut self, segment: &Loaded) {
        if segment.first > self.at {
            self.gap(segment.first, 0);
        }
        for entry in &segment.entries {
            self.out(segment, entry.offset);
            self.ms = entry.ms;
            match entry.kind {
                Kind::Out => {}
                Kind::Resize { rows, cols } => {
                    if entry.offset >= self.at && entry.ms > self.resized_ms {
                        self.resized_ms = entry.ms;
                        self.ready.push_back(Record::Resize {
                            offset: entry.offset,
                            ms: entry.ms,
                            rows,
                            cols,
                        });
                    }
                }
                Kind::Gap { to } => self.gap(to, entry.ms),
            }
        }
        self.out(segment, segment.first + segment.data.len() as u64);
    }

    fn gap(&mut self, to: u64, ms: u64) {
        if to > self.at {
            let from = self.at;
            self.ready.push_back(Record::Gap { from, to, ms });
            self.at = to;
        }
    }

    /// What was printed from where this stands to `end`.
    fn out(&mut self, segment: &Loaded, end: u64) {
        let from = self.at.saturating_sub(segment.first) as usize;
        let to = end.saturating_sub(segment.first) as usize;
        if let Some(bytes) = segment.data.get(from..to).filter(|b| !b.is_empty()) {
            self.ready.push_back(Record::Out {
                offset: self.at,
                ms: self.ms,
                bytes: bytes.to_vec(),
            });
            self.at = end;
        }
    }
}
