//! The first JSON frame in each direction, on both doors. Its fields are frozen: a client of any
//! version can read a hello of any other, and only then are the versions compared.

use serde::{Deserialize, Serialize};

/// The version of the client wire. Both ends must have the same.
pub const VERSION: u32 = 2;

/// What kind of client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientKind {
    /// A verb on the command line.
    Verb,
    /// The full-screen client; its decisions carry the surface `cockpit`.
    Cockpit,
    /// `pult hook`, for an agent.
    Hook,
}

/// Client to daemon.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`] of the client.
    pub wire: u32,
    /// The client's package version.
    pub version: String,
    /// What kind of client it is.
    pub client: ClientKind,
    /// Operator door: the key from `operator/`. Worker door: the session's token, or empty.
    pub key: String,
    /// What the caller is about to do, for the log: the verb and its subject.
    pub about: String,
}

/// Daemon to client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Welcome {
    /// [`VERSION`] of the daemon.
    pub wire: u32,
    /// The daemon's package version.
    pub version: String,
    /// Who the daemon takes the client for.
    pub caller: Caller,
    /// Why it will not serve the client; one line with what to do.
    pub refused: Option<String>,
}

/// Who a client is, as the daemon found by the socket and the process tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// Nobody below a keeper. On the worker door this means: dial the operator door.
    NotAWorker,
    /// A process in the pane of this session: its name, or words where it is not known.
    Worker(String),
    /// Nothing certain: dead, recycled, unstable. Served nothing.
    Unknown,
}
