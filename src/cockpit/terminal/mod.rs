//! The operator's own terminal: what comes in as keys, what goes out as cells.

pub mod clipboard;
pub mod facts;
pub mod input;
pub mod out;
pub mod painter;
mod strokes;
mod widths;
