//! The recording and the screen that it folds to, kept in step.

use crate::screen::{Screen, ScreenEvent};
use crate::store::recording::{Past, Record, Recorder, Recording};
use std::io;
use std::path::Path;

/// Bytes parsed since the last checkpoint after which another one is tried.
const CHECKPOINT_EVERY: u64 = 256 * 1024;
/// In a flood it is put off until so many more are parsed, or so much time has passed: it costs as
/// much as parsing tens of kilobytes.
const PUT_OFF: u64 = 4 * 1024 * 1024;
const PUT_OFF_MS: u64 = 500;
/// Bytes to let pass after a screen that could not be held exactly.
const TRY_AGAIN: u64 = 8 * 1024;

/// Answers to a program's queries, each numbered by the offset of its query's end: the keeper takes
/// input of one number once, so a replay answers exactly what was not answered, however the output
/// was cut the first time.
pub(crate) type Replies = Vec<(u64, Vec<u8>)>;

/// A recording with its screen.
pub(crate) struct Fold {
    /// What is on the screen.
    pub(crate) screen: Screen,
    recorder: Recorder,
    /// The offset after the last byte that the screen has seen.
    parsed: u64,
    checkpoint_due: u64,
    /// When the last one was tried, in the stream's time.
    checkpoint_ms: u64,
    /// The time of the last resize that the screen has seen: one that is said again after a
    /// reconnect is not seen twice.
    resized_ms: u64,
    /// The last thing that went wrong with the disk, said once.
    fault: Option<String>,
}

impl Fold {
    /// Opens the recording in `dir` and folds it: the last checkpoint, then what came after it.
    /// The replies are those of the replayed part.
    ///
    /// # Errors
    /// What the system said of the files.
    pub(crate) fn open(dir: &Path, cap: u64, size: (u16, u16)) -> io::Result<(Self, Replies)> {
        let mut recorder = Recorder::open(dir, cap)?;
        let recording = Recording::open(dir)?;
        let mut from = recording.last_checkpoint()?;
        let restored = from.as_ref().and_then(|at| {
            let screen = Screen::restore(&at.bytes);
            screen
                .inspect_err(|error| tracing::warn!(%error, "a checkpoint does not read"))
                .ok()
        });
        let screen = restored.unwrap_or_else(|| {
            from = None;
            Screen::new(size.0, size.1)
        });
        recorder.history_truncate(screen.scrolled_total())?;
        let parsed = from.as_ref().map_or(0, |at| at.offset);
        let mut fold = Self {
            screen,
            recorder,
            parsed,
            resized_ms: from.as_ref().map_or(0, |at| at.resized_ms),
            checkpoint_due: 0,
            checkpoint_ms: 0,
            fault: None,
        };
        let mut replies = Replies::new();
        for record in recording.records(from.as_ref()) {
            match record? {
                Record::Out { offset, bytes, .. } => {
                    fold.parse(&bytes);
                    fold.parsed = offset + bytes.len() as u64;
                    replies.extend(fold.answers(offset));
                }
                Record::Resize { ms, rows, cols, .. } => fold.resize_screen(ms, rows, cols),
                Record::Gap { to, .. } => fold.parsed = to,
            }
        }
        fold.checkpoint_due = fold.parsed + CHECKPOINT_EVERY;
        Ok((fold, replies))
    }

    /// One whose output is not kept.
    pub(crate) fn unrecorded(size: (u16, u16)) -> Self {
        Self {
            screen: Screen::new(size.0, size.1),
            recorder: Recorder::none(),
            parsed: 0,
            resized_ms: 0,
            checkpoint_due: CHECKPOINT_EVERY,
            checkpoint_ms: 0,
            fault: None,
        }
    }

    /// The offset after the last byte that is recorded: what the keeper need not keep.
    pub(crate) fn durable(&self) -> u64 {
        self.recorder.end()
    }

    /// The offset after the last byte that the screen has seen.
    pub(crate) fn parsed(&self) -> u64 {
        self.parsed
    }

    /// Records and parses output; the answers to its queries.
    pub(crate) fn out(&mut self, offset: u64, ms: u64, bytes: &[u8]) -> Replies {
        // Before this: what a checkpoint has seen is answered, and no replay asks for it again.
        let calm = ms.saturating_sub(self.checkpoint_ms) >= PUT_OFF_MS;
        let put_off = if calm { 0 } else { PUT_OFF };
        if self.parsed >= self.checkpoint_due + put_off {
            self.checkpoint_ms = ms;
            self.checkpoint();
        }
        let done = self.recorder.out(offset, ms, bytes);
        self.check(done);
        let seen = self.parsed.saturating_sub(offset).min(bytes.len() as u64) as usize;
        self.parse(&bytes[seen..]);
        self.parsed = self.parsed.max(offset + bytes.len() as u64);
        self.answers(offset + seen as u64)
    }

