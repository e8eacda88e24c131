//! The terminal screen against recorded agents and against itself.

mod checkpoint;
mod reference;
mod soup;
mod twin;
