//! pult and tmux side by side, in one run, from outside: an outer terminal of our own drives the
//! real clients through a real PTY. `cargo bench --bench side_by_side [-- FLAGS]` prints a table.
//!
//! `--only echo,flood,start,full,idle,spinners,keepers,asks` what to measure · `--keys N` keys of
//! each echo (500) · `--hidden N` printing panes beside it (49) · `--mb N` of each flood (8) ·
//! `--panes N` full, idle and spinning ones (50) · `--keepers N` (100) · `--asks N` requests (100) ·
//! `--pult PATH` another binary, such as one of the `dist` profile.

mod asks;
mod child;
mod figures;
mod keepers;
mod measure;
mod mux;
mod outer;
mod panes;
mod streams;

use figures::Table;
use mux::Mux;
use std::path::PathBuf;

/// What the command line says.
pub struct Options {
    only: Vec<String>,
    keys: usize,
    hidden: usize,
    mb: usize,
    panes: usize,
    keepers: usize,
    asks: usize,
    pult: PathBuf,
}

impl Options {
    fn of(words: &[String]) -> Self {
        let after = |flag: &str| {
            let at = words.iter().position(|word| word == flag)?;
            words.get(at + 1)
        };
        let number = |flag: &str, usual| {
            after(flag).map_or(usual, |n| n.parse().expect("a number behind the flag"))
        };
        let only = after("--only").map_or(
            "echo,flood,start,full,idle,spinners,keepers,asks",
            String::as_str,
        );
        Self {
            only: only.split(',').map(str::to_owned).collect(),
            keys: number("--keys", 500),
            hidden: number("--hidden", 49),
            mb: number("--mb", 8),
            panes: number("--panes", 50),
            keepers: number("--keepers", 100),
            asks: number("--asks", 100),
            pult: after("--pult")
                .map_or(env!("CARGO_BIN_EXE_pult"), String::as_str)
                .into(),
        }
    }
}

/// This program, for the panes.
pub fn this_program() -> String {
    let path = std::env::current_exe().expect("this program has a path");
    path.display().to_string()
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, role, rest @ ..] = &words[..]
        && flag == "--child"
    {
        return child::play(role, rest);
    }
    let options = Options::of(&words);
    let mut table = Table::default();
    let both = || {
        let mut muxes: Vec<Mux> = Mux::tmux().into_iter().collect();
        if muxes.is_empty() {
            eprintln!("tmux is not installed: its column stays empty");
        }
        muxes.push(Mux::pult(&options.pult));
        muxes
    };
    for what in &options.only {
        eprintln!("measuring {what}");
        match what.as_str() {
            "echo" => measure::echo(&both(), &options, &mut table),
            "flood" => measure::flood(&both(), &options, &mut table),
            "start" => measure::start(&both(), &options, &mut table),
            "full" => panes::full(&both(), &options, &mut table),
            "idle" => panes::idle(&both(), &options, &mut table),
            "spinners" => panes::spinners(&both(), &options, &mut table),
            "keepers" => keepers::keepers(&both(), &options, &mut table),
            "asks" => asks::asks(&options, &mut table),
            other => panic!("nothing here is called {other}"),
        }
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("load at the end {}, {cores} cores\n", load.trim());
    table.print();
}
