//! A side channel of a CLI: a way into its running process, beside its screen, over which requests
//! come in and decisions go back.
//!
//! A runtime says where it is ([`Way`]) and reads and writes what goes over it ([`Channel`]); who
//! holds the connection does all input and output. A gate over a channel is closed by construction
//! only where the CLI itself waits for as long as nobody answers.

use crate::core::ask::{Answer, AskKind, Call};
use crate::core::status::Signal;
use serde::{Deserialize, Serialize};

/// Where the channel of a start is. Kept 0600 beside the attempt, for a daemon that comes later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The port on 127.0.0.1 on which the CLI's own process listens.
    pub port: u16,
    /// What it knows its caller by.
    pub secret: String,
    /// It was started with a prompt: until that is worked on, rest is not the end of a turn.
    pub prompted: bool,
    /// What is asked of it once, when it first answers; never twice, not even after a crash.
    pub first: Vec<Say>,
}

/// A request over the channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// A body of JSON.
    pub body: Option<String>,
}

impl Say {
    /// A `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.into(),
            body: None,
        }
    }

    /// A `POST` with a body of JSON.
    pub fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self {
            method: "POST".to_owned(),
            path: path.into(),
            body: Some(body.to_string()),
        }
    }
}

/// What comes in.
#[derive(Clone, Copy, Debug)]
pub enum Incoming<'a> {
    /// The stream of events is open, for the first time or again; what happened before is not in
    /// it. With the conversation's id, where one is known.
    Open(Option<&'a str>),
    /// The data of one event.
    Event(&'a str),
    /// The answer to a request: its HTTP status, 0 when there was none, and its body.
    Reply(&'a Say, u16, &'a str),
}

/// What follows from it, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Signals about the session.
    Signals(Vec<Signal>),
    /// A call waits for a decision, or a question to be answered in the pane, under this id of the
    /// CLI's own. It may be told again.
    Asked(String, AskKind, Call),
    /// A request waits no more: the answer it got, where it got one, and the evidence in words.
    Settled(String, Option<Answer>, String),
    /// Exactly these requests wait now.
    Waiting(Vec<String>),
    /// Ask this next; the reply comes in as [`Incoming::Reply`].
    Say(Say),
}

/// Reads and writes what goes over a channel.
pub trait Channel: Send {
    /// The path of the stream of events.
    fn events(&self) -> &'static str;
    /// Headers of every request: name, value.
    fn headers(&self) -> Vec<(String, String)>;
    /// Takes what came in.
    fn hear(&mut self, incoming: Incoming<'_>) -> Vec<Heard>;
    /// The request that carries a decision.
    fn answer(&self, request: &str, answer: Answer, note: Option<&str>) -> Say;
    /// What interrupts the running turn and takes back its requests, in order.
    fn interrupt(&self) -> Vec<Say>;
}
