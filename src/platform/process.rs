//! Processes below this one: their signals, their ends, and the tree that they form.

use super::ancestry;
use rustix::process::{
    Pid, Signal, WaitOptions, kill_process, kill_process_group, set_child_subreaper,
};
use std::fs;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI32, Ordering};

/// SIGTERM.
pub const TERM: u8 = 15;
/// SIGKILL.
pub const KILL: u8 = 9;
/// SIGCONT.
pub const CONT: u8 = 18;

/// Orphans below this process become its children.
///
/// # Errors
/// What the system said.
pub fn become_subreaper() -> io::Result<()> {
    Ok(set_child_subreaper(Pid::from_raw(1))?)
}

/// Closes every descriptor but the standard three.
pub fn close_inherited() {
    // SAFETY: called first in a role, before anything of ours has a descriptor.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
}

/// Makes the standard three descriptors `/dev/null`.
///
/// # Errors
/// What the system said.
pub fn let_go_of_output() -> io::Result<()> {
    let null = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok(rustix::stdio::dup2_stderr(&null)?)
}

/// The write end of the pipe that the handler writes to.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// Tells of the signals that a keeper lives by.
#[derive(Debug)]
pub struct Signals {
    pipe: UnixStream,
}

/// What has arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// A child may have ended.
    pub child: bool,
    /// Somebody wants this process to end.
    pub term: bool,
}

impl Signals {
    /// Gives every signal its default meaning, whatever was inherited, and then catches SIGCHLD and
    /// SIGTERM, and SIGHUP, SIGPIPE and SIGXFSZ without doing anything. Nothing is ignored or
    /// blocked: a child inherits through exec what is ignored, never what is caught.
    ///
    /// # Errors
    /// What the system said.
    pub fn catch() -> io::Result<Self> {
        let (pipe, write) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        write.set_nonblocking(true)?;
        PIPE.store(write.into_raw_fd(), Ordering::Relaxed);
        // SAFETY: sigaction and sigprocmask with valid, zeroed arguments; the handlers only read
        // an atomic and call write, which is async-signal-safe.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = libc::SIG_DFL;
            for signal in 1..=libc::SIGRTMAX() {
                libc::sigaction(signal, &raw const action, std::ptr::null_mut());
            }
            action.sa_flags = libc::SA_RESTART;
            action.sa_sigaction = tell as *const () as usize;
            for signal in [libc::SIGCHLD, libc::SIGTERM] {
                libc::sigaction(signal, &raw const action, std::ptr::null_mut());
            }
            action.sa_sigaction = nothing as *const () as usize;
            for signal in [libc::SIGHUP, libc::SIGPIPE, libc::SIGXFSZ] {
                libc::sigaction(signal, &raw const action, std::ptr::null_mut());
            }
            let mut none: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut none);
            libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
        }
        Ok(Self { pipe })
    }

    /// What has arrived since the last call.
    pub fn take(&mut self) -> Arrived {
        let mut arrived = Arrived::default();
        let mut bytes = [0_u8; 64];
        while let Ok(n @ 1..) = self.pipe.read(&mut bytes) {
            for byte in &bytes[..n] {
                arrived.child |= i32::from(*byte) == libc::SIGCHLD;
                arrived.term |= i32::from(*byte) == libc::SIGTERM;
            }
        }
        arrived
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        debug_assert!(self.pipe.as_raw_fd() >= 0);
        PIPE.store(-1, Ordering::Relaxed);
    }
}

extern "C" fn tell(signal: libc::c_int) {
    let byte = signal as u8;
    // SAFETY: errno is put back; write of one byte from the stack is async-signal-safe.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(PIPE.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
        *libc::__errno_location() = errno;
    }
}

extern "C" fn nothing(_: libc::c_int) {}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a code.
    Code(u32),
    /// By a signal.
    Signal(u32),
}

/// What there was to reap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaped {
    /// This child ended so.
    One(u32, End),
    /// Children live, none has ended.
    Running,
    /// There is no child.
    NoneLeft,
}

/// Takes the end of one child, without waiting.
pub fn reap() -> Reaped {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) => {
                let end = match (status.exit_status(), status.terminating_signal()) {
                    (Some(code), _) => End::Code(code.unsigned_abs()),
                    (None, Some(signal)) => End::Signal(signal.unsigned_abs()),
                    (None, None) => continue,
                };
                return Reaped::One(pid.as_raw_nonzero().get().unsigned_abs(), end);
            }
            Ok(None) => return Reaped::Running,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Reaped::NoneLeft,
        }
    }
}

