//! The writing process dies, or its disk fills. Each test runs itself again as a child.

use super::tests::TestClock;
use super::*;
use crate::core::ask::Call;
use crate::core::command::NewAsk;
use crate::core::fixture::{call, new_ask, new_peer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};

/// Where the child works; set in the child only.
const CHILD: &str = "PULT_TEST_STORE";

/// This test binary, to run the test `name` alone, as the child.
fn child(name: &str, store: &Path, shell: &str) -> Program {
    let mut program = Program::new("sh");
    let this = std::env::current_exe().expect("a path");
    let test = format!("daemon::engine::crashes::{name}");
    program
        .args(["-c", &format!("{shell} exec \"$@\""), "sh"])
        .arg(this)
        .args([&test, "--exact", "--nocapture"])
        .env(CHILD, store)
        .stdout(Stdio::piped());
    program
}

fn am_child() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

fn engine(path: &Path) -> Engine {
    let store = Store::open(path).expect("a store");
    Engine::start(store, Arc::new(TestClock::default()))
        .expect("an engine")
        .0
}

fn submit(engine: &Engine, command: Command) -> Result<Outcome, Refusal> {
    engine.submit(engine.stamp(Actor::Operator), command)
}

fn numbered(n: u64, size: usize) -> Command {
    Command::OpenAsk(NewAsk {
        id: AskId::from_entropy(n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()),
        hook_key: None,
        call: Call {
            input: "x".repeat(size),
            ..call(&n.to_string())
        },
        ..new_ask(0, 1)
    })
}

