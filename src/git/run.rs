//! Running git.

use super::find::Place;
use crate::core::text;
use crate::platform::process;
use crate::wire::view::{ErrorKind, ErrorView};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long a question may take. Large repositories lie on slow disks.
const ASK: Duration = Duration::from_secs(30);
/// How long a checkout may take.
const WORK: Duration = Duration::from_secs(600);
/// How long git may take to clean up behind itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// Most bytes that are taken from it.
const MAX: u64 = 16 * 1024 * 1024;
/// Signals.
const TERM: u8 = 15;
const KILL: u8 = 9;

/// What of the asking client's environment git gets: where it is, and whose configuration holds.
const KEPT: [&str; 5] = ["PATH", "HOME", "XDG_CONFIG_HOME", "USER", "TMPDIR"];
/// What it is told besides: plain words, no questions, no lock for a look.
const TOLD: [(&str, &str); 4] = [
    ("LC_ALL", "C"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_ADVICE", "0"),
];
/// What a repository could have run.
const OFF: [&str; 4] = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
];

/// The git program of a client.
#[derive(Clone, Debug)]
pub struct Git {
    env: BTreeMap<String, String>,
    work: Duration,
}

impl Git {
    /// The one on the `PATH` of `env`.
    pub fn new(env: &BTreeMap<String, String>) -> Self {
        let kept = env.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
        let mut env: BTreeMap<_, _> = kept.map(|(k, v)| (k.clone(), v.clone())).collect();
        env.extend(TOLD.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Self { env, work: WORK }
    }

    /// What it answers about a repository.
    ///
    /// # Errors
    /// In git's own words, one line.
    pub fn ask(&self, place: &Place, args: &[&str]) -> Result<Vec<u8>, ErrorView> {
        self.run(&place.repository, args, ASK)
    }

    /// Has it change a repository.
    ///
    /// # Errors
    /// In git's own words, one line.
    pub fn work(&self, place: &Place, args: &[&str]) -> Result<(), ErrorView> {
        self.run(&place.repository, args, self.work).map(|_| ())
    }

    fn run(&self, repository: &Path, args: &[&str], limit: Duration) -> Result<Vec<u8>, ErrorView> {
        let failed = |what: String| ErrorView::new(ErrorKind::Failed, what);
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(repository);
        command.args(OFF).args(args).current_dir("/");
        command.env_clear().envs(&self.env);
        let done = finished(command, limit).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => failed("git is not on the PATH".to_owned())
                .hint("install it: a worktree is made by git itself"),
            io::ErrorKind::TimedOut => failed(format!(
                "git {} took longer than {} s",
                args[0],
                limit.as_secs()
            )),
            _ => failed(format!("git cannot be started: {error}")),
        })?;
        match done.ok {
            true => Ok(done.out),
            false => Err(failed(format!("git: {}", said(&done.err)))),
        }
    }
}

/// How a program ended.
struct Done {
    ok: bool,
    out: Vec<u8>,
    err: String,
}

/// Runs it to its end, without input; it and what it started are ended when it takes too long.
fn finished(mut command: Command, limit: Duration) -> io::Result<Done> {
    command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = Instant::now();
    let mut child = command.spawn()?;
    let (send, printed) = mpsc::channel();
    let pipes: [(usize, Option<Box<dyn Read + Send>>); 2] = [
        (0, child.stdout.take().map(|pipe| Box::new(pipe) as _)),
        (1, child.stderr.take().map(|pipe| Box::new(pipe) as _)),
    ];
    for (n, pipe) in pipes {
        let send = send.clone();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(pipe) = pipe {
                // What cannot be read is missing from the answer; how it ended says the rest.
                let _ = pipe.take(MAX).read_to_end(&mut bytes);
            }
            let _ = send.send((n, bytes));
        });
    }
    let mut texts = [Vec::new(), Vec::new()];
    let mut late = false;
    let mut until = limit;
    for _ in 0..texts.len() {
        let left = until.saturating_sub(started.elapsed());
        let mut next = printed.recv_timeout(left);
        if next.is_err() {
            // On SIGTERM git takes away what it has half made.
            late = true;
            process::send(TERM, child.id(), true);
            until = started.elapsed() + GRACE;
            next = printed.recv_timeout(GRACE);
        }
        match next {
            Ok((n, bytes)) => texts[n] = bytes,
            Err(_) => process::send(KILL, child.id(), true),
        }
    }
    let status = child.wait()?;
    if late {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let [out, err] = texts;
    Ok(Done {
        ok: status.success(),
        out,
        err: String::from_utf8_lossy(&err).into_owned(),
    })
}

/// Its own words: the first line that says what is wrong, else the last one.
fn said(err: &str) -> String {
    let wrong = |line: &str| {
        let known = ["fatal: ", "error: "].into_iter();
        known
            .filter_map(|word| line.strip_prefix(word))
            .map(text::line)
            .next()
    };
    let last = || err.lines().rfind(|line| !line.trim().is_empty());
    let line = err
        .lines()
        .find_map(wrong)
        .or_else(|| last().map(text::line));
    line.unwrap_or_else(|| "it failed and said nothing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_it_printed_and_how_it_ended_are_known() {
        let done = finished(sh("echo out; echo err >&2; exit 3"), ASK).expect("it ran");
        assert_eq!(
            (done.ok, &done.out[..], &*done.err),
            (false, &b"out\n"[..], "err\n")
        );
    }

    #[test]
    fn what_takes_too_long_is_ended_and_may_clean_up() {
        let home = tempfile::tempdir().expect("a directory");
        let mark = home.path().join("cleaned");
        let script = format!(
            "trap 'echo > {}; exit 1' TERM; echo; while :; do sleep 0.01; done",
            mark.display()
        );
        let late = finished(sh(&script), Duration::from_millis(500));
        assert_eq!(late.err().map(|e| e.kind()), Some(io::ErrorKind::TimedOut));
        assert!(mark.exists());
    }

    #[test]
    fn its_own_words_are_one_line() {
        assert_eq!(
            said("Preparing worktree\nfatal: 'x' exists\n"),
            "'x' exists"
        );
        assert_eq!(said("error: no space\nfatal: gone\n"), "no space");
        assert_eq!(said("hm\n\u{7}what\n"), "what");
        assert_eq!(said("\n"), "it failed and said nothing");
    }

    #[test]
    fn git_gets_a_cleared_environment() {
        let env = [
            ("PATH", "/bin"),
            ("GIT_DIR", "/evil"),
            ("HOME", "/h"),
            ("X", "y"),
        ];
        let env = env.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        let git = Git::new(&env);
        assert_eq!(git.env.get("GIT_DIR"), None);
        assert_eq!(git.env.get("HOME").map(String::as_str), Some("/h"));
        assert!(!git.env.contains_key("X"));
    }
}
