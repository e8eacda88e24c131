//! Appending to a recording.

use super::checkpoint::Checkpoint;
use super::history::History;
use super::prompts::Prompts;
use super::search::Past;
use super::segment::{self, Entry, Kind, Loaded, Open};
use super::{SEGMENT, name, numbers};
use std::collections::VecDeque;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Appends one terminal's stream to its recording, or only counts it.
#[derive(Debug)]
pub struct Recorder {
    end: u64,
    resized_ms: u64,
    /// The time of the last entry in the open segment.
    stamped: Option<u64>,
    history: History,
    prompts: Prompts,
    disk: Option<Disk>,
}

#[derive(Debug)]
struct Disk {
    dir: PathBuf,
    cap: u64,
    /// First offset, end and bytes on disk of each segment that is full.
    full: VecDeque<(u64, u64, u64)>,
    /// Absent before the first record and after a gap.
    open: Option<Open>,
    checkpoints: Vec<u64>,
}

impl Recorder {
    /// Opens the recording in `dir`, made with mode 0700 where it is missing, for appending. `cap`
    /// is what it may take on disk, in bytes; it is kept to by dropping what lies before the
    /// checkpoints, so one without checkpoints grows beyond it.
    ///
    /// # Errors
    /// What the system said, or `InvalidData` for a damaged closed segment.
    pub fn open(dir: &Path, cap: u64) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        for torn in ["closing.tmp", "checkpoint.tmp"] {
            let _ = fs::remove_file(dir.join(torn));
        }
        for packed in numbers(dir, ".lz4")? {
            segment::remove_pair(dir, packed);
        }
        let mut recorder = Self {
            end: 0,
            resized_ms: 0,
            stamped: None,
            history: History::open(dir)?,
            prompts: Prompts::open(dir)?,
            disk: None,
        };
        let mut disk = Disk {
            dir: dir.to_owned(),
            cap,
            full: VecDeque::new(),
            open: None,
            checkpoints: Vec::new(),
        };
        let segments = segment::all(dir)?;
        for (n, first) in segments.iter().enumerate() {
            let packed = dir.join(name(*first, ".lz4"));
            if n + 1 < segments.len() || packed.exists() {
                let loaded = Loaded::read(dir, *first)?;
                recorder.note(&loaded.entries, loaded.end());
                let bytes = match fs::metadata(&packed) {
                    Ok(found) => found.len(),
                    Err(_) => loaded.close(dir)?,
                };
                disk.full.push_back((*first, loaded.end(), bytes));
            } else {
                let (open, entries) = Open::at(dir, *first)?;
                recorder.note(&entries, segment::end(*first, open.len, &entries));
                recorder.stamped = entries.last().map(|e| e.ms);
                if recorder.end == open.end() {
                    disk.open = Some(open);
                } else {
                    // It ends with a gap: what follows is a segment of its own.
                    disk.full.push_back((*first, recorder.end, open.bytes()));
                }
            }
        }
        disk.checkpoints = numbers(dir, ".ckpt")?;
        disk.checkpoints.retain(|offset| *offset <= recorder.end);
        recorder.disk = Some(disk);
        Ok(recorder)
    }

    /// One that records nothing: it knows its offsets and the last rows of history, in memory.
    pub fn none() -> Self {
        Self {
            end: 0,
            resized_ms: 0,
            stamped: None,
            history: History::in_memory(),
            prompts: Prompts::default(),
            disk: None,
        }
    }

    fn note(&mut self, entries: &[Entry], end: u64) {
        self.end = end;
        for entry in entries {
            if matches!(entry.kind, Kind::Resize { .. }) {
                self.resized_ms = entry.ms;
            }
        }
    }

    /// The offset after the last recorded byte: where a keeper is asked to resume.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// What it takes on disk, in bytes.
    pub fn bytes(&self) -> u64 {
        self.disk.as_ref().map_or(0, Disk::bytes) + self.history.bytes()
    }

    /// Appends output that begins at `offset` and was read at `ms`. What lies below [`Self::end`]
    /// is recorded already and is skipped.
    ///
    /// # Errors
    /// `InvalidInput` when bytes are missing in between, or what the system said: a full disk. What
    /// was written stays, and the same call may be made again.
    pub fn out(&mut self, offset: u64, ms: u64, bytes: &[u8]) -> io::Result<()> {
        if offset > self.end {
            let what = format!("output at {offset} does not follow {}", self.end);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let known = usize::try_from(self.end - offset).unwrap_or(usize::MAX);
        let Some(bytes) = bytes.get(known..).filter(|b| !b.is_empty()) else {
            return Ok(());
        };
        let at = self.end;
        if self.disk.is_none() {
            self.end += bytes.len() as u64;
            return Ok(());
        }
        self.make_room()?;
        let Some(open) = self.disk.as_mut().and_then(|d| d.open.as_mut()) else {
            return Ok(());
        };
        let done = open.data(bytes);
        self.end = open.end();
        if self.end > at && self.stamped != Some(ms) {
            let kind = Kind::Out;
            let entry = Entry {
                offset: at,
                ms,
                kind,
            };
            open.entry(&entry)?;
            self.stamped = Some(ms);
        }
        done
    }

    /// Notes that the terminal has another size from `offset` on. A resize that is not later than
    /// the last one was recorded already and is skipped.
    ///
    /// # Errors
    /// As for [`Self::out`].
    pub fn resize(&mut self, offset: u64, ms: u64, rows: u16, cols: u16) -> io::Result<()> {
        if ms <= self.resized_ms {
            return Ok(());
        }
        if offset != self.end {
            let what = format!("a resize at {offset} does not follow {}", self.end);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        self.entry(ms, Kind::Resize { rows, cols })?;
        self.resized_ms = ms;
        Ok(())
    }

    /// Notes that the bytes from `from` (never above [`Self::end`]) to `to` are lost.
    ///
    /// # Errors
    /// As for [`Self::out`].
    pub fn gap(&mut self, from: u64, to: u64, ms: u64) -> io::Result<()> {
        if from > self.end {
            let what = format!("a gap from {from} does not follow {}", self.end);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        if to <= self.end {
            return Ok(());
        }
        self.entry(ms, Kind::Gap { to })?;
        self.end = to;
        if let Some(disk) = &mut self.disk {
            disk.shut(to);
        }
        Ok(())
    }

    /// Stores the screen at `offset` (not above [`Self::end`]), with all resizes in it that are
    /// recorded so far: call it when everything recorded up to there is parsed and nothing after.
    ///
    /// # Errors
    /// As for [`Self::out`]; the checkpoints before it stay.
    pub fn checkpoint(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if offset > self.end {
            let what = format!("a checkpoint at {offset} is beyond {}", self.end);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let resized_ms = self.resized_ms;
        let Some(disk) = &mut self.disk else {
            return Ok(());
        };
        let checkpoint = Checkpoint {
            offset,
            resized_ms,
            bytes: bytes.to_vec(),
        };
        checkpoint.write(&disk.dir)?;
        disk.checkpoints = numbers(&disk.dir, ".ckpt")?;
        let history = self.history.bytes();
        disk.keep_to_cap(history);
        Ok(())
    }

    /// Appends rows to the history.
    ///
    /// # Errors
    /// What the system said; then none of them counts.
    pub fn history_append<R: AsRef<[u8]>>(&mut self, rows: &[R]) -> io::Result<()> {
        self.history.append(rows)?;
        if let Some(disk) = &self.disk {
            self.history.keep_to(disk.cap / 2);
        }
        Ok(())
    }

    /// How many rows the history has had, dropped ones included.
    pub fn history_len(&self) -> u64 {
        self.history.len()
    }

    /// The number of the first row that is still there.
    pub fn history_first(&self) -> u64 {
        self.history.first()
    }

    /// Up to `count` rows from number `from` on, or from the first that is there.
    ///
    /// # Errors
    /// What the system said.
    pub fn history_read(&self, from: u64, count: usize) -> io::Result<Vec<Vec<u8>>> {
        self.history.read(from, count)
    }

    /// Notes that the pane was asked something at a row, counted from the first that ever was;
    /// `marked` when its program says so.
    ///
    /// # Errors
    /// What the system said; it is known all the same until the next start.
    pub fn prompt(&mut self, row: u64, marked: bool) -> io::Result<()> {
        self.prompts.add(row, marked)
    }

    /// The rows noted by [`Self::prompt`], ascending: those that the program marked where there are
    /// some, which is told beside them.
    pub fn prompts(&self) -> (Vec<u64>, bool) {
        self.prompts.rows()
    }

    /// The history as it can be read without holding up who appends.
    pub fn past(&self) -> Past {
        Past::of(&self.history)
    }

    /// Forgets the rows from number `len` on: a replay from a checkpoint makes them again.
    ///
    /// # Errors
    /// What the system said.
    pub fn history_truncate(&mut self, len: u64) -> io::Result<()> {
        self.history.truncate(len)
    }

    /// Drops what nobody needs who goes on from the checkpoint at `offset`.
    pub(super) fn needs_only(&mut self, offset: u64) {
        self.history.keep_to(0);
        if let Some(disk) = &mut self.disk {
            Checkpoint::drop_older(&disk.dir, offset);
            disk.checkpoints.retain(|at| *at >= offset);
            disk.keep_to_cap(0);
        }
    }

    fn entry(&mut self, ms: u64, kind: Kind) -> io::Result<()> {
        let offset = self.end;
        self.make_room()?;
        if let Some(open) = self.disk.as_mut().and_then(|d| d.open.as_mut()) {
            open.entry(&Entry { offset, ms, kind })?;
            self.stamped = Some(ms);
        }
        Ok(())
    }

    /// An open segment that takes more, where anything is recorded at all.
    fn make_room(&mut self) -> io::Result<()> {
        let Some(disk) = &mut self.disk else {
            return Ok(());
        };
        if disk.open.as_ref().is_some_and(|o| o.bytes() >= SEGMENT) {
            disk.shut(self.end);
            disk.keep_to_cap(self.history.bytes());
        }
        if disk.open.is_none() {
            disk.open = Some(Open::at(&disk.dir, self.end)?.0);
            self.stamped = None;
        }
        Ok(())
    }
}

impl Disk {
    fn bytes(&self) -> u64 {
        let full: u64 = self.full.iter().map(|(_, _, bytes)| bytes).sum();
        full + self.open.as_ref().map_or(0, Open::bytes)
    }

    /// The open segment takes no more; it is compressed when there is room to do that.
    fn shut(&mut self, end: u64) {
        let Some(open) = self.open.take() else { return };
        let packed = Loaded::read(&self.dir, open.first).and_then(|l| l.close(&self.dir));
        let bytes = packed.unwrap_or_else(|_| open.bytes());
        self.full.push_back((open.first, end, bytes));
    }

    /// Drops the oldest segments that no checkpoint needs until the cap is kept to.
    fn keep_to_cap(&mut self, history: u64) {
        let Some(needed) = self.checkpoints.first().copied() else {
            return;
        };
        while let Some((first, end, _)) = self.full.front().copied() {
            if end > needed || self.bytes() + history <= self.cap {
                return;
            }
            segment::remove_pair(&self.dir, first);
            let _ = fs::remove_file(self.dir.join(name(first, ".lz4")));
            self.full.pop_front();
            Checkpoint::forget_before(&self.dir, end);
        }
    }
}

#[cfg(test)]
mod tests;
