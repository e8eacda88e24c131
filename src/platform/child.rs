//! A child that does not outlive this process, with whatever it starts in its process group.

use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

/// Starts `command` in a process group of its own. Where the system can, it is killed when the thread
/// that called this ends, and with it this process.
///
/// # Errors
/// It cannot be started.
pub fn spawn(mut command: Command) -> io::Result<Child> {
    command.process_group(0);
    #[cfg(target_os = "linux")]
    {
        let parent = rustix::process::getpid();
        let ends_with = move || {
            rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
            // It may have gone in between.
            match rustix::process::getppid() == Some(parent) {
                true => Ok(()),
                false => Err(io::ErrorKind::NotConnected.into()),
            }
        };
        // SAFETY: two system calls without memory, which are async-signal-safe.
        unsafe { command.pre_exec(ends_with) };
    }
    command.spawn()
}

/// Tells the group of `child` to end, or with `now` ends it.
pub fn end(child: &Child, now: bool) {
    let signal = if now { Signal::KILL } else { Signal::TERM };
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Its last process may be gone.
        let _ = kill_process_group(pid, signal);
    }
}

/// Whether the reader of a pipe has read all that was written to it.
pub fn is_drained(pipe: &impl AsFd) -> bool {
    ioctl_fionread(pipe).is_ok_and(|left| left == 0)
}
