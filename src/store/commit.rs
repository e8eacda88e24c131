//! Writing: events are appended and the rows they touch are written, in one durable transaction.

use super::codec::encode;
use super::tables::*;
use super::{Store, StoreError};
use crate::core::entry::LogEntry;
use crate::core::event::{Event, Refs};
use crate::core::world::World;
use redb::{Durability, ReadableTable, WriteTransaction};
use std::collections::BTreeSet;

/// What goes wrong inside of a transaction.
pub(super) enum WriteError {
    Redb(redb::Error),
    Store(StoreError),
}

impl<E: Into<redb::Error>> From<E> for WriteError {
    fn from(error: E) -> Self {
        WriteError::Redb(error.into())
    }
}

impl Store {
    /// Runs `write` in one transaction and waits until it is durable.
    pub(super) fn writing(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<(), WriteError>,
    ) -> Result<(), StoreError> {
        let database = self.database.read().unwrap_or_else(|e| e.into_inner());
        let database = database.as_ref().ok_or_else(|| self.shut())?;
        let run = || -> Result<(), WriteError> {
            let mut transaction = database.begin_write()?;
            transaction.set_durability(Durability::Immediate)?;
            transaction.set_quick_repair(true);
            write(&transaction)?;
            transaction.commit()?;
            Ok(())
        };
        run().map_err(|error| match error {
            WriteError::Redb(error) => self.fault(error),
            WriteError::Store(error) => error,
        })
    }

    pub(super) fn shut(&self) -> StoreError {
        StoreError::Fault(
            self.path.display().to_string(),
            "it is being opened again".to_owned(),
        )
    }

    /// Appends `entries`, whose numbers follow the last one, and writes the rows that they touch
    /// as `world` has them, which the entries were applied to and which has forgotten nothing of
    /// them. Returns when all is durable; on an error nothing is.
    ///
    /// # Errors
    /// After any, [`Store::reopen`].
    pub fn commit(&self, entries: &[LogEntry], world: &World) -> Result<(), StoreError> {
        self.writing(|transaction| {
            let mut touched = BTreeSet::new();
            let mut trusted = BTreeSet::new();
            {
                let mut log = transaction.open_table(LOG)?;
                let mut log_by = transaction.open_table(LOG_BY)?;
                let mut last = log.last()?.map_or(0, |(seq, _)| seq.value());
                for entry in entries {
                    if entry.seq != last + 1 {
                        return Err(WriteError::Store(StoreError::Row(format!(
                            "line {} does not follow line {last} of the log",
                            entry.seq
                        ))));
                    }
                    last = entry.seq;
                    let bytes = encode(&entry.record).map_err(WriteError::Store)?;
                    log.insert(entry.seq, bytes.as_slice())?;
                    for key in entry.record.keys() {
                        log_by.insert((key.as_str(), entry.seq), ())?;
                    }
                    touched.insert(entry.record.refs.clone());
                    if let Event::TrustGiven { directory, .. } = &entry.record.event {
                        trusted.insert(directory.as_str());
                    }
                }
            }
            for refs in &touched {
                write_rows(transaction, refs, world)?;
            }
            for row in trusted.into_iter().filter_map(|root| world.trust(root)) {
                let bytes = encode(row).map_err(WriteError::Store)?;
                let mut trust = transaction.open_table(TRUST)?;
                trust.insert(row.directory.as_str(), bytes.as_slice())?;
            }
            Ok(())
        })
    }
}

fn write_rows(
    transaction: &WriteTransaction,
    refs: &Refs,
    world: &World,
) -> Result<(), WriteError> {
    if let Some(peer) = refs.peer.as_ref().and_then(|id| world.peer(id)) {
        let bytes = encode(peer).map_err(WriteError::Store)?;
        let mut peers = transaction.open_table(PEERS)?;
        peers.insert(peer.id.as_str(), bytes.as_slice())?;
        if let Some(holder) = world.holder(&peer.circle, &peer.name) {
            let bytes = encode(holder).map_err(WriteError::Store)?;
            let mut names = transaction.open_table(PEER_NAME)?;
            names.insert((peer.circle.as_str(), peer.name.as_str()), bytes.as_slice())?;
        }
    }
    if let Some(session) = refs.session.as_ref().and_then(|id| world.session(id)) {
        let bytes = encode(session).map_err(WriteError::Store)?;
        let mut sessions = transaction.open_table(SESSIONS)?;
        sessions.insert(session.id.as_str(), bytes.as_slice())?;
        let mut open = transaction.open_table(SESSIONS_OPEN)?;
        if world.is_open_session(session) {
            open.insert(session.id.as_str(), ())?;
        } else {
            open.remove(session.id.as_str())?;
        }
    }
    if let Some(ask) = refs.ask.as_ref().and_then(|id| world.ask(id)) {
        let bytes = encode(ask).map_err(WriteError::Store)?;
        let mut asks = transaction.open_table(ASKS)?;
        asks.insert(ask.id.as_str(), bytes.as_slice())?;
        let mut open = transaction.open_table(ASKS_OPEN)?;
        if ask.is_kept() {
            open.insert(ask.id.as_str(), ())?;
        } else {
            open.remove(ask.id.as_str())?;
        }
        let mut at = transaction.open_table(ASKS_AT)?;
        at.insert((ask.asked_at, ask.id.as_str()), ())?;
        if let Some(key) = &ask.hook_key {
            let mut hooks = transaction.open_table(ASK_BY_HOOK)?;
            hooks.insert((ask.session.as_str(), key.as_str()), ask.id.as_str())?;
        }
    }
    Ok(())
}
