//! `pult wait NAME --until …`: returns when it is so; exit 4 when the time is over.

use super::parse::duration_ms;
use super::render::peer;
use super::shell::Shell;
use crate::wire::request::{Request, Until};
use crate::wire::view::ErrorView;

/// Wait until a peer asks, has settled, or has exited
#[derive(Debug, clap::Args)]
pub struct Wait {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// What for
    #[arg(long, value_enum)]
    until: For,
    /// Give up after this many seconds (or 5m, 2h); exit code 4
    #[arg(long, value_name = "S", value_parser = duration_ms)]
    timeout: Option<u64>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum For {
    /// It has an open ask
    Asks,
    /// Its turn is over
    Settled,
    /// Its program has ended
    Exited,
}

impl Wait {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("wait {}", self.name);
        let until = match self.until {
            For::Asks => Until::Asks,
            For::Settled => Until::Settled,
            For::Exited => Until::Exited,
        };
        let request = Request::Wait {
            name: self.name,
            until,
            timeout_ms: self.timeout,
        };
        shell.observe(&about, request, peer::peer)
    }
}
