//! The terminal that a client runs in: raw mode, its size, waiting for input, and the signals that
//! concern it.

#[cfg(target_os = "linux")]
use libc::__errno_location as errno_place;
#[cfg(not(target_os = "linux"))]
use libc::__error as errno_place;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

/// The terminal's settings before raw mode, for whoever restores it last.
static SAVED: Mutex<Option<Termios>> = Mutex::new(None);

/// Where the signal handler writes; -1 before there is a pipe.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// What a client's terminal session may be told by the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The terminal has another size.
    Resized,
    /// Stop yourself until continued.
    Suspend,
    /// Running again after a stop.
    Continued,
    /// End: the terminal is gone or somebody asked for it.
    End,
}

const WATCHED: [(libc::c_int, Signal); 6] = [
    (libc::SIGWINCH, Signal::Resized),
    (libc::SIGTSTP, Signal::Suspend),
    (libc::SIGCONT, Signal::Continued),
    (libc::SIGTERM, Signal::End),
    (libc::SIGHUP, Signal::End),
    (libc::SIGINT, Signal::End),
];

/// Rows and columns of the terminal on standard output; `None` when it is not one.
pub fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some((size.ws_row, size.ws_col))
}

/// Turns off echo, line editing and signal keys on standard input.
///
/// # Errors
/// When standard input is not a terminal.
pub fn raw_mode() -> io::Result<()> {
    let stdin = rustix::stdio::stdin();
    let mut settings = tcgetattr(stdin)?;
    if let Ok(mut saved) = SAVED.lock() {
        saved.get_or_insert_with(|| settings.clone());
    }
    settings.make_raw();
    Ok(tcsetattr(stdin, OptionalActions::Now, &settings)?)
}

/// Gives the terminal back the settings it had. Does nothing when they were never changed.
pub fn cooked_mode() {
    let saved = match SAVED.try_lock() {
        Ok(mut saved) => saved.take(),
        Err(_) => None,
    };
    if let Some(settings) = saved {
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &settings);
    }
}

/// The signals as something to wait for.
#[derive(Debug)]
pub struct Signals {
    read: OwnedFd,
    write: OwnedFd,
}

extern "C" fn told(number: libc::c_int) {
    let byte = number as u8;
    let fd = PIPE.load(Ordering::Relaxed);
    // SAFETY: write(2) may be called from a signal handler; the pipe does not block, and a full
    // one means that there is already something to read.
    unsafe {
        let errno = *errno_place();
        libc::write(fd, std::ptr::from_ref(&byte).cast(), 1);
        *errno_place() = errno;
    }
}

impl Signals {
    /// Begins to watch. One at a time in a process.
    ///
    /// # Errors
    /// When there is no pipe to be had.
    pub fn watch() -> io::Result<Self> {
        use rustix::pipe::{PipeFlags, pipe_with};
        let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        PIPE.store(write.as_raw_fd(), Ordering::Relaxed);
        for (number, _) in WATCHED {
            // SAFETY: the handler only writes one byte to a pipe that outlives it.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = told as extern "C" fn(libc::c_int) as libc::sighandler_t;
                action.sa_flags = libc::SA_RESTART;
                libc::sigaction(number, &raw const action, std::ptr::null_mut());
            }
        }
        Ok(Self { read, write })
    }

    /// What came since the last time, in order, each once.
    pub fn take(&self) -> Vec<Signal> {
        let mut found = Vec::new();
        let mut bytes = [0_u8; 64];
        while let Ok(n @ 1..) = rustix::io::read(&self.read, &mut bytes) {
            for byte in &bytes[..n] {
                let signal = WATCHED.iter().find(|(s, _)| *s == libc::c_int::from(*byte));
                found.extend(signal.map(|(_, s)| *s).filter(|s| !found.contains(s)));
            }
        }
        found
    }

    /// Something another thread can use to wake the waiting one.
    ///
    /// # Errors
    /// When no descriptor is left.
    pub fn waker(&self) -> io::Result<Waker> {
        Ok(Waker(self.write.try_clone()?))
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.read.as_fd()
    }
}

/// Wakes a thread that waits for [`Signals`].
#[derive(Debug)]
pub struct Waker(OwnedFd);

impl Waker {
    /// Wakes it.
    pub fn wake(&self) {
        let _ = rustix::io::write(&self.0, &[0]);
    }
}

/// Stops this process as Ctrl-Z would, until somebody continues it.
pub fn stop_self() {
    // SAFETY: raising a signal has no preconditions.
    unsafe {
        libc::raise(libc::SIGSTOP);
    }
}

/// What a descriptor is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// There is something to read, or it has ended.
    Reading,
    /// There is room to write.
    Writing,
}

/// Waits until something is true of one of `fds`; says of which. All false after `timeout`.
///
/// # Errors
/// When the system cannot wait; an interrupted wait is not an error.
pub fn wait(fds: &[(BorrowedFd<'_>, For)], timeout: Option<Duration>) -> io::Result<Vec<bool>> {
    let mut polled: Vec<PollFd<'_>> = fds
        .iter()
        .map(|(fd, what)| {
            let flags = match what {
                For::Reading => PollFlags::IN,
                For::Writing => PollFlags::OUT,
            };
            PollFd::from_borrowed_fd(*fd, flags)
        })
        .collect();
    let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
    match poll(&mut polled, timeout.as_ref()) {
        Ok(_) => Ok(polled.iter().map(|p| !p.revents().is_empty()).collect()),
        Err(rustix::io::Errno::INTR) => Ok(vec![false; fds.len()]),
        Err(e) => Err(e.into()),
    }
}

/// Whether the terminal takes more now; a slow one is not written to until it does.
pub fn can_write() -> bool {
    let stdout = rustix::stdio::stdout();
    wait(&[(stdout, For::Writing)], Some(Duration::ZERO)).is_ok_and(|ready| ready == [true])
}
