//! The Agent Client Protocol as a client speaks and hears it: JSON-RPC 2.0, one message a line
//! (<https://agentclientprotocol.com>). Shared by every adapter whose CLI speaks it; nothing here
//! knows which.

mod driven;
mod message;
mod permission;
mod talk;

pub use driven::{Decided, Driven, Order, UNOPENED, WENT_ON};
pub use message::{Message, ask, initialize, read, tell};
pub use permission::Permission;
pub use talk::{Heard, Over, Talk, Tool};
