//! `pult inbox`: what waits for the operator.

use super::render::ask;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::{AskRow, ErrorView};

/// List what waits for you, oldest first
#[derive(Debug, clap::Args)]
pub struct Inbox {
    /// Closed asks too, newest last
    #[arg(long)]
    all: bool,
}

impl Inbox {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let request = Request::Inbox { all: self.all };
        shell.observe("inbox", request, |rows: &Vec<AskRow>, style| {
            ask::asks(rows, style)
        })
    }
}
