//! The door: dispatches the roles, light and first, then the verbs.

use std::ffi::OsString;
use std::process::exit;

fn main() {
    let words: Vec<OsString> = std::env::args_os().collect();
    let role = words.get(1).and_then(|word| word.to_str());
    let rest = words.get(2..).unwrap_or_default();
    let code = match role {
        Some("keep") => pult::keeper::run(rest),
        Some("sandbox") => pult::platform::sandbox::main(rest.iter().cloned()),
        Some("chat") => pult::chat::run(rest),
        Some("hook") => pult::hook::run(rest),
        Some("demo-agent") => pult::demo::agent::run(rest),
        _ => pult::cli::run(words),
    };
    exit(code);
}
