//! The integration tests: one binary, a module a topic.

mod demo;
mod house;
mod support;
mod verbs;
