//! A fork of a conversation, made before the screen starts: with `--fork` the screen makes one too,
//! but gives its `--prompt` to yet another conversation that has nothing of it (1.18.33). Over ACP
//! the id of the new one is told.

use crate::runtime::acp;
use crate::runtime::{LaunchInput, Probe};
use serde_json::{Value, json};

/// Numbers of our requests.
const INITIALIZE: u64 = 7_001;
const FORK: u64 = 7_002;

/// The question that makes it. Opencode reads its whole configuration first.
pub fn probe(input: &LaunchInput, id: &str) -> Probe {
    let of = json!({"sessionId": id, "cwd": input.cwd, "mcpServers": []});
    Probe {
        argv: vec![input.program.clone(), "acp".to_owned()],
        stdin: vec![
            acp::initialize(INITIALIZE),
            acp::ask(FORK, "session/fork", &of),
        ],
        until: format!(r#""id":{FORK}"#),
        timeout_ms: 120_000,
        cache_key: None,
    }
}

/// The id of the new conversation; `None` when there is none.
pub fn id(answer: &str) -> Option<String> {
    let lines = answer.lines();
    let mut lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let answer = lines.find(|line| line["id"] == FORK)?;
    let id = answer["result"]["sessionId"].as_str()?;
    // It becomes a part of a path.
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!id.is_empty() && id.chars().all(plain)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_conversation_is_the_one_of_the_answer() {
        let update = r#"{"method":"session/update","params":{"sessionId":"ses_9"}}"#;
        let answer = r#"{"jsonrpc":"2.0","id":7002,"result":{"sessionId":"ses_2"}}"#;
        let all = format!("noise\n{update}\n{answer}");
        assert_eq!(id(&all).as_deref(), Some("ses_2"));
        for none in [
            "",
            update,
            r#"{"id":7002,"error":{"code":-32603,"message":"no such session"}}"#,
            r#"{"id":7002,"result":{"sessionId":"../x"}}"#,
        ] {
            assert_eq!(id(none), None, "{none}");
        }
    }
}
