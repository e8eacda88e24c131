//! Grok Build's conversations: `sessions/<directory>/<id>/updates.jsonl`, an update of its protocol
//! a line. A fork begins with a copy of what it is a fork of: those lines keep the old id in the
//! ids of their events, and their tokens are the other's.

use crate::runtime::transcript::{
    About, Entry, Place, Said, TokenKey, Tokens, Transcripts, Who, own_directory, texts,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// See the module.
pub struct Updates;

impl Transcripts for Updates {
    fn home_variables(&self) -> &'static [&'static str] {
        &["GROK_HOME"]
    }

    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        let home = own_directory(env, "GROK_HOME", ".grok")?;
        Some(Place {
            root: format!("{home}/sessions"),
            depth: 2,
            prefix: "updates",
            suffix: ".jsonl",
        })
    }

    fn is_at(&self, path: &Path, native_id: &str) -> bool {
        let dir = path.parent().and_then(Path::file_name);
        dir.is_some_and(|dir| dir.to_str() == Some(native_id))
    }

    fn about(&self, path: &Path) -> About {
        let dir = |path: Option<&Path>| path?.file_name()?.to_str().map(str::to_owned);
        let id = path.parent();
        About {
            native_id: dir(id),
            cwd: dir(id.and_then(Path::parent)).and_then(|name| decoded(&name)),
            ..About::default()
        }
    }

    fn line(&self, line: &Value) -> Said {
        let params = &line["params"];
        let (update, meta) = (&params["update"], &params["_meta"]);
        let text = |name: &str| update[name].as_str();
        let at = meta["agentTimestampMs"].as_i64();
        let at = at.map(crate::core::text::time);
        let at = at.as_deref();
        let mut said = Said {
            about: About {
                native_id: params["sessionId"].as_str().map(str::to_owned),
                model: update["_meta"]["modelId"].as_str().map(str::to_owned),
                ..About::default()
            },
            context: meta["totalTokens"].as_u64().map(|used| (used, None)),
            ..Said::default()
        };
        let words = match &update["content"] {
            Value::Object(part) => part.get("text").map(texts).unwrap_or_default(),
            other => texts(other),
        };
        match text("sessionUpdate") {
            Some("user_message_chunk") => {
                said.entries.extend(Entry::new(Who::Operator, &words, at));
            }
            Some("agent_message_chunk") => {
                said.entries.extend(Entry::new(Who::Agent, &words, at));
            }
            Some("tool_call") => {
                let tool = text("title").unwrap_or("tool");
                let call = Entry::tool(tool, &update["rawInput"], at);
                said.entries.push(call);
            }
            Some("turn_completed") => said.tokens = tokens(params),
            _ => {}
        }
        said
    }
}

/// The tokens of one prompt, where it was one of this conversation.
fn tokens(params: &Value) -> Option<(TokenKey, Tokens)> {
    let (update, id) = (&params["update"], params["sessionId"].as_str()?);
    let event = params["_meta"]["eventId"].as_str()?;
    if !event.starts_with(id) {
        return None;
    }
    let count = |name: &str| update["usage"][name].as_u64();
    // Those of the cache are among those that were read.
    let cached = count("cachedReadTokens").unwrap_or(0);
    let stored = count("cacheCreationTokens").unwrap_or(0);
    let tokens = Tokens {
        input: count("inputTokens")?.saturating_sub(cached + stored),
        cached,
        stored,
        output: count("outputTokens")?,
    };
    let prompt = update["prompt_id"].as_str()?.to_owned();
    Some((TokenKey::Request(prompt), tokens))
}

/// A directory's path from a name in which bytes are written as `%2F`; `None` for one that is a
/// hash.
fn decoded(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let code = std::str::from_utf8(after.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        rest = &after[2..];
    }
    let path = String::from_utf8(bytes).ok()?;
    path.starts_with('/').then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_in_the_name_of_the_directory() {
        assert_eq!(decoded("%2Fhome%2Fu%2Fa b").as_deref(), Some("/home/u/a b"));
        for bad in ["home-1a2b3c", "%2", "%zz", "%ff", ""] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
        let path = Path::new("/h/.grok/sessions/%2Fp/abc/updates.jsonl");
        let about = Updates.about(path);
        assert_eq!(about.cwd.as_deref(), Some("/p"));
        assert_eq!(about.native_id.as_deref(), Some("abc"));
        assert!(Updates.is_at(path, "abc") && !Updates.is_at(path, "bc"));
    }
}
