//! Reading: the open rows for start-up, single rows, and stretches of the log.

use super::codec::{Stored, decode};
use super::tables::*;
use super::{Store, StoreError};
use crate::core::ask::Ask;
use crate::core::entry::LogEntry;
use crate::core::id::{AskId, PeerId, SessionId};
use crate::core::peer::Peer;
use crate::core::session::Session;
use crate::core::trust::Trust;
use crate::core::world::{Holder, World};
use redb::{ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition};
use std::ops::ControlFlow;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The highest character that no id begins with: the end of a range of ids.
const AFTER: char = '\u{10ffff}';

impl Store {
    /// Runs `read` on one consistent state; never waits for a write.
    pub(super) fn reading<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, ReadError>,
    ) -> Result<T, StoreError> {
        let transaction = {
            let database = self.database.read().unwrap_or_else(|e| e.into_inner());
            let database = database.as_ref().ok_or_else(|| self.shut())?;
            let begun = database.begin_read();
            begun.map_err(|error| self.fault(error.into()))?
        };
        // Pages that are damaged may panic inside of redb.
        let read = catch_unwind(AssertUnwindSafe(|| read(&transaction)));
        match read {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(ReadError::Redb(error))) => Err(self.fault(error)),
            Ok(Err(ReadError::Store(error))) => Err(error),
            Err(_) => Err(StoreError::Fault(
                self.path.display().to_string(),
                "it is damaged: unreadable pages".to_owned(),
            )),
        }
    }

    /// The open rows.
    ///
    /// # Errors
    /// When the file or a row cannot be read.
    pub fn load(&self) -> Result<World, StoreError> {
        self.reading(|transaction| {
            let mut peers: BTreeMap<PeerId, Peer> = BTreeMap::new();
            let mut sessions = Vec::new();
            for key in keys(transaction, SESSIONS_OPEN)? {
                let session: Session = expect(transaction, SESSIONS, &key)?;
                if !peers.contains_key(&session.peer) {
                    let peer = expect(transaction, PEERS, session.peer.as_str())?;
                    peers.insert(session.peer.clone(), peer);
                }
                sessions.push(session);
            }
            let mut asks = Vec::new();
            for key in keys(transaction, ASKS_OPEN)? {
                asks.push(expect(transaction, ASKS, &key)?);
            }
            let names = names(transaction)?;
            let peers = peers.into_values().collect();
            let world = World::from_rows(peers, sessions, asks, names);
            Ok(world.trusting(trusts(transaction)?))
        })
    }

    /// The last line of the log.
    ///
    /// # Errors
    /// As every read.
    pub fn last(&self) -> Result<Option<LogEntry>, StoreError> {
        Ok(self.newest(1)?.pop())
    }

    /// The newest `count` lines, oldest first.
    ///
    /// # Errors
    /// As every read.
    pub fn newest(&self, count: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.reading(|transaction| {
            let log = transaction.open_table(LOG)?;
            let mut lines = Vec::new();
            for row in log.iter()?.rev().take(count) {
                let (seq, bytes) = row?;
                lines.push(line(seq.value(), bytes.value())?);
            }
            lines.reverse();
            Ok(lines)
        })
    }

    /// At most `count` lines from number `from` on, oldest first.
    ///
    /// # Errors
    /// As every read.
    pub fn export(&self, from: u64, count: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.reading(|transaction| {
            let log = transaction.open_table(LOG)?;
            let mut lines = Vec::new();
            for row in log.range(from..)?.take(count) {
                let (seq, bytes) = row?;
                lines.push(line(seq.value(), bytes.value())?);
            }
            Ok(lines)
        })
    }

    /// The newest `count` lines that touch an id, oldest first.
    ///
    /// # Errors
    /// As every read.
    pub fn about(&self, id: &str, count: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.reading(|transaction| {
            let log = transaction.open_table(LOG)?;
            let log_by = transaction.open_table(LOG_BY)?;
            let mut lines = Vec::new();
            for row in log_by.range((id, 0)..=(id, u64::MAX))?.rev().take(count) {
                let seq = row?.0.value().1;
                if let Some(bytes) = log.get(seq)? {
                    lines.push(line(seq, bytes.value())?);
                }
            }
            lines.reverse();
            Ok(lines)
        })
    }

    /// Hands over the lines that touch an id or are of a topic, oldest first, until it is broken off.
    ///
    /// # Errors
    /// As every read.
    pub fn each_about(
        &self,
        key: &str,
        mut take: impl FnMut(LogEntry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.reading(|transaction| {
            let log = transaction.open_table(LOG)?;
            let log_by = transaction.open_table(LOG_BY)?;
            for row in log_by.range((key, 0)..=(key, u64::MAX))? {
                let seq = row?.0.value().1;
                if let Some(bytes) = log.get(seq)?
                    && take(line(seq, bytes.value())?).is_break()
                {
                    break;
                }
            }
            Ok(())
        })
    }

    /// A peer, live or retired.
    ///
    /// # Errors
    /// As every read.
    pub fn peer(&self, id: &PeerId) -> Result<Option<Peer>, StoreError> {
        self.reading(|transaction| row(transaction, PEERS, id.as_str()))
    }

    /// A session, open or over.
    ///
    /// # Errors
    /// As every read.
    pub fn session(&self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        self.reading(|transaction| row(transaction, SESSIONS, id.as_str()))
    }

    /// An ask, open or closed.
    ///
    /// # Errors
    /// As every read.
    pub fn ask(&self, id: &AskId) -> Result<Option<Ask>, StoreError> {
        self.reading(|transaction| row(transaction, ASKS, id.as_str()))
    }

    /// The ask that a hook of a session opened.
    ///
    /// # Errors
    /// As every read.
    pub fn ask_by_hook(&self, session: &SessionId, key: &str) -> Result<Option<Ask>, StoreError> {
        self.reading(|transaction| {
            let hooks = transaction.open_table(ASK_BY_HOOK)?;
            match hooks.get((session.as_str(), key))? {
                Some(id) => row(transaction, ASKS, id.value()),
                None => Ok(None),
            }
        })
    }

    /// At most `count` asks, open or closed, whose id begins with `prefix`.
    ///
    /// # Errors
    /// As every read.
    pub fn asks_from(&self, prefix: &str, count: usize) -> Result<Vec<Ask>, StoreError> {
        let end = format!("{prefix}{AFTER}");
        self.reading(|transaction| {
            let asks = transaction.open_table(ASKS)?;
            let mut found = Vec::new();
            for row in asks.range(prefix..end.as_str())?.take(count) {
                let (id, bytes) = row?;
                found.push(decode(bytes.value(), id.value())?);
            }
            Ok(found)
        })
    }

    /// The newest `count` asks, open and closed, oldest first.
    ///
    /// # Errors
    /// As every read.
    pub fn asks(&self, count: usize) -> Result<Vec<Ask>, StoreError> {
        self.reading(|transaction| {
            let at = transaction.open_table(ASKS_AT)?;
            let mut asks = Vec::new();
            for key in at.iter()?.rev().take(count) {
                asks.push(expect(transaction, ASKS, key?.0.value().1)?);
            }
            asks.reverse();
            Ok(asks)
        })
    }

    /// Every peer ever, live and retired, by when it was made.
    ///
    /// # Errors
    /// As every read.
    pub fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        let mut peers: Vec<Peer> = self.reading(|transaction| rows(transaction, PEERS))?;
        peers.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(peers)
    }
}

