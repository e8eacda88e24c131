//! An MCP server that one session's agent gets, for its launches only.

use serde::{Deserialize, Serialize};

/// A program that speaks MCP over its standard streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct McpServer {
    /// What the agent calls it: a small letter, then small letters, digits and underscores.
    pub name: String,
    /// The program and its arguments; never empty.
    pub command: Vec<String>,
}

impl McpServer {
    /// Reads `NAME=COMMAND ARG…`; the command's words are divided by blanks, or it is a JSON list
    /// of them.
    ///
    /// # Errors
    /// What is wrong with it, one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some((name, command)) = text.split_once('=') else {
            return Err(format!("`{text}` is not NAME=COMMAND"));
        };
        let mut chars = name.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_lowercase());
        let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        // Some CLIs divide the names of tools at dots and dashes.
        if !first || !chars.all(rest) || name.len() > 32 {
            return Err(format!(
                "`{name}` is no name: small letters, digits and _, a letter first"
            ));
        }
        let command: Vec<String> = match command.trim_start().starts_with('[') {
            true => serde_json::from_str(command)
                .map_err(|why| format!("{name}: no JSON list of words: {why}"))?,
            false => command.split_whitespace().map(str::to_owned).collect(),
        };
        if command.first().is_none_or(String::is_empty) {
            return Err(format!("{name} has no command"));
        }
        let name = name.to_owned();
        Ok(Self { name, command })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_and_a_command() {
        let server = McpServer::parse("notes=/opt/notes --all a=b").unwrap();
        assert_eq!(server.name, "notes");
        assert_eq!(server.command, ["/opt/notes", "--all", "a=b"]);
        let server = McpServer::parse(r#"n_1=["/opt/my notes", ""]"#).unwrap();
        assert_eq!(server.command, ["/opt/my notes", ""]);
        for (text, why) in [
            ("notes", "`notes` is not NAME=COMMAND"),
            ("a.b=x", "`a.b` is no name"),
            ("=x", "`` is no name"),
            ("a= ", "a has no command"),
            ("a=[]", "a has no command"),
            ("a=[1]", "a: no JSON list of words"),
        ] {
            let said = McpServer::parse(text).unwrap_err();
            assert!(said.starts_with(why), "{said}");
        }
    }
}
