//! `pult snooze NAME [30m]`: puts a peer aside for a while; `0` ends it.

use super::render::peer;
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::ErrorView;

/// Put a peer aside for a while; 0 ends it
#[derive(Debug, clap::Args)]
pub struct Snooze {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// For how long: a number and s, m, h or d
    #[arg(default_value = "30m", value_name = "TIME", value_parser = super::parse::duration_ms)]
    time: u64,
}

impl Snooze {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("snooze {}", self.name);
        let (name, for_ms) = (self.name, self.time);
        shell.observe(&about, Request::Snooze { name, for_ms }, peer::peer)
    }
}
