//! The client side of the doors: what verbs, the cockpit and hooks speak to the daemon through.

mod carry;
mod connection;
mod incoming;
mod knock;
mod start;

pub use carry::{Door, Patience, key};
pub use connection::{Connection, Writer};
pub use incoming::{Incoming, Reader};
