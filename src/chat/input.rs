//! What comes in: bytes, sizes, the end, and what else is told.

use crate::platform::terminal::{self, For, Signal, Signals};
use std::io::{self, Read};
use std::os::fd::AsFd;

/// What comes in.
pub enum Input<T> {
    Bytes(Vec<u8>),
    Resized,
    Closed,
    Told(T),
}

/// Hands over what is typed and what the system tells, until the end or until nobody takes it.
pub fn read<T>(signals: &Signals, give: impl Fn(Input<T>) -> bool) {
    let stdin = io::stdin();
    // No smaller than the buffer of standard input, which would keep what it cannot hand over.
    let mut bytes = [0_u8; 16 * 1024];
    loop {
        let waited = [
            (stdin.as_fd(), For::Reading),
            (signals.as_fd(), For::Reading),
        ];
        let Ok(ready) = terminal::wait(&waited, None) else {
            give(Input::Closed);
            return;
        };
        let mut said = Vec::new();
        for signal in signals.take() {
            match signal {
                Signal::Resized => said.push(Input::Resized),
                Signal::End => said.push(Input::Closed),
                Signal::Suspend | Signal::Continued => {}
            }
        }
        if ready[0] {
            said.push(match stdin.lock().read(&mut bytes) {
                Ok(0) => Input::Closed,
                Ok(n) => Input::Bytes(bytes[..n].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => Input::Closed,
            });
        }
        for input in said {
            let closed = matches!(input, Input::Closed);
            if !give(input) || closed {
                return;
            }
        }
    }
}
