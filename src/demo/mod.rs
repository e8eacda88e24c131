//! The whole loop on a scratch repository with scripted agents: no account, no network, no model.
//!
//! The agents are programs in panes like any other. They ask through the very same hook, and what
//! they are allowed to do they really do, in the scratch repository.

pub mod agent;
mod dialog;
mod pane;
pub mod play;
pub mod scratch;
mod script;

pub use scratch::Scratch;

use crate::dial::Connection;
use crate::wire::hello::ClientKind;
use crate::wire::request::{NewPeer, Request};
use crate::wire::view::{ErrorView, PeerRow};

/// The runtime's name; it is there only where a demo put its program on the PATH.
pub const RUNTIME: &str = "demo";

/// What the cockpit says while it shows the demo.
pub const GUIDE: &str = "demo: a opens fixer's ask, a allows it, r rejects, q ends";

/// Starts the scripted agents of a scratch repository, one peer each; `beat_ms` is how long a step
/// of theirs takes.
///
/// # Errors
/// What the daemon says.
pub fn start(
    scratch: &Scratch,
    beat_ms: u64,
    size: Option<(u16, u16)>,
) -> Result<Vec<PeerRow>, ErrorView> {
    let mut door = Connection::operator(scratch.paths(), ClientKind::Verb, "demo")?;
    let mut peers = Vec::new();
    for script in script::ALL {
        let peer = NewPeer {
            name: script.peer.to_owned(),
            runtime: Some(RUNTIME.to_owned()),
            model: Some(script.name.to_owned()),
            cwd: scratch.repository().display().to_string(),
            prompt: Some(script.prompt.to_owned()),
            env: scratch.env(beat_ms),
            size,
            ..NewPeer::default()
        };
        peers.push(door.request_as(Request::New(peer))?);
    }
    Ok(peers)
}
