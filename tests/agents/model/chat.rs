//! OpenAI Chat Completions.

use super::http::Stream;
use super::{Ends, Turn, pieces};
use serde_json::{Value, json};
use std::io;

/// How the conversation ends. A request without tools is a side request (a title, a summary) and
/// gets no turn.
pub fn ends(body: &Value) -> Option<Ends> {
    body["tools"].as_array().filter(|tools| !tools.is_empty())?;
    let last = body["messages"].as_array()?.iter().rev();
    let mut last = last.filter(|message| message["role"] != "system");
    let last = last.next()?;
    let text = match &last["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part["text"].as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    };
    match last["role"].as_str() {
        Some("user") => Some(Ends::Prompt(text)),
        Some("tool") => Some(Ends::ToolResult(text)),
        _ => None,
    }
}

/// Plays a turn.
pub fn play(stream: &mut Stream, body: &Value, turn: &Turn) -> io::Result<()> {
    let (input, output) = turn.usage;
    let usage = json!({"prompt_tokens": input, "completion_tokens": output,
                       "total_tokens": input + output,
                       "prompt_tokens_details": {"cached_tokens": turn.cached}});
    // Unique within a conversation: how far it has come, and which call of the turn.
    let depth = body["messages"].as_array().map_or(0, Vec::len);
    let calls = turn.calls.iter().enumerate().map(|(at, (name, input))| {
        let function = json!({"name": name, "arguments": input.to_string()});
        json!({"index": at, "id": format!("call_scripted_{depth}_{at}"), "type": "function",
               "function": function})
    });
    let calls: Vec<Value> = calls.collect();
    let ends = if calls.is_empty() {
        "stop"
    } else {
        "tool_calls"
    };
    let answer = |kind: &str, choices: Value, usage: &Value| {
        json!({"id": "chatcmpl-scripted", "object": kind, "created": 0, "model": body["model"],
               "choices": choices, "usage": usage})
    };
    if body["stream"] != true {
        let mut message = json!({"role": "assistant", "content": turn.text});
        if !calls.is_empty() {
            message["tool_calls"] = Value::from(calls);
        }
        let choices = json!([{"index": 0, "message": message, "finish_reason": ends}]);
        return stream.json(200, &answer("chat.completion", choices, &usage));
    }
    stream.events()?;
    let chunk = |delta: Value, ends: Value| {
        let choices = json!([{"index": 0, "delta": delta, "finish_reason": ends}]);
        answer("chat.completion.chunk", choices, &Value::Null).to_string()
    };
    stream.data(&chunk(
        json!({"role": "assistant", "content": ""}),
        Value::Null,
    ))?;
    for piece in pieces(turn.text) {
        stream.data(&chunk(json!({"content": piece}), Value::Null))?;
        std::thread::sleep(turn.between);
    }
    stream.last();
    for call in calls {
        stream.data(&chunk(json!({"tool_calls": [call]}), Value::Null))?;
    }
    stream.data(&chunk(json!({}), json!(ends)))?;
    stream.data(&answer("chat.completion.chunk", json!([]), &usage).to_string())?;
    stream.data("[DONE]")?;
    stream.end()
}
