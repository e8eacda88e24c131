//! `kill -9` of the daemon, the long way: `kill_daemon [KILLS [LINES [SEED]]]` has a worker print
//! LINES lines in all (2,000,000) while the daemon is killed KILLS times (200), and checks that
//! the worker lives and that no byte, row or cell is another one. It runs the `pult` beside it in
//! the build directory.

#[path = "../tests/it/live/flood.rs"]
mod flood;
#[path = "../tests/it/support/mod.rs"]
mod support;

use flood::{Plan, survive};

fn main() {
    let mut words = std::env::args().skip(1);
    let mut number = |default: u64| match words.next().map(|word| word.parse()) {
        None => default,
        Some(Ok(number)) => number,
        Some(Err(_)) => {
            eprintln!("kill_daemon: whole numbers only: kill_daemon [KILLS [LINES [SEED]]]");
            std::process::exit(2);
        }
    };
    let (kills, lines, seed) = (number(200).max(1), number(2_000_000), number(1).max(1));
    println!("{kills} kills, {lines} lines, seed {seed}");
    let plan = Plan {
        kills,
        lines: lines / kills,
        seed,
    };
    survive(&plan, |seen| println!("{seen}"));
}
