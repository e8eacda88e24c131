//! Whether the tables are the fold of the log: everything is replayed and compared row by row.

use super::read::{ReadError, keys, line, names, rows, trusts};
use super::tables::*;
use super::{Store, StoreError};
use crate::core::ask::Ask;
use crate::core::peer::Peer;
use crate::core::session::Session;
use crate::core::world::World;
use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// How many differences are listed.
const LISTED: usize = 100;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many log lines were replayed.
    pub events: u64,
    /// What differs, a line each; empty when the tables are the fold of the log.
    pub differences: Vec<String>,
}

impl Verdict {
    fn differs(&mut self, what: impl FnOnce() -> String) {
        match self.differences.len() {
            n if n < LISTED => self.differences.push(what()),
            LISTED => self.differences.push("more rows differ".to_owned()),
            _ => {}
        }
    }
}

impl Store {
    /// Replays the log into a world that keeps everything and compares that with the tables.
    ///
    /// # Errors
    /// When the file or a log line cannot be read.
    pub fn verify(&self) -> Result<Verdict, StoreError> {
        self.reading(|transaction| {
            let mut verdict = Verdict::default();
            let world = replay(transaction, &mut verdict)?;
            compare(transaction, &world, &mut verdict)?;
            Ok(verdict)
        })
    }
}

fn replay(transaction: &ReadTransaction, verdict: &mut Verdict) -> Result<World, ReadError> {
    let log = transaction.open_table(LOG)?;
    let log_by = transaction.open_table(LOG_BY)?;
    let mut world = World::default();
    let mut references = 0;
    for row in log.iter()? {
        let (seq, bytes) = row?;
        let entry = line(seq.value(), bytes.value())?;
        verdict.events += 1;
        if entry.seq != verdict.events {
            let (expected, found) = (verdict.events, entry.seq);
            verdict.differs(|| format!("log: line {expected} is missing, {found} follows"));
            verdict.events = entry.seq;
        }
        let record = &entry.record;
        world.apply(record.stamp.at, &record.event);
        if record.event.refs(&world) != record.refs {
            verdict.differs(|| format!("log: line {} has other references", entry.seq));
        }
        for key in record.keys() {
            references += 1;
            if log_by.get((key.as_str(), entry.seq))?.is_none() {
                verdict.differs(|| format!("log_by: {key} lacks line {}", entry.seq));
            }
        }
    }
    if log_by.len()? != references {
        let found = log_by.len()?;
        verdict.differs(|| format!("log_by: {found} rows instead of {references}"));
    }
    Ok(world)
}

fn compare(
    transaction: &ReadTransaction,
    world: &World,
    verdict: &mut Verdict,
) -> Result<(), ReadError> {
    let peers: Vec<Peer> = rows(transaction, PEERS)?;
    let found = peers.iter().map(|row| (row.id.to_string(), row)).collect();
    let expected = world.peers().map(|row| (row.id.to_string(), row)).collect();
    same("peers", found, expected, verdict);

    let sessions: Vec<Session> = rows(transaction, SESSIONS)?;
    let found = sessions
        .iter()
        .map(|row| (row.id.to_string(), row))
        .collect();
    let expected = world
        .sessions()
        .map(|row| (row.id.to_string(), row))
        .collect();
    same("sessions", found, expected, verdict);

    let asks: Vec<Ask> = rows(transaction, ASKS)?;
    let found = asks.iter().map(|row| (row.id.to_string(), row)).collect();
    let expected = world.asks().map(|row| (row.id.to_string(), row)).collect();
    same("asks", found, expected, verdict);

    let holders = names(transaction)?;
    let found = holders
        .iter()
        .map(|(key, row)| (key.clone(), row))
        .collect();
    let expected = world.names().map(|(key, row)| (key.clone(), row)).collect();
    same("peer_name", found, expected, verdict);

    let words = trusts(transaction)?;
    let found = words.iter().map(|row| (&row.directory, row)).collect();
    let expected = world.trusts().map(|row| (&row.directory, row)).collect();
    same("trust", found, expected, verdict);

    let open = |open: Vec<String>| open.into_iter().map(|key| (key, ())).collect();
    let expected = world.sessions().filter(|row| world.is_open_session(row));
    let expected = expected.map(|row| row.id.to_string()).collect();
    let found = keys(transaction, SESSIONS_OPEN)?;
    same("sessions_open", open(found), open(expected), verdict);
    let expected = world.asks().filter(|row| row.is_kept());
    let expected = expected.map(|row| row.id.to_string()).collect();
    let found = keys(transaction, ASKS_OPEN)?;
    same("asks_open", open(found), open(expected), verdict);

    let mut found = BTreeMap::new();
    for row in transaction.open_table(ASKS_AT)?.iter()? {
        let key = row?.0;
        let (at, id) = key.value();
        found.insert((at, id.to_owned()), ());
    }
    let expected = world
        .asks()
        .map(|row| ((row.asked_at, row.id.to_string()), ()));
    same("asks_at", found, expected.collect(), verdict);

    let mut found = BTreeMap::new();
    for row in transaction.open_table(ASK_BY_HOOK)?.iter()? {
        let (key, id) = row?;
        let (session, hook) = key.value();
        found.insert((session.to_owned(), hook.to_owned()), id.value().to_owned());
    }
    let mut expected = BTreeMap::new();
    for ask in world.asks() {
        if let Some(hook) = &ask.hook_key {
            expected.insert((ask.session.to_string(), hook.clone()), ask.id.to_string());
        }
    }
    same("ask_by_hook", found, expected, verdict);
    Ok(())
}

fn same<K: Ord + Debug, V: PartialEq + Debug>(
    table: &str,
    found: BTreeMap<K, V>,
    expected: BTreeMap<K, V>,
    verdict: &mut Verdict,
) {
    for (key, row) in &expected {
        match found.get(key) {
            None => verdict.differs(|| format!("{table}: {key:?} is missing")),
            Some(there) if there != row => {
                verdict.differs(|| format!("{table}: {key:?} is {there:?}, the log says {row:?}"));
            }
            Some(_) => {}
        }
    }
    for key in found.keys().filter(|key| !expected.contains_key(key)) {
        verdict.differs(|| format!("{table}: {key:?} is not in the log"));
    }
}
