//! The ground: the only room that knows which operating system it stands on.

pub mod paths;
