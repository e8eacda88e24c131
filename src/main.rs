//! The door: dispatches the roles, light and first, then the verbs.

use std::ffi::OsString;
use std::process::exit;

fn main() {
    let words: Vec<OsString> = std::env::args_os().collect();
    if words.get(1).is_some_and(|role| role == "sandbox") {
        exit(pult::platform::sandbox::main(words.into_iter().skip(2)));
    }
    exit(pult::cli::run(words));
}
