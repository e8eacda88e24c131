//! A database that SQLite 3.40 made, in small pages so that its trees are deep, and what becomes of
//! damaged ones.

use super::*;
use copies::Copies;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const MAIN: &[u8] = include_bytes!("../../../tests/it/adapters/opencode/conversations.db");
const LOG: &[u8] = include_bytes!("../../../tests/it/adapters/opencode/conversations.db-wal");
const ONE: &str = "ses_e05a84c32ffenpf80JdutnTuFU";

fn file(dir: &Path, bytes: &[u8]) -> File {
    let path = dir.join("f");
    fs::write(&path, bytes).unwrap();
    File::open(path).unwrap()
}

fn open(main: &[u8], log: Option<&[u8]>) -> io::Result<Database> {
    let dir = tempfile::tempdir().unwrap();
    let main = file(dir.path(), main);
    fs::remove_file(dir.path().join("f")).unwrap();
    Database::open(main, log.map(|log| file(dir.path(), log)))
}

fn texts(rows: &[Vec<Cell>]) -> Vec<&str> {
    rows.iter().filter_map(|row| row[0].text()).collect()
}

#[test]
fn rows_are_read_as_they_were_written() {
    let database = open(MAIN, Some(LOG)).unwrap();
    let mut sessions = Vec::new();
    let columns = ["id", "parent_id", "cost", "tokens_input", "time_archived"];
    database
        .scan("session", &columns, |row| {
            sessions.push(row);
            true
        })
        .unwrap();
    sessions.sort_by_key(|row| row[0].text().map(str::to_owned));
    let text = |text: &str| Cell::Text(text.into());
    assert_eq!(
        sessions,
        [
            vec![
                text(ONE),
                Cell::Null,
                Cell::Real(0.0063),
                Cell::Int(1500),
                Cell::Null
            ],
            vec![
                text("ses_helper"),
                text(ONE),
                Cell::Int(0),
                Cell::Int(1500),
                Cell::Null
            ],
            vec![
                text("ses_many"),
                Cell::Null,
                Cell::Int(0),
                Cell::Int(1500),
                Cell::Null
            ],
        ]
    );
    // Deleted ones are gone.
    let many = database
        .with("message", "session_id", "ses_many", &["id"])
        .unwrap();
    let mut ids = texts(&many);
    ids.sort_unstable();
    assert_eq!(ids.len(), 59);
    assert_eq!((ids[0], ids[58]), ("msg_many000", "msg_many059"));
    assert!(!ids.contains(&"msg_many017"));
    // A long one goes on in other pages.
    let long = database
        .with("part", "message_id", "msg_many030", &["data"])
        .unwrap();
    let long = texts(&long)[0];
    assert!(long.contains("words of 30 xxx") && long.ends_with("x the end of a long one\"}"));
    assert_eq!(long.matches('x').count(), 1502, "{long}");
    let none = database
        .with("part", "message_id", "msg_many", &["data"])
        .unwrap();
    assert_eq!(none, Vec::<Vec<Cell>>::new());
    for (table, column) in [("nothing", "id"), ("part", "nothing"), ("part", "data")] {
        let error = database.with(table, column, "x", &["id"]).unwrap_err();
        assert!(error.to_string().contains("there is no"), "{error}");
    }
}

#[test]
fn what_the_log_has_counts_as_far_as_it_is_whole() {
    let messages = |log: Option<&[u8]>| {
        let database = open(MAIN, log).unwrap();
        database
            .with("message", "session_id", ONE, &["id"])
            .unwrap()
            .len()
    };
    assert_eq!(messages(None), 4);
    assert_eq!(messages(Some(LOG)), 5);
    assert_eq!(messages(Some(&[])), 4);
    // Torn before the first commit, or in its head.
    assert_eq!(messages(Some(&LOG[..700])), 4);
    assert_eq!(messages(Some(&LOG[..20])), 4);
    let mut torn = LOG.to_vec();
    torn[100] ^= 1;
    assert_eq!(messages(Some(&torn)), 4);
    // What an earlier log left behind it has other salts.
    let mut long = LOG.to_vec();
    long.extend(&LOG[32..568]);
    long[LOG.len() + 8] ^= 1;
    assert_eq!(messages(Some(&long)), 5);
}

