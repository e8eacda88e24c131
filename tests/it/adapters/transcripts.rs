//! Recorded transcripts, read as the runtimes read them.

use super::dir;
use pult::core::conversation::StepState;
use pult::probe::transcripts::{Cursor, Library, Spot};
use pult::runtime::steps::Steps;
use pult::runtime::transcript::{About, Entry, Place, Said, TokenKey, Tokens, Who};
use pult::runtime::{Runtime, by_name};
use std::collections::BTreeMap;

const CLAUDE: &str = include_str!("claude/transcript.jsonl");
const CODEX: &str = include_str!("codex/transcript.jsonl");

fn runtime(name: &str) -> &'static dyn Runtime {
    by_name(name).expect("a runtime")
}

fn read(name: &str, text: &str) -> Vec<Said> {
    let transcripts = runtime(name).transcripts().expect("it keeps transcripts");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    lines.map(|line| transcripts.line(&line)).collect()
}

fn said(name: &str, text: &str) -> Vec<(Who, String)> {
    let entries = read(name, text).into_iter().flat_map(|said| said.entries);
    let words = |entry: Entry| match entry.tool {
        Some(tool) => (entry.who, format!("{tool}: {}", entry.text)),
        None => (entry.who, entry.text),
    };
    entries.map(words).collect()
}

fn about(name: &str, text: &str) -> About {
    let mut about = About::default();
    for said in read(name, text) {
        about.learn(said.about);
    }
    about
}

fn total(name: &str, text: &str) -> Tokens {
    let mut requests = BTreeMap::new();
    let mut total = Tokens::default();
    for (key, tokens) in read(name, text).into_iter().filter_map(|said| said.tokens) {
        match key {
            TokenKey::Request(id) => drop(requests.insert(id, tokens)),
            TokenKey::Total => total = tokens,
        }
    }
    for tokens in requests.into_values() {
        total += tokens;
    }
    total
}

