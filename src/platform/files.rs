//! Files of other programs, read without leaving a trace.

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Opens a file for reading; where the system lets us, its time of access stays as it was.
///
/// # Errors
/// As the file system; what is no regular file is refused.
pub fn open_unnoticed(path: &Path) -> io::Result<File> {
    open(path, OFlags::empty())
}

/// As [`open_unnoticed`], of a file that was found in a directory: a link that was put in its place
/// since then is refused, wherever it leads.
///
/// # Errors
/// As [`open_unnoticed`].
pub fn open_found(path: &Path) -> io::Result<File> {
    open(path, OFlags::NOFOLLOW)
}

/// The text of a file of at most `most` bytes.
///
/// # Errors
/// As [`open_unnoticed`], or it is longer, or no UTF-8.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    open_unnoticed(path)?
        .take(most + 1)
        .read_to_string(&mut text)?;
    match text.len() as u64 <= most {
        true => Ok(text),
        false => Err(io::Error::other(format!("it is longer than {most} bytes"))),
    }
}

fn open(path: &Path, how: OFlags) -> io::Result<File> {
    // Without blocking: a pipe of that name must not hold us.
    let plain = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | how;
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

/// What `look` finds, when that is within `limit`: on a disk that hangs it would never end. Then its
/// thread is left behind.
pub fn within<T: Send + 'static>(
    limit: Duration,
    look: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (tell, told) = mpsc::channel();
    let looks = thread::Builder::new().spawn(move || tell.send(look()));
    looks.ok()?;
    told.recv_timeout(limit).ok()
}

/// Whether this user may make files in a directory.
pub fn may_write(dir: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(dir, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_hangs_holds_nobody() {
        let (_held, hangs) = mpsc::channel::<()>();
        let hung = within(Duration::from_millis(1), move || hangs.recv().is_ok());
        assert_eq!(hung, None);
        let free = within(Duration::from_secs(600), || 7);
        assert_eq!(free, Some(7));
    }

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
        assert_eq!(super::text(&path, 5).unwrap(), "words");
        let long = super::text(&path, 4).unwrap_err().to_string();
        assert_eq!(long, "it is longer than 4 bytes");
    }

    #[test]
    fn a_pipe_or_a_device_holds_nobody_and_a_found_file_is_no_link() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        let mode = Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        for path in [pipe.as_path(), Path::new("/dev/zero")] {
            let refused = super::text(path, 10).unwrap_err().to_string();
            assert_eq!(refused, "it is no regular file");
        }
        let (file, link) = (dir.path().join("t"), dir.path().join("link"));
        std::fs::write(&file, "words").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(open_unnoticed(&link).is_ok());
        assert!(open_found(&file).is_ok());
        assert!(open_found(&link).is_err());
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
