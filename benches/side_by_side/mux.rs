//! The two that are compared: each starts named panes, attaches to one, and says what runs for it.

use super::outer::{Outer, PATIENCE};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// tmux, with its status line off.
    Tmux,
    /// pult.
    Pult,
}

/// One of them, with a home and processes of its own that go when it is dropped.
pub struct Mux {
    /// Which.
    pub kind: Kind,
    dir: TempDir,
    program: PathBuf,
}

const CONFIGURATION: &str = "set -g status off\nset -s escape-time 0\nset -g history-limit 2000\n";

impl Mux {
    /// tmux, when it is installed.
    pub fn tmux() -> Option<Self> {
        let there = Command::new("tmux").arg("-V").output();
        if !there.is_ok_and(|output| output.status.success()) {
            return None;
        }
        let mux = Self::of(Kind::Tmux, "tmux".into());
        std::fs::write(mux.dir.path().join("tmux.conf"), CONFIGURATION).expect("a file");
        Some(mux)
    }

    /// The pult at `program`.
    pub fn pult(program: &Path) -> Self {
        Self::of(Kind::Pult, program.to_owned())
    }

    fn of(kind: Kind, program: PathBuf) -> Self {
        let dir = tempfile::Builder::new().prefix("side-").tempdir();
        let dir = dir.expect("a temporary directory");
        for part in ["home", "bin"] {
            std::fs::create_dir(dir.path().join(part)).expect("a directory");
        }
        Self { kind, dir, program }
    }

    /// Its directory.
    pub fn home(&self) -> &Path {
        self.dir.path()
    }

    /// A command of it in a cleared environment.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".into());
        let bin = self.dir.path().join("bin");
        command.env_clear().current_dir(self.home());
        command.env("PATH", format!("{}:{path}", bin.display()));
        command.env("HOME", self.home().join("home"));
        command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        match self.kind {
            Kind::Pult => command.env("PULT_HOME", self.home()),
            Kind::Tmux => {
                let configuration = self.home().join("tmux.conf");
                command.args(["-u", "-L", "side", "-f"]).arg(configuration);
                command.env("TMUX_TMPDIR", self.home())
            }
        };
        command.args(words);
        command
    }

    /// Runs a command of it.
    pub fn run(&self, words: &[&str]) -> Output {
        let output = self.command(words).stdin(Stdio::null()).output();
        let output = output.expect("it starts");
        assert!(
            output.status.success(),
            "{:?} {words:?}: {}{}",
            self.kind,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        output
    }

    /// The words that start a pane in the background.
    pub fn pane_words<'a>(&self, name: &'a str, program: &[&'a str]) -> Vec<&'a str> {
        let mut words = match self.kind {
            Kind::Pult => vec!["new", name, "--"],
            Kind::Tmux => vec!["new-session", "-d", "-x", "200", "-y", "50", "-s", name],
        };
        words.extend(program);
        words
    }

    /// Starts a pane in the background.
    pub fn pane(&self, name: &str, program: &[&str]) {
        self.run(&self.pane_words(name, program));
    }

    /// The words that attach to it.
    pub fn attach_words<'a>(&self, name: &'a str) -> [&'a str; 3] {
        match self.kind {
            Kind::Pult => ["attach", "--", name],
            Kind::Tmux => ["attach", "-t", name],
        }
    }

    /// Attaches to a pane in an outer terminal.
    pub fn attach(&self, name: &str) -> Outer {
        Outer::start(self.command(&self.attach_words(name)))
    }

    /// Ends all of it.
    pub fn shut_down(&self) {
        match self.kind {
            Kind::Pult if self.home().join("state/daemon.lock").exists() => {
                let _ = self.command(&["shutdown", "--yes"]).output();
            }
            Kind::Pult => {}
            Kind::Tmux => {
                let _ = self.command(&["kill-server"]).output();
            }
        }
        let end = Instant::now() + PATIENCE;
        while self.processes().1 > 0 && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The process ids of what runs for it without its panes' programs and clients, and how many.
    pub fn processes(&self) -> (Vec<u32>, usize) {
        let mark = self.home().as_os_str().as_encoded_bytes();
        let role: &[&[u8]] = match self.kind {
            Kind::Pult => &[b"keep\0", b"daemon\0run"],
            Kind::Tmux => &[b"tmux"],
        };
        let ours = |pid: &u32| {
            let dir = PathBuf::from(format!("/proc/{pid}"));
            let words = std::fs::read(dir.join("cmdline")).unwrap_or_default();
            let environment = std::fs::read(dir.join("environ")).unwrap_or_default();
            let has = |text: &[u8], part: &[u8]| memchr::memmem::find(text, part).is_some();
            let named = role.iter().any(|role| has(&words, role));
            named && (has(&environment, mark) || has(&words, mark))
        };
        let all = std::fs::read_dir("/proc").expect("/proc");
        let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let pids: Vec<u32> = pids.filter(ours).collect();
        let count = pids.len();
        (pids, count)
    }

    /// Nanoseconds of processor time that all of it has used.
    pub fn nanos(&self) -> f64 {
        let pids = self.processes().0;
        let tasks = pids.iter().map(|pid| format!("/proc/{pid}/task"));
        let tasks = tasks
            .filter_map(|dir| std::fs::read_dir(dir).ok())
            .flatten()
            .flatten();
        let used = |task: std::fs::DirEntry| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        };
        tasks.filter_map(used).sum()
    }

    /// Ticks of processor time that all of it has used.
    pub fn ticks(&self) -> u64 {
        self.processes().0.iter().map(|pid| ticks(*pid)).sum()
    }
}

impl Drop for Mux {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// Ticks that a process has used, 100 to a second.
pub fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The program's name, in parentheses, may hold blanks.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = rest.split_whitespace().skip(11);
    let mut field = || {
        fields
            .next()
            .and_then(|n| n.parse::<u64>().ok())
            .unwrap_or(0)
    };
    field() + field()
}

/// Proportional set size of a process, in MB.
pub fn pss(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or_default() / 1024.0
}
