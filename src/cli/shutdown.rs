//! `pult shutdown --yes`: ends every worker and the daemon.

use super::shell::Shell;
use crate::core::text::counted;
use crate::wire::request::Request;
use crate::wire::view::{DaemonView, ErrorKind, ErrorView};

/// End every worker, then the daemon
#[derive(Debug, clap::Args)]
pub struct Shutdown {
    /// Yes, end the workers too
    #[arg(long)]
    yes: bool,
}

impl Shutdown {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        if !self.yes {
            let what = "this ends every worker";
            let hint = "`pult shutdown --yes` does it, `pult daemon stop` leaves them running";
            return Err(ErrorView::new(ErrorKind::Refused, what).hint(hint));
        }
        let mut door = shell.operator("shutdown")?;
        let seen: DaemonView = door.request_as(Request::Shutdown)?;
        // The daemon closes the connection when all is down.
        while let Ok(Some(_)) = door.next() {}
        shell.show(&seen, |seen, _| {
            let workers = counted(seen.sessions, "worker", "workers");
            format!("{workers} and daemon {} ended", seen.pid)
        });
        Ok(())
    }
}
