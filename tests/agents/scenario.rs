//! What is proved of each CLI, by verbs alone.

#[path = "scenario/usage.rs"]
mod usage;

use crate::cli::Cli;
use crate::model::{self, Model, Turn, When};
use crate::support::{Home, PATIENCE, wait_for, wait_until};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One proof.
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// Whether it is shown as root too.
    pub as_root_too: bool,
    play: fn(&Stage),
}

/// All of them.
pub static ALL: &[Scenario] = &[
    Scenario {
        name: "approve",
        as_root_too: true,
        play: approve,
    },
    Scenario {
        name: "reject",
        as_root_too: true,
        play: reject,
    },
    Scenario {
        name: "approve_with_a_note",
        as_root_too: false,
        play: approve_with_a_note,
    },
    Scenario {
        name: "approve_with_a_note_what_fails",
        as_root_too: false,
        play: approve_with_a_note_what_fails,
    },
    Scenario {
        name: "reject_without_a_note",
        as_root_too: false,
        play: reject_without_a_note,
    },
    Scenario {
        name: "answered_in_the_pane",
        as_root_too: false,
        play: answered_in_the_pane,
    },
    Scenario {
        name: "interrupt",
        as_root_too: false,
        play: interrupt,
    },
    Scenario {
        name: "transcript",
        as_root_too: false,
        play: transcript,
    },
    Scenario {
        name: "usage",
        as_root_too: false,
        play: usage::usage,
    },
    Scenario {
        name: "fork_and_import",
        as_root_too: false,
        play: fork_and_import,
    },
    Scenario {
        name: "exit_and_resume",
        as_root_too: true,
        play: exit_and_resume,
    },
    Scenario {
        name: "daemon_killed_while_asked",
        as_root_too: true,
        play: daemon_killed_while_asked,
    },
    Scenario {
        name: "stopped_while_asked",
        as_root_too: false,
        play: stopped_while_asked,
    },
    Scenario {
        name: UNTRUSTED,
        as_root_too: false,
        play: at_its_trust_screen,
    },
];

/// The one that starts in a folder which the CLI does not trust yet.
const UNTRUSTED: &str = "at_its_trust_screen";

const COMMAND: &str = "echo made > made.txt";
const FAILING: &str = "echo made > made.txt; exit 3";

struct Stage<'a> {
    cli: &'a Cli,
    home: Home,
    model: Model,
}

/// Prepares a home and a model server and plays `scenario`; panics where it fails.
pub fn play(cli: &Cli, scenario: &Scenario, program: &Path) {
    let (tool, input) = (cli.shell)(COMMAND);
    let (failing, failing_input) = (cli.shell)(FAILING);
    let turns = vec![
        Turn::says(When::Prompt("make-the-file"), "I will make it.").calls(tool, input),
        Turn::says(When::ToolResult(""), "That is done."),
        Turn::says(
            When::Prompt("think-for-long"),
            "One thing leads to another, and that to the next, and so it goes on and on until \
             somebody says that it is enough, which nobody does, and so it goes on and on and on.",
        )
        .slowly(Duration::from_millis(700)),
        Turn::says(When::Prompt("make-and-fail"), "I will try.").calls(failing, failing_input),
        Turn::says(When::Prompt("remember-42"), "I will remember."),
        Turn::says(When::Prompt("what-was-it"), "It was 42."),
        Turn::says(When::Prompt("cost-me-one"), "That is cheap.").uses(900, 7),
        Turn::says(When::Prompt("cost-me-two"), "That is not.")
            .uses(5_000, 300)
            .cached(4_096),
    ];
    let model = Model::start(turns).expect("a port on loopback");
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory for the CLI");
    std::os::unix::fs::symlink(program, bin.join(cli.name)).expect("a link to the CLI");
    if scenario.name == UNTRUSTED {
        // A folder that nobody calls a project may be trusted unasked.
        let mut git = std::process::Command::new("git");
        git.args(["init", "-q"]).current_dir(home.work());
        git.env("HOME", home.path());
        assert!(git.status().expect("git starts").success());
    }
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    (cli.prepare)(&mut home, &model, scenario.name != UNTRUSTED);
    let stage = Stage { cli, home, model };
    (scenario.play)(&stage);
}

