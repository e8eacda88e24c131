//! The verbs on a real daemon, a real keeper and real programs.

use crate::support::{Home, PATIENCE, wait_for, wait_until};
use serde_json::Value;

/// Waits until a peer's field has a value.
#[track_caller]
fn until(home: &Home, name: &str, field: &str, value: &str) -> Value {
    wait_for(&format!("{name}.{field} = {value}"), PATIENCE, || {
        let row = home.row(name);
        (row[field] == value)
            .then(|| row.clone())
            .ok_or_else(|| row.to_string())
    })
}

/// Waits until the screen of a peer has a line with `text`.
#[track_caller]
fn until_read(home: &Home, name: &str, text: &str) -> String {
    wait_for(&format!("`{text}` on {name}'s screen"), PATIENCE, || {
        let screen = home.ok(&["read", name]);
        screen.contains(text).then(|| screen.clone()).ok_or(screen)
    })
}

#[test]
fn a_program_is_typed_into_and_read() {
    let home = Home::new();
    let row = home.json(&["new", "echo", "--", "cat"]);
    assert_eq!(
        (&row["name"], &row["runtime"]),
        (&"echo".into(), &"shell".into())
    );
    let alive = until(&home, "echo", "process", "alive");
    assert!(alive["pid"].as_u64().is_some_and(|pid| pid > 1), "{alive}");
    home.ok(&["send", "echo", "grüße", "and  more"]);
    // Once echoed by the terminal, once by cat.
    wait_until("both lines", PATIENCE, || {
        let screen = home.json(&["read", "echo"]);
        let lines = screen["lines"].as_array().expect("lines").iter();
        lines.filter(|line| *line == "grüße and  more").count() == 2
    });
    home.ok(&["send", "echo", "--keys", "ctrl-d"]);
    let ended = home.json(&["wait", "echo", "--until", "exited", "--timeout", "60"]);
    assert_eq!(ended["shown"], "exited");
    assert_eq!(ended["exit"]["code"], 0);
}

#[test]
fn a_live_name_is_taken_and_a_retired_one_is_free_again() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sleep", "1000"]);
    let refused = home.fails(1, &["new", "a", "--", "sleep", "1000"]);
    assert_eq!(refused.lines().count(), 1, "{refused}");
    let row = home.json(&["retire", "a"]);
    assert_eq!(row["retired"], true);
    let again = home.json(&["new", "a", "--", "sleep", "1000"]);
    assert_eq!(again["incarnation"], 2);
    let chosen = home.json(&["new", "-", "--", "sleep", "1000"]);
    assert!(chosen["name"].as_str().is_some_and(|name| name.len() > 1));
    for bad in ["A", "a_b", "2a"] {
        home.fails(2, &["new", bad, "--", "true"]);
    }
    for unknown in [
        &["read", "nobody"][..],
        &["stop", "nobody"],
        &["show", "ak-22222222"],
    ] {
        home.fails(1, unknown);
    }
}

#[test]
fn stop_leaves_a_session_that_resumes() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sh", "-c", "echo up; exec sleep 1000"]);
    until_read(&home, "a", "up");
    let row = home.json(&["stop", "a"]);
    assert_eq!(row["name"], "a");
    let stopped = until(&home, "a", "process", "exited");
    assert_eq!(stopped["shown"], "exited", "on purpose is not a failure");
    home.ok(&["resume", "a"]);
    until(&home, "a", "process", "alive");
}

#[test]
fn a_program_that_fails_by_itself_has_failed() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sh", "-c", "exit 7"]);
    let row = until(&home, "a", "shown", "failed");
    assert_eq!(row["exit"]["code"], 7);
    home.ok(&["new", "b", "--", "sh", "-c", "kill -9 $$"]);
    let row = until(&home, "b", "shown", "failed");
    assert_eq!(row["exit"]["signal"], 9);
    let answers = home.json(&["why", "a"]);
    assert!(
        answers["answers"].as_array().is_some_and(|a| a.len() == 4),
        "{answers}"
    );
}

#[test]
fn a_wait_that_takes_too_long_is_exit_4() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sleep", "1000"]);
    let late = home.fails(4, &["wait", "a", "--until", "exited", "--timeout", "100ms"]);
    assert_eq!(late.lines().count(), 1, "{late}");
}

