//! Sessions that were started elsewhere: listed, read, looked through, and never changed.

use crate::support::Home;
use pult::dial::Connection;
use pult::platform::paths::Paths;
use pult::wire::hello::ClientKind;
use pult::wire::request::Request;
use pult::wire::transcript::TranscriptView;
use pult::wire::view::PeerRow;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const CLAUDE: &str = include_str!("../adapters/claude/transcript.jsonl");
const CODEX: &str = include_str!("../adapters/codex/transcript.jsonl");
const ROWS: &[u8] = include_bytes!("../adapters/opencode/conversations.db");
const LOG: &[u8] = include_bytes!("../adapters/opencode/conversations.db-wal");
const ROW_ID: &str = "ses_e05a84c32ffenpf80JdutnTuFU";
const CLAUDE_ID: &str = "b017b728-b061-4330-8aa7-3d0b23fea703";
const CODEX_ID: &str = "01a1fa51-9e03-7b23-a0a2-6c94b7f551ec";

/// A home with conversations of three runtimes on its disk.
struct Stage {
    home: Home,
    files: Vec<PathBuf>,
}

impl Stage {
    fn new() -> Self {
        let home = Home::new();
        let user = home.path().join("home");
        let claude = user.join(".claude/projects/-home-project");
        let codex = user.join(".codex/sessions/2026/11/20");
        let mut stage = Self {
            home,
            files: Vec::new(),
        };
        let rows = user.join(".local/share/opencode");
        stage.write(&rows.join("opencode.db"), ROWS);
        stage.write(&rows.join("opencode.db-wal"), LOG);
        stage.write(
            &claude.join(format!("{CLAUDE_ID}.jsonl")),
            CLAUDE.as_bytes(),
        );
        let name = format!("rollout-2026-11-20T18-56-55-{CODEX_ID}.jsonl");
        stage.write(&codex.join(name), CODEX.as_bytes());
        stage
    }

    fn write(&mut self, path: &Path, text: &[u8]) {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, text).expect("a transcript");
        self.files.push(path.to_owned());
    }

    /// Everything that would show that somebody wrote.
    fn state(&self) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
        let state = |path: &PathBuf| {
            let modified = std::fs::metadata(path).and_then(|file| file.modified());
            let text = std::fs::read(path).expect("it is there");
            (path.clone(), text, modified.expect("a time"))
        };
        self.files.iter().map(state).collect()
    }

    fn found(&self) -> Vec<Value> {
        let rows = self.home.json(&["ls", "--all"]);
        let rows = rows.as_array().expect("a list").iter();
        rows.filter(|row| row["origin"] == "discovered")
            .cloned()
            .collect()
    }
}

#[test]
fn they_are_listed_with_what_is_known_of_them() {
    let stage = Stage::new();
    assert_eq!(stage.home.json(&["ls"]), Value::Array(Vec::new()));
    let found = stage.found();
    let row = |id: &str| {
        let row = found.iter().find(|row| row["native_id"] == id);
        row.unwrap_or_else(|| panic!("{id} in {found:?}"))
    };
    assert_eq!(found.len(), 4, "{found:?}");
    let rows = row(ROW_ID);
    assert_eq!(rows["runtime"], "opencode");
    assert_eq!(rows["cwd"], "/home/project");
    assert_eq!(rows["model"], "mock/mock-model");
    assert_eq!(rows["title"], "\"please approve-me\"");
    assert_eq!(rows["shown"], "exited");
    assert_eq!(rows["since"], "2026-11-20T19:03:54.659Z");
    let claude = row(CLAUDE_ID);
    assert_eq!(claude["runtime"], "claude");
    assert_eq!(claude["name"], Value::Null);
    assert_eq!(claude["cwd"], "/home/project");
    assert_eq!(claude["model"], "claude-opus-5-5");
    assert_eq!(claude["title"], "BASHONE for allow");
    assert_eq!(claude["shown"], "exited");
    let codex = row(CODEX_ID);
    assert_eq!(codex["runtime"], "codex");
    assert_eq!(codex["model"], "gpt-5.2-codex");
    assert_eq!(codex["title"], "approve-me");
    assert_eq!(codex["pid"], Value::Null);
    // Whoever has it open is alive, and what it does is not known.
    let file = std::fs::File::options().append(true).open(&stage.files[3]);
    let held = file.expect("it opens");
    let found = stage.found();
    let codex = found
        .iter()
        .find(|row| row["native_id"] == CODEX_ID)
        .expect("a row");
    assert_eq!(codex["shown"], "unknown", "{codex}");
    assert_eq!(codex["pid"], std::process::id());
    drop(held);
}

