//! What to say, and what to do, when a server does not answer as hoped.

use super::{Api, Host, reply};

/// How it is said that there is no server.
pub const NOBODY: &str = "nobody answers at ";

/// Nobody listens, or nothing came in time; `why` is the system's word for it.
pub fn silent(host: &Host, why: &str) -> String {
    let start = match host.api {
        Api::Lines => "start it with `ollama serve` in another terminal",
        Api::Completions => "start the model server",
    };
    format!("{NOBODY}{host} ({why}): {start} and press Enter")
}

/// There is no model at all.
pub fn no_models(host: &Host) -> String {
    match host.api {
        Api::Lines => {
            format!("{host} has no model yet: get one with `ollama pull llama3.2` and press Enter")
        }
        Api::Completions => format!("{host} offers no model: load one there and press Enter"),
    }
}

/// The model is none of those that are there.
pub fn absent(host: &Host, model: &str, there: &[String]) -> String {
    let get = match host.api {
        Api::Lines => format!("get it with `ollama pull {model}`"),
        Api::Completions => "load it there".to_owned(),
    };
    let others = match there {
        [] => String::new(),
        there => format!(", or take one with /model: {}", there.join(", ")),
    };
    format!("{model} is not at {host}: {get}{others}")
}

/// The server refused with this status and body.
pub fn refused(host: &Host, status: u16, body: &str) -> String {
    let value = serde_json::from_str(body).unwrap_or_default();
    let words = reply::error(&value).unwrap_or_else(|| body.chars().take(200).collect());
    format!("{host} said {status}: {}", crate::core::text::line(&words))
}
