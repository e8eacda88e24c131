//! Tells when a file changes: inotify on its directory, one thread for all.

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Called after a change; `false` ends the watch.
pub type Changed = Box<dyn Fn() -> bool + Send>;

/// Watches files by name; they may come and go.
#[derive(Default)]
pub struct Watcher {
    running: Mutex<Option<Arc<Running>>>,
}

struct Running {
    inotify: OwnedFd,
    /// By watch and name; without a name, every file of the directory.
    watches: Mutex<HashMap<Watched, Vec<Changed>>>,
}

/// A watch, and the name of the file; none for all of a directory's.
type Watched = (i32, Option<OsString>);

/// Whether files can be watched at all.
///
/// # Errors
/// What the system said: the instances of a user are counted (`max_user_instances`, inotify(7)).
pub fn possible() -> io::Result<()> {
    Ok(inotify::init(CreateFlags::CLOEXEC).map(drop)?)
}

impl Watcher {
    /// Calls `changed` whenever the file at `path` was written, replaced or removed.
    ///
    /// # Errors
    /// When its directory is not there, or the system has no more watches.
    pub fn watch(&self, path: &Path, changed: Changed) -> io::Result<()> {
        let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        self.add(dir, Some(name.to_owned()), changed)
    }

    /// Calls `changed` whenever any file in `dir` was written, replaced or removed.
    ///
    /// # Errors
    /// As [`Watcher::watch`].
    pub fn watch_directory(&self, dir: &Path, changed: Changed) -> io::Result<()> {
        self.add(dir, None, changed)
    }

    fn add(&self, dir: &Path, name: Option<OsString>, changed: Changed) -> io::Result<()> {
        let running = self.running()?;
        let flags = WatchFlags::CLOSE_WRITE
            | WatchFlags::MODIFY
            | WatchFlags::MOVED_TO
            | WatchFlags::CREATE
            | WatchFlags::DELETE;
        let watch = inotify::add_watch(&running.inotify, dir, flags)?;
        let mut watches = running
            .watches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        watches.entry((watch, name)).or_default().push(changed);
        Ok(())
    }

    fn running(&self) -> io::Result<Arc<Running>> {
        let mut slot = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*slot {
            return Ok(Arc::clone(running));
        }
        let inotify = inotify::init(CreateFlags::CLOEXEC)?;
        let running = Arc::new(Running {
            inotify,
            watches: Mutex::default(),
        });
        let thread = Arc::clone(&running);
        std::thread::Builder::new()
            .name("watch".into())
            .spawn(move || run(&thread))?;
        *slot = Some(Arc::clone(&running));
        Ok(running)
    }
}

fn run(running: &Running) {
    let mut buffer = [MaybeUninit::uninit(); 8 * 1024];
    let mut reader = inotify::Reader::new(&running.inotify, &mut buffer);
    loop {
        let event = match reader.next() {
            Ok(event) => event,
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => {
                tracing::error!(%error, "files are no longer watched");
                return;
            }
        };
        let lost = event.events().contains(ReadFlags::QUEUE_OVERFLOW);
        let name = event
            .file_name()
            .map(|name| OsString::from_vec(name.to_bytes().to_vec()));
        let watch = event.wd();
        let mut watches = running
            .watches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let hit = |key: &Watched| lost || (key.0 == watch && (key.1.is_none() || key.1 == name));
        watches.retain(|key, all| {
            if hit(key) {
                all.retain(|changed| changed());
            }
            !all.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_file_that_is_written_or_replaced_is_told_until_nobody_cares() {
        let dir = tempfile::tempdir().unwrap();
        let (send, told) = mpsc::channel();
        let (send_all, any) = mpsc::channel();
        let watcher = Watcher::default();
        let path = dir.path().join("status");
        let changed = move || send.send(()).is_ok();
        watcher.watch(&path, Box::new(changed)).unwrap();
        let changed = move || send_all.send(()).is_ok();
        let all = watcher.watch_directory(dir.path(), Box::new(changed));
        all.unwrap();
        std::fs::write(dir.path().join("other"), "x").unwrap();
        any.recv().unwrap();
        std::fs::write(&path, "busy").unwrap();
        told.recv().unwrap();
        std::fs::rename(dir.path().join("other"), &path).unwrap();
        told.recv().unwrap();
        assert!(
            watcher
                .watch(Path::new("/nowhere/x"), Box::new(|| true))
                .is_err()
        );
    }
}
