//! The scripted agents of `pult demo`, and the whole loop without a terminal.

use crate::support::Home;
use std::fs;
use std::process::{Output, Stdio};

/// Plays a script in the home's work directory with a hook that writes `answer` to every request;
/// its standard input ends when the script has.
fn play(home: &Home, script: &str, answer: &str) -> Output {
    let work = home.work();
    fs::write(work.join("cart.sh"), "broken\n").expect("a file");
    fs::create_dir_all(work.join("build")).expect("a directory");
    let hook = format!(
        "sh -c 'payload=$(cat); printf \"%s\\n\" \"$payload\" >> hooks.log; \
         case \"$payload\" in *PermissionRequest*) printf %s \"$0\";; esac' '{answer}'"
    );
    let mut child = home
        .command(&["demo-agent", script, "id-1", "new", &hook, "go on"])
        .env("DEMO_BEAT_MS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the built binary starts");
    // The script runs while the pipe is open: it ends at ^D, typed at its prompt.
    let stdin = child.stdin.take();
    let log = work.join("hooks.log");
    crate::support::wait_until("the end of the turn", crate::support::PATIENCE, || {
        let told = fs::read_to_string(&log).unwrap_or_default();
        told.contains("\"Stop\"") || matches!(child.try_wait(), Ok(Some(_)))
    });
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

const ALLOW: &str = r#"{"hookSpecificOutput":{"decision":{"behavior":"allow"}}}"#;
const DENY: &str =
    r#"{"hookSpecificOutput":{"decision":{"behavior":"deny","message":"keep that"}}}"#;

#[test]
fn what_a_scripted_agent_may_do_it_really_does() {
    let home = Home::new();
    let output = play(&home, "fix", ALLOW);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let cart = fs::read_to_string(home.work().join("cart.sh")).expect("the cart");
    assert!(cart.contains("%02d"), "{cart}\n{text}");
    assert!(text.contains("scripted agent"), "{text}");
    assert!(text.contains("25.01"), "it ran what it wrote: {text}");
    assert!(text.contains("\x1b]7501;state=blocked:app=demo\x1b\\"));
    let told = fs::read_to_string(home.work().join("hooks.log")).expect("the hook ran");
    let events: Vec<String> = told
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|payload| payload["hook_event_name"].as_str().unwrap_or("").to_owned())
        .collect();
    assert_eq!(
        events,
        [
            "SessionStart",
            "UserPromptSubmit",
            "PermissionRequest",
            "PostToolUse",
            "Stop"
        ]
    );
}

#[test]
fn what_it_may_not_do_it_leaves_and_says_what_it_was_told() {
    let home = Home::new();
    let output = play(&home, "tidy", DENY);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(home.work().join("build").exists(), "{text}");
    assert!(text.contains("not done: keep that"), "{text}");
}

#[test]
fn one_of_them_fails() {
    let home = Home::new();
    assert_eq!(play(&home, "check", ALLOW).status.code(), Some(3));
}

#[test]
fn the_whole_loop_is_seen_without_a_terminal() {
    let home = Home::new();
    let temporary = home.work();
    let output = home
        .command(&["demo", "--script"])
        .env("TMPDIR", &temporary)
        .output()
        .expect("the built binary starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}\n{said}");
    for seen in [
        "approved once: cart.sh is mended",
        "rejected with a note",
        "docs has finished",
        "linter has failed by itself, with exit code 3",
    ] {
        assert!(text.contains(seen), "{seen} in {text}");
    }
    let left = fs::read_dir(&temporary).expect("a directory").count();
    assert_eq!(left, 0, "it cleans up after itself");
    assert!(
        !home.state().exists(),
        "the operator's own home is not touched"
    );
}
