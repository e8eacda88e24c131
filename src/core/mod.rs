//! The mind: what may happen and what follows from it. No clock, no I/O, no randomness.

pub mod apply;
pub mod ask;
pub mod asking;
mod attempt;
pub mod command;
pub mod conversation;
pub mod decide;
pub mod effect;
pub mod entry;
pub mod event;
pub mod find;
#[cfg(test)]
pub(crate) mod fixture;
pub mod fusion;
pub mod id;
pub mod limit;
pub mod mcp;
mod names;
pub mod peer;
#[cfg(test)]
pub(crate) mod properties;
pub mod refusal;
mod retrying;
pub mod role;
pub mod session;
pub mod stamp;
pub mod state;
pub mod status;
pub mod tag;
pub mod template;
pub mod text;
pub mod trust;
pub mod usage;
pub mod world;
