//! The integration tests: one binary, a module a topic.

mod house;
mod support;
mod verbs;
