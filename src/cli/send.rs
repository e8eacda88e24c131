//! `pult send NAME TEXT…`: pastes into a pane and presses Enter.

use super::render::peer;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::ErrorView;

/// Paste text into a pane and press Enter
///
/// Refused while an approval of that session is open: the text would answer its dialog.
#[derive(Debug, clap::Args)]
pub struct Send {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// The text, or with --keys key names such as esc, ctrl-c, enter; after -- if it begins with a dash
    #[arg(required = true)]
    text: Vec<String>,
    /// Leave the Enter out
    #[arg(long)]
    no_enter: bool,
    /// TEXT is key names, pressed one after the other
    #[arg(long)]
    keys: bool,
    /// Even while an approval of that session is open, and over what somebody typed there
    #[arg(long)]
    force: bool,
}

impl Send {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("send {}", self.name);
        let request = Request::Send {
            name: self.name,
            text: self.text.join(" "),
            enter: !self.no_enter && !self.keys,
            keys: self.keys,
            force: self.force,
        };
        shell.observe(&about, request, peer::peer)
    }
}
