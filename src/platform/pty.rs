//! The master side of a pseudo-terminal, without blocking.

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::termios::{Winsize, tcgetpgrp, tcsetwinsize};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

/// A master that is read and written without blocking.
#[derive(Debug)]
pub struct Terminal {
    fd: OwnedFd,
}

/// What a read brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// So many bytes.
    Bytes(usize),
    /// Nothing yet.
    Nothing,
    /// Nobody has the other side open.
    Ended,
}

impl Terminal {
    /// Makes a descriptor of its own for the open master `raw`, which stays its owner's.
    ///
    /// # Errors
    /// When `raw` is not open, or what the system said.
    pub fn of(raw: RawFd) -> io::Result<Self> {
        if raw < 0 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // SAFETY: borrowed for the duplication only; a number that is not open is an error.
        let fd = unsafe { BorrowedFd::borrow_raw(raw) }.try_clone_to_owned()?;
        let flags = fcntl_getfl(&fd)?;
        fcntl_setfl(&fd, flags | OFlags::NONBLOCK)?;
        Ok(Self { fd })
    }

    /// Reads what is there.
    ///
    /// # Errors
    /// What the system said.
    pub fn read(&self, into: &mut [u8]) -> io::Result<Got> {
        match rustix::io::read(&self.fd, into) {
            Ok(0) | Err(Errno::IO) => Ok(Got::Ended),
            Ok(n) => Ok(Got::Bytes(n)),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Got::Nothing),
            Err(e) => Err(e.into()),
        }
    }

    /// Writes as much as goes in; how much.
    ///
    /// # Errors
    /// What the system said.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match rustix::io::write(&self.fd, bytes) {
            Ok(n) => Ok(n),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(e) => Err(e.into()),
        }
    }

    /// Gives it a size; the foreground group is told when that is another one.
    ///
    /// # Errors
    /// What the system said.
    pub fn resize(&self, rows: u16, cols: u16) -> io::Result<()> {
        let size = Winsize {
            ws_row: rows,
            ws_col: cols,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        Ok(tcsetwinsize(&self.fd, size)?)
    }

    /// The foreground process group.
    pub fn foreground(&self) -> Option<u32> {
        let group = tcgetpgrp(&self.fd).ok()?;
        u32::try_from(group.as_raw_nonzero().get()).ok()
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
