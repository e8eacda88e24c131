//! A CLI that is driven over its protocol, through the real daemon: a script plays the CLI, well and
//! badly.

use crate::support::{Home, PATIENCE, kill9, lives, wait_for, wait_until};
use std::os::unix::fs::PermissionsExt;

/// Speaks the protocol by heart: requests are numbered from 1.
const SCRIPT: &str = r#"#!/bin/sh
[ "$1" = --version ] && exec echo 99.0.0
echo $$ > cli.pid
n=0
over() { printf '{"id":%s,"result":{"stopReason":"%s"}}\n' $n "$1"; }
text() { printf '{"method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"%s"}}}}\n' "$1"; }
while read -r line; do
  case $line in *'"id":'*) n=$((n + 1)) ;; esac
  case $line in
  *'"initialize"'*) echo '{"id":1,"result":{"protocolVersion":1}}' ;;
  *session/new*) echo '{"id":2,"result":{"sessionId":"s-1","models":{"currentModelId":"m-1"}}}' ;;
  *be-hostile*)
    printf 'no message \033]0;mine\007\n{"id":\n[]\n\377\376\n' ; echo '{"id":999,"result":{}}'
    head -c 17000000 /dev/zero | tr '\0' x ; echo
    printf 'a complaint \033[31m\n' >&2
    echo '{"id":"f","method":"fs/read_text_file","params":{"path":"/etc/passwd"}}'
    read -r refused
    case $refused in *error*) text 'was refused \u001b]0;mine\u0007' ;; esac
    over end_turn ;;
  *make-the-file*)
    echo '{"id":0,"method":"session/request_permission","params":{"sessionId":"s-1","options":[{"optionId":"yes_always","name":"Always","kind":"allow_always"},{"optionId":"yes","name":"Allow","kind":"allow_once"},{"optionId":"no","name":"Reject","kind":"reject_once"}],"toolCall":{"toolCallId":"c-1","kind":"execute","title":"touch made.txt","content":[]}}}'
    read -r answer
    case $answer in *session/cancel*) read -r answer ;; esac
    case $answer in
    *'"yes"'*) touch made.txt ; over end_turn ;;
    *'"no"'*) text 'then not' ; over end_turn ;;
    *cancelled*) over cancelled ;;
    esac ;;
  *give-up*) echo 'it broke in two' >&2 ; exit 7 ;;
  *) printf '%s\n' "$line" >> prompts.txt ; text 'as you wish' ; over end_turn ;;
  esac
done
"#;

fn home() -> Home {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory");
    let program = bin.join("gemini");
    std::fs::write(&program, SCRIPT).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    home
}

fn start(home: &Home, prompt: &str) {
    let row = home.json(&["new", "w", "--runtime", "gemini", "--acp", "--", prompt]);
    assert_eq!(row["runtime"], "gemini-acp", "{row}");
}

#[track_caller]
fn shows(home: &Home, words: &str) -> String {
    wait_for(words, PATIENCE, || {
        let screen = home.ok(&["read", "w", "--lines", "100"]);
        let there = screen.contains(words);
        if there { Ok(screen) } else { Err(screen) }
    })
}

#[track_caller]
fn is(home: &Home, name: &str, what: &str) {
    wait_for(what, PATIENCE, || {
        let row = home.row("w");
        let there = row[name] == what;
        there.then_some(()).ok_or_else(|| row.to_string())
    });
}

/// The id of the one request in the inbox.
#[track_caller]
fn request(home: &Home) -> String {
    wait_until("the request", PATIENCE, || {
        home.json(&["inbox"]) != serde_json::json!([])
    });
    let ask = home.json(&["inbox"])[0].clone();
    assert_eq!(
        (&ask["verb"], &ask["object"]),
        (&"run".into(), &"touch made.txt".into())
    );
    assert_eq!(home.row("w")["shown"], "asks");
    assert!(!home.work().join("made.txt").exists());
    ask["id"].as_str().expect("an id").to_owned()
}

fn cli(home: &Home) -> u32 {
    let pid = std::fs::read_to_string(home.work().join("cli.pid")).expect("its pid");
    pid.trim().parse().expect("a pid")
}

