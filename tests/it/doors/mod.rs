//! The doors with real callers: real processes below a keeper, in the sandbox, orphaned, outside.
//!
//! The doors stand in the test process, with a registry of the test's own; the callers are the
//! built binary, and this test binary again for what no verb does ([`inside`]).

mod callers;
mod house;
mod inside;
mod sandbox;
mod strangers;
