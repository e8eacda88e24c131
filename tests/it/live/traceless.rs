//! What the kernel saw of a daemon that looked at everybody's conversations: nothing was opened for
//! writing, made, moved, removed, locked or given another time. Seen by `strace`; where that cannot
//! be, the test says so and shows nothing.

use super::elsewhere::{CLAUDE_ID, CODEX_ID, GEMINI_ID, ROW_ID, Stage, THEIRS};
use crate::support::{PATIENCE, wait_until};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Calls that leave things as they are, however they are called.
const HARMLESS: [&str; 24] = [
    "access",
    "faccessat",
    "faccessat2",
    "stat",
    "lstat",
    "fstat",
    "newfstatat",
    "fstatat64",
    "statx",
    "statfs",
    "fstatfs",
    "readlink",
    "readlinkat",
    "getcwd",
    "chdir",
    "getxattr",
    "lgetxattr",
    "fgetxattr",
    "listxattr",
    "inotify_add_watch",
    "name_to_handle_at",
    "execve",
    "getdents64",
    "close",
];
/// Words among the flags of an `open` that write or make.
const WRITES: [&str; 6] = [
    "O_WRONLY",
    "O_RDWR",
    "O_CREAT",
    "O_TRUNC",
    "O_APPEND",
    "O_TMPFILE",
];

#[test]
fn the_kernel_saw_no_write_to_what_others_keep() {
    let works = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "true"])
        .output();
    if !works.is_ok_and(|output| output.status.success()) {
        eprintln!("strace cannot run here: this shows nothing");
        return;
    }
    let stage = Stage::new();
    let before = stage.state();
    let trace = stage.home.path().join("trace");
    let mut daemon = traced(&stage, &trace);
    wait_until("the daemon", PATIENCE, || stage.home.daemon().is_some());

    // Under strace it is slow: a gap is no finding.
    wait_until("all of them", PATIENCE, || stage.found().len() == 6);
    for id in [CLAUDE_ID, CODEX_ID, GEMINI_ID, ROW_ID] {
        let read = stage.home.json(&["read", id, "--transcript"]);
        assert_eq!(read["native_id"], id);
        assert!(read["entries"][0].is_object(), "{read}");
        stage.home.ok(&["read", id, "--plan"]);
        stage.home.fails(1, &["stop", id]);
    }
    let found = stage.home.json(&["search", "e"]);
    assert!(
        found["hits"].as_array().is_some_and(|hits| hits.len() > 10),
        "{found}"
    );
    stage.home.ok(&["doctor"]);
    stage.home.ok(&["shutdown", "--yes"]);
    daemon.wait().expect("its end");

    assert!(stage.state() == before, "something was changed");
    let trace = std::fs::read_to_string(&trace).expect("what strace saw");
    let mut opened: BTreeMap<&str, u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in trace.lines() {
        let at = |theirs: &&&str| line.contains(&format!("/home/{theirs}"));
        let Some(theirs) = THEIRS.iter().find(at) else {
            continue;
        };
        match verdict(line) {
            Seen::Harmless => {}
            Seen::Read => *opened.entry(theirs).or_default() += 1,
            Seen::Wrong => wrong.push(line),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It did look: nothing seen would prove nothing.
    for theirs in &THEIRS[..5] {
        assert!(
            opened.get(theirs).is_some_and(|count| *count > 1),
            "{theirs}: {opened:?}"
        );
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Harmless,
    /// Opened for reading.
    Read,
    Wrong,
}

/// What a line says: `PID call(arguments) = answer`, or the second half of one.
fn verdict(line: &str) -> Seen {
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let resumed = call
        .strip_prefix("<... ")
        .and_then(|rest| rest.split(' ').next());
    let name = resumed.or_else(|| call.split('(').next()).unwrap_or("");
    match name {
        name if HARMLESS.contains(&name) => Seen::Harmless,
        "open" | "openat" | "openat2" if WRITES.iter().any(|flag| call.contains(flag)) => {
            Seen::Wrong
        }
        "open" | "openat" | "openat2" => Seen::Read,
        _ => Seen::Wrong,
    }
}

/// The daemon of a home, with everything that it does to files written to `trace`: paths, and what
/// is done to open files besides reading them.
fn traced(stage: &Stage, trace: &Path) -> Child {
    let plain = stage.home.command(&["daemon", "run"]);
    let mut traced = Command::new("strace");
    let calls = "trace=%file,?ftruncate,?fallocate,?flock,?fchmod,?fchown,?utimensat,?futimesat,\
                 ?fsetxattr,?fremovexattr";
    traced.args([
        "-f",
        "-qq",
        "-y",
        "-s",
        "4096",
        "-e",
        "signal=none",
        "-e",
        calls,
        "-o",
    ]);
    traced
        .arg(trace)
        .arg(plain.get_program())
        .args(plain.get_args());
    traced
        .env_clear()
        .stdin(Stdio::null())
        .current_dir(stage.home.work());
    for (name, value) in plain.get_envs() {
        traced.envs(value.map(|value| (name, value)));
    }
    traced.stdout(Stdio::null()).stderr(Stdio::null());
    traced.spawn().expect("strace")
}

#[test]
fn what_would_write_is_seen() {
    for (line, seen) in [
        (
            r#"12 openat(AT_FDCWD</w>, "/home/.codex/x", O_RDONLY|O_CLOEXEC|O_NOATIME) = 7</h>"#,
            Seen::Read,
        ),
        (
            r#"12 openat(AT_FDCWD</w>, "/home/.codex/x", O_RDONLY|O_CREAT, 0600) = 7</h>"#,
            Seen::Wrong,
        ),
        (
            r#"12 openat(AT_FDCWD</w>, "/home/.codex/x", O_RDWR) = 7</h>"#,
            Seen::Wrong,
        ),
        (
            r#"12 statx(AT_FDCWD</w>, "/home/.codex/x", AT_STATX, 1, {…}) = 0"#,
            Seen::Harmless,
        ),
        (r#"12 unlink("/home/.codex/x") = 0"#, Seen::Wrong),
        (
            r#"12 utimensat(7</home/.codex/x>, NULL, NULL, 0) = 0"#,
            Seen::Wrong,
        ),
        (r#"12 flock(7</home/.codex/x>, LOCK_SH) = 0"#, Seen::Wrong),
        (
            r#"12 <... openat resumed>) = 7</home/.codex/x>"#,
            Seen::Read,
        ),
        (
            r#"12 <... renameat2 resumed>, "/home/.codex/x", 0) = 0"#,
            Seen::Wrong,
        ),
    ] {
        assert_eq!(verdict(line), seen, "{line}");
    }
}
