//! Anthropic Messages.

use super::http::Stream;
use super::{Ends, Turn, pieces};
use serde_json::{Value, json};
use std::io;

/// How the conversation ends. A request without tools is a side request (a title, a summary) and
/// gets no turn.
pub fn ends(body: &Value) -> Option<Ends> {
    body["tools"].as_array().filter(|tools| !tools.is_empty())?;
    // Messages of the role `system` may follow the prompt.
    let mut messages = body["messages"].as_array()?.iter().rev();
    let last = messages.find(|message| message["role"] == "user")?;
    let text = |content: &Value| match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().filter_map(|block| block["text"].as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    };
    let blocks = last["content"].as_array();
    let results: Vec<String> = blocks
        .into_iter()
        .flatten()
        .filter(|block| block["type"] == "tool_result")
        .map(|block| text(&block["content"]))
        .collect();
    Some(if results.is_empty() {
        Ends::Prompt(text(&last["content"]))
    } else {
        Ends::ToolResult(results.join("\n"))
    })
}

/// How far a conversation has come: makes ids unique within it.
fn depth(body: &Value) -> usize {
    body["messages"].as_array().map_or(0, Vec::len)
}

/// Plays a turn.
pub fn play(stream: &mut Stream, body: &Value, turn: &Turn) -> io::Result<()> {
    let (input, output) = turn.usage;
    let usage = |output: u64| {
        json!({"input_tokens": input - turn.cached, "output_tokens": output,
               "cache_creation_input_tokens": 0, "cache_read_input_tokens": turn.cached})
    };
    let stop = if turn.calls.is_empty() {
        "end_turn"
    } else {
        "tool_use"
    };
    let mut blocks = vec![json!({"type": "text", "text": turn.text})];
    for (at, (name, input)) in turn.calls.iter().enumerate() {
        let id = format!("toolu_scripted_{}_{at}", depth(body));
        blocks.push(json!({"type": "tool_use", "id": id, "name": name, "input": input}));
    }
    let message = |content: Value, stop: Value, output: u64| {
        json!({"id": format!("msg_scripted_{}", depth(body)), "type": "message", "role": "assistant", "model": body["model"],
               "content": content, "stop_reason": stop, "stop_sequence": null, "usage": usage(output)})
    };
    if body["stream"] != true {
        return stream.json(200, &message(Value::from(blocks), json!(stop), output));
    }
    stream.events()?;
    stream
        .event(&json!({"type": "message_start", "message": message(json!([]), Value::Null, 1)}))?;
    for (index, block) in blocks.iter().enumerate() {
        let mut empty = block.clone();
        let deltas: Vec<Value> = if block["type"] == "text" {
            empty["text"] = json!("");
            let delta = |text: String| json!({"type": "text_delta", "text": text});
            pieces(turn.text).into_iter().map(delta).collect()
        } else {
            empty["input"] = json!({});
            vec![json!({"type": "input_json_delta", "partial_json": block["input"].to_string()})]
        };
        stream.event(
            &json!({"type": "content_block_start", "index": index, "content_block": empty}),
        )?;
        for delta in deltas {
            stream
                .event(&json!({"type": "content_block_delta", "index": index, "delta": delta}))?;
            std::thread::sleep(turn.between);
        }
        stream.event(&json!({"type": "content_block_stop", "index": index}))?;
    }
    stream.last();
    let delta = json!({"stop_reason": stop, "stop_sequence": null});
    stream.event(&json!({"type": "message_delta", "delta": delta, "usage": usage(output)}))?;
    stream.event(&json!({"type": "message_stop"}))?;
    stream.end()
}
