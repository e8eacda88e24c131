//! `pult stop NAME`: ends the program; it can be resumed.

use super::render::peer;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::ErrorView;

/// End the program; it can be resumed
#[derive(Debug, clap::Args)]
pub struct Stop {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
}

impl Stop {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("stop {}", self.name);
        shell.observe(&about, Request::Stop { name: self.name }, peer::peer)
    }
}
