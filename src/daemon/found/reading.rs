//! One conversation, read from its file.

use super::readers::Pulse;
use super::stretch::unreadable;
use super::usage::millis;
use super::{Keeping, keeping, keeping_of};
use crate::core::session::Session;
use crate::core::state::Millis;
use crate::core::text::line;
use crate::daemon::house::House;
use crate::probe::transcripts::{Cursor, Library, Spot};
use crate::runtime::brief::Record;
use crate::wire::view::{ErrorKind, ErrorView};
use std::sync::Arc;

/// Files among which that of a conversation is looked for.
const MOST: usize = 20_000;

/// A conversation whose file is known.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) of: Keeping,
    pub(crate) native_id: String,
    /// The peer's address, when it is one of ours.
    pub(crate) name: Option<String>,
    pub(crate) spot: Spot,
    /// Where it worked, when it is none of ours and says so.
    pub(crate) cwd: Option<String>,
}

impl House {
    /// Reads of what `name` means, on a thread that nobody has to wait for.
    ///
    /// # Errors
    /// As `read`; or its disk does not answer.
    pub(crate) fn patiently<T: Send + 'static>(
        self: &Arc<Self>,
        name: &str,
        read: impl FnOnce(&Arc<Self>, &Pulse) -> Result<T, ErrorView> + Send + 'static,
    ) -> Result<T, ErrorView> {
        let house = Arc::clone(self);
        let known = format!("transcript of {name}");
        let read = self.readers.read(&known, move |pulse| read(&house, pulse));
        read.unwrap_or_else(|late| {
            let what = format!("the transcript of {} cannot be read: {late}", line(name));
            let hint = "the disk that it is on may hang; what does not need it works";
            Err(ErrorView::new(ErrorKind::Failed, what).hint(hint))
        })
    }

    /// Where the conversation of a peer's session is written down.
    ///
    /// # Errors
    /// Its runtime keeps none, or none is there yet.
    pub(crate) fn transcript_of(&self, name: String, row: &Session) -> Result<Source, ErrorView> {
        let refused =
            |what: String, hint: String| Err(ErrorView::new(ErrorKind::Refused, what).hint(hint));
        let Some(of) = keeping_of(&row.runtime) else {
            let what = format!("{} keeps no transcript", row.runtime);
            return refused(what, format!("pult read {name} --history"));
        };
        let Some(native_id) = row.native_id.clone() else {
            let what = format!("{name} has not said yet which conversation it has");
            return refused(what, format!("pult why {name}"));
        };
        let env = self.session_env(&row.id);
        let place = of.transcripts.place(&env);
        let find = |place| self.library.find(of.transcripts, &place, MOST);
        let found = place.map(|place| find(place).unwrap_or_default().files);
        let names_it = |spot: &Spot| match &spot.row {
            Some(row) => *row == native_id,
            None => of.transcripts.is_at(&spot.path, &native_id),
        };
        let file = found
            .unwrap_or_default()
            .into_iter()
            .find(|file| names_it(&file.spot));
        match file {
            Some(file) => Ok(Source {
                of,
                native_id,
                name: Some(name),
                spot: file.spot,
                cwd: None,
            }),
            None => {
                let what = format!("nothing of {name}'s conversation is written down yet");
                refused(what, format!("pult read {name}"))
            }
        }
    }

    /// What `name` means among peers, else among the sessions found elsewhere.
    ///
    /// # Errors
    /// As [`House::transcript_of`], or there is neither.
    pub(crate) fn transcript_source(
        &self,
        name: &str,
        ours: Result<(String, Session), ErrorView>,
    ) -> Result<Source, ErrorView> {
        let nobody = match ours {
            Ok((address, row)) => return self.transcript_of(address, &row),
            Err(nobody) => nobody,
        };
        let Some(one) = self.find_elsewhere(name)? else {
            return Err(nobody);
        };
        let of = keeping().find(|of| of.runtime.name() == one.runtime);
        Ok(Source {
            of: of.ok_or(nobody)?,
            native_id: one.native_id,
            name: None,
            spot: one.file.spot,
            cwd: one.about.cwd,
        })
    }
}

/// A conversation up to one of its lines.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) record: Record,
    /// How many lines there were until then.
    pub(crate) lines: u64,
    /// When the last of it was written down, in ms since 1970, where it says so.
    pub(crate) at: Option<Millis>,
}

/// What was said in a conversation up to line `last`.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn record_until(
    library: &Library,
    source: &Source,
    last: u64,
    pulse: &Pulse,
) -> Result<Read, ErrorView> {
    let mut all = Read::default();
    let mut cursor = Cursor::default();
    let read = library.read(
        source.of.transcripts,
        &source.spot,
        &mut cursor,
        |n, said| {
            pulse.beat();
            if n <= last {
                for entry in &said.entries {
                    all.record.take(entry);
                    let at = entry.at.as_deref().and_then(millis);
                    all.at = at.or(all.at);
                }
            }
            all.lines = n;
            n < last
        },
    );
    read.map_err(|error| unreadable(source, &error))?;
    Ok(all)
}

/// Whether anything was said in a conversation.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn is_begun(library: &Library, source: &Source) -> Result<bool, ErrorView> {
    let mut begun = false;
    let mut cursor = Cursor::default();
    let read = library.read(
        source.of.transcripts,
        &source.spot,
        &mut cursor,
        |_, said| {
            begun |= !said.entries.is_empty();
            !begun
        },
    );
    read.map_err(|error| unreadable(source, &error))?;
    Ok(begun)
}
