//! A hook call of an agent on its way to the daemon: dialled again, with the same key, for as long as
//! somebody waits for the answer.

use super::Connection;
use crate::platform::entropy;
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, HookAnswer};
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The first pause between two attempts to reach the daemon.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest one.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Where the daemon is, and who we are to it.
#[derive(Clone, Debug)]
pub struct Door {
    socket: PathBuf,
    token: String,
}

impl Door {
    /// From `PULT_DOOR` and `PULT_TOKEN`; absent for what was not started by pult.
    pub fn from_env() -> Option<Self> {
        let socket = std::env::var_os("PULT_DOOR").filter(|door| !door.is_empty())?;
        Some(Self {
            socket: socket.into(),
            token: std::env::var("PULT_TOKEN").ok()?,
        })
    }

    /// Dials until there is an answer, the `deadline` comes, or `patience` is at its end; `None` is no
    /// decision.
    pub fn carry(
        &self,
        request: &Request,
        deadline: Option<Instant>,
        patience: &Patience,
    ) -> Option<(Connection, HookAnswer)> {
        let mut pause = FIRST_PAUSE;
        loop {
            match attempt(&self.token, &self.socket, request, patience) {
                Attempt::Answered(answered) => return Some(*answered),
                Attempt::Refused => return None,
                Attempt::Gone { served } if served => pause = FIRST_PAUSE,
                Attempt::Gone { .. } => pause = (pause * 2).min(LONGEST_PAUSE),
            }
            let late = deadline.is_some_and(|deadline| Instant::now() + pause >= deadline);
            if late || patience.ends_within(pause) {
                return None;
            }
        }
    }
}

/// Waits for an answer until somebody ends it.
#[derive(Clone, Debug, Default)]
pub struct Patience(Arc<(Mutex<Waits>, Condvar)>);

#[derive(Debug, Default)]
struct Waits {
    over: bool,
    /// The connection over which it is waited.
    over_it: Option<UnixStream>,
}

impl Patience {
    /// Ends it: the connection goes, and no other is made.
    pub fn end(&self) {
        let mut waits = self.lock();
        waits.over = true;
        if let Some(stream) = waits.over_it.take() {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        self.0.1.notify_all();
    }

    fn holds(&self, stream: Option<UnixStream>) -> bool {
        let mut waits = self.lock();
        waits.over_it = stream;
        !waits.over
    }

    fn ends_within(&self, time: Duration) -> bool {
        let waits = self
            .0
            .1
            .wait_timeout_while(self.lock(), time, |waits| !waits.over);
        waits.map_or(true, |(waits, _)| waits.over)
    }

    fn lock(&self) -> MutexGuard<'_, Waits> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Identifies a hook call to every daemon that it will meet.
pub fn key() -> Option<String> {
    entropy::hex::<16>().ok()
}

/// What became of one attempt.
enum Attempt {
    Answered(Box<(Connection, HookAnswer)>),
    /// The daemon will not serve this call.
    Refused,
    /// Nobody is there, or the daemon went while it was waited for (`served`).
    Gone {
        served: bool,
    },
}

fn attempt(token: &str, socket: &Path, request: &Request, patience: &Patience) -> Attempt {
    let mut connection = match Connection::worker(token, socket, "hook") {
        Ok(connection) => connection,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Attempt::Refused,
        Err(_) => return Attempt::Gone { served: false },
    };
    if !patience.holds(connection.handle().ok()) {
        return Attempt::Refused;
    }
    let reply = connection.request(request.clone());
    patience.holds(None);
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) if error.kind == ErrorKind::Unreachable => {
            return Attempt::Gone { served: true };
        }
        Err(_) => return Attempt::Refused,
    };
    match serde_json::from_value(reply) {
        Ok(answer) => Attempt::Answered(Box::new((connection, answer))),
        Err(_) => Attempt::Refused,
    }
}
