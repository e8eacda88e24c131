//! The chat in a terminal: plain lines that scroll, the prompt at their end. Nothing is drawn over
//! what was said, so the terminal's own history holds all of it.

use super::composer::Composer;
use super::keys::{Key, Keys};
use super::request::{self, Event, Running};
use super::talk::Talk;
use super::wrap::Wrap;
use crate::core::text::{line, strip};
use crate::platform::terminal;
use crate::runtime::endpoint::{Heard, Message, Role, Tokens};
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How often a turn that goes on is looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often it is said again that it goes on: what nobody repeats is not believed for long.
const SAY_AGAIN: Duration = Duration::from_secs(10);
/// Messages of before that are shown when a conversation goes on.
const SHOWN: usize = 2;

/// What comes in.
enum Input {
    Bytes(Vec<u8>),
    Closed,
    Turn(u64, Event),
}

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
    /// The row of the prompt in which the cursor is, while the prompt is on the screen.
    drawn: Option<usize>,
    said: Instant,
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
    std::thread::spawn(move || read_keys(&keys));
    let users = talk.said().filter(|m| m.role == Role::User);
    let before = users.map(|m| m.text.clone()).collect();
    let mut pane = Pane {
        talk,
        ready: false,
        composer: Composer::new(before),
        turn: None,
        number: 0,
        queued: false,
        drawn: None,
        said: Instant::now(),
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

fn read_keys(keys: &Sender<Input>) {
    let mut input = io::stdin().lock();
    let mut bytes = [0_u8; 4096];
    loop {
        let said = match input.read(&mut bytes) {
            Ok(0) => Input::Closed,
            Ok(n) => Input::Bytes(bytes[..n].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => Input::Closed,
        };
        let closed = matches!(said, Input::Closed);
        if keys.send(said).is_err() || closed {
            return;
        }
    }
}

fn width() -> usize {
    terminal::size().map_or(80, |(_, cols)| usize::from(cols).max(4))
}

impl Pane {
    fn begin(&mut self, prompt: Option<String>) {
        self.look();
        let said: Vec<Message> = self.talk.said().cloned().collect();
        if said.len() > SHOWN {
            self.dim(&format!("{} messages before", said.len() - SHOWN));
        }
        for message in said.iter().skip(said.len().saturating_sub(SHOWN)) {
            match message.role {
                Role::User => self.print_prompt(&message.text),
                _ => self.print(&message.text),
            }
            self.out.push_str("\r\n");
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
                Ok(Input::Turn(number, event)) if number == self.number => self.event(event),
                Ok(Input::Turn(..)) => {}
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
        let mut out = io::stdout().lock();
        let written = out
            .write_all(self.out.as_bytes())
            .and_then(|()| out.flush());
        self.out.clear();
        written
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
                self.drawn = None;
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
            self.composer.set(prompt);
            self.state(false);
        }
    }

    fn start(&mut self, prompt: &str) -> Result<(), Option<String>> {
        let model = self.talk.model.clone().unwrap_or_default();
        self.number += 1;
        let (number, sender) = (self.number, self.sender.clone());
        let tell = move |event| {
            let _ = sender.send(Input::Turn(number, event));
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
            Event::Heard(Heard::Cut(limit)) => {
                self.end(Some(format!("the answer was cut off: {limit}")))
            }
            Event::Heard(Heard::End | Heard::Failed(_)) => {}
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
                self.composer.set(&turn.prompt);
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

    /// Says that it is waited for the first word.
    fn waits(&mut self) {
        let Some(turn) = self.turn.as_ref().filter(|turn| turn.text.is_empty()) else {
            return;
        };
        let model = self.talk.model.as_deref().unwrap_or("");
        let does = if turn.thinks { "thinks" } else { "reads" };
        let seconds = turn.since.elapsed().as_secs();
        let words = format!("{} {does} · {seconds} s · esc interrupts", line(model));
        let words: String = words.chars().take(width() - 1).collect();
        self.out.push_str(&format!("\r\x1b[K\x1b[2m{words}\x1b[0m"));
    }

    /// Reports the state as agents do, and as a shell does.
    fn state(&mut self, works: bool) {
        let (state, mark) = if works {
            ("working", "C")
        } else {
            ("idle", "A")
        };
        let model = line(self.talk.model.as_deref().unwrap_or("no model"));
        self.out.push_str(&format!(
            "\x1b]7501;state={state}:app=chat\x1b\\\x1b]133;{mark}\x1b\\\x1b]0;chat: {model}\x07"
        ));
        self.said = Instant::now();
    }

    /// Puts the prompt on the screen, over where it was.
    fn show(&mut self) {
        let columns = width();
        let mut drawn = self.composer.draw(columns);
        // Of one that is taller than the screen the rows around the cursor.
        let most = terminal::size().map_or(24, |(rows, _)| usize::from(rows).max(2)) - 1;
        let first = (drawn.cursor.0 + 1).saturating_sub(most);
        drawn.rows = drawn.rows.into_iter().skip(first).take(most).collect();
        drawn.cursor.0 -= first;
        let hint = match (self.composer.is_empty(), self.ready) {
            (true, true) => format!("ask {}", line(self.talk.model.as_deref().unwrap_or(""))),
            (true, false) => "enter looks for the server again".to_owned(),
            _ => String::new(),
        };
        let hint: String = hint.chars().take(columns.saturating_sub(4)).collect();
        let mut text = self.erase();
        text.push_str(&drawn.rows.join("\r\n"));
        if !hint.is_empty() {
            text.push_str(&format!("\x1b[2m{hint}\x1b[0m"));
        }
        let below = drawn.rows.len() - 1 - drawn.cursor.0;
        if below > 0 {
            text.push_str(&format!("\x1b[{below}A"));
        }
        text.push_str(&format!("\r\x1b[{}C", drawn.cursor.1));
        self.out.push_str(&text);
        self.drawn = Some(drawn.cursor.0);
    }

    fn hide(&mut self) {
        let text = self.erase();
        self.out.push_str(&text);
    }

    fn erase(&mut self) -> String {
        match self.drawn.take() {
            Some(0) => "\r\x1b[J".to_owned(),
            Some(up) => format!("\x1b[{up}A\r\x1b[J"),
            None => String::new(),
        }
    }

    fn print_prompt(&mut self, prompt: &str) {
        let mut composer = Composer::default();
        composer.set(prompt.trim_end());
        for row in composer.draw(width()).rows {
            self.out.push_str(&format!("\x1b[1m{row}\x1b[0m\r\n"));
        }
    }

    fn print(&mut self, text: &str) {
        let mut wrap = Wrap::new(width() - 1);
        let text = wrap.feed(&strip(text)) + &wrap.end();
        self.out.push_str(&text);
        self.out.push_str("\r\n");
    }

    fn dim(&mut self, words: &str) {
        self.styled("2", words);
    }

    fn warn(&mut self, words: &str) {
        self.styled("33", words);
    }

    fn styled(&mut self, style: &str, words: &str) {
        let mut wrap = Wrap::new(width() - 1);
        let text = wrap.feed(&line(words)) + &wrap.end();
        for row in text.split("\r\n") {
            self.out.push_str(&format!("\x1b[{style}m{row}\x1b[0m\r\n"));
        }
    }
}
