//! The Agent Client Protocol as a client speaks and hears it: JSON-RPC 2.0, one message a line
//! (<https://agentclientprotocol.com>). Shared by every adapter whose CLI speaks it; nothing here
//! knows which.

mod message;
mod permission;

pub use message::{Message, ask, initialize, read, tell};
pub use permission::Permission;
