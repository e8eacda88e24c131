//! MCP servers of a launch, in the shape that Claude Code's `--mcp-config` has and others took over, and
//! in that of ACP.

use crate::core::mcp::McpServer;
use serde_json::{Map, Value, json};

/// The file's contents.
pub fn file(servers: &[McpServer]) -> String {
    let server = |server: &McpServer| {
        let (command, args) = (server.command.first(), server.command.get(1..));
        let row = json!({"type": "stdio", "command": command, "args": args});
        (server.name.clone(), row)
    };
    let servers: Map<String, Value> = servers.iter().map(server).collect();
    json!({ "mcpServers": servers }).to_string()
}

/// The list that ACP has for them.
pub fn acp(servers: &[McpServer]) -> Value {
    let server = |server: &McpServer| {
        let (command, args) = (server.command.first(), server.command.get(1..));
        json!({"name": server.name, "command": command, "args": args, "env": []})
    };
    servers.iter().map(server).collect()
}
