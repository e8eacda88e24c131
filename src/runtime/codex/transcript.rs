//! Codex's transcripts: `sessions/YYYY/MM/DD/rollout-<time>-<id>.jsonl`, append-only, a line
//! `{"timestamp", "type", "payload"}` each. Token counts are those of the whole conversation.

use crate::core::limit::Ends;
use crate::runtime::limit;
use crate::runtime::transcript::{
    About, Entry, Limited, Place, Quota, Said, TokenKey, Tokens, Transcripts, Who, own_directory,
    texts,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// See the module.
pub struct CodexTranscripts;

impl Transcripts for CodexTranscripts {
    fn home_variables(&self) -> &'static [&'static str] {
        &["CODEX_HOME"]
    }

    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        let home = own_directory(env, "CODEX_HOME", ".codex")?;
        Some(Place {
            root: format!("{home}/sessions"),
            depth: 3,
            prefix: "rollout-",
            suffix: ".jsonl",
        })
    }

    fn line(&self, line: &Value) -> Said {
        let payload = line.get("payload").unwrap_or(&Value::Null);
        let text = |name: &str| payload.get(name).and_then(Value::as_str);
        let owned = |name: &str| text(name).map(str::to_owned);
        let at = line.get("timestamp").and_then(Value::as_str);
        match line.get("type").and_then(Value::as_str).unwrap_or("") {
            "session_meta" => Said {
                about: About {
                    native_id: owned("id"),
                    cwd: owned("cwd"),
                    branch: payload
                        .pointer("/git/branch")
                        .and_then(Value::as_str)
                        .map(str::to_owned),
                    model: None,
                },
                ..Said::default()
            },
            "turn_context" => Said {
                about: About {
                    cwd: owned("cwd"),
                    model: owned("model"),
                    ..About::default()
                },
                ..Said::default()
            },
            "response_item" => Said {
                entries: item(payload, at).into_iter().collect(),
                ..Said::default()
            },
            "event_msg" if text("type") == Some("token_count") => Said {
                tokens: payload
                    .pointer("/info/total_token_usage")
                    .map(|usage| (TokenKey::Total, tokens(usage))),
                context: payload
                    .pointer("/info/last_token_usage/total_tokens")
                    .and_then(Value::as_u64)
                    .map(|used| (used, window(payload))),
                quota: quota(&payload["rate_limits"]),
                ..Said::default()
            },
            "event_msg" if text("type") == Some("task_complete") => Said {
                limit: limited(&payload["error"], at),
                ..Said::default()
            },
            _ => Said::default(),
        }
    }
}

/// The fullest window of `rate_limits`: `used_percent`, and `resets_at` in s.
fn quota(limits: &Value) -> Option<Quota> {
    let windows = ["primary", "secondary"].into_iter().filter_map(|name| {
        let window = limits.get(name)?;
        Some(Quota {
            used: window.get("used_percent")?.as_f64()?,
            resets: window
                .get("resets_at")
                .and_then(Value::as_i64)
                .map(|seconds| seconds.saturating_mul(1_000)),
        })
    });
    windows.max_by(|a, b| a.used.total_cmp(&b.used))
}

/// What ended a turn, when it was a limit: `codex_error_info` is `usage_limit_exceeded` then, and
/// `message` what stands in the pane (0.169.0, when the server answers 429 with an error of type
/// `usage_limit_reached`). When it ends to the second is in the `rate_limits` before it.
fn limited(error: &Value, at: Option<&str>) -> Option<Limited> {
    let message = error.get("message").and_then(Value::as_str)?;
    let named =
        error.get("codex_error_info").and_then(Value::as_str) == Some("usage_limit_exceeded");
    let ends = limit::words(message).or(named.then_some(Ends::Unknown))?;
    Some(Limited {
        ends,
        words: message.to_owned(),
        at: at.map(str::to_owned),
    })
}

fn item(item: &Value, at: Option<&str>) -> Option<Entry> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let content = || texts(item.get("content").unwrap_or(&Value::Null));
    match text("type")? {
        "message" => match text("role")? {
            "assistant" => Entry::new(Who::Agent, &content(), at),
            "user" if typed(item) => Entry::new(Who::Operator, &content(), at),
            _ => None,
        },
        "function_call" => {
            let input = text("arguments").and_then(|json| serde_json::from_str(json).ok());
            Some(Entry::tool(
                text("name")?,
                &input.unwrap_or(Value::Null),
                at,
            ))
        }
        "custom_tool_call" => {
            let input = serde_json::json!({"input": text("input")});
            Some(Entry::tool(text("name")?, &input, at))
        }
        "function_call_output" | "custom_tool_call_output" => {
            let output = item.get("output").unwrap_or(&Value::Null);
            let output = match output.get("content") {
                Some(content) => texts(content),
                None => texts(output),
            };
            Entry::new(Who::Result, &output, at)
        }
        _ => None,
    }
}

/// Whether a message of the user's role was typed: it is not one of those that the CLI puts before
/// a turn (environment, instructions of the project).
fn typed(item: &Value) -> bool {
    let kinds = item.pointer("/internal_chat_message_metadata_passthrough/content_item_kinds");
    match kinds.and_then(Value::as_array) {
        Some(kinds) => kinds.iter().any(|kind| kind.as_str() == Some("user.text")),
        None => {
            let text = texts(item.get("content").unwrap_or(&Value::Null));
            !text.starts_with("<environment_context>") && !text.starts_with("# AGENTS.md")
        }
    }
}

fn window(payload: &Value) -> Option<u64> {
    payload.pointer("/info/model_context_window")?.as_u64()
}

fn tokens(usage: &Value) -> Tokens {
    let count = |name: &str| usage.get(name).and_then(Value::as_u64).unwrap_or(0);
    let cached = count("cached_input_tokens");
    Tokens {
        input: count("input_tokens").saturating_sub(cached),
        cached,
        stored: count("cache_write_input_tokens"),
        output: count("output_tokens"),
    }
}
