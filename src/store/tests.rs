//! Opening in every condition, writing, replaying.

use super::tables::{LOG, META, SCHEMA_KEY, SESSIONS};
use super::*;
use crate::core::command::Command;
use crate::core::entry::{LogEntry, Record};
use crate::core::event::Event;
use crate::core::fixture::{Play, ak, new_ask, new_peer, pr, ss};
use crate::core::stamp::{Actor, Stamp};
use redb::{ReadableDatabase, TableDefinition};
use std::path::Path;
use tempfile::TempDir;

fn dir() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// Plays `commands` on `play` and commits what happened, an entry each.
fn commit(store: &Store, play: &mut Play, commands: Vec<Command>) {
    let mut seq = store.last().expect("readable").map_or(0, |line| line.seq);
    let mut entries = Vec::new();
    for command in commands {
        for event in play.try_it(command).expect("it is done") {
            seq += 1;
            let stamp = Stamp {
                at: play.now,
                awake_ms: 0,
                actor: Actor::Operator,
            };
            let record = Record {
                stamp,
                cause: None,
                refs: event.refs(&play.world),
                event,
            };
            entries.push(LogEntry { seq, record });
        }
    }
    store.commit(&entries, &play.world).expect("it is durable");
}

fn filled(path: &Path) -> (Store, Play) {
    let store = Store::open(path).expect("a new store");
    let mut play = Play::default();
    commit(
        &store,
        &mut play,
        vec![
            Command::Create(new_peer(1, "fixer")),
            Command::Create(new_peer(2, "writer")),
            Command::AttemptStarted {
                session: ss(1),
                attempt: 1,
                pid: 3,
            },
            Command::OpenAsk(new_ask(1, 1)),
            Command::OpenAsk(new_ask(2, 1)),
            Command::Withdraw {
                ask: ak(1),
                why: "gone".to_owned(),
            },
            Command::AttemptFailed {
                session: ss(2),
                attempt: 1,
                why: "none".to_owned(),
            },
            Command::Retire {
                peer: pr(2),
                grace_ms: 0,
            },
        ],
    );
    (store, play)
}

fn refused(path: &Path) -> String {
    Store::open(path).expect_err("it is refused").to_string()
}

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let dir = dir();
    let path = dir.path().join("pult.redb");
    let (store, mut play) = filled(&path);
    drop(store);
    let store = Store::open(&path).expect("it opens again");
    let closed = play.world.ask(&ak(1)).cloned();
    play.world.forget_closed();
    assert_eq!(store.load().expect("readable"), play.world);
    assert_eq!(store.ask(&ak(1)).expect("readable"), closed);
    assert_eq!(store.verify().expect("readable").differences, [""; 0]);
    assert_eq!(
        std::fs::read_dir(dir.path()).expect("a directory").count(),
        1
    );
}

#[test]
fn the_log_is_read_by_number_by_age_and_by_what_it_touches() {
    let dir = dir();
    let (store, _) = filled(&dir.path().join("pult.redb"));
    let kinds = |lines: Result<Vec<LogEntry>, StoreError>| -> Vec<&str> {
        lines
            .expect("readable")
            .iter()
            .map(LogEntry::kind)
            .collect()
    };
    let all = store.export(0, 100).expect("readable");
    let numbers: Vec<u64> = all.iter().map(|line| line.seq).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<u64>>());
    assert_eq!(
        kinds(store.export(2, 2)),
        ["session.created", "attempt.begun"]
    );
    assert_eq!(kinds(store.newest(2)), ["attempt.failed", "peer.retired"]);
    let about = |id: &str, count| kinds(store.about(id, count));
    assert_eq!(about(ak(1).as_str(), 9), ["ask.opened", "ask.closed"]);
    assert_eq!(about(ak(1).as_str(), 1), ["ask.closed"]);
    assert_eq!(about(pr(2).as_str(), 9).len(), 5);
    assert_eq!(about("ak-", 9), [""; 0]);
    assert_eq!(store.asks_from("ak-", 9).expect("readable").len(), 2);
    assert_eq!(store.asks(1).expect("readable")[0].id, ak(2));
    let hook = store.ask_by_hook(&ss(1), "hook 1").expect("readable");
    assert_eq!(hook.map(|ask| ask.id), Some(ak(1)));
    assert_eq!(store.peers().expect("readable").len(), 2);
}

#[test]
fn a_line_out_of_turn_is_not_written() {
    let dir = dir();
    let (store, play) = filled(&dir.path().join("pult.redb"));
    let mut again = store.newest(1).expect("readable");
    let error = store.commit(&again, &play.world).expect_err("12 is there");
    assert!(
        error.to_string().contains("does not follow line 12"),
        "{error}"
    );
    again[0].seq = 14;
    assert!(store.commit(&again, &play.world).is_err());
    assert_eq!(
        store.last().expect("readable").map(|line| line.seq),
        Some(12)
    );
}

