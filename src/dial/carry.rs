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
                Attempt::BrokeOff => pause = FIRST_PAUSE,
                Attempt::Absent => pause = (pause * 2).min(LONGEST_PAUSE),
            }
            let late = deadline.is_some_and(|deadline| Instant::now() + pause >= deadline);
            if late || patience.ends_within(pause) {
                return None;
            }
        }
    }
}

/// How long an answer is waited for: until any holder of a clone ends it.
#[derive(Clone, Debug, Default)]
pub struct Patience(Arc<(Mutex<Waits>, Condvar)>);

#[derive(Debug, Default)]
struct Waits {
    ended: bool,
    /// The connection over which it is waited, while there is one.
    connection: Option<UnixStream>,
}

impl Patience {
    /// Ends it: the connection goes, and no other is made.
    pub fn end(&self) {
        let mut waits = self.lock();
        waits.ended = true;
        if let Some(stream) = waits.connection.take() {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        self.0.1.notify_all();
    }

    /// Waits over that connection from now on; `false` where it has ended before.
    fn wait_over(&self, connection: Option<UnixStream>) -> bool {
        let mut waits = self.lock();
        waits.connection = connection;
        !waits.ended
    }

    /// Lets go of the connection: there is an answer, or there will be none over it.
    fn let_go(&self) {
        self.lock().connection = None;
    }

    /// Waits for so long, or until it ends; whether it has.
    fn ends_within(&self, time: Duration) -> bool {
        let waits = self
            .0
            .1
            .wait_timeout_while(self.lock(), time, |waits| !waits.ended);
        waits.map_or(true, |(waits, _)| waits.ended)
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
    /// The daemon will not serve this call, or nobody waits for it any more.
    Refused,
    /// Nobody is there.
    Absent,
    /// The daemon went while it was waited for.
    BrokeOff,
}

fn attempt(token: &str, socket: &Path, request: &Request, patience: &Patience) -> Attempt {
    let mut connection = match Connection::worker(token, socket, "hook") {
        Ok(connection) => connection,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Attempt::Refused,
        Err(_) => return Attempt::Absent,
    };
    if !patience.wait_over(connection.handle().ok()) {
        return Attempt::Refused;
    }
    let reply = connection.request(request.clone());
    patience.let_go();
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) if error.kind == ErrorKind::Unreachable => return Attempt::BrokeOff,
        Err(_) => return Attempt::Refused,
    };
    match serde_json::from_value(reply) {
        Ok(answer) => Attempt::Answered(Box::new((connection, answer))),
        Err(_) => Attempt::Refused,
    }
}
