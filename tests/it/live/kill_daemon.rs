//! `kill -9` of the daemon.

use super::flood::{Plan, survive};

#[test]
fn a_daemon_that_is_killed_again_and_again_loses_nothing() {
    let plan = Plan {
        kills: 12,
        lines: 17_000,
        seed: 0x5eed,
    };
    survive(&plan, |_| {});
}
