//! `pult retry ID`: delivers a decision once more when nothing showed that it arrived.

use super::render::ask;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::{AskRow, ErrorView};

/// Deliver a decision once more when nothing showed that it arrived
#[derive(Debug, clap::Args)]
pub struct Retry {
    /// An id, or the beginning of one
    id: String,
}

impl Retry {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("retry {}", self.id);
        let request = Request::Retry { id: self.id };
        shell.observe(&about, request, |row: &AskRow, style| ask::ask(row, style))
    }
}
