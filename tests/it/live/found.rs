//! Sessions that were started elsewhere: listed, read, looked through, and never changed.

use super::elsewhere::{CLAUDE, CLAUDE_ID, CODEX_ID, GEMINI_ID, ROW_ID, Stage};
use pult::dial::Connection;
use pult::platform::paths::Paths;
use pult::wire::hello::ClientKind;
use pult::wire::request::Request;
use pult::wire::transcript::TranscriptView;
use pult::wire::view::PeerRow;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

#[test]
fn they_are_listed_with_what_is_known_of_them() {
    let stage = Stage::new();
    assert_eq!(stage.home.json(&["ls"]), Value::Array(Vec::new()));
    let found = stage.found();
    let row = |id: &str| {
        let row = found.iter().find(|row| row["native_id"] == id);
        row.unwrap_or_else(|| panic!("{id} in {found:?}"))
    };
    assert_eq!(found.len(), 6, "{found:?}");
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
    assert_eq!(row(GEMINI_ID)["runtime"], "gemini");
    let rows = row(ROW_ID);
    assert_eq!(rows["runtime"], "opencode");
    assert_eq!(rows["cwd"], "/home/project");
    assert_eq!(rows["model"], "mock/mock-model");
    assert_eq!(rows["title"], "\"please approve-me\"");
    assert_eq!(rows["shown"], "exited");
    assert_eq!(rows["since"], "2026-11-20T19:03:54.659Z");
    // Whoever has it open is alive, and what it does is not known.
    let file = std::fs::File::options()
        .append(true)
        .open(stage.path(&Stage::codex()));
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
    // What an id begins with need not be typed.
    let from = ["read", &ROW_ID[4..12], "--transcript", "--from", "6"];
    let read = stage.home.json(&from);
    assert_eq!(read["entries"][0]["text"], "Done, the tool ran.");
    assert_eq!(read["entries"][1], Value::Null);
    let hits = stage.home.json(&["search", "the tool ran"]);
    let mut places = hits["hits"].as_array().expect("hits").iter();
    let place = places.find(|hit| hit["native_id"] == ROW_ID);
    assert_eq!(place.expect("a hit")["line"], 6, "{hits}");
    let hits = stage.home.json(&["search", "did-it"]);
    let places = hits["hits"].as_array().expect("hits").iter();
    let places = places.filter(|hit| hit["native_id"] == CLAUDE_ID);
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
            .open(stage.path(&Stage::claude()))
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
    let anew = format!("{}\n", prompt.unwrap_or(line));
    stage.write(&Stage::claude(), anew.as_bytes());
    let anew = read(more.lines + 1, None, None);
    assert!(anew.lines <= more.lines, "{anew:?}");
    assert_eq!(anew.entries.len(), 1, "{anew:?}");
}

#[test]
fn a_long_conversation_goes_on_where_its_last_part_has_ended() {
    const LINES: u64 = 3_000;
    let stage = Stage::new();
    let line = |n: u64| {
        let text = format!("{n} {}", "x".repeat(1_000));
        let message = json!({"role": "user", "content": text});
        json!({"type": "user", "sessionId": CLAUDE_ID, "message": message}).to_string()
    };
    let text: String = (1..=LINES).map(|n| line(n) + "\n").collect();
    stage.write(&Stage::claude(), text.as_bytes());
    let all = stage.home.json(&["read", CLAUDE_ID, "--transcript"]);
    let numbers = all["entries"].as_array().expect("entries").iter();
    let numbers: Vec<_> = numbers.filter_map(|entry| entry["line"].as_u64()).collect();
    assert_eq!(numbers, (1..=LINES).collect::<Vec<_>>());
    assert_eq!((&all["lines"], &all["next"]), (&json!(LINES), &Value::Null));

    let paths = Paths::under(stage.home.path()).expect("paths");
    let mut door = Connection::running(&paths, ClientKind::Cockpit, "a view").expect("a daemon");
    let mut read = |from| -> TranscriptView {
        let request = Request::Transcript {
            name: CLAUDE_ID.into(),
            from,
            before: None,
            last: None,
        };
        door.request_as(request).expect("a part")
    };
    let next = read(1).next.expect("more than one part");
    // What was read is not looked at again: there its lines would be others by now.
    let first = line(1).len();
    let text = [
        &text.as_bytes()[..first],
        b" ",
        &text.as_bytes()[first + 1..],
    ]
    .concat();
    stage.write(&Stage::claude(), &text);
    let more = read(next);
    assert!(
        more.entries[0].text.starts_with(&format!("{next} ")),
        "{next}"
    );
}