impl Stage<'_> {
    fn start(&self, prompt: &str) {
        let new = ["new", "w", "--runtime", self.cli.name, "--", prompt];
        let row = self.home.json(&new);
        assert_eq!(row["profile"], "full", "{row}");
    }

    fn made(&self) -> PathBuf {
        self.home.work().join("made.txt")
    }

    fn inbox(&self) -> Vec<Value> {
        let inbox = self.home.json(&["inbox"]);
        inbox.as_array().expect("a list").clone()
    }

    /// What to see when something did not happen.
    fn seen(&self) -> String {
        let said = |args: &[&str]| {
            let output = self.home.run(args);
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        };
        let asked: Vec<String> = self.model.served().iter().map(|s| s.path.clone()).collect();
        format!(
            "{}\n{}\n{}\n{}\nmodel: {asked:?}\n{}",
            said(&["read", "w"]),
            said(&["why", "w"]),
            said(&["inbox", "--all"]),
            said(&["log"]),
            self.home.daemon_log()
        )
    }

    #[track_caller]
    fn until(&self, what: &str, check: impl Fn() -> bool) {
        wait_for(what, PATIENCE, || {
            check().then_some(()).ok_or_else(|| {
                // Only the last of these is shown.
                self.seen()
            })
        });
    }

    /// The one request in the inbox; it comes with the first prompt.
    #[track_caller]
    fn request(&self) -> Value {
        self.request_for(COMMAND)
    }

    #[track_caller]
    fn request_for(&self, command: &str) -> Value {
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

    #[track_caller]
    fn closed(&self, id: &str, by: &str) {
        self.until("the ask to be closed", || {
            self.home.json(&["show", id])["closed"] == by
        });
        assert_eq!(self.inbox(), Vec::<Value>::new());
    }

    fn kill_daemon(&self) {
        let pid = self.home.json(&["daemon", "status"])["pid"].clone();
        let pid = pid.as_i64().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(rustix::process::Pid::from_raw);
        let kill = rustix::process::Signal::KILL;
        rustix::process::kill_process(pid.expect("a daemon"), kill).expect("it dies");
    }

    #[track_caller]
    fn settled(&self) {
        self.until("the turn to be settled", || {
            self.home.row("w")["turn"] == "settled"
        });
    }

    /// Whether any request to the model had these words in it.
    fn model_was_told(&self, words: &str) -> bool {
        let served = self.model.served();
        served.iter().any(|s| s.body.to_string().contains(words))
    }
}

fn approve(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    stage.home.ok(&["approve", id]);
    wait_until("the file", PATIENCE, || stage.made().exists());
    stage.closed(id, "effect");
    stage.settled();
    let again = stage.home.fails(1, &["approve", id]);
    assert!(again.contains(id), "{again}");
    // The conversation went on with the result, by the scripted turn.
    assert!(stage.model.served().iter().any(|s| s.turn == Some(1)));
    stage.home.ok(&["db", "verify"]);
}

