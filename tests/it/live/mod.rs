//! Proofs on the built binary: what must hold when something is killed, hostile or slow.

mod flood;
mod kill_daemon;
