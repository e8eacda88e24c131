//! Memory that takes no room until it is touched, and gives it back.

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};
use std::ffi::c_void;
use std::io;
use std::ops::{Deref, DerefMut};
use std::ptr::{NonNull, null_mut};

/// Zeroed bytes of a fixed length.
#[derive(Debug)]
pub struct Pages {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the mapping belongs to this value alone, as a Vec's buffer would.
unsafe impl Send for Pages {}

impl Pages {
    /// Maps `len` bytes, at least one.
    ///
    /// # Errors
    /// When the system has none.
    pub fn new(len: usize) -> io::Result<Self> {
        let len = len.max(1);
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a fresh anonymous mapping, placed by the kernel, aliases nothing.
        let start =
            unsafe { mmap_anonymous(null_mut(), len, ProtFlags::READ | ProtFlags::WRITE, flags)? };
        match NonNull::new(start.cast()) {
            Some(start) => Ok(Self { start, len }),
            None => Err(io::ErrorKind::OutOfMemory.into()),
        }
    }

    /// Gives all of it back; it is zeroes again.
    pub fn release(&mut self) {
        // SAFETY: exactly our own private mapping, which nobody borrows during `&mut self`.
        let _ = unsafe { madvise(self.raw(), self.len, Advice::LinuxDontNeed) };
    }

    fn raw(&self) -> *mut c_void {
        self.start.as_ptr().cast()
    }
}

impl Deref for Pages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: mapped for reading over this length for as long as this value lives.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl DerefMut for Pages {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: mapped for writing over this length, and borrowed by `&mut self` alone.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: our own mapping, which nobody can reach any more.
        let _ = unsafe { munmap(self.raw(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_pages_are_zero_again() {
        let mut pages = Pages::new(100_000).unwrap();
        assert_eq!(pages.len(), 100_000);
        pages[99_999] = 7;
        assert_eq!((pages[0], pages[99_999]), (0, 7));
        pages.release();
        assert_eq!(pages[99_999], 0);
    }
}
