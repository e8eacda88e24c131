//! Gemini `generateContent` and `streamGenerateContent`.

use super::http::Stream;
use super::{Ends, Turn, pieces};
use serde_json::{Value, json};
use std::io;

/// Whether it is a request for content.
pub fn is(path: &str) -> bool {
    path.ends_with(":generateContent") || streams(path)
}

fn streams(path: &str) -> bool {
    path.ends_with(":streamGenerateContent")
}

/// How the conversation ends. A request without tools is a side request (a title, a choice of the
/// model) and gets no turn.
pub fn ends(body: &Value) -> Option<Ends> {
    body["tools"].as_array().filter(|tools| !tools.is_empty())?;
    let last = body["contents"].as_array()?.iter().rev();
    let mut last = last.filter(|content| content["role"] != "model");
    let parts = last.next()?["parts"].as_array()?;
    let results: Vec<String> = parts
        .iter()
        .filter(|part| part["functionResponse"].is_object())
        .map(|part| part["functionResponse"]["response"].to_string())
        .collect();
    Some(if results.is_empty() {
        let texts = parts.iter().filter_map(|part| part["text"].as_str());
        Ends::Prompt(texts.collect::<Vec<_>>().join("\n"))
    } else {
        Ends::ToolResult(results.join("\n"))
    })
}

/// Plays a turn.
pub fn play(stream: &mut Stream, path: &str, body: &Value, turn: &Turn) -> io::Result<()> {
    let (input, output) = turn.usage;
    let answer = |parts: Value, ends: bool| {
        let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": 0});
        if ends {
            candidate["finishReason"] = json!("STOP");
        }
        json!({"candidates": [candidate], "modelVersion": "scripted", "responseId": "scripted",
               "usageMetadata": {"promptTokenCount": input, "candidatesTokenCount": output,
                                 "cachedContentTokenCount": turn.cached,
                                 "totalTokenCount": input + output}})
    };
    // Unique within a conversation: how far it has come, and which call of the turn.
    let depth = body["contents"].as_array().map_or(0, Vec::len);
    let calls = turn.calls.iter().enumerate().map(|(at, (name, input))| {
        let call = json!({"name": name, "args": input, "id": format!("scripted_{depth}_{at}")});
        json!({"functionCall": call, "thoughtSignature": "bW9jaw=="})
    });
    let calls: Vec<Value> = calls.collect();
    if !streams(path) {
        let mut parts = vec![json!({"text": turn.text})];
        parts.extend(calls);
        return stream.json(200, &answer(Value::from(parts), true));
    }
    stream.events()?;
    let pieces = pieces(turn.text);
    for (at, piece) in pieces.iter().enumerate() {
        let last = calls.is_empty() && at + 1 == pieces.len();
        stream.data(&answer(json!([{"text": piece}]), last).to_string())?;
        std::thread::sleep(turn.between);
    }
    stream.last();
    if !calls.is_empty() {
        stream.data(&answer(Value::from(calls), true).to_string())?;
    }
    stream.end()
}
