//! The terminal screen against recorded agents, against itself, and beside an emulator by
//! another hand.

mod checkpoint;
mod differences;
mod oracle;
mod reference;
mod soup;
mod twin;
