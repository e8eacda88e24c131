//! What can be seen of the directories that pult works in, without a daemon.

use super::{Finding, State, finding};
use crate::core::text::counted;
use crate::platform::paths::Paths;
use crate::platform::{files, lock, watch};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Whether its directories are there for it, and for nobody else.
pub fn directories(paths: &Paths) -> Vec<Finding> {
    let places = [
        ("state", &paths.state, true),
        ("config", &paths.config, false),
        ("run", &paths.run, true),
    ];
    let look = |(what, dir, own): (&str, &PathBuf, bool)| directory(what, dir, own);
    places.into_iter().filter_map(look).collect()
}

/// What is wrong with one; it is made when it is missing, and `own` is nobody else's.
fn directory(what: &str, dir: &Path, own: bool) -> Option<Finding> {
    let shown = dir.display();
    let there = dir.ancestors().find(|dir| dir.exists())?;
    let bad = |text: String, mend: String| Some(finding("home", State::Bad, text).mend(mend));
    if !there.is_dir() {
        let text = format!(
            "the {what} directory {shown} cannot be: {} is a file",
            there.display()
        );
        return bad(text, format!("move {} away", there.display()));
    }
    // Nobody writes into the configuration but the operator.
    if own && !files::may_write(there) {
        let text = format!("the {what} directory {shown} cannot be written");
        return bad(
            text,
            format!("`chown` or `chmod u+rwx {}`", there.display()),
        );
    }
    let mode = fs::metadata(dir).ok()?.permissions().mode();
    if own && mode & 0o077 != 0 {
        let text = format!("others may look into the {what} directory {shown}");
        let mend = format!("`chmod 700 {shown}`");
        return Some(finding("home", State::Note, text).mend(mend));
    }
    None
}

/// What a daemon that is gone has left behind; only while none holds the lock.
pub fn left_behind(paths: &Paths) -> Vec<Finding> {
    let mut found = Vec::new();
    let socket = paths.worker_socket();
    if socket.exists() {
        let text = format!("{} is left from a daemon that is gone", socket.display());
        found.push(finding("socket", State::Note, text).mend("any verb puts a new one there"));
    }
    let (mut alive, mut gone) = (0, Vec::new());
    for (session, attempt) in attempts(&paths.state.join("sessions")) {
        match lock::is_held(&attempt.join("lock")) {
            Ok(true) => alive += 1,
            // A keeper that ends by itself leaves word of it.
            _ if !attempt.join("exit").exists() => gone.push(session),
            _ => {}
        }
    }
    if alive > 0 {
        let what = counted(alive, "worker runs", "workers run");
        let text = format!("{what} without a daemon");
        found.push(finding("session", State::Note, text).mend("any verb finds them again"));
    }
    if !gone.is_empty() {
        let text = format!("the keeper of {} is gone and left no word", gone.join(", "));
        let mend = "`pult ls` finds that out; then `pult resume NAME` goes on, `pult retire NAME` gives it up";
        found.push(finding("session", State::Note, text).mend(mend));
    }
    found
}

/// The last attempt of each session, with the session's id.
fn attempts(sessions: &Path) -> Vec<(String, PathBuf)> {
    let names = |dir: &Path| {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let last = |session: PathBuf| {
        let attempts = names(&session.join("attempts"));
        let last = attempts.into_iter().max_by_key(number)?;
        Some((session.file_name()?.to_string_lossy().into_owned(), last))
    };
    let mut found: Vec<_> = names(sessions).into_iter().filter_map(last).collect();
    found.sort();
    found
}

/// Whether changed files are seen; nothing to say when they are.
pub fn watches() -> Option<Finding> {
    not_watched(watch::possible().err()?)
}

fn not_watched(error: std::io::Error) -> Option<Finding> {
    let text = format!(
        "files cannot be watched ({error}): a changed keymap, theme or runtime is not seen"
    );
    let mend = "`sysctl fs.inotify.max_user_instances=1024`, or end programs that watch files";
    Some(finding("watches", State::Note, text).mend(mend))
}

/// The program that hooks call: its path is in what every agent was started with.
pub fn hooks() -> Option<Finding> {
    let exe = std::env::current_exe().ok()?;
    let shown = exe.display().to_string();
    Some(match shown.strip_suffix(" (deleted)") {
        Some(path) => {
            let text =
                format!("this program is no longer at {path}; hooks that call it fail closed");
            finding("hooks", State::Bad, text).mend("put it back, or resume those sessions")
        }
        None => finding("hooks", State::Ok, format!("agents call {shown}")),
    })
}