#[test]
fn a_search_shows_the_newest_and_says_that_there_is_more() {
    let stage = Stage::new();
    let line = |n: usize| {
        let said = format!("marmot number {n}");
        json!({"type": "user", "message": {"content": said}}).to_string() + "\n"
    };
    let now = std::time::SystemTime::now();
    for n in 0..30_u64 {
        let below = format!(".claude/projects/p/{n:08}-0000-4000-8000-000000000000.jsonl");
        stage.write(&below, line(n as usize).repeat(3).as_bytes());
        let file = std::fs::File::options()
            .append(true)
            .open(stage.path(&below));
        let age = std::time::Duration::from_secs(n * 60);
        file.and_then(|file| file.set_modified(now - age))
            .expect("a time");
    }
    let hits = |limit: &str| {
        let found =
            stage
                .home
                .json(&["search", "Marmot".to_lowercase().as_str(), "--limit", limit]);
        let hits = found["hits"].as_array().expect("hits").iter();
        let text = |hit: &Value| hit["text"].as_str().map(str::to_owned);
        let texts: Vec<String> = hits.filter_map(text).collect();
        (texts, found["more"] == true)
    };
    let (all, more) = hits("90");
    assert_eq!((all.len(), more), (90, false));
    for (n, text) in all.iter().enumerate() {
        assert_eq!(*text, format!("marmot number {}", n / 3));
    }
    let (some, more) = hits("10");
    assert_eq!((&some[..], more), (&all[..10], true));
}

#[test]
fn nothing_that_would_change_one_is_done() {
    let stage = Stage::new();
    let nowhere = "d017b728-b061-4330-8aa7-3d0b23fea703";
    let line = json!({"type": "user", "message": {"content": "hello"}}).to_string() + "\n";
    stage.write(
        &format!(".claude/projects/p/{nowhere}.jsonl"),
        line.as_bytes(),
    );
    let before = stage.state();
    let id = CODEX_ID;
    let verbs: &[&[&str]] = &[
        &["stop", id],
        &["resume", id],
        &["resume", id, "and go on"],
        &["replay", id],
        &["retire", id],
        &["interrupt", id],
        &["snooze", id],
        &["tag", id, "red"],
        &["send", id, "hello"],
        &["send", id, "--keys", "ctrl-c"],
        &["send", id, "--keys", "--force", "enter"],
    ];
    // Every verb is one of these, or does nothing to a session that it is given.
    const OTHERS: &str = "new ls read search wait trust fork import inbox show approve reject retry cost \
                          export log why doctor db daemon shutdown demo help completions man attach";
    let refused: BTreeSet<&str> = verbs.iter().map(|words| words[0]).collect();
    let command = pult::cli::command();
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        let name = verb.get_name();
        let other = OTHERS.split_whitespace().any(|other| other == name);
        assert!(refused.contains(name) != other, "{name}");
    }
    for words in verbs {
        let refused = stage.home.fails(1, words);
        let why =
            refused.contains("was started elsewhere by codex") && refused.contains("never changed");
        assert!(why, "{words:?}: {refused}");
        assert_eq!(refused.lines().count(), 1, "{refused}");
        assert!(
            refused.contains(&format!("pult read {id} --transcript")),
            "{refused}"
        );
        let short = words
            .iter()
            .map(|word| if *word == id { &id[..9] } else { *word });
        let short: Vec<&str> = short.collect();
        let error = stage.home.run(&[&short[..], &["--json"]].concat());
        let error: Value = serde_json::from_slice(&error.stdout).expect("an object");
        assert_eq!(error["error"]["kind"], "refused", "{words:?}: {error}");
    }
    // One that does not say where it worked, or worked where nothing is, is not started just
    // anywhere.
    for (id, why) in [
        (nowhere, "does not say in which directory"),
        (
            GEMINI_ID,
            "worked in /home/project, and that is no directory here",
        ),
    ] {
        let refused = stage.home.fails(1, &["import", id, "mine"]);
        assert!(refused.contains(why), "{refused}");
        assert!(refused.contains("--in DIR"), "{refused}");
    }
    // Where it is to go another way is one of its lines.
    let dir = stage.home.work().display().to_string();
    let beyond = ["import", id, "mine", "--in", &dir, "--at", "9999"];
    let refused = stage.home.fails(1, &beyond);
    assert!(refused.contains("none is number 9999"), "{refused}");
    // What is believed about it may be asked.
    let why = stage.home.json(&["why", &id[..9]]);
    assert_eq!(why["answers"][0]["answer"], "exited", "{why}");
    assert_eq!(why["answers"][0]["evidence"]["source"], "file", "{why}");
    // A pane of it there is none, so none is shown.
    for words in [&["read", id][..], &["export", id, "--raw", "x"]] {
        let refused = stage.home.fails(1, words);
        assert!(
            refused.contains("was started elsewhere"),
            "{words:?}: {refused}"
        );
    }
    assert!(stage.state() == before, "a file was written to");
    assert_eq!(stage.home.json(&["ls"]), Value::Array(Vec::new()));
}

