//! `pult read NAME`: what a pane shows.

use super::render;
use super::shell::{Shell, print};
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, ErrorView, PastView, ReadView};
use serde::Serialize;

/// Print a pane's screen
#[derive(Debug, clap::Args)]
pub struct Read {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// The last N lines of history and screen
    #[arg(long, value_name = "N", conflicts_with = "history")]
    lines: Option<u32>,
    /// The whole history, oldest first
    #[arg(long)]
    history: bool,
    /// Not there yet: the conversation instead of the screen
    #[arg(long, conflicts_with_all = ["lines", "history"])]
    transcript: bool,
}

/// What `--history` prints.
#[derive(Debug, Serialize)]
struct Lines {
    lines: Vec<String>,
}

impl Read {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        if self.transcript {
            let what = "--transcript is not there yet";
            let hint = format!("`pult read {} --history` prints the scrollback", self.name);
            return Err(ErrorView::new(ErrorKind::Refused, what).hint(hint));
        }
        let about = format!("read {}", self.name);
        if self.history {
            let seen = past(shell, &about, &self.name)?;
            self::lines(shell, &seen, &seen.lines);
        } else {
            let request = Request::Read {
                name: self.name,
                lines: self.lines,
                history: None,
            };
            let seen: ReadView = shell.ask(&about, request)?;
            self::lines(shell, &seen, &seen.lines);
        }
        Ok(())
    }
}

/// The whole history, a stretch at a time.
fn past(shell: &Shell, about: &str, name: &str) -> Result<Lines, ErrorView> {
    let mut door = shell.operator(about)?;
    let mut lines = Vec::new();
    let mut next = Some(0);
    while next.is_some() {
        let request = Request::Read {
            name: name.to_owned(),
            lines: None,
            history: next,
        };
        let mut seen: PastView = door.request_as(request)?;
        lines.append(&mut seen.lines);
        next = seen.next;
    }
    Ok(Lines { lines })
}

fn lines(shell: &Shell, seen: &impl Serialize, lines: &[String]) {
    if shell.json {
        shell.show(seen, |_, _| String::new());
    } else {
        let lines: Vec<String> = lines.iter().map(|l| render::line(l)).collect();
        print(&lines.join("\n"));
    }
}
