//! The tables. Ids are keys as they are written; values are a version byte and postcard.

use redb::TableDefinition;

/// Every event, by its number: the truth.
pub(super) const LOG: TableDefinition<u64, &[u8]> = TableDefinition::new("log");
/// The numbers of the events that touch an id, or are of a topic.
pub(super) const LOG_BY: TableDefinition<(&str, u64), ()> = TableDefinition::new("log_by");
/// What the file is.
pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Peers, live and retired.
pub(super) const PEERS: TableDefinition<&str, &[u8]> = TableDefinition::new("peers");
/// Who has or had a name: circle, name.
pub(super) const PEER_NAME: TableDefinition<(&str, &str), &[u8]> =
    TableDefinition::new("peer_name");
/// Sessions, open and over.
pub(super) const SESSIONS: TableDefinition<&str, &[u8]> = TableDefinition::new("sessions");
/// The sessions that belong in memory.
pub(super) const SESSIONS_OPEN: TableDefinition<&str, ()> = TableDefinition::new("sessions_open");
/// Asks, open and closed.
pub(super) const ASKS: TableDefinition<&str, &[u8]> = TableDefinition::new("asks");
/// The asks that are not closed.
pub(super) const ASKS_OPEN: TableDefinition<&str, ()> = TableDefinition::new("asks_open");
/// All asks by when they were asked.
pub(super) const ASKS_AT: TableDefinition<(i64, &str), ()> = TableDefinition::new("asks_at");
/// The ask that a hook of a session opened: session, hook key.
pub(super) const ASK_BY_HOOK: TableDefinition<(&str, &str), &str> =
    TableDefinition::new("ask_by_hook");

/// The operator's word on repositories, by their roots. Stores of before it do not have it.
pub(super) const TRUST: TableDefinition<&str, &[u8]> = TableDefinition::new("trust");

/// The version of the tables' layout, under this key of `meta`.
pub(super) const SCHEMA_KEY: &str = "pult.schema";
/// The version that this program writes.
pub(super) const SCHEMA: u64 = 1;
