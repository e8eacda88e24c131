//! How children, their trees and keepers end.

use super::{Attempt, program, record, until, until_text};
use crate::support::{PATIENCE, lives, wait_for, wait_until};
use pult::daemon::link;
use pult::platform::process;
use pult::store::recording::Recorder;
use pult::wire::keeper::{Ended, ExitRecord, Flags, KeeperSays, Target};
use std::fs;
use std::path::Path;

fn exit_of(attempt: &Attempt) -> ExitRecord {
    wait_for("the exit record", PATIENCE, || {
        link::take_exit(attempt.path()).ok_or_else(String::new)
    })
}

fn pid_in(path: &Path) -> u32 {
    wait_for("a pid in a file", PATIENCE, || {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.trim().parse().map_err(|_| text)
    })
}

#[test]
fn a_code_and_a_signal_are_told_apart() {
    assert_eq!(exit_of(&Attempt::start("exit 7")).ended, Ended::Code(7));
    let killed = Attempt::start("kill -9 $$");
    assert_eq!(exit_of(&killed).ended, Ended::Signal(9));
}

#[test]
fn what_cannot_start_says_why_and_leaves_a_record() {
    let attempt = Attempt::prepare("true", |spec| spec.cwd = "/no/such/directory".into());
    let error = link::spawn_keeper(program(), attempt.path()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("/no/such/directory is not there"),
        "{error}"
    );
    let Ended::NeverStarted(why) = exit_of(&attempt).ended else {
        panic!("it never started")
    };
    assert_eq!(why, error.to_string());
    assert!(!link::alive(attempt.path()));
    let again = link::spawn_keeper(program(), attempt.path()).unwrap_err();
    assert!(again.to_string().contains("was started already"), "{again}");
}

#[test]
fn a_directory_has_one_keeper_once() {
    let attempt = Attempt::start("sleep 1000");
    let error = link::spawn_keeper(program(), attempt.path()).unwrap_err();
    assert!(
        error.to_string().contains("has a keeper already"),
        "{error}"
    );
}

#[test]
fn a_grandchild_that_holds_the_terminal_does_not_hold_up_the_exit() {
    let script = "trap '' HUP TERM; (while :; do echo still; sleep 0.05; done) & echo $! > grandchild; echo bye; exit 4";
    let attempt = Attempt::start(script);
    let (mut reader, writer) = attempt.attach(1, 0);
    let mut recorder = Recorder::open(&attempt.file("rec"), u64::MAX).unwrap();
    let said = until(&mut reader, "the exit", |says| {
        record(&mut recorder, &writer, says).unwrap();
        matches!(says, KeeperSays::Exit(_))
    });
    assert!(super::text(&said).contains("bye"));
    assert_eq!(exit_of(&attempt).ended, Ended::Code(4));
    // It ignores SIGTERM, and is killed after the grace; only then does the keeper go.
    writer.release().unwrap();
    let grandchild = pid_in(&attempt.file("grandchild"));
    attempt.wait_gone();
    assert!(!lives(grandchild));
}

#[test]
fn a_tree_that_is_to_be_kept_is_kept() {
    let attempt = Attempt::with(
        "trap '' HUP; (while [ ! -e go ]; do echo noise; sleep 0.05; done) & echo $! > grandchild; exit 0",
        |spec| spec.flags = Flags::KEEP_TREE,
    );
    let (mut reader, writer) = attempt.attach(1, 0);
    let mut recorder = Recorder::open(&attempt.file("rec"), u64::MAX).unwrap();
    until(&mut reader, "the exit", |says| {
        record(&mut recorder, &writer, says).unwrap();
        matches!(says, KeeperSays::Exit(_))
    });
    writer.release().unwrap();
    writer.input(1, 1, b"").unwrap();
    until(&mut reader, "an answer", |says| {
        matches!(says, KeeperSays::InputAck { .. })
    });
    let grandchild = pid_in(&attempt.file("grandchild"));
    assert!(lives(grandchild) && link::alive(attempt.path()));
    fs::write(attempt.file("go"), "").unwrap();
    attempt.wait_gone();
}

#[test]
fn end_ends_a_tree_that_ignores_sigterm() {
    let script = "trap '' TERM HUP INT; setsid sh -c 'trap \"\" TERM HUP; echo $$ > deep; while :; do sleep 1; done' & echo ready; while :; do sleep 1; done";
    let attempt = Attempt::start(script);
    let (mut reader, writer) = attempt.attach(1, 0);
    until_text(&mut reader, &writer, "ready");
    let deep = pid_in(&attempt.file("deep"));
    writer.end(100).unwrap();
    let said = until(&mut reader, "the exit", |says| {
        matches!(says, KeeperSays::Exit(_))
    });
    let Some(KeeperSays::Exit(record)) = said.last() else {
        panic!("the exit comes last")
    };
    assert_eq!(record.ended, Ended::Signal(9));
    wait_until("the one in a session of its own", PATIENCE, || !lives(deep));
}

