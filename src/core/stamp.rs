//! When and by whom: comes in with every command and is stored with every event.

use super::state::Millis;
use serde::{Deserialize, Serialize};

/// Who wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// The human, through a client on the operator door.
    Operator,
    /// The daemon itself, from what it observed.
    Daemon,
    /// A worker: its peer as `name@incarnation`.
    Peer(String),
}

impl Actor {
    /// The word in the log: `operator`, `daemon` or `name@incarnation`.
    pub fn word(&self) -> &str {
        match self {
            Actor::Operator => "operator",
            Actor::Daemon => "daemon",
            Actor::Peer(name) => name,
        }
    }
}

/// Time and actor of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Wall time, ms since the Unix epoch.
    pub at: Millis,
    /// Awake time: ms of a clock that stands still while the machine sleeps.
    pub awake_ms: u64,
    /// Who.
    pub actor: Actor,
}
