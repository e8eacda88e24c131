//! Pinning the trust hashes of the hooks that a launch brings along.

use super::toml_string;
use crate::runtime::{LaunchInput, Probe};
use serde_json::{Value, json};

/// Where Codex files hooks that came by flags.
const SOURCE: &str = "/<session-flags>/config.toml:";

/// The question: start the app-server with the same flags and list the hooks.
pub fn probe(input: &LaunchInput, hook_flags: &[String]) -> Probe {
    let mut argv = vec![input.program.clone(), "app-server".to_owned()];
    for flag in hook_flags {
        argv.extend(["-c".to_owned(), flag.clone()]);
    }
    let client = json!({"name": "pult", "title": "pult", "version": env!("CARGO_PKG_VERSION")});
    let lines = [
        json!({"id": 1, "method": "initialize", "params": {"clientInfo": client, "capabilities": {"experimentalApi": true}}}),
        json!({"method": "initialized"}),
        json!({"id": 2, "method": "hooks/list", "params": {"cwds": [input.cwd]}}),
    ];
    Probe {
        argv,
        stdin: lines.iter().map(Value::to_string).collect(),
        until: r#""id":2"#.to_owned(),
        timeout_ms: 15_000,
        cache_key: Some(format!(
            "codex hooks {} {}",
            input.program, input.hook_command
        )),
    }
}

/// The `-c` value that trusts exactly the hooks of `hook_command` in the answer; `None` when none
/// of them is in it.
pub fn pin(answer: &str, hook_command: &str) -> Option<String> {
    let answers = answer
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let answer = answers.into_iter().find(|value| value["id"] == 2)?;
    let mut pins = Vec::new();
    for dir in answer["result"]["data"].as_array()? {
        for hook in dir["hooks"].as_array()? {
            let (Some(key), Some(hash)) = (hook["key"].as_str(), hook["currentHash"].as_str())
            else {
                continue;
            };
            let ours = key.starts_with(SOURCE) && hook["command"] == hook_command;
            if ours {
                let (key, hash) = (toml_string(key), toml_string(hash));
                pins.push(format!("{key}={{trusted_hash={hash}}}"));
            }
        }
    }
    (!pins.is_empty()).then(|| format!("hooks.state={{{}}}", pins.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_hooks_are_trusted() {
        let hook = |key: &str, command: &str| json!({"key": key, "command": command, "currentHash": "sha256:ab", "trustStatus": "untrusted"});
        let list = json!({"id": 2, "result": {"data": [{"cwd": "/p", "hooks": [
            hook("/<session-flags>/config.toml:stop:0:0", "pult hook codex"),
            hook("/<session-flags>/config.toml:stop:1:0", "evil"),
            hook("/p/.codex/hooks.json:stop:0:0", "pult hook codex"),
        ]}]}});
        let answer = format!("{{\"id\":1}}\nnoise\n{list}\n");
        assert_eq!(
            pin(&answer, "pult hook codex").unwrap(),
            r#"hooks.state={"/<session-flags>/config.toml:stop:0:0"={trusted_hash="sha256:ab"}}"#
        );
        assert_eq!(pin(&answer, "another"), None);
        for garbage in ["", "{}", r#"{"id":2}"#, r#"{"id":2,"result":{"data":7}}"#] {
            assert_eq!(pin(garbage, "pult hook codex"), None, "{garbage}");
        }
    }
}
