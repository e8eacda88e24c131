//! The plan of a start, from the words of the file.

use super::{HookFile, Row};
use crate::runtime::{Fails, LaunchInput, Plan, hooks, mcp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What may stand in braces in `[launch]` and `[env]`.
pub const PLACES: [&str; 7] = ["prompt", "model", "session", "hooks", "mcp", "dir", "cwd"];

/// The file of MCP servers, below the attempt's directory.
const MCP: &str = "mcp-servers.json";

/// Hook events of which each start wants to hear. Only the first waits for somebody.
const EVENTS: [&str; 9] = [
    "PermissionRequest",
    "SessionStart",
    "UserPromptSubmit",
    "PostToolUse",
    "PostToolUseFailure",
    "Notification",
    "Stop",
    "StopFailure",
    "SessionEnd",
];

/// Seconds that a plain event may hold up its agent.
const EVENT_S: u32 = 10;

impl Row {
    /// Whether a new conversation's id is ours to choose.
    pub(super) fn names_conversation(&self) -> bool {
        self.new.iter().any(|word| word.contains("{session}"))
    }
}

/// The plan.
pub fn plan(row: &Row, input: &LaunchInput) -> Plan {
    let resume = input.resume.as_ref().filter(|_| !row.resume.is_empty());
    let session = match resume {
        Some(id) => Some(id.clone()),
        None => row.names_conversation().then(|| input.fresh_id.clone()),
    };
    let hook_path = row
        .hooks
        .as_ref()
        .map(|hooks| format!("{}/{}", input.dir, hooks.file));
    let values = |place: &str| match place {
        "prompt" => input.prompt.clone(),
        "model" => input.model.clone(),
        "session" => session.clone(),
        "hooks" => hook_path.clone(),
        "mcp" => (!input.mcp.is_empty()).then(|| format!("{}/{MCP}", input.dir)),
        "dir" => Some(input.dir.clone()),
        "cwd" => Some(input.cwd.clone()),
        _ => None,
    };
    let begin = if resume.is_some() {
        &row.resume
    } else {
        &row.new
    };
    let mut argv = vec![input.program.clone()];
    for part in [&row.args, &row.model, begin, &row.mcp, &row.prompt] {
        let filled: Option<Vec<String>> = part.iter().map(|word| fill(word, &values)).collect();
        argv.extend(filled.unwrap_or_default());
    }
    let env = row.env.iter();
    let env = env.filter_map(|(name, value)| Some((name.clone(), fill(value, &values)?)));
    let mut limits = Vec::new();
    match row.hooks.as_ref().map(|hooks| hooks.fails) {
        None => limits.push(format!(
            "{} asks in its pane only; answer it there",
            row.name
        )),
        Some(Fails::Open) => limits.push(format!(
            "a tool of {} may run when its hook is killed",
            row.name
        )),
        Some(Fails::Closed) => {}
    }
    if let Some(seconds) = row.hooks.as_ref().and_then(|hooks| hooks.waits) {
        limits.push(format!(
            "a request that {} waited {seconds}s for is answered in its pane",
            row.name
        ));
    }
    Plan {
        argv,
        env: env.collect(),
        files: row
            .hooks
            .iter()
            .map(|hooks| (hooks.file.clone(), settings(hooks, &input.hook_command)))
            .chain((!input.mcp.is_empty()).then(|| (MCP.to_owned(), mcp::file(&input.mcp))))
            .collect(),
        native_id: session,
        limits,
        ..Plan::default()
    }
}

/// The places in a word, as they are named; `None` for a brace that is not closed.
pub fn places(word: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = word;
    while let Some((_, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}')?;
        found.push(place);
        rest = after;
    }
    Some(found)
}

/// A word with its places filled; `None` when one of them has no value. What is filled in is not
/// looked at again.
pub(super) fn fill(word: &str, values: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&values(place)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn settings(file: &HookFile, command: &str) -> String {
    let unit = if file.ms { 1_000 } else { 1 };
    let command = format!("{command} {}", super::HOOK_WORD);
    let hook = |event: &str| {
        let asks = event == EVENTS[0];
        let timeout = if asks { hooks::PATIENCE_S } else { EVENT_S } * unit;
        let command = match file.waits.filter(|_| asks) {
            Some(seconds) => format!("{command} {seconds}"),
            None => command.clone(),
        };
        json!([{"hooks": [{"type": "command", "command": command, "timeout": timeout}]}])
    };
    let events: BTreeMap<&str, Value> = EVENTS.iter().map(|event| (*event, hook(event))).collect();
    json!({ "hooks": events }).to_string()
}
