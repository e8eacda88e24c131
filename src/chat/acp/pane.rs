//! The pane: what is typed, what the CLI says and what becomes of requests, one after the other.

use super::asks::{Asks, Outcome};
use super::kept::{self, Kept};
use super::paper::{Ink, Paper};
use super::teller::Teller;
use super::turn::Turn;
use crate::chat::composer::Composer;
use crate::chat::input;
use crate::chat::keys::{Key, Keys};
use crate::core::text::{counted, line};
use crate::dial::Door;
use crate::platform::terminal;
use crate::probe::agent::{self, Agent, Said};
use crate::runtime::acp::{Order, Talk};
use crate::runtime::transcript::{Entry, Who};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// How often a turn that goes on is looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often it is said again that it goes on: what nobody repeats is not believed for long.
const SAY_AGAIN: Duration = Duration::from_secs(10);
/// What waits to be taken in: whoever floods is held up.
const WAITING: usize = 256;
/// Complaints that are shown when the CLI ends.
const COMPLAINTS: usize = 8;

/// What is told to the pane from elsewhere.
pub(super) enum Told {
    Agent(Said),
    Outcome(String, Outcome),
    Note(String),
}

type Input = input::Input<Told>;

/// Everything there is to it.
pub(super) struct Pane {
    pub(super) order: Order,
    pub(super) talk: Talk,
    pub(super) agent: Agent,
    pub(super) asks: Asks,
    pub(super) teller: Teller,
    pub(super) kept: Kept,
    pub(super) paper: Paper,
    pub(super) composer: Composer,
    pub(super) turn: Option<Turn>,
    /// What was said before, until a prompt takes it along.
    pub(super) before: Vec<Entry>,
    /// Prompts to be given next: the first one, and notes of the operator.
    pub(super) next: VecDeque<String>,
    /// Enter was pressed while no prompt could be given.
    pub(super) queued: bool,
    /// What tool calls do, by their ids.
    pub(super) titles: BTreeMap<String, String>,
    /// Why there is no conversation.
    pub(super) closed: bool,
    pub(super) complaints: VecDeque<String>,
    pub(super) garbage: usize,
    pub(super) sender: SyncSender<Input>,
    said: Instant,
    exit: Option<i32>,
}

/// Drives the CLI until it or the terminal ends; the exit code.
///
/// # Errors
/// The terminal cannot be taken over, or the CLI not started.
pub(super) fn run(order: Order, door: Door) -> io::Result<i32> {
    let (sender, inputs) = sync_channel::<Input>(WAITING);
    let cwd = std::env::current_dir()?.to_string_lossy().into_owned();
    let tell = sender.clone();
    let (program, args) = order
        .argv
        .split_first()
        .ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    // It is the way to the inbox, and the CLI's requests come here.
    command
        .args(args)
        .env_remove("PULT_TOKEN")
        .env_remove("PULT_DOOR");
    let said = move |said| tell.send(Input::Told(Told::Agent(said))).is_ok();
    let agent = agent::start(command, said)
        .map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))?;
    terminal::raw_mode()?;
    let signals = terminal::Signals::watch()?;
    let keys = sender.clone();
    std::thread::spawn(move || input::read(&signals, |input| keys.send(input).is_ok()));
    let before = order.kept.as_deref().map(Path::new).map(kept::before);
    let before = before.unwrap_or_default();
    let prompts = before.iter().filter(|entry| entry.who == Who::Operator);
    let notes = sender.clone();
    let mut pane = Pane {
        talk: Talk::new(&cwd, &order.mcp, &order.mode),
        agent,
        asks: Asks::new(door.clone(), &order.runtime, &cwd),
        teller: Teller::start(door, &order.runtime, move |note| {
            let _ = notes.send(Input::Told(Told::Note(note)));
        }),
        kept: Kept::default(),
        paper: Paper::new(),
        composer: Composer::new(prompts.map(|entry| entry.text.clone()).collect()),
        turn: None,
        before,
        next: order.prompt.clone().into_iter().collect(),
        queued: false,
        titles: BTreeMap::new(),
        closed: false,
        complaints: VecDeque::new(),
        garbage: 0,
        sender,
        said: Instant::now(),
        exit: None,
        order,
    };
    pane.begin(&cwd);
    let done = pane.live(&inputs);
    pane.paper
        .raw("\x1b]7501;state=clear:app=acp\x1b\\\x1b]0;\x07\x1b[?2004l");
    let flushed = pane.paper.flush();
    terminal::cooked_mode();
    let status = pane.agent.end();
    done.and(flushed)?;
    // Where it was told to end, it is of no matter how it did.
    let of_it = |status: std::process::ExitStatus| status.code().filter(|code| *code != 0);
    Ok(pane
        .exit
        .unwrap_or_else(|| status.and_then(of_it).unwrap_or(1)))
}

impl Pane {
    fn begin(&mut self, cwd: &str) {
        let head = format!("{} in {cwd}", self.order.runtime);
        self.paper.raw("\x1b[?2004h");
        self.paper.say(Ink::Bold, &head);
        self.paper.say(
            Ink::Dim,
            "enter sends · esc ends the turn · requests are decided in the inbox · /quit",
        );
        if !self.before.is_empty() {
            let before = counted(self.before.len(), "entry", "entries");
            let words = format!("{before} of before go along with the next prompt, as data");
            self.paper.say(Ink::Dim, &words);
        }
        self.paper.say(Ink::Plain, "");
        if let Some(path) = &self.order.kept {
            match Kept::open(Path::new(path)) {
                Ok(kept) => self.kept = kept,
                Err(error) => self.not_kept(&error),
            }
        }
        self.title();
        let greeting = self.talk.greet();
        self.agent.say(greeting, None);
    }

