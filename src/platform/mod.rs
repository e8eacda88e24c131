//! The ground: the only room that knows which operating system it stands on.

pub mod ancestry;
pub mod enforcement;
pub mod environment;
pub mod lock;
pub mod mark;
pub mod paths;
pub mod sandbox;
