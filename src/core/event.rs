//! What happened. Events are stored for ever: variants and fields are only ever added at the end
//! of the enum, never changed, and golden bytes in the tests hold them.

use super::ask::{AskKind, Call, ClosedBy, Decision, Who};
use super::command::Origin;
use super::id::{AskId, PeerId, SessionId};
use super::session::Launch;
use super::state::{Evidence, Exit, Millis, Turn};
use super::tag::Tag;
use super::template::TemplateRef;
use super::usage::Used;
use super::world::World;
use serde::{Deserialize, Serialize};

/// The [`Event::topic`] of what turns have used.
pub const USAGE: &str = "usage";

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, clippy::large_enum_variant)]
pub enum Event {
    PeerCreated {
        peer: PeerId,
        name: String,
        circle: String,
        incarnation: u32,
        session: SessionId,
    },
    SessionCreated {
        session: SessionId,
        peer: PeerId,
        runtime: String,
        model: Option<String>,
        profile: String,
        cwd: String,
        worktree: Option<String>,
        launch: Launch,
        native_id: Option<String>,
        limits: Vec<String>,
        no_record: bool,
        token_hash: String,
    },
    /// `prompt`: what a resumed session goes on with.
    AttemptBegun {
        session: SessionId,
        attempt: u32,
        prompt: Option<String>,
    },
    AttemptStarted {
        session: SessionId,
        attempt: u32,
        pid: u32,
    },
    AttemptFailed {
        session: SessionId,
        attempt: u32,
        why: String,
    },
    AttemptExited {
        session: SessionId,
        attempt: u32,
        exit: Exit,
    },
    AttemptLost {
        session: SessionId,
        attempt: u32,
        why: String,
    },
    StopRequested {
        session: SessionId,
        attempt: u32,
        grace_ms: u64,
    },
    PeerRetired {
        peer: PeerId,
    },
    PeerSnoozed {
        peer: PeerId,
        until: Millis,
    },
    PeerUnsnoozed {
        peer: PeerId,
    },
    PeerSeen {
        peer: PeerId,
    },
    /// Only what changed is `Some`.
    FactsLearned {
        session: SessionId,
        native_id: Option<String>,
        model: Option<String>,
        transcript: Option<String>,
        limits: Option<Vec<String>>,
    },
    TurnChanged {
        session: SessionId,
        turn: Turn,
        evidence: Evidence,
    },
    LimitSeen {
        session: SessionId,
        until: Option<Millis>,
        evidence: Evidence,
    },
    AskOpened {
        ask: AskId,
        kind: AskKind,
        session: SessionId,
        call: Call,
        hook_key: Option<String>,
        call_key: Option<String>,
    },
    AskDecided {
        ask: AskId,
        decision: Decision,
    },
    AskDelivered {
        ask: AskId,
    },
    AskClosed {
        ask: AskId,
        by: ClosedBy,
        why: String,
    },
    TamperRefused {
        verb: String,
        reference: String,
        chain: String,
        session: Option<SessionId>,
    },
    SessionInterrupted {
        session: SessionId,
    },
    /// Length in bytes; the text itself is never stored.
    TextSent {
        session: SessionId,
        length: u64,
        forced: bool,
    },
    DaemonStarted {
        pid: u32,
        version: String,
    },
    ClockBackwards {
        by_ms: u64,
    },
    /// The note of a yes was given to the agent, or there is nothing left to give it with.
    NoteSettled {
        ask: AskId,
        given: bool,
    },
    AskRetried {
        ask: AskId,
    },
    PeerTagged {
        peer: PeerId,
        tag: Option<Tag>,
    },
    /// A session begins where another conversation ends, or at one of its lines.
    SessionForked {
        session: SessionId,
        origin: Origin,
    },
    /// What a turn of its conversation has used so far.
    UsageCounted {
        session: SessionId,
        used: Used,
    },
    /// The operator's first key at its program, since its pane was opened.
    SessionTakenOver {
        session: SessionId,
    },
    /// The operator looks away from the pane that was typed in.
    SessionGivenBack {
        session: SessionId,
    },
    /// A session was made from a template.
    SessionTemplated {
        session: SessionId,
        template: TemplateRef,
    },
    /// The operator's word on a repository's own files; the root of it.
    TrustGiven {
        directory: String,
        trusted: bool,
        who: Who,
    },
    /// The next start begins another conversation.
    ConversationLeft {
        session: SessionId,
    },
    /// The program of a resumed session ended before it went on with the conversation; the session
    /// keeps what it knows of that.
    ResumeFailed {
        session: SessionId,
        attempt: u32,
        why: String,
    },
}

/// The ids that an event touches.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refs {
    /// The peer.
    pub peer: Option<PeerId>,
    /// The session.
    pub session: Option<SessionId>,
    /// The ask.
    pub ask: Option<AskId>,
}

impl Refs {
    /// The ids as text: peer, session, ask.
    pub fn ids(&self) -> Vec<String> {
        let peer = self.peer.iter().map(|id| id.to_string());
        let session = self.session.iter().map(|id| id.to_string());
        let ask = self.ask.iter().map(|id| id.to_string());
        peer.chain(session).chain(ask).collect()
    }
}

