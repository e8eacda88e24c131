//! Files of other programs, read without leaving a trace.

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Opens a file for reading; where the system lets us, its time of access stays as it was.
///
/// # Errors
/// As the file system; what is no regular file is refused.
pub fn open_unnoticed(path: &Path) -> io::Result<File> {
    // Without blocking: a pipe of that name must not hold us.
    let plain = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    #[cfg(target_os = "linux")]
    let opened = match rustix::fs::open(path, plain | OFlags::NOATIME, Mode::empty()) {
        // Only the owner may.
        Err(Errno::PERM) => rustix::fs::open(path, plain, Mode::empty()),
        opened => opened,
    };
    #[cfg(not(target_os = "linux"))]
    let opened: Result<_, Errno> = rustix::fs::open(path, plain, Mode::empty());
    let file = File::from(opened?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    Ok(file)
}

/// Files below `dir` that processes of this user have open, and which ones; empty where the system
/// does not say.
pub fn held_below(dir: &Path) -> HashMap<PathBuf, BTreeSet<u32>> {
    let mut held: HashMap<_, BTreeSet<u32>> = HashMap::new();
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return held;
    };
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|n| n.parse().ok()) else {
            continue;
        };
        // Those of other users cannot be looked into.
        let Ok(open) = std::fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        for file in open.flatten() {
            if let Ok(path) = std::fs::read_link(file.path())
                && path.starts_with(dir)
            {
                held.entry(path).or_default().insert(pid);
            }
        }
    }
    held
}

/// Whether this user may make files in a directory.
pub fn may_write(dir: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(dir, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_file_is_read_and_what_is_none_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t");
        std::fs::write(&path, "words").unwrap();
        let mut text = String::new();
        open_unnoticed(&path)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "words");
        assert!(open_unnoticed(dir.path()).is_err());
        assert!(open_unnoticed(&dir.path().join("none")).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_has_a_file_open_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().canonicalize().unwrap();
        let path = dir.join("t");
        let file = File::create(&path).unwrap();
        let me = BTreeSet::from([std::process::id()]);
        assert_eq!(held_below(&dir).get(&path), Some(&me));
        drop(file);
        assert_eq!(held_below(&dir).len(), 0);
    }
}
