//! A home with one CLI in it, a model server, and what every scenario looks at.

use super::{changes, limit, mcp, start};
use crate::cli::Cli;
use crate::model::{Model, Turn, When};
use crate::support::Home;
use pult::runtime::{Runtime, Says};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What the model has run when it is told to make the file.
pub const COMMAND: &str = "echo made > made.txt";
/// The same, with a failure after it.
pub const FAILING: &str = "echo made > made.txt; exit 3";

/// Starts a process that outlives its shell and takes no hint.
pub const CHILD: &str = "setsid sh -c 'trap \"\" 1 2 15; sleep 999' >/dev/null 2>&1 & echo up";

/// How long a real CLI may take where several start at once; on a loaded machine one of them needs
/// a minute to come up.
const LONG: Duration = Duration::from_secs(180);

/// One CLI, at home.
pub struct Stage<'a> {
    /// The CLI.
    pub cli: &'a Cli,
    /// Its program.
    pub program: &'a Path,
    /// Its home, and pult's.
    pub home: Home,
    /// What it asks.
    pub model: Model,
}

impl<'a> Stage<'a> {
    /// Prepares a home and a model server for the scenario of that name.
    pub fn set(cli: &'a Cli, scenario: &str, program: &'a Path) -> Self {
        let mut home = Home::new();
        let work = home.work().canonicalize().expect("a working directory");
        let (tool, input) = (cli.shell)(COMMAND);
        let (failing, failing_input) = (cli.shell)(FAILING);
        let (starting, starting_input) = (cli.shell)(CHILD);
        let mut turns = mcp::turns(cli.name);
        turns.extend([
            Turn::says(When::Prompt("make-the-file"), "I will make it.").calls(tool, input),
            Turn::says(When::ToolResult(""), "That is done."),
            Turn::says(
                When::Prompt("think-for-long"),
                "One thing leads to another, and that to the next, and so it goes on and on until \
                 somebody says that it is enough, which nobody does, and so it goes on and on and on.",
            )
            .slowly(Duration::from_millis(700)),
            Turn::says(When::Prompt("wait-for-me"), "At last.").after(Duration::from_secs(600)),
            Turn::says(When::Prompt("make-and-fail"), "I will try.").calls(failing, failing_input),
            Turn::says(When::Prompt("start-a-child"), "I will start it.")
                .calls(starting, starting_input),
            // A brief of what was said has the earlier prompt in it.
            Turn::says(When::Prompt("what-was-it"), "It was 42."),
            Turn::says(When::Prompt("remember-42"), "I will remember."),
            changes::turn(cli.name, &work.to_string_lossy()),
            Turn::says(When::Prompt("hit-the-limit"), "").limited_until(*limit::UNTIL),
            Turn::says(When::Prompt("cost-me-one"), "That is cheap.").uses(900, 7),
            Turn::says(When::Prompt("cost-me-two"), "That is not.")
                .uses(5_000, 300)
                .cached(4_096),
        ]);
        let model = Model::start(turns).expect("a port on loopback");
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).expect("a directory for the CLI");
        std::os::unix::fs::symlink(program, bin.join(cli.program_name()))
            .expect("a link to the CLI");
        link_node(program, &bin);
        if scenario == start::UNTRUSTED {
            // A folder that nobody calls a project may be trusted unasked.
            let mut git = std::process::Command::new("git");
            git.args(["init", "-q"]).current_dir(home.work());
            git.env("HOME", home.path());
            assert!(git.status().expect("git starts").success());
        }
        home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
        if scenario != start::FRESH {
            (cli.prepare)(&mut home, &model, scenario != start::UNTRUSTED);
        }
        if scenario == limit::NAME {
            limit::prepare(cli, &mut home);
        }
        Self {
            cli,
            program,
            home,
            model,
        }
    }

    /// Starts peer `w` with this prompt.
    pub fn start(&self, prompt: &str) {
        self.start_as("w", prompt);
    }

    /// Starts a peer of that name.
    pub fn start_as(&self, name: &str, prompt: &str) {
        let new = [&["new", name][..], &self.cli.chosen(), &["--", prompt]].concat();
        let row = self.home.json(&new);
        assert_eq!(row["profile"], "full", "{row}");
    }

    /// The file that the model makes.
    pub fn made(&self) -> PathBuf {
        self.home.work().join("made.txt")
    }

    /// The open asks.
    pub fn inbox(&self) -> Vec<Value> {
        let inbox = self.home.json(&["inbox"]);
        inbox.as_array().expect("a list").clone()
    }

    /// What pult makes of the CLI.
    pub fn runtime(&self) -> &'static dyn Runtime {
        let shipped = pult::config::runtimes::load(Path::new("/nowhere")).0;
        pult::runtime::declared::declare(shipped);
        pult::runtime::by_name(self.cli.name).expect("a runtime")
    }

    /// Whether its screen shows a permission dialog of its own.
    pub fn shows_dialog(&self, name: &str) -> bool {
        let read = self.home.json(&["read", name]);
        let lines = read["lines"].as_array().expect("rows").iter();
        let rows: Vec<String> = lines
            .filter_map(|line| line.as_str().map(str::to_owned))
            .collect();
        let mut signals = self.runtime().screen(&rows).into_iter();
        signals.any(|signal| matches!(signal.says, Says::DialogOpen | Says::DialogAsks(..)))
    }

    /// What to see when something did not happen.
    pub fn seen(&self) -> String {
        let said = |args: &[&str]| {
            let output = self.home.run(args);
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        };
        let all = self.home.run(&["ls", "--all", "--json"]).stdout;
        let rows: Value = serde_json::from_slice(&all).unwrap_or_default();
        let names = rows.as_array().into_iter().flatten();
        let names = names.filter_map(|row| row["name"].as_str());
        let peers = names.map(|name| {
            let (screen, why) = (said(&["read", name]), said(&["why", name]));
            format!("{name} shows:\n{screen}\n{why}\n")
        });
        let asked: Vec<String> = self.model.served().iter().map(|s| s.path.clone()).collect();
        format!(
            "{}\n{}\n{}\nmodel: {asked:?}\n{}",
            peers.collect::<String>(),
            said(&["inbox", "--all"]),
            said(&["log"]),
            self.home.daemon_log()
        )
    }

    /// Waits; what was seen instead is shown.
    #[track_caller]
    pub fn until(&self, what: &str, check: impl Fn() -> bool) {
        let end = Instant::now() + LONG;
        while !check() {
            // To look at everything takes longer than to look at what is waited for.
            let late = Instant::now() >= end;
            assert!(!late, "waited {LONG:?} for {what}; {}", self.seen());
            wait(Duration::from_millis(50));
        }
    }

    /// The one request in the inbox; it comes with the first prompt.
    #[track_caller]
    pub fn request(&self) -> Value {
        self.request_for(COMMAND)
    }

    /// The one request in the inbox, for that command.
    #[track_caller]
    pub fn request_for(&self, command: &str) -> Value {
        self.until("the request in the inbox", || !self.inbox().is_empty());
        let inbox = self.inbox();
        assert_eq!(inbox.len(), 1, "{inbox:?}");
        let ask = inbox[0].clone();
        assert_eq!(ask["kind"], "approval", "{ask}");
        assert_eq!(ask["verb"], "run", "{ask}");
        assert_eq!(ask["object"], command, "{ask}");
        assert_eq!(ask["peer"], "w", "{ask}");
        assert_eq!(self.home.row("w")["shown"], "asks");
        assert!(!self.made().exists(), "it ran before it was allowed");
        ask
    }

    /// Waits until an ask is closed that way, and the inbox is empty.
    #[track_caller]
    pub fn closed(&self, id: &str, by: &str) {
        self.until("the ask to be closed", || {
            self.home.json(&["show", id])["closed"] == by
        });
        assert_eq!(self.inbox(), Vec::<Value>::new());
    }

    /// Kills the daemon, which must be there.
    pub fn kill_daemon(&self) {
        let pid = self.home.json(&["daemon", "status"])["pid"].clone();
        let pid = pid.as_i64().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(rustix::process::Pid::from_raw);
        let kill = rustix::process::Signal::KILL;
        rustix::process::kill_process(pid.expect("a daemon"), kill).expect("it dies");
    }

    /// Waits until the turn is over.
    #[track_caller]
    pub fn settled(&self) {
        self.until("the turn to be settled", || {
            self.home.row("w")["turn"] == "settled"
        });
    }

    /// The id of a peer's conversation, once that is known.
    pub fn known(&self, name: &str) -> String {
        let id = || self.home.row(name)["native_id"].as_str().map(str::to_owned);
        self.until("its conversation", || id().is_some());
        id().expect("an id")
    }

    /// Whether any request to the model had these words in it.
    pub fn model_was_told(&self, words: &str) -> bool {
        let served = self.model.served();
        served.iter().any(|s| s.body.to_string().contains(words))
    }
}

/// Some need a newer node than most systems have, and one came along.
pub fn link_node(program: &Path, bin: &Path) {
    let modules = program
        .ancestors()
        .find(|dir| dir.ends_with("node_modules"));
    let packages = modules.and_then(|dir| std::fs::read_dir(dir).ok());
    let mut node = packages.into_iter().flatten().flatten().filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with("node-linux-")
    });
    if let Some(node) = node.next() {
        let node = node.path().join("bin/node");
        std::os::unix::fs::symlink(node, bin.join("node")).expect("a link to node");
    }
}

/// Gives a CLI time to take a key before it gets another.
pub fn wait(time: Duration) {
    std::thread::sleep(time);
}
