//! How long a command takes until it is durable, alone and in company, and how a store of many
//! events opens and answers. `cargo bench --bench engine [-- EVENTS]`; 100000 events unless said.

use pult::core::ask::{Answer, AskKind, Call, Risk, Surface, Verb, Who};
use pult::core::command::{Command, NewAsk, NewPeer};
use pult::core::id::{AskId, PeerId, SessionId};
use pult::core::session::Launch;
use pult::core::stamp::Actor;
use pult::daemon::engine::Engine;
use pult::platform::clock::SystemClock;
use pult::store::Store;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() {
    let events = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let events: u64 = events.unwrap_or(100_000);
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("pult.redb");
    let engine = start(&path);
    new_peer(&engine);

    for threads in [1, 8, 32] {
        let mut took = together(&engine, threads, 2_000 / threads);
        took.sort();
        println!(
            "request -> durable, {threads:>2} at once: p50 {:?}  p99 {:?}",
            took[took.len() / 2],
            took[took.len() * 99 / 100]
        );
    }

    let begun = Instant::now();
    while engine.last_seq().expect("readable") < events {
        let asks: Vec<_> = (0..400).map(|_| AskId::from_entropy(entropy())).collect();
        let all = asks.iter().flat_map(|id| life(id.clone())).collect();
        for outcome in engine.submit_many(engine.stamp(Actor::Daemon), all) {
            outcome.expect("it is done");
        }
    }
    let size = std::fs::metadata(&path).map_or(0, |file| file.len() >> 20);
    println!(
        "{events} events: written in {:?}, {size} MiB",
        begun.elapsed()
    );

    let ids: Vec<_> = (0..50).map(|_| AskId::from_entropy(entropy())).collect();
    for id in &ids {
        submit(&engine, open(id.clone()));
    }
    engine.stop();
    drop(engine);
    let begun = Instant::now();
    let engine = start(&path);
    println!("open and load: {:?}", begun.elapsed());
    timed("inbox of 50", || engine.read(|world| world.inbox().len()));
    timed("newest 50 of the log", || {
        engine.log_newest(50).map_or(0, |log| log.len())
    });
    timed("newest 50 of one ask's session", || {
        let session = SessionId::from_entropy([2; 8]);
        engine
            .log_about(session.as_str(), 50)
            .map_or(0, |log| log.len())
    });
    timed("all asks ever, newest 50", || {
        engine.asks_ever(50).map_or(0, |asks| asks.len())
    });
    timed("db verify", || {
        let verdict = engine.verify().expect("readable");
        assert!(verdict.differences.is_empty(), "{verdict:?}");
        verdict.events as usize
    });
}

fn start(path: &Path) -> Engine {
    let store = Store::open(path).expect("a store");
    Engine::start(store, Arc::new(SystemClock))
        .expect("an engine")
        .0
}

fn submit(engine: &Engine, command: Command) {
    engine
        .submit(engine.stamp(Actor::Daemon), command)
        .expect("it is done");
}

fn timed(what: &str, mut run: impl FnMut() -> usize) {
    let begun = Instant::now();
    let count = run();
    println!("{what}: {:?} ({count})", begun.elapsed());
}

/// Asks opened by several threads at once; how long each took.
fn together(engine: &Engine, threads: usize, each: usize) -> Vec<Duration> {
    let one = || {
        let mut took = Vec::with_capacity(each);
        for _ in 0..each {
            let id = AskId::from_entropy(entropy());
            let begun = Instant::now();
            submit(engine, open(id.clone()));
            took.push(begun.elapsed());
            let why = "measured".to_owned();
            submit(engine, Command::Withdraw { ask: id, why });
        }
        took
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("it ends"))
            .collect()
    })
}

/// Eight bytes that were not there before.
fn entropy() -> [u8; 8] {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut left = COUNT.fetch_add(1, Ordering::Relaxed) * 0x9e37_79b1 % 282_429_536_481;
    std::array::from_fn(|_| {
        let digit = (left % 27) as u8;
        left /= 27;
        digit
    })
}

fn new_peer(engine: &Engine) {
    let new = NewPeer {
        peer: PeerId::from_entropy([1; 8]),
        session: SessionId::from_entropy([2; 8]),
        name: "fixer".to_owned(),
        circle: "main".to_owned(),
        runtime: "shell".to_owned(),
        model: None,
        profile: "full".to_owned(),
        cwd: "/src".to_owned(),
        worktree: None,
        launch: Launch::default(),
        native_id: None,
        limits: Vec::new(),
        no_record: false,
        token_hash: String::new(),
        origin: None,
        template: None,
        tag: None,
    };
    submit(engine, Command::Create(new));
}

fn open(id: AskId) -> Command {
    Command::OpenAsk(NewAsk {
        hook_key: Some(id.to_string()),
        id,
        session: SessionId::from_entropy([2; 8]),
        kind: AskKind::Approval,
        call: Call {
            verb: Verb::Run,
            object: "cargo test --workspace".to_owned(),
            cwd: Some("/src".to_owned()),
            tool: "Bash".to_owned(),
            input: r#"{"command":"cargo test --workspace"}"#.to_owned(),
            reason: Some("to see whether it holds".to_owned()),
            digest: "0".repeat(64),
            risk: Risk::Normal,
        },
        call_key: None,
    })
}

/// Four events: asked, decided, delivered, closed.
fn life(ask: AskId) -> [Command; 4] {
    let decide = Command::Decide {
        ask: ask.clone(),
        digest: None,
        answer: Answer::Allow,
        note: None,
        who: Who {
            uid: 0,
            chain: "7 pult, 3 bash".to_owned(),
            tty: Some("pts/3".to_owned()),
            surface: Surface::Cli,
        },
    };
    let why = "the tool started".to_owned();
    let delivered = Command::Delivered { ask: ask.clone() };
    [
        open(ask.clone()),
        decide,
        delivered,
        Command::EffectSeen { ask, why },
    ]
}
