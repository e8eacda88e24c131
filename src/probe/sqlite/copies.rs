//! Private copies of other programs' databases. The originals are opened for reading only, nothing
//! is locked, and no file appears beside them. A copy has no name: it is gone with the last who
//! reads it, however that one ends.

use super::{Database, odd};
use crate::platform::files;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant, SystemTime};

/// The longest database or log that is copied, bytes.
const LONGEST: u64 = 2 * 1024 * 1024 * 1024;
/// How often it is tried again while somebody writes.
const TRIES: u32 = 8;
/// A file that was written to so lately may be written to again without its time being another.
const JUST_NOW: Duration = Duration::from_millis(50);

/// The copies that are kept for the next reading.
pub struct Copies {
    dir: PathBuf,
    /// Each with a lock of its own: a disk that hangs holds who reads from it, and nobody else.
    held: Mutex<HashMap<PathBuf, Slot>>,
}

type Slot = Arc<Mutex<Option<Held>>>;

struct Held {
    main: Stamp,
    /// The copy of the file itself, which is only made anew when that changes: mostly its log does.
    file: File,
    log: Option<Stamp>,
    database: Arc<Database>,
    used: Instant,
}

/// By which a change is seen: device, inode, length, time of the last write in s and ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp([i128; 5]);

impl Copies {
    /// Copies are made in this directory, which is pult's own.
    pub fn under(dir: PathBuf) -> Self {
        Self {
            dir,
            held: Mutex::default(),
        }
    }

    /// A copy of the database as it is now: the one of the last time when nothing has changed.
    ///
    /// # Errors
    /// It cannot be read, is none, or is being written to all the time.
    pub fn of(&self, path: &Path) -> io::Result<Arc<Database>> {
        let slot = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(held.entry(path.to_owned()).or_default())
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let before = slot.take();
        let now = slot.insert(self.renewed(path, before)?);
        Ok(Arc::clone(&now.database))
    }

    /// Drops those that nobody has asked for in this time; whether any is left.
    pub fn forget(&self, unused: Duration) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, slot| match slot.try_lock() {
            Ok(one) => one.as_ref().is_some_and(|one| one.used.elapsed() < unused),
            // It is being copied now, or was when somebody failed badly.
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Poisoned(_)) => false,
        });
        !held.is_empty()
    }

    fn renewed(&self, path: &Path, before: Option<Held>) -> io::Result<Held> {
        let logs = beside(path, "-wal");
        let used = Instant::now();
        let (main, log) = (stamp(path)?, stamp_if_there(&logs)?);
        let mut kept = None;
        if let Some(before) = before {
            if settled(main) && before.main == main && before.log == log && log.is_none_or(settled)
            {
                return Ok(Held { used, ..before });
            }
            kept = Some((before.main, before.file));
        }
        for _ in 0..TRIES {
            let main = stamp(path)?;
            let file = match kept.take() {
                Some((of, file)) if of == main && settled(main) => file,
                _ => self.copy(path)?,
            };
            let log = stamp_if_there(&logs)?;
            // What the log says is sure by its checksums. The database itself only changes when
            // pages of the log are moved into it, and then the copy may have some of them.
            let logged = match log {
                Some(_) => Some(self.copy(&logs)?),
                None => None,
            };
            // Without a log, a journal beside it means that a change is half done.
            let whole = stamp_if_there(&beside(path, "-journal"))?.is_none();
            if whole && stamp(path)? == main {
                let database = Arc::new(Database::open(file.try_clone()?, logged)?);
                return Ok(Held {
                    main,
                    file,
                    log,
                    database,
                    used,
                });
            }
        }
        Err(odd("it is being written to all the time"))
    }

    /// A copy without a name.
    fn copy(&self, path: &Path) -> io::Result<File> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let from = files::open_found(path)?;
        let length = from.metadata()?.len();
        if length > LONGEST {
            return Err(odd("it is too long to be copied"));
        }
        fs::create_dir_all(&self.dir)?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = self
            .dir
            .join(format!("copy-{}-{count}", std::process::id()));
        let mut to = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&name)?;
        fs::remove_file(&name)?;
        // What grows meanwhile grows in the next copy.
        io::copy(&mut from.take(length), &mut to)?;
        to.seek(SeekFrom::Start(0))?;
        Ok(to)
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let about = fs::metadata(path)?;
    let (dev, ino, len) = (about.dev().into(), about.ino().into(), about.len().into());
    let (s, ns) = (about.mtime().into(), about.mtime_nsec().into());
    Ok(Stamp([dev, ino, len, s, ns]))
}

fn stamp_if_there(path: &Path) -> io::Result<Option<Stamp>> {
    match stamp(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // An empty log says nothing.
        Ok(Stamp([_, _, 0, _, _])) => Ok(None),
        known => known.map(Some),
    }
}

/// Whether a change after now would show in it.
fn settled(stamp: Stamp) -> bool {
    let Stamp([_, _, _, s, ns]) = stamp;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_nanos().cast_signed());
    now.saturating_sub(s * 1_000_000_000 + ns) > JUST_NOW.as_nanos().cast_signed()
}
