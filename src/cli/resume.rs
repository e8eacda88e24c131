//! `pult resume NAME [PROMPT…]`: starts a stopped or lost session again with the runtime's own resume.

use super::render::peer;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::ErrorView;

/// Start a stopped or lost session again, with the runtime's own resume
#[derive(Debug, clap::Args)]
pub struct Resume {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// A prompt to go on with
    prompt: Vec<String>,
}

impl Resume {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("resume {}", self.name);
        let prompt = (!self.prompt.is_empty()).then(|| self.prompt.join(" "));
        let name = self.name;
        shell.observe(&about, Request::Resume { name, prompt }, peer::started)
    }
}
