//! A home with conversations on its disk that were held elsewhere, one of each runtime that keeps
//! any; and everything that would show that somebody wrote there.

use crate::support::Home;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What Claude Code wrote.
pub const CLAUDE: &str = include_str!("../adapters/claude/transcript.jsonl");
const CODEX: &[u8] = include_bytes!("../adapters/codex/transcript.jsonl");
const GEMINI: &[u8] = include_bytes!("../adapters/gemini/chat.jsonl");
const ROWS: &[u8] = include_bytes!("../adapters/opencode/conversations.db");
const LOG: &[u8] = include_bytes!("../adapters/opencode/conversations.db-wal");
const QWEN: &[u8] = include_bytes!("../adapters/qwen/transcript.jsonl");

/// Their ids.
pub const CLAUDE_ID: &str = "b017b728-b061-4330-8aa7-3d0b23fea703";
pub const CODEX_ID: &str = "01a1fa51-9e03-7b23-a0a2-6c94b7f551ec";
pub const GEMINI_ID: &str = "22222222-2222-4222-8222-222222222222";
pub const ROW_ID: &str = "ses_e05a84c32ffenpf80JdutnTuFU";

/// What the CLIs own below HOME.
pub const THEIRS: [&str; 6] = [
    ".claude",
    ".codex",
    ".gemini",
    ".local/share/opencode",
    ".qwen",
    ".grok",
];

/// The home.
pub struct Stage {
    pub home: Home,
}

impl Stage {
    pub fn new() -> Self {
        let stage = Self { home: Home::new() };
        stage.write(&Self::claude(), CLAUDE.as_bytes());
        stage.write(&Self::codex(), CODEX);
        stage.write(
            ".gemini/tmp/p/chats/session-2026-11-20T19-07-22222222.jsonl",
            GEMINI,
        );
        stage.write(".local/share/opencode/opencode.db", ROWS);
        stage.write(".local/share/opencode/opencode.db-wal", LOG);
        stage.write(".qwen/projects/p/chats/q.jsonl", QWEN);
        stage.write(".grok/sessions/nothing", b"");
        stage
    }

    /// Claude Code's file, below HOME.
    pub fn claude() -> String {
        format!(".claude/projects/-home-project/{CLAUDE_ID}.jsonl")
    }

    /// Codex's file, below HOME.
    pub fn codex() -> String {
        format!(".codex/sessions/2026/11/20/rollout-2026-11-20T18-56-55-{CODEX_ID}.jsonl")
    }

    /// A path below HOME.
    pub fn path(&self, below: &str) -> PathBuf {
        self.home.path().join("home").join(below)
    }

    /// Writes a file below HOME.
    pub fn write(&self, below: &str, bytes: &[u8]) {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, bytes).expect("a file");
    }

    /// Everything that would show that somebody wrote: all names, contents, times of writing.
    pub fn state(&self) -> BTreeMap<PathBuf, (Option<Vec<u8>>, SystemTime)> {
        let mut state = BTreeMap::new();
        for theirs in THEIRS {
            look(&self.path(theirs), &mut state);
        }
        assert!(state.len() > 20, "{:?}", state.keys());
        state
    }

    /// The rows of those that were found.
    pub fn found(&self) -> Vec<Value> {
        let rows = self.home.json(&["ls", "--all"]);
        let rows = rows.as_array().expect("a list").iter();
        rows.filter(|row| row["origin"] == "discovered")
            .cloned()
            .collect()
    }

    /// Their ids by runtime, those that could not be looked through without one.
    pub fn ids(&self) -> BTreeMap<String, Vec<Option<String>>> {
        let mut ids = BTreeMap::<_, Vec<_>>::new();
        for row in self.found() {
            let runtime = row["runtime"].as_str().expect("a runtime").to_owned();
            let id = row["native_id"].as_str().map(str::to_owned);
            ids.entry(runtime).or_default().push(id);
        }
        ids
    }
}

fn look(path: &Path, state: &mut BTreeMap<PathBuf, (Option<Vec<u8>>, SystemTime)>) {
    let about = std::fs::symlink_metadata(path).expect("it is there");
    let text = about
        .is_file()
        .then(|| std::fs::read(path).expect("a file"));
    let written = about.modified().expect("a time");
    state.insert(path.to_owned(), (text, written));
    if about.is_dir() {
        for entry in std::fs::read_dir(path).expect("a directory") {
            look(&entry.expect("an entry").path(), state);
        }
    }
}