#[test]
fn what_cannot_be_looked_through_hides_nothing_else() {
    let stage = Stage::new();
    assert_eq!(stage.ids().len(), 5);
    // No database; and pipes, which hold whoever opens them, where a transcript and a status would
    // be, one by its name and one behind a link.
    stage.write(".local/share/opencode/opencode.db", &[b'x'; 4096]);
    stage.write(".claude/sessions/1.json", b"{}");
    let pipe =
        stage.path(".claude/projects/-home-project/a017b728-b061-4330-8aa7-3d0b23fea703.jsonl");
    let status = stage.path(".claude/sessions/2.json");
    for path in [&pipe, &status] {
        let made = Command::new("mkfifo").arg(path).status();
        assert!(made.expect("mkfifo").success());
    }
    let link =
        stage.path(&Stage::codex().replace(CODEX_ID, "71a1fa51-9e03-7b23-a0a2-6c94b7f551ec"));
    std::os::unix::fs::symlink(&pipe, link).expect("a link");
    let ids = stage.ids();
    assert_eq!(ids["claude"], [Some(CLAUDE_ID.to_owned())]);
    assert_eq!(ids["codex"], [Some(CODEX_ID.to_owned())]);
    assert_eq!(ids["opencode"], [None]);
    let found = stage.found();
    let gap = found.iter().find(|row| row["runtime"] == "opencode");
    let gap = gap.expect("a row");
    let title = gap["title"].as_str().expect("why");
    assert!(
        title.contains("could not be looked through: its database: "),
        "{gap}"
    );
    assert_eq!(
        (&gap["shown"], &gap["process"]),
        (&"unknown".into(), &"lost".into())
    );
    // What may be in the gap is not said to be nowhere.
    for words in [
        &["read", "ses_1a2b3c", "--transcript"][..],
        &["import", "ses_1a2b3c"],
    ] {
        let why = stage.home.fails(1, words);
        assert!(why.contains("what opencode keeps could not be"), "{why}");
    }
    let hits = stage.home.json(&["search", "did-it"]);
    let places = hits["hits"].as_array().expect("hits").iter();
    let places = places.filter(|hit| hit["native_id"] == CLAUDE_ID);
    assert_eq!(places.count(), 2, "{hits}");
    assert!(
        hits["gaps"][0]
            .as_str()
            .is_some_and(|gap| gap.starts_with("opencode: ")),
        "{hits}"
    );
}

#[test]
fn what_it_plans_is_shown_as_it_was_last_written_down() {
    let stage = Stage::new();
    let id = "c017b728-b061-4330-8aa7-3d0b23fea703";
    let call = |tool: &str, input: Value| {
        let part = json!({"type": "tool_use", "name": tool, "input": input});
        let message = json!({"id": "m", "content": [part]});
        json!({"type": "assistant", "sessionId": id, "message": message}).to_string() + "\n"
    };
    let list = |first: &str| {
        call(
            "TodoWrite",
            json!({"todos": [{"content": "mend it", "status": first},
                             {"content": "test \u{1b}it", "status": "pending"}]}),
        )
    };
    let text = list("in_progress") + &call("Bash", json!({"command": "make"})) + &list("completed");
    stage.write(&format!(".claude/projects/p/{id}.jsonl"), text.as_bytes());
    let plan = json!([{"text": "mend it", "state": "done"}, {"text": "test it", "state": "open"}]);
    let read = stage.home.json(&["read", id, "--plan"]);
    assert_eq!((&read["plan"], &read["entries"]), (&plan, &json!([])));
    assert_eq!(
        stage.home.ok(&["read", id, "--plan"]),
        "[x] mend it\n[ ] test it\n"
    );
    let read = stage.home.json(&["read", id, "--transcript"]);
    assert_eq!(read["plan"], plan);
    assert_eq!(read["entries"].as_array().map(Vec::len), Some(3));
    let none = stage.home.ok(&["read", CODEX_ID, "--plan"]);
    assert_eq!(none, "it has written down no plan\n");
}
