//! A lock file held for life: whether somebody lives is whether its lock is held, never a pid.

use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// Who asks [`is_held`] has the lock for a moment, shared: that is not somebody who holds it.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(5);

/// A held lock; dropping it, or the end of the process, gives it back.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What came of trying.
#[derive(Debug)]
pub enum Taken {
    /// It is ours now.
    Ours(Lock),
    /// Somebody holds it; the process id is what the holder wrote, for words only.
    Held(Option<u32>),
}

impl Lock {
    /// Tries to take the lock at `path`, made with mode 0600 where it is missing.
    ///
    /// # Errors
    /// What the system said about the file.
    pub fn try_take(path: &Path) -> io::Result<Taken> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        let mut tries = TRIES;
        while !try_flock(&file, FlockOperation::NonBlockingLockExclusive)? {
            tries -= 1;
            if tries == 0 {
                return Ok(Taken::Held(read_pid(&mut file)));
            }
            std::thread::sleep(BETWEEN);
        }
        file.set_len(0)?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Taken::Ours(Self { _file: file }))
    }
}

/// Whether somebody holds the lock at `path`; a missing file is held by nobody.
///
/// # Errors
/// What the system said about the file.
pub fn is_held(path: &Path) -> io::Result<bool> {
    match File::open(path) {
        Ok(file) => Ok(!try_flock(&file, FlockOperation::NonBlockingLockShared)?),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

fn try_flock(file: &File, how: FlockOperation) -> io::Result<bool> {
    match flock(file, how) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_until_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        assert!(!is_held(&path).unwrap());
        let Taken::Ours(lock) = Lock::try_take(&path).unwrap() else {
            panic!("a fresh lock is free")
        };
        assert!(is_held(&path).unwrap());
        match Lock::try_take(&path).unwrap() {
            Taken::Held(pid) => assert_eq!(pid, Some(std::process::id())),
            Taken::Ours(_) => panic!("held twice"),
        }
        drop(lock);
        assert!(matches!(Lock::try_take(&path).unwrap(), Taken::Ours(_)));
    }
}
