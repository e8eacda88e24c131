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
        Event::AskDecided { ask, .. } | Event::AskRetried { ask } => {
            vec![Effect::DeliverDecision { ask: ask.clone() }]
        }
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

#[cfg(test)]
mod tests {
    use super::super::ask::Answer;
    use super::super::command::{Command, NewAsk};
    use super::super::fixture::{Play, ak, new_ask, new_peer, pr, ss};
    use super::*;

    fn after(play: &mut Play, command: Command) -> Vec<Effect> {
        let events = play.try_it(command).expect("it is done");
        events
            .iter()
            .flat_map(|event| effects(event, &play.world))
            .collect()
    }

    fn start(attempt: u32) -> Effect {
        let session = ss(1);
        Effect::StartKeeper { session, attempt }
    }

    fn end(grace_ms: u64) -> Effect {
        Effect::EndTree {
            session: ss(1),
            attempt: 1,
            grace_ms,
        }
    }

    fn stop() -> Command {
        Command::Stop {
            session: ss(1),
            grace_ms: 7,
        }
    }

    #[test]
    fn a_session_is_started_ended_and_let_go() {
        let mut play = Play::default();
        let create = Command::Create(new_peer(1, "fixer"));
        assert_eq!(after(&mut play, create), [start(1)]);
        assert_eq!(outstanding(&play.world), [start(1)]);
        assert_eq!(after(&mut play, stop()), [end(7)]);
        assert_eq!(outstanding(&play.world), [start(1), end(GRACE_MS)]);
        let started = Command::AttemptStarted {
            session: ss(1),
            attempt: 1,
            pid: 5,
        };
        assert_eq!(
            after(&mut play, started),
            [end(GRACE_MS)],
            "the stop came first"
        );
        assert_eq!(outstanding(&play.world), [end(GRACE_MS)]);
        let exited = play.exited(1, 143);
        let release = Effect::ReleaseKeeper {
            session: ss(1),
            attempt: 1,
        };
        assert_eq!(after(&mut play, exited), [release]);
        assert_eq!(outstanding(&play.world), []);
        let resume = Command::Resume {
            session: ss(1),
            prompt: None,
        };
        assert_eq!(after(&mut play, resume), [start(2)]);
    }

    #[test]
    fn a_decision_is_delivered_until_there_is_a_receipt() {
        let mut play = Play::alive();
        assert_eq!(after(&mut play, Command::OpenAsk(new_ask(1, 1))), []);
        let answer = play.answer(1, Answer::Deny);
        let deliver = Effect::DeliverDecision { ask: ak(1) };
        assert_eq!(after(&mut play, answer), std::slice::from_ref(&deliver));
        assert_eq!(outstanding(&play.world), [deliver]);
        let receipt = Command::Delivered { ask: ak(1) };
        assert_eq!(after(&mut play, receipt), []);
        assert_eq!(outstanding(&play.world), []);
        let seen = Command::EffectSeen {
            ask: ak(1),
            why: "the tool started".to_owned(),
        };
        assert_eq!(after(&mut play, seen), []);
    }

    #[test]
    fn a_hook_that_gets_no_answer_any_more_is_let_go() {
        let mut play = Play::alive();
        for n in 1..=2 {
            play.did(Command::OpenAsk(new_ask(n, 1)));
        }
        let start = NewAsk {
            kind: AskKind::Start,
            hook_key: None,
            ..new_ask(3, 1)
        };
        play.did(Command::OpenAsk(start));
        play.did(play.answer(2, Answer::Allow));
        let retire = Command::Retire {
            peer: pr(1),
            grace_ms: 7,
        };
        let release = |n| Effect::ReleaseHook { ask: ak(n) };
        assert_eq!(after(&mut play, retire), [release(1), release(2), end(7)]);
    }
}
