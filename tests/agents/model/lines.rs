//! Ollama's own API: a JSON object a line.

use super::http::Stream;
use super::{Ends, Turn, pieces};
use serde_json::{Value, json};
use std::io;

/// The one model that is there.
const MODEL: &str = "scripted:latest";

/// How the conversation ends.
pub fn ends(body: &Value) -> Option<Ends> {
    let last = body["messages"].as_array()?.last()?;
    let text = last["content"].as_str()?.to_owned();
    (last["role"] == "user").then_some(Ends::Prompt(text))
}

/// What there is.
pub fn models(stream: &mut Stream) -> io::Result<()> {
    stream.json(200, &json!({"models": [{"name": MODEL, "model": MODEL}]}))
}

/// Plays a turn.
pub fn play(stream: &mut Stream, body: &Value, turn: &Turn) -> io::Result<()> {
    if body["model"] != MODEL {
        return stream.json(404, &json!({"error": "model not found"}));
    }
    let (input, output) = turn.usage;
    let message = |text: &str| json!({"role": "assistant", "content": text});
    stream.events()?;
    for piece in pieces(turn.text) {
        stream.line_of(&json!({"model": MODEL, "message": message(&piece), "done": false}))?;
        std::thread::sleep(turn.between);
    }
    stream.last();
    stream.line_of(&json!({
        "model": MODEL, "message": message(""), "done": true, "done_reason": "stop",
        "prompt_eval_count": input, "eval_count": output,
    }))?;
    stream.end()
}
