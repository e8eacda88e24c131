//! The integration tests: one binary, a module a topic.

mod demo;
mod doors;
mod house;
mod support;
mod verbs;
