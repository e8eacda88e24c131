//! `pult resume NAME [PROMPT…]`: starts a stopped or lost session again with the runtime's own resume.
//! `pult replay NAME`: starts it again from its beginning.

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

/// Start a stopped or lost session from its beginning: the first prompt, another conversation
#[derive(Debug, clap::Args)]
pub struct Replay {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
}

impl Replay {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("replay {}", self.name);
        shell.observe(&about, Request::Replay { name: self.name }, peer::started)
    }
}
