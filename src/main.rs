//! The door: dispatches the roles, light and first, then the verbs.

use std::ffi::OsString;
use std::process::exit;

fn main() {
    let words: Vec<OsString> = std::env::args_os().collect();
    let role = words.get(1).and_then(|word| word.to_str());
    let code = match role {
        Some("hook") => pult::hook::run(&words[2..]),
        _ => pult::cli::run(words),
    };
    exit(code);
}
