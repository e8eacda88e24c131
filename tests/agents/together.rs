//! Twelve sessions of all runtimes at once, on a machine that has other things to do: at every look,
//! what `pult ls` shows is held against what each session's script says is the case.
//!
//! A short run plays half of each script once, so that all of it is played by somebody.
//! `PULT_AGENTS_MINUTES=60` plays whole scripts over and over for that long:
//!
//! ```text
//! PULT_AGENTS_MINUTES=60 cargo test --features probes --test agents -- together::twelve
//! ```
//!
//! How long anything takes is not asserted, only that it comes, and that nothing wrong is shown
//! before or after. What is wrong is printed as it is seen, and the run goes on; the last line is
//! the sum.

use crate::cli::{CLIS, Cli};
use crate::model::{Model, Turn, When};
use crate::support::Home;
use serde_json::Value;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Its name, in the place of a CLI's.
pub const NAME: &str = "together";

/// How many sessions.
const SESSIONS: usize = 12;
/// Processes that keep the machine busy.
const BUSY: usize = 3;
/// How long a step may take where a dozen share two processors.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long something is looked at that must stay as it is.
const STAYS: Duration = Duration::from_secs(3);
/// How long a CLI that works may take, on a busy machine, to say for the first time that it does.
const SAYS_SO: Duration = Duration::from_secs(5);
/// The environment variable with the length of a long run, minutes.
const MINUTES: &str = "PULT_AGENTS_MINUTES";
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(200);
/// What the tool runs: long enough to be seen at it.
const COMMAND: &str = "timeout 3 tail -f /dev/null; echo made > made.txt";
const LONG: &str = "One thing leads to another, and that to the next, and so it goes on and on until \
                    somebody says that it is enough, which nobody does, and so on and on and on.";

/// What a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The model streams an answer, to its end.
    Thinks,
    /// It asks, waits for a while, is allowed, and the tool runs.
    Asks,
    /// The model streams an answer and is interrupted.
    Interrupted,
    /// The model's server refuses.
    Fails,
    /// It ends by itself.
    Leaves,
}

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// The prompt is given; what it leads to was not seen yet.
    Given,
    /// Seen at work by pult while the model streamed.
    Working,
    /// The request is in the inbox.
    Asked,
    /// It was allowed.
    Allowed,
    /// The turn is over as far as the model goes.
    Over,
    /// It was seen at rest.
    Rests,
}

struct Session {
    cli: &'static Cli,
    name: String,
    dir: PathBuf,
    steps: Vec<Step>,
    done: usize,
    at: At,
    since: Instant,
    /// A word that only this step's prompt has.
    words: String,
    /// The model was asked it.
    asked: bool,
    /// Since when the model streams its answer.
    streams: Option<Instant>,
    /// What was wrong at the last look.
    wrong: Option<String>,
}

/// What was seen.
#[derive(Default)]
struct Sum {
    looks: usize,
    steps: usize,
    wrong: usize,
}

/// What is the case, as the model and the file system know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Facts {
    streams: bool,
    made: bool,
}

