//! Opening: a file that is not ours is never touched, and every fault is one clear line.

use super::tables::{self, META, SCHEMA, SCHEMA_KEY};
use super::{Store, StoreError};
use redb::{Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, TableError};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::RwLock;

/// What redb may keep in memory, bytes.
const CACHE: usize = 32 << 20;

/// What every redb file begins with.
const MAGIC: &[u8; 9] = b"redb\x1a\x0a\xa9\x0d\x0a";

/// Why the store could not be opened: what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum OpenError {
    #[error("{0} is open in another process; only one daemon may have it: pult daemon status")]
    Busy(String),
    #[error(
        "{0} is not a pult store, and was left as it is; move it away, or set PULT_HOME to another place"
    )]
    Foreign(String),
    #[error(
        "{path} has layout {found}, and this pult knows {SCHEMA}; install the newer pult that wrote it"
    )]
    Newer { path: String, found: u64 },
    #[error("{0} cannot be written ({1}); check who owns it and its permissions")]
    NotWritable(String, String),
    #[error("the disk with {0} is full; make room and start again, nothing is lost")]
    Full(String),
    #[error(
        "{0} is damaged ({1}); it was left as it is; put a copy of it back, or move it away to begin anew"
    )]
    Damaged(String, String),
}

/// Whether an error says that there is no room for writing.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

impl Store {
    /// Opens the store at `path`, or makes it; its directory must exist.
    ///
    /// # Errors
    /// One [`OpenError`]: in use, foreign, newer, not writable, full or damaged.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self {
            path: path.to_owned(),
            database: RwLock::new(Some(open(path)?)),
        })
    }

    /// Opens the file again after a fault. Until it succeeds, reads fail too.
    ///
    /// # Errors
    /// As [`Store::open`]; [`OpenError::Busy`] also while a long read of this process goes on.
    pub fn reopen(&self) -> Result<(), OpenError> {
        let mut database = self.database.write().unwrap_or_else(|e| e.into_inner());
        *database = None;
        *database = Some(open(&self.path)?);
        Ok(())
    }

    /// Closes the file; reads and writes fail from now on.
    pub fn close(&self) {
        let mut database = self.database.write().unwrap_or_else(|e| e.into_inner());
        *database = None;
    }

    /// Whether there is room again: writes a little and waits until it is durable.
    ///
    /// # Errors
    /// As any write.
    pub fn try_write(&self) -> Result<(), StoreError> {
        self.writing(|transaction| {
            let mut meta = transaction.open_table(META)?;
            let times = meta.get("tried")?.map_or(0, |times| times.value());
            meta.insert("tried", times.wrapping_add(1))?;
            Ok(())
        })
    }
}

fn open(path: &Path) -> Result<Database, OpenError> {
    let shown = path.display().to_string();
    let caught = catch_unwind(AssertUnwindSafe(|| match has_magic(path) {
        Ok(true) => open_ours(path),
        Ok(false) => Err(OpenError::Foreign(shown.clone())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(path),
        Err(error) => Err(from_io(path, &error)),
    }));
    let panicked = || {
        Err(OpenError::Damaged(
            shown.clone(),
            "unreadable pages".to_owned(),
        ))
    };
    caught.unwrap_or_else(|_| panicked())
}

fn has_magic(path: &Path) -> io::Result<bool> {
    if std::fs::metadata(path)?.is_dir() {
        return Ok(false);
    }
    let mut start = Vec::new();
    let mut file = File::open(path)?.take(MAGIC.len() as u64);
    file.read_to_end(&mut start)?;
    Ok(start == MAGIC)
}

/// Looks without writing first, where the file was closed well.
fn open_ours(path: &Path) -> Result<Database, OpenError> {
    let from = |error| from_database(path, error);
    match Builder::new().set_cache_size(1 << 20).open_read_only(path) {
        Ok(database) => check(path, &database)?,
        Err(DatabaseError::RepairAborted) => {}
        Err(error) => return Err(from(error)),
    }
    let database = Builder::new()
        .set_cache_size(CACHE)
        .open(path)
        .map_err(from)?;
    check(path, &database)?;
    Ok(database)
}

fn check(path: &Path, database: &impl ReadableDatabase) -> Result<(), OpenError> {
    let shown = path.display().to_string();
    let damaged = |error: String| OpenError::Damaged(shown.clone(), error);
    let transaction = database.begin_read().map_err(|e| damaged(e.to_string()))?;
    let found = match transaction.open_table(META) {
        Ok(meta) => meta.get(SCHEMA_KEY).map_err(|e| damaged(e.to_string()))?,
        Err(TableError::Storage(error)) => return Err(damaged(error.to_string())),
        Err(_) => return Err(OpenError::Foreign(shown)),
    };
    match found.map(|found| found.value()) {
        Some(SCHEMA) => Ok(()),
        Some(found) => Err(OpenError::Newer { path: shown, found }),
        None => Err(OpenError::Foreign(shown)),
    }
}

/// Makes a new store beside `path` and puts it there whole, so that a crash leaves none or one.
fn create(path: &Path) -> Result<Database, OpenError> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(format!(".{}.new", std::process::id()));
    let fresh = PathBuf::from(fresh);
    let made = fill(&fresh).and_then(|database| {
        std::fs::hard_link(&fresh, path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenError::Busy(path.display().to_string()),
            _ => from_io(path, &error),
        })?;
        Ok(database)
    });
    let _ = std::fs::remove_file(&fresh);
    let database = made?;
    if let Some(directory) = path.parent().and_then(|parent| File::open(parent).ok()) {
        directory
            .sync_all()
            .map_err(|error| from_io(path, &error))?;
    }
    Ok(database)
}

fn fill(fresh: &Path) -> Result<Database, OpenError> {
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(fresh)
        .map_err(|error| from_io(fresh, &error))?;
    let database = Builder::new()
        .set_cache_size(CACHE)
        .create_file(file)
        .map_err(|error| from_database(fresh, error))?;
    let tables = || -> Result<(), redb::Error> {
        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(true);
        transaction.open_table(META)?.insert(SCHEMA_KEY, SCHEMA)?;
        transaction.open_table(tables::LOG)?;
        transaction.open_table(tables::LOG_BY)?;
        transaction.open_table(tables::PEERS)?;
        transaction.open_table(tables::PEER_NAME)?;
        transaction.open_table(tables::SESSIONS)?;
        transaction.open_table(tables::SESSIONS_OPEN)?;
        transaction.open_table(tables::ASKS)?;
        transaction.open_table(tables::ASKS_OPEN)?;
        transaction.open_table(tables::ASKS_AT)?;
        transaction.open_table(tables::ASK_BY_HOOK)?;
        transaction.commit()?;
        Ok(())
    };
    match tables() {
        Ok(()) => Ok(database),
        Err(redb::Error::Io(error)) => Err(from_io(fresh, &error)),
        Err(error) => Err(OpenError::Damaged(
            fresh.display().to_string(),
            error.to_string(),
        )),
    }
}

fn from_io(path: &Path, error: &io::Error) -> OpenError {
    let shown = path.display().to_string();
    if is_full(error) {
        OpenError::Full(shown)
    } else {
        OpenError::NotWritable(shown, error.to_string())
    }
}

fn from_database(path: &Path, error: DatabaseError) -> OpenError {
    let shown = path.display().to_string();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::Busy(shown),
        DatabaseError::Storage(redb::StorageError::Io(error)) => match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                OpenError::Damaged(shown, error.to_string())
            }
            _ => from_io(path, &error),
        },
        other => OpenError::Damaged(shown, other.to_string()),
    }
}
