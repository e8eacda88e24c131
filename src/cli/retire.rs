//! `pult retire NAME`: stops the peer and frees its name; the history stays.

use super::render::peer;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::ErrorView;

/// Stop a peer and free its name; the history stays, and a worktree too
#[derive(Debug, clap::Args)]
pub struct Retire {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
}

impl Retire {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("retire {}", self.name);
        shell.observe(&about, Request::Retire { name: self.name }, peer::retired)
    }
}
