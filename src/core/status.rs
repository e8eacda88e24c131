//! The words for signals about a session, and for what follows from them.

use super::ask::{AskKind, Call};
pub use super::fusion::{Fusion, LastTold, SILENCE};
use super::limit::Ends;
use super::state::{Evidence, Millis, Source, Turn};

/// A signal about a session's state, as an adapter parsed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Where it comes from.
    pub source: Source,
    /// What it says.
    pub says: Says,
    /// The signal in words, one line, without control characters.
    pub text: String,
}

impl Signal {
    /// What `source` says, in these words.
    pub fn new(source: Source, says: Says, text: impl Into<String>) -> Self {
        Self {
            source,
            says,
            text: text.into(),
        }
    }
}

/// What a signal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// The turn is in this state.
    Turn(Turn),
    /// The turn is in this state until the same source says otherwise, however silent it is: a
    /// shell's own report that a command runs.
    TurnUntilTold(Turn),
    /// A rate or usage limit is reached. It stands until it ends, or until work is seen that begins
    /// later.
    Limited(Ends),
    /// This many tasks go on in the background; while it is not 0, no turn is settled.
    Background(u32),
    /// The CLI waits for a permission, in a dialog or by its protocol.
    DialogOpen,
    /// A dialog on the screen asks for this call, and no protocol tells of it. An approval is shown
    /// whole and can be answered by a key; anything else only in the pane.
    DialogAsks(AskKind, Box<Call>),
    /// It waits for none any more: an undecided ask of the session was settled without us, a
    /// decided one has had its effect.
    DialogGone,
    /// The CLI went on (tool start or result, model request, turn end). With a
    /// `call_key` in the same hook call this is about that one call: a decided ask of that key has
    /// had its effect, an undecided one was answered in the pane. Without one it is about all
    /// *decided* asks of the session.
    WentOn,
    /// The conversation's id.
    NativeId(String),
    /// The model in use.
    Model(String),
    /// A start screen (trust, login) waits for the operator; its name and what to do, in words.
    StartScreen(String),
    /// The CLI ends, and starts again by itself with what it was started with.
    StartsAnew,
    /// The CLI is past its start screens.
    Started,
}

/// What changed for the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The turn's state and why it is believed.
    Turn(Turn, Evidence),
    /// A limit is reached, until then where that is known.
    Limited(Option<Millis>, Evidence),
    /// The CLI waits for a permission.
    DialogOpen(Evidence),
    /// A dialog asks for this call, and for none that it asked for before.
    DialogAsks(AskKind, Box<Call>),
    /// It waits for none any more; see [`Says::DialogGone`].
    DialogGone(Evidence),
    /// The CLI went on; see [`Says::WentOn`].
    WentOn(Evidence),
    /// The conversation's id is this now.
    NativeId(String),
    /// The model is this now.
    Model(String),
    /// A start screen waits for the operator: open an ask of kind `start`.
    StartScreen(String, Evidence),
    /// The CLI is past its start screens: close that ask.
    Started(Evidence),
}
