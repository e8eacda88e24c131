//! The two doors of the daemon: who comes in, and as what.
//!
//! The worker door is a socket file for hooks, and for the operator's clients that do not get to the
//! other one: who is below a keeper is told so there. The operator door opens only to who is not,
//! with a key; whoever comes is looked at, whatever was said at the other door.

mod identify;
mod reception;
mod waiting_room;

use crate::core::ask::Who;
use crate::core::id::SessionId;
use crate::platform::enforcement::Enforcement;
use crate::platform::entropy;
use crate::platform::lock::Lock;
use crate::platform::operator_file::OperatorFile;
use crate::platform::paths::Paths;
use crate::platform::sockets::{self, Address};
use crate::wire::hello::{Caller, ClientKind};
use std::collections::HashMap;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use waiting_room::WaitingRoom;

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
    /// The verb and its subject, as the client said; control characters stripped.
    pub about: String,
    /// The caller's process id; 0 when it is not known.
    pub pid: u32,
    /// The caller's process chain in words.
    pub chain: String,
    /// The session it belongs to, where that is known.
    pub session: Option<SessionId>,
    /// Why it was refused, in words.
    pub why: String,
}

/// The open doors. Dropping it ends the listening and removes the addresses; clients that were let
/// in stay.
pub struct Doors {
    shared: Arc<Shared>,
    listeners: [UnixListener; 2],
    worker_socket: PathBuf,
    operator_dir: PathBuf,
    operator: Address,
}

/// What the threads of both doors share.
struct Shared {
    registry: Arc<dyn Registry>,
    /// The operator's key.
    key: String,
    /// Whether workers cannot reach the operator door at all.
    scoped: bool,
    closing: AtomicBool,
    /// Clients that have not said hello yet.
    strangers: Arc<WaitingRoom>,
}

impl Doors {
    /// Binds both doors, writes the operator address and key, and accepts on threads of its own.
    /// The daemon's lock must be held: it is what makes replacing a stale socket safe.
    ///
    /// # Errors
    /// What the system said about the directory or socket.
    pub fn open(paths: &Paths, _lock: &Lock, registry: Arc<dyn Registry>) -> io::Result<Self> {
        sockets::private_dir(&paths.state)?;
        sockets::private_dir(&paths.run)?;
        let scoped = Enforcement::probe().scopes();
        let operator = match scoped {
            true => Address::Abstract(format!(
                "pult-operator-{}-{}",
                sockets::own_uid(),
                entropy::hex::<16>()?
            )),
            false => Address::Path(paths.run.join("operator.sock")),
        };
        let operator_listener = operator.bind()?;
        let file = OperatorFile {
            address: operator.clone(),
            key: entropy::hex::<32>()?,
        };
        file.write(&paths.operator_dir())?;
        // Last: whoever is answered here finds the operator's address in its place.
        let worker_listener = Address::Path(paths.worker_socket()).bind()?;
        let shared = Arc::new(Shared {
            registry,
            key: file.key,
            scoped,
            closing: AtomicBool::new(false),
            strangers: Arc::default(),
        });
        let doors = Self {
            listeners: [operator_listener.try_clone()?, worker_listener.try_clone()?],
            worker_socket: paths.worker_socket(),
            operator_dir: paths.operator_dir(),
            operator,
            shared,
        };
        reception::open(Door::Operator, operator_listener, &doors.shared)?;
        reception::open(Door::Worker, worker_listener, &doors.shared)?;
        Ok(doors)
    }

    /// The kind of the operator door: `abstract` or `path`.
    pub fn operator_kind(&self) -> &'static str {
        match self.operator {
            Address::Abstract(_) => "abstract",
            Address::Path(_) => "path",
        }
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        self.listeners.iter().for_each(sockets::close);
        OperatorFile::remove(&self.operator_dir);
        let _ = sockets::remove_socket(&self.worker_socket);
        if let Address::Path(path) = &self.operator {
            let _ = sockets::remove_socket(path);
        }
    }
}