#[test]
fn the_recording_is_what_the_program_wrote() {
    let home = Home::new();
    let program = "stty raw -echo; i=0; while [ $i -lt 3000 ]; do echo \"line $i\"; i=$((i+1)); done \
                   | tee wrote; sleep 1000";
    home.ok(&["new", "a", "--", "sh", "-c", program]);
    until_read(&home, "a", "line 2999");
    let raw = home.work().join("raw");
    home.ok(&["export", "a", "--raw", raw.to_str().expect("a path")]);
    let wrote = std::fs::read(home.work().join("wrote")).expect("what it wrote");
    let kept = std::fs::read(&raw).expect("the export");
    assert_eq!(kept.len(), wrote.len());
    assert!(kept == wrote, "the recording differs from what was written");
    let cast = home.work().join("cast");
    home.ok(&["export", "a", "--cast", cast.to_str().expect("a path")]);
    let cast = std::fs::read_to_string(&cast).expect("the cast");
    let mut lines = cast
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).expect("JSON"));
    assert_eq!(lines.next().expect("a header")["version"], 2);
    let text: String = lines
        .filter(|event| event[1] == "o")
        .filter_map(|event| event[2].as_str().map(str::to_owned))
        .collect();
    assert!(
        text.as_bytes() == wrote,
        "the cast differs from what was written"
    );
}

#[test]
fn scrollback_is_read_as_lines_or_whole() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sh", "-c", "seq 1 500; sleep 1000"]);
    until_read(&home, "a", "500");
    let whole = home.json(&["read", "a", "--history"]);
    assert_eq!(whole["lines"][0], "1");
    let last = home.json(&["read", "a", "--lines", "7"]);
    let lines = last["lines"].as_array().expect("lines");
    assert_eq!(lines.len(), 7, "{last}");
    assert_eq!(lines[6], "500");
}

#[test]
fn the_daemon_comes_and_goes_and_the_workers_stay() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sh", "-c", "echo before; exec sleep 1000"]);
    until_read(&home, "a", "before");
    let pid = home.row("a")["pid"].clone();
    let first = home.json(&["daemon", "status"]);
    home.ok(&["daemon", "stop"]);
    home.fails(3, &["daemon", "status"]);
    let row = until(&home, "a", "process", "alive");
    assert_eq!(row["pid"], pid);
    let second = home.json(&["daemon", "status"]);
    assert_ne!(first["pid"], second["pid"]);
    until_read(&home, "a", "before");
    let verified = home.json(&["db", "verify"]);
    assert_eq!(verified["differences"], serde_json::json!([]));
    assert!(verified["events"].as_u64().is_some_and(|n| n > 0));
    let log = home.ok(&["log", "--json"]);
    assert!(
        log.lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
    assert_eq!(home.ok(&["db", "export"]).lines().count() as u64, {
        let verified = home.json(&["db", "verify"]);
        verified["events"].as_u64().expect("a count")
    });
}

#[test]
fn a_tag_has_a_column_where_one_is_set() {
    let home = Home::new();
    home.ok(&["new", "a", "--", "sleep", "1000"]);
    home.ok(&["new", "b", "--", "sleep", "1000"]);
    let plain = home.ok(&["ls"]);
    assert!(!plain.contains("TAG"), "{plain}");
    assert_eq!(home.row("a")["tag"], Value::Null);
    assert_eq!(home.json(&["tag", "b", "red"])["tag"], "red");
    let tagged = home.ok(&["ls"]);
    let head: Vec<&str> = tagged
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    assert_eq!(head[1..3], ["NAME", "TAG"], "{tagged}");
    let row = tagged.lines().find(|line| line.contains("red"));
    assert!(row.is_some_and(|row| row.contains(" b ")), "{tagged}");
    assert_eq!(home.row("b")["tag"], "red");
    home.ok(&["tag", "b", "none"]);
    assert!(!home.ok(&["ls"]).contains("TAG"));
}

#[test]
fn peers_are_listed_in_the_order_in_which_people_count() {
    let home = Home::new();
    for name in ["p10", "a", "p2", "p1"] {
        home.ok(&["new", name, "--", "cat"]);
    }
    let rows = home.json(&["ls"]);
    let rows = rows.as_array().expect("rows");
    let names: Vec<_> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["a", "p1", "p2", "p10"]);
}
