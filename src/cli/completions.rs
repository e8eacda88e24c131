//! `pult completions SHELL`: a completion script on standard output.

use super::shell::{Shell, print};
use crate::wire::view::ErrorView;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self, _: &Shell) -> Result<(), ErrorView> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "pult", &mut script);
        print(&String::from_utf8_lossy(&script));
        Ok(())
    }
}
