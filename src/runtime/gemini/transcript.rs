//! Gemini CLI's conversations: `tmp/<project>/chats/session-*.jsonl`, a header and then a message a
//! line, with patches between them of which one may replace all messages so far.

use crate::runtime::transcript::{
    About, Entry, Place, Said, TokenKey, Tokens, Transcripts, Who, texts,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// See the module.
pub struct Chats;

/// Where they lie.
pub fn place(env: &BTreeMap<String, String>) -> Option<Place> {
    Some(Place {
        root: format!("{}/tmp", super::own_directory(env)?),
        depth: 2,
        prefix: "session-",
        suffix: ".jsonl",
    })
}

/// What stands in a conversation that was made from a file.
pub fn imported(path: &str) -> String {
    format!("Imported session from {path}")
}

impl Transcripts for Chats {
    fn home_variables(&self) -> &'static [&'static str] {
        &["GEMINI_CLI_HOME"]
    }

    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        place(env)
    }

    fn is_of(&self, stem: &str, native_id: &str) -> bool {
        let short = native_id.get(..8).unwrap_or(native_id);
        stem.ends_with(short)
    }

    fn began(&self, dir: &str) -> Option<(String, String)> {
        let copy = format!("{dir}/{}", super::COPY);
        let words = imported(&copy);
        Some((copy, words))
    }

    fn line(&self, line: &Value) -> Said {
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        let content = line.get("content").unwrap_or(&Value::Null);
        let mut said = Said {
            about: About {
                native_id: text("sessionId").map(str::to_owned),
                model: text("model").map(str::to_owned),
                ..About::default()
            },
            began: text("startTime").map(str::to_owned),
            ..Said::default()
        };
        // The first message of all, which the CLI writes itself, names the directory.
        let first = line.pointer("/$set/messages/0/content").unwrap_or(content);
        said.about.cwd = directory(&texts(first));
        let who = match text("type") {
            Some("user") => Who::Operator,
            Some("gemini") => Who::Agent,
            _ => return said,
        };
        let words = texts(content);
        // The context that the CLI itself gives is no prompt.
        if !words.starts_with("<session_context>") {
            said.entries
                .extend(Entry::new(who, &words, text("timestamp")));
        }
        for call in line["toolCalls"].as_array().into_iter().flatten() {
            let name = call["name"].as_str().unwrap_or("tool");
            said.entries
                .push(Entry::tool(name, &call["args"], text("timestamp")));
        }
        if let (Some(tokens), Some(id)) = (line.get("tokens"), text("id")) {
            let count = |name: &str| tokens.get(name).and_then(Value::as_u64).unwrap_or(0);
            let cached = count("cached");
            said.tokens = Some((
                TokenKey::Request(id.to_owned()),
                Tokens {
                    input: count("input").saturating_sub(cached),
                    cached,
                    stored: 0,
                    output: count("output") + count("thoughts"),
                },
            ));
        }
        said
    }
}

/// The first directory that the context of a session names.
fn directory(context: &str) -> Option<String> {
    let (_, list) = context
        .strip_prefix("<session_context>")?
        .split_once("**Workspace Directories:**")?;
    let first = list.trim_start().lines().next()?;
    let path = first.trim().strip_prefix("- ")?;
    path.starts_with('/').then(|| path.to_owned())
}
