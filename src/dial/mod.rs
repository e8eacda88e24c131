//! The client side of the doors: what verbs, the cockpit and hooks speak to the daemon through.

mod connection;
mod incoming;
mod knock;
mod start;

pub use connection::{Connection, Writer};
pub use incoming::{Incoming, Reader};