#[test]
fn whatever_it_says_costs_itself_and_is_told_in_a_line() {
    let home = home();
    start(&home, "be-hostile");
    let screen = shows(&home, "was refused");
    assert!(screen.contains("no message: no message"), "{screen}");
    assert!(
        screen.contains("said 17000001 bytes in one line"),
        "{screen}"
    );
    is(&home, "turn", "settled");
    let read = home.json(&["read", "w"]);
    assert_eq!(read["title"], "gemini-acp", "{read}");
    let row = home.row("w");
    assert_eq!(
        (&row["native_id"], &row["model"]),
        (&"s-1".into(), &"m-1".into())
    );
    home.ok(&["send", "w", "go on"]);
    shows(&home, "as you wish");
    // An end that nobody asked for is told with its last words.
    home.ok(&["send", "w", "give-up"]);
    is(&home, "shown", "failed");
    let screen = shows(&home, "it broke in two");
    assert!(screen.contains("has ended: exit status: 7"), "{screen}");
    assert_eq!(home.row("w")["exit"]["code"], 7);
}

#[test]
fn only_a_decision_answers_and_only_for_once() {
    let home = home();
    start(&home, "make-the-file");
    let id = request(&home);
    home.ok(&["reject", &id, "--note", "use make"]);
    shows(&home, "then not");
    // The note is the next prompt.
    shows(&home, "no to that: use make");
    is(&home, "turn", "settled");
    home.ok(&["send", "w", "make-the-file"]);
    let id = request(&home);
    home.ok(&["interrupt", "w"]);
    shows(&home, "the turn ended: cancelled");
    is(&home, "turn", "settled");
    assert_eq!(home.json(&["show", &id])["closed"], "withdrawn");
    assert!(!home.work().join("made.txt").exists());
    home.ok(&["send", "w", "make-the-file"]);
    let id = request(&home);
    home.ok(&["approve", &id]);
    wait_until("the file", PATIENCE, || {
        home.work().join("made.txt").exists()
    });
    wait_until("its effect", PATIENCE, || {
        home.json(&["show", &id])["closed"] == "effect"
    });
    home.ok(&["db", "verify"]);
}

#[test]
fn the_cli_dies_with_the_program_that_drives_it() {
    let home = home();
    start(&home, "make-the-file");
    let id = request(&home);
    let cli = cli(&home);
    assert!(lives(cli));
    let pid = home.row("w")["pid"].as_u64().expect("a pid");
    kill9(u32::try_from(pid).expect("a pid"));
    wait_until("the end of the CLI", PATIENCE, || !lives(cli));
    is(&home, "shown", "failed");
    assert_eq!(home.json(&["show", &id])["closed"], "withdrawn");
    assert!(!home.work().join("made.txt").exists());
}

#[test]
fn a_session_that_goes_on_takes_along_what_was_said_and_never_loads_the_old_one() {
    let home = home();
    start(&home, "remember-42");
    shows(&home, "as you wish");
    is(&home, "turn", "settled");
    home.ok(&["stop", "w"]);
    is(&home, "shown", "exited");
    home.ok(&["resume", "w"]);
    shows(&home, "go along with the next prompt");
    is(&home, "turn", "settled");
    home.ok(&["send", "w", "what-was-it"]);
    let prompts = home.work().join("prompts.txt");
    wait_until("the prompt", PATIENCE, || {
        std::fs::read_to_string(&prompts).is_ok_and(|text| text.contains("what-was-it"))
    });
    let text = std::fs::read_to_string(&prompts).expect("the prompts");
    let last = text.lines().last().expect("a prompt");
    assert!(
        last.contains("remember-42") && last.contains("It is data"),
        "{last}"
    );
    let limits = home.row("w")["limits"].to_string();
    assert!(limits.contains("as data"), "{limits}");
}

#[test]
fn a_runtime_without_it_is_refused_with_those_that_have_it() {
    let home = home();
    let refused = home.fails(1, &["new", "w", "--runtime", "codex", "--acp", "--", "x"]);
    assert!(
        refused.contains("codex is not driven over ACP; gemini can be"),
        "{refused}"
    );
    let refused = home.fails(
        1,
        &["new", "w", "--runtime", "gemini", "--mcp", "a=b", "--", "x"],
    );
    assert!(refused.contains("gemini with --acp"), "{refused}");
}
