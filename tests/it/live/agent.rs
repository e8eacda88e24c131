//! An agent of the test's own: a shell script that runs below a real keeper and asks through the
//! real hook.

use crate::support::{Home, PATIENCE, wait_for, wait_until};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// What each script begins with: `say EVENT [FIELDS]` calls the hook, `ask COMMAND` asks for a
/// command and runs it when it was allowed, `await FILE` waits for one. Its files lie in a
/// directory named after its conversation's `$name`.
const PRELUDE: &str = r#"#!/bin/sh
id=$3 hook=$5 name=$6
mkdir -p "$name" && cd "$name" || exit 9
say() {
  printf '{"hook_event_name":"%s","session_id":"%s","cwd":"%s"%s}' "$1" "$id" "$PWD" "$2" |
    sh -c "exec $hook"
}
ask() {
  call=',"tool_name":"Bash","tool_input":{"command":"'$1'"}'
  say PermissionRequest "$call" > answer.new
  mv answer.new answer
  case $(cat answer) in *'"allow"'*)
    sh -c "$1"
    say PostToolUse "$call" ;;
  esac
}
await() { until [ -e "$1" ]; do sleep 0.02; done; }
say SessionStart
"#;

/// A home in which `script`, after the prelude, is the program of the runtime `demo`.
pub fn home(script: &str) -> Home {
    let mut home = Home::new();
    let bin = home.path().join("bin");
    fs::create_dir(&bin).expect("a directory");
    let program = bin.join("pult-demo-agent");
    fs::write(&program, format!("{PRELUDE}{script}")).expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".into());
    home.env("PATH", &format!("{}:{path}", bin.display()));
    home.env("BIN", &Home::binary().display().to_string());
    let place = home.path().display().to_string();
    home.env("PLACE", &place);
    home
}

/// Starts the agent as peer `name`.
#[track_caller]
pub fn start(home: &Home, name: &str) {
    home.ok(&["new", name, "--runtime", "demo", name]);
}

/// The one open ask of a peer that nobody has decided.
#[track_caller]
pub fn asked(home: &Home, name: &str) -> Value {
    wait_for("an ask", PATIENCE, || {
        let inbox = home.json(&["inbox"]);
        let mut rows = inbox.as_array().into_iter().flatten();
        let found = rows.find(|row| row["peer"] == name && row["state"] == "asked");
        found.cloned().ok_or_else(|| {
            let screen = home.ok(&["read", name]);
            format!("{inbox}\n{screen}\n{}", home.daemon_log())
        })
    })
}

/// The id of a row.
#[track_caller]
pub fn id(row: &Value) -> &str {
    row["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id in {row}"))
}

/// Writes a file into an agent's directory.
pub fn put(home: &Home, name: &str, file: &str, text: &str) {
    let dir = home.work().join(name);
    fs::write(dir.join("new"), text).expect("the agent has made its directory");
    fs::rename(dir.join("new"), dir.join(file)).expect("a file");
}

/// Waits for a file that an agent writes; what is in it.
#[track_caller]
pub fn take(home: &Home, name: &str, file: &str) -> String {
    let path = home.work().join(name).join(file);
    wait_until(file, PATIENCE, || path.exists());
    fs::read_to_string(path).expect("a file")
}

/// The log as it is now.
pub fn log(home: &Home) -> Vec<Value> {
    let text = home.ok(&["log", "-n", "10000", "--json"]);
    let lines = text.lines().map(serde_json::from_str);
    lines.map(|line| line.expect("JSON")).collect()
}
