//! A decision that goes by a key goes into the very dialog that was decided on, and nowhere else.

use super::agent::{asked, id};
use crate::support::{Home, PATIENCE, wait_for};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

/// A Gemini CLI that asks for `first`, shows what `next` says when that is there, and after each key
/// what `then` says. What was pressed is in `keys`.
const ASKS: &str = r#"#!/bin/sh
[ "$1" = --version ] && exec echo 0.61.0
stty -echo -icanon -icrnl min 0 time 1
clear() { printf '\033]0;%s (work)\007\033[H\033[2J' "$1"; }
dialog() {
    clear '✋  Action Required'
    printf '╭────────╮\r\n│ ? Shell  %s │\r\n│ ╭────╮ │\r\n│ │ %s │ │\r\n│ ╰────╯ │\r\n' "$1" "$1"
    printf '│ Allow execution of [Shell]? │\r\n│ ● 1. Allow once │\r\n'
    printf '│   2. Allow for this session │\r\n│   3. No, suggest changes (esc) │\r\n╰────────╯\r\n'
}
prompt() {
    clear '◇  Ready'
    printf '▄▄▄▄▄▄\r\n >   Type your message or @path/to/file\r\n▀▀▀▀▀▀\r\n workspace (/directory)\r\n'
}
trust() {
    clear '✋  Action Required'
    printf '╭────╮\r\n│ Do you trust the files in this folder? │\r\n│ ● 1. Trust folder │\r\n'
    printf '│   2. Trust parent folder │\r\n│   3. Do not trust │\r\n╰────╯\r\n'
}
works() { clear '✦  Working…'; }
flood() { head -c 150000 /dev/zero | tr '\0' x; }
dialog first
while :; do
    key=$(dd bs=64 count=1 2> dd)
    if [ -n "$key" ]; then
        eval "$(cat then)"
        printf '%s\n' "$key" >> keys
    elif [ -e next ]; then
        eval "$(cat next)"
        mv next shown
    fi
done
"#;

/// It asks for `first`; `then` is what follows a key.
fn asking(then: &str, env: &[(&str, &str)]) -> Home {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a directory");
    let program = bin.join("gemini");
    std::fs::write(&program, ASKS).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    for (name, value) in env {
        home.env(name, value);
    }
    std::fs::write(home.work().join("then"), then).expect("a file");
    home.ok(&["new", "w", "--runtime", "gemini"]);
    home
}

/// What was pressed so far.
fn keys(home: &Home) -> String {
    std::fs::read_to_string(home.work().join("keys")).unwrap_or_default()
}

/// Waits until exactly that was pressed.
fn pressed(home: &Home, want: &str) {
    wait_for(want, PATIENCE, || {
        let got = keys(home);
        assert!(want.starts_with(&got), "{got:?}");
        if got == want { Ok(()) } else { Err(got) }
    });
}

/// Waits until an ask is closed; how.
fn closed(home: &Home, ask: &Value) -> Value {
    wait_for("the ask to be closed", PATIENCE, || {
        let row = home.json(&["show", id(ask)]);
        let open = row["closed"].is_null();
        if open { Err(row.to_string()) } else { Ok(row) }
    })
}

#[test]
fn a_key_is_typed_once_and_what_it_did_is_seen() {
    let home = asking("prompt", &[]);
    let ask = asked(&home, "w");
    assert_eq!(ask["object"], "first");
    home.ok(&["approve", id(&ask)]);
    assert_eq!(closed(&home, &ask)["closed"], "effect");
    pressed(&home, "1\n");
    // Of one request after the other each has its own.
    let home = asking("dialog second", &[]);
    let first = asked(&home, "w");
    home.ok(&["approve", id(&first)]);
    assert_eq!(closed(&home, &first)["closed"], "effect");
    let second = asked(&home, "w");
    assert_eq!(second["object"], "second");
    std::fs::write(home.work().join("then"), "prompt").expect("a file");
    home.ok(&["reject", id(&second)]);
    assert_eq!(closed(&home, &second)["closed"], "effect");
    pressed(&home, "1\n\u{1b}\n");
}

#[test]
fn one_that_an_agent_does_not_take_is_typed_again_only_where_it_still_asks() {
    let home = asking(":", &[]);
    let ask = asked(&home, "w");
    home.ok(&["approve", id(&ask)]);
    pressed(&home, "1\n");
    std::fs::write(home.work().join("then"), "prompt").expect("a file");
    home.ok(&["retry", id(&ask)]);
    assert_eq!(closed(&home, &ask)["closed"], "effect");
    pressed(&home, "1\n1\n");
}

/// The daemon stops between the decision and its look at the screen; what stands there has become
/// `next` when it goes on. The ask, closed.
#[cfg(feature = "probes")]
fn decided_while_it_became(next: &str) -> (Home, Value) {
    use crate::support::wait_until;
    use rustix::process::Signal;
    let point = "keys.before-look";
    let home = asking("prompt", &[("PULT_PAUSE", point)]);
    let ask = asked(&home, "w");
    let mut deciding = home.command(&["approve", id(&ask)]);
    let mut deciding = deciding.spawn().expect("a verb");
    let marker = home.path().join("run").join(format!("paused.{point}"));
    wait_until("the pause", PATIENCE, || marker.exists());
    // Much is printed before that, which the daemon has to draw first.
    let next = format!("flood; {next}");
    std::fs::write(home.work().join("next"), next).expect("a file");
    let shown = home.work().join("shown");
    wait_until("another screen", PATIENCE, || shown.exists());
    let daemon = std::fs::read_to_string(&marker).expect("a pid");
    crate::support::signal(daemon.parse().expect("a pid"), Signal::CONT);
    deciding.wait().expect("it ends");
    let ask = closed(&home, &ask);
    (home, ask)
}

#[cfg(feature = "probes")]
#[test]
fn a_dialog_that_became_another_one_gets_no_key() {
    let (home, first) = decided_while_it_became("dialog second");
    assert_eq!(first["closed"], "withdrawn", "{first}");
    assert_eq!(asked(&home, "w")["object"], "second");
    assert_eq!(keys(&home), "");
}

#[cfg(feature = "probes")]
#[test]
fn neither_do_a_start_screen_nor_a_prompt_nor_work() {
    for next in ["trust", "prompt", "works"] {
        let (home, first) = decided_while_it_became(next);
        assert_eq!(first["closed"], "withdrawn", "{next}: {first}");
        assert_eq!(keys(&home), "", "{next}");
    }
}

#[test]
fn a_start_screen_is_answered_in_the_pane_alone() {
    let home = asking("prompt", &[]);
    let first = asked(&home, "w");
    std::fs::write(home.work().join("next"), "trust").expect("a file");
    let start = wait_for("the start screen", PATIENCE, || {
        let inbox = home.json(&["inbox"]);
        let mut rows = inbox.as_array().into_iter().flatten();
        let start = rows.find(|row| row["kind"] == "start").cloned();
        start.ok_or(inbox.to_string())
    });
    let refused = home.fails(1, &["approve", id(&start)]);
    assert!(refused.contains("in its pane"), "{refused}");
    home.ok(&["approve", id(&first)]);
    assert_eq!(closed(&home, &first)["closed"], "withdrawn");
    assert_eq!(keys(&home), "");
}
