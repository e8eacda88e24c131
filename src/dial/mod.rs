//! The client side of the doors: what verbs, the cockpit and hooks speak to the daemon through.

mod connection;

pub use connection::{Connection, Incoming, Reader, Writer};