impl Event {
    /// Under which word, beside the ids it touches, the log finds it again.
    pub fn topic(&self) -> Option<&'static str> {
        matches!(self, Event::UsageCounted { .. }).then_some(USAGE)
    }

    /// What the log calls it: `noun.happened`.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::PeerCreated { .. } => "peer.created",
            Event::SessionCreated { .. } => "session.created",
            Event::AttemptBegun { .. } => "attempt.begun",
            Event::AttemptStarted { .. } => "attempt.started",
            Event::AttemptFailed { .. } => "attempt.failed",
            Event::AttemptExited { .. } => "attempt.exited",
            Event::AttemptLost { .. } => "attempt.lost",
            Event::StopRequested { .. } => "stop.requested",
            Event::PeerRetired { .. } => "peer.retired",
            Event::PeerSnoozed { .. } => "peer.snoozed",
            Event::PeerUnsnoozed { .. } => "peer.unsnoozed",
            Event::PeerSeen { .. } => "peer.seen",
            Event::FactsLearned { .. } => "facts.learned",
            Event::TurnChanged { .. } => "turn.changed",
            Event::LimitSeen { .. } => "limit.seen",
            Event::AskOpened { .. } => "ask.opened",
            Event::AskDecided { .. } => "ask.decided",
            Event::AskDelivered { .. } => "ask.delivered",
            Event::AskClosed { .. } => "ask.closed",
            Event::TamperRefused { .. } => "tamper.refused",
            Event::SessionInterrupted { .. } => "session.interrupted",
            Event::TextSent { .. } => "text.sent",
            Event::DaemonStarted { .. } => "daemon.started",
            Event::ClockBackwards { .. } => "clock.backwards",
            Event::NoteSettled { given: true, .. } => "note.given",
            Event::NoteSettled { given: false, .. } => "note.dropped",
            Event::AskRetried { .. } => "ask.retried",
            Event::PeerTagged { .. } => "peer.tagged",
            Event::SessionForked { .. } => "session.forked",
            Event::UsageCounted { .. } => "usage.counted",
            Event::SessionTakenOver { .. } => "session.taken_over",
            Event::SessionGivenBack { .. } => "session.given_back",
            Event::SessionTemplated { .. } => "session.templated",
            Event::TrustGiven { trusted: true, .. } => "trust.given",
            Event::TrustGiven { trusted: false, .. } => "trust.withheld",
            Event::ConversationLeft { .. } => "conversation.left",
            Event::ResumeFailed { .. } => "resume.failed",
        }
    }

    /// The ids it touches, completed from the `world` it was applied to: an ask's session, a
    /// session's peer, a peer's session.
    pub fn refs(&self, world: &World) -> Refs {
        let of_session = |session: &SessionId| Refs {
            peer: world.session(session).map(|row| row.peer.clone()),
            session: Some(session.clone()),
            ask: None,
        };
        match self {
            Event::PeerCreated { peer, session, .. }
            | Event::SessionCreated { session, peer, .. } => Refs {
                peer: Some(peer.clone()),
                session: Some(session.clone()),
                ask: None,
            },
            Event::PeerRetired { peer }
            | Event::PeerSnoozed { peer, .. }
            | Event::PeerUnsnoozed { peer }
            | Event::PeerTagged { peer, .. }
            | Event::PeerSeen { peer } => Refs {
                peer: Some(peer.clone()),
                session: world.peer(peer).map(|row| row.session.clone()),
                ask: None,
            },
            Event::AttemptBegun { session, .. }
            | Event::AttemptStarted { session, .. }
            | Event::AttemptFailed { session, .. }
            | Event::AttemptExited { session, .. }
            | Event::AttemptLost { session, .. }
            | Event::StopRequested { session, .. }
            | Event::FactsLearned { session, .. }
            | Event::TurnChanged { session, .. }
            | Event::LimitSeen { session, .. }
            | Event::SessionInterrupted { session }
            | Event::SessionTakenOver { session }
            | Event::SessionGivenBack { session }
            | Event::SessionForked { session, .. }
            | Event::SessionTemplated { session, .. }
            | Event::ConversationLeft { session }
            | Event::ResumeFailed { session, .. }
            | Event::UsageCounted { session, .. }
            | Event::TextSent { session, .. } => of_session(session),
            Event::AskOpened { ask, session, .. } => Refs {
                ask: Some(ask.clone()),
                ..of_session(session)
            },
            Event::AskDecided { ask, .. }
            | Event::AskDelivered { ask }
            | Event::AskRetried { ask }
            | Event::NoteSettled { ask, .. }
            | Event::AskClosed { ask, .. } => Refs {
                ask: Some(ask.clone()),
                ..world
                    .ask(ask)
                    .map(|row| of_session(&row.session))
                    .unwrap_or_default()
            },
            Event::TamperRefused {
                session, reference, ..
            } => Refs {
                ask: AskId::parse(reference),
                ..session.as_ref().map(of_session).unwrap_or_default()
            },
            Event::DaemonStarted { .. }
            | Event::ClockBackwards { .. }
            | Event::TrustGiven { .. } => Refs::default(),
        }
    }
}
