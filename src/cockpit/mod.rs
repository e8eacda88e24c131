//! The full-screen client: a model of plain data, one pure update, one pure view, and a loop that
//! moves bytes between the operator's terminal and the daemon.

pub mod act;
pub mod action;
pub mod form;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod line;
pub mod model;
pub mod moving;
pub mod palette;
pub mod pointing;
pub mod terminal;
pub mod theme;
pub mod typing;
pub mod update;
pub mod view;
pub mod world;
