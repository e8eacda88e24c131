//! What was said, kept in the session's directory for the day when it goes on: a JSON object a line,
//! 0600, only ever appended to. What does not read is passed over.

use crate::runtime::transcript::{Entry, Who};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file, where there is one.
#[derive(Default)]
pub struct Kept(Option<File>);

/// What was said before, oldest first.
pub fn before(path: &Path) -> Vec<Entry> {
    let Ok(bytes) = std::fs::read(path) else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    lines.filter_map(|line: Value| entry(&line)).collect()
}

fn entry(line: &Value) -> Option<Entry> {
    let text = line["text"].as_str()?;
    match line["who"].as_str()? {
        "operator" => Entry::new(Who::Operator, text, None),
        "agent" => Entry::new(Who::Agent, text, None),
        "tool" => Some(Entry::tool("call", &Value::from(text), None)),
        _ => None,
    }
}

impl Kept {
    /// Opens it to write on.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        // A line that a crash cut short costs itself.
        file.write_all(b"\n")?;
        Ok(Self(Some(file)))
    }

    /// Keeps what `operator`, `agent` or `tool` said.
    ///
    /// # Errors
    /// What the system said.
    pub fn say(&mut self, who: &str, text: &str) -> io::Result<()> {
        let Some(file) = self.0.as_mut().filter(|_| !text.trim().is_empty()) else {
            return Ok(());
        };
        let line = json!({"who": who, "text": text});
        file.write_all(format!("{line}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_there_again_and_what_does_not_read_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("said.jsonl");
        assert!(before(&path).is_empty());
        let mut kept = Kept::open(&path).unwrap();
        kept.say("operator", "one\ntwo").unwrap();
        kept.say("agent", " ").unwrap();
        std::fs::write(dir.path().join("x"), "").unwrap();
        kept.0
            .as_mut()
            .unwrap()
            .write_all(b"{\"who\":\"ag")
            .unwrap();
        let mut kept = Kept::open(&path).unwrap();
        kept.say("tool", "make: completed").unwrap();
        let said = before(&path);
        let said: Vec<_> = said
            .iter()
            .map(|one| (one.who, one.text.as_str()))
            .collect();
        assert_eq!(said[0], (Who::Operator, "one\ntwo"));
        assert_eq!(said[1].0, Who::Tool);
        assert_eq!(said.len(), 2);
        Kept::default().say("agent", "x").unwrap();
    }
}
