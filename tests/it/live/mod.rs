//! Proofs on the built binary: what must hold when something is killed, hostile or slow.

mod agent;
mod asks;
mod batch;
mod elsewhere;
mod evening;
mod flood;
mod found;
mod garbage;
mod giving;
mod hands;
mod history;
mod hostile;
mod input;
mod inside;
mod keyed;
mod kill_daemon;
mod kill_others;
mod late;
mod nobodys;
mod one_peer;
mod queries;
mod size;
mod slow;
mod steady;
mod taken;
mod telling;
mod traceless;

use crate::support::{Home, PATIENCE, wait_for};
use serde_json::Value;

/// A pid in a row.
#[track_caller]
fn number(pid: &Value) -> u32 {
    let found = pid.as_u64().and_then(|pid| pid.try_into().ok());
    found.unwrap_or_else(|| panic!("{pid} is no pid"))
}

/// Waits until the last lines of a pane hold `text`.
#[track_caller]
fn told(home: &Home, name: &str, text: &str) {
    wait_for(text, PATIENCE, || {
        let seen = home.json(&["read", name, "--lines", "200"])["lines"].to_string();
        seen.contains(text).then_some(()).ok_or(seen)
    });
}
