//! A turn: its prompt, what the CLI says and asks in it, and its end.

use super::asks::{self, Outcome};
use super::pane::{Pane, Told};
use super::paper::Ink;
use crate::chat::input::Input;
use crate::core::ask::Answer;
use crate::core::text::{line, shown};
use crate::runtime::acp::{Heard, Over, Permission, Tool, UNOPENED};
use crate::runtime::brief::brief;
use std::time::Instant;

/// Rows of a request that are shown at most; the inbox has all of it.
const ROWS: usize = 12;
/// Lines that are no messages and are shown, of a turn.
const GARBAGE: usize = 5;

/// The turn that goes on.
pub(super) struct Turn {
    since: Instant,
    /// The answer so far.
    text: String,
    thinks: bool,
    /// The tool call that runs.
    runs: Option<String>,
    cancelled: bool,
}

impl Turn {
    /// What goes on, in a line.
    pub(super) fn goes_on(&self, asks: bool) -> String {
        let seconds = self.since.elapsed().as_secs();
        let does = match (&self.runs, asks) {
            _ if self.cancelled => "ends the turn".to_owned(),
            (_, true) => "waits for a decision: pult inbox".to_owned(),
            (Some(title), _) => format!("runs {title}"),
            _ if self.thinks => "thinks".to_owned(),
            _ => "works".to_owned(),
        };
        let does: String = does.chars().take(60).collect();
        format!("{does} · {seconds} s · esc ends the turn")
    }
}

impl Pane {
    /// Gives a prompt; the first one of a session that goes on takes along what was said before.
    pub(super) fn give(&mut self, prompt: &str) {
        let before = std::mem::take(&mut self.before);
        let whole = match before.is_empty() {
            true => prompt.to_owned(),
            false => brief(&self.order.runtime, &before, Some(prompt)),
        };
        let Some(given) = self.talk.prompt(&whole) else {
            self.before = before;
            self.composer.give_back(prompt);
            return;
        };
        self.paper
            .say(Ink::Bold, &format!("> {}", prompt.trim_end()));
        self.paper.say(Ink::Plain, "");
        self.keep("operator", prompt);
        self.agent.say(given, None);
        self.turn = Some(Turn {
            since: Instant::now(),
            text: String::new(),
            thinks: false,
            runs: None,
            cancelled: false,
        });
        self.garbage = 0;
        self.teller.prompted();
        self.state("working");
    }

