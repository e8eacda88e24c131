//! What a server's answers say.

use super::Api;
use serde_json::Value;

/// Tokens of one turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Those that the model read.
    pub input: u64,
    /// Those that it wrote.
    pub output: u64,
}

/// What a line of a streamed answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// More of the answer.
    Text(String),
    /// It thinks, and shows nothing yet.
    Thinks,
    /// What the turn took.
    Tokens(Tokens),
    /// Nothing more comes of the answer.
    End,
    /// It is not whole: it was cut off, by the limit of this name. [`Heard::End`] follows.
    Cut(String),
    /// The server gave up, in its words.
    Failed(String),
}

/// What a line says, in order; nothing for one that does not concern us.
pub fn read(api: Api, line: &str) -> Vec<Heard> {
    match api {
        Api::Lines => own(line),
        Api::Completions => completions(line),
    }
}

/// The names of the models in an answer to [`super::models_path`].
pub fn models(api: Api, text: &str) -> Vec<String> {
    let list: Value = serde_json::from_str(text).unwrap_or_default();
    let (list, name) = match api {
        Api::Lines => (&list["models"], "name"),
        Api::Completions => (&list["data"], "id"),
    };
    let models = list.as_array().into_iter().flatten();
    models
        .filter_map(|model| model[name].as_str().map(str::to_owned))
        .collect()
}

/// An error that a server tells, in its words.
pub fn error(value: &Value) -> Option<String> {
    match value.get("error")? {
        Value::Null => None,
        Value::String(words) => Some(words.clone()),
        error => Some(
            error["message"]
                .as_str()
                .map_or_else(|| error.to_string(), str::to_owned),
        ),
    }
}

fn own(line: &str) -> Vec<Heard> {
    let Ok(value) = serde_json::from_str::<Value>(line) else {
        return Vec::new();
    };
    if let Some(words) = error(&value) {
        return vec![Heard::Failed(words)];
    }
    let mut heard = said(&value["message"], "thinking");
    if value["done"] == true {
        let count = |name: &str| value[name].as_u64();
        if let (Some(output), input) = (count("eval_count"), count("prompt_eval_count")) {
            // A prompt that was read before is not counted again.
            let input = input.unwrap_or(0);
            heard.push(Heard::Tokens(Tokens { input, output }));
        }
        heard.extend(cut(value["done_reason"].as_str()));
        heard.push(Heard::End);
    }
    heard
}

fn completions(line: &str) -> Vec<Heard> {
    let Some(data) = line.strip_prefix("data:").map(str::trim) else {
        // An error may come in place of the stream.
        let value: Value = serde_json::from_str(line).unwrap_or_default();
        return error(&value).map(Heard::Failed).into_iter().collect();
    };
    if data == "[DONE]" {
        return vec![Heard::End];
    }
    let value: Value = serde_json::from_str(data).unwrap_or_default();
    if let Some(words) = error(&value) {
        return vec![Heard::Failed(words)];
    }
    let choice = &value["choices"][0];
    let mut heard = said(&choice["delta"], "reasoning_content");
    heard.extend(cut(choice["finish_reason"].as_str()));
    let count = |name: &str| value["usage"][name].as_u64();
    if let (Some(input), Some(output)) = (count("prompt_tokens"), count("completion_tokens")) {
        heard.push(Heard::Tokens(Tokens { input, output }));
    }
    heard
}

fn said(message: &Value, thinking: &str) -> Vec<Heard> {
    let text = |name: &str| message[name].as_str().filter(|text| !text.is_empty());
    let thinks = text(thinking).map(|_| Heard::Thinks);
    let says = text("content").map(|text| Heard::Text(text.to_owned()));
    thinks.into_iter().chain(says).collect()
}

/// What the reason for the end of an answer says of its being whole; both dialects have the word.
fn cut(reason: Option<&str>) -> Option<Heard> {
    let limit = reason.filter(|reason| *reason == "length")?;
    Some(Heard::Cut(limit.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_of_lines_is_read() {
        let all = |lines: &[&str]| -> Vec<Heard> {
            lines
                .iter()
                .flat_map(|line| read(Api::Lines, line))
                .collect()
        };
        let text = |text: &str| Heard::Text(text.to_owned());
        assert_eq!(
            all(&[
                r#"{"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}"#,
                r#"{"model":"m","message":{"role":"assistant","content":"Hel"},"done":false}"#,
                "noise",
                r#"{"message":{"content":"lo"},"done":true,"done_reason":"stop","prompt_eval_count":26,"eval_count":7}"#,
            ]),
            [
                Heard::Thinks,
                text("Hel"),
                text("lo"),
                Heard::Tokens(Tokens {
                    input: 26,
                    output: 7
                }),
                Heard::End
            ]
        );
        assert_eq!(
            all(&[r#"{"error":"model 'x' not found"}"#]),
            [Heard::Failed("model 'x' not found".to_owned())]
        );
        assert_eq!(
            all(&[r#"{"done":true,"done_reason":"length"}"#]),
            [Heard::Cut("length".to_owned()), Heard::End]
        );
    }

    #[test]
    fn a_stream_of_events_is_read() {
        let all = |lines: &[&str]| -> Vec<Heard> {
            lines
                .iter()
                .flat_map(|line| read(Api::Completions, line))
                .collect()
        };
        assert_eq!(
            all(&[
                r#"data: {"choices":[{"delta":{"role":"assistant"},"index":0}]}"#,
                "",
                ": keep",
                r#"data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}"#,
                r#"data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
                "data: [DONE]",
            ]),
            [
                Heard::Text("Hi".to_owned()),
                Heard::Tokens(Tokens {
                    input: 3,
                    output: 1
                }),
                Heard::End
            ]
        );
        let failed = Heard::Failed("no room".to_owned());
        assert_eq!(
            all(&[r#"data: {"error":{"message":"no room"}}"#]),
            std::slice::from_ref(&failed)
        );
        assert_eq!(all(&[r#"{"error":{"message":"no room"}}"#]), [failed]);
    }

    #[test]
    fn models_are_listed() {
        let tags = r#"{"models":[{"name":"a:latest","size":1},{"name":"b"},{}]}"#;
        assert_eq!(models(Api::Lines, tags), ["a:latest", "b"]);
        assert_eq!(models(Api::Completions, r#"{"data":[{"id":"c"}]}"#), ["c"]);
        assert_eq!(models(Api::Lines, "<html>"), Vec::<String>::new());
    }
}
