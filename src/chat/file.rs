//! The conversation's file: `chat/<id>.jsonl` in the state directory of the user, append-only,
//! 0600. What cannot be read in it is passed over, so a line that a crash cut short costs itself.

use crate::platform::clock::{Clock, SystemClock};
use crate::runtime::endpoint::{Message, Role, Tokens};
use crate::wire::view::time;
use serde_json::{Value, json};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// An open conversation.
pub struct Kept {
    file: File,
    /// What was said before.
    pub messages: Vec<Message>,
    /// The model that spoke last.
    pub model: Option<String>,
}

/// Where the file of a conversation is; `None` without a home.
pub fn path(id: &str) -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
    };
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?;
    Some(state.join("pult/chat").join(format!("{id}.jsonl")))
}

impl Kept {
    /// Opens the conversation, or begins it.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(path: &Path, id: &str) -> io::Result<Self> {
        if let Some(dir) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        }
        let old = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        let mut kept = Self {
            file,
            messages: Vec::new(),
            model: None,
        };
        let lines = old
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.for_each(|line| kept.take(&line));
        if old.is_empty() {
            let cwd = std::env::current_dir().unwrap_or_default();
            kept.write(json!({"type": "chat", "id": id, "cwd": cwd.display().to_string()}))?;
        } else if !old.ends_with('\n') {
            kept.file.write_all(b"\n")?;
        }
        Ok(kept)
    }

    fn take(&mut self, line: &Value) {
        let role = match line["type"].as_str() {
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            _ => return,
        };
        if let Some(text) = line["text"].as_str() {
            let text = text.to_owned();
            self.messages.push(Message { role, text });
        }
        if let Some(model) = line["model"].as_str() {
            self.model = Some(model.to_owned());
        }
    }

    /// Keeps a prompt.
    ///
    /// # Errors
    /// What the system said.
    pub fn prompt(&mut self, text: &str) -> io::Result<()> {
        self.write(json!({"type": "user", "text": text}))
    }

    /// Keeps an answer, whole or as far as it came.
    ///
    /// # Errors
    /// What the system said.
    pub fn answer(
        &mut self,
        text: &str,
        model: &str,
        tokens: Option<Tokens>,
        whole: bool,
    ) -> io::Result<()> {
        let tokens = tokens.map(|t| json!({"input": t.input, "output": t.output}));
        self.write(json!({"type": "assistant", "text": text, "model": model, "tokens": tokens, "whole": whole}))
    }

    fn write(&mut self, mut line: Value) -> io::Result<()> {
        line["at"] = Value::from(time(SystemClock.wall_ms()));
        self.file.write_all(format!("{line}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_there_again_and_a_line_cut_short_costs_itself() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b.jsonl");
        let mut kept = Kept::open(&path, "b").unwrap();
        kept.prompt("one\ntwo").unwrap();
        let tokens = Some(Tokens {
            input: 3,
            output: 4,
        });
        kept.answer("three", "m", tokens, true).unwrap();
        kept.file.write_all(br#"{"type":"user","te"#).unwrap();
        let mut again = Kept::open(&path, "b").unwrap();
        let texts = |kept: &Kept| {
            kept.messages
                .iter()
                .map(|m| m.text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&again), ["one\ntwo", "three"]);
        assert_eq!(again.model.as_deref(), Some("m"));
        again.prompt("four").unwrap();
        assert_eq!(texts(&Kept::open(&path, "b").unwrap()).len(), 3);
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}