#[test]
fn end_lets_a_program_end_by_itself_within_the_grace() {
    let attempt = Attempt::start(
        "trap 'echo cleanup; exit 5' TERM; echo ready; while :; do sleep 0.05; done",
    );
    let (mut reader, writer) = attempt.attach(1, 0);
    until_text(&mut reader, &writer, "ready");
    writer.end(60_000).unwrap();
    let said = until(&mut reader, "the exit", |says| {
        matches!(says, KeeperSays::Exit(_))
    });
    assert!(super::text(&said).contains("cleanup"));
    assert_eq!(exit_of(&attempt).ended, Ended::Code(5));
}

#[test]
fn signals_reach_the_foreground_the_child_and_the_tree() {
    let attempt = Attempt::start(
        "trap 'echo usr1' USR1; trap 'echo int' INT; echo ready; while :; do sleep 0.05; done",
    );
    let (mut reader, writer) = attempt.attach(1, 0);
    until_text(&mut reader, &writer, "ready");
    writer.signal(2, Target::Foreground).unwrap();
    until_text(&mut reader, &writer, "int");
    writer.signal(0, Target::Tree).unwrap();
    writer.signal(250, Target::Tree).unwrap();
    writer.signal(15, Target::Child).unwrap();
    let said = until(&mut reader, "the exit", |says| {
        matches!(says, KeeperSays::Exit(_))
    });
    let Some(KeeperSays::Exit(record)) = said.last() else {
        panic!("the exit comes last")
    };
    assert_eq!(record.ended, Ended::Signal(15));
}

#[test]
fn a_killed_keeper_takes_its_child_along_and_its_lock_is_free() {
    let attempt = Attempt::start("echo $$ > child; sleep 1000");
    let child = pid_in(&attempt.file("child"));
    let found = link::registry(attempt.path()).unwrap();
    assert_eq!(found.child.0, child);
    assert_eq!(process::start_of(found.keeper.0), Some(found.keeper.1));
    assert_eq!(process::start_of(found.child.0), Some(found.child.1));
    assert!(link::alive(attempt.path()));
    process::send(9, found.keeper.0, false);
    attempt.wait_gone();
    wait_until("the child to be hung up", PATIENCE, || !lives(child));
    assert_eq!(link::take_exit(attempt.path()), None, "it is lost");
}

#[test]
fn a_keeper_that_is_told_to_end_ends_its_child_first() {
    let attempt =
        Attempt::start("trap 'exit 6' TERM; echo $$ > child; while :; do sleep 0.05; done");
    pid_in(&attempt.file("child"));
    let found = link::registry(attempt.path()).unwrap();
    process::send(15, found.keeper.0, false);
    attempt.wait_gone();
    assert_eq!(exit_of(&attempt).ended, Ended::Code(6));
}

#[test]
fn the_child_ignores_no_signal_and_blocks_none() {
    let attempt = Attempt::start(
        "grep -E 'Sig(Ign|Blk)' /proc/self/status > signals.tmp; mv signals.tmp signals; ls /proc/self/fd > fds.tmp; mv fds.tmp fds",
    );
    let said = wait_for("what the child saw", PATIENCE, || {
        fs::read_to_string(attempt.file("fds")).map_err(|e| e.to_string())
    });
    // The three, and the one that ls has the directory open with.
    assert_eq!(said.split_whitespace().count(), 4, "{said}");
    let signals = fs::read_to_string(attempt.file("signals")).unwrap();
    for line in signals.lines() {
        let mask = line.split_whitespace().next_back().unwrap_or_default();
        let mask = u64::from_str_radix(mask, 16).unwrap();
        // 32 and 33 belong to the C library, which lets nobody change them.
        assert_eq!(mask & !(0b11 << 31), 0, "{signals}");
    }
}

#[test]
fn a_keeper_is_nobodys_child_and_has_no_terminal() {
    let attempt = Attempt::start("sleep 1000");
    let keeper = link::registry(attempt.path()).unwrap().keeper.0;
    let stat = fs::read_to_string(format!("/proc/{keeper}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let (parent, session, tty) = (fields[1], fields[3], fields[4]);
    assert_ne!(parent, std::process::id().to_string());
    assert_eq!(tty, "0");
    let mine = fs::read_to_string("/proc/self/stat").unwrap();
    let mine: Vec<&str> = mine.rsplit(") ").next().unwrap().split(' ').collect();
    assert_ne!(session, mine[3]);
    let environ = fs::read(format!("/proc/{keeper}/environ")).unwrap();
    assert_eq!(
        environ, b"SHELL=/bin/sh\0",
        "the daemon's environment stays there"
    );
}