struct Stage {
    home: Home,
    model: Model,
    busy: Vec<Child>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        for child in &mut self.busy {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Plays it with the programs in `list`: `NAME=PATH`, one a line.
pub fn play(list: &str) {
    let programs = programs(list);
    let stage = set(&programs);
    let minutes = std::env::var(MINUTES).ok();
    let minutes: Option<u64> = minutes.map(|minutes| minutes.parse().expect("whole minutes"));
    let begun = Instant::now();
    let end = begun + Duration::from_secs(60 * minutes.unwrap_or(0));
    let mut sessions: Vec<Session> = (0..SESSIONS)
        .map(|at| {
            let cli = programs[at % programs.len()].0;
            // The second of a CLI that is driven over its protocol, too, is that.
            let second = (at >= programs.len()).then(|| cli.driven()).flatten();
            Session::new(&stage, second.unwrap_or(cli), at, minutes.is_some())
        })
        .collect();
    for session in &mut sessions {
        session.begin(&stage);
    }
    let mut sum = Sum::default();
    while sessions.iter().any(|session| !session.is_over()) {
        look(&stage, &mut sessions, &mut sum, end);
        std::thread::sleep(PAUSE);
    }
    stage.home.ok(&["db", "verify"]);
    let how = match minutes {
        Some(_) => "a long run".to_owned(),
        None => format!("a short run, half of each script once; {MINUTES}=60 goes on for an hour"),
    };
    println!(
        "{} sessions of {} programs, {} steps, {} looks in {} s: {} wrong ({how})",
        sessions.len(),
        programs.len(),
        sum.steps,
        sum.looks,
        begun.elapsed().as_secs(),
        sum.wrong
    );
    assert_eq!(sum.wrong, 0, "something wrong was shown");
}

/// Looks at all of them once.
fn look(stage: &Stage, sessions: &mut [Session], sum: &mut Sum, end: Instant) {
    let before: Vec<Facts> = sessions.iter().map(|s| s.facts(stage)).collect();
    let rows = stage.home.json(&["ls"]);
    let rows = rows.as_array().expect("rows");
    let inbox = stage.home.json(&["inbox"]);
    let inbox = inbox.as_array().expect("asks");
    let served: Vec<String> = stage
        .model
        .take_served()
        .iter()
        .filter(|one| one.turn.is_some())
        .map(|one| one.body.to_string())
        .collect();
    sum.looks += 1;
    for (session, before) in sessions.iter_mut().zip(before) {
        if session.is_over() {
            continue;
        }
        let row = rows.iter().find(|row| row["name"] == *session.name);
        let row = row.unwrap_or_else(|| panic!("no {} in {rows:?}", session.name));
        let ask = inbox.iter().find(|ask| ask["peer"] == *session.name);
        let now = session.facts(stage);
        session.asked |= served.iter().any(|body| body.contains(&session.words));
        sum.wrong += usize::from(session.look(stage, row, ask, (before == now).then_some(now)));
        if !session.is_over() && session.next(stage, row, ask, now) {
            sum.steps += 1;
            session.step(stage, Instant::now() < end);
        }
    }
}

/// The CLIs in a list: `NAME=PATH`, one a line.
pub fn programs(list: &str) -> Vec<(&'static Cli, &Path)> {
    let lines = list.lines().filter_map(|line| line.split_once('='));
    let known = lines.filter_map(|(name, path)| {
        let cli = CLIS.iter().find(|cli| cli.name == name)?;
        Some((cli, Path::new(path)))
    });
    known.collect()
}

/// A home with these CLIs at their prompts, all of which ask `model`.
pub fn home_with(programs: &[(&'static Cli, &Path)], model: &Model) -> Home {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory for the CLIs");
    for (cli, program) in programs {
        symlink(program, bin.join(cli.name)).expect("a link to the CLI");
        crate::scenario::link_node(program, &bin);
    }
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    for (cli, _) in programs {
        (cli.prepare)(&mut home, model, true);
    }
    home
}

fn set(programs: &[(&'static Cli, &Path)]) -> Stage {
    let mut turns = vec![
        // Codex asks for a title with the prompt in it, and does not wait for that.
        Turn::says(When::Prompt("Do not answer the request."), "Think for long"),
        Turn::says(When::Prompt("think-for-long"), LONG).slowly(Duration::from_millis(500)),
        Turn::says(When::Prompt("refuse-this"), "").fails(400, "invalid_request_error"),
        Turn::says(When::ToolResult(""), "That is done."),
    ];
    for (cli, _) in programs {
        let (tool, input) = (cli.shell)(COMMAND);
        let when = When::Prompt(asks_of(cli));
        turns.push(Turn::says(when, "I will make it.").calls(tool, input));
    }
    let model = Model::start(turns).expect("a port on loopback");
    let home = home_with(programs, &model);
    let busy = || {
        Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .spawn()
    };
    let busy = (0..BUSY).map(|_| busy().expect("a busy process")).collect();
    Stage { home, model, busy }
}

/// What a prompt says that leads to a call of that CLI's shell.
fn asks_of(cli: &Cli) -> &'static str {
    match cli.program_name() {
        "claude" => "make-it-by-claude",
        "codex" => "make-it-by-codex",
        "gemini" => "make-it-by-gemini",
        "opencode" => "make-it-by-opencode",
        "grok" => "make-it-by-grok",
        "qwen" => "make-it-by-qwen",
        _ => "make-nothing",
    }
}

impl Session {
    fn new(stage: &Stage, cli: &'static Cli, at: usize, whole: bool) -> Self {
        let name = format!("{}-{at}", cli.name);
        let dir = stage.home.work().join(&name);
        std::fs::create_dir(&dir).expect("a directory");
        let mut steps = vec![Step::Thinks, Step::Asks, Step::Interrupted, Step::Fails];
        if asks_of(cli) == "make-nothing" {
            steps.retain(|step| *step != Step::Asks);
        }
        // Not everybody does the same at the same time.
        let turn = at % steps.len();
        steps.rotate_left(turn);
        steps.truncate(if whole { 4 } else { 2 });
        steps.push(Step::Leaves);
        Self {
            cli,
            name,
            dir,
            steps,
            done: 0,
            at: At::Given,
            since: Instant::now(),
            words: String::new(),
            asked: false,
            streams: None,
            wrong: None,
        }
    }

    fn is_over(&self) -> bool {
        self.done == self.steps.len()
    }

    fn prompt(&mut self) -> String {
        let what = match self.steps[self.done] {
            Step::Thinks | Step::Interrupted => "think-for-long",
            Step::Asks => asks_of(self.cli),
            Step::Fails => "refuse-this",
            Step::Leaves => return self.cli.quit.to_owned(),
        };
        self.words = format!("{what} {}-{}", self.name, self.done);
        format!("please {}", self.words)
    }

    fn begin(&mut self, stage: &Stage) {
        let prompt = self.prompt();
        let dir = self.dir.to_str().expect("a path in UTF-8").to_owned();
        let (new, chosen) = (["new", &self.name], self.cli.chosen());
        let rest = ["--in", &dir, "--profile", "full", "--", &prompt];
        stage.home.ok(&[&new[..], &chosen, &rest].concat());
        self.since = Instant::now();
    }

    /// Goes on to the next step; with `again` the last one is put off by a round of the others.
    fn step(&mut self, stage: &Stage, again: bool) {
        self.done += 1;
        if again && self.steps.get(self.done) == Some(&Step::Leaves) {
            let round = self.steps[..self.done].to_vec();
            let kept = round.len().min(4);
            self.steps
                .splice(self.done..self.done, round[..kept].to_vec());
        }
        if self.is_over() {
            return;
        }
        let _ = std::fs::remove_file(self.dir.join("made.txt"));
        let gives_back = match self.steps[self.done - 1] {
            Step::Fails => self.cli.name == "ollama",
            Step::Interrupted => self.cli.name == "qwen",
            _ => false,
        };
        if gives_back {
            // The prompt stands in the line again.
            let clear = ["send", "--keys", &self.name, "ctrl-u"];
            stage.home.ok(&clear);
        }
        (self.asked, self.streams, self.wrong) = (false, None, None);
        let prompt = self.prompt();
        stage.home.ok(&["send", &self.name, &prompt]);
        (self.at, self.since) = (At::Given, Instant::now());
    }

    fn facts(&self, stage: &Stage) -> Facts {
        Facts {
            streams: stage.model.answers(&self.words),
            made: self.dir.join("made.txt").exists(),
        }
    }

    /// Holds what is shown against the script; `facts` where they stood while it was looked at.
    /// Whether it is wrong, and was not before; a session that gets no further is given up.
    fn look(
        &mut self,
        stage: &Stage,
        row: &Value,
        ask: Option<&Value>,
        facts: Option<Facts>,
    ) -> bool {
        let shown = row["shown"].as_str().unwrap_or("");
        let streams = facts.is_some_and(|facts| facts.streams);
        self.streams = self.streams.filter(|_| streams);
        let since = *self.streams.get_or_insert_with(Instant::now);
        let late = self.since.elapsed() > PATIENCE;
        let wrong = late || self.excludes(shown, ask, facts, streams && since.elapsed() > SAYS_SO);
        let step = self.steps[self.done];
        let what = wrong.then(|| format!("{step:?} {:?} {shown}", self.at));
        let fresh = what.is_some() && what != self.wrong;
        if fresh {
            let word = if late { "stays at" } else { "is wrong at" };
            println!(
                "{} {word} {step:?} {:?}, {facts:?}: {row}\nanswered now: {:?}\n{}",
                self.name,
                self.at,
                stage.model.answered(),
                self.seen(stage)
            );
        }
        self.wrong = what;
        if late {
            stage.home.run(&["stop", &self.name]);
            self.done = self.steps.len();
        }
        fresh
    }

    /// Whether the script excludes what is shown.
    fn excludes(&self, shown: &str, ask: Option<&Value>, facts: Option<Facts>, long: bool) -> bool {
        let rests = ["done", "idle"].contains(&shown);
        let streams = facts.is_some_and(|facts| facts.streams);
        match (self.steps[self.done], self.at) {
            (Step::Leaves, At::Rests) => shown != "exited",
            (Step::Leaves, _) => !["done", "idle", "exited", "working", "unknown"].contains(&shown),
            // It has just been asked, and may not have said so yet.
            (_, At::Given) if streams && rests => long,
            // A prompt was given, and nothing is over.
            (_, At::Given | At::Working) if streams => {
                !["starting", "working", "unknown"].contains(&shown)
            }
            (Step::Thinks, At::Working) => ["asks", "failed", "lost"].contains(&shown),
            (Step::Asks, At::Asked) => shown != "asks" || ask.is_none(),
            (Step::Asks, At::Allowed) if facts.is_some_and(|facts| !facts.made) => {
                !["working", "asks"].contains(&shown)
            }
            (_, At::Rests) => !rests,
            _ => ["failed", "lost", "exited", "parked"].contains(&shown),
        }
    }

    /// Takes the step on where something has come about; true when it is over.
    fn next(&mut self, stage: &Stage, row: &Value, ask: Option<&Value>, facts: Facts) -> bool {
        let shown = row["shown"].as_str().unwrap_or("");
        let rests = ["done", "idle"].contains(&shown);
        let stood = self.since.elapsed() > STAYS;
        let next = match (self.steps[self.done], self.at) {
            (Step::Leaves, At::Given) if shown == "exited" => At::Rests,
            (Step::Leaves, At::Given) => {
                // The list of commands may have taken the Enter.
                if self.since.elapsed().as_secs() % 20 == 19 {
                    stage.home.run(&["send", "--keys", &self.name, "enter"]);
                }
                return false;
            }
            (Step::Thinks | Step::Interrupted, At::Given)
                if shown == "working" && facts.streams =>
            {
                At::Working
            }
            // Over before anybody looked.
            (Step::Thinks | Step::Interrupted, At::Given) if !facts.streams && self.asked => {
                At::Over
            }
            (Step::Thinks, At::Working) if !facts.streams => At::Over,
            (Step::Interrupted, At::Working) if stood => {
                stage.home.ok(&["interrupt", &self.name]);
                At::Over
            }
            (Step::Asks, At::Given) if ask.is_some() && shown == "asks" => At::Asked,
            (Step::Asks, At::Asked) if stood => {
                self.allow(stage, ask);
                At::Allowed
            }
            (Step::Asks, At::Allowed) if facts.made => At::Over,
            (Step::Fails, At::Given) if self.asked => At::Over,
            (_, At::Over) if rests => At::Rests,
            (_, At::Rests) => return stood,
            _ => return false,
        };
        (self.at, self.since) = (next, Instant::now());
        false
    }

    fn allow(&self, stage: &Stage, ask: Option<&Value>) {
        let ask = ask.expect("an ask");
        if ask["kind"] == "approval" {
            let id = ask["id"].as_str().expect("an id");
            stage.home.ok(&["approve", id]);
        } else {
            let keys = ["send", "--keys", "--force", &self.name, self.cli.yes];
            stage.home.ok(&keys);
        }
    }

    fn seen(&self, stage: &Stage) -> String {
        let said = |args: &[&str]| {
            let output = stage.home.run(args);
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        };
        let all = [
            said(&["read", &self.name]),
            said(&["why", &self.name]),
            said(&["ls"]),
        ];
        format!("{}\n{}", all.join("\n"), stage.home.daemon_log())
    }
}
