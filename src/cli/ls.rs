//! `pult ls`: the peers, a row each.

use super::render::peer;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::{ErrorView, PeerRow};

/// List the live peers, a row each
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Retired peers too, and sessions that were started elsewhere
    #[arg(long)]
    all: bool,
}

impl Ls {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let request = Request::Ls { all: self.all };
        shell.observe("ls", request, |rows: &Vec<PeerRow>, style| {
            peer::peers(rows, style)
        })
    }
}
