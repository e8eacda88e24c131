//! A request for a permission as the [`Call`] that the operator decides on.

use crate::core::ask::{AskKind, Call, Risk, Verb};
use crate::runtime::call::digest;
use crate::runtime::risk::risk;
use serde_json::{Value, json};

/// The call of a `permission.asked`; `input` is what the tool was called with, where known.
pub fn call(asked: &Value, input: Option<&Value>, cwd: Option<&str>) -> Call {
    let tool = asked["permission"].as_str().unwrap_or("unknown tool");
    let said = &asked["metadata"];
    let patterns = patterns(asked);
    let text = |names: &[&str]| {
        let inside = [Some(said), input];
        let mut inside = inside.into_iter().flatten();
        inside.find_map(|all| names.iter().find_map(|name| all[*name].as_str()))
    };
    let (verb, object) = match tool {
        "bash" => (Verb::Run, text(&["command"])),
        "edit" | "write" | "patch" => (Verb::Write, text(&["filepath", "filePath", "path"])),
        "read" | "glob" | "grep" | "list" => (Verb::Read, text(&["filePath", "path"])),
        "webfetch" | "websearch" | "codesearch" => (Verb::Fetch, text(&["url", "query"])),
        "task" | "skill" | "external_directory" | "doom_loop" => (Verb::Other, None),
        // All others are tools of MCP servers, named `server_tool`.
        _ if tool.contains('_') => (Verb::Mcp, None),
        _ => (Verb::Other, None),
    };
    let object = object.map(str::to_owned).unwrap_or_else(|| match input {
        Some(input) if verb == Verb::Mcp => format!("{tool} {input}"),
        _ => format!("{tool} {patterns}"),
    });
    // The words with which a command is explained have no effect; all else has.
    let input_counts = input.filter(|_| tool != "bash");
    let effect = json!({"metadata": said, "patterns": asked["patterns"], "input": input_counts});
    Call {
        verb,
        risk: risk(verb, &object),
        object,
        cwd: cwd.map(str::to_owned),
        tool: tool.to_owned(),
        input: json!({"permission": tool, "patterns": asked["patterns"], "metadata": said, "input": input})
            .to_string(),
        reason: input
            .and_then(|input| input["description"].as_str())
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned),
        digest: digest(tool, &effect, cwd),
    }
}

/// The call of a `question.asked`: what is asked, to be answered in the pane.
pub fn question(asked: &Value) -> (AskKind, Call) {
    let all = asked["questions"].as_array();
    let first = all.and_then(|all| all.first());
    let words = first.and_then(|one| one["question"].as_str());
    let more = all.map_or(0, Vec::len).saturating_sub(1);
    let mut object = words.unwrap_or("the agent has a question").to_owned();
    if more > 0 {
        object.push_str(&format!(" (and {more} more)"));
    }
    let call = Call {
        verb: Verb::Answer,
        digest: digest("question", asked, None),
        object,
        cwd: None,
        tool: "question".to_owned(),
        input: asked["questions"].to_string(),
        reason: None,
        risk: Risk::Normal,
    };
    (AskKind::Question, call)
}

fn patterns(asked: &Value) -> String {
    let all = asked["patterns"].as_array();
    let words = all.into_iter().flatten().filter_map(Value::as_str);
    words.collect::<Vec<_>>().join(" ")
}
