//! Gates that are closed by construction: without anybody to answer, the tool is not run, and an
//! answer in the pane still works. What becomes of the tool is held against what the runtime
//! declares (`fails: closed | open`).

use super::asks;
use super::stage::{COMMAND, Stage, wait};
use crate::support::{PATIENCE, kill9, parent, wait_until};
use pult::runtime::Fails;
use rustix::net::Shutdown;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use std::fs;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// Long enough for every try of a CLI to go on without what was killed.
const TRIES: Duration = Duration::from_secs(5);

/// What became of the tool call, held against what is declared.
#[track_caller]
fn fails_as_declared(stage: &Stage) {
    let seen = match stage.made().exists() {
        true => Fails::Open,
        false => Fails::Closed,
    };
    assert_eq!(stage.runtime().capabilities().fails, seen, "declared, seen");
    assert_eq!(seen, Fails::Closed, "it ran though nobody answered");
}

pub fn daemon_killed_while_asked(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    stage.kill_daemon();
    wait(TRIES);
    fails_as_declared(stage);
    // The next daemon knows the same request, and its answer reaches the CLI.
    let inbox = stage.inbox();
    assert_eq!(inbox.len(), 1, "{inbox:?}");
    assert_eq!(inbox[0]["id"], id);
    fails_as_declared(stage);
    stage.home.ok(&["approve", id]);
    stage.until("the file", || stage.made().exists());
    stage.closed(id, "effect");
    stage.settled();
    stage.home.ok(&["db", "verify"]);
}

/// The pane's program itself dies: nothing that it started goes on to run the tool.
pub fn program_killed_while_asked(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let row = stage.home.row("w");
    let pid = row["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok());
    kill9(pid.expect("a pid"));
    stage.until("its end", || stage.home.row("w")["shown"] == "failed");
    stage.closed(ask["id"].as_str().expect("an id"), "withdrawn");
    let session = row["session"].as_str().expect("its session");
    stage.until("the last process to be gone", || {
        super::life::processes_of(session).is_empty()
    });
    fails_as_declared(stage);
    stage.home.ok(&["db", "verify"]);
}

/// With the daemon gone an answer in the pane is as good as ever, and the next daemon sees it.
pub fn daemon_killed_then_answered_in_the_pane(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    stage.kill_daemon();
    fails_as_declared(stage);
    asks::answer_in_the_pane(stage, ask["id"].as_str().expect("an id"));
    stage.home.ok(&["db", "verify"]);
}

/// The hook alone dies: the CLI asks in its pane, and it is said that it is decided there.
pub fn hook_killed_while_asked(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    let hooks = stage.home.processes(&format!("hook {}", stage.cli.name));
    assert_eq!(hooks.len(), 1, "{hooks:?}");
    kill9(hooks[0]);
    stage.until("the request to be taken back", || {
        stage.home.json(&["show", id])["closed"] == "withdrawn"
    });
    let why = stage.home.ok(&["log"]);
    assert!(why.contains("its hook process is gone"), "{why}");
    stage.until("its own dialog", || {
        stage.shows_dialog("w") || stage.made().exists()
    });
    wait(TRIES);
    fails_as_declared(stage);
    stage.until("word of what to do", || stage.inbox().len() == 1);
    let what = stage.inbox()[0].clone();
    assert_eq!(what["kind"], "question", "{what}");
    let words = format!("decide in the pane: {COMMAND}");
    assert!(what["object"].to_string().contains(&words), "{what}");
    assert_eq!(stage.home.row("w")["shown"], "asks");
    stage.home.fails(1, &["approve", id]);
    allow_in_the_dialog(stage);
    stage.closed(what["id"].as_str().expect("an id"), "withdrawn");
    stage.settled();
    stage.home.ok(&["db", "verify"]);
}

/// The connection over which requests come dies, and everything that holds it: the CLI goes on
/// waiting; what is decided meanwhile is delivered, and an answer in the pane is seen.
pub fn side_channel_killed_while_asked(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    cut_for_long(stage);
    fails_as_declared(stage);
    stage.home.ok(&["approve", id]);
    stage.until("the file", || stage.made().exists());
    stage.closed(id, "effect");
    stage.settled();

    fs::remove_file(stage.made()).expect("the file");
    stage.home.ok(&["send", "w", "again: make-the-file"]);
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    cut_for_long(stage);
    fails_as_declared(stage);
    assert_eq!(stage.home.row("w")["shown"], "asks");
    allow_in_the_dialog(stage);
    stage.closed(id, "withdrawn");
    stage.settled();
    stage.home.ok(&["db", "verify"]);
}

#[track_caller]
fn allow_in_the_dialog(stage: &Stage) {
    stage.until("the answer in its dialog to be taken", || {
        if stage.shows_dialog("w") {
            let keys = ["send", "--keys", "--force", "w", stage.cli.yes];
            stage.home.run(&keys);
        }
        wait(Duration::from_millis(500));
        stage.made().exists()
    });
}

/// Cuts the daemon's ways into the CLI, again and again for a while: connections of its own, and
/// processes that hold one for it.
fn cut_for_long(stage: &Stage) {
    let daemon = stage.home.daemon().expect("a daemon");
    wait_until("a side channel to cut", PATIENCE, || cut(daemon) > 0);
    let end = Instant::now() + TRIES;
    while Instant::now() < end {
        cut(daemon);
        wait(Duration::from_millis(50));
    }
    assert_eq!(stage.home.daemon(), Some(daemon), "it was not the daemon");
}

/// How many were cut.
fn cut(daemon: u32) -> usize {
    let helpers = fs::read_dir("/proc").expect("processes").flatten();
    let helpers = helpers.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let helpers = helpers.filter(|pid: &u32| {
        let there = fs::exists(format!("/proc/{pid}/stat")).unwrap_or(false);
        there && std::panic::catch_unwind(|| parent(*pid)).is_ok_and(|p| p == daemon)
    });
    let killed = helpers.inspect(|pid| kill9(*pid)).count();
    killed + connections(daemon).into_iter().filter(shut).count()
}

fn shut(connection: &OwnedFd) -> bool {
    rustix::net::shutdown(connection, Shutdown::Both).is_ok()
}

/// The established TCP connections of a process, as descriptors of our own: root may take them.
fn connections(pid: u32) -> Vec<OwnedFd> {
    let tcp = fs::read_to_string("/proc/net/tcp").expect("the sockets here");
    let established = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let inode = *fields.get(9)?;
        (*fields.get(3)? == "01").then(|| format!("socket:[{inode}]"))
    };
    let known: Vec<String> = tcp.lines().filter_map(established).collect();
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let process = pidfd_open(process.expect("a pid"), PidfdFlags::empty()).expect("the daemon");
    let open = fs::read_dir(format!("/proc/{pid}/fd")).expect("its descriptors");
    let mut found = Vec::new();
    for entry in open.flatten() {
        let link = fs::read_link(entry.path()).unwrap_or_default();
        let number = entry.file_name().to_str().and_then(|n| n.parse().ok());
        if let (true, Some(number)) = (known.iter().any(|k| link.as_os_str() == k.as_str()), number)
        {
            // It may be closed by now.
            found.extend(pidfd_getfd(&process, number, PidfdGetfdFlags::empty()));
        }
    }
    found
}
