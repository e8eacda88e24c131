//! What follows from an event outside of the world. An effect is handed out after its event is
//! durable; after a crash [`outstanding`] finds those whose doing is not recorded yet.

use super::ask::{AskKind, AskState};
use super::event::Event;
use super::id::{AskId, SessionId};
use super::state::Process;
use super::world::World;

/// How long a program may take to end when a stop is repeated after a restart, ms.
const GRACE_MS: u64 = 5_000;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Start the program of an attempt. Idempotent: the attempt's directory is made once.
    StartKeeper {
        /// Which session.
        session: SessionId,
        /// Which attempt.
        attempt: u32,
    },
    /// End the program of an attempt and all below it. Idempotent: ended is ended.
    EndTree {
        /// Which session.
        session: SessionId,
        /// Which attempt.
        attempt: u32,
        /// How long it may take before it is killed, ms.
        grace_ms: u64,
    },
    /// The attempt's end is recorded: its keeper may go. Idempotent.
    ReleaseKeeper {
        /// Which session.
        session: SessionId,
        /// Which attempt.
        attempt: u32,
    },
    /// Write the decision of an ask to the process that asked. Idempotent by the ask's id; the
    /// receipt is [`super::command::Command::Delivered`].
    DeliverDecision {
        /// Which ask.
        ask: AskId,
    },
    /// An ask closed without an answer from us: a hook that still waits for it gets no decision.
    /// Idempotent.
    ReleaseHook {
        /// Which ask.
        ask: AskId,
    },
}

/// What follows from `event`; `world` is the one that the event was applied to.
pub fn effects(event: &Event, world: &World) -> Vec<Effect> {
    match event {
        Event::AttemptBegun {
            session, attempt, ..
        } => vec![Effect::StartKeeper {
            session: session.clone(),
            attempt: *attempt,
        }],
        Event::StopRequested {
            session,
            attempt,
            grace_ms,
        } => vec![Effect::EndTree {
            session: session.clone(),
            attempt: *attempt,
            grace_ms: *grace_ms,
        }],
        // A stop that came before the program ran.
        Event::AttemptStarted {
            session, attempt, ..
        } if world
            .session(session)
            .is_some_and(|row| row.ended_on_purpose) =>
        {
            vec![Effect::EndTree {
                session: session.clone(),
                attempt: *attempt,
                grace_ms: GRACE_MS,
            }]
        }
        Event::AttemptExited {
            session, attempt, ..
        }
        | Event::AttemptFailed {
            session, attempt, ..
        } => vec![Effect::ReleaseKeeper {
            session: session.clone(),
            attempt: *attempt,
        }],
        Event::AskDecided { ask, .. } => vec![Effect::DeliverDecision { ask: ask.clone() }],
        Event::AskClosed { ask, .. }
            if world
                .ask(ask)
                .is_some_and(|row| row.delivered_at.is_none() && row.kind != AskKind::Start) =>
        {
            vec![Effect::ReleaseHook { ask: ask.clone() }]
        }
        _ => Vec::new(),
    }
}

/// The effects that a daemon which starts has to do again.
pub fn outstanding(world: &World) -> Vec<Effect> {
    let mut todo = Vec::new();
    for row in world.sessions() {
        if row.process == Process::Starting {
            todo.push(Effect::StartKeeper {
                session: row.id.clone(),
                attempt: row.attempt,
            });
        }
        if row.is_live() && row.ended_on_purpose {
            todo.push(Effect::EndTree {
                session: row.id.clone(),
                attempt: row.attempt,
                grace_ms: GRACE_MS,
            });
        }
    }
    for ask in world.asks().filter(|ask| ask.state == AskState::Decided) {
        todo.push(Effect::DeliverDecision {
            ask: ask.id.clone(),
        });
    }
    todo
}
