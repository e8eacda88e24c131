//! The conversation that a start has made, where its id is the CLI's to choose and only its file
//! tells it.

use super::keeping_of;
use crate::core::id::SessionId;
use crate::core::session::Session;
use crate::core::state::Millis;
use crate::daemon::house::{House, lock};
use crate::probe::fetch;
use crate::probe::transcripts::Cursor;
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many files are looked into, the ones written to last.
const MOST: usize = 50;
/// How soon it is looked again.
const AGAIN: Duration = Duration::from_secs(1);

/// What was found last.
#[derive(Default)]
pub(crate) struct Begun {
    known: HashMap<SessionId, (u32, Instant, Option<Start>)>,
}

/// A conversation that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) native_id: String,
    /// What is older in it was said in another one.
    pub(crate) at: Option<Millis>,
}

impl House {
    /// The conversation that the present attempt of a session has made. A CLI that starts itself
    /// again makes another one; the latest counts.
    pub(crate) fn begun(&self, row: &Session) -> Option<Start> {
        let of = keeping_of(&row.runtime)?;
        let dir = self.paths.attempt(row.id.as_str(), row.attempt);
        let (copy, words) = of.transcripts.began(&dir.to_string_lossy())?;
        if !Path::new(&copy).exists() {
            return None;
        }
        if let Some((attempt, looked, found)) = lock(&self.begun).known.get(&row.id)
            && *attempt == row.attempt
            && looked.elapsed() < AGAIN
        {
            return found.clone();
        }
        let place = of.transcripts.place(&self.session_env(&row.id));
        let found = place.and_then(|place| self.library.find(of.transcripts, &place, MOST).ok());
        let mut files = found.unwrap_or_default().files.into_iter();
        let file = files.find(|file| fetch::holds(&file.spot.path, &words));
        let mut found = None;
        if let Some(file) = file {
            let take = |_, said: crate::runtime::transcript::Said| {
                let at = said.began.as_deref().and_then(super::usage::millis);
                found = said
                    .about
                    .native_id
                    .map(|native_id| Start { native_id, at });
                found.is_none()
            };
            let cursor = &mut Cursor::default();
            if let Err(error) = self.library.read(of.transcripts, &file.spot, cursor, take) {
                tracing::debug!(%error, "a conversation cannot be read");
            }
        }
        let seen = (row.attempt, Instant::now(), found.clone());
        lock(&self.begun).known.insert(row.id.clone(), seen);
        found
    }
}
