//! pult: a terminal cockpit from which one person runs many coding agents.

pub mod cli;
pub mod core;
pub mod daemon;
pub mod demo;
pub mod dial;
pub mod hook;
pub mod platform;
pub mod probe;
pub mod runtime;
pub mod store;
pub mod wire;
