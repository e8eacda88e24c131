//! `pult chat`: a conversation with a model server on this machine, in a pane or, where standard
//! output is no terminal, one answer and the end.
//!
//! It holds no state but the conversation's file, runs no tools and dials nothing but 127.0.0.1.
//! What it does is said by OSC 7501, so that any terminal of ours shows it.
//!
//! `pult chat --acp ORDER` is the same for an agent's CLI that is driven over its protocol (`acp/`).

mod acp;
mod args;
mod composer;
mod file;
mod foot;
mod input;
mod keys;
mod once;
mod pane;
mod request;
mod talk;
mod wrap;

use args::Args;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use talk::Talk;

/// Runs the role; `words` are those after `chat`. Returns the exit code.
pub fn run(words: &[OsString]) -> i32 {
    if let [first, order] = words
        && first == "--acp"
    {
        return acp::run(order.as_ref());
    }
    let args = match Args::read(words) {
        Ok(Some(args)) => args,
        Ok(None) => {
            print!("{}", args::USAGE);
            return 0;
        }
        Err(why) => return fail(2, &why),
    };
    let prompt = args.prompt.clone();
    let talk = match Talk::open(args) {
        Ok(talk) => talk,
        Err(why) => return fail(1, &why),
    };
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        match pane::run(talk, prompt) {
            Ok(()) => 0,
            Err(error) => fail(1, &error.to_string()),
        }
    } else {
        once::run(talk, prompt)
    }
}

/// Writes what waits to the terminal; none of it waits any more.
///
/// # Errors
/// What the system said.
fn flush(waits: &mut String) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(waits.as_bytes()).and_then(|()| out.flush());
    waits.clear();
    written
}

fn fail(code: i32, why: &str) -> i32 {
    eprintln!("pult chat: {}", crate::core::text::line(why));
    code
}