/// What goes wrong while reading.
pub(super) enum ReadError {
    Redb(redb::Error),
    Store(StoreError),
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        ReadError::Store(error)
    }
}

impl From<redb::TableError> for ReadError {
    fn from(error: redb::TableError) -> Self {
        ReadError::Redb(error.into())
    }
}

impl From<redb::StorageError> for ReadError {
    fn from(error: redb::StorageError) -> Self {
        ReadError::Redb(error.into())
    }
}

pub(super) fn line(seq: u64, bytes: &[u8]) -> Result<LogEntry, StoreError> {
    let record = decode(bytes, &format!("log line {seq}"))?;
    Ok(LogEntry { seq, record })
}

type Rows = TableDefinition<'static, &'static str, &'static [u8]>;

fn row<T: Stored>(
    transaction: &ReadTransaction,
    table: Rows,
    key: &str,
) -> Result<Option<T>, ReadError> {
    let table = transaction.open_table(table)?;
    match table.get(key)? {
        Some(bytes) => Ok(Some(decode(bytes.value(), key)?)),
        None => Ok(None),
    }
}

fn expect<T: Stored>(
    transaction: &ReadTransaction,
    table: Rows,
    key: &str,
) -> Result<T, ReadError> {
    row(transaction, table, key)?
        .ok_or_else(|| ReadError::Store(StoreError::Row(format!("the row of {key} is missing"))))
}

pub(super) fn rows<T: Stored>(
    transaction: &ReadTransaction,
    table: Rows,
) -> Result<Vec<T>, ReadError> {
    let table = transaction.open_table(table)?;
    let mut found = Vec::new();
    for row in table.iter()? {
        let (key, bytes) = row?;
        found.push(decode(bytes.value(), key.value())?);
    }
    Ok(found)
}

pub(super) fn keys(
    transaction: &ReadTransaction,
    table: TableDefinition<'static, &'static str, ()>,
) -> Result<Vec<String>, ReadError> {
    let table = transaction.open_table(table)?;
    let mut found = Vec::new();
    for row in table.iter()? {
        found.push(row?.0.value().to_owned());
    }
    Ok(found)
}

/// The operator's word on repositories; none in a store of before there was any.
pub(super) fn trusts(transaction: &ReadTransaction) -> Result<Vec<Trust>, ReadError> {
    match rows(transaction, TRUST) {
        Err(ReadError::Redb(redb::Error::TableDoesNotExist(_))) => Ok(Vec::new()),
        found => found,
    }
}

/// Circle and name, and who has or had it.
type Name = ((String, String), Holder);

pub(super) fn names(transaction: &ReadTransaction) -> Result<Vec<Name>, ReadError> {
    let table = transaction.open_table(PEER_NAME)?;
    let mut found = Vec::new();
    for row in table.iter()? {
        let (key, bytes) = row?;
        let (circle, name) = key.value();
        let holder = decode(bytes.value(), name)?;
        found.push(((circle.to_owned(), name.to_owned()), holder));
    }
    Ok(found)
}
