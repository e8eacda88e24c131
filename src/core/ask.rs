//! An ask: anything that must be closed. `asked → decided → delivered → closed`.

use super::id::{AskId, SessionId};
use super::state::Millis;
use serde::{Deserialize, Serialize};

/// What kind of answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum AskKind {
    Approval,
    Question,
    Choice,
    Plan,
    Start,
    Merge,
    Escalation,
}

/// What the agent wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Verb {
    Run,
    Write,
    Read,
    Fetch,
    Mcp,
    Merge,
    Answer,
    Other,
}

/// How much a wrong yes would cost. High sorts first and wants a second key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Risk {
    Low,
    Normal,
    High,
}

/// The call an approval is about, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What it does.
    pub verb: Verb,
    /// The whole command, path or URL.
    pub object: String,
    /// The directory it would happen in, when the runtime says so.
    pub cwd: Option<String>,
    /// The tool's name as the runtime spells it.
    pub tool: String,
    /// Everything the runtime said about the call, as JSON text, to be shown whole.
    pub input: String,
    /// The agent's own words on why; free text, not part of the digest.
    pub reason: Option<String>,
    /// Hex SHA-256 of the effect fields (command, directory, …), never of the free text.
    pub digest: String,
    /// How much a wrong yes would cost.
    pub risk: Risk,
}

/// Where an open ask stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum AskState {
    Asked,
    Decided,
    Delivered,
    Closed,
}

/// What closed an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClosedBy {
    /// The first evidence that the CLI took the answer.
    Effect,
    /// Answered in the pane, turn interrupted, or the process is gone.
    Withdrawn,
    /// Another ask took its place.
    Superseded,
    /// Its time is over.
    Expired,
    /// Its peer was retired.
    Retired,
}

/// The operator's word on an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Exactly this call, once.
    Allow,
    /// Not this call.
    Deny,
}

/// Where a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// A key in the cockpit.
    Cockpit,
    /// A verb on the command line.
    Cli,
    /// A key typed into the pane, seen by its effect.
    Pane,
}

/// Who decided: kept with every decision and printed by `pult show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// User id of the deciding process.
    pub uid: u32,
    /// `pid name` from the deciding process upwards, a line of text.
    pub chain: String,
    /// Its controlling terminal, when it has one.
    pub tty: Option<String>,
    /// Where it was decided.
    pub surface: Surface,
}

/// A decision as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Yes or no.
    pub answer: Answer,
    /// What the agent is told with it.
    pub note: Option<String>,
    /// Who decided.
    pub who: Who,
    /// When.
    pub at: Millis,
}

/// One ask, as its table holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Its id.
    pub id: AskId,
    /// What kind of answer is wanted.
    pub kind: AskKind,
    /// The session that asks.
    pub session: SessionId,
    /// The call it is about.
    pub call: Call,
    /// Where it stands.
    pub state: AskState,
    /// When it was asked.
    pub asked_at: Millis,
    /// The decision, once there is one.
    pub decision: Option<Decision>,
    /// When the answer reached the asking process.
    pub delivered_at: Option<Millis>,
    /// What closed it, and when.
    pub closed: Option<(ClosedBy, Millis)>,
    /// Evidence for the closing, one line.
    pub closed_why: Option<String>,
    /// One per hook process: a hook that redials gets the ask it had.
    pub hook_key: Option<String>,
    /// Identifies the tool call among those of its session.
    pub call_key: Option<String>,
    /// What became of the note that went with a yes.
    pub noted: Option<Noted>,
}

/// A note that goes with a yes is given with the result of the call that it allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Noted {
    /// The agent was told at this time.
    Given(Millis),
    /// No result came that it could go with.
    Dropped(Millis),
}

impl Ask {
    /// Whether it is not closed yet.
    pub fn is_open(&self) -> bool {
        self.state != AskState::Closed
    }

    /// The note of a yes that the agent has not been told yet.
    pub fn owed_note(&self) -> Option<&str> {
        let decision = self.decision.as_ref()?;
        let withdrawn = self.closed.is_some_and(|(by, _)| by != ClosedBy::Effect);
        let owed = decision.answer == Answer::Allow && self.noted.is_none() && !withdrawn;
        let note = decision.note.as_deref().filter(|_| owed);
        note.filter(|_| self.call_key.is_some())
    }

    /// Whether something of it is still to be done: such rows stay in memory.
    pub fn is_kept(&self) -> bool {
        self.is_open() || self.owed_note().is_some()
    }

    /// Whether it still waits for somebody's word.
    pub fn waits(&self) -> bool {
        self.state == AskState::Asked
    }
}
