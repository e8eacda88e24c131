//! A first prompt that begins long after its CLI has drawn an empty prompt.

use crate::support::{Home, PATIENCE, wait_for};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// A Gemini CLI that is ready, works on its prompt when it is told to, and is ready again.
const LATE: &str = r#"#!/bin/sh
[ "$1" = --version ] && exec echo 0.61.0
draw() {
    printf '\033]0;%s (work)\007\033[H\033[2J▄▄▄▄▄▄\r\n' "$1"
    printf ' >   Type your message or @path/to/file\r\n▀▀▀▀▀▀\r\n workspace (/directory)\r\n'
}
await() { until [ -e "$1" ]; do sleep 0.02; done; }
draw '◇  Ready'
await again
draw '◇  Ready again'
await begin
draw '✦  Working…'
await end
draw '◇  Ready'
exec sleep 100000
"#;

/// Waits until it is shown so, for a reason with these words.
#[track_caller]
fn is_shown(home: &Home, shown: &str, because: &str) {
    wait_for(shown, PATIENCE, || {
        let why = home.ok(&["why", "w"]);
        let is = home.row("w")["shown"] == shown && why.contains(because);
        is.then_some(()).ok_or(why)
    });
}

/// One that was given a prompt and rests, and the clock of its pult.
fn given() -> (Home, PathBuf) {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory");
    let program = bin.join("gemini");
    std::fs::write(&program, LATE).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    let clock = home.path().join("clock");
    std::fs::write(&clock, "0").expect("a clock");
    home.env("PULT_CLOCK", clock.to_str().expect("a path"));
    home.ok(&["new", "w", "--runtime", "gemini", "--", "go on"]);
    is_shown(&home, "working", GIVEN);
    (home, clock)
}

const GIVEN: &str = "its first prompt was given";
#[cfg(feature = "probes")]
const UNTAKEN: &str = "its first prompt was not seen to be taken up";

fn make(home: &Home, name: &str) {
    std::fs::write(home.work().join(name), "").expect("a file");
}

/// It begins, and comes to its end.
fn goes_on(home: &Home) {
    make(home, "begin");
    is_shown(home, "working", "Working");
    make(home, "end");
    is_shown(home, "done", "Ready");
}

#[test]
fn a_first_prompt_is_waited_for_by_the_next_daemon_too() {
    let (home, _) = given();
    home.kill_daemon();
    is_shown(&home, "working", GIVEN);
    make(&home, "again");
    is_shown(&home, "working", GIVEN);
    goes_on(&home);
}

#[cfg(feature = "probes")]
#[test]
fn rest_before_a_first_prompt_is_never_its_end() {
    let (home, clock) = given();
    std::fs::write(&clock, "100").expect("a clock");
    // What it says then is as little about the prompt as what it said before.
    make(&home, "again");
    is_shown(&home, "unknown", UNTAKEN);
    home.kill_daemon();
    std::fs::write(&clock, "300").expect("a clock");
    is_shown(&home, "unknown", UNTAKEN);
    goes_on(&home);
}
