//! pult: a terminal cockpit from which one person runs many coding agents.
//!
//! # The map
//!
//! One binary, few roles. Rooms are modules; floors import downwards only, and the house tests
//! (`tests/it/house/`) hold them to it.
//!
//! | floor | rooms | what is absent |
//! |---|---|---|
//! | 0 mind | [`core`]: ids, commands, events, effects, one file per machine | clock, files, processes, randomness: they come in with the command |
//! | 1 vocabularies | [`screen`] (the only door to vt100), [`runtime`] (one adapter per agent CLI: plans and parsers), [`wire`] (frames and views) | I/O |
//! | 2 ground | [`platform`] (the only room that knows the operating system), `config` | decisions |
//! | 3 hands | `store` (the only door to redb), [`git`] (worktrees, by git's own program), [`keeper`] (the only door to portable-pty), [`probe`], [`dial`], [`alert`] | knowledge of each other |
//! | 4 programs | [`daemon`], `cockpit`, [`hook`], [`chat`], [`demo`] | each other: they meet in [`wire`] |
//! | 5 door | [`cli`]: one file per verb | |
//!
//! # The processes
//!
//! ```text
//! pult (cockpit, verbs)              in the user's terminal
//!    │ operator door
//! pult daemon run                    the only opener of the store; a screen per pane; holds no PTY
//!    │ keeper sockets   │ worker door
//! pult keep   (one per session)      owns the PTY and the child; numbers every byte it prints
//!    └ pult sandbox -> the agent CLI (or pult chat) -> pult hook RUNTIME
//! ```
//!
//! # The flow of a request
//!
//! An agent's hook process writes the payload to the worker door. The daemon takes it for the
//! session whose token and process ancestry agree, the engine stores the ask, and only then do
//! clients see it. A decision comes in by the operator door, is stored, is written to the waiting
//! hook, and the ask is closed by the first evidence that the agent took it. A daemon that dies in
//! between is started again and goes on; a hook that finds no daemon gives no decision.
//!
//! Words are used as the glossary has them: an *operator* decides, a *peer* has a name, a
//! *session* is one run of a *runtime*, an *ask* is anything that must be closed.

pub mod alert;
pub mod chat;
pub mod cli;
pub mod cockpit;
pub mod config;
pub mod core;
pub mod daemon;
pub mod demo;
pub mod dial;
pub mod git;
pub mod hook;
pub mod keeper;
pub mod platform;
pub mod probe;
pub mod runtime;
pub mod screen;
pub mod store;
pub mod wire;
