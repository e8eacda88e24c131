//! Which process is at the other end of a socket: its process tree, or nothing certain.

use super::process::{Process, walk};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// `SO_PEERPIDFD`, Linux 6.5.
const SO_PEERPIDFD: libc::c_int = 77;

/// A tree that changes while it is read is read again, so often in all.
const TRIES: usize = 3;

/// The process at the other end of a socket.
#[derive(Debug)]
pub struct Peer {
    /// It and all above it, nearest first; never empty.
    pub chain: Vec<Process>,
    /// Its real user.
    pub uid: u32,
    pidfd: OwnedFd,
}

impl Peer {
    /// Whether it still lives: only then is what was read of its id its own.
    pub fn lives(&self) -> bool {
        !is_dead(&self.pidfd)
    }
}

/// Who is at the other end of `stream`.
///
/// # Errors
/// Why it is not known, in words: dead, recycled, unstable, or of a foreign process namespace.
pub fn of_peer(stream: &UnixStream) -> Result<Peer, String> {
    let credentials = rustix::net::sockopt::socket_peercred(stream)
        .map_err(|e| format!("the system does not say who calls: {e}"))?;
    let by_credentials = u32::try_from(credentials.pid.as_raw_nonzero().get()).unwrap_or(0);
    let (pidfd, pid) = match peer_pidfd(stream) {
        Ok(pidfd) => {
            let pid = pid_of(&pidfd).map_err(|e| format!("the caller's pidfd: {e}"))?;
            (pidfd, pid)
        }
        Err(e) if e.raw_os_error() == Some(libc::ENOPROTOOPT) => {
            (open(by_credentials)?, by_credentials)
        }
        Err(e) => return Err(format!("the caller is gone: {e}")),
    };
    let chain = stable(&pidfd, pid)?;
    let uid = credentials.uid.as_raw();
    Ok(Peer { chain, uid, pidfd })
}

/// This process and all above it, nearest first.
///
/// # Errors
/// As [`of_peer`].
pub fn of_self() -> Result<Vec<Process>, String> {
    let pid = std::process::id();
    stable(&open(pid)?, pid)
}

/// Whether this kernel gives a socket's peer as a pidfd.
pub fn has_peer_pidfd() -> bool {
    UnixStream::pair().is_ok_and(|(one, _other)| peer_pidfd(&one).is_ok())
}

/// Walks twice, until both walks agree and the process still lives.
fn stable(pidfd: &OwnedFd, pid: u32) -> Result<Vec<Process>, String> {
    if pid == 0 {
        return Err("the caller is in a process namespace that is not visible here".to_owned());
    }
    let mut why = String::new();
    for _ in 0..TRIES {
        match (walk(pid), walk(pid)) {
            (Ok(first), Ok(second)) => match agree(&first, &second) {
                Ok(()) if is_dead(pidfd) => return Err("the caller is dead".to_owned()),
                Ok(()) => return Ok(first),
                Err(e) => why = e,
            },
            _ if is_dead(pidfd) => return Err("the caller is dead".to_owned()),
            (Err(e), _) | (_, Err(e)) => why = format!("the process tree does not read: {e}"),
        }
    }
    Err(why)
}

/// Equal, and nobody younger than his child: a recycled id would be.
fn agree(first: &[Process], second: &[Process]) -> Result<(), String> {
    if first != second {
        return Err("the process tree changed while it was read".to_owned());
    }
    let aged = first.windows(2).all(|pair| pair[0].start >= pair[1].start);
    match aged {
        true => Ok(()),
        false => Err("a parent is younger than its child: a recycled process id".to_owned()),
    }
}

fn open(pid: u32) -> Result<OwnedFd, String> {
    let raw = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = raw.ok_or("the caller has no process id here")?;
    pidfd_open(pid, PidfdFlags::empty()).map_err(|e| format!("the caller is gone: {e}"))
}

fn is_dead(pidfd: &OwnedFd) -> bool {
    let mut fds = [PollFd::new(pidfd, PollFlags::IN)];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    !matches!(poll(&mut fds, Some(&now)), Ok(0))
}

fn peer_pidfd(stream: &UnixStream) -> io::Result<OwnedFd> {
    let mut fd: libc::c_int = -1;
    let mut len = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: `fd` and `len` are valid for writes of the sizes given.
    let result = unsafe {
        libc::getsockopt(
            stream.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            SO_PEERPIDFD,
            (&raw mut fd).cast(),
            &mut len,
        )
    };
    if result != 0 || fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor for us and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// The process id that a pidfd stands for: 0 in a foreign namespace.
fn pid_of(pidfd: &OwnedFd) -> io::Result<u32> {
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd()))?;
    let line = info.lines().find_map(|l| l.strip_prefix("Pid:"));
    match line.and_then(|l| l.trim().parse::<i64>().ok()) {
        Some(pid) if pid >= 0 => u32::try_from(pid).map_err(io::Error::other),
        _ => Err(io::Error::new(io::ErrorKind::NotFound, "it is dead")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_end_of_a_pair_is_this_process() {
        let (one, _other) = UnixStream::pair().unwrap();
        let peer = of_peer(&one).unwrap();
        assert_eq!(peer.chain[0].pid, std::process::id());
        assert!(peer.lives());
    }

    #[test]
    fn a_changed_tree_and_a_young_parent_are_not_believed() {
        let process = |pid, start, parent| Process {
            pid,
            start,
            parent,
            name: "x".to_owned(),
            tty: 0,
        };
        let good = [process(9, 50, 4), process(4, 50, 1), process(1, 1, 0)];
        assert!(agree(&good, &good).is_ok());
        assert!(agree(&good, &good[..2]).is_err());
        let recycled = [process(9, 50, 4), process(4, 51, 1)];
        assert!(agree(&recycled, &recycled).is_err());
    }

    #[test]
    fn a_dead_caller_is_nobody() {
        let pidfd = of_dead_child();
        assert!(is_dead(&pidfd.0));
        assert!(stable(&pidfd.0, pidfd.1).is_err());
    }

    fn of_dead_child() -> (OwnedFd, u32) {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pidfd = open(child.id()).unwrap();
        child.wait().unwrap();
        (pidfd, child.id())
    }
}
