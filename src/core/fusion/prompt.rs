//! The last prompt that a CLI was given, and what was seen of its being taken up.

use super::LastTold;
use super::claim::Claim;
use super::uptake::Uptake;
use crate::core::state::{Evidence, Millis, Source, Turn};
use std::cmp::Ordering;

/// How long a CLI may take from a prompt to the first sign that it works on it, in ms. Until then
/// a claim that the turn is over is about the turn before.
pub(super) const TAKES: Millis = 8_000;

/// How long it may take to the first one, with its own start before it, in ms. After that nobody
/// knows whether it was taken up.
pub(super) const STARTS: Millis = 45_000;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Prompt {
    at: Millis,
    /// How long it may take to be taken up.
    takes: Millis,
    /// It was given with the start, or nothing was seen to be taken up since then.
    first: bool,
    /// When each source first said after that that the CLI works.
    taken: Vec<(Source, Millis)>,
}

impl Prompt {
    /// Given at `at`, after another one.
    pub(super) fn after(before: Option<&Prompt>, at: Millis) -> Self {
        let first = before.is_some_and(Prompt::is_awaited);
        Self {
            at,
            takes: if first { STARTS } else { TAKES },
            first,
            taken: Vec::new(),
        }
    }

    /// Given with the start at `at`.
    pub(super) fn first(at: Millis) -> Self {
        Self {
            first: true,
            takes: STARTS,
            ..Self::after(None, at)
        }
    }

    /// The one that a daemon before this was waiting for.
    pub(super) fn resumed(last: LastTold<'_>) -> Option<Self> {
        let at = last.evidence.at;
        match Uptake::told(last.turn, last.evidence) {
            Some(Uptake::Given) => Some(Self::after(None, at)),
            Some(Uptake::FirstGiven) => Some(Self::first(at)),
            Some(Uptake::Silent) => None,
            _ if !last.with_prompt || last.turn != Turn::Unknown => None,
            Some(Uptake::FirstUntaken) => Some(Self {
                takes: 0,
                ..Self::first(at)
            }),
            None => Some(Self::first(at)),
        }
    }

    /// `source` says that the CLI works.
    pub(super) fn taken_by(&mut self, source: Source, at: Millis) {
        if !self.taken.iter().any(|(known, _)| *known == source) {
            self.taken.push((source, at));
        }
    }

    /// The start screen before it was answered.
    pub(super) fn let_through(&mut self, now: Millis) {
        if self.is_awaited() {
            (self.at, self.takes) = (now, STARTS);
        }
    }

    /// The CLI starts again: one that was given with the start is given once more.
    pub(super) fn begins_anew(&mut self, now: Millis) {
        if self.first {
            *self = Self::first(now);
        }
    }

    /// Whether it is the first that the CLI works on since its start with a prompt.
    pub(super) fn is_first(&self) -> bool {
        self.first
    }

    /// Whether the CLI was not seen to take up anything since its start with a prompt.
    pub(super) fn is_awaited(&self) -> bool {
        self.first && self.taken.is_empty()
    }

    /// Whether a claim that the turn is over can be about this one.
    pub(super) fn is_meant_by(&self, claim: &Claim) -> bool {
        // A hook speaks of its own moment; what the others show may have stood before.
        if claim.source <= Source::Protocol {
            return claim.heard > self.at;
        }
        // A weaker word that it was taken up may be about something else, such as the start.
        // A source has one claim: its own word came before it, even within the millisecond.
        let mut taken = self.taken.iter();
        taken.any(|(source, at)| match claim.since.cmp(at) {
            Ordering::Greater => *source <= claim.source,
            Ordering::Equal => *source == claim.source,
            Ordering::Less => false,
        })
    }

    /// Until when a claim that is not about it may be one about the turn before.
    pub(super) fn may_take(&self, claim: &Claim) -> Millis {
        self.at.max(claim.since) + self.takes
    }

    /// Why a turn is believed to be worked on until then.
    pub(super) fn given(&self) -> Evidence {
        let given = if self.is_awaited() {
            Uptake::FirstGiven
        } else {
            Uptake::Given
        };
        Evidence {
            source: Source::Keeper,
            text: given.words().to_owned(),
            at: self.at,
        }
    }

    /// Why nothing is known after that, of the first one.
    pub(super) fn untaken(claim: &Claim) -> Evidence {
        claim.evidence(format!("{}{}", claim.text, Uptake::FirstUntaken.words()))
    }
}
