//! Starts a daemon for a client that found none, and waits until its doors open.

use super::connection::Connection;
use super::knock;
use crate::core::text::line;
use crate::platform::ancestry::self_check;
use crate::platform::detach::{Detached, daemon_keeps, own_program, spawn};
use crate::platform::paths::Paths;
use crate::platform::sockets::private_dir;
use crate::wire::hello::ClientKind;
use crate::wire::view::{ErrorKind, ErrorView};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a daemon may take to open its doors.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to go on dialling after the daemon that was started ended: another may be starting.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// Starts one and dials it.
pub(super) fn daemon(
    paths: &Paths,
    client: ClientKind,
    about: &str,
) -> Result<Connection, ErrorView> {
    let check = self_check();
    check.outside()?;
    if !check.may_start_daemon() {
        let what = match (&check.keeper, &check.unknown) {
            (Some(_), _) => "no daemon runs, and none is started from a pane".to_owned(),
            (_, Some(why)) => format!("no daemon runs, and none is started from here: {why}"),
            _ => "no daemon runs, and none is started under NoNewPrivs".to_owned(),
        };
        return Err(ErrorView::new(ErrorKind::Unreachable, what)
            .hint("`pult daemon start` in an ordinary terminal"));
    }
    let mut started = start(paths).map_err(|e| {
        let what = format!("cannot start the daemon: {e}");
        let hint = format!("look at {}", paths.state.display());
        ErrorView::new(ErrorKind::Unreachable, what).hint(hint)
    })?;
    let mut end = Instant::now() + PATIENCE;
    let mut alive = true;
    loop {
        let absent = match knock::operator(paths, client, about) {
            Ok(stream) => match Connection::new(stream) {
                Ok(connection) => return Ok(connection),
                Err(e) => e,
            },
            Err(knock::No::Refused(error)) => return Err(error),
            Err(knock::No::Absent(e)) => e,
        };
        if Instant::now() >= end {
            return Err(failed(paths, alive, &absent));
        }
        let pause = Duration::from_millis(1);
        if !alive {
            std::thread::sleep(pause);
        } else if started.ended_within(pause) {
            alive = false;
            end = end.min(Instant::now() + AFTERWARDS);
        }
    }
}

fn start(paths: &Paths) -> io::Result<Detached> {
    private_dir(&paths.state)?;
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(paths.daemon_log())?;
    let mut command = Command::new(own_program());
    command
        .arg0("pult")
        .args(["daemon", "run"])
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| daemon_keeps(name)))
        .stderr(log);
    // The paths decide, also where they did not come from this process's own environment.
    match paths.home() {
        Some(home) => command.env("PULT_HOME", home),
        None => command.env_remove("PULT_HOME"),
    };
    spawn(command)
}

fn failed(paths: &Paths, alive: bool, absent: &io::Error) -> ErrorView {
    let what = match (alive, last_line(paths)) {
        (true, _) => format!("the daemon was started and does not open its doors: {absent}"),
        (false, Some(line)) => format!("the daemon ended at its start: {line}"),
        (false, None) => "the daemon ended at its start and left no word".to_owned(),
    };
    let hint = format!("look at {}", paths.daemon_log().display());
    ErrorView::new(ErrorKind::Unreachable, what).hint(hint)
}

/// The last line of the daemon's log, control characters taken out.
fn last_line(paths: &Paths) -> Option<String> {
    const TAIL: u64 = 4096;
    let mut log = File::open(paths.daemon_log()).ok()?;
    let len = log.metadata().ok()?.len();
    log.seek(SeekFrom::Start(len.saturating_sub(TAIL))).ok()?;
    let mut tail = Vec::new();
    log.take(TAIL).read_to_end(&mut tail).ok()?;
    let tail = String::from_utf8_lossy(&tail);
    let last = tail.lines().rev().find(|l| !l.trim().is_empty())?;
    Some(line(last.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_the_log_is_found() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path()).unwrap();
        assert_eq!(last_line(&paths), None);
        private_dir(&paths.state).unwrap();
        let long = "x".repeat(9000);
        std::fs::write(paths.daemon_log(), format!("{long}\nthe \x1bend\n\n")).unwrap();
        assert_eq!(last_line(&paths).as_deref(), Some("the end"));
    }
}
