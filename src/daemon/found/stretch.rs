//! A part of a conversation, and where the last reading of one that grows has ended.

use super::Source;
use super::readers::Pulse;
use crate::core::conversation::Step;
use crate::core::text::{line, strip};
use crate::daemon::house::{House, lock};
use crate::probe::transcripts::{Cursor, Library};
use crate::runtime::steps::Steps;
use crate::runtime::transcript::Entry;
use crate::wire::transcript::{EntryView, TranscriptView};
use crate::wire::view::{ErrorKind, ErrorView};
use std::collections::VecDeque;
use std::sync::Mutex;

/// Bytes of text after which an answer ends: far below what a frame may hold.
pub(super) const ENOUGH: usize = 1024 * 1024;
/// Bytes of text of one line; the rest of it is left out.
const OF_ONE_LINE: usize = 4 * ENOUGH;
/// Longest name of a tool, characters.
const NAME: usize = 200;
/// So many conversations are followed at once without being read from their beginning again.
const FOLLOWED: usize = 8;

/// Which part of it is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// The first line, from 1.
    pub(crate) from: u64,
    /// The line after the last one; absent = to the end.
    pub(crate) before: Option<u64>,
    /// Only so many entries of it, those at its end; absent = all that fit in one answer.
    pub(crate) last: Option<u32>,
}

impl Part {
    /// From line `from` to the end.
    fn on(self) -> bool {
        self.before.is_none() && self.last.is_none()
    }
}

/// Where readings have ended, by what the conversation was asked for as.
#[derive(Default)]
pub(crate) struct Bookmarks(Mutex<VecDeque<Bookmark>>);

struct Bookmark {
    name: String,
    source: Source,
    reading: Reading,
}

/// How far a conversation has been read, and what it came to by then.
#[derive(Default)]
struct Reading {
    cursor: Cursor,
    steps: Steps,
}

impl House {
    /// Reads on where the last reading of `name` ended; `None` where that is not line `from`, or it
    /// is another conversation by now: `ours` is that of the peer of this name.
    pub(crate) fn read_on_from(
        &self,
        name: &str,
        ours: Option<&str>,
        part: Part,
        pulse: &Pulse,
    ) -> Option<TranscriptView> {
        let mark = {
            let mut marks = lock(&self.bookmarks.0);
            let at = marks.iter().position(|mark| {
                let native = mark.source.name.as_ref().map(|_| &*mark.source.native_id);
                mark.name == name && native == ours && mark.reading.cursor.line + 1 == part.from
            });
            marks.remove(at.filter(|_| part.on())?)?
        };
        let Bookmark {
            name,
            source,
            mut reading,
        } = mark;
        let view = stretch(&self.library, &source, part, &mut reading, pulse).ok()?;
        // One that was written anew is read anew.
        if view.lines + 1 < part.from {
            return None;
        }
        self.bookmark(name, source, &view, reading);
        Some(view)
    }

    /// Reads a part of the conversation in `source`, asked for as `name`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn read_part(
        &self,
        name: &str,
        source: Source,
        part: Part,
        pulse: &Pulse,
    ) -> Result<TranscriptView, ErrorView> {
        let mut reading = Reading::default();
        let mut view = stretch(&self.library, &source, part, &mut reading, pulse)?;
        if view.lines + 1 < part.from {
            // It is shorter than it was: all of it is new.
            reading = Reading::default();
            let part = Part { from: 1, ..part };
            view = stretch(&self.library, &source, part, &mut reading, pulse)?;
        }
        if part.before.is_none() {
            self.bookmark(name.to_owned(), source, &view, reading);
        }
        Ok(view)
    }

    fn bookmark(&self, name: String, source: Source, view: &TranscriptView, reading: Reading) {
        // Rows have no place to go on from.
        if view.next.is_some() && source.spot.row.is_some() {
            return;
        }
        let mut marks = lock(&self.bookmarks.0);
        marks.retain(|mark| mark.name != name);
        marks.push_back(Bookmark {
            name,
            source,
            reading,
        });
        if marks.len() > FOLLOWED {
            marks.pop_front();
        }
    }
}

/// A part of a conversation, as much as fits in one answer.
fn stretch(
    library: &Library,
    source: &Source,
    part: Part,
    reading: &mut Reading,
    pulse: &Pulse,
) -> Result<TranscriptView, ErrorView> {
    let Reading { cursor, steps } = reading;
    let mut entries: VecDeque<EntryView> = VecDeque::new();
    let mut bytes = 0;
    let mut next = None;
    let weight = |entry: &EntryView| entry.text.len() + 100;
    let read = library.read(source.of.transcripts, &source.spot, cursor, |n, said| {
        pulse.beat();
        if part.before.is_some_and(|before| n >= before) {
            return false;
        }
        if n == 1 {
            *steps = Steps::default();
        }
        let mut room = OF_ONE_LINE;
        for mut entry in said.entries {
            if let Some(change) = entry.steps.take() {
                steps.apply(change);
            }
            if n >= part.from && room > 0 {
                let mut entry = entry_view(n, &entry);
                room = room.saturating_sub(weight(&entry));
                if room == 0 {
                    entry.text = "[… the rest of this line is left out …]".to_owned();
                }
                bytes += weight(&entry);
                entries.push_back(entry);
            }
        }
        if part.last.is_none() && bytes > ENOUGH {
            next = Some(n + 1);
            return false;
        }
        let most = part.last.map_or(usize::MAX, |last| last as usize);
        while entries.len() > most || (part.last.is_some() && bytes > ENOUGH) {
            // A line goes whole, so that what is before the first one can be asked for.
            let Some(first) = entries.front().map(|entry| entry.line) else {
                break;
            };
            if first == n {
                break;
            }
            while entries.front().is_some_and(|entry| entry.line == first) {
                bytes -= entries.pop_front().as_ref().map_or(0, weight);
            }
        }
        true
    });
    read.map_err(|error| unreadable(source, &error))?;
    Ok(TranscriptView {
        runtime: source.of.runtime.name().to_owned(),
        native_id: line(&source.native_id),
        name: source.name.clone(),
        path: line(&source.spot.path.to_string_lossy()),
        entries: entries.into(),
        lines: cursor.line,
        next,
        plan: steps.list().map(step_view).collect(),
    })
}

/// Why a conversation cannot be read.
pub(super) fn unreadable(source: &Source, error: &std::io::Error) -> ErrorView {
    let path = source.spot.path.to_string_lossy();
    let what = format!("{} cannot be read: {error}", line(&path));
    ErrorView::new(ErrorKind::Failed, what)
}

fn step_view(step: &Step) -> Step {
    Step {
        text: line(&step.text),
        state: step.state,
    }
}

/// As much of a name as such a thing has.
fn name(text: &str) -> String {
    let some: String = text.chars().take(NAME).collect();
    line(&some)
}

fn entry_view(n: u64, entry: &Entry) -> EntryView {
    EntryView {
        line: n,
        who: entry.who,
        tool: entry.tool.as_deref().map(name),
        text: strip(&entry.text),
        at: entry.at.as_deref().map(name),
    }
}
