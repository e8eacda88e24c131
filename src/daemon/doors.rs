//! The two doors of the daemon: who comes in, and as what.

use crate::core::ask::Who;
use crate::core::id::SessionId;
use crate::platform::lock::Lock;
use crate::platform::paths::Paths;
use crate::wire::hello::{Caller, ClientKind};
use std::collections::HashMap;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

/// Which door a client came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Everything a human may do.
    Operator,
    /// Hooks and self-reports only.
    Worker,
}

/// A client that was let in; it has had its welcome and speaks `ToDaemon` from here on.
#[derive(Debug)]
pub struct Client {
    /// The connection, blocking, without time limits.
    pub stream: UnixStream,
    /// The door.
    pub door: Door,
    /// What kind of client it says it is.
    pub kind: ClientKind,
    /// What it says it is about to do; control characters stripped.
    pub about: String,
    /// Who it is: `NotAWorker` on the operator door, `Worker` on the worker door.
    pub caller: Caller,
    /// Its uid, process chain and terminal; the surface follows from the kind.
    pub who: Who,
    /// Its session, on the worker door.
    pub session: Option<SessionId>,
    /// Why this client may not decide asks, in one line with what to do instead; `None` = it may.
    pub may_not_decide: Option<String>,
}

/// Which process of which session: a process id and its start time in clock ticks since boot.
pub type ProcessKey = (u32, u64);

/// What the doors must know about sessions. Lost keepers and their tokens stay registered.
pub trait Registry: Send + Sync + 'static {
    /// The session that was given this token.
    fn session_of_token(&self, token: &str) -> Option<SessionId>;
    /// Every known keeper process and its session.
    fn keeper_sessions(&self) -> HashMap<ProcessKey, SessionId>;
    /// The session's name, for the refusal line.
    fn name_of(&self, session: &SessionId) -> Option<String>;
    /// Whether the session runs with the profile `none`.
    fn is_unconfined(&self, session: &SessionId) -> bool;
    /// Whether any live session has the profile `none`.
    fn any_unconfined(&self) -> bool;
    /// Whether a program of this file name is an agent's (from the runtime rows).
    fn is_agent_name(&self, name: &str) -> bool;
    /// Somebody below a keeper tried what only the operator may.
    fn on_tamper(&self, tamper: Tamper);
    /// A client was let in; called on its own thread, which it may keep.
    fn serve(&self, client: Client);
}

/// A refused attempt, for the event `tamper.refused`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tamper {
    /// The verb and its subject, as the client said.
    pub about: String,
    /// The caller's process chain in words.
    pub chain: String,
    /// The session it belongs to, where that is known.
    pub session: Option<SessionId>,
    /// Why it was refused, in words.
    pub why: String,
}

/// The open doors. Dropping it removes the sockets and the operator address.
pub struct Doors {
    _private: (),
}

impl Doors {
    /// Binds both doors, writes the operator address and key, and accepts on threads of its own.
    /// The daemon's lock must be held: it is what makes replacing a stale socket safe.
    ///
    /// # Errors
    /// What the system said about the directory or socket.
    pub fn open(_paths: &Paths, _lock: &Lock, _registry: Arc<dyn Registry>) -> io::Result<Self> {
        todo!()
    }

    /// The kind of the operator door: `abstract` or `path`.
    pub fn operator_kind(&self) -> &'static str {
        todo!()
    }
}
