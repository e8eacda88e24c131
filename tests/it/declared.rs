//! Runtimes of the operator's own, through the real daemon.

use crate::support::{Home, PATIENCE, wait_for};
use std::os::unix::fs::PermissionsExt;

/// A home with a program `mycli` on its PATH, which says what it was started with and waits.
fn home() -> Home {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory");
    let program = bin.join("mycli");
    let script = "#!/bin/sh\n[ \"$1\" = -V ] && exec echo mycli 2.1.0\n\
                  printf '\\033]0;mycli works\\007'\nfor word; do echo \"got $word\"; done\n\
                  echo \"in $WORDS\"\nread line\nprintf '\\033]0;mycli\\007'\necho 'ready>'\nexec cat\n";
    std::fs::write(&program, script).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    home
}

fn write(home: &Home, name: &str, text: &str) {
    let dir = home.path().join("config/runtimes");
    std::fs::create_dir_all(&dir).expect("a directory");
    std::fs::write(dir.join(name), text).expect("a file");
}

/// Starts peer `a` with a model and a prompt; its row.
fn begin(home: &Home) -> serde_json::Value {
    let words = ["--runtime", "mine", "--model", "m", "--", "-x y"];
    home.json(&[&["new", "a"], &words[..]].concat())
}

#[track_caller]
fn shows(home: &Home, name: &str, words: &str) {
    wait_for(words, PATIENCE, || {
        let screen = home.ok(&["read", name]);
        screen.contains(words).then_some(()).ok_or(screen)
    });
}

#[track_caller]
fn turn(home: &Home, name: &str, turn: &str) {
    wait_for(turn, PATIENCE, || {
        let row = home.row(name);
        let there = row["turn"] == turn;
        there.then_some(()).ok_or_else(|| row.to_string())
    });
}

const FILE: &str = r#"program = ["mycli"]
interrupt = "ctrl-c"
[version]
args = ["-V"]
at-least = "2.0"
[launch]
args = ["--careful"]
model = ["--model={model}"]
new = ["--id", "{session}"]
resume = ["--go-on", "{session}"]
prompt = ["--", "{prompt}"]
[env]
WORDS = "of the file"
[title]
works = ["mycli works"]
[screen]
rests = ["ready>"]
"#;

