//! Batches, races, restarts, refusals and stumbles on a real store.

use super::*;
use crate::core::ask::{Answer, AskState};
use crate::core::command::NewAsk;
use crate::core::fixture::{ak, new_ask, new_peer, pr, ss, who};
use crate::core::properties;
use crate::core::state::Shown;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// A clock that a test sets.
#[derive(Default)]
pub(super) struct TestClock(pub AtomicI64);

impl Clock for TestClock {
    fn wall_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn awake_ms(&self) -> u64 {
        self.wall_ms().unsigned_abs()
    }
}

struct Home {
    dir: TempDir,
    clock: Arc<TestClock>,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(TestClock::default());
        clock.0.store(43_380_000, Ordering::SeqCst);
        Self { dir, clock }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("pult.redb")
    }

    fn start(&self) -> (Engine, Receiver<Effect>) {
        self.start_with(crate::core::decide::decide)
    }

    fn start_with(&self, decide: writer::Decide) -> (Engine, Receiver<Effect>) {
        let store = Store::open(&self.path()).expect("a store");
        Engine::start_with(store, self.clock.clone(), decide).expect("an engine")
    }
}

fn submit(engine: &Engine, command: Command) -> Result<Outcome, Refusal> {
    engine.submit(engine.stamp(Actor::Operator), command)
}

fn did(engine: &Engine, command: Command) -> Outcome {
    submit(engine, command).expect("it is done")
}

fn decide(n: u8, answer: Answer) -> Command {
    Command::Decide {
        ask: ak(n),
        digest: None,
        answer,
        note: None,
        who: who(),
    }
}

fn withdraw(n: u8) -> Command {
    Command::Withdraw {
        ask: ak(n),
        why: "the dialog is gone".to_owned(),
    }
}

fn started(n: u8) -> Command {
    Command::AttemptStarted {
        session: ss(n),
        attempt: 1,
        pid: 9,
    }
}

/// Peer 1 `fixer`, alive.
fn alive(engine: &Engine) {
    did(engine, Command::Create(new_peer(1, "fixer")));
    did(engine, started(1));
}

#[test]
fn an_outcome_is_durable_shown_and_followed_by_its_effects() {
    let home = Home::new();
    let (engine, effects) = home.start();
    let outcome = did(&engine, Command::Create(new_peer(1, "fixer")));
    assert_eq!((outcome.seq, outcome.events.len()), (1, 3));
    let shown = engine.read(|world| world.find_peer("fixer").map(|peer| peer.id.clone()));
    assert_eq!(shown, Ok(pr(1)));
    let start = Effect::StartKeeper {
        session: ss(1),
        attempt: 1,
    };
    assert_eq!(effects.try_iter().collect::<Vec<_>>(), [start]);
    let log = engine.log_from(1, 10).expect("readable");
    let causes: Vec<_> = log.iter().map(|line| line.record.cause).collect();
    assert_eq!(causes, [None, Some(1), Some(1)]);
    assert_eq!(engine.last_seq(), Ok(3));
}

#[test]
fn a_refusal_leaves_no_trace() {
    let home = Home::new();
    let (engine, effects) = home.start();
    alive(&engine);
    let before = (
        engine.last_seq(),
        engine.generation(),
        engine.read(World::clone),
    );
    let _ = effects.try_iter().count();
    let refusal = submit(&engine, Command::Create(new_peer(2, "fixer"))).expect_err("taken");
    assert_eq!(refusal.what, "fixer is the name of a live peer");
    let again = did(&engine, started(1));
    assert_eq!(again, Outcome::default());
    let after = (
        engine.last_seq(),
        engine.generation(),
        engine.read(World::clone),
    );
    assert_eq!(before, after);
    assert_eq!(effects.try_iter().count(), 0);
}

#[test]
fn later_commands_of_a_batch_see_the_earlier_ones() {
    let home = Home::new();
    let (engine, _effects) = home.start();
    let commands = vec![
        Command::Create(new_peer(1, "fixer")),
        Command::Create(new_peer(2, "fixer")),
        started(1),
        Command::OpenAsk(new_ask(1, 1)),
        decide(1, Answer::Allow),
        decide(1, Answer::Deny),
        withdraw(1),
        withdraw(1),
    ];
    let outcomes = engine.submit_many(engine.stamp(Actor::Operator), commands);
    let done: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, false, true, true, true, false, true, false]);
    assert_eq!(engine.verify().expect("readable").differences, [""; 0]);
    assert_eq!(
        engine.read(|world| world.asks().count()),
        0,
        "closed asks are forgotten"
    );
}

