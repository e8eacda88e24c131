//! `pult db verify|export`: whether the store is the fold of its log, and the log whole.

use super::shell::{Shell, print};
use crate::core::text::counted;
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, ErrorView, LogLine, VerifyView};

/// Check or export the store
#[derive(Debug, clap::Args)]
pub struct Db {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Replay the log and compare it with the tables; exit 1 when they differ
    Verify,
    /// Print the whole log, a JSON object a line, oldest first
    Export,
}

impl Db {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        match self.what {
            What::Verify => verify(shell),
            What::Export => export(shell),
        }
    }
}

fn verify(shell: &Shell) -> Result<(), ErrorView> {
    let seen: VerifyView = shell.ask("db verify", Request::DbVerify)?;
    if seen.differences.is_empty() {
        shell.show(&seen, |seen, _| {
            let events = counted(seen.events, "event", "events");
            format!("{events} replayed, the tables are the same")
        });
        return Ok(());
    }
    let (n, first) = (seen.differences.len(), &seen.differences[0]);
    let rows = counted(n, "row differs", "rows differ");
    let what = format!("{rows} from the replayed log, first: {first}");
    let hint = "keep the store's file and `pult db export` for a report";
    Err(ErrorView::new(ErrorKind::Failed, what).hint(hint))
}

fn export(shell: &Shell) -> Result<(), ErrorView> {
    let mut door = shell.operator("db export")?;
    let mut from = 1;
    loop {
        let page: Vec<LogLine> = door.request_as(Request::DbExport { from })?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        from = last.seq + 1;
        for line in &page {
            print(&serde_json::json!(line).to_string());
        }
    }
}
