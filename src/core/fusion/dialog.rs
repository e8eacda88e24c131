//! What is believed about the permission dialog of a CLI.

use crate::core::ask::{AskKind, Call};
use crate::core::state::{Evidence, Millis, Source};
use crate::core::status::Change;

/// How long *no dialog* of a status file, an OSC or the screen must stand before it is believed, in ms.
///
/// Two requests that follow each other close and open a dialog within a few milliseconds.
pub(super) const GONE: Millis = 400;

/// Whether there is one, and what it asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Dialog {
    state: State,
    /// The digest of the call that the dialog on the screen asks for.
    shown: Option<String>,
    /// What a request asked for that cannot be answered any more.
    lost: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    /// Which source showed it; silence: it must be there, and nobody has shown it yet.
    Open(Source),
    /// Said to be gone, and believed at the time in the evidence plus [`GONE`].
    Going(Evidence),
}

impl Dialog {
    /// Whether the CLI waits for a permission, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Whether none is open, and none is going either.
    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// What the open one asks for, where the request for it was lost.
    pub(super) fn lost(&self) -> Option<&str> {
        self.lost.as_deref().filter(|_| self.is_open())
    }

    /// See [`Fusion::asks_nothing_on_screen`](super::Fusion::asks_nothing_on_screen).
    pub(super) fn asks_nothing_on_screen(&mut self) {
        self.shown = None;
        if matches!(self.state, State::Open(Source::Screen) | State::Going(_)) {
            self.state = State::Closed;
        }
    }

    /// See [`Fusion::asks_on_screen`](super::Fusion::asks_on_screen).
    pub(super) fn asks_on_screen(&mut self, digest: String) {
        self.state = State::Open(Source::Screen);
        self.shown = Some(digest);
    }

    /// See [`Fusion::asks_by_itself`](super::Fusion::asks_by_itself).
    pub(super) fn asks_by_itself(&mut self, what: String) {
        if self.state == State::Open(Source::Protocol) {
            self.state = State::Open(Source::Silence);
        }
        self.lost = Some(what);
    }

    /// A source says that one is open.
    pub(super) fn opened(&mut self, evidence: Evidence) -> Option<Change> {
        let closed = self.is_closed();
        self.state = State::Open(evidence.source);
        closed.then_some(Change::DialogOpen(evidence))
    }

    /// `source` says that one asks for `call`.
    pub(super) fn asks(
        &mut self,
        source: Source,
        kind: AskKind,
        call: Box<Call>,
    ) -> Option<Change> {
        self.state = State::Open(source);
        if self.shown.as_ref() == Some(&call.digest) {
            return None;
        }
        self.shown = Some(call.digest.clone());
        Some(Change::DialogAsks(kind, call))
    }

    /// A source says that there is none.
    pub(super) fn gone(&mut self, evidence: Evidence) -> Option<Change> {
        // A protocol says it of everything that it asked; the others only of what they showed.
        if evidence.source <= Source::Protocol {
            self.state = State::Closed;
            self.lost = None;
            return Some(Change::DialogGone(evidence));
        }
        if [evidence.source, Source::Silence]
            .map(State::Open)
            .contains(&self.state)
        {
            self.state = State::Going(evidence);
        } else if self.state == State::Open(Source::Protocol) {
            // It may not show what the protocol asks for: no evidence about the asks.
            self.state = State::Closed;
        }
        None
    }

    /// `source` says that the CLI went on.
    pub(super) fn went_on(&mut self, source: Source) {
        if source <= Source::Protocol {
            self.lost = None;
        }
        if self.state == State::Open(Source::Protocol) {
            self.state = State::Closed;
        }
    }

    /// A start screen is there: it stands where a dialog of the screen stood, if there was one.
    pub(super) fn covered(&mut self, evidence: &Evidence) {
        if evidence.source == Source::Screen && self.state == State::Open(Source::Screen) {
            self.state = State::Going(evidence.clone());
        }
    }

    /// Lets time pass: one that is going may be gone by `now`.
    pub(super) fn tick(&mut self, now: Millis) -> Option<Change> {
        if self.deadline().is_none_or(|at| now < at) {
            return None;
        }
        self.shown = None;
        match std::mem::take(&mut self.state) {
            State::Going(evidence) => Some(Change::DialogGone(evidence)),
            _ => None,
        }
    }

    /// When one that is going is believed to be gone.
    pub(super) fn deadline(&self) -> Option<Millis> {
        match &self.state {
            State::Going(evidence) => Some(evidence.at + GONE),
            State::Closed | State::Open(_) => None,
        }
    }
}
