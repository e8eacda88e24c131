//! `pult show ID`: everything about one ask, whole.

use super::render::ask;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::{AskDetail, ErrorView};

/// Show one ask whole: the command, why, who decided
#[derive(Debug, clap::Args)]
pub struct Show {
    /// An id, or the beginning of one
    id: String,
}

impl Show {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("show {}", self.id);
        let request = Request::Show { id: self.id };
        shell.observe(&about, request, |seen: &AskDetail, style| {
            ask::detail(seen, style)
        })
    }
}
