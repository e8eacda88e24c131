//! A tool call of a hook payload as the [`Call`] that the operator decides on.

use super::risk::risk;
use crate::core::ask::{Call, Verb};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Fields of a shell call that are the agent's own words or only how long it waits.
const NOT_EFFECT: [&str; 6] = [
    "description",
    "justification",
    "reason",
    "timeout",
    "yield_time_ms",
    "max_output_tokens",
];

/// Makes the call of a tool's name and its input.
pub fn call(tool: &str, input: &Value, cwd: Option<&str>) -> Call {
    let verb = verb(tool, input);
    let object = object(tool, input);
    Call {
        verb,
        risk: risk(verb, &object),
        object,
        cwd: cwd.map(str::to_owned),
        tool: tool.to_owned(),
        input: input.to_string(),
        reason: reason(input),
        digest: digest(tool, input, cwd),
    }
}

/// Hex SHA-256 over what the call would do: tool, directory and all fields of the input but the
/// free text of a shell call; object keys are sorted, so their order does not matter.
pub fn digest(tool: &str, input: &Value, cwd: Option<&str>) -> String {
    let mut text = String::new();
    canonical(&Value::from(tool), &mut text);
    canonical(&cwd.map_or(Value::Null, Value::from), &mut text);
    match input {
        Value::Object(fields) => {
            let effect = effect(tool, fields).collect();
            canonical(&Value::Object(effect), &mut text);
        }
        other => canonical(other, &mut text),
    }
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// What [`digest`] covers, a name and a value each: tool, directory, then the fields of the input.
/// Another call with all of these the same is the same call.
pub fn covers(tool: &str, input: &Value, cwd: Option<&str>) -> Vec<(String, Value)> {
    let mut fields = vec![("tool".to_owned(), Value::from(tool))];
    if let Some(cwd) = cwd {
        fields.push(("directory".to_owned(), Value::from(cwd)));
    }
    match input {
        Value::Null => {}
        Value::Object(map) => fields.extend(effect(tool, map)),
        other => fields.push(("input".to_owned(), other.clone())),
    }
    fields
}

/// The fields of an input that say what the call would do: of a shell call not its free text.
fn effect(tool: &str, input: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    let shell = is_shell(tool);
    let counts = move |key: &str| !(shell && NOT_EFFECT.contains(&key));
    let fields = input.iter().filter(move |(key, _)| counts(key));
    fields.map(|(key, value)| (key.clone(), value.clone()))
}

/// The files that a call names; of a patch, those in its headers. Empty where the call does not
/// say: what a command touches is not known.
pub fn files(tool: &str, input: &Value) -> Vec<String> {
    let mut files = Vec::new();
    for name in ["file_path", "notebook_path", "path"] {
        files.extend(input.get(name).and_then(Value::as_str).map(str::to_owned));
    }
    if tool == "apply_patch" {
        let patch = ["command", "input", "patch"]
            .iter()
            .find_map(|name| input.get(name).and_then(Value::as_str));
        let heads = [
            "*** Add File: ",
            "*** Update File: ",
            "*** Delete File: ",
            "*** Move to: ",
        ];
        for line in patch.unwrap_or_default().lines() {
            let named = heads.iter().find_map(|head| line.strip_prefix(head));
            files.extend(named.map(|name| name.trim().to_owned()));
        }
    }
    files
}

fn is_shell(tool: &str) -> bool {
    matches!(
        tool,
        "Bash"
            | "PowerShell"
            | "bash"
            | "exec_command"
            | "local_shell"
            | "run_shell_command"
            | "run_terminal_command"
            | "shell"
            | "shell_command"
    )
}

/// What a call of `tool` does; a tool that is not known and is given a command runs it.
pub fn verb(tool: &str, input: &Value) -> Verb {
    match tool {
        _ if is_shell(tool) => Verb::Run,
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" | "apply_patch" | "edit" | "replace"
        | "write" | "write_file" => Verb::Write,
        "Read" | "Glob" | "Grep" | "LS" | "NotebookRead" | "glob" | "grep" | "grep_search"
        | "list" | "list_directory" | "read" | "read_file" | "read_many_files" | "view_image" => {
            Verb::Read
        }
        "WebFetch" | "WebSearch" | "web_fetch" | "web_search" | "webfetch" => Verb::Fetch,
        _ if tool.starts_with("mcp__") => Verb::Mcp,
        _ if input.get("command").is_some_and(is_command) => Verb::Run,
        _ => Verb::Other,
    }
}

fn is_command(value: &Value) -> bool {
    value.is_string() || value.is_array()
}

/// The whole of what it is done to: the command, path or URL; else tool and input.
fn object(tool: &str, input: &Value) -> String {
    let names: &[&str] = match tool {
        _ if tool.starts_with("mcp__") => &[],
        "Grep" | "Glob" => &["path", "pattern"],
        _ => &[
            "command",
            "cmd",
            "file_path",
            "filePath",
            "absolute_path",
            "notebook_path",
            "path",
            "url",
            "query",
            "plan",
        ],
    };
    for name in names {
        match input.get(name) {
            Some(Value::String(text)) => return text.clone(),
            Some(Value::Array(words)) => {
                let words = words
                    .iter()
                    .map(|w| w.as_str().map_or_else(|| w.to_string(), quoted));
                return words.collect::<Vec<_>>().join(" ");
            }
            _ => {}
        }
    }
    match input {
        Value::Null => tool.to_owned(),
        Value::Object(fields) if fields.is_empty() => tool.to_owned(),
        _ => format!("{tool} {input}"),
    }
}

/// A word as a shell would need it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn reason(input: &Value) -> Option<String> {
    ["description", "justification", "reason"]
        .iter()
        .find_map(|name| input.get(name).and_then(Value::as_str))
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

/// JSON with sorted keys and no blanks.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort();
            out.push('{');
            for key in keys {
                let _ = write!(out, "{}:", Value::from(key.as_str()));
                canonical(&fields[key], out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ask::Risk;
    use serde_json::json;

    #[test]
    fn free_text_is_not_part_of_what_is_decided() {
        let one = json!({"command": "touch x", "description": "Create a file"});
        let two = json!({"description": "Something harmless", "command": "touch x"});
        assert_eq!(
            digest("Bash", &one, Some("/p")),
            digest("Bash", &two, Some("/p"))
        );
        for other in [
            digest("Bash", &json!({"command": "touch y"}), Some("/p")),
            digest("Bash", &one, Some("/q")),
            digest("Bash", &one, None),
            digest(
                "Bash",
                &json!({"command": "touch x", "run_in_background": true}),
                Some("/p"),
            ),
            digest("exec_command", &one, Some("/p")),
        ] {
            assert_ne!(other, digest("Bash", &one, Some("/p")));
        }
        // Of any other tool every field has an effect.
        let issue = |text| digest("mcp__tracker__new", &json!({"description": text}), None);
        assert_ne!(issue("a"), issue("b"));
    }

    #[test]
    fn what_the_digest_covers_can_be_listed() {
        let input = json!({"command": "touch x", "description": "Tidy", "timeout": 9,
            "run_in_background": true});
        let names = |tool| {
            let fields = covers(tool, &input, Some("/p"));
            fields.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(
            names("Bash"),
            ["tool", "directory", "command", "run_in_background"]
        );
        assert_eq!(names("Other").len(), 6);
        let same = covers(
            "Bash",
            &json!({"command": "touch x", "run_in_background": true}),
            None,
        );
        let all = covers("Bash", &input, None);
        assert_eq!(same, all, "what is left out changes no digest");
        assert_eq!(covers("X", &Value::Null, None).len(), 1);
    }

    #[test]
    fn the_files_of_a_call_are_named_where_it_names_them() {
        let files = |tool: &str, input: Value| super::files(tool, &input);
        assert_eq!(files("Write", json!({"file_path": "/p/a"})), ["/p/a"]);
        let patch =
            "*** Begin Patch\n*** Update File: a.rs\n*** Move to: b.rs\n+x\n*** Add File: c\n";
        assert_eq!(
            files("apply_patch", json!({"command": patch})),
            ["a.rs", "b.rs", "c"]
        );
        assert!(files("Bash", json!({"command": "touch x"})).is_empty());
    }

    #[test]
    fn a_call_says_what_it_does_to_what() {
        let of = |tool: &str, input: Value| call(tool, &input, Some("/p"));
        let run = of(
            "Bash",
            json!({"command": "rm -rf /", "description": "Tidy up"}),
        );
        assert_eq!((run.verb, run.risk), (Verb::Run, Risk::High));
        assert_eq!(
            (run.object.as_str(), run.reason.as_deref()),
            ("rm -rf /", Some("Tidy up"))
        );
        let write = of("Write", json!({"file_path": "/p/a", "content": "x"}));
        assert_eq!((write.verb, write.object.as_str()), (Verb::Write, "/p/a"));
        let read = of("Read", json!({"file_path": "/p/a"}));
        assert_eq!((read.verb, read.risk), (Verb::Read, Risk::Low));
        let fetch = of(
            "WebFetch",
            json!({"url": "https://x.example", "prompt": "?"}),
        );
        assert_eq!(
            (fetch.verb, fetch.object.as_str()),
            (Verb::Fetch, "https://x.example")
        );
        let mcp = of("mcp__cockpit__echo", json!({"text": "ping"}));
        assert_eq!(mcp.verb, Verb::Mcp);
        assert_eq!(mcp.object, r#"mcp__cockpit__echo {"text":"ping"}"#);
        let list = of("shell", json!({"command": ["bash", "-lc", "echo 'a b'"]}));
        assert_eq!(list.object, r"bash -lc 'echo '\''a b'\'''");
        assert_eq!(of("Whatever", Value::Null).object, "Whatever");
    }
}
