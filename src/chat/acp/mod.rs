//! `pult chat --acp ORDER`: an agent's CLI that is driven over its protocol. It is started as a child,
//! what it says is shown as text, and what it asks for is brought to the inbox.
//!
//! Only a decision that the daemon delivers answers a request. Without a daemon it is dialled again;
//! when this program goes, the CLI sees the end of its pipe and is killed with it.

mod asks;
mod kept;
mod pane;
mod paper;
mod teller;
mod turn;

use crate::dial::Door;
use crate::runtime::acp::Order;
use std::io::{self, IsTerminal};
use std::path::Path;

/// Runs the role; returns the exit code.
pub fn run(order: &Path) -> i32 {
    let read = std::fs::read(order).map_err(|error| error.to_string());
    let read = read.and_then(|json| {
        serde_json::from_slice::<Order>(&json).map_err(|error| format!("no order: {error}"))
    });
    let order = match read {
        Ok(order) => order,
        Err(why) => return super::fail(2, &format!("{}: {why}", order.display())),
    };
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return super::fail(
            2,
            "--acp wants a terminal; `pult new NAME --acp` gives it one",
        );
    }
    let Some(door) = Door::from_env() else {
        return super::fail(2, "--acp is for sessions; `pult new NAME --acp` starts one");
    };
    match pane::run(order, door) {
        Ok(code) => code,
        Err(error) => super::fail(1, &error.to_string()),
    }
}