#[test]
fn of_many_answers_at_once_one_wins() {
    let home = Home::new();
    let (engine, _effects) = home.start();
    alive(&engine);
    did(&engine, Command::OpenAsk(new_ask(1, 1)));
    let winners: usize = std::thread::scope(|scope| {
        let answer = |n: usize| {
            let answer = if n.is_multiple_of(2) {
                Answer::Allow
            } else {
                Answer::Deny
            };
            submit(&engine, decide(1, answer)).is_ok()
        };
        let threads: Vec<_> = (0..16).map(|n| scope.spawn(move || answer(n))).collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .filter(|won| *won)
            .count()
    });
    assert_eq!(winners, 1);
}

#[test]
fn a_closed_ask_is_known_after_it_was_forgotten() {
    let home = Home::new();
    let (engine, _effects) = home.start();
    alive(&engine);
    did(&engine, Command::OpenAsk(new_ask(1, 1)));
    did(&engine, decide(1, Answer::Allow));
    did(&engine, Command::Delivered { ask: ak(1) });
    let effect = Command::EffectSeen {
        ask: ak(1),
        why: "the tool started".to_owned(),
    };
    did(&engine, effect.clone());
    let said = format!("{} was approved by uid 0 on pts/3 at 12:03 UTC", ak(1));
    for command in [decide(1, Answer::Deny), withdraw(1), effect] {
        assert_eq!(
            submit(&engine, command).map_err(|no| no.what),
            Err(said.clone())
        );
    }
    assert_eq!(
        did(&engine, Command::Delivered { ask: ak(1) }),
        Outcome::default()
    );
    let redialled = NewAsk {
        hook_key: Some("hook 1".to_owned()),
        ..new_ask(2, 1)
    };
    let outcome = did(&engine, Command::OpenAsk(redialled));
    assert_eq!((outcome.seq, outcome.ask), (0, Some(ak(1))));
    let found = engine.find_ask("ak-").map(|ask| (ask.id, ask.state));
    assert_eq!(found, Ok((ak(1), AskState::Closed)));
    did(&engine, Command::OpenAsk(new_ask(3, 1)));
    assert_eq!(
        engine.find_ask("ak-").map(|ask| ask.id),
        Ok(ak(3)),
        "open ones go first"
    );
    assert_eq!(engine.asks_ever(9).map(|asks| asks.len()), Ok(2));
    assert!(engine.find_ask("ak-zz").is_err());
    assert!(engine.find_ask("").is_err());
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let home = Home::new();
    let (engine, _effects) = home.start();
    did(&engine, Command::Create(new_peer(2, "writer")));
    alive(&engine);
    for n in 1..=2 {
        did(&engine, Command::OpenAsk(new_ask(n, 1)));
    }
    did(&engine, decide(2, Answer::Deny));
    let before = engine.read(World::clone);
    engine.stop();
    let gone = submit(&engine, withdraw(1)).expect_err("the writer is gone");
    assert_eq!(gone.what, "the daemon is going down");
    drop(engine);
    let (engine, effects) = home.start();
    assert_eq!(engine.read(World::clone), before);
    let start = Effect::StartKeeper {
        session: ss(2),
        attempt: 1,
    };
    let deliver = Effect::DeliverDecision { ask: ak(2) };
    assert_eq!(effects.try_iter().collect::<Vec<_>>(), [start, deliver]);
    assert_eq!(did(&engine, withdraw(1)).seq, 11);
}

