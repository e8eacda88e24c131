//! The four separate answers about a session, and the one word that is shown for them.

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC; it always comes in with a command.
pub type Millis = i64;

/// Whether the session's program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Process {
    /// The keeper was asked to start it and has not said that it runs.
    Starting,
    /// It runs.
    Alive,
    /// Ended on purpose while work waits; resumable.
    Parked,
    /// It ended, and how is known.
    Exited,
    /// Its keeper is gone and no exit was seen.
    Lost,
}

/// What the agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// A prompt is being worked on.
    Working,
    /// The turn is over and nothing of it runs in the background.
    Settled,
    /// The runtime reports a rate or usage limit.
    Limited,
    /// There is no positive evidence.
    Unknown,
}

/// Whether the session waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asking {
    /// No open ask.
    None,
    /// An open approval.
    Approval,
    /// An open question, choice or start screen.
    Question,
}

/// Whether the operator has seen the present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attention {
    /// Not looked at since it changed.
    Unseen,
    /// Looked at.
    Seen,
    /// Put aside until a time.
    Snoozed,
}

/// Where a piece of evidence comes from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The keeper or the operator: what was done, not what was inferred.
    Keeper,
    /// The CLI's own protocol: a hook payload, an RPC.
    Protocol,
    /// A status file that the CLI writes.
    File,
    /// An OSC status sequence.
    Osc,
    /// The window title.
    Title,
    /// A rule over the screen's rows.
    Screen,
    /// Nothing was heard.
    Silence,
}

/// Why a state is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What kind of signal it was.
    pub source: Source,
    /// The signal in words, one line, control characters stripped.
    pub text: String,
    /// When it came.
    pub at: Millis,
}

/// The one word that a session is shown by; [`shown`] picks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Shown {
    Lost,
    Failed,
    Asks,
    Parked,
    Exited,
    Starting,
    Limited,
    Unknown,
    Working,
    Done,
    Idle,
}

impl Shown {
    /// The word as it is shown.
    pub fn word(self) -> &'static str {
        match self {
            Shown::Lost => "lost",
            Shown::Failed => "failed",
            Shown::Asks => "asks",
            Shown::Parked => "parked",
            Shown::Exited => "exited",
            Shown::Starting => "starting",
            Shown::Limited => "limited",
            Shown::Unknown => "unknown",
            Shown::Working => "working",
            Shown::Done => "done",
            Shown::Idle => "idle",
        }
    }

    /// The glyph that goes with the word, one column wide; never shown without it.
    pub fn glyph(self) -> &'static str {
        match self {
            Shown::Lost | Shown::Failed => "×",
            Shown::Asks => "◆",
            Shown::Parked => "‖",
            Shown::Exited => "–",
            Shown::Starting => "+",
            Shown::Limited => "◷",
            Shown::Unknown => "?",
            Shown::Working => "●",
            Shown::Done => "✓",
            Shown::Idle => "○",
        }
    }
}

/// How a program ended: a code or a signal, never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// The exit code, when it ended by itself.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

impl Exit {
    /// Whether it ended by a signal or with a code other than 0.
    pub fn is_failure(&self) -> bool {
        self.signal.is_some() || self.code.is_some_and(|code| code != 0)
    }
}

/// Picks the first word that fits (DESIGN: lost, failed, asks, parked, exited, …).
///
/// `ended_on_purpose`: the exit followed a stop, park or retire.
pub fn shown(
    process: Process,
    turn: Turn,
    asking: Asking,
    attention: Attention,
    exit: Option<Exit>,
    ended_on_purpose: bool,
) -> Shown {
    let failed = !ended_on_purpose && exit.is_some_and(|e| e.is_failure());
    match (process, turn) {
        (Process::Lost, _) => Shown::Lost,
        (Process::Exited, _) if failed => Shown::Failed,
        _ if asking != Asking::None => Shown::Asks,
        (Process::Parked, _) => Shown::Parked,
        (Process::Exited, _) => Shown::Exited,
        (Process::Starting, _) => Shown::Starting,
        (Process::Alive, Turn::Limited) => Shown::Limited,
        (Process::Alive, Turn::Unknown) => Shown::Unknown,
        (Process::Alive, Turn::Working) => Shown::Working,
        (Process::Alive, Turn::Settled) if attention == Attention::Unseen => Shown::Done,
        (Process::Alive, Turn::Settled) => Shown::Idle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_that_fits_is_shown() {
        let code = |code| {
            Some(Exit {
                code: Some(code),
                signal: None,
            })
        };
        let word = |p, t, a, at, e, on_purpose| shown(p, t, a, at, e, on_purpose);
        use {Asking as A, Attention as At, Process as P, Turn as T};
        assert_eq!(
            word(P::Lost, T::Working, A::Approval, At::Unseen, None, false),
            Shown::Lost
        );
        assert_eq!(
            word(P::Exited, T::Unknown, A::Approval, At::Seen, code(1), false),
            Shown::Failed
        );
        assert_eq!(
            word(P::Exited, T::Unknown, A::None, At::Seen, code(1), true),
            Shown::Exited
        );
        assert_eq!(
            word(P::Exited, T::Unknown, A::None, At::Seen, code(0), false),
            Shown::Exited
        );
        assert_eq!(
            word(P::Parked, T::Settled, A::Approval, At::Seen, None, true),
            Shown::Asks
        );
        assert_eq!(
            word(P::Alive, T::Unknown, A::None, At::Seen, None, false),
            Shown::Unknown
        );
        assert_eq!(
            word(P::Alive, T::Settled, A::None, At::Unseen, None, false),
            Shown::Done
        );
        assert_eq!(
            word(P::Alive, T::Settled, A::None, At::Seen, None, false),
            Shown::Idle
        );
        assert_eq!(
            word(P::Alive, T::Settled, A::None, At::Snoozed, None, false),
            Shown::Idle
        );
    }
}
