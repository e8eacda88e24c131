//! `pult attach NAME`: one pane over the whole terminal.

use super::shell::Shell;
use crate::wire::view::ErrorView;

/// Show one pane full-screen; the leave key ends it
#[derive(Debug, clap::Args)]
pub struct Attach {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
}

impl Attach {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        crate::cockpit::attach(&shell.paths, &self.name).map(super::cockpit::left)
    }
}
