//! `kill -9` of a keeper and of clients.

use super::{number, told};
use crate::support::{Home, PATIENCE, Terminal, kill9, lives, parent, wait_for, wait_until};

/// Says what it hears, line by line.
const ECHO: &str = "echo ready; while read line; do echo \"heard $line\"; done";

fn shown(home: &Home, name: &str, word: &str) {
    wait_for(word, PATIENCE, || {
        let row = home.row(name);
        (row["shown"] == word).then_some(()).ok_or(row.to_string())
    });
}

#[test]
fn a_killed_keeper_loses_its_session_and_nothing_else() {
    let home = Home::new();
    for name in ["a", "b"] {
        home.ok(&["new", name, "--", "sh", "-c", ECHO]);
        told(&home, name, "ready");
    }
    home.ok(&["send", "a", "first"]);
    told(&home, "a", "heard first");
    let program = number(&home.row("a")["pid"]);
    kill9(parent(program));
    shown(&home, "a", "lost");
    let row = home.row("a");
    assert_eq!(row["process"], "lost", "{row}");
    assert!(row["evidence"]["text"].is_string(), "{row}");
    told(&home, "a", "heard first");
    wait_until("the end of the lost program", PATIENCE, || !lives(program));

    home.ok(&["send", "b", "still here"]);
    told(&home, "b", "heard still here");
    let refused = home.fails(1, &["send", "a", "anybody"]);
    assert_eq!(refused.lines().count(), 1, "{refused}");

    let other = number(&home.row("b")["pid"]);
    home.ok(&["resume", "a"]);
    wait_until("a resumed program", PATIENCE, || {
        home.row("a")["process"] == "alive" && home.row("a")["pid"].is_number()
    });
    assert_ne!(number(&home.row("a")["pid"]), program);
    told(&home, "a", "ready");
    home.ok(&["send", "a", "again"]);
    told(&home, "a", "heard again");
    assert_eq!(number(&home.row("b")["pid"]), other);
    home.ok(&["db", "verify"]);
}

#[test]
fn a_keeper_and_the_daemon_killed_together_are_told_apart() {
    let home = Home::new();
    for name in ["a", "b"] {
        home.ok(&["new", name, "--", "sh", "-c", ECHO]);
        told(&home, name, "ready");
    }
    let [program, other] = ["a", "b"].map(|name| number(&home.row(name)["pid"]));
    home.kill_daemon();
    kill9(parent(program));
    shown(&home, "a", "lost");
    told(&home, "a", "ready");
    assert_eq!(number(&home.row("b")["pid"]), other);
    home.ok(&["send", "b", "still here"]);
    told(&home, "b", "heard still here");
    home.ok(&["resume", "a"]);
    home.ok(&["send", "a", "again"]);
    told(&home, "a", "heard again");
    home.ok(&["db", "verify"]);
}

#[test]
fn a_killed_client_changes_nothing() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sh", "-c", ECHO]);
    told(&home, "a", "ready");
    let daemon = home.json(&["daemon", "status"])["pid"].clone();
    let program = home.row("a")["pid"].clone();
    for (n, words) in [&["attach", "a"][..], &[]].into_iter().enumerate() {
        let client = Terminal::start(&home, words, 30, 100);
        client.shows("ready");
        home.ok(&["send", "a", &format!("while {n} looks")]);
        client.shows(&format!("heard while {n} looks"));
        kill9(client.pid());
        client.ended();
        home.ok(&["send", "a", &format!("after {n}")]);
        told(&home, "a", &format!("heard after {n}"));
        assert_eq!(home.row("a")["pid"], program);
        assert_eq!(home.row("a")["process"], "alive");
    }
    assert_eq!(home.json(&["daemon", "status"])["pid"], daemon);
    home.ok(&["db", "verify"]);
}