/// What was said is read back from what the CLI writes down, and what was used is counted.
fn transcript(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    stage
        .home
        .ok(&["approve", ask["id"].as_str().expect("an id")]);
    stage.settled();
    // What was used is what the server counted for this conversation, to the token.
    let id = stage.home.row("w")["native_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let served = stage.model.served();
    let scripted = served.iter().filter(|s| s.turn.is_some());
    let of_this = scripted
        .clone()
        .filter(|s| s.body.to_string().contains(&id));
    // Not every protocol names the conversation.
    let turns = match of_this.count() {
        0 => scripted.count() as u64,
        turns => turns as u64,
    };
    assert_eq!(turns, 2);
    stage.until("the tokens used", || {
        stage.home.row("w")["tokens"] == turns * model::TOKENS_OF_A_TURN
    });
    let read = stage.home.json(&["read", "w", "--transcript"]);
    let said = read["entries"].to_string();
    assert!(
        said.contains("make-the-file") && said.contains("That is done."),
        "{said}"
    );
    let found = stage.home.json(&["search", "make-the-file"]);
    assert_eq!(found["hits"][0]["name"], "w", "{found}");
}

fn approve_with_a_note(stage: &Stage) {
    stage.start("please make-the-file");
    with_a_note(stage, COMMAND);
}

fn approve_with_a_note_what_fails(stage: &Stage) {
    stage.start("please make-and-fail");
    with_a_note(stage, FAILING);
}

/// Approves the request with a note; the model is told both the result and the note.
fn with_a_note(stage: &Stage, command: &str) {
    let ask = stage.request_for(command);
    let id = ask["id"].as_str().expect("an id");
    let note = "and mention the zebra";
    stage.home.ok(&["approve", id, "--note", note]);
    wait_until("the file", PATIENCE, || stage.made().exists());
    stage.until("the note to reach the model", || stage.model_was_told(note));
    stage.closed(id, "effect");
    stage.settled();
    let log = String::from_utf8_lossy(&stage.home.run(&["log"]).stdout).into_owned();
    assert_eq!(log.matches("note.given").count(), 1, "{log}");
    assert!(!log.contains("note.dropped"), "{log}");
    stage.home.ok(&["db", "verify"]);
}

fn reject(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    let note = "use the makefile instead";
    stage.home.ok(&["reject", id, "--note", note]);
    stage.until("the note to reach the model", || stage.model_was_told(note));
    stage.closed(id, "effect");
    stage.settled();
    assert!(!stage.made().exists(), "it ran though it was rejected");
}

fn reject_without_a_note(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    stage.home.ok(&["reject", id]);
    stage.closed(id, "effect");
    stage.settled();
    assert!(!stage.made().exists(), "it ran though it was rejected");
}

fn answered_in_the_pane(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    let (keys, allows) = stage.cli.in_the_pane;
    let refused = stage.home.fails(1, &["send", "--keys", "w", keys]);
    assert!(refused.contains("--force"), "{refused}");
    // The dialog may be drawn a moment after its request.
    stage.until("the answer in the pane to be taken", || {
        if stage.home.json(&["show", id])["closed"].is_null() {
            stage.home.run(&["send", "--keys", "--force", "w", keys]);
        }
        wait(Duration::from_millis(500));
        stage.inbox().is_empty()
    });
    stage.closed(id, "withdrawn");
    stage.settled();
    if allows {
        wait_until("the file", PATIENCE, || stage.made().exists());
    } else {
        assert!(!stage.made().exists(), "it ran though it was interrupted");
    }
    stage.home.fails(1, &["approve", id]);
}

fn interrupt(stage: &Stage) {
    stage.start("please think-for-long");
    stage.until("the model to be asked", || {
        stage.model_was_told("think-for-long")
    });
    stage.until("the turn to be worked on", || {
        stage.home.row("w")["turn"] == "working"
    });
    stage.home.ok(&["interrupt", "w"]);
    stage.settled();
    let row = stage.home.row("w");
    assert_eq!(row["process"], "alive", "{row}");
}

fn exit_and_resume(stage: &Stage) {
    stage.start("please remember-42");
    stage.settled();
    let before = stage.home.row("w");
    assert!(before["native_id"].is_string(), "{before}");
    stage.home.ok(&["send", "w", stage.cli.quit]);
    let looks = std::cell::Cell::new(0);
    stage.until("it to exit by itself", || {
        looks.set(looks.get() + 1);
        wait(Duration::from_millis(500));
        // The list of commands may have taken the Enter; a CLI that leaves must not get another.
        if looks.get() % 30 == 0 {
            stage.home.run(&["send", "--keys", "w", "enter"]);
        }
        stage.home.row("w")["process"] == "exited"
    });
    let exited = stage.home.row("w");
    assert_eq!(exited["exit"]["code"], 0, "{exited}");
    stage.home.ok(&["resume", "w", "what-was-it"]);
    stage.until("the resumed conversation to be asked", || {
        let served = stage.model.served();
        served.iter().any(|s| {
            let body = s.body.to_string();
            body.contains("remember-42") && body.contains("what-was-it")
        })
    });
    stage.settled();
    let after = stage.home.row("w");
    assert_eq!(after["native_id"], before["native_id"]);
    assert_eq!(after["process"], "alive", "{after}");
    // Ended on purpose is no failure.
    stage.home.ok(&["stop", "w"]);
    stage.until("it to be stopped", || {
        stage.home.row("w")["shown"] == "exited"
    });
}

/// The gate is closed by construction: without anybody to answer, the tool is not run.
fn daemon_killed_while_asked(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    stage.kill_daemon();
    // Long enough for every try of a CLI or its hook to go on without the daemon.
    wait(Duration::from_secs(5));
    assert!(!stage.made().exists(), "it ran though nobody answered");
    // The next daemon knows the same request, and its answer reaches the CLI.
    let inbox = stage.inbox();
    assert_eq!(inbox.len(), 1, "{inbox:?}");
    assert_eq!(inbox[0]["id"], id);
    assert!(!stage.made().exists(), "it ran though nobody answered");
    stage.home.ok(&["approve", id]);
    stage.until("the file", || stage.made().exists());
    stage.closed(id, "effect");
    stage.settled();
    stage.home.ok(&["db", "verify"]);
}

/// Ending a session takes back its request and leaves no process behind.
fn stopped_while_asked(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    let session = stage.home.row("w")["session"].clone();
    let session = session.as_str().expect("its session");
    assert!(!processes_of(session).is_empty());
    stage.home.ok(&["stop", "w"]);
    stage.until("it to be stopped", || {
        stage.home.row("w")["shown"] == "exited"
    });
    stage.closed(id, "withdrawn");
    stage.until("the last process to be gone", || {
        processes_of(session).is_empty()
    });
    assert!(!stage.made().exists(), "it ran though nobody answered");
}

/// Everything that was started for a session, by its environment.
fn processes_of(session: &str) -> Vec<String> {
    let mark = format!("PULT_SESSION={session}");
    let all = std::fs::read_dir("/proc").expect("processes");
    let of = |entry: std::fs::DirEntry| {
        let env = std::fs::read(entry.path().join("environ")).ok()?;
        let mut pairs = env.split(|byte| *byte == 0);
        let ours = pairs.any(|pair| pair == mark.as_bytes());
        ours.then(|| std::fs::read_to_string(entry.path().join("cmdline")).ok())?
    };
    all.flatten().filter_map(of).collect()
}

/// Another session goes on from what was said: by the CLI's own fork, from a brief up to a line,
/// and from one that is no peer of ours any more. The first conversation stays as it is.
fn fork_and_import(stage: &Stage) {
    stage.start("please remember-42");
    stage.settled();
    let id = stage.home.row("w")["native_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let mut read = Value::Null;
    wait_for("what was said to be written down", PATIENCE, || {
        let now = stage.home.run(&["read", "w", "--transcript", "--json"]);
        read = serde_json::from_slice(&now.stdout).unwrap_or_default();
        let said = read["entries"].to_string();
        said.contains("I will remember").then_some(()).ok_or(said)
    });
    let path = read["path"].as_str().expect("a path").to_owned();
    stage.home.ok(&["stop", "w"]);
    let before = std::fs::read(&path).expect("the transcript");
    let asked = |name: &str, brief: bool| {
        stage.until(&format!("{name} to ask the model"), || {
            stage.model.served().iter().any(|s| {
                let body = s.body.to_string();
                let said = body.contains("remember-42") && body.contains(&format!("{name}-asks"));
                said && body.contains("the record of an earlier conversation") == brief
            })
        });
        let other = stage.home.row(name)["native_id"].clone();
        assert!(other.is_string() && other != id.as_str(), "{other}");
    };
    stage
        .home
        .ok(&["fork", "w", "forked", "--", "forked-asks: what-was-it"]);
    asked("forked", false);
    let last = read["entries"]
        .as_array()
        .and_then(|all| all.last())
        .expect("an entry");
    let line = last["line"].to_string();
    let at = [
        "fork",
        "w",
        "earlier",
        "--at",
        &line,
        "--",
        "earlier-asks: what-was-it",
    ];
    stage.home.ok(&at);
    asked("earlier", true);
    stage.home.ok(&["retire", "w"]);
    let import = [
        "import",
        &id[..13],
        "taken",
        "--",
        "taken-asks: what-was-it",
    ];
    stage.home.ok(&import);
    asked("taken", false);
    assert!(
        std::fs::read(&path).expect("the transcript") == before,
        "it was changed"
    );
    let log = String::from_utf8_lossy(&stage.home.run(&["log"]).stdout).into_owned();
    assert_eq!(log.matches("session.forked").count(), 3, "{log}");
    stage.home.ok(&["db", "verify"]);
}

fn at_its_trust_screen(stage: &Stage) {
    stage.start("please remember-42");
    stage.until("the start screen in the inbox", || {
        !stage.inbox().is_empty()
    });
    let ask = stage.inbox()[0].clone();
    assert_eq!(ask["kind"], "start", "{ask}");
    let words = ask["object"].as_str().expect("what it says");
    assert!(words.contains("trusted"), "{ask}");
    assert_eq!(stage.home.row("w")["shown"], "asks");
    // The write into the CLI's own settings is the CLI's own, by the operator's keys.
    let trust = ["send", "--keys", "--force", "w", stage.cli.trust];
    stage.home.ok(&trust);
    stage.until("the prompt to reach the model", || {
        stage.model_was_told("remember-42")
    });
    stage.settled();
    let id = ask["id"].as_str().expect("an id");
    stage.until("the ask to be closed", || {
        !stage.home.json(&["show", id])["closed"].is_null()
    });
    assert_eq!(stage.inbox(), Vec::<Value>::new());
}

/// Gives a CLI time to take a key before it gets another.
fn wait(time: Duration) {
    std::thread::sleep(time);
}
