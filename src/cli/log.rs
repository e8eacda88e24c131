//! `pult log`: what happened, a line each.

use super::render::log::entry;
use super::shell::{Shell, print};
use crate::dial::Incoming;
use crate::wire::request::{Push, Request};
use crate::wire::view::{ErrorKind, ErrorView, LogLine};

/// Print the log, newest last; with --json a JSON object a line
#[derive(Debug, clap::Args)]
pub struct Log {
    /// Keep printing what happens
    #[arg(short, long)]
    follow: bool,
    /// How many of the newest lines
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    last: u32,
}

impl Log {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let mut door = shell.operator("log")?;
        let request = Request::Log {
            last: self.last,
            follow: self.follow,
        };
        let lines: Vec<LogLine> = door.request_as(request)?;
        for line in &lines {
            say(shell, line);
        }
        if !self.follow {
            return Ok(());
        }
        loop {
            match door.next() {
                Ok(Some(Incoming::Push(Push::Log(line)))) => say(shell, &line),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => {
                    let what = "the daemon ended the connection";
                    let hint = "`pult log -f` follows again";
                    return Err(ErrorView::new(ErrorKind::Unreachable, what).hint(hint));
                }
            }
        }
    }
}

fn say(shell: &Shell, line: &LogLine) {
    if shell.json {
        print(&serde_json::json!(line).to_string());
    } else {
        print(&entry(line, &shell.style));
    }
}
