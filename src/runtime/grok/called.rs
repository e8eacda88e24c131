//! What a request of Grok Build's is about, as the [`Call`] that the operator decides on.

use crate::core::ask::{Call, Risk, Verb};
use crate::runtime::acp::Permission;
use crate::runtime::call::{call, digest};
use crate::runtime::hooks::one_line;
use serde_json::json;

/// The call of a permission. A tool of an MCP server is called through a tool of the CLI's own.
pub fn called(permission: &Permission, cwd: &str) -> Call {
    let asked = permission.tool_call();
    let input = &asked["rawInput"];
    if let Some(tool) = input["tool_name"].as_str() {
        return call(&format!("mcp__{tool}"), &input["tool_input"], Some(cwd));
    }
    let tool = asked["_meta"]["x.ai/tool"]["name"].as_str();
    permission.call(tool, Some(cwd))
}

/// A question of that kind: what it says is not told, and it is answered in the pane.
pub fn question(kind: &str) -> Call {
    let object = one_line(&format!("it waits for an answer ({kind}) in its pane"));
    Call {
        verb: Verb::Answer,
        digest: digest("question", &json!(object), None),
        object,
        cwd: None,
        tool: "question".to_owned(),
        input: "{}".to_owned(),
        reason: None,
        risk: Risk::Normal,
    }
}
