//! Interrupts, ends and what goes on after them.

use super::stage::Stage;
use crate::support::{kill9, lives, parent};
use pult::runtime::Approval;
use serde_json::Value;

pub fn interrupt(stage: &Stage) {
    stage.start("please think-for-long");
    stage.until("the model to be asked", || {
        stage.model_was_told("think-for-long")
    });
    stage.until("the turn to be worked on", || {
        stage.home.row("w")["turn"] == "working"
    });
    stage.home.ok(&["interrupt", "w"]);
    stage.settled();
    let row = stage.home.row("w");
    assert_eq!(row["process"], "alive", "{row}");
}

/// Types what ends the CLI at its idle prompt.
#[track_caller]
fn quit(stage: &Stage, name: &str) {
    stage.home.ok(&["send", name, stage.cli.quit]);
    stage.until("it to exit by itself", || {
        stage.home.row(name)["process"] == "exited"
    });
}

pub fn exit_and_resume(stage: &Stage) {
    stage.start("please remember-42");
    stage.settled();
    let before = stage.home.row("w");
    assert!(before["native_id"].is_string(), "{before}");
    quit(stage, "w");
    let exited = stage.home.row("w");
    assert_eq!(exited["exit"]["code"], 0, "{exited}");
    stage.home.ok(&["resume", "w", "what-was-it"]);
    stage.until("the resumed conversation to be asked", || {
        let served = stage.model.served();
        served.iter().any(|s| {
            let body = s.body.to_string();
            body.contains("remember-42") && body.contains("what-was-it")
        })
    });
    stage.settled();
    let after = stage.home.row("w");
    // Under the same id, or under one of the CLI's choice that is known by now.
    stage.until("what was said since to be read", || {
        let read = stage.home.run(&["read", "w", "--transcript"]);
        let said = String::from_utf8_lossy(&read.stdout).into_owned();
        said.contains("remember-42") && said.contains("It was 42.")
    });
    assert_eq!(after["process"], "alive", "{after}");
    // Ended on purpose is no failure.
    stage.home.ok(&["stop", "w"]);
    stage.until("it to be stopped", || {
        stage.home.row("w")["shown"] == "exited"
    });
}

/// Ending a session takes back its request and leaves no process behind.
pub fn stopped_while_asked(stage: &Stage) {
    stage.start("please make-the-file");
    let ask = stage.request();
    let id = ask["id"].as_str().expect("an id");
    let session = stage.home.row("w")["session"].clone();
    let session = session.as_str().expect("its session");
    assert!(!processes_of(session).is_empty());
    stage.home.ok(&["stop", "w"]);
    stage.until("it to be stopped", || {
        stage.home.row("w")["shown"] == "exited"
    });
    stage.closed(id, "withdrawn");
    stage.until("the last process to be gone", || {
        processes_of(session).is_empty()
    });
    assert!(!stage.made().exists(), "it ran though nobody answered");
}

/// Everything that was started for a session, by its environment.
pub fn processes_of(session: &str) -> Vec<String> {
    let mark = format!("PULT_SESSION={session}");
    let all = std::fs::read_dir("/proc").expect("processes");
    let of = |entry: std::fs::DirEntry| {
        let env = std::fs::read(entry.path().join("environ")).ok()?;
        let mut pairs = env.split(|byte| *byte == 0);
        let ours = pairs.any(|pair| pair == mark.as_bytes());
        ours.then(|| std::fs::read_to_string(entry.path().join("cmdline")).ok())?
    };
    all.flatten().filter_map(of).collect()
}

/// Whichever way a session ends, none of its processes remains, not even one that a tool started,
/// that has a session of its own and takes no hint.
pub fn nothing_is_left(stage: &Stage) {
    let pid = |name: &str| {
        let pid = stage.home.row(name)["pid"].as_u64();
        u32::try_from(pid.expect("a pid")).expect("a pid")
    };
    type Way<'a> = (&'a str, &'a str, &'a dyn Fn(&str));
    let ways: [Way<'_>; 4] = [
        ("stopped", "exited", &|name| {
            stage.home.ok(&["send", name, "think-for-long"]);
            stage.until("the turn to be worked on", || {
                stage.model_was_told("think-for-long")
            });
            stage.home.ok(&["stop", name]);
        }),
        ("killed", "failed", &|name| kill9(pid(name))),
        ("keeperless", "lost", &|name| kill9(parent(pid(name)))),
        ("left", "exited", &|name| quit(stage, name)),
    ];
    for (name, shown, end) in ways {
        let row = begun(stage, name);
        let session = row["session"].as_str().expect("its session");
        let tree = below(parent(pid(name)));
        assert!(!processes_of(session).is_empty());
        end(name);
        stage.until(&format!("{name} to be {shown}"), || {
            stage.home.row(name)["shown"] == shown
        });
        stage.until(&format!("the last process of {name} to be gone"), || {
            processes_of(session).is_empty() && !tree.iter().any(|pid| lives(*pid))
        });
    }
}

/// Those that end what a tool leaves running by themselves.
const ENDS_ITS_TOOLS: [&str; 2] = ["gemini", "qwen"];

/// A session that rests, with a process of its own making, where it has tools.
fn begun(stage: &Stage, name: &str) -> Value {
    let has_tools = stage.runtime().capabilities().approval != Approval::Never;
    if has_tools {
        stage.start_as(name, "please start-a-child");
        stage.until("the request in the inbox", || !stage.inbox().is_empty());
        let ask = stage.inbox()[0].clone();
        if ask["kind"] == "approval" {
            let id = ask["id"].as_str().expect("an id");
            stage.home.ok(&["approve", id]);
        } else {
            stage.until("its dialog", || stage.shows_dialog(name));
            let keys = ["send", "--keys", "--force", name, stage.cli.yes];
            stage.home.ok(&keys);
        }
    } else {
        stage.start_as(name, "please remember-42");
    }
    stage.until("the turn to be settled", || {
        stage.home.row(name)["turn"] == "settled"
    });
    let row = stage.home.row(name);
    let session = row["session"].as_str().expect("its session");
    if has_tools && !ENDS_ITS_TOOLS.contains(&stage.cli.program_name()) {
        stage.until("the child", || {
            processes_of(session)
                .iter()
                .any(|line| line.starts_with("sleep\0999"))
        });
    }
    row
}

/// Every process below another one.
fn below(top: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").expect("processes").flatten();
    let all: Vec<(u32, u32)> = all
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?;
            Some((pid, parent.parse().ok()?))
        })
        .collect();
    let mut found = vec![top];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = all.iter().filter(|(_, of)| *of == parent);
        found.extend(children.map(|(pid, _)| pid));
        next += 1;
    }
    found.split_off(1)
}
