//! Claude Code's live status file: `{"status":
//! "idle|busy|waiting|shell", "waitingFor": …, …}`. `shell` is a turn that is over while a command of
//! it goes on in the background.

use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::runtime::hooks::one_line;
use crate::runtime::transcript::own_directory;
use serde_json::Value;
use std::collections::BTreeMap;

/// The directory with everything that it writes.
pub fn home(env: &BTreeMap<String, String>) -> Option<String> {
    own_directory(env, "CLAUDE_CONFIG_DIR", ".claude")
}

/// Where the file of process `pid` is.
pub fn path(pid: u32, env: &BTreeMap<String, String>) -> Option<String> {
    Some(format!("{}/sessions/{pid}.json", home(env)?))
}

/// What it says; nothing when it is half written.
pub fn read(contents: &str) -> Vec<Signal> {
    let Ok(file) = serde_json::from_str::<Value>(contents) else {
        return Vec::new();
    };
    let text = |name: &str| file.get(name).and_then(Value::as_str);
    let Some(status) = text("status") else {
        return Vec::new();
    };
    let words = match text("waitingFor") {
        Some(what) if status == "waiting" => format!("status file: waiting for {what}"),
        _ if status == "shell" => "status file: a command runs in the background".to_owned(),
        _ => format!("status file: {status}"),
    };
    let signal = |says| Signal {
        source: Source::File,
        says,
        text: one_line(&words),
    };
    let mut signals = vec![signal(Says::Started)];
    if let Some(id) = text("sessionId") {
        signals.push(signal(Says::NativeId(id.to_owned())));
    }
    match status {
        "busy" | "shell" => {
            signals.push(signal(Says::DialogGone));
            signals.push(signal(Says::Turn(Turn::Working)));
        }
        "idle" => {
            signals.push(signal(Says::DialogGone));
            signals.push(signal(Says::Turn(Turn::Settled)));
        }
        "waiting" => {
            signals.push(signal(Says::DialogOpen));
            signals.push(signal(Says::Turn(Turn::Working)));
        }
        _ => {}
    }
    signals
}
