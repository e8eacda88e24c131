//! `pult` alone: the cockpit.

use super::shell::Shell;
use crate::cockpit::{self, Options};
use crate::wire::view::ErrorView;

/// Opens the cockpit in the current directory; starts the daemon when there is none.
pub fn run(shell: &Shell) -> Result<(), ErrorView> {
    cockpit::run(&shell.paths, &Options::default()).map(left)
}

/// The full-screen client was left; a code other than 0 ends the process with it.
pub fn left(code: i32) {
    if code != 0 {
        std::process::exit(code);
    }
}
