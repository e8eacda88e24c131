//! OpenAI Responses.

use super::http::Stream;
use super::{Ends, Turn, pieces};
use serde_json::{Value, json};
use std::io;

/// How the conversation ends.
pub fn ends(body: &Value) -> Option<Ends> {
    let items = body["input"].as_array()?;
    let words = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part["text"].as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    };
    items.iter().rev().find_map(
        |item| match (item["type"].as_str(), item["role"].as_str()) {
            (Some("function_call_output" | "custom_tool_call_output"), _) => {
                Some(Ends::ToolResult(words(&item["output"])))
            }
            (Some("message") | None, Some("user")) => Some(Ends::Prompt(words(&item["content"]))),
            _ => None,
        },
    )
}

/// Plays a turn.
pub fn play(stream: &mut Stream, body: &Value, turn: &Turn) -> io::Result<()> {
    let (input, output) = turn.usage;
    let mut response = json!({
        "id": "resp_scripted", "object": "response", "created_at": 0, "model": body["model"],
        "status": "in_progress", "output": [], "usage": null, "error": null,
        "incomplete_details": null, "parallel_tool_calls": true, "tool_choice": "auto",
        "tools": [], "metadata": {},
    });
    let mut number = 0;
    let mut event = |stream: &mut Stream, mut data: Value| {
        data["sequence_number"] = json!(number);
        number += 1;
        stream.event(&data)
    };
    stream.events()?;
    event(
        stream,
        json!({"type": "response.created", "response": response}),
    )?;
    let part = json!({"type": "output_text", "text": turn.text, "annotations": []});
    let message = json!({"id": "msg_scripted", "type": "message", "role": "assistant",
                         "status": "completed", "content": [part]});
    let mut begun = message.clone();
    begun["status"] = json!("in_progress");
    begun["content"] = json!([]);
    event(
        stream,
        json!({"type": "response.output_item.added", "output_index": 0, "item": begun}),
    )?;
    for piece in pieces(turn.text) {
        event(
            stream,
            json!({"type": "response.output_text.delta", "item_id": "msg_scripted",
                             "output_index": 0, "content_index": 0, "delta": piece}),
        )?;
        std::thread::sleep(turn.between);
    }
    stream.last();
    event(
        stream,
        json!({"type": "response.output_item.done", "output_index": 0, "item": message}),
    )?;
    let mut items = vec![message];
    for (at, (name, arguments)) in turn.calls.iter().enumerate() {
        // Unique within a conversation: how far it has come, and which call of the turn.
        let depth = body["input"].as_array().map_or(0, Vec::len);
        let id = format!("scripted_{depth}_{at}");
        let mut item = json!({"id": format!("fc_{id}"), "type": "function_call", "status": "completed",
                          "call_id": format!("call_{id}"), "name": name,
                          "arguments": arguments.to_string()});
        // Tools of an MCP server stand in a namespace.
        if let Some((space, name)) = name.split_once("::") {
            item["namespace"] = json!(space);
            item["name"] = json!(name);
        }
        let index = items.len();
        event(
            stream,
            json!({"type": "response.output_item.added", "output_index": index, "item": item}),
        )?;
        event(
            stream,
            json!({"type": "response.output_item.done", "output_index": index, "item": item}),
        )?;
        items.push(item);
    }
    response["status"] = json!("completed");
    response["output"] = Value::from(items);
    response["usage"] = json!({"input_tokens": input, "input_tokens_details": {"cached_tokens": turn.cached},
        "output_tokens": output, "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": input + output});
    event(
        stream,
        json!({"type": "response.completed", "response": response}),
    )?;
    stream.end()
}