#[test]
fn a_retired_peer_is_only_in_the_tables() {
    let home = Home::new();
    let (engine, _effects) = home.start();
    did(&engine, Command::Create(new_peer(1, "fixer")));
    let failed = Command::AttemptFailed {
        session: ss(1),
        attempt: 1,
        why: "no such program".to_owned(),
    };
    did(&engine, failed);
    let retire = Command::Retire {
        peer: pr(1),
        grace_ms: 0,
    };
    did(&engine, retire);
    assert_eq!(
        engine.read(|world| world.peers().count() + world.sessions().count()),
        0
    );
    let rows = engine.peers_ever().expect("readable");
    assert!(rows[0].0.retired_at.is_some());
    assert_eq!(rows[0].1.id, ss(1));
    did(&engine, Command::Create(new_peer(2, "fixer")));
    let incarnation = engine.read(|world| world.find_peer("fixer").map(|peer| peer.incarnation));
    assert_eq!(incarnation, Ok(2));
    assert_eq!(engine.session(&ss(1)).map(|row| row.is_some()), Ok(true));
    assert_eq!(engine.peer(&pr(9)), Ok(None));
}

#[test]
fn a_clock_that_goes_backwards_is_an_event() {
    let home = Home::new();
    let (engine, _effects) = home.start();
    did(&engine, Command::Create(new_peer(1, "fixer")));
    home.clock.0.fetch_sub(999, Ordering::SeqCst);
    did(&engine, started(1));
    home.clock.0.fetch_sub(60_000, Ordering::SeqCst);
    did(&engine, Command::Seen { peer: pr(1) });
    did(&engine, Command::OpenAsk(new_ask(1, 1)));
    let log = engine.log_newest(4).expect("readable");
    let kinds: Vec<_> = log.iter().map(LogEntry::kind).collect();
    assert_eq!(
        kinds,
        [
            "attempt.started",
            "clock.backwards",
            "peer.seen",
            "ask.opened"
        ]
    );
    assert_eq!(log[1].body(), serde_json::json!({"by_ms": 60_999}));
    assert_eq!(log[1].record.stamp.actor, Actor::Daemon);
}

#[test]
fn a_command_that_makes_it_stumble_costs_only_itself() {
    fn stumbles(world: &World, stamp: &Stamp, command: Command) -> Result<Vec<Event>, Refusal> {
        assert!(
            !matches!(command, Command::Interrupt { .. }),
            "a stumble that the test wants"
        );
        crate::core::decide::decide(world, stamp, command)
    }
    let home = Home::new();
    let (engine, _effects) = home.start_with(stumbles);
    let commands = vec![
        Command::Create(new_peer(1, "fixer")),
        Command::Interrupt { session: ss(1) },
        started(1),
    ];
    let outcomes = engine.submit_many(engine.stamp(Actor::Operator), commands);
    let done: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, false, true]);
    assert_eq!(did(&engine, Command::OpenAsk(new_ask(1, 1))).seq, 5);
    assert_eq!(engine.banner(), None);
    assert_eq!(engine.verify().expect("readable").differences, [""; 0]);
    let shown = engine.read(|world| world.session(&ss(1)).map(|row| world.shown(row)));
    assert_eq!(shown, Some(Shown::Asks));
}

#[test]
fn whoever_waits_for_a_change_is_told() {
    let home = Home::new();
    let (engine, _effects) = home.start();
    let seen = engine.generation();
    assert_eq!(engine.wait_change(seen, Duration::ZERO), seen);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| engine.wait_change(seen, Duration::from_secs(60)));
        did(&engine, Command::Create(new_peer(1, "fixer")));
        assert!(waiting.join().expect("it ends") > seen);
    });
}

#[test]
fn after_any_commands_the_tables_are_the_fold_of_the_log() {
    let mut runner = TestRunner::deterministic();
    let commands = proptest::collection::vec(properties::command(), 60..200);
    for _ in 0..6 {
        let home = Home::new();
        let (engine, _effects) = home.start();
        let commands = commands.new_tree(&mut runner).expect("commands").current();
        for some in commands.chunks(7) {
            home.clock.0.fetch_add(1_000, Ordering::SeqCst);
            engine.submit_many(engine.stamp(Actor::Daemon), some.to_vec());
        }
        assert_eq!(engine.verify().expect("readable").differences, [""; 0]);
        let before = engine.read(World::clone);
        assert!(before.names().count() > 0, "something happened");
        engine.stop();
        drop(engine);
        let (engine, _effects) = home.start();
        assert_eq!(engine.read(World::clone), before);
    }
}
