//! opencode's conversations: rows of `opencode.db`, a SQLite database with a write-ahead log. The
//! `data` of a message and of its parts is what its server answers, too.

use crate::core::text::time;
use crate::runtime::transcript::{
    About, Entry, Place, Said, Table, Tables, TokenKey, Tokens, Transcripts, Who, own_directory,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// See the module. Names as of 1.18.
const TABLES: Tables = Tables {
    conversations: Table {
        name: "session",
        id: "id",
        of: "parent_id",
        at: "time_updated",
        plain: &["directory", "cost"],
        json: &["model"],
    },
    messages: Table {
        name: "message",
        id: "id",
        of: "session_id",
        at: "time_created",
        plain: &[],
        json: &["data"],
    },
    parts: Table {
        name: "part",
        id: "id",
        of: "message_id",
        // Ids count up; a copy of a conversation has its parts from one moment.
        at: "id",
        plain: &[],
        json: &["data"],
    },
};

/// See the module.
pub struct Rows;

impl Transcripts for Rows {
    fn home_variables(&self) -> &'static [&'static str] {
        &["XDG_DATA_HOME"]
    }

    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place> {
        let data = own_directory(env, "XDG_DATA_HOME", ".local/share")?;
        Some(Place {
            root: format!("{data}/opencode"),
            depth: 0,
            prefix: "opencode",
            suffix: ".db",
        })
    }

    fn tables(&self) -> Option<&'static Tables> {
        Some(&TABLES)
    }

    fn line(&self, line: &Value) -> Said {
        if let Some(row) = line.get(TABLES.conversations.name) {
            return conversation(row);
        }
        let Some(row) = line.get(TABLES.messages.name) else {
            return Said::default();
        };
        let parts = line[TABLES.parts.name].as_array();
        message(row, parts.map_or(&[], Vec::as_slice))
    }
}

fn conversation(row: &Value) -> Said {
    let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    let model = &row["model"];
    Said {
        about: About {
            native_id: text("id"),
            cwd: text("directory"),
            model: named(&model["providerID"], &model["id"]),
            branch: None,
        },
        // Nothing is what it says of a model without a price.
        cost: row["cost"].as_f64().filter(|cost| *cost > 0.0),
        ..Said::default()
    }
}

fn message(row: &Value, parts: &[Value]) -> Said {
    let data = &row["data"];
    let at = data["time"]["created"].as_i64().map(time);
    let at = at.as_deref();
    let typed = match data["role"].as_str() {
        Some("user") => true,
        Some("assistant") => false,
        _ => return Said::default(),
    };
    let mut said = Said::default();
    for part in parts {
        let part = &part["data"];
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        // Files and reminders that it puts beside a prompt itself.
        let added = part["synthetic"] == true || part["ignored"] == true;
        match part["type"].as_str() {
            Some("text") if !added => {
                let who = if typed { Who::Operator } else { Who::Agent };
                said.entries
                    .extend(Entry::new(who, &text(&part["text"]), at));
            }
            Some("tool") => {
                let state = &part["state"];
                let name = part["tool"].as_str().unwrap_or("tool");
                said.entries.push(Entry::tool(name, &state["input"], at));
                let result = text(&state["output"]) + &text(&state["error"]);
                said.entries.extend(Entry::new(Who::Result, &result, at));
            }
            _ => {}
        }
    }
    if typed {
        return said;
    }
    said.about.cwd = data["path"]["cwd"].as_str().map(str::to_owned);
    said.about.model = named(&data["providerID"], &data["modelID"]);
    let tokens = tokens(&data["tokens"]);
    if let Some(id) = row["id"].as_str()
        && tokens.all() > 0
    {
        said.context = Some((tokens.all(), None));
        said.tokens = Some((TokenKey::Request(id.to_owned()), tokens));
    }
    said
}

/// A model as the CLI takes it.
fn named(from: &Value, model: &Value) -> Option<String> {
    Some(format!("{}/{}", from.as_str()?, model.as_str()?))
}

/// What came from the cache is not in `input`, and what was thought not in `output`.
fn tokens(tokens: &Value) -> Tokens {
    let count = |value: &Value| value.as_u64().unwrap_or(0);
    Tokens {
        input: count(&tokens["input"]),
        cached: count(&tokens["cache"]["read"]),
        stored: count(&tokens["cache"]["write"]),
        output: count(&tokens["output"]) + count(&tokens["reasoning"]),
    }
}
