//! The control plane: the only opener of the store, and the two doors to it.

pub mod doors;
pub mod engine;
pub mod link;
