//! `pult search TEXT`: in all conversations, our own and those found elsewhere.

use super::render::transcript;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::transcript::SearchView;
use crate::wire::view::{ErrorKind, ErrorView};

/// Look for text in all conversations
#[derive(Debug, clap::Args)]
pub struct Search {
    /// What; capitals count only when there are some
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    /// How many places at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

impl Search {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let text = self.text.join(" ");
        if text.trim().is_empty() {
            let error = ErrorView::new(ErrorKind::Refused, "there is nothing to look for");
            return Err(error.hint("pult search TEXT"));
        }
        let request = Request::FindTurns {
            text,
            most: self.limit,
        };
        shell.observe("search", request, |seen: &SearchView, style| {
            transcript::hits(seen, style)
        })
    }
}
