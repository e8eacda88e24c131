//! `pult why REF`: what is believed about a peer or an ask, and on what evidence.

use super::render::log;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::{ErrorView, WhyView};

/// Say what is believed about a peer or an id, and on what evidence
#[derive(Debug, clap::Args)]
pub struct Why {
    /// A name or an id
    reference: String,
}

impl Why {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("why {}", self.reference);
        let reference = self.reference;
        let request = Request::Why { reference };
        shell.observe(&about, request, |seen: &WhyView, style| {
            log::why(seen, style)
        })
    }
}
