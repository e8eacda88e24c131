//! The chat in a terminal: plain lines that scroll, the prompt at their end. What was said is drawn
//! again only where the size changes, so the terminal's own history holds all of it.

mod draw;

use crate::chat::composer::Composer;
use crate::chat::foot::{Foot, width};
use crate::chat::input;
use crate::chat::keys::{Key, Keys};
use crate::chat::request::{self, Event, Running};
use crate::chat::talk::Talk;
use crate::chat::wrap::Wrap;
use crate::core::text::{counted, line, strip};
use crate::platform::terminal;
use crate::runtime::endpoint::{Heard, Message, Role, Tokens};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How often a turn that goes on is looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often it is said again that it goes on: what nobody repeats is not believed for long.
const SAY_AGAIN: Duration = Duration::from_secs(10);
/// Messages that are drawn again at most when the size changes.
const AGAIN: usize = 50;
/// Messages of before that are shown when a conversation goes on.
const SHOWN: usize = 2;

/// What comes in; of a turn with its number.
type Input = input::Input<(u64, Event)>;

/// The turn that goes on.
struct Turn {
    running: Running,
    prompt: String,
    taken: bool,
    text: String,
    tokens: Option<Tokens>,
    wrap: Wrap,
    thinks: bool,
    since: Instant,
}

struct Pane {
    talk: Talk,
    ready: bool,
    composer: Composer,
    turn: Option<Turn>,
    number: u64,
    /// Enter was pressed while a turn went on.
    queued: bool,
    foot: Foot,
    said: Instant,
    /// What the screen was drawn for.
    columns: usize,
    sender: Sender<Input>,
    out: String,
    over: bool,
}

/// Talks until Ctrl-D or the end of the terminal; `prompt` is the first one.
///
/// # Errors
/// The terminal cannot be taken over.
pub fn run(talk: Talk, prompt: Option<String>) -> io::Result<()> {
    terminal::raw_mode()?;
    let (sender, inputs) = channel();
    let keys = sender.clone();
    let signals = terminal::Signals::watch()?;
    std::thread::spawn(move || input::read(&signals, |input| keys.send(input).is_ok()));
    let users = talk.said().filter(|m| m.role == Role::User);
    let before = users.map(|m| m.text.clone()).collect();
    let mut pane = Pane {
        talk,
        ready: false,
        composer: Composer::new(before),
        turn: None,
        number: 0,
        queued: false,
        foot: Foot::default(),
        said: Instant::now(),
        columns: width(),
        sender,
        out: "\x1b[?2004h".to_owned(),
        over: false,
    };
    pane.begin(prompt);
    let done = pane.live(&inputs);
    pane.out
        .push_str("\x1b]7501;state=clear:app=chat\x1b\\\x1b]0;\x07\x1b[?2004l");
    let flushed = pane.flush();
    terminal::cooked_mode();
    done.and(flushed)
}

impl Pane {
    fn begin(&mut self, prompt: Option<String>) {
        self.look();
        let said: Vec<Message> = self.talk.said().cloned().collect();
        if said.len() > SHOWN {
            let before = counted(said.len() - SHOWN, "message", "messages");
            self.dim(&format!("{before} before"));
        }
        for message in said.iter().skip(said.len().saturating_sub(SHOWN)) {
            self.print_message(message);
        }
        self.state(false);
        self.composer.set(prompt.as_deref().unwrap_or(""));
        if self.ready && !self.composer.is_empty() {
            self.send();
        }
    }

    /// Looks for the server and the model, and says what is there.
    fn look(&mut self) -> bool {
        let known = self.ready;
        match self.talk.choose() {
            Ok(model) => {
                self.ready = true;
                if !known {
                    let schema = if self.talk.has_schema() {
                        " · answers fit a schema"
                    } else {
                        ""
                    };
                    let head = format!("{model} at {}{schema}", self.talk.host);
                    self.out
                        .push_str(&format!("\x1b[1m{}\x1b[0m\r\n", line(&head)));
                    self.dim("enter sends · alt-enter new line · esc interrupts · /help");
                    self.out.push_str("\r\n");
                }
            }
            Err(why) => {
                self.ready = false;
                self.warn(&why);
            }
        }
        self.ready
    }

