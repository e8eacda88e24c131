//! The ground: the only room that knows which operating system it stands on.

pub mod ancestry;
pub mod clock;
pub mod detach;
pub mod enforcement;
pub mod entropy;
pub mod environment;
pub mod lock;
pub mod mark;
pub mod operator_file;
pub mod paths;
pub mod probes;
pub mod sandbox;
pub mod sockets;
pub mod terminal;
pub mod watch;
