//! An MCP server that is given to one launch: attached, listed, called after an approval; and no
//! file of the user's is written.

use super::Stage;
use crate::echo;
use crate::model::{Turn, When};
use crate::support::{PATIENCE, wait_until};
use serde_json::json;
use std::path::PathBuf;

/// The turns that call it, as each of them has it.
pub fn turns(cli: &str) -> Vec<Turn> {
    let input = json!({"text": "ping-42"});
    let says = Turn::says(When::Prompt("call-the-echo"), "I will ask it.");
    let named = "mcp__echoer__echo";
    match cli {
        "codex" => vec![says.calls("mcp__echoer::echo", input)],
        "opencode" => vec![says.calls("echoer_echo", input)],
        "gemini-acp" => vec![says.calls("mcp_echoer_echo", input)],
        "grok" => {
            let call = json!({"tool_name": "echoer__echo", "tool_input": input});
            vec![says.calls("use_tool", call)]
        }
        // It is not told of one before it looks for it.
        "qwen" => {
            let look = says.calls("tool_search", json!({"query": format!("select:{named}")}));
            let found = Turn::says(When::ToolResult(named), "There it is.").once();
            vec![look, found.calls(named, input)]
        }
        _ => vec![says.calls(named, input)],
    }
}

fn heard(stage: &Stage) -> PathBuf {
    stage.home.work().join("heard.txt")
}

/// What the CLI's own settings hold, by path.
fn settings(stage: &Stage) -> Vec<(PathBuf, Option<String>)> {
    let files = [
        ".claude.json",
        ".codex/config.toml",
        ".config/opencode/opencode.json",
        ".qwen/settings.json",
        ".grok/config.toml",
        ".gemini/settings.json",
    ];
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).ok();
        (path, text)
    };
    let home = stage.home.path().join("home");
    files.iter().map(|file| read(home.join(file))).collect()
}

pub fn mcp(stage: &Stage) {
    let me = std::env::current_exe().expect("this program");
    let words = [
        me.to_str().expect("a path"),
        echo::ROLE,
        heard(stage).to_str().expect("a path"),
    ]
    .map(str::to_owned);
    let server = format!("{}={}", echo::NAME, json!(words));
    let given = ["--mcp", &server, "--", "please call-the-echo"];
    let new = [&["new", "w"][..], &stage.cli.chosen(), &given].concat();
    stage.home.json(&new);
    stage.until("the request in the inbox", || !stage.inbox().is_empty());
    let ask = stage.inbox()[0].clone();
    assert_eq!(ask["kind"], "approval", "{ask}");
    let verb = ask["verb"].as_str();
    // Not every CLI marks the names of such tools.
    assert!(matches!(verb, Some("mcp" | "other")), "{ask}");
    assert!(
        !heard(stage).exists(),
        "it was called before it was allowed"
    );
    let id = ask["id"].as_str().expect("an id");
    stage.home.ok(&["approve", id]);
    wait_until("the call", PATIENCE, || heard(stage).exists());
    stage.until("its result to reach the model", || {
        stage.model_was_told("it echoes ping-42")
    });
    stage.closed(id, "effect");
    stage.settled();
    assert_eq!(
        std::fs::read_to_string(heard(stage)).expect("it"),
        "ping-42\n"
    );
    for (path, text) in settings(stage) {
        let named = text.is_some_and(|text| text.contains(echo::NAME));
        assert!(!named, "{} was written", path.display());
    }
    stage.home.ok(&["db", "verify"]);
}
