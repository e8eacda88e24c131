//! The outer terminal: a PTY of 200x50 with a client in it, its queries answered, its bytes read.

use memchr::memmem;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Columns and rows of every terminal here.
pub const SIZE: (u16, u16) = (200, 50);
/// How long anything may take before the benchmark gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What clients ask of a terminal, and a short answer.
const QUERIES: [(&[u8], &[u8]); 5] = [
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[>c", b"\x1b[>1;10;0c"),
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[>q", b"\x1bP>|outer(1)\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
];

/// Bytes of what was read that are looked at again with what comes next.
const TAIL: usize = 5;

/// A terminal with a client in it; the client is killed when it is dropped.
pub struct Outer {
    master: OwnedFd,
    client: Child,
    chunk: Vec<u8>,
    /// The last bytes of the chunk before, for what is cut by its end.
    tail: Vec<u8>,
    /// Everything the client wrote, counted.
    pub bytes: u64,
}

impl Outer {
    /// Starts `command` in a terminal of its own.
    pub fn start(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
        let master = master.expect("a pseudo-terminal");
        unlockpt(&master).expect("unlocked");
        let name = ptsname(&master, Vec::new()).expect("its name");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = open(&name, flags, Mode::empty()).expect("its other side");
        let size = Winsize {
            ws_row: SIZE.1,
            ws_col: SIZE.0,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).expect("a size");
        let side = || Stdio::from(slave.try_clone().expect("a descriptor"));
        command.stdin(side()).stdout(side()).stderr(side());
        // SAFETY: two system calls between fork and exec, no memory of ours is touched.
        unsafe {
            command.pre_exec(|| {
                rustix::process::setsid()?;
                rustix::process::ioctl_tiocsctty(std::io::stdin())?;
                Ok(())
            });
        }
        let client = command.spawn().expect("the client starts");
        Self {
            master,
            client,
            chunk: vec![0; 64 * 1024],
            tail: Vec::new(),
            bytes: 0,
        }
    }

    /// Types.
    pub fn type_in(&self, bytes: &[u8]) {
        let n = rustix::io::write(&self.master, bytes).expect("the terminal takes keys");
        assert_eq!(n, bytes.len(), "a key was cut");
    }

    /// Reads until `needle` was written and says when; what comes in the same read is gone too.
    ///
    /// # Panics
    /// When it does not come.
    pub fn until(&mut self, needle: &[u8]) -> Instant {
        let end = Instant::now() + PATIENCE;
        let finder = memmem::Finder::new(needle);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{needle:?} did not come within {PATIENCE:?}"
            );
            if self
                .read(left)
                .is_some_and(|seen| finder.find(seen).is_some())
            {
                return Instant::now();
            }
        }
    }

    /// Reads until nothing came for `quiet`.
    pub fn settle(&mut self, quiet: Duration) {
        while self.read(quiet).is_some() {}
    }

    /// Reads for so long.
    pub fn linger(&mut self, long: Duration) {
        let end = Instant::now() + long;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.read(left);
        }
    }

    /// The next bytes as they come; `None` when none came in time.
    #[allow(dead_code)]
    pub fn next(&mut self, wait: Duration) -> Option<Vec<u8>> {
        let kept = self.tail.len();
        self.read(wait).map(|seen| seen[kept..].to_vec())
    }

    /// The process id of the client.
    #[allow(dead_code)]
    pub fn client(&self) -> u32 {
        self.client.id()
    }

    /// The next bytes after the end of those before; `None` when none came in time.
    fn read(&mut self, wait: Duration) -> Option<&[u8]> {
        let mut fds = [PollFd::new(&self.master, PollFlags::IN)];
        let wait = Timespec::try_from(wait).ok()?;
        if !matches!(poll(&mut fds, Some(&wait)), Ok(1)) {
            return None;
        }
        let kept = self.tail.len();
        self.chunk[..kept].copy_from_slice(&self.tail);
        let read = rustix::io::read(&self.master, &mut self.chunk[kept..]);
        let n = read.unwrap_or_else(|_| {
            let said = String::from_utf8_lossy(&self.tail);
            panic!("the client ended; its last bytes: {said:?}")
        });
        self.bytes += n as u64;
        let seen = &self.chunk[..kept + n];
        for (query, answer) in QUERIES {
            // A query that lies in the kept part alone was answered when it came.
            let at = memmem::rfind(seen, query);
            if at.is_some_and(|at| at + query.len() > kept) {
                rustix::io::write(&self.master, answer).expect("the terminal answers");
            }
        }
        let from = seen.len() - seen.len().min(TAIL);
        self.tail = seen[from..].to_vec();
        Some(seen)
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}