    fn live(&mut self, inputs: &Receiver<Input>) -> io::Result<()> {
        let mut keys = Keys::default();
        loop {
            if self.turn.is_none() {
                self.show();
            }
            self.flush()?;
            match inputs.recv_timeout(TICK) {
                Ok(Input::Bytes(bytes)) => {
                    for key in keys.feed(&bytes) {
                        self.key(&key);
                    }
                }
                Ok(Input::Told((number, event))) if number == self.number => self.event(event),
                Ok(Input::Told(_)) => {}
                Ok(Input::Resized) => self.resized(),
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Ok(Input::Closed) | Err(RecvTimeoutError::Disconnected) => self.over = true,
            }
            if self.over {
                self.hide();
                if let Some(turn) = self.turn.take() {
                    turn.running.cancel();
                    let _ = self.talk.answered(&turn.text, turn.tokens, false);
                }
                return Ok(());
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        crate::chat::flush(&mut self.out)
    }

    fn key(&mut self, key: &Key) {
        match key {
            Key::Esc | Key::Ctrl('c') if self.turn.is_some() => self.interrupt(),
            Key::Ctrl('c') if !self.composer.is_empty() => {
                self.composer.take();
            }
            Key::Ctrl('c') => {
                self.hide();
                self.dim("ctrl-d ends the chat");
            }
            Key::Ctrl('d') if self.turn.is_none() && self.composer.is_empty() => self.over = true,
            Key::Ctrl('l') if self.turn.is_none() => {
                self.foot.forget();
                self.out.push_str("\x1b[H\x1b[2J");
            }
            // What is written while the model answers goes when it is done.
            Key::Enter if self.turn.is_some() => self.queued = !self.composer.is_empty(),
            Key::Enter => self.send(),
            key => self.composer.key(key),
        }
    }

    /// Sends what is written, or does what it says.
    fn send(&mut self) {
        self.hide();
        let text = self.composer.take();
        let words = text.trim();
        match words.split_once(' ').unwrap_or((words, "")) {
            ("", _) => {
                if !self.ready {
                    self.look();
                }
            }
            ("/quit" | "/exit", "") => self.over = true,
            ("/help", "") => self.help(),
            ("/models", "") => self.models(),
            ("/model", name) if !name.trim().is_empty() => {
                self.talk.model = Some(name.trim().to_owned());
                self.ready = false;
                self.look();
            }
            (word, _) if word.starts_with('/') && !word[1..].contains('/') => {
                self.warn(&format!("there is no {word}; /help says what there is"));
            }
            _ => self.ask(&text),
        }
    }

    fn help(&mut self) {
        for words in [
            "/model NAME  go on with another model     /models  which there are",
            "/quit        end; the conversation is kept where it has a name",
            "alt-enter or ctrl-j  a new line    up, down  prompts before    ctrl-u, ctrl-w, ctrl-k  delete",
            "esc or ctrl-c        end the answer, keep the chat             ctrl-d  end",
        ] {
            self.dim(words);
        }
    }

    fn models(&mut self) {
        match request::models(&self.talk.host) {
            Ok(there) if there.is_empty() => {
                let why = crate::runtime::endpoint::no_models(&self.talk.host);
                self.warn(&why);
            }
            Ok(there) => there.iter().for_each(|name| self.dim(name)),
            Err(why) => self.warn(&why),
        }
    }

    fn ask(&mut self, prompt: &str) {
        self.print_prompt(prompt);
        self.out.push_str("\r\n");
        self.state(true);
        let begun = if self.ready || self.look() {
            self.start(prompt)
        } else {
            Err(None)
        };
        if let Err(why) = begun {
            if let Some(why) = why {
                self.ready = false;
                self.warn(&why);
            }
            self.composer.give_back(prompt);
            self.state(false);
        }
    }

    fn start(&mut self, prompt: &str) -> Result<(), Option<String>> {
        let model = self.talk.model.clone().unwrap_or_default();
        self.number += 1;
        let (number, sender) = (self.number, self.sender.clone());
        let tell = move |event| {
            let _ = sender.send(Input::Told((number, event)));
        };
        let running = request::start(&self.talk.host, self.talk.turn(&model, prompt), tell)?;
        self.turn = Some(Turn {
            running,
            prompt: prompt.to_owned(),
            taken: false,
            text: String::new(),
            tokens: None,
            wrap: Wrap::new(width() - 1),
            thinks: false,
            since: Instant::now(),
        });
        self.waits();
        Ok(())
    }

    fn event(&mut self, event: Event) {
        let Some(turn) = &mut self.turn else { return };
        match event {
            Event::Taken => {
                turn.taken = true;
                if let Err(why) = self.talk.asked(&turn.prompt) {
                    self.out.push_str("\r\x1b[K");
                    self.warn(&why);
                }
            }
            Event::Heard(Heard::Text(more)) => {
                if turn.text.is_empty() {
                    self.out.push_str("\r\x1b[K");
                }
                turn.text.push_str(&more);
                let printed = turn.wrap.feed(&strip(&more));
                self.out.push_str(&printed);
            }
            Event::Heard(Heard::Thinks) => turn.thinks = true,
            Event::Heard(Heard::Tokens(tokens)) => turn.tokens = Some(tokens),
            Event::Heard(Heard::Cut(_) | Heard::End | Heard::Failed(_)) => {}
            Event::Over(why) => self.end(why),
        }
    }

    fn interrupt(&mut self) {
        if let Some(turn) = &self.turn {
            turn.running.cancel();
        }
        self.end(Some("interrupted".to_owned()));
    }

    /// The turn is over; with the reason in words where it did not end well.
    fn end(&mut self, why: Option<String>) {
        let Some(mut turn) = self.turn.take() else {
            return;
        };
        // Whatever of it is still on its way is none of ours.
        self.number += 1;
        if turn.text.is_empty() {
            self.out.push_str("\r\x1b[K");
        } else {
            let rest = turn.wrap.end();
            self.out.push_str(&rest);
            self.out.push_str("\r\n");
        }
        let kept = self.talk.answered(&turn.text, turn.tokens, why.is_none());
        let misfit = if why.is_none() {
            self.talk.misfit(&turn.text)
        } else {
            None
        };
        for words in [why, misfit, kept.err()].into_iter().flatten() {
            self.warn(&words);
        }
        if let Some(tokens) = turn.tokens {
            let seconds = turn.since.elapsed().as_secs_f32();
            self.dim(&format!(
                "{} tokens in · {} out · {seconds:.1} s",
                tokens.input, tokens.output
            ));
        }
        self.out.push_str("\r\n");
        if !turn.taken {
            self.ready = false;
            if self.composer.is_empty() {
                self.composer.give_back(&turn.prompt);
            }
        }
        self.state(false);
        if std::mem::take(&mut self.queued) && turn.taken {
            self.send();
        }
    }

    fn tick(&mut self) {
        if self.turn.is_none() {
            return;
        }
        self.waits();
        if self.said.elapsed() >= SAY_AGAIN {
            self.state(true);
        }
    }
}
