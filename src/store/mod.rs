//! The store: the log and the tables that are its fold, in one redb file. The only door to redb.

mod codec;
mod commit;
#[cfg(test)]
mod golden;
mod open;
mod read;
pub mod recording;
mod tables;
#[cfg(test)]
mod tests;
mod verify;

pub use codec::{decode, encode};
pub use open::OpenError;
pub use verify::Verdict;

use redb::Database;
use std::path::PathBuf;
use std::sync::RwLock;

/// The one store of a pult; only the daemon opens it.
pub struct Store {
    path: PathBuf,
    /// Absent only while the file is being opened again after a fault.
    database: RwLock<Option<Database>>,
}

/// Why the store did not do what it was asked. After one in a write the file has to be opened
/// again ([`Store::reopen`]); what was acknowledged stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No space is left for writing.
    #[error("the disk with {0} is full")]
    Full(String),
    /// Reading or writing failed otherwise.
    #[error("{0}: {1}")]
    Fault(String, String),
    /// A row cannot be read: it is damaged, or of a newer pult.
    #[error("{0}")]
    Row(String),
}

impl Store {
    /// Where it lies.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Says an error of redb in our words.
    fn fault(&self, error: redb::Error) -> StoreError {
        let path = self.path.display().to_string();
        match &error {
            redb::Error::Io(io) if open::is_full(io) => StoreError::Full(path),
            _ => StoreError::Fault(path, error.to_string()),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish()
    }
}
