//! Everything that may be asked of the engine. Ids come in with the command.

use super::ask::{Answer, AskKind, Call, Who};
use super::id::{AskId, PeerId, SessionId};
use super::session::Launch;
use super::state::{Evidence, Exit, Millis, Turn};
use super::tag::Tag;
use super::template::TemplateRef;
use super::usage::Used;
use serde::{Deserialize, Serialize};

/// A new peer and its first session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPeer {
    /// The peer's id, fresh.
    pub peer: PeerId,
    /// The session's id, fresh.
    pub session: SessionId,
    /// The name, or `-` to have one chosen.
    pub name: String,
    /// The circle.
    pub circle: String,
    /// The runtime.
    pub runtime: String,
    /// The model, where it was said.
    pub model: Option<String>,
    /// The permission profile.
    pub profile: String,
    /// The working directory, absolute.
    pub cwd: String,
    /// The worktree, when it has one.
    pub worktree: Option<String>,
    /// What its program is started with.
    pub launch: Launch,
    /// The conversation's id, when the runtime lets us choose it.
    pub native_id: Option<String>,
    /// What is not enforced, in words.
    pub limits: Vec<String>,
    /// Its output is not kept.
    pub no_record: bool,
    /// Hex SHA-256 of the session's token.
    pub token_hash: String,
    /// The conversation that it goes on from.
    pub origin: Option<Origin>,
    /// The template that it was made from.
    pub template: Option<TemplateRef>,
    /// The colour that it begins with.
    pub tag: Option<Tag>,
}

/// The conversation that a session goes on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Whose session that is, when it is one of ours.
    pub parent: Option<SessionId>,
    /// Its runtime.
    pub runtime: String,
    /// The runtime's own id of it.
    pub native_id: String,
    /// The line of its transcript after which the new one goes its own way; absent = the end.
    pub line: Option<u64>,
    /// By the runtime's own fork; else from a brief of what was said.
    pub native: bool,
}

/// A new ask of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAsk {
    /// Its id, fresh.
    pub id: AskId,
    /// The session that asks.
    pub session: SessionId,
    /// What kind of answer is wanted.
    pub kind: AskKind,
    /// The call it is about.
    pub call: Call,
    /// One per hook process: the same key gets the ask it had.
    pub hook_key: Option<String>,
    /// Identifies the tool call among those of its session.
    pub call_key: Option<String>,
}

/// What was learned about a session; only what is `Some` is news.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The runtime's own id of the conversation.
    pub native_id: Option<String>,
    /// The model in use.
    pub model: Option<String>,
    /// Path of the runtime's transcript.
    pub transcript: Option<String>,
    /// What is not enforced, in words.
    pub limits: Option<Vec<String>>,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)]