#[test]
fn they_are_read_and_looked_through_and_nothing_is_changed() {
    let stage = Stage::new();
    let before = stage.state();
    let read = stage.home.json(&["read", &CLAUDE_ID[..8], "--transcript"]);
    assert_eq!(read["native_id"], CLAUDE_ID);
    let texts = read["entries"].as_array().expect("entries").iter();
    let texts: Vec<&str> = texts.filter_map(|entry| entry["text"].as_str()).collect();
    assert_eq!(texts[0], "BASHONE for allow");
    assert_eq!(texts.last(), Some(&"The command step is over."));
    let read = stage
        .home
        .json(&["read", ROW_ID, "--transcript", "--from", "6"]);
    assert_eq!(read["entries"][0]["text"], "Done, the tool ran.");
    assert_eq!(read["entries"][1], Value::Null);
    let hits = stage.home.json(&["search", "the tool ran"]);
    let mut places = hits["hits"].as_array().expect("hits").iter();
    let place = places.find(|hit| hit["native_id"] == ROW_ID);
    assert_eq!(place.expect("a hit")["line"], 6, "{hits}");
    let hits = stage.home.json(&["search", "did-it"]);
    let places = hits["hits"].as_array().expect("hits").iter();
    let places: Vec<(&Value, &Value)> = places.map(|hit| (&hit["who"], &hit["line"])).collect();
    assert_eq!(places.len(), 2, "{hits}");
    // The line opens the transcript at the place.
    let line = places[1].1.to_string();
    let there = stage
        .home
        .json(&["read", CLAUDE_ID, "--transcript", "--from", &line]);
    assert_eq!(there["entries"][0]["text"], "did-it");
    let nothing = stage.home.json(&["search", "Did-It"]);
    assert_eq!(nothing["hits"], Value::Array(Vec::new()));
    for verb in ["stop", "resume", "retire", "interrupt", "snooze"] {
        let refused = stage.home.fails(1, &[verb, CODEX_ID]);
        assert!(refused.contains("never changed"), "{verb}: {refused}");
    }
    let refused = stage.home.fails(1, &["send", CODEX_ID, "hello"]);
    assert!(
        refused.contains("was started elsewhere by codex"),
        "{refused}"
    );
    let unknown = stage.home.fails(1, &["read", "deadbeef", "--transcript"]);
    assert!(!unknown.contains("elsewhere"), "{unknown}");
    assert!(stage.state() == before, "a file was written to");
}

#[test]
fn a_conversation_is_read_from_its_end_and_on_as_it_grows() {
    let stage = Stage::new();
    let all = stage.found().len();
    let paths = Paths::under(stage.home.path()).expect("paths");
    let mut door = Connection::running(&paths, ClientKind::Cockpit, "a view").expect("a daemon");
    let rows: Vec<PeerRow> = door.request_as(Request::Elsewhere).expect("rows");
    let ids: Vec<&str> = rows.iter().filter_map(|r| r.native_id.as_deref()).collect();
    assert_eq!(rows.len(), all, "{rows:?}");
    assert!(
        ids.contains(&CLAUDE_ID) && ids.contains(&CODEX_ID),
        "{ids:?}"
    );
    let mut read = |from, before, last| -> TranscriptView {
        let request = Request::Transcript {
            name: CLAUDE_ID.into(),
            from,
            before,
            last,
        };
        door.request_as(request).expect("a part")
    };
    let whole = read(1, None, None);
    let end = read(1, None, Some(2));
    assert_eq!(end.entries, whole.entries[whole.entries.len() - 2..]);
    assert_eq!((end.lines, end.next), (whole.lines, None));
    let older = read(1, Some(end.entries[0].line), Some(1));
    assert_eq!(older.entries.len(), 1);
    assert!(older.entries[0].line < end.entries[0].line);
    assert_eq!(read(end.lines + 1, None, None).entries, []);
    // A line comes, whole only at the second write.
    let line = CLAUDE.lines().next().expect("a line");
    let append = |text: &str| {
        let mut file = std::fs::File::options()
            .append(true)
            .open(&stage.files[2])
            .expect("it opens");
        std::io::Write::write_all(&mut file, text.as_bytes()).expect("it is written");
    };
    let prompt = CLAUDE
        .lines()
        .find(|line| line.contains("BASHONE for allow"));
    let (first, rest) = prompt.unwrap_or(line).split_at(20);
    append(first);
    assert_eq!(read(end.lines + 1, None, None).entries, []);
    append(&format!("{rest}\n"));
    let more = read(end.lines + 1, None, None);
    assert_eq!(more.entries.len(), 1, "{more:?}");
    assert_eq!(more.entries[0].text, "BASHONE for allow");
    assert_eq!(more.entries[0].line, end.lines + 1);
    // Written anew and shorter: all of it is told again.
    std::fs::write(&stage.files[2], format!("{}\n", prompt.unwrap_or(line))).expect("a file");
    let anew = read(more.lines + 1, None, None);
    assert!(anew.lines <= more.lines, "{anew:?}");
    assert_eq!(anew.entries.len(), 1, "{anew:?}");
}
