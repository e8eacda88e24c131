//! The ground: the only room that knows which operating system it stands on.

pub mod ancestry;
pub mod child;
pub mod clock;
pub mod detach;
pub mod enforcement;
pub mod entropy;
pub mod environment;
pub mod files;
pub mod lock;
pub mod mark;
pub mod memory;
pub mod operator_file;
pub mod pages;
pub mod paths;
pub mod poll;
pub mod probes;
pub mod process;
pub mod pty;
pub mod rest;
pub mod sandbox;
pub mod sockets;
pub mod terminal;
pub mod terminfo;
pub mod watch;
pub mod zone;
