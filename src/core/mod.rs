//! The mind: what may happen and what follows from it. No clock, no I/O, no randomness.

pub mod ask;
pub mod id;
pub mod state;
pub mod status;