/// Numbers of the asks that the store has.
fn stored(engine: &Engine) -> Vec<u64> {
    let asks = engine.asks_ever(usize::MAX).expect("readable");
    let mut numbers: Vec<u64> = asks
        .iter()
        .filter_map(|ask| ask.call.object.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if let Some(path) = am_child() {
        return write_until_killed(&path);
    }
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("pult.redb");
    let first = engine(&path);
    submit(&first, Command::Create(new_peer(1, "fixer"))).expect("it is made");
    first.stop();
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 1..=6 {
        let mut writer = child("what_was_acknowledged_survives_a_kill", &path, "")
            .spawn()
            .expect("a child");
        let mut lines = BufReader::new(writer.stdout.take().expect("a pipe")).lines();
        let number = |line: String| {
            line.strip_prefix("ack ")
                .and_then(|n| n.parse::<u64>().ok())
        };
        let mut heard = 0;
        while heard < round * 17 {
            let line = lines.next().expect("the child lives").expect("a line");
            if let Some(number) = number(line) {
                acknowledged.push(number);
                heard += 1;
            }
        }
        writer.kill().expect("it is killed");
        writer.wait().expect("it is gone");
        acknowledged.extend(lines.map_while(Result::ok).filter_map(number));
        let after = engine(&path);
        let stored = stored(&after);
        let lost: Vec<_> = acknowledged
            .iter()
            .filter(|n| stored.binary_search(n).is_err())
            .collect();
        assert!(lost.is_empty(), "lost {lost:?} in round {round}");
        assert_eq!(after.verify().expect("readable").differences, [""; 0]);
        after.stop();
    }
}

/// Four threads open asks and say each that was acknowledged.
fn write_until_killed(path: &Path) {
    use std::io::Write;
    let engine = engine(path);
    let from = engine.last_seq().expect("readable") * 1_000;
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let engine = engine.clone();
            scope.spawn(move || {
                for n in 0.. {
                    let number = from + n * 4 + thread;
                    submit(&engine, numbered(number, 2_000)).expect("it is asked");
                    let mut out = std::io::stdout().lock();
                    if writeln!(out, "\nack {number}")
                        .and_then(|()| out.flush())
                        .is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
}

#[test]
fn a_full_disk_pauses_and_goes_on_when_there_is_room() {
    if let Some(path) = am_child() {
        return fill_the_disk(&path);
    }
    let dir = tempfile::tempdir().expect("a directory");
    // A soft limit on the size of files stands for the disk; 8 MiB or less by any shell's unit.
    let name = "a_full_disk_pauses_and_goes_on_when_there_is_room";
    let mut writer = child(
        name,
        &dir.path().join("pult.redb"),
        "trap '' XFSZ; ulimit -S -f 8192;",
    )
    .stderr(Stdio::piped())
    .spawn()
    .expect("a child");
    let mut said = String::new();
    let mut out = writer.stdout.take().expect("a pipe");
    out.read_to_string(&mut said).expect("text");
    let mut errors = String::new();
    let mut err = writer.stderr.take().expect("a pipe");
    err.read_to_string(&mut errors).expect("text");
    assert!(
        writer.wait().expect("it ends").success(),
        "{said}\n{errors}"
    );
    assert!(said.contains("the disk was full and is not"), "{said}");
}

fn fill_the_disk(path: &Path) {
    let engine = engine(path);
    submit(&engine, Command::Create(new_peer(1, "fixer"))).expect("it is made");
    let mut done = 0;
    let refusal = loop {
        assert!(done < 1_000, "the limit holds");
        match submit(&engine, numbered(done, 50_000)) {
            Ok(_) => done += 1,
            Err(refusal) => break refusal,
        }
    };
    assert!(
        refusal.what.contains("is full; make room and it goes on"),
        "{refusal:?}"
    );
    assert_eq!(engine.banner().as_deref(), Some(refusal.what.as_str()));
    // Reading goes on, and nothing that was acknowledged is lost.
    let expected: Vec<u64> = (0..done).collect();
    assert_eq!(engine.read(|world| world.asks().count() as u64), done);
    assert_eq!(stored(&engine), expected);
    for _ in 0..3 {
        let still = submit(&engine, numbered(done, 50_000));
        assert!(still.is_err_and(|no| no.what.contains("is full")));
    }
    assert_eq!(stored(&engine), expected);
    let limit = getrlimit(Resource::Fsize);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Fsize, raised).expect("there is room again");
    let mut seen = 0;
    while engine.banner().is_some() {
        let now = engine.wait_change(seen, Duration::from_secs(60));
        assert!(now > seen, "it tries again by itself");
        seen = now;
    }
    submit(&engine, numbered(done, 50_000)).expect("it goes on");
    assert_eq!(stored(&engine).len() as u64, done + 1);
    assert_eq!(engine.verify().expect("readable").differences, [""; 0]);
    println!("the disk was full and is not");
}

#[test]
fn a_store_that_finds_no_room_leaves_nothing_behind() {
    if let Some(path) = am_child() {
        println!(
            "said: {}",
            Store::open(&path).expect_err("there is no room")
        );
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let name = "a_store_that_finds_no_room_leaves_nothing_behind";
    let shell = "trap '' XFSZ; ulimit -f 1;";
    let out = child(name, &dir.path().join("pult.redb"), shell).output();
    let out = String::from_utf8_lossy(&out.expect("a child").stdout).into_owned();
    assert!(out.contains("is full; make room and start again"), "{out}");
    assert_eq!(
        std::fs::read_dir(dir.path()).expect("a directory").count(),
        0
    );
}

#[cfg(feature = "probes")]
#[test]
fn a_kill_before_the_commit_keeps_nothing_and_one_after_it_keeps_all() {
    use rustix::process::{Pid, WaitOptions, waitpid};
    if let Some(path) = am_child() {
        submit(&engine(&path), numbered(2, 10)).expect("it stops before it says so");
        println!("acknowledged");
        return;
    }
    for (point, kept) in [
        ("engine.before-commit", &[1][..]),
        ("engine.after-commit", &[1, 2]),
        ("engine.after-effects", &[1, 2]),
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("pult.redb");
        std::fs::create_dir(dir.path().join("run")).expect("a directory");
        let first = engine(&path);
        submit(&first, Command::Create(new_peer(1, "fixer"))).expect("it is made");
        submit(&first, numbered(1, 10)).expect("it is asked");
        first.stop();
        let name = "a_kill_before_the_commit_keeps_nothing_and_one_after_it_keeps_all";
        let mut writer = child(name, &path, "")
            .env("PULT_HOME", dir.path())
            .env("PULT_PAUSE", point)
            .spawn()
            .expect("a child");
        let pid = Pid::from_child(&writer);
        let status = waitpid(Some(pid), WaitOptions::UNTRACED).expect("a status");
        assert!(
            status.is_some_and(|(_, status)| status.stopped()),
            "{point}"
        );
        assert!(
            dir.path()
                .join("run")
                .join(format!("paused.{point}"))
                .exists()
        );
        writer.kill().expect("it is killed");
        let out = writer.wait_with_output().expect("it is gone");
        assert!(!String::from_utf8_lossy(&out.stdout).contains("acknowledged"));
        let after = engine(&path);
        assert_eq!(stored(&after), kept, "{point}");
        assert_eq!(after.verify().expect("readable").differences, [""; 0]);
        after.stop();
    }
}
