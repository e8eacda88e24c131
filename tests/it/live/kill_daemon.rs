//! `kill -9` of the daemon.

use super::flood::{Plan, survive};
use super::told;
use crate::support::{Home, PATIENCE, wait_for};

#[test]
fn a_daemon_that_is_killed_again_and_again_loses_nothing() {
    let plan = Plan {
        kills: 12,
        lines: 17_000,
        seed: 0x5eed,
    };
    survive(&plan, |_| {});
}

#[test]
fn a_peer_that_was_promised_starts_though_the_daemon_is_killed_at_once() {
    let home = Home::new();
    for name in ["a", "b", "c", "d"] {
        home.ok(&["new", name, "--", "sh", "-c", "echo up; exec sleep 100000"]);
        home.kill_daemon();
    }
    for name in ["a", "b", "c", "d"] {
        wait_for("a program that runs", PATIENCE, || {
            let row = home.row(name);
            let runs = row["process"] == "alive" && row["pid"].is_number();
            runs.then_some(()).ok_or(row.to_string())
        });
        told(&home, name, "up");
    }
    home.ok(&["db", "verify"]);
}
