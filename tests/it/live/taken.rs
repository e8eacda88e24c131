//! Sessions that were started elsewhere and cannot be taken up, or only in another way: each says so
//! in one line, nothing is begun, and what they are kept in is left alone.

use super::elsewhere::{CODEX_ID, ROW_ID, Stage};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const BARE: &str = "b217b728-b061-4330-8aa7-3d0b23fea703";
const CUT: &str = "c317b728-b061-4330-8aa7-3d0b23fea703";

/// A CLI of the user's own: it keeps its prompt and waits.
const MINE: &str =
    "program = [\"mycli\"]\n[launch]\nnew = [\"{session}\"]\nprompt = [\"{prompt}\"]\n";
const MYCLI: &str = "#!/bin/sh\n[ \"$1\" = --version ] && echo 2.1.329 && exit\nprintf '%s' \"$*\" > ~/prompt.part\nmv ~/prompt.part ~/prompt\n\
                     exec sleep 100000\n";

/// What can be found, and a program for each of two runtimes.
fn stage() -> Stage {
    let mut stage = Stage::new();
    let bin = stage.home.path().join("bin");
    let runtimes = stage.home.path().join("config/runtimes");
    for dir in [&bin, &runtimes] {
        std::fs::create_dir_all(dir).expect("a directory");
    }
    for name in ["mycli", "claude", "opencode"] {
        let path = bin.join(name);
        std::fs::write(&path, MYCLI).expect("a program");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("a program");
    }
    std::fs::write(runtimes.join("mine.toml"), MINE).expect("a file");
    let way = format!("{}:/usr/bin:/bin", bin.display());
    stage.home.env("PATH", &way);
    stage
}

/// Writes a transcript of Claude Code that worked where commands run.
fn talk(stage: &Stage, id: &str, lines: &[Value], rest: &str) {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let below = format!(".claude/projects/p/{id}.jsonl");
    stage.write(&below, (lines + rest).as_bytes());
}

/// The words that the CLI was started with.
fn words_of(stage: &Stage) -> String {
    crate::support::wait_for("its words", crate::support::PATIENCE, || {
        std::fs::read_to_string(stage.path("prompt")).map_err(|error| error.to_string())
    })
}

fn said(stage: &Stage, kind: &str, text: &str) -> Value {
    json!({"type": kind, "cwd": stage.home.work(), "message": {"id": "m", "content": text}})
}

#[test]
fn what_keeps_one_from_being_taken_up_is_said_in_one_line() {
    let stage = stage();
    let mode = json!({"type": "mode", "mode": "normal"});
    talk(&stage, BARE, &[mode], "");
    talk(&stage, CUT, &[said(&stage, "user", "remember-42")], "");
    let policy = "[grok]\ndispatch = \"none\"\nreason = \"not today\"\n";
    std::fs::write(stage.home.path().join("config/policy.toml"), policy).expect("a file");
    stage.home.ok(&["new", "w", "--", "sleep", "100000"]);
    let before = stage.state();
    let dir = stage.home.work().display().to_string();
    let cases: &[(&[&str], &str)] = &[
        (
            &[BARE, "a", "--in", &dir],
            "nothing was said in it yet; pult read",
        ),
        (
            &[BARE, "a", "--in", &dir, "--runtime", "mine"],
            "nothing was said in it yet; pult read",
        ),
        (
            &[CUT, "a", "--at", "0"],
            "nothing was said up to its line 0; pult read",
        ),
        (
            &[CUT, "a", "--runtime", "cloude"],
            "there is no runtime cloude; there are ",
        ),
        (
            &[CUT, "a", "--runtime", "shell"],
            "shell takes no prompt, so it cannot go on from a conversation; name an agent",
        ),
        (
            &[CUT, "a", "--runtime", "codex"],
            "codex is not installed: no codex on the PATH",
        ),
        (
            &[CUT, "a", "--runtime", "grok"],
            "grok is not dispatched: not today; choose another --runtime",
        ),
        (&[CUT, "w"], "w is the name of a live peer; choose another"),
        (
            &[CUT, "a", "--in", "nowhere"],
            "no directory nowhere: No such file or directory",
        ),
        (
            &[CODEX_ID, "a", "--runtime", "mine"],
            "and that is no directory here; name one with --in DIR",
        ),
        (
            &["deadbeef", "a"],
            "no session that was found elsewhere has an id like deadbeef",
        ),
    ];
    for (words, why) in cases {
        let refused = stage.home.fails(1, &[&["import"], *words].concat());
        assert!(refused.contains(why), "{words:?}: {refused}");
        assert_eq!(refused.lines().count(), 1, "{refused}");
    }
    assert!(stage.state() == before, "a file was written to");
    let rows = stage.home.json(&["ls"]);
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
}

#[test]
fn one_that_is_cut_in_a_line_is_taken_up_as_far_as_it_goes_and_more_than_once() {
    let stage = stage();
    let lines = ["user", "assistant"].map(|kind| said(&stage, kind, &format!("{kind}-42")));
    let next = said(&stage, "user", "half-a-word").to_string();
    talk(&stage, CUT, &lines, &next[..next.len() - 5]);
    let before = stage.state();
    for name in ["one", "two"] {
        let _ = std::fs::remove_file(stage.path("prompt"));
        stage.home.ok(&["import", CUT, name, "--runtime", "mine"]);
        let prompt = words_of(&stage);
        let record = "\n~~~~\n[operator]\nuser-42\n[agent]\nassistant-42\n~~~~\n";
        assert!(prompt.contains(record), "{prompt}");
    }
    assert!(stage.state() == before, "a file was written to");
}

#[test]
fn a_fork_that_would_go_on_in_the_old_directory_is_a_brief() {
    let stage = stage();
    let line = said(&stage, "user", "remember-42");
    talk(&stage, CUT, &[line], "");
    let dir = stage.home.path().display().to_string();
    stage.home.ok(&["import", ROW_ID, "one", "--in", &dir]);
    let words = words_of(&stage);
    let record = "the record of an earlier conversation with a coding agent (opencode)";
    assert!(words.contains(record), "{words}");
    std::fs::remove_file(stage.path("prompt")).expect("a file");
    stage.home.ok(&["import", CUT, "two", "--in", &dir]);
    let words = words_of(&stage);
    assert!(words.contains("--fork-session"), "{words}");
}
