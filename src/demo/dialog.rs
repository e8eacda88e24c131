//! How a scripted agent speaks to pult: the real hook command, a payload on its standard input,
//! and for a request what it wrote when it was answered.

use super::pane::{Input, Pane};
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};

/// The hook of one session.
pub struct Hook {
    command: String,
    session: String,
    cwd: String,
}

/// What became of a request.
pub enum Verdict {
    /// It may.
    Allowed,
    /// It may not, and this is what it was told.
    Denied(String),
    /// Esc or ^C in the pane.
    Interrupted,
    /// The terminal is gone.
    Closed,
}

impl Hook {
    /// `command` is a line for `sh`, as the launch plan gives it.
    pub fn new(command: String, session: String, cwd: String) -> Self {
        Self {
            command,
            session,
            cwd,
        }
    }

    /// Tells of an event and waits until the hook has ended.
    pub fn tell(&self, event: &str, more: Value) {
        if let Ok(mut child) = self.spawn(event, more) {
            let _ = child.wait();
        }
    }

    /// Asks whether a call may be made. The first answer wins: pult's, or `y` and `n` in the pane.
    /// A hook that ends without a decision leaves the question open in the pane.
    pub fn ask(&self, pane: &Pane, call: &Value) -> Verdict {
        let child = self.spawn("PermissionRequest", call.clone());
        let mut child = match child {
            Ok(child) => child,
            Err(e) => {
                pane.say(&format!("  the hook did not start: {e}"));
                return wait(pane);
            }
        };
        if let Some(mut stdout) = child.stdout.take() {
            let answers = pane.sender();
            std::thread::spawn(move || {
                let mut text = String::new();
                let _ = stdout.read_to_string(&mut text);
                let _ = answers.send(Input::Answer(text));
            });
        }
        let verdict = wait(pane);
        let _ = child.kill();
        let _ = child.wait();
        verdict
    }

    fn spawn(&self, event: &str, more: Value) -> io::Result<Child> {
        let mut payload = json!({
            "hook_event_name": event,
            "session_id": self.session,
            "cwd": self.cwd,
        });
        if let (Value::Object(payload), Value::Object(more)) = (&mut payload, more) {
            payload.extend(more);
        }
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("exec {}", self.command))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A hook that did not read its payload says so by its answer.
            let _ = stdin.write_all(payload.to_string().as_bytes());
        }
        Ok(child)
    }
}

fn wait(pane: &Pane) -> Verdict {
    loop {
        match pane.next() {
            None => return Verdict::Closed,
            Some(Input::Key(b'y')) => return Verdict::Allowed,
            Some(Input::Key(b'n')) => return Verdict::Denied("answered in the pane".into()),
            Some(Input::Key(0x1b | 0x03)) => return Verdict::Interrupted,
            Some(Input::Answer(text)) => match decision(&text) {
                Some(verdict) => return verdict,
                None => pane.say("  no decision came: answer here with y or n"),
            },
            Some(Input::Key(_) | Input::Closed) => {}
        }
    }
}

/// What a hook wrote, as a verdict; `None` for no decision or anything that is not one.
fn decision(text: &str) -> Option<Verdict> {
    let answer: Value = serde_json::from_str(text).ok()?;
    let decision = &answer["hookSpecificOutput"]["decision"];
    match decision["behavior"].as_str()? {
        "allow" => Some(Verdict::Allowed),
        "deny" => {
            let told = decision["message"].as_str().unwrap_or("no reason given");
            Some(Verdict::Denied(told.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        let of = |text: &str| match decision(text) {
            Some(Verdict::Allowed) => "allowed".to_owned(),
            Some(Verdict::Denied(told)) => told,
            _ => "open".to_owned(),
        };
        let answer = |d: Value| json!({"hookSpecificOutput": {"decision": d}}).to_string();
        assert_eq!(of(&answer(json!({"behavior": "allow"}))), "allowed");
        let deny = json!({"behavior": "deny", "message": "not now"});
        assert_eq!(of(&answer(deny)), "not now");
        for open in ["", "allow", "{}", r#"{"behavior":"allow"}"#, "[1]"] {
            assert_eq!(of(open), "open", "{open}");
        }
        assert_eq!(of(&answer(json!({"behavior": "allowed"}))), "open");
    }
}
