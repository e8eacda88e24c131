//! The configuration of a launch: merged over the user's own by the CLI, written nowhere.

use crate::core::mcp::McpServer;
use serde_json::{Map, Value, json};

/// Variables that the CLI takes configuration, and its server's user and password, from.
pub const CONTENT: &str = "OPENCODE_CONFIG_CONTENT";
pub const USER: &str = "OPENCODE_SERVER_USERNAME";
pub const PASSWORD: &str = "OPENCODE_SERVER_PASSWORD";

/// What the launch adds to the configuration that the user's environment may have in `theirs`;
/// the second is what had to be left out, in words.
///
/// Without it every tool may run unasked. Looking at files below the working directory and
/// handing work to a helper stay free: a helper's own tools are asked for.
pub fn content(theirs: Option<&str>, mcp: &[McpServer]) -> (String, Option<String>) {
    let rules = json!({
        "*": "ask",
        "read": {"*": "allow", "*.env": "ask", "*.env.*": "ask", "*.env.example": "allow"},
        "glob": "allow", "grep": "allow", "list": "allow", "lsp": "allow", "skill": "allow",
        "todoread": "allow", "todowrite": "allow", "question": "allow", "task": "allow",
        "plan_enter": "allow", "plan_exit": "allow",
        "bash": "ask", "edit": "ask", "webfetch": "ask", "websearch": "ask", "codesearch": "ask",
        "external_directory": "ask", "doom_loop": "ask",
    });
    // A rule of an agent outranks the general ones.
    let mut ours = json!({
        "permission": rules,
        "agent": {"build": {"permission": rules}, "general": {"permission": rules}},
    });
    for server in mcp {
        ours["mcp"][&server.name] =
            json!({"type": "local", "command": server.command, "enabled": true});
    }
    let theirs = theirs.filter(|text| !text.trim().is_empty());
    let parsed = theirs.map(serde_json::from_str::<Map<String, Value>>);
    let (mut all, left_out) = match parsed {
        Some(Ok(map)) => (Value::Object(map), None),
        Some(Err(error)) => {
            let what = format!("{CONTENT} of the environment is left out, it is not JSON: {error}");
            (json!({}), Some(what))
        }
        None => (json!({}), None),
    };
    merge(&mut all, ours);
    (all.to_string(), left_out)
}

/// Lays `over` over `base`: objects are merged, all else is replaced.
fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_environment_allows_is_asked_for() {
        let theirs = r#"{"model":"p/m","permission":{"bash":"allow","x_*":"allow"},
            "agent":{"build":{"prompt":"be kind","permission":"allow"}}}"#;
        let (text, left_out) = content(Some(theirs), &[]);
        assert_eq!(left_out, None);
        let all: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(all["model"], "p/m");
        assert_eq!(all["agent"]["build"]["prompt"], "be kind");
        for rules in [&all["permission"], &all["agent"]["build"]["permission"]] {
            assert_eq!(
                (&rules["bash"], &rules["*"]),
                (&json!("ask"), &json!("ask"))
            );
        }
        let (text, left_out) = content(Some("// no JSON"), &[]);
        assert!(left_out.unwrap().contains("not JSON"));
        assert!(text.contains(r#""bash":"ask""#));
        let server = McpServer::parse("notes=/opt/notes --all").unwrap();
        let all: Value = serde_json::from_str(&content(None, &[server]).0).unwrap();
        assert_eq!(
            all["mcp"]["notes"]["command"],
            json!(["/opt/notes", "--all"])
        );
    }
}
