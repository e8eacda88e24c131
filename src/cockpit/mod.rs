//! The full-screen client: a model of plain data, one pure update, one pure view, and a loop that
//! moves bytes between the operator's terminal and the daemon.

pub mod act;
pub mod action;
pub mod agentic;
pub mod alerts;
pub mod choices;
pub mod complete;
pub mod copying;
pub mod drafts;
pub mod encode;
pub mod filter;
mod follow;
pub mod form;
pub mod fuzzy;
pub mod inbox;
pub mod key;
pub mod keymap;
pub mod keys;
pub mod layout;
pub mod line;
mod link;
pub mod look;
pub mod model;
pub mod moving;
pub mod outer;
pub mod pacing;
pub mod palette;
pub mod panes;
pub mod pointing;
pub mod policy;
pub mod project;
mod reload;
pub mod remember;
mod run_loop;
pub mod screens;
pub mod settings;
pub mod start;
mod telling;
pub mod terminal;
pub mod theme;
mod tiling;
pub mod typing;
pub mod update;
pub mod view;
pub mod world;

pub use start::{Options, attach, cockpit as run, for_terminal};