    /// What the bytes from `offset` on asked for, each answer numbered by the end of its query.
    fn answers(&mut self, offset: u64) -> Replies {
        let answers = self.screen.take_answers().into_iter();
        let numbered = answers.map(|(after, bytes)| (offset + after as u64, bytes));
        numbered.collect()
    }

    /// The terminal has another size from here on.
    pub(crate) fn resize(&mut self, offset: u64, ms: u64, rows: u16, cols: u16) {
        let done = self.recorder.resize(offset, ms, rows, cols);
        self.check(done);
        self.resize_screen(ms, rows, cols);
    }

    fn resize_screen(&mut self, ms: u64, rows: u16, cols: u16) {
        if ms > self.resized_ms {
            self.resized_ms = ms;
            self.screen.resize(rows, cols);
            self.keep_history();
        }
    }

    /// These bytes are lost.
    pub(crate) fn gap(&mut self, from: u64, to: u64, ms: u64) {
        let done = self.recorder.gap(from, to, ms);
        self.check(done);
        self.parsed = self.parsed.max(to);
    }

    /// Stores the screen as it is, when it can be held exactly.
    pub(crate) fn checkpoint(&mut self) {
        if self.recorder.end() != self.parsed {
            return;
        }
        // The history has every row that the checkpoint counts.
        self.settle();
        match self.screen.checkpoint() {
            Some(bytes) => {
                let done = self.recorder.checkpoint(self.parsed, &bytes);
                self.check(done);
                self.checkpoint_due = self.parsed + CHECKPOINT_EVERY;
            }
            None => self.checkpoint_due = self.parsed + TRY_AGAIN,
        }
    }

    /// What the program told its terminal since the last call.
    pub(crate) fn events(&mut self) -> Vec<ScreenEvent> {
        self.screen.take_events()
    }

    /// How many rows the history has had.
    pub(crate) fn history_len(&self) -> u64 {
        self.recorder.history_len()
    }

    /// Up to `count` rows of the history from number `from` on, with SGR; the number of the first.
    pub(crate) fn history(&self, from: u64, count: usize) -> io::Result<(u64, Vec<String>)> {
        let first = from.max(self.recorder.history_first());
        let rows = self.recorder.history_read(first, count)?;
        Ok((
            first,
            rows.iter()
                .map(|row| String::from_utf8_lossy(row).into_owned())
                .collect(),
        ))
    }

    /// The history as it can be read without this.
    pub(crate) fn past(&self) -> Past {
        self.recorder.past()
    }

    fn parse(&mut self, bytes: &[u8]) {
        self.screen.feed(bytes);
        self.keep_history();
    }

    /// Enter was sent to the program: the row that the cursor is in now is where it was asked.
    pub(crate) fn entered(&mut self) {
        if let Some(row) = self.screen.cursor_row() {
            let done = self.recorder.prompt(row, false);
            self.check(done);
        }
    }

    /// The rows at which the program asked, and whether it marks them itself.
    pub(crate) fn prompts(&self) -> (Vec<u64>, bool) {
        self.recorder.prompts()
    }

    /// Brings the screen and its history up to date, for whoever reads both.
    pub(crate) fn settle(&mut self) {
        self.screen.settle();
        self.keep_history();
    }

    fn keep_history(&mut self) {
        for row in self.screen.take_prompts() {
            let done = self.recorder.prompt(row, true);
            self.check(done);
        }
        let rows = self.screen.drain_scrolled();
        if !rows.is_empty() {
            let done = self.recorder.history_append(&rows);
            self.check(done);
        }
    }

    /// A disk that is full is said once; what was written stays, and the next write goes on.
    fn check(&mut self, done: io::Result<()>) {
        let fault = done.err().map(|error| error.to_string());
        if fault != self.fault {
            match &fault {
                Some(error) => tracing::error!(error, "a recording cannot be written"),
                None => tracing::info!("a recording can be written again"),
            }
            self.fault = fault;
        }
    }

    /// Whether the recording lags behind the screen because the disk refuses it.
    pub(crate) fn faulty(&self) -> bool {
        self.fault.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_numbers_its_answers_as_they_were_numbered_before() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Fold::open(dir.path(), 1 << 20, (24, 80)).unwrap();
        let (mut fold, replies) = open();
        assert!(replies.is_empty());
        let mut offset = 0;
        let mut given = Replies::new();
        // Of one millisecond, so that they lie in the recording as one.
        for chunk in [
            "a\x1b[6nb\x1b[5",
            "n",
            "and on\x1b]10;?\x1b",
            "\\\x1b[c",
            "and on",
        ] {
            given.extend(fold.out(offset, 7, chunk.as_bytes()));
            offset += chunk.len() as u64;
        }
        let numbers: Vec<u64> = given.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [5, 10, 24, 27]);
        drop(fold);
        assert_eq!(open().1, given);
    }
}