/// Sends a signal to a process, or to a group. One that is gone is no error worth having.
pub fn send(signal: u8, pid: u32, group: bool) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let (Some(pid), Some(signal)) = (pid, Signal::from_named_raw(signal.into())) else {
        return;
    };
    let _ = match group {
        true => kill_process_group(pid, signal),
        false => kill_process(pid, signal),
    };
}

/// Every process below this one.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn descendants() -> io::Result<Vec<u32>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let pid = name.to_str().and_then(|n| n.parse().ok());
        all.extend(pid.and_then(|pid| ancestry::Process::read(pid).ok()));
    }
    let mut found = vec![std::process::id()];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(all.iter().filter(|p| p.parent == parent).map(|p| p.pid));
        next += 1;
    }
    found.remove(0);
    Ok(found)
}

/// When a process started, in clock ticks since boot.
pub fn start_of(pid: u32) -> Option<u64> {
    Some(ancestry::Process::read(pid).ok()?.start)
}

/// How long a process has been running, ms; absent where the system does not say.
pub fn age_of(pid: u32) -> Option<u64> {
    use rustix::time::{ClockId, clock_gettime};
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let started = start_of(pid)?.saturating_mul(1000) / per_second;
    #[cfg(target_os = "linux")]
    let now = clock_gettime(ClockId::Boottime);
    #[cfg(not(target_os = "linux"))]
    let now = clock_gettime(ClockId::Monotonic);
    let now = now.tv_sec.cast_unsigned() * 1000 + now.tv_nsec.cast_unsigned() / 1_000_000;
    Some(now.saturating_sub(started))
}

/// Which boot this is; zeros where the system does not say.
pub fn boot_id() -> [u8; 16] {
    let mut id = [0; 16];
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let mut digits = text.chars().filter_map(|c| c.to_digit(16));
    for byte in &mut id {
        if let (Some(high), Some(low)) = (digits.next(), digits.next()) {
            *byte = (high << 4 | low) as u8;
        }
    }
    id
}

/// Random bits; zero where the system has none.
pub fn random() -> u64 {
    getrandom::u64().unwrap_or(0)
}

/// The processes of this user that have `name=value` in the environment they were started with.
pub fn with_variable(name: &str, value: &str) -> Vec<u32> {
    let wanted = format!("{name}={value}").into_bytes();
    let Ok(all) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = all
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let has = |pid: &u32| {
        let env = std::fs::read(format!("/proc/{pid}/environ"));
        env.is_ok_and(|env| env.split(|b| *b == 0).any(|pair| pair == wanted))
    };
    pids.filter(|pid| *pid != std::process::id())
        .filter(has)
        .collect()
}

/// Whether a process has the socket of that inode open.
pub fn holds_socket(pid: u32, inode: u64) -> bool {
    let name = format!("socket:[{inode}]");
    let open = fs::read_dir(format!("/proc/{pid}/fd"));
    let mut open = open.into_iter().flatten().flatten();
    open.any(|fd| fs::read_link(fd.path()).is_ok_and(|link| link.as_os_str() == name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_child_and_its_child_are_below_us() {
        let mut child = Command::new("sh")
            .args(["-c", "sleep 100 & echo $!; wait"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = [0; 16];
        let n = child.stdout.as_mut().unwrap().read(&mut text).unwrap();
        let below: u32 = String::from_utf8_lossy(&text[..n]).trim().parse().unwrap();
        let found = descendants().unwrap();
        assert!(found.contains(&child.id()) && found.contains(&below));
        assert!(!found.contains(&std::process::id()));
        assert!(start_of(below) >= start_of(child.id()));
        send(KILL, below, false);
        send(KILL, child.id(), false);
        child.wait().unwrap();
        send(200, child.id(), false);
    }

    #[test]
    fn a_listener_is_known_by_its_port_and_its_holder() {
        let here = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = here.local_addr().unwrap().port();
        let inode = super::super::sockets::listener(port).unwrap();
        assert!(holds_socket(std::process::id(), inode));
        assert!(!holds_socket(std::process::id(), 1));
        drop(here);
        let gone = super::super::sockets::listener(port);
        assert_eq!(gone.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_boot_has_an_id() {
        assert_eq!(boot_id(), boot_id());
        assert_ne!(boot_id(), [0; 16]);
    }

    #[test]
    fn a_process_is_known_by_a_variable_it_was_started_with() {
        let mut child = Command::new("sh")
            .args(["-c", "echo up; read line"])
            .env("PULT_TEST_MARK", "one-of-its-own")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Its environment is there once it runs, a moment after it was started.
        let mut up = [0; 3];
        child.stdout.as_mut().unwrap().read_exact(&mut up).unwrap();
        assert_eq!(
            with_variable("PULT_TEST_MARK", "one-of-its-own"),
            [child.id()]
        );
        assert!(with_variable("PULT_TEST_MARK", "one-of").is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
