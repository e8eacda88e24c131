//! What holds after any commands in any order.

use super::ask::{Answer, AskKind, AskState};
use super::command::{Command, Facts, NewAsk, NewPeer};
use super::event::Event;
use super::fixture::{Play, ak, evidence, new_ask, new_peer, pr, ss, who};
use super::state::{Exit, Turn};
use super::tag::Tag;
use super::world::World;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Commands over so few ids that they meet.
pub fn command() -> impl Strategy<Value = Command> {
    let n = || 0u8..4;
    let attempt = || 1u32..4;
    let code = prop_oneof![Just(0), Just(1)];
    let turn = prop_oneof![
        Just(Turn::Working),
        Just(Turn::Settled),
        Just(Turn::Unknown)
    ];
    let answer = prop_oneof![Just(Answer::Allow), Just(Answer::Deny)];
    let create = (n(), n(), any::<bool>()).prop_map(|(id, name, circle)| {
        Command::Create(NewPeer {
            circle: if circle { "main" } else { "docs" }.to_owned(),
            ..new_peer(id, ["a", "b", "-", "Bad"][usize::from(name)])
        })
    });
    let ask = (0u8..12, n(), 0u8..5, 0u8..5).prop_map(|(id, session, hook, call)| {
        Command::OpenAsk(NewAsk {
            kind: if call == 4 {
                AskKind::Start
            } else {
                AskKind::Approval
            },
            hook_key: (hook < 4).then(|| format!("hook {hook}")),
            call_key: (call < 3).then(|| format!("call {call}")),
            ..new_ask(id, session)
        })
    });
    let decide = (0u8..12, answer).prop_map(|(id, answer)| Command::Decide {
        ask: ak(id),
        digest: None,
        answer,
        note: (id % 2 == 0).then(|| "do it well".to_owned()),
        who: who(),
    });
    let about_ask = (0u8..12, 0u8..6).prop_map(|(id, what)| {
        let (ask, why) = (ak(id), "seen".to_owned());
        match what {
            0 => Command::Delivered { ask },
            1 => Command::NoteGiven { ask },
            2 => Command::EffectSeen { ask, why },
            4 | 5 => Command::Retry {
                ask,
                reachable: what == 4,
            },
            _ => Command::Withdraw { ask, why },
        }
    });
    let report = (n(), attempt(), 0u8..4, code).prop_map(|(id, attempt, what, code)| {
        let (session, why) = (ss(id), "seen".to_owned());
        let exit = Exit {
            code: Some(code),
            signal: None,
        };
        match what {
            0 => Command::AttemptFailed {
                session,
                attempt,
                why,
            },
            1 => Command::AttemptLost {
                session,
                attempt,
                why,
            },
            _ => Command::AttemptExited {
                session,
                attempt,
                exit,
            },
        }
    });
    let started = (n(), attempt()).prop_map(|(id, attempt)| Command::AttemptStarted {
        session: ss(id),
        attempt,
        pid: 9,
    });
    let operator = (n(), 0u8..9).prop_map(|(id, what)| match what {
        0 => Command::Stop {
            session: ss(id),
            grace_ms: 1,
        },
        1 => Command::Resume {
            session: ss(id),
            prompt: None,
        },
        8 => Command::Replay {
            session: ss(id),
            prompt: None,
        },
        2 => Command::Retire {
            peer: pr(id),
            grace_ms: 1,
        },
        3 => Command::Snooze {
            peer: pr(id),
            until: 500_000,
        },
        4 => Command::Unsnooze { peer: pr(id) },
        6 => Command::Tag {
            peer: pr(id),
            tag: (id > 1).then_some(Tag::Red),
        },
        5 => Command::SendText {
            session: ss(id),
            length: 1,
            force: false,
        },
        _ => Command::Seen { peer: pr(id) },
    });
    let observed = (n(), turn, 0u8..3).prop_map(|(id, turn, what)| {
        let (session, evidence) = (ss(id), evidence("seen", 1));
        let facts = Facts {
            model: Some(format!("{turn:?}")),
            ..Facts::default()
        };
        match what {
            0 => Command::ObserveLimit {
                session,
                until: None,
                evidence,
            },
            1 => Command::Learn { session, facts },
            _ => Command::ObserveTurn {
                session,
                turn,
                evidence,
            },
        }
    });
    prop_oneof![
        3 => create, 3 => started, 6 => ask, 4 => decide, 4 => about_ask,
        2 => report, 3 => operator, 2 => observed,
    ]
}

/// What must be so in every world.
fn check(world: &World) {
    let mut live = BTreeSet::new();
    for peer in world.peers().filter(|peer| peer.retired_at.is_none()) {
        assert!(
            live.insert((&peer.circle, &peer.name)),
            "two live {}",
            peer.name
        );
        let holder = world.holder(&peer.circle, &peer.name);
        let holder = holder.map(|holder| (holder.live.as_ref(), holder.incarnation));
        assert_eq!(holder, Some((Some(&peer.id), peer.incarnation)));
    }
    assert_eq!(world.live_peers().count(), live.len());
    for session in world.sessions() {
        let open = world.open_asks(&session.id).count();
        assert!(
            session.is_live() || open == 0,
            "{} is dead and asks",
            session.id
        );
        let owed = world.owed_notes(&session.id).count();
        assert!(
            session.is_live() || owed == 0,
            "{} is dead and owed a note",
            session.id
        );
        let scanned = world
            .asks()
            .filter(|ask| ask.session == session.id && ask.is_open());
        assert_eq!(open, scanned.count());
    }
    for ask in world.asks() {
        assert_eq!(ask.state == AskState::Closed, ask.closed.is_some());
        let decided = matches!(ask.state, AskState::Decided | AskState::Delivered);
        assert!(!decided || ask.decision.is_some());
        assert!(ask.delivered_at.is_none() || ask.decision.is_some());
    }
}

/// An ask closes once, is decided once and is delivered once, and once more for each retry.
fn check_history(events: &[Event]) {
    let mut told: BTreeMap<_, u32> = BTreeMap::new();
    for event in events {
        if let Event::AskRetried { ask } = event {
            told.remove(&("ask.delivered", ask.clone()));
        }
        if let Event::AskClosed { ask, .. }
        | Event::AskDecided { ask, .. }
        | Event::AskDelivered { ask } = event
        {
            *told.entry((event.kind(), ask.clone())).or_default() += 1;
        }
    }
    assert!(told.values().all(|times| *times == 1), "{told:?}");
}

proptest! {
    #[test]
    fn the_invariants_hold(commands in proptest::collection::vec(command(), 1..120)) {
        let mut play = Play::default();
        let mut forgetful = World::default();
        let mut replayed = World::default();
        let mut history = Vec::new();
        for command in commands {
            let before = play.world.clone();
            match play.try_it(command) {
                Err(_) => prop_assert_eq!(&play.world, &before),
                Ok(events) => {
                    for event in &events {
                        replayed.apply(play.now, event);
                        forgetful.apply(play.now, event);
                    }
                    history.extend(events);
                }
            }
            check(&play.world);
            forgetful.forget_closed();
            check(&forgetful);
        }
        check_history(&history);
        prop_assert_eq!(&replayed, &play.world);
        play.world.forget_closed();
        prop_assert_eq!(&forgetful, &play.world);
    }
}
