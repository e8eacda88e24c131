//! pult: a terminal cockpit from which one person runs many coding agents.

pub mod cli;
pub mod core;
pub mod daemon;
pub mod dial;
pub mod platform;
pub mod runtime;
pub mod wire;
