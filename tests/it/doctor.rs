//! `pult doctor` on homes where something is wrong: each finding names it and what mends it.

use crate::support::Home;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

/// The one finding whose words have these in them.
#[track_caller]
fn finding(home: &Home, words: &str) -> Value {
    let found = home.json(&["doctor"]);
    let all = found.as_array().expect("a list").iter();
    let said = |one: &&Value| {
        one["what"]
            .as_str()
            .is_some_and(|what| what.contains(words))
    };
    let said: Vec<_> = all.filter(said).collect();
    assert_eq!(said.len(), 1, "{words}: {found:#}");
    said[0].clone()
}

#[track_caller]
fn mends(home: &Home, words: &str, state: &str, mend: &str) {
    let found = finding(home, words);
    assert_eq!(found["state"], state, "{found}");
    let said = found["mend"].as_str().unwrap_or_default();
    assert!(said.contains(mend), "{found}");
}

#[test]
fn what_a_dead_daemon_and_a_dead_keeper_left_is_found_without_starting_one() {
    let home = Home::new();
    let run = home.path().join("run");
    fs::create_dir_all(&run).expect("a directory");
    drop(UnixListener::bind(run.join("worker.sock")).expect("a socket"));
    let sessions = home.path().join("state/sessions");
    for (id, ended) in [("ss-bcdfghjk", false), ("ss-22222222", true)] {
        let attempt = sessions.join(id).join("attempts/1");
        fs::create_dir_all(&attempt).expect("an attempt");
        fs::write(attempt.join("lock"), "").expect("its lock");
        if ended {
            fs::write(attempt.join("exit"), "").expect("its word");
        }
    }
    mends(
        &home,
        "worker.sock is left from a daemon",
        "note",
        "any verb",
    );
    let found = finding(&home, "the keeper of ss-bcdfghjk is gone");
    assert!(
        !found["what"].to_string().contains("ss-22222222"),
        "{found}"
    );
    mends(&home, "the keeper of ss-bcdfghjk", "note", "pult resume");
    home.fails(3, &["daemon", "status"]);
    // The daemon puts a new socket there, and then nothing is left over.
    home.ok(&["ls"]);
    let all = home.json(&["doctor"]).to_string();
    assert!(!all.contains("is left from"), "{all}");
}

#[test]
fn a_state_directory_that_cannot_be_is_said_with_what_to_move() {
    let home = Home::new();
    let state = home.path().join("state");
    let _ = fs::remove_dir_all(&state);
    fs::write(&state, "").expect("a file in its place");
    mends(&home, "is a file", "bad", "move ");
    fs::remove_file(&state).expect("it goes");
    fs::create_dir(&state).expect("a directory");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755)).expect("its mode");
    mends(
        &home,
        "others may look into the state directory",
        "note",
        "chmod 700",
    );
}

#[test]
fn a_line_of_a_file_that_does_not_read_is_said_with_what_to_do() {
    let home = Home::new();
    let put = |name: &str, text: &str| {
        let path = home.path().join("config").join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, text).expect("a file");
    };
    put("prices.toml", "[\"m\"]\ninput = 1\noutput = \"ten\"\n");
    put("daemon.toml", "recordings-mib = 0\n");
    put("runtimes/mine.toml", "program = \"mine\"\n");
    let line = "mend that line";
    mends(&home, "prices.toml line 3: [\"m\"] output", "bad", line);
    mends(&home, "mine.toml line 1: program", "bad", line);
    mends(
        &home,
        "daemon.toml line 1: recordings-mib",
        "bad",
        "pult daemon restart",
    );
}

#[test]
fn a_cli_that_is_too_old_and_one_without_a_login_are_said() {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    fs::create_dir_all(&bin).expect("a directory");
    let put = |name: &str, version: &str| {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\necho {version}\n")).expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
    };
    put("claude", "1.0.1");
    put("codex", "codex-cli 0.169.0");
    home.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    let old = finding(&home, "1.0.1");
    assert!(
        old["mend"]
            .as_str()
            .is_some_and(|mend| mend.contains("npm install")),
        "{old}"
    );
    mends(&home, "no login to be seen", "note", "log in");
    assert_eq!(finding(&home, "agents call")["state"], "ok");
}
