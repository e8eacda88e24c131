//! What every topic shares: named waits, and a pult of one's own in a temporary home.

// Each topic uses a part of this.
#![allow(dead_code)]

mod home;
mod terminal;

#[allow(unused_imports)]
pub use home::Home;
#[allow(unused_imports)]
pub use terminal::Terminal;

use rustix::process::{Pid, Signal};
use std::time::{Duration, Instant};

/// How long a test waits for anything on a loaded machine before it says what it waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks `predicate` until it is true.
///
/// # Panics
/// After `deadline`, with `what`.
#[track_caller]
pub fn wait_until(what: &str, deadline: Duration, mut predicate: impl FnMut() -> bool) {
    wait_for(what, deadline, || {
        predicate().then_some(()).ok_or_else(String::new)
    });
}

/// Asks `look` until it returns a value; its errors say what was seen instead.
///
/// # Panics
/// After `deadline`, with `what` and the last thing that was seen.
#[track_caller]
pub fn wait_for<T>(
    what: &str,
    deadline: Duration,
    mut look: impl FnMut() -> Result<T, String>,
) -> T {
    let end = Instant::now() + deadline;
    loop {
        match look() {
            Ok(found) => return found,
            Err(seen) if Instant::now() >= end => {
                panic!("waited {deadline:?} for {what}; last seen:\n{seen}")
            }
            Err(_) => std::thread::sleep(Duration::from_millis(15)),
        }
    }
}

/// Kills a process for good; nothing when it is gone already.
pub fn kill9(pid: u32) {
    let _ = rustix::process::kill_process(of(pid), Signal::KILL);
}

/// Sends a signal to a process, which must be there.
#[track_caller]
pub fn signal(pid: u32, signal: Signal) {
    rustix::process::kill_process(of(pid), signal).expect("a process");
}

fn of(pid: u32) -> Pid {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.expect("a pid")
}

/// Whether a process runs: neither gone nor dead and not waited for.
pub fn lives(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // `pid (name) state …`, and a name may hold anything.
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.chars().next());
    !matches!(state, None | Some(Some('Z' | 'X') | None))
}

/// The parent of a process.
pub fn parent(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let (_, rest) = stat.rsplit_once(") ").expect("a name");
    let parent = rest.split(' ').nth(1).and_then(|pid| pid.parse().ok());
    parent.expect("a parent")
}
