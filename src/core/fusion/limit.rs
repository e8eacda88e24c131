//! The limit that a CLI has reached: told once, ended by its time or by work that begins after it.

use crate::core::limit::Ends;
use crate::core::state::{Evidence, Millis, Source, Turn};
use crate::core::status::Change;

/// How far a time of day lies at most before what was meant by it, in ms.
const MINUTE: Millis = 60_000;

/// The limit of a session, if it has one.
#[derive(Clone, Debug, Default)]
pub(super) struct Limit {
    reached: Option<Reached>,
    /// The words of one that is over: they may stand on the screen for longer.
    over: Option<String>,
}

#[derive(Clone, Debug)]
struct Reached {
    /// When it ends, where that is known.
    until: Option<Millis>,
    evidence: Evidence,
    /// It was told, with that end.
    told: bool,
}

impl Limit {
    /// One that was told before this daemon came up.
    pub(super) fn resumed(until: Option<Millis>, evidence: Evidence) -> Self {
        Self {
            reached: Some(Reached {
                until,
                evidence,
                told: true,
            }),
            over: None,
        }
    }

    /// A source says that one is reached. One that was told goes on with what is known better of its
    /// end.
    pub(super) fn reach(&mut self, ends: &Ends, evidence: &Evidence) {
        if evidence.source == Source::Screen && self.over.as_ref() == Some(&evidence.text) {
            return;
        }
        let until = match ends {
            Ends::At(at) => Some(*at),
            _ => None,
        };
        match &mut self.reached {
            Some(reached) if until.is_none() || reached.until == until => {}
            // A time of day is told rounded down.
            Some(reached)
                if (reached.until.zip(until))
                    .is_some_and(|(known, told)| known >= told && known - told < MINUTE) => {}
            Some(reached) => {
                reached.until = until;
                reached.told = false;
            }
            None => {
                self.reached = Some(Reached {
                    until,
                    evidence: evidence.clone(),
                    told: false,
                });
            }
        }
    }

    /// Work begins: the words of a limit that is over are about a new one when they come again.
    pub(super) fn works(&mut self) {
        self.over = None;
    }

    /// Whether one stands at `now`, when `turn` is what all else says, because of `evidence`. One
    /// that does not is over.
    pub(super) fn stands(&mut self, now: Millis, turn: Turn, evidence: &Evidence) -> bool {
        let Some(reached) = &self.reached else {
            return false;
        };
        let over = reached.until.is_some_and(|until| now >= until);
        let works = turn == Turn::Working && evidence.at > reached.evidence.at;
        if over || works {
            self.over = self.reached.take().map(|reached| reached.evidence.text);
        }
        self.reached.is_some()
    }

    /// What is to be told of it and was not yet.
    pub(super) fn tell(&mut self) -> Option<Change> {
        let reached = self.reached.as_mut().filter(|reached| !reached.told)?;
        reached.told = true;
        Some(Change::Limited(reached.until, reached.evidence.clone()))
    }

    /// When it ends, where that is known.
    pub(super) fn deadline(&self) -> Option<Millis> {
        self.reached.as_ref().and_then(|reached| reached.until)
    }
}