#[test]
fn no_damage_makes_it_panic() {
    fn read(database: &Database) {
        let _ = database.scan("part", &["id", "data"], |_| true);
        let _ = database.with("message", "session_id", "ses_many", &["id", "data"]);
    }
    for cut in [0, 1, 99, 100, 512, 700, 5_000, MAIN.len() - 1] {
        if let Ok(database) = open(&MAIN[..cut], None) {
            read(&database);
        }
    }
    // Pages that name each other in a circle.
    let mut circle = MAIN.to_vec();
    for page in circle.chunks_mut(512).skip(1) {
        page[0] = 5;
        page[8..12].copy_from_slice(&2_u32.to_be_bytes());
    }
    if let Ok(database) = open(&circle, None) {
        read(&database);
    }
    proptest!(ProptestConfig::with_cases(300), |(
        flips in proptest::collection::vec((0..MAIN.len(), any::<u8>()), 1..40)
    )| {
        let mut damaged = MAIN.to_vec();
        for (at, byte) in flips {
            damaged[at] = byte;
        }
        if let Ok(database) = open(&damaged, None) {
            read(&database);
        }
    });
}

struct Place {
    dir: tempfile::TempDir,
    copies: Copies,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let copies = Copies::under(dir.path().join("ours"));
        fs::create_dir(dir.path().join("theirs")).unwrap();
        let place = Self { dir, copies };
        place.write("c.db", MAIN);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("theirs").join(name)
    }

    /// Writes a file long ago: the same time is no other state then.
    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
        let file = File::options().append(true).open(self.path(name)).unwrap();
        let length = Duration::from_secs(bytes.len() as u64);
        file.set_modified(std::time::UNIX_EPOCH + length).unwrap();
    }

    fn database(&self) -> io::Result<Arc<Database>> {
        self.copies.of(&self.path("c.db"))
    }

    fn messages(&self) -> usize {
        let database = self.database().unwrap();
        database
            .with("message", "session_id", ONE, &["id"])
            .unwrap()
            .len()
    }
}

#[test]
fn a_copy_is_kept_until_something_changes_and_has_no_name() {
    let place = Place::new();
    assert_eq!(place.messages(), 4);
    let version = place.database().unwrap().version();
    assert_eq!(place.database().unwrap().version(), version);
    place.write("c.db-wal", LOG);
    assert_eq!(place.messages(), 5);
    let logged = place.database().unwrap().version();
    assert_ne!(logged, version);
    assert_eq!(place.database().unwrap().version(), logged);
    // An empty log is none.
    place.write("c.db-wal", b"");
    assert_eq!(place.messages(), 4);
    let ours = fs::read_dir(place.dir.path().join("ours")).unwrap();
    assert_eq!(ours.count(), 0);
    let theirs = fs::read_dir(place.dir.path().join("theirs")).unwrap();
    assert_eq!(theirs.count(), 2);
    assert!(place.copies.forget(Duration::from_secs(3600)));
    assert!(!place.copies.forget(Duration::ZERO));
}

#[test]
fn a_change_that_is_half_done_is_not_read() {
    let place = Place::new();
    place.write("c.db-journal", b"half done");
    let error = place.database().err().expect("it must not be read");
    assert!(error.to_string().contains("being written to"), "{error}");
    fs::remove_file(place.path("c.db-journal")).unwrap();
    assert_eq!(place.messages(), 4);
}

#[test]
fn what_is_no_database_is_said_to_be_none() {
    let place = Place::new();
    place.write(
        "c.db",
        b"SQLite format 4, or anything else that is long enough"
            .repeat(40)
            .as_slice(),
    );
    let error = place.database().err().expect("it is none");
    assert!(error.to_string().contains("the file is none"), "{error}");
    fs::remove_file(place.path("c.db")).unwrap();
    let gone = place.database().err().expect("it is gone");
    assert_eq!(gone.kind(), io::ErrorKind::NotFound);
}
