//! What a session did to files is read back from its conversation.

use super::Stage;
use crate::model::{Turn, When};
use crate::support::{PATIENCE, wait_until};
use serde_json::{Value, json};

/// A call that writes `made.txt`, as each of them has it.
fn call(cli: &str, dir: &str) -> (&'static str, Value) {
    let path = format!("{dir}/made.txt");
    match cli {
        "claude" => ("Write", json!({"file_path": path, "content": "made\n"})),
        "codex" => {
            let patch = "*** Begin Patch\n*** Add File: made.txt\n+made\n*** End Patch\n";
            let input = json!({"cmd": format!("apply_patch <<'EOP'\n{patch}EOP"),
                               "sandbox_permissions": "require_escalated",
                               "justification": "Make the file?"});
            ("exec_command", input)
        }
        "grok" => ("write", json!({"file_path": path, "content": "made\n"})),
        "opencode" => ("write", json!({"filePath": path, "content": "made\n"})),
        _ => (
            "write_file",
            json!({"file_path": path, "content": "made\n"}),
        ),
    }
}

/// The turn that makes it.
pub fn turn(cli: &str, dir: &str) -> Turn {
    let (tool, input) = call(cli, dir);
    Turn::says(When::Prompt("write-the-file"), "I will write it.").calls(tool, input)
}

pub fn changes(stage: &Stage) {
    stage.start("please write-the-file");
    // Codex makes a patch in its own sandbox, unasked.
    stage.until("the request or the file", || {
        !stage.inbox().is_empty() || stage.made().exists()
    });
    if let Some(ask) = stage.inbox().first() {
        stage
            .home
            .ok(&["approve", ask["id"].as_str().expect("an id")]);
    }
    wait_until("the file", PATIENCE, || stage.made().exists());
    stage.settled();
    stage.until("the change", || {
        let view = stage.home.json(&["read", "w", "--changes"]);
        let change = &view["changes"][0];
        let path = change["path"].as_str().unwrap_or_default();
        path.ends_with("made.txt") && change["diff"] == "+made\n"
    });
    let text = stage.home.ok(&["read", "w", "--changes"]);
    assert!(
        text.contains("made.txt") && text.contains("+made"),
        "{text}"
    );
}
