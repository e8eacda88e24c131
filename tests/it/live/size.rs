//! Whose size a terminal has: that of the pane whose client typed last.

use super::told;
use crate::support::{Home, Terminal};

#[test]
fn the_terminal_follows_the_client_that_typed_last() {
    let home = Home::new();
    home.ok(&[
        "new",
        "w",
        "--",
        "sh",
        "-c",
        "while read word; do echo $word: $(stty size); done",
    ]);
    let large = Terminal::start(&home, &["attach", "w"], 30, 100);
    large.shows("leaves");
    // Nobody has typed yet: the first to go in fits it.
    told_size(&home, 29, 100);
    large.types(b"one\r");
    told(&home, "w", "one: 29 100");
    let small = Terminal::start(&home, &["attach", "w"], 20, 60);
    small.shows("one:");
    assert_eq!(
        home.json(&["read", "w"])["rows"],
        29,
        "looking changes nothing"
    );
    small.types(b"two\r");
    told(&home, "w", "two: 19 60");
    small.resize(15, 50);
    told_size(&home, 14, 50);
    large.resize(40, 120);
    large.types(b"three\r");
    told_size(&home, 39, 120);
}

#[track_caller]
fn told_size(home: &Home, rows: u64, cols: u64) {
    crate::support::wait_until("the size", crate::support::PATIENCE, || {
        let seen = home.json(&["read", "w"]);
        seen["rows"] == rows && seen["cols"] == cols
    });
}

/// A CLI whose second `--version` (the one before the start) waits for a file `go`.
const SLOW: &str = r#"#!/bin/sh
if [ "$1" = --version ]; then
  if mkdir "$HOME/asked" 2>/dev/null; then :; else
    while [ ! -e "$HOME/go" ]; do sleep 0.05; done
  fi
  echo 2.1.329
else
  echo here I am
  exec sleep 1000
fi
"#;

#[test]
fn who_looks_before_the_program_runs_sees_it_when_it_does() {
    use std::os::unix::fs::PermissionsExt;
    let mut home = Home::new();
    let place = home.path().join("place");
    std::fs::create_dir(&place).expect("a place for the CLI");
    let program = place.join("claude");
    std::fs::write(&program, SLOW).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("allowed");
    let path = std::env::var("PATH").expect("a PATH");
    home.env("PATH", &format!("{}:{path}", place.display()));
    home.env("HOME", &place.display().to_string());
    let mut new = home
        .command(&["new", "slow", "--runtime", "claude"])
        .spawn()
        .expect("started");
    crate::support::wait_until("its row", crate::support::PATIENCE, || {
        let rows = home.json(&["ls"]);
        rows.as_array().is_some_and(|rows| rows.len() == 1)
    });
    let looks = Terminal::start(&home, &["attach", "slow"], 30, 100);
    looks.shows("leaves");
    std::fs::write(place.join("go"), "").expect("written");
    looks.shows("here I am");
    new.wait().expect("it ended");
}
