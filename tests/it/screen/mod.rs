//! The terminal screen against recorded agents, against itself, and beside an emulator by
//! another hand.

mod cases;
mod checkpoint;
mod differences;
mod fidelity;
mod keys;
mod moved;
mod oracle;
mod painted;
mod reference;
mod soup;
mod twin;
