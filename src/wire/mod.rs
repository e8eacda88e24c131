//! The vocabulary between client, daemon, keeper and hook.

pub mod branches;
pub mod cost;
pub mod frame;
pub mod hello;
pub mod keeper;
pub mod request;
pub mod transcript;
pub mod view;
