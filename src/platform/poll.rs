//! Waiting for several descriptors at once.

pub use rustix::event::{PollFd, PollFlags};
use rustix::event::{Timespec, poll};
use std::io;
use std::time::Duration;

/// Waits until one of `fds` is ready or the time is over; without a time, for ever. A signal ends
/// the wait, too.
///
/// # Errors
/// What the system said.
pub fn wait(fds: &mut [PollFd<'_>], time: Option<Duration>) -> io::Result<()> {
    let time = time.and_then(|t| Timespec::try_from(t).ok());
    match poll(fds, time.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}
