//! A small MCP server on standard streams, a role of this program: one tool, `echo`, whose effect
//! is seen in a file.

use serde_json::{Value, json};
use std::io::{BufRead, Write};

/// The first argument; the file is the second.
pub const ROLE: &str = "--mcp-echo";

/// The name of the server as the sessions have it.
pub const NAME: &str = "echoer";

/// Serves until its input ends; appends what it is told to echo to the file `heard`.
pub fn serve(heard: &str) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if message["id"].is_null() {
            continue;
        }
        let answer = match answer(&message, heard) {
            Some(result) => json!({"jsonrpc": "2.0", "id": message["id"], "result": result}),
            None => json!({"jsonrpc": "2.0", "id": message["id"],
                           "error": {"code": -32601, "message": "no such method"}}),
        };
        println!("{answer}");
    }
}

fn answer(message: &Value, heard: &str) -> Option<Value> {
    let params = &message["params"];
    Some(match message["method"].as_str()? {
        "initialize" => json!({
            "protocolVersion": params["protocolVersion"].as_str().unwrap_or("2025-06-18"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": NAME, "version": "1"},
        }),
        "ping" => json!({}),
        "resources/list" => json!({"resources": []}),
        "resources/templates/list" => json!({"resourceTemplates": []}),
        "prompts/list" => json!({"prompts": []}),
        "tools/list" => json!({"tools": [{
            "name": "echo", "description": "Says a text again",
            "inputSchema": {"type": "object", "required": ["text"],
                            "properties": {"text": {"type": "string"}}},
        }]}),
        "tools/call" => {
            let text = params["arguments"]["text"].as_str().unwrap_or("");
            let file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(heard);
            let wrote = file.and_then(|mut file| writeln!(file, "{text}"));
            wrote.ok()?;
            json!({"content": [{"type": "text", "text": format!("it echoes {text}")}]})
        }
        _ => return None,
    })
}