#[test]
fn a_table_that_is_not_the_fold_of_the_log_is_found() {
    let dir = dir();
    let path = dir.path().join("pult.redb");
    let (store, _) = filled(&path);
    let differences = |change: &dyn Fn(&redb::WriteTransaction)| {
        let result = store.writing(|transaction| {
            change(transaction);
            Ok(())
        });
        result.expect("it is written");
        store.verify().expect("readable").differences
    };
    let found = differences(&|transaction| {
        let mut table = transaction.open_table(SESSIONS).expect("a table");
        table.remove(ss(1).as_str()).expect("removed");
    });
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("sessions: ") && found[0].ends_with("is missing"));
    let found = differences(&|transaction| {
        let mut table = transaction.open_table(tables::ASKS_OPEN).expect("a table");
        table.insert(ak(1).as_str(), ()).expect("inserted");
        let mut table = transaction.open_table(tables::LOG_BY).expect("a table");
        table.remove((ak(1).as_str(), 8)).expect("removed");
    });
    let has = |text: &str| found.iter().any(|line| line.contains(text));
    assert!(
        has("asks_open: \"ak-") && has("log_by: 26 rows instead of 27"),
        "{found:?}"
    );
    let found = differences(&|transaction| {
        let mut log = transaction.open_table(LOG).expect("a table");
        log.remove(12).expect("removed");
    });
    assert!(
        found.iter().any(|line| line.starts_with("peers: ")),
        "{found:?}"
    );
}

#[test]
fn a_second_opener_is_told_that_the_store_is_open() {
    let dir = dir();
    let path = dir.path().join("pult.redb");
    let (first, _) = filled(&path);
    assert!(matches!(Store::open(&path), Err(OpenError::Busy(_))));
    assert!(refused(&path).contains("is open in another process"));
    assert!(first.last().expect("the first goes on").is_some());
}

#[test]
fn a_file_that_is_not_ours_is_left_as_it_was() {
    let dir = dir();
    let long = vec![7u8; 100_000];
    for (name, contents) in [("empty", &b""[..]), ("text", b"hello"), ("garbage", &long)] {
        let path = dir.path().join(name);
        std::fs::write(&path, contents).expect("written");
        assert!(refused(&path).contains("is not a pult store"), "{name}");
        assert_eq!(std::fs::read(&path).expect("readable"), contents, "{name}");
    }
    assert!(refused(dir.path()).contains("is not a pult store"));
    let path = dir.path().join("other.redb");
    let other = redb::Database::create(&path).expect("a database");
    let transaction = other.begin_write().expect("begun");
    let table: TableDefinition<&str, &str> = TableDefinition::new("theirs");
    let mut theirs = transaction.open_table(table).expect("a table");
    theirs.insert("key", "value").expect("inserted");
    drop(theirs);
    transaction.commit().expect("committed");
    drop(other);
    let before = std::fs::read(&path).expect("readable");
    assert!(refused(&path).contains("is not a pult store"));
    assert!(
        std::fs::read(&path).expect("readable") == before,
        "it was touched"
    );
}

#[test]
fn a_damaged_store_is_said_so_and_never_overwritten() {
    let dir = dir();
    let path = dir.path().join("pult.redb");
    drop(filled(&path));
    let good = std::fs::read(&path).expect("readable");
    for cut in [9, 100, 4_096, good.len() / 2] {
        std::fs::write(&path, &good[..cut]).expect("written");
        let said = Store::open(&path).err().map(|error| error.to_string());
        assert!(
            said.is_some_and(|said| said.contains("is damaged")),
            "cut at {cut}"
        );
    }
    // Whatever is scribbled into it, the answer is an error or a store, never a panic.
    for at in (9..good.len()).step_by(good.len() / 60) {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        std::fs::write(&path, &bad).expect("written");
        if let Ok(store) = Store::open(&path) {
            let _ = store.load();
            let _ = store.verify();
        }
    }
}

#[test]
fn a_newer_layout_is_refused_with_both_numbers() {
    let dir = dir();
    let path = dir.path().join("pult.redb");
    let (store, _) = filled(&path);
    let newer = store.writing(|transaction| {
        transaction.open_table(META)?.insert(SCHEMA_KEY, 2)?;
        Ok(())
    });
    newer.expect("written");
    drop(store);
    let before = std::fs::read(&path).expect("readable");
    let said = refused(&path);
    assert!(
        said.contains("has layout 2, and this pult knows 1"),
        "{said}"
    );
    assert!(
        std::fs::read(&path).expect("readable") == before,
        "it was touched"
    );
}

#[test]
fn a_place_that_cannot_be_written_is_said_so() {
    let dir = dir();
    let missing = dir.path().join("no/such/pult.redb");
    assert!(refused(&missing).contains("cannot be written"));
    let below_a_file = dir.path().join("file");
    std::fs::write(&below_a_file, "x").expect("written");
    assert!(refused(&below_a_file.join("pult.redb")).contains("cannot be written"));
}

#[test]
fn reading_goes_on_while_a_write_is_open() {
    let dir = dir();
    let (store, _) = filled(&dir.path().join("pult.redb"));
    let inside = store.writing(|transaction| {
        transaction.open_table(META)?.insert("x", 1)?;
        assert_eq!(
            store.last().expect("readable").map(|line| line.seq),
            Some(12)
        );
        Ok(())
    });
    inside.expect("written");
    let database = store.database.read().expect("a lock");
    let transaction = database
        .as_ref()
        .expect("open")
        .begin_read()
        .expect("begun");
    let meta = transaction.open_table(META).expect("a table");
    assert!(meta.get("x").expect("readable").is_some());
}

#[test]
fn events_are_shown_as_their_fields() {
    let stamp = Stamp {
        at: 1,
        awake_ms: 1,
        actor: Actor::Daemon,
    };
    let line = LogEntry {
        seq: 1,
        record: Record {
            stamp,
            cause: None,
            refs: Default::default(),
            event: Event::PeerSeen { peer: pr(1) },
        },
    };
    assert_eq!(line.kind(), "peer.seen");
    assert_eq!(line.body(), serde_json::json!({"peer": pr(1).as_str()}));
}
