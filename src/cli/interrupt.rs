//! `pult interrupt NAME`: ends the running turn by the runtime's own way.

use super::render::peer;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::ErrorView;

/// End the running turn by the runtime's own way
#[derive(Debug, clap::Args)]
pub struct Interrupt {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
}

impl Interrupt {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("interrupt {}", self.name);
        shell.observe(&about, Request::Interrupt { name: self.name }, peer::peer)
    }
}