fn words(entries: &[(&'static str, Who)]) -> Vec<(Who, String)> {
    entries
        .iter()
        .map(|(text, who)| (*who, (*text).to_owned()))
        .collect()
}

#[test]
fn a_conversation_with_claude() {
    let expected = words(&[
        ("BASHONE for allow", Who::Operator),
        ("I will run a command.", Who::Agent),
        ("Bash: touch made_by_bash.txt && echo did-it", Who::Tool),
        ("did-it", Who::Result),
        ("The command step is over.", Who::Agent),
    ]);
    assert_eq!(said("claude", CLAUDE), expected);
    let about = about("claude", CLAUDE);
    let id = "b017b728-b061-4330-8aa7-3d0b23fea703";
    assert_eq!(about.native_id.as_deref(), Some(id));
    assert_eq!(about.cwd.as_deref(), Some("/home/project"));
    assert_eq!(about.model.as_deref(), Some("claude-opus-5-5"));
    assert_eq!(about.branch, None);
    // The parts of one message repeat its usage.
    let tokens = Tokens {
        input: 2400,
        cached: 1600,
        stored: 100,
        output: 68,
    };
    assert_eq!(total("claude", CLAUDE), tokens);
}

#[test]
fn a_conversation_with_codex() {
    let expected = words(&[
        ("approve-me", Who::Operator),
        ("I will create the file.", Who::Agent),
        ("exec_command: echo made > made_approve.txt", Who::Tool),
        (
            "approval policy is Never; reject command — you cannot ask for escalated permissions \
             if the approval policy is Never",
            Who::Result,
        ),
        ("Done, the tool ran.", Who::Agent),
        ("second question", Who::Operator),
        ("Plain answer.", Who::Agent),
        ("question after resume", Who::Operator),
        ("Plain answer.", Who::Agent),
    ]);
    assert_eq!(said("codex", CODEX), expected);
    let about = about("codex", CODEX);
    let id = "01a1fa51-9e03-7b23-a0a2-6c94b7f551ec";
    assert_eq!(about.native_id.as_deref(), Some(id));
    assert_eq!(about.cwd.as_deref(), Some("HOME/proj"));
    assert_eq!(about.model.as_deref(), Some("gpt-5.2-codex"));
    let tokens = Tokens {
        input: 2000,
        cached: 6000,
        stored: 0,
        output: 320,
    };
    assert_eq!(total("codex", CODEX), tokens);
}

#[test]
fn a_conversation_with_opencode() {
    let own = tempfile::tempdir().expect("a directory");
    let library = Library::new(own.path().to_owned());
    let rows = runtime("opencode").transcripts().expect("transcripts");
    let place = Place {
        root: dir("opencode").to_string_lossy().into_owned(),
        depth: 0,
        prefix: "conv",
        suffix: ".db",
    };
    let found = library.find(rows, &place, 10).expect("the database");
    let ids: Vec<_> = found
        .files
        .iter()
        .map(|one| one.spot.row.as_deref())
        .collect();
    let id = "ses_e05a84c32ffenpf80JdutnTuFU";
    // Helpers have none of their own.
    assert_eq!(ids, [Some(id), Some("ses_many")]);
    let (mut all, mut cursor) = (Vec::new(), Cursor::default());
    let mut take = |number, said: Said| {
        all.push((number, said));
        true
    };
    let spot = &found.files[0].spot;
    library
        .read(rows, spot, &mut cursor, &mut take)
        .expect("its rows");
    // Nothing is told again before something has changed.
    library
        .read(rows, spot, &mut cursor, &mut take)
        .expect("its rows");
    let entries = all.iter().flat_map(|(n, said)| {
        let line = |entry: &Entry| (*n, entry.who, entry.text.clone());
        said.entries.iter().map(line)
    });
    let expected = [
        (2, Who::Operator, "\"please approve-me\""),
        (3, Who::Agent, "I will create the file."),
        (3, Who::Tool, "echo made > made_approve.txt"),
        (
            3,
            Who::Result,
            "The user rejected permission to use this specific tool call.",
        ),
        (4, Who::Operator, "\"please approve-me\""),
        (5, Who::Agent, "I will create the file."),
        (5, Who::Tool, "echo made > made_approve.txt"),
        (5, Who::Result, "(no output)"),
        (6, Who::Agent, "Done, the tool ran."),
    ];
    let expected = expected.map(|(n, who, text)| (n, who, text.to_owned()));
    assert_eq!(entries.collect::<Vec<_>>(), expected);
    assert_eq!(
        all[1].1.entries[0].at.as_deref(),
        Some("2026-11-20T19:03:34.919Z")
    );
    let mut about = About::default();
    let mut used = Tokens::default();
    for (_, said) in &all {
        about.learn(said.about.clone());
        if let Some((_, tokens)) = &said.tokens {
            used += *tokens;
        }
    }
    assert_eq!(about.native_id.as_deref(), Some(id));
    assert_eq!(about.cwd.as_deref(), Some("/home/project"));
    assert_eq!(about.model.as_deref(), Some("mock/mock-model"));
    // As its own row sums them up: 1500, 210 and 30 of thought, 4500 from the cache.
    let tokens = Tokens {
        input: 1500,
        cached: 4500,
        stored: 0,
        output: 240,
    };
    assert_eq!(used, tokens);
    assert_eq!(all[0].1.cost, Some(0.0063));
    assert_eq!(all[5].1.context, Some((2080, None)));
}

#[test]
fn the_last_message_of_a_database_is_told_again_while_it_may_grow() {
    let own = tempfile::tempdir().expect("a directory");
    let library = Library::new(own.path().join("ours"));
    let rows = runtime("opencode").transcripts().expect("transcripts");
    let path = own.path().join("opencode.db");
    let spot = Spot {
        path: path.clone(),
        row: Some("ses_e05a84c32ffenpf80JdutnTuFU".to_owned()),
    };
    let mut cursor = Cursor::default();
    let mut told = || {
        let mut lines = Vec::new();
        let take = |n, _| {
            lines.push(n);
            true
        };
        library
            .read(rows, &spot, &mut cursor, take)
            .expect("its rows");
        (lines, cursor.line)
    };
    let put = |ending: &str| {
        let name = format!("conversations.db{ending}");
        let to = own.path().join(format!("opencode.db{ending}"));
        std::fs::copy(dir("opencode").join(name), to).expect("a copy");
    };
    put("");
    assert_eq!(told(), ((1..=5).collect(), 4));
    put("-wal");
    assert_eq!(told(), ((1..=6).collect(), 5));
}

#[test]
fn a_plan_is_known_by_the_call_that_writes_it_down() {
    let items = |words: &str| serde_json::json!([{words: "look", "status": "completed"}, {words: "mend", "status": "pending"}]);
    let todos = serde_json::json!({"todos": items("content")});
    let codex = serde_json::json!({"plan": items("step")}).to_string();
    let gemini = serde_json::json!({"todos": items("description")});
    let lines = [
        (
            "claude",
            serde_json::json!({"type": "assistant", "message": {"content": [
            {"type": "tool_use", "name": "TodoWrite", "input": todos}]}}),
        ),
        (
            "codex",
            serde_json::json!({"type": "response_item", "payload": {
            "type": "function_call", "name": "update_plan", "arguments": codex}}),
        ),
        (
            "gemini",
            serde_json::json!({"type": "gemini", "id": "1", "content": "",
            "toolCalls": [{"name": "write_todos", "args": gemini}]}),
        ),
        (
            "opencode",
            serde_json::json!({"message": {"id": "m", "data": {"role": "assistant"}},
            "part": [{"data": {"type": "tool", "tool": "todowrite", "state": {"input": todos}}}]}),
        ),
    ];
    for (name, line) in lines {
        let mut steps = Steps::default();
        for entry in read(name, &line.to_string()).remove(0).entries {
            entry
                .steps
                .into_iter()
                .for_each(|change| steps.apply(change));
        }
        let steps: Vec<_> = steps
            .list()
            .map(|step| (step.text.as_str(), step.state))
            .collect();
        let expected = [("look", StepState::Done), ("mend", StepState::Open)];
        assert_eq!(steps, expected, "{name}");
    }
}

#[test]
fn lines_that_nobody_knows_say_nothing() {
    for name in ["claude", "codex", "opencode"] {
        let odd = [
            r#"{"session":7}"#,
            r#"{"session":{"model":[]}}"#,
            r#"{"message":{"data":{"role":"user"}},"part":7}"#,
            r#"{"message":{"data":{"role":"assistant"}},"part":[7,{"data":null},{"data":{"type":"tool"}}]}"#,
            "null",
            "7",
            "[]",
            "{}",
            r#"{"type":"user"}"#,
            r#"{"type":"assistant","message":7}"#,
            r#"{"type":"user","message":{"content":[{"type":"tool_result"},7,null]}}"#,
            r#"{"type":"response_item","payload":{"type":"message","role":"user"}}"#,
            r#"{"type":"event_msg","payload":{"type":"token_count","info":null}}"#,
            r#"{"type":"response_item","payload":{"type":"function_call","name":"f","arguments":"{"}}"#,
        ];
        for line in odd {
            let said = read(name, line).remove(0);
            let nothing = said.entries.iter().all(|entry| entry.who == Who::Tool);
            assert!(nothing, "{name}: {line}: {said:?}");
            assert_eq!(said.tokens, None, "{name}: {line}");
        }
    }
}

#[test]
fn they_lie_where_the_environment_says() {
    let env = |pairs: &[(&str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        pairs.collect::<BTreeMap<_, _>>()
    };
    let root = |name: &str, pairs: &[(&str, &str)]| {
        let transcripts = runtime(name).transcripts().expect("transcripts");
        transcripts.place(&env(pairs)).map(|place| place.root)
    };
    assert_eq!(root("claude", &[]), None);
    assert_eq!(root("codex", &[]), None);
    let home = ("HOME", "/h");
    assert_eq!(
        root("claude", &[home]).as_deref(),
        Some("/h/.claude/projects")
    );
    assert_eq!(
        root("codex", &[home]).as_deref(),
        Some("/h/.codex/sessions")
    );
    let moved = root("claude", &[home, ("CLAUDE_CONFIG_DIR", "/c")]);
    assert_eq!(moved.as_deref(), Some("/c/projects"));
    let data = root("opencode", &[home]);
    assert_eq!(data.as_deref(), Some("/h/.local/share/opencode"));
    let moved = root("opencode", &[("XDG_DATA_HOME", "/d")]);
    assert_eq!(moved.as_deref(), Some("/d/opencode"));
    let moved = root("codex", &[home, ("CODEX_HOME", "/x")]);
    assert_eq!(moved.as_deref(), Some("/x/sessions"));
}
