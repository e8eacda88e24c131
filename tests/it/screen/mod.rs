//! The terminal screen against recorded agents and against itself.

mod checkpoint;
mod soup;
mod twin;
