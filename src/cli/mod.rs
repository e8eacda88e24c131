//! The door: one file per verb, named as it is typed. A verb parses its words, talks to the daemon
//! through the shell (`shell.rs`), and prints what was observed.
//!
//! What fails is one line on standard error, `pult: what; what to do`, or with `--json`
//! `{"error":{"kind","what","hint"}}` on standard output, where a script reads the answer anyway.
//! Exit codes: 0 done, 1 refused, failed or not found, 2 the command line does not parse,
//! 3 daemon unreachable, 4 timed out.

mod approve;
mod attach;
mod cockpit;
mod completions;
mod cost;
mod daemon;
mod db;
mod demo;
mod doctor;
mod export;
mod fork;
mod help;
mod inbox;
mod interrupt;
mod log;
mod ls;
mod man;
mod new;
mod parse;
mod read;
mod reject;
mod render;
mod resume;
mod retire;
mod retry;
mod search;
mod send;
mod shell;
mod show;
mod shutdown;
mod snooze;
mod stop;
mod tag;
mod template;
mod trust;
mod verb;
mod wait;
mod why;

pub use verb::command;

use crate::wire::view::ErrorView;
use clap::FromArgMatches;
use std::ffi::OsString;

/// Runs one verb, or the cockpit when there is none; returns the exit code.
pub fn run(words: Vec<OsString>) -> i32 {
    let json = parse::wants_json(&words);
    let matches = match verb::command().try_get_matches_from(&words) {
        Ok(matches) => matches,
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return 0;
        }
        Err(error) => return fail(json, &parse::one_line(&error, &words)),
    };
    let line = match verb::Line::from_arg_matches(&matches) {
        Ok(line) => line,
        Err(error) => return fail(json, &parse::one_line(&error, &words)),
    };
    let done = shell::Shell::new(line.json).and_then(|shell| line.run(&shell));
    match done {
        Ok(()) => 0,
        Err(error) => fail(json, &error),
    }
}

/// What a failed verb prints with `--json`.
#[derive(serde::Serialize)]
struct Failure<'a> {
    error: &'a ErrorView,
}

/// Says what failed, in one line or as JSON; returns its exit code.
fn fail(json: bool, error: &ErrorView) -> i32 {
    if json {
        let body = serde_json::to_string(&Failure { error });
        shell::print(&body.unwrap_or_default());
    } else {
        eprintln!("pult: {}", render::line(&error.to_string()));
    }
    error.kind.exit_code()
}
