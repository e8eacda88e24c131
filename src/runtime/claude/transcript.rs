//! Claude Code's transcripts: `projects/<directory>/<id>.jsonl`, append-only, a JSON object a line.
//! A message of the model is split into a line per part, each with the same `message.id` and the
//! same usage; most lines are none of the conversation.

use crate::core::limit::Ends;
use crate::runtime::limit;
use crate::runtime::transcript::{
    About, Entry, Limited, Live, Place, Said, TokenKey, Tokens, Transcripts, Who, texts,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Words of the CLI itself that stand where a prompt stands.
const NOT_TYPED: [&str; 4] = [
    "<command-",
    "<local-command-",
    "<task-notification>",
    "<system-reminder>",
];

/// See the module.
pub struct ClaudeTranscripts;

impl Transcripts for ClaudeTranscripts {
    fn home_variables(&self) -> &'static [&'static str] {
        &["CLAUDE_CONFIG_DIR"]
    }

    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        Some(Place {
            root: format!("{}/projects", super::status::home(env)?),
            depth: 1,
            prefix: "",
            suffix: ".jsonl",
        })
    }

    fn live(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        Some(Place {
            root: format!("{}/sessions", super::status::home(env)?),
            depth: 0,
            prefix: "",
            suffix: ".json",
        })
    }

    fn live_id(&self, contents: &str) -> Option<Live> {
        let file: Value = serde_json::from_str(contents).ok()?;
        Some(Live {
            native_id: file.get("sessionId")?.as_str()?.to_owned(),
            pid: u32::try_from(file.get("pid")?.as_u64()?).ok()?,
            cwd: file.get("cwd").and_then(Value::as_str).map(str::to_owned),
        })
    }

    fn line(&self, line: &Value) -> Said {
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        let side = line.get("isSidechain").and_then(Value::as_bool) == Some(true);
        let kind = text("type").unwrap_or("");
        if kind == "cost-state" {
            return Said {
                cost: line.get("totalCostUSD").and_then(Value::as_f64),
                ..Said::default()
            };
        }
        if side || !matches!(kind, "user" | "assistant") {
            return Said::default();
        }
        let message = line.get("message").unwrap_or(&Value::Null);
        let content = message.get("content").unwrap_or(&Value::Null);
        let at = text("timestamp");
        let model = message.get("model").and_then(Value::as_str);
        let mut said = Said {
            about: About {
                native_id: text("sessionId").map(str::to_owned),
                cwd: text("cwd").map(str::to_owned),
                model: model
                    .filter(|name| *name != "<synthetic>")
                    .map(str::to_owned),
                branch: text("gitBranch")
                    .filter(|name| *name != "HEAD")
                    .map(str::to_owned),
            },
            ..Said::default()
        };
        if kind == "user" {
            if line.get("isMeta").and_then(Value::as_bool) != Some(true) {
                said.entries = operator(content, at);
            }
        } else {
            said.entries = agent(content, at);
            said.limit = limited(line, &said.entries, at);
            let id = message.get("id").and_then(Value::as_str);
            if let Some((id, usage)) = id.zip(message.get("usage")) {
                let tokens = tokens(usage);
                said.context = Some((tokens.all(), None));
                said.tokens = Some((TokenKey::Request(id.to_owned()), tokens));
            }
        }
        said
    }
}

/// An answer of the CLI's own to HTTP 429: `quotaLimits.resetsAt` has the end in s, where the
/// server told it (2.1.329); without it the words may.
fn limited(line: &Value, entries: &[Entry], at: Option<&str>) -> Option<Limited> {
    let of_limit = |name: &str| line.get(name).and_then(Value::as_str) == Some("rate_limit");
    if line.get("isApiErrorMessage").and_then(Value::as_bool) != Some(true) || !of_limit("error") {
        return None;
    }
    let words = entries.first().map_or("", |entry| &entry.text);
    let ends = match line
        .pointer("/quotaLimits/resetsAt")
        .and_then(Value::as_i64)
    {
        Some(seconds) => Ends::At(seconds.saturating_mul(1_000)),
        None => limit::words(words).unwrap_or(Ends::Unknown),
    };
    Some(Limited {
        ends,
        words: words.to_owned(),
        at: at.map(str::to_owned),
    })
}

fn operator(content: &Value, at: Option<&str>) -> Vec<Entry> {
    let part = |part: &Value| match part.get("type").and_then(Value::as_str) {
        Some("tool_result") => {
            let result = texts(part.get("content").unwrap_or(&Value::Null));
            Entry::new(Who::Result, &result, at)
        }
        Some("text") => typed(&texts(&Value::Array(vec![part.clone()])), at),
        _ => None,
    };
    match content {
        Value::Array(parts) => parts.iter().filter_map(part).collect(),
        content => typed(&texts(content), at).into_iter().collect(),
    }
}

fn typed(text: &str, at: Option<&str>) -> Option<Entry> {
    let own = NOT_TYPED
        .iter()
        .any(|mark| text.trim_start().starts_with(mark));
    Entry::new(Who::Operator, text, at).filter(|_| !own)
}

fn agent(content: &Value, at: Option<&str>) -> Vec<Entry> {
    let part = |part: &Value| match part.get("type").and_then(Value::as_str) {
        Some("text") => Entry::new(Who::Agent, part.get("text")?.as_str()?, at),
        Some("tool_use") => {
            let name = part.get("name")?.as_str()?;
            Some(Entry::tool(
                name,
                part.get("input").unwrap_or(&Value::Null),
                at,
            ))
        }
        _ => None,
    };
    match content {
        Value::Array(parts) => parts.iter().filter_map(part).collect(),
        content => Entry::new(Who::Agent, &texts(content), at)
            .into_iter()
            .collect(),
    }
}

fn tokens(usage: &Value) -> Tokens {
    let count = |name: &str| usage.get(name).and_then(Value::as_u64).unwrap_or(0);
    Tokens {
        input: count("input_tokens"),
        cached: count("cache_read_input_tokens"),
        stored: count("cache_creation_input_tokens"),
        output: count("output_tokens"),
    }
}
