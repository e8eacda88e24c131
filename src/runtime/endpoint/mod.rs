//! Model servers on this machine: where one is, what is asked of it, and what its answers say.
//! Two dialects: Ollama's own and OpenAI's Chat Completions, which many others speak.

mod host;
mod reply;
mod words;

pub use host::Host;
pub use reply::{Heard, Tokens, models, read};
pub use words::{NOBODY, absent, no_models, refused, silent};

use serde_json::{Value, json};

pub use super::ollama::TITLE;

/// The variable that says where the server is.
pub const HOST_VARIABLE: &str = "OLLAMA_HOST";

/// How a server is spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Ollama's own, `/api/chat`: a JSON object a line.
    Lines,
    /// `/v1/chat/completions`: server-sent events.
    Completions,
}

/// Whose words a message of the conversation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Instructions that stand before everything.
    System,
    /// The operator's.
    User,
    /// The model's.
    Assistant,
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whose.
    pub role: Role,
    /// Its text.
    pub text: String,
}

impl Role {
    /// As both dialects spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// The path of the list of models.
pub fn models_path(host: &Host) -> String {
    match host.api {
        Api::Lines => format!("{}/api/tags", host.prefix),
        Api::Completions => format!("{}/models", host.prefix),
    }
}

/// The path and the body of the next turn, streamed; with a schema the answer is JSON that fits it.
pub fn turn(
    host: &Host,
    model: &str,
    messages: &[Message],
    schema: Option<&Value>,
) -> (String, Value) {
    let message = |m: &Message| json!({"role": m.role.word(), "content": m.text});
    let messages: Vec<Value> = messages.iter().map(message).collect();
    let mut body = json!({"model": model, "messages": messages, "stream": true});
    match host.api {
        Api::Lines => {
            if let Some(schema) = schema {
                body["format"] = schema.clone();
            }
            (format!("{}/api/chat", host.prefix), body)
        }
        Api::Completions => {
            body["stream_options"] = json!({"include_usage": true});
            if let Some(schema) = schema {
                let named = json!({"name": "answer", "schema": schema, "strict": true});
                body["response_format"] = json!({"type": "json_schema", "json_schema": named});
            }
            (format!("{}/chat/completions", host.prefix), body)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_asked_for_in_each_dialect() {
        let schema = json!({"type": "object"});
        let said = [Message {
            role: Role::User,
            text: "hi".to_owned(),
        }];
        let own = Host::parse("127.0.0.1:1").unwrap();
        let (path, body) = turn(&own, "m", &said, Some(&schema));
        assert_eq!(path, "/api/chat");
        assert_eq!(body["format"], schema);
        assert_eq!(body["messages"], json!([{"role": "user", "content": "hi"}]));
        let other = Host::parse("http://localhost:1/v1/").unwrap();
        let (path, body) = turn(&other, "m", &said, Some(&schema));
        assert_eq!(path, "/v1/chat/completions");
        assert_eq!(body["response_format"]["json_schema"]["schema"], schema);
        assert_eq!(
            turn(&other, "m", &said, None).1.get("response_format"),
            None
        );
    }
}