    pub(super) fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Say(line) => self.agent.say(line, None),
            Heard::Open(conversation, model) => {
                self.closed = false;
                self.teller.open(&conversation, model.as_deref());
                if self.next.is_empty() && !self.queued {
                    self.state("idle");
                }
            }
            Heard::Closed(why) => {
                self.closed = true;
                self.paper
                    .say(Ink::Warn, &format!("{UNOPENED}{}", line(&why)));
            }
            Heard::Text(more) => {
                if let Some(turn) = &mut self.turn {
                    turn.thinks = false;
                    turn.text.push_str(&more);
                    self.paper.stream(&more);
                }
            }
            Heard::Thinks => {
                if let Some(turn) = &mut self.turn {
                    turn.thinks = true;
                }
            }
            Heard::Tool(tool) => self.tool(tool),
            Heard::Asks(asked) => self.ask(&asked),
            Heard::TakenBack(call) => {
                let Some(wait) = self.asks.forget(&call) else {
                    return;
                };
                self.paper.say(Ink::Dim, "it takes that back");
                match self.asks.any() {
                    true => wait.end(),
                    false => self.teller.taken_back(wait),
                }
            }
            Heard::Over(over) => self.over(&over),
            Heard::Odd(words) => self.odd(&words),
        }
    }

    fn tool(&mut self, tool: Tool) {
        if let Some(title) = &tool.title {
            self.titles.insert(tool.id.clone(), line(title));
        }
        let title = self.titles.get(&tool.id).cloned();
        let title = title.unwrap_or_else(|| line(&tool.id));
        let failed = match tool.state.as_str() {
            "completed" => false,
            "failed" => true,
            _ => {
                if let Some(turn) = &mut self.turn {
                    turn.runs = Some(title);
                }
                return;
            }
        };
        if let Some(turn) = &mut self.turn {
            turn.runs = None;
        }
        self.keep("tool", &format!("{title}: {}", tool.state));
        let mark = if failed { "failed: " } else { "done: " };
        self.paper.say(Ink::Dim, &format!("{mark}{title}"));
        let words = tool.words.filter(|_| failed);
        let first = words.as_deref().and_then(|words| words.lines().next());
        if let Some(first) = first {
            self.paper.say(Ink::Warn, &format!("  {first}"));
        }
    }

    fn ask(&mut self, asked: &Permission) {
        let call = asked.call(None, None);
        self.titles
            .insert(asked.request.clone(), line(&call.object));
        let object = shown(&call.object);
        let rows: Vec<&str> = object.lines().take(ROWS).collect();
        let verb = format!("{:?}", call.verb).to_lowercase();
        let mut words = format!("asks to {verb}: {}", rows.join("\n"));
        if object.lines().count() > ROWS {
            words.push_str("\n… (all of it: pult inbox)");
        }
        self.paper.say(Ink::Warn, &words);
        let sender = self.sender.clone();
        let tell = move |call, outcome| {
            let _ = sender.send(Input::Told(Told::Outcome(call, outcome)));
        };
        if let Err(why) = self.asks.ask(asked, tell) {
            self.paper
                .say(Ink::Warn, &format!("it is not allowed: {why}"));
            let no = self.talk.answer(&asked.request, Answer::Deny);
            no.into_iter().for_each(|no| self.agent.say(no, None));
        }
    }

    /// What became of a request: the answer goes to the CLI, where it still waits for it.
    pub(super) fn outcome(&mut self, call: &str, outcome: Outcome) {
        if self.asks.forget(call).is_none() {
            return;
        }
        let (decided, connection, ask) = match outcome {
            Outcome::Decided(decided, connection, ask) => (decided, connection, ask),
            Outcome::Nobody => {
                let words = "pult takes no decision about it: it is not run; esc ends the turn";
                self.paper.say(Ink::Warn, words);
                return self.state("blocked");
            }
        };
        let Some(answer) = self.talk.answer(call, decided.answer) else {
            return;
        };
        self.agent.say(answer, Some(call.to_owned()));
        asks::done(connection, ask);
        let words = match decided.answer {
            Answer::Allow => "allowed",
            Answer::Deny => "rejected",
        };
        self.paper.say(Ink::Dim, words);
        if let (Answer::Allow, Some(turn)) = (decided.answer, &mut self.turn) {
            turn.runs = self.titles.get(call).cloned();
        }
        if let Some(note) = decided.note {
            self.next
                .push_back(format!("The operator said no to that: {note}"));
        }
        self.state("working");
    }

    pub(super) fn interrupt(&mut self) {
        for line in self.talk.cancel() {
            self.agent.say(line, None);
        }
        if let Some(turn) = &mut self.turn {
            turn.cancelled = true;
        }
        self.queued = false;
        for note in std::mem::take(&mut self.next) {
            self.paper
                .say(Ink::Warn, &format!("this was not given: {note}"));
        }
    }

    fn over(&mut self, over: &Over) {
        let Some(turn) = self.turn.take() else {
            return;
        };
        self.keep("agent", &turn.text);
        self.paper.clear();
        let waits = self.asks.forget_all();
        match (&over.error, over.reason.as_str()) {
            (Some(error), _) => self.paper.say(Ink::Warn, &line(error)),
            (None, "end_turn") => {}
            (None, reason) => self
                .paper
                .say(Ink::Warn, &format!("the turn ended: {reason}")),
        }
        let seconds = turn.since.elapsed().as_secs_f32();
        let words = match over.tokens {
            Some((input, output)) => format!("{input} tokens in · {output} out · {seconds:.1} s"),
            None => format!("{seconds:.1} s"),
        };
        self.paper.say(Ink::Dim, &words);
        self.paper.say(Ink::Plain, "");
        self.titles.clear();
        self.teller.over(over.error.as_deref(), waits);
        if self.next.is_empty() && !self.queued {
            self.state("idle");
        }
    }

    pub(super) fn odd(&mut self, words: &str) {
        self.garbage += 1;
        if self.garbage <= GARBAGE {
            let words: String = line(words).chars().take(200).collect();
            self.paper.say(Ink::Dim, &words);
        }
    }

    fn keep(&mut self, who: &str, text: &str) {
        if let Err(error) = self.kept.say(who, text) {
            self.not_kept(&error);
        }
    }
}