pub enum Command {
    /// Makes a peer with its first session and begins attempt 1.
    Create(NewPeer),
    /// The keeper says that the attempt's program runs.
    AttemptStarted {
        /// Which session.
        session: SessionId,
        /// Which attempt; a stale one is refused.
        attempt: u32,
        /// The program's process id.
        pid: u32,
    },
    /// The attempt's program could not be started.
    AttemptFailed {
        /// Which session.
        session: SessionId,
        /// Which attempt; a stale one is refused.
        attempt: u32,
        /// Why, one line.
        why: String,
    },
    /// The attempt's program has ended.
    AttemptExited {
        /// Which session.
        session: SessionId,
        /// Which attempt; a stale one is refused.
        attempt: u32,
        /// How it ended.
        exit: Exit,
    },
    /// The attempt's program ended before it went on with the conversation that it was given.
    ResumeFailed {
        /// Which session.
        session: SessionId,
        /// Which attempt; a stale one is refused.
        attempt: u32,
        /// What it said last, one line.
        why: String,
    },
    /// The attempt's keeper is gone and no exit was seen.
    AttemptLost {
        /// Which session.
        session: SessionId,
        /// Which attempt; a stale one is refused.
        attempt: u32,
        /// How that is known, one line.
        why: String,
    },
    /// The operator wants the program ended.
    Stop {
        /// Which session.
        session: SessionId,
        /// How long it may take before it is killed, ms.
        grace_ms: u64,
    },
    /// The operator wants it to go on in a new attempt.
    Resume {
        /// Which session.
        session: SessionId,
        /// A prompt to go on with.
        prompt: Option<String>,
    },
    /// The operator wants it to begin anew: another conversation from the same inputs.
    Replay {
        /// Which session.
        session: SessionId,
        /// The prompt of its first start.
        prompt: Option<String>,
    },
    /// Frees the name; a program that runs is ended.
    Retire {
        /// Which peer.
        peer: PeerId,
        /// How long its program may take before it is killed, ms.
        grace_ms: u64,
    },
    /// Puts the peer aside.
    Snooze {
        /// Which peer.
        peer: PeerId,
        /// Until when; must lie ahead.
        until: Millis,
    },
    /// The peer is back: its time came, or the operator says so.
    Unsnooze {
        /// Which peer.
        peer: PeerId,
    },
    /// Gives the peer a colour, or takes it away.
    Tag {
        /// Which peer.
        peer: PeerId,
        /// The colour; `None` for none.
        tag: Option<Tag>,
    },
    /// The operator's word on a repository's own files.
    Trust {
        /// Its root, absolute.
        directory: String,
        /// Yes or no.
        trusted: bool,
        /// Who says so.
        who: Who,
    },
    /// The operator looked at the peer.
    Seen {
        /// Which peer.
        peer: PeerId,
    },
    /// Something was learned about a session.
    Learn {
        /// Which session.
        session: SessionId,
        /// What.
        facts: Facts,
    },
    /// There is evidence about the turn. Changes nothing when it says what is believed already,
    /// or when the program does not run.
    ObserveTurn {
        /// Which session.
        session: SessionId,
        /// What the agent is doing.
        turn: Turn,
        /// Why that is believed.
        evidence: Evidence,
    },
    /// The runtime reports a limit. Changes nothing when the program does not run.
    ObserveLimit {
        /// Which session.
        session: SessionId,
        /// When it ends, where known.
        until: Option<Millis>,
        /// Why that is believed.
        evidence: Evidence,
    },
    /// What turns of a session's conversation have used, as far as it is news.
    CountUsage {
        /// Which session.
        session: SessionId,
        /// A turn each.
        used: Vec<Used>,
    },
    /// A session asks. The same `hook_key`, or a second `start` ask while one is open, changes
    /// nothing; the same `call_key` with another hook supersedes the ask that was there.
    OpenAsk(NewAsk),
    /// The operator's word on an ask; the first one wins.
    Decide {
        /// Which ask.
        ask: AskId,
        /// What was on the screen, when that is known; another digest is refused.
        digest: Option<String>,
        /// Yes or no.
        answer: Answer,
        /// What the agent is told with it.
        note: Option<String>,
        /// Who decides.
        who: Who,
    },
    /// The answer was written to the asking process.
    Delivered {
        /// Which ask.
        ask: AskId,
    },
    /// The note of a yes was written to the agent, with the result of the call.
    NoteGiven {
        /// Which ask.
        ask: AskId,
    },
    /// The operator wants a decision written once more: nothing shows that it arrived.
    Retry {
        /// Which ask.
        ask: AskId,
        /// Whether the asking process is still there to take it.
        reachable: bool,
    },
    /// The first evidence that the CLI took the answer. An ask is closed by it once the answer
    /// was delivered; a `start` ask at once.
    EffectSeen {
        /// Which ask.
        ask: AskId,
        /// The evidence, one line.
        why: String,
    },
    /// Nobody waits for the answer any more.
    Withdraw {
        /// Which ask.
        ask: AskId,
        /// Why, one line.
        why: String,
    },
    /// A worker tried what only the operator may do.
    TamperRefused {
        /// The verb it tried.
        verb: String,
        /// What it tried it on.
        reference: String,
        /// The process chain of the caller, one line.
        chain: String,
        /// The session it belongs to, where known.
        session: Option<SessionId>,
    },
    /// The operator begins to type at its program.
    TakeOver {
        /// Which session.
        session: SessionId,
    },
    /// The operator looks away from the pane that was typed in.
    GiveBack {
        /// Which session.
        session: SessionId,
    },
    /// The operator interrupts the running turn. Submit before typing.
    Interrupt {
        /// Which session.
        session: SessionId,
    },
    /// Text is about to be typed for the operator. Submit before typing; refused while an
    /// approval of that session waits, unless forced.
    SendText {
        /// Which session.
        session: SessionId,
        /// Length in bytes; the contents are never stored.
        length: u64,
        /// Even while an approval waits.
        force: bool,
    },
    /// The daemon is up.
    DaemonStarted {
        /// Its process id.
        pid: u32,
        /// Its version.
        version: String,
    },
    /// The wall clock stepped back.
    ClockBackwards {
        /// By how much, ms.
        by_ms: u64,
    },
}

impl Command {
    /// The ask that it is about, when it is about one that must be there.
    pub fn about_ask(&self) -> Option<&AskId> {
        match self {
            Command::Decide { ask, .. }
            | Command::Delivered { ask }
            | Command::NoteGiven { ask }
            | Command::Retry { ask, .. }
            | Command::EffectSeen { ask, .. }
            | Command::Withdraw { ask, .. } => Some(ask),
            _ => None,
        }
    }
}
