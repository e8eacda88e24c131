//! `pult approve ID`: exactly this call, once.

use super::render::ask;
use super::shell::Shell;
use crate::core::ask::Answer;
use crate::wire::request::Request;
use crate::wire::view::{AskRow, ErrorKind, ErrorView};

/// Allow exactly this call, once
#[derive(Debug, clap::Args)]
pub struct Approve {
    /// An id, or the beginning of one
    id: String,
    /// What the agent is told together with the result of the call
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Not there yet: a rule for calls like this one
    #[arg(long, value_name = "REACH")]
    always: Option<String>,
    /// Not there yet: what the rule would cover
    #[arg(long = "match", value_name = "PATTERN", requires = "always")]
    pattern: Option<String>,
}

impl Approve {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        if self.always.is_some() || self.pattern.is_some() {
            let what = "--always makes a rule, and there are no rules yet";
            let hint = format!("`pult approve {}` allows this call once", self.id);
            return Err(ErrorView::new(ErrorKind::Refused, what).hint(hint));
        }
        decide(shell, "approve", self.id, Answer::Allow, self.note)
    }
}

/// Sends a decision and prints the row as it is after it.
pub fn decide(
    shell: &Shell,
    verb: &str,
    id: String,
    answer: Answer,
    note: Option<String>,
) -> Result<(), ErrorView> {
    let about = format!("{verb} {id}");
    let request = Request::Decide {
        id,
        digest: None,
        answer,
        note,
    };
    shell.observe(&about, request, |row: &AskRow, style| ask::ask(row, style))
}