#[test]
fn a_file_adds_a_cli_while_the_daemon_runs() {
    let home = home();
    let unknown = home.fails(1, &["new", "a", "--runtime", "mine", "--", "-x y"]);
    assert!(unknown.contains("there is no runtime mine"), "{unknown}");
    write(&home, "mine.toml", FILE);
    let row = begin(&home);
    assert_eq!(row["runtime"], "mine");
    for words in [
        "got --careful",
        "got --model=m",
        "got --id",
        "got -x y",
        "in of the file",
    ] {
        shows(&home, "a", words);
    }
    turn(&home, "a", "working");
    let id = home.row("a")["native_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    shows(&home, "a", &format!("got {id}"));
    home.ok(&["send", "--keys", "a", "enter"]);
    turn(&home, "a", "settled");
    let running = home.fails(1, &["replay", "a"]);
    assert!(running.contains("a is running"), "{running}");
    // What runs stays what it is; the next start is by the file as it is then.
    write(&home, "mine.toml", &FILE.replace("--careful", "--bold"));
    home.ok(&["stop", "a"]);
    home.ok(&["resume", "a"]);
    shows(&home, "a", "got --bold");
    shows(&home, "a", "got --go-on");
    shows(&home, "a", &format!("got {id}"));
}

#[test]
fn a_replay_is_another_conversation_from_the_first_prompt() {
    let home = home();
    write(&home, "mine.toml", FILE);
    let id = |row: &serde_json::Value| row["native_id"].as_str().expect("an id").to_owned();
    begin(&home);
    shows(&home, "a", "got -x y");
    let first = id(&home.row("a"));
    home.ok(&["stop", "a"]);
    home.ok(&["resume", "a", "and then"]);
    shows(&home, "a", "got and then");
    home.ok(&["stop", "a"]);
    home.ok(&["replay", "a"]);
    shows(&home, "a", "got -x y");
    let again = id(&home.row("a"));
    assert_ne!(again, first);
    for words in ["got --model=m", "got --id", &format!("got {again}")] {
        shows(&home, "a", words);
    }
    home.ok(&["stop", "a"]);
    home.ok(&["resume", "a"]);
    shows(&home, "a", "got --go-on");
    shows(&home, "a", &format!("got {again}"));
    home.ok(&["db", "verify"]);
}

#[test]
fn a_resume_that_fails_is_told_in_the_words_of_the_cli_and_loses_nothing() {
    let home = home();
    write(&home, "mine.toml", FILE);
    let program = home.path().join("bin/mycli");
    let good = std::fs::read_to_string(&program).expect("a program");
    let bad = "#!/bin/sh\n[ \"$1\" = -V ] && exec echo mycli 2.1.0\necho 'No conversation found'\nexit 1\n";
    begin(&home);
    turn(&home, "a", "working");
    let id = home.row("a")["native_id"].clone();
    home.ok(&["stop", "a"]);
    std::fs::write(&program, bad).expect("a program");
    let process = |words: &str| {
        wait_for(words, PATIENCE, || {
            let why = home.ok(&["why", "a"]);
            let told = why.lines().find(|line| line.trim().starts_with("process"));
            let there = told.is_some_and(|line| line.contains(words));
            there.then_some(()).ok_or(why)
        });
    };
    home.ok(&["resume", "a"]);
    process("resume failed: No conversation found (ended with code 1)");
    assert!(home.ok(&["log"]).contains("resume.failed"));
    assert_eq!(home.row("a")["native_id"], id);
    std::fs::write(&program, &good).expect("a program");
    home.ok(&["resume", "a"]);
    shows(&home, "a", &format!("got {}", id.as_str().expect("an id")));
    home.ok(&["stop", "a"]);
    // What begins anew does not fail to go on.
    std::fs::write(&program, bad).expect("a program");
    home.ok(&["replay", "a"]);
    process("keeper: ended with code 1");
    home.ok(&["db", "verify"]);
}

#[test]
fn a_start_screen_is_told_though_its_program_ends_at_once() {
    let home = home();
    let program = home.path().join("bin/mycli");
    let script = "#!/bin/sh\necho 'The service is closed'\nexit 1\n";
    std::fs::write(program, script).expect("a program");
    let closed =
        "program = [\"mycli\"]\n[start]\n\"The service is closed\" = \"is told to come back\"\n";
    write(&home, "mine.toml", closed);
    home.ok(&["new", "a", "--runtime", "mine"]);
    wait_for("the end", PATIENCE, || {
        let why = home.ok(&["why", "a"]);
        let both = why.contains("attempt.exited") && why.contains("mine is told to come back");
        both.then_some(()).ok_or(why)
    });
}

/// Asks by its hook whenever a line is typed.
const ASKS: &str = r#"#!/bin/sh
[ "$1" = -V ] && exec echo mycli 2.1.0
echo up
while read line; do
  printf '{"hook_event_name":"PermissionRequest","session_id":"x","cwd":"/","tool_name":"Bash","tool_input":{"command":"%s"}}' "$line" |
    "$BIN" hook mine declared && echo " to $line"
done
"#;

#[test]
fn a_session_goes_on_asking_when_its_file_is_broken_or_gone() {
    let mut home = home();
    home.env("BIN", &Home::binary().display().to_string());
    std::fs::write(home.path().join("bin/mycli"), ASKS).expect("a program");
    let hooks = format!("{FILE}[hooks]\nfile = \"settings.json\"\n");
    write(&home, "mine.toml", &hooks);
    home.ok(&["new", "a", "--runtime", "mine"]);
    shows(&home, "a", "up");
    let asks = |what: &str| {
        home.ok(&["send", "a", what]);
        let id = wait_for("an ask", PATIENCE, || {
            let inbox = home.json(&["inbox"]);
            let mut rows = inbox.as_array().into_iter().flatten();
            let row = rows.find(|row| row["state"] == "asked" && row["object"] == what);
            let id = row.and_then(|row| row["id"].as_str().map(str::to_owned));
            id.ok_or_else(|| home.ok(&["read", "a"]))
        });
        home.ok(&["approve", &id]);
        shows(&home, "a", &format!("to {what}"));
        assert!(home.ok(&["read", "a"]).contains("\"allow\""));
    };
    write(&home, "mine.toml", &hooks.replace("[launch]", "[lunch]"));
    let wrong = home.fails(1, &["new", "b", "--runtime", "mine"]);
    assert!(wrong.contains("[lunch] args is nothing"), "{wrong}");
    asks("one");
    std::fs::remove_file(home.path().join("config/runtimes/mine.toml")).expect("it is there");
    home.fails(1, &["new", "b", "--runtime", "mine"]);
    asks("two");
    home.kill_daemon();
    asks("three");
    home.ok(&["stop", "a"]);
    let gone = home.json(&["resume", "a"]);
    assert_eq!(gone["shown"], "failed");
    let why = home.ok(&["why", "a"]);
    assert!(why.contains("mine.toml back"), "{why}");
    write(&home, "mine.toml", &hooks);
    home.ok(&["resume", "a"]);
    shows(&home, "a", "up");
}

#[test]
fn a_file_that_is_wrong_is_named_with_line_and_key() {
    let home = home();
    write(&home, "mine.toml", &FILE.replace("{prompt}", "{promt}"));
    write(&home, "old.toml", &FILE.replace("2.0", "3.0"));
    write(&home, "shell.toml", FILE);
    let wrong = home.fails(1, &["new", "a", "--runtime", "mine", "--", "x"]);
    assert!(
        wrong.contains("mine.toml line 11: [launch] prompt has {promt}"),
        "{wrong}"
    );
    let old = home.fails(1, &["new", "a", "--runtime", "old", "--", "x"]);
    assert!(old.contains("old is 2.1.0, and pult needs 3.0.0"), "{old}");
    let doctor = home.run(&["doctor"]);
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    for words in [
        "mine.toml line 11",
        "shell.toml line 1: shell is a runtime of pult's own",
    ] {
        assert!(doctor.contains(words), "{doctor}");
    }
}