    fn live(&mut self, inputs: &Receiver<Input>) -> io::Result<()> {
        let mut keys = Keys::default();
        while self.exit.is_none() {
            self.give_next();
            self.show();
            self.paper.flush()?;
            match inputs.recv_timeout(TICK) {
                Ok(Input::Bytes(bytes)) => {
                    for key in keys.feed(&bytes) {
                        self.key(&key);
                    }
                }
                Ok(Input::Told(Told::Agent(Said::End))) => {
                    self.ended();
                    return Ok(());
                }
                Ok(Input::Told(Told::Agent(said))) => self.said(said),
                Ok(Input::Told(Told::Outcome(call, outcome))) => self.outcome(&call, outcome),
                Ok(Input::Told(Told::Note(note))) => self.next.push_back(note),
                Ok(Input::Resized) => self.paper.resized(),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Input::Closed) | Err(RecvTimeoutError::Disconnected) => self.exit = Some(0),
            }
        }
        self.paper.clear();
        Ok(())
    }

    /// The CLI has ended by itself, and with it this program.
    fn ended(&mut self) {
        let status = self.agent.ended();
        let how = status.map_or("it says no more".to_owned(), |status| status.to_string());
        for complaint in std::mem::take(&mut self.complaints) {
            self.paper.say(Ink::Dim, &complaint);
        }
        let words = format!("{} has ended: {how}", self.order.runtime);
        self.paper.say(Ink::Warn, &words);
        self.exit = Some(status.and_then(|status| status.code()).unwrap_or(1));
    }

    fn said(&mut self, said: Said) {
        match said {
            Said::Line(line) => {
                for heard in self.talk.hear(&line) {
                    self.heard(heard);
                }
            }
            Said::Long(bytes) => {
                let words = format!("it said {bytes} bytes in one line, which were passed over");
                self.odd(&words);
            }
            Said::Complaint(complaint) => {
                if self.complaints.len() >= COMPLAINTS {
                    self.complaints.pop_front();
                }
                self.complaints.push_back(line(&complaint));
            }
            Said::Read(call) => self.teller.went_on(&call),
            Said::End => {}
        }
    }

    fn key(&mut self, key: &Key) {
        match key {
            Key::Esc | Key::Ctrl('c') if self.talk.works() => self.interrupt(),
            Key::Ctrl('c') if !self.composer.is_empty() => {
                self.composer.take();
            }
            Key::Ctrl('c') => self.paper.say(Ink::Dim, "ctrl-d or /quit ends it"),
            Key::Ctrl('d') if self.turn.is_none() && self.composer.is_empty() => {
                self.exit = Some(0);
            }
            Key::Ctrl('l') if self.turn.is_none() => self.paper.wipe(),
            Key::Enter if self.closed && self.composer.is_empty() => self.open_again(),
            // What is written while it works goes when it is done.
            Key::Enter if self.talk.is_ready() => self.send(),
            Key::Enter => self.queued = !self.composer.is_empty(),
            key => self.composer.key(key),
        }
    }

    /// Gives the next prompt, where one waits and can be given.
    fn give_next(&mut self) {
        if !self.talk.is_ready() {
            return;
        }
        if let Some(prompt) = self.next.pop_front() {
            self.give(&prompt);
        } else if std::mem::take(&mut self.queued) {
            self.send();
        }
    }

    /// Sends what is written, or does what it says.
    fn send(&mut self) {
        let text = self.composer.take();
        match text.trim() {
            "" => {}
            "/quit" | "/exit" => self.exit = Some(0),
            _ => self.give(&text),
        }
    }

    fn open_again(&mut self) {
        self.closed = false;
        let opening = self.talk.open();
        self.agent.say(opening, None);
    }

    fn show(&mut self) {
        match &self.turn {
            Some(turn) => {
                let words = turn.goes_on(self.asks.any());
                self.paper.goes_on(&words);
                if self.said.elapsed() >= SAY_AGAIN {
                    self.state("working");
                }
            }
            None => {
                let hint = match (self.closed, self.talk.is_ready()) {
                    (true, _) => "enter tries again",
                    (false, true) => "what is to be done",
                    (false, false) => "it starts",
                };
                self.paper.prompt(&self.composer, hint);
            }
        }
    }

    /// Reports the state as agents do, and as a shell does.
    pub(super) fn state(&mut self, state: &str) {
        let mark = if state == "idle" { "A" } else { "C" };
        self.paper.raw(&format!(
            "\x1b]7501;state={state}:app=acp\x1b\\\x1b]133;{mark}\x1b\\"
        ));
        self.said = Instant::now();
    }

    fn title(&mut self) {
        let title = format!("\x1b]0;{}\x07", line(&self.order.runtime));
        self.paper.raw(&title);
    }

    pub(super) fn not_kept(&mut self, error: &io::Error) {
        let words = format!("what is said is not kept for a resume: {error}");
        self.paper.say(Ink::Warn, &words);
        self.kept = Kept::default();
    }
}
