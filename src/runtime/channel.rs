//! A side channel of a CLI: a way into its running process, beside its screen, over which requests
//! come in and decisions go back.
//!
//! A runtime says where it is ([`Way`]) and reads and writes what goes over it ([`Channel`]); who
//! holds the connection does all input and output. A gate over a channel is closed by construction
//! only where the CLI itself waits for as long as nobody answers.

use crate::core::ask::{Answer, AskKind, Call};
use crate::core::mcp::McpServer;
use crate::core::status::Signal;
use serde::{Deserialize, Serialize};

/// Where the channel of a start is. Kept 0600 beside the attempt, for a daemon that comes later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The port on 127.0.0.1 on which the CLI's own process listens; 0 where a client is run.
    pub port: u16,
    /// What it knows its caller by.
    pub secret: String,
    /// The CLI's own client of its process, where that speaks over the client's standard streams, a
    /// line each.
    #[serde(default)]
    pub client: Option<Client>,
    /// It was started with a prompt: until that is worked on, rest is not the end of a turn.
    pub prompted: bool,
    /// What is asked of it once, at the first [`Heard::First`]; never twice, not even after a crash.
    pub first: Vec<Say>,
}

/// A client to run. It is started only once a process of the session listens on `socket`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The working directory, absolute.
    pub cwd: String,
    /// The Unix socket that the session's process listens on, absolute.
    pub socket: String,
    /// The path by which the client dials it, absolute: a link to it that is made first.
    pub link: String,
    /// A path, absolute, at which the client would lock a file to start such a process itself. A
    /// directory is put there first, so it never does.
    pub barred: String,
    /// The MCP servers that the conversation gets over it.
    #[serde(default)]
    pub mcp: Vec<McpServer>,
}

/// What is said over the channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Say {
    /// A request over HTTP; its answer comes in as [`Incoming::Reply`].
    Http(Request),
    /// A line to the client; what comes of it comes in as any [`Incoming::Event`].
    Line(String),
}

/// A request over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// A body of JSON.
    pub body: Option<String>,
}

impl Request {
    /// A `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.into(),
            body: None,
        }
    }
}

impl Say {
    /// A `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::Http(Request::get(path))
    }

    /// A `POST` with a body of JSON.
    pub fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self::Http(Request {
            method: "POST".to_owned(),
            path: path.into(),
            body: Some(body.to_string()),
        })
    }
}

/// What comes in.
#[derive(Clone, Copy, Debug)]
pub enum Incoming<'a> {
    /// The stream of events is open, for the first time or again; what happened before is not in
    /// it. With the conversation's id, where one is known.
    Open(Option<&'a str>),
    /// The data of one event, or a line of the client.
    Event(&'a str),
    /// The answer to a request: its HTTP status, 0 when there was none, and its body.
    Reply(&'a Request, u16, &'a str),
}

/// What follows from it, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Signals about the session.
    Signals(Vec<Signal>),
    /// A call waits for a decision, or a question to be answered in the pane, under this id of the
    /// CLI's own. It may be told again.
    Asked(String, AskKind, Call),
    /// The request of this id waits no more, and not by an answer of ours; the evidence, in words.
    /// Which answer it got, if any, is told by a later [`Heard::Settled`].
    Gone(String, String),
    /// The request of this id waits no more: the answer it got, where it got one, and the evidence,
    /// in words.
    Settled(String, Option<Answer>, String),
    /// Exactly these requests wait now, by their ids.
    Waiting(Vec<String>),
    /// It is ready for [`Way::first`].
    First,
    /// Say this next.
    Say(Say),
    /// Say this after a short while: the process is not ready for it.
    Later(Say),
    /// Something does not work, or is more open than it should be, in words: shown with the
    /// session's other limits.
    Limit(String),
}

/// Reads and writes what goes over a channel.
pub trait Channel: Send {
    /// The path of the stream of events, over HTTP.
    fn events(&self) -> &'static str {
        ""
    }
    /// Headers of every request: name, value.
    fn headers(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    /// Whether it has heard how things stand; until then the screen says more.
    fn speaks(&self) -> bool {
        true
    }
    /// Takes what came in.
    fn hear(&mut self, incoming: Incoming<'_>) -> Vec<Heard>;
    /// What carries a decision; `None` where the request does not wait any more.
    fn answer(&mut self, request: &str, answer: Answer, note: Option<&str>) -> Option<Say>;
    /// What interrupts the running turn and takes back its requests, in order.
    fn interrupt(&self) -> Vec<Say>;
}
