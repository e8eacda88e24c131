//! A pult of one's own: a temporary `PULT_HOME` and the built binary in a cleared environment.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// Where commands run: a name that on a screen is plainly an example.
const WORK: &str = "code/shop";

/// One home; its daemon and workers are shut down when it is dropped.
pub struct Home {
    dir: TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    /// An empty home, and an empty directory to start workers in.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("pult-it-").tempdir();
        let dir = dir.expect("a temporary directory");
        for part in ["home", WORK] {
            std::fs::create_dir_all(dir.path().join(part)).expect("a directory in a new home");
        }
        Self {
            dir,
            env: Vec::new(),
        }
    }

    /// Sets a variable for every later command, over the cleared environment.
    pub fn env(&mut self, key: &str, value: &str) {
        self.env.push((key.to_owned(), value.to_owned()));
    }

    /// The `PULT_HOME`.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The state directory.
    pub fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    /// The directory that commands run in.
    pub fn work(&self) -> PathBuf {
        self.path().join(WORK)
    }

    /// The built binary.
    pub fn binary() -> &'static Path {
        static BINARY: OnceLock<PathBuf> = OnceLock::new();
        BINARY.get_or_init(|| match option_env!("CARGO_BIN_EXE_pult") {
            Some(built) => built.into(),
            // A program in `examples/`, one directory below the binary.
            None => {
                let myself = std::env::current_exe().expect("a program");
                let target = myself.parent().and_then(Path::parent);
                target.expect("a build directory").join("pult")
            }
        })
    }

    /// `pult ARGS…`, not started yet: cleared environment, no standard input.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(Self::binary());
        command.env_clear().args(args).current_dir(self.work());
        let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".into());
        command.env("PATH", path).env("PULT_HOME", self.path());
        command.env("HOME", self.path().join("home"));
        command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        command.envs(self.env.iter().map(|(k, v)| (k, v)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs `pult ARGS…` to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        let output = self.command(args).output();
        output.expect("the built binary starts")
    }

    /// Runs `pult ARGS…`, which must exit 0; what it printed.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "pult {} exited with {}\nstdout: {}\nstderr: {}\ndaemon.log: {}",
            args.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            self.daemon_log(),
        );
        String::from_utf8(output.stdout).expect("pult prints UTF-8")
    }

    /// Runs `pult ARGS… --json`, which must exit 0; what it printed, parsed.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        // Before a `--`, since what follows it belongs to the worker.
        let at = args.iter().position(|a| *a == "--").unwrap_or(args.len());
        let args = [&args[..at], &["--json"], &args[at..]].concat();
        let text = self.ok(&args);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e} in {text}"))
    }

    /// Runs `pult ARGS…`, which must exit with `code`; its standard error.
    #[track_caller]
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            output.status.code(),
            Some(code),
            "pult {}\nstdout: {}\nstderr: {stderr}",
            args.join(" "),
            String::from_utf8_lossy(&output.stdout),
        );
        stderr
    }

    /// The row of `pult ls` with this name.
    #[track_caller]
    pub fn row(&self, name: &str) -> Value {
        let rows = self.json(&["ls", "--all"]);
        let found = rows.as_array().and_then(|rows| {
            let mut live = rows.iter().filter(|row| row["name"] == name);
            live.next_back().cloned()
        });
        found.unwrap_or_else(|| panic!("no {name} in {rows}"))
    }

    /// The daemon, while there is one.
    pub fn daemon(&self) -> Option<u32> {
        let lock = self.state().join("daemon.lock");
        if !pult::platform::lock::is_held(&lock).expect("a lock file") {
            return None;
        }
        let pid = std::fs::read_to_string(lock).ok()?;
        pid.trim().parse().ok()
    }

    /// Kills the daemon, which must be there.
    #[track_caller]
    pub fn kill_daemon(&self) {
        let daemon = self.daemon().expect("a daemon");
        super::kill9(daemon);
        super::wait_until("the end of the daemon", super::PATIENCE, || {
            self.daemon() != Some(daemon)
        });
    }

    /// The pids of what runs in its panes as `pult WORDS…`, for a role such as `hook`.
    pub fn processes(&self, words: &str) -> Vec<u32> {
        let words = words.split(' ').map(str::as_bytes).collect::<Vec<_>>();
        let ours = |pid: &u32| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line: Vec<&[u8]> = line.split(|b| *b == 0).skip(1).collect();
            line.starts_with(&words)
        };
        below(self.path()).into_iter().filter(ours).collect()
    }

    /// The daemon's log file so far; empty when there is none.
    pub fn daemon_log(&self) -> String {
        std::fs::read_to_string(self.state().join("daemon.log")).unwrap_or_default()
    }

    /// Whether anything was ever started here.
    fn was_used(&self) -> bool {
        self.state().join("daemon.lock").exists()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.was_used() {
            let ended = self.command(&["shutdown", "--yes"]).output();
            if !ended.is_ok_and(|output| output.status.success()) {
                kill_all_of(self.path());
            }
        }
    }
}

/// Ends every process whose environment names `home`; the last resort of a failed test.
fn kill_all_of(home: &Path) {
    for pid in below(home) {
        super::kill9(pid);
    }
}

/// Every process whose environment names `home`, as that of a client, a daemon or a worker does.
fn below(home: &Path) -> Vec<u32> {
    let marks = ["PULT_HOME=", "PULT_DOOR="].map(|name| format!("{name}{}", home.display()));
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = processes.flatten();
    let pids = pids.filter_map(|process| process.file_name().to_str()?.parse().ok());
    let ours = |pid: &u32| {
        let environ = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let mut entries = environ.split(|b| *b == 0);
        entries.any(|entry| marks.iter().any(|mark| entry.starts_with(mark.as_bytes())))
    };
    pids.filter(ours).collect()
}
