//! `pult reject ID`: not this call.

use super::approve::decide;
use super::shell::Shell;
use crate::core::ask::Answer;
use crate::wire::view::ErrorView;

/// Refuse this call
#[derive(Debug, clap::Args)]
pub struct Reject {
    /// An id, or the beginning of one
    id: String,
    /// Told to the agent with the answer
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Reject {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        decide(shell, "reject", self.id, Answer::Deny, self.note)
    }
}
