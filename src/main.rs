//! The door: dispatches the roles, light and first, then the verbs.

use std::ffi::OsString;
use std::process::exit;

fn main() {
    let words: Vec<OsString> = std::env::args_os().collect();
    exit(pult::cli::run(words));
}
