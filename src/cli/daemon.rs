//! `pult daemon start|stop|restart|status|run`.

use super::render::{Hue, Style};
use super::shell::Shell;
use crate::wire::request::Request;
use crate::wire::view::{DaemonView, ErrorKind, ErrorView};
use std::time::{Duration, Instant};

/// Start, stop or look at the daemon; workers go on without it
#[derive(Debug, clap::Args)]
pub struct Daemon {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Start it, when it does not run
    Start,
    /// End it; the workers go on
    Stop,
    /// End it and start it again; the workers go on
    Restart,
    /// Say where it is and what it enforces; does not start it
    Status,
    /// Be the daemon, in the foreground
    #[command(hide = true)]
    Run,
}

impl Daemon {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        match self.what {
            What::Start => shell.observe("daemon start", Request::DaemonStatus, status),
            What::Status => {
                let mut door = shell.running("daemon status")?;
                let seen: DaemonView = door.request_as(Request::DaemonStatus)?;
                shell.show(&seen, status);
                Ok(())
            }
            What::Stop => {
                let seen = stop(shell)?;
                shell.show(&seen, |seen, _| {
                    format!("daemon {} ended; {}", seen.pid, workers(seen.sessions))
                });
                Ok(())
            }
            What::Restart => {
                if let Err(error) = stop(shell)
                    && error.kind != ErrorKind::Unreachable
                {
                    return Err(error);
                }
                shell.observe("daemon restart", Request::DaemonStatus, status)
            }
            What::Run => run(shell),
        }
    }
}

/// Ends the daemon and waits until it is gone.
fn stop(shell: &Shell) -> Result<DaemonView, ErrorView> {
    let mut door = shell.running("daemon stop")?;
    let seen: DaemonView = door.request_as(Request::DaemonStop)?;
    // It closes its connections when it has let go of the store.
    let end = Instant::now() + Duration::from_secs(30);
    while let Ok(Some(_)) = door.next() {
        if Instant::now() > end {
            let what = format!("daemon {} was told to end and has not", seen.pid);
            return Err(ErrorView::new(ErrorKind::Timeout, what).hint("`pult doctor` looks closer"));
        }
    }
    Ok(seen)
}

fn run(shell: &Shell) -> Result<(), ErrorView> {
    crate::daemon::run(shell.paths.clone())
}

fn workers(n: u32) -> String {
    match n {
        0 => "there were no workers".to_owned(),
        1 => "its one worker goes on".to_owned(),
        n => format!("its {n} workers go on"),
    }
}

/// What `daemon status` prints.
fn status(seen: &DaemonView, style: &Style) -> String {
    let mut text = String::new();
    let mut field = |name: &str, value: &str| {
        let name = style.paint(Hue::Dim, &format!("{name:<9}"));
        text.push_str(&format!("{name} {value}\n"));
    };
    let since = super::render::age::since(&seen.started_at);
    field("daemon", &format!("{} since {since}", seen.pid));
    field("version", &format!("{} (wire {})", seen.version, seen.wire));
    field("sessions", &seen.sessions.to_string());
    field("home", &seen.home);
    field("door", &seen.door);
    for line in &seen.enforcement {
        field("enforces", line);
    }
    text
}
