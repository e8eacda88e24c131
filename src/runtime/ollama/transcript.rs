//! The files of `pult chat`: `chat/<id>.jsonl` in the state directory, append-only, a JSON object a
//! line. The first says what the conversation is, each other one is a message of it.

use crate::runtime::transcript::{About, Entry, Place, Said, TokenKey, Tokens, Transcripts, Who};
use serde_json::Value;
use std::collections::BTreeMap;

/// See the module.
pub struct ChatTranscripts;

impl Transcripts for ChatTranscripts {
    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        let set = |name: &str| env.get(name).filter(|value| value.starts_with('/'));
        let state = match set("XDG_STATE_HOME") {
            Some(state) => state.clone(),
            None => format!("{}/.local/state", set("HOME")?),
        };
        Some(Place {
            root: format!("{state}/pult/chat"),
            depth: 0,
            prefix: "",
            suffix: ".jsonl",
        })
    }

    fn line(&self, line: &Value) -> Said {
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        let owned = |name: &str| text(name).map(str::to_owned);
        let at = text("at");
        let who = match text("type") {
            Some("chat") => {
                let about = About {
                    native_id: owned("id"),
                    cwd: owned("cwd"),
                    model: None,
                    branch: None,
                };
                return Said {
                    about,
                    ..Said::default()
                };
            }
            Some("user") => Who::Operator,
            Some("assistant") => Who::Agent,
            _ => return Said::default(),
        };
        let count = |name: &str| line["tokens"][name].as_u64();
        let tokens = count("input")
            .zip(count("output"))
            .map(|(input, output)| Tokens {
                input,
                output,
                ..Tokens::default()
            });
        Said {
            entries: Entry::new(who, text("text").unwrap_or(""), at)
                .into_iter()
                .collect(),
            about: About {
                model: owned("model"),
                ..About::default()
            },
            // Each answer is one request; its time names it.
            tokens: at
                .zip(tokens)
                .map(|(at, tokens)| (TokenKey::Request(at.to_owned()), tokens)),
            ..Said::default()
        }
    }
}
