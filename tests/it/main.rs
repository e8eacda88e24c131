//! The integration tests: one binary, a module a topic.

mod acp;
mod adapters;
mod chat;
mod cockpit;
mod declared;
mod demo;
mod doctor;
mod doors;
mod hook;
mod house;
mod keeper;
mod live;
mod policy;
mod screen;
mod sessions;
mod support;
mod templates;
mod verbs;
mod worktrees;
