//! How long a text is looked for in ten thousand turns, by the built binary as somebody types it,
//! start of the process included. `cargo bench --bench search [-- TURNS]`; 10000 turns unless said,
//! half in files of two CLIs and half in the database of a third, about 10 KB a turn.

#[path = "../tests/it/support/mod.rs"]
mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::Home;

/// Turns of one conversation.
const OF_ONE: usize = 100;
/// Words that the turns are made of.
const WORDS: [&str; 16] = [
    "cart", "total", "the", "test", "is", "flaky", "because", "of", "clock", "and", "then",
    "returns", "early", "when", "cache", "empty",
];

fn main() {
    let turns = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let turns: usize = turns.unwrap_or(10_000);
    let home = Home::new();
    let user = home.path().join("home");
    let mut bytes = 0;
    let database = Command::new("sqlite3").arg("--version").output().is_ok();
    let of_files = if database { turns / 2 } else { turns };
    for n in 0..of_files / OF_ONE {
        bytes += if n % 2 == 0 {
            claude(&user, n)
        } else {
            codex(&user, n)
        };
    }
    if database {
        bytes += opencode(&user, turns - of_files);
    }
    println!("{turns} turns, {} MB", bytes / 1_000_000);
    home.ok(&["daemon", "start"]);
    for (what, text) in [
        ("a word that stands once", "xylophone-4321."),
        ("words that stand nowhere", "quux marmot"),
        ("a word of every turn", "flaky"),
        ("a word of every line that is in no text", "sessionid"),
    ] {
        let mut took: Vec<Duration> = (0..12).map(|_| search(&home, text)).collect();
        let first = took.remove(0);
        took.sort();
        println!(
            "{what}: first {first:.1?}, p50 {:.1?}, worst {:.1?}",
            took[5], took[10]
        );
    }
}

fn search(home: &Home, text: &str) -> Duration {
    let mut search = home.command(&["search", text, "--json"]);
    search.stdout(Stdio::null());
    let begun = Instant::now();
    let status = search.status().expect("the binary");
    assert!(status.success());
    begun.elapsed()
}

/// What is said in one turn: a prompt, and an answer with a long result of a tool.
fn words(turn: usize, count: usize) -> String {
    let word = |n: usize| WORDS[(turn * 7 + n * n + n / 3) % WORDS.len()];
    let mut text: Vec<&str> = (0..count).map(word).collect();
    let once = format!("xylophone-{turn}.");
    text.insert(count / 2, &once);
    text.join(" ")
}

fn claude(user: &Path, n: usize) -> u64 {
    let id = format!("{n:08x}-0000-4000-8000-000000000000");
    let mut text = String::new();
    for turn in n * OF_ONE..(n + 1) * OF_ONE {
        let said = |kind: &str, content: serde_json::Value| {
            let message =
                serde_json::json!({"role": kind, "id": format!("msg_{turn}"), "content": content});
            serde_json::json!({"parentUuid": id, "isSidechain": false, "type": kind, "message": message,
                "uuid": id, "timestamp": "2026-11-20T18:53:57.174Z", "cwd": "/home/project",
                "sessionId": id, "version": "2.1.329"}).to_string() + "\n"
        };
        text += &said("user", words(turn, 40).into());
        let result =
            serde_json::json!([{"type": "tool_result", "content": words(turn + 3, 1_500)}]);
        text += &said("user", result);
        text += &said(
            "assistant",
            serde_json::json!([{"type": "text", "text": words(turn + 5, 120)}]),
        );
    }
    put(
        &user.join(format!(".claude/projects/p{}/{id}.jsonl", n % 7)),
        &text,
    )
}

fn codex(user: &Path, n: usize) -> u64 {
    let id = format!("{n:08x}-0000-7000-8000-000000000000");
    let mut text = String::new();
    for turn in n * OF_ONE..(n + 1) * OF_ONE {
        let said = |payload: serde_json::Value| {
            serde_json::json!({"timestamp": "2026-11-20T18:56:55.682Z", "type": "response_item",
                "payload": payload})
            .to_string()
                + "\n"
        };
        let message = |role: &str, text: String| {
            let content = serde_json::json!([{"type": "text", "text": text}]);
            serde_json::json!({"type": "message", "role": role, "sessionId": id, "content": content})
        };
        text += &said(message("user", words(turn, 40)));
        let output =
            serde_json::json!({"type": "function_call_output", "output": words(turn + 3, 1_500)});
        text += &said(output);
        text += &said(message("assistant", words(turn + 5, 120)));
    }
    let name = format!(
        ".codex/sessions/2026/11/{:02}/rollout-2026-11-20T18-56-55-{id}.jsonl",
        n % 28 + 1
    );
    put(&user.join(name), &text)
}

fn opencode(user: &Path, turns: usize) -> u64 {
    let mut sql = String::from(
        "PRAGMA journal_mode=wal; BEGIN;
         CREATE TABLE session(id text PRIMARY KEY, parent_id text, directory text, cost real, model text, time_updated integer);
         CREATE TABLE message(id text PRIMARY KEY, session_id text, time_created integer, data text);
         CREATE INDEX m ON message(session_id, time_created, id);
         CREATE TABLE part(id text PRIMARY KEY, message_id text, session_id text, data text);
         CREATE INDEX p ON part(message_id, id);\n",
    );
    for turn in 0..turns {
        let session = turn / OF_ONE;
        if turn % OF_ONE == 0 {
            sql += &format!(
                "INSERT INTO session VALUES('ses_{session}', NULL, '/home/project', 0, NULL, {turn});\n"
            );
        }
        for (n, role, count) in [(0, "user", 40), (1, "assistant", 1_620)] {
            let id = format!("{turn:06}{n}");
            let text = words(turn + 100_000, count);
            sql += &format!(
                "INSERT INTO message VALUES('msg_{id}', 'ses_{session}', {turn}, '{{\"role\":\"{role}\",\"sessionId\":\"x\"}}');
                 INSERT INTO part VALUES('prt_{id}', 'msg_{id}', 'ses_{session}', '{{\"type\":\"text\",\"text\":\"{text}\"}}');\n"
            );
        }
    }
    sql += "COMMIT;\n";
    let path = user.join(".local/share/opencode/opencode.db");
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    let mut sqlite = Command::new("sqlite3");
    let sqlite = sqlite
        .arg(&path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut sqlite = sqlite.spawn().expect("sqlite3");
    sqlite
        .stdin
        .take()
        .expect("a pipe")
        .write_all(sql.as_bytes())
        .expect("it reads");
    assert!(sqlite.wait().expect("its end").success());
    fs::metadata(&path).map_or(0, |file| file.len())
}

fn put(path: &Path, text: &str) -> u64 {
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    fs::write(path, text).expect("a file");
    text.len() as u64
}
