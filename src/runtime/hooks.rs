//! The hook payloads and answers that the agents have in common.

use super::HookCall;
use super::call::call;
use crate::core::ask::Answer;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use serde_json::{Value, json};

/// Seconds that a permission hook may wait for the operator: a day.
pub const PATIENCE_S: u32 = 86_400;

/// A hook payload: a JSON object with `hook_event_name`.
pub struct Payload(Value);

impl Payload {
    /// Parses what was written to the hook.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|e| format!("the hook payload is not JSON: {e}"))?;
        match value.get("hook_event_name") {
            Some(Value::String(_)) => Ok(Self(value)),
            _ => Err("the hook payload has no hook_event_name".to_owned()),
        }
    }

    /// The event's name.
    pub fn event(&self) -> &str {
        self.text("hook_event_name").unwrap_or("")
    }

    /// A field that is a string and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }

    /// A field as it came.
    pub fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// How many elements a list field has; none when it is absent.
    pub fn count(&self, name: &str) -> u32 {
        let len = self.get(name).as_array().map_or(0, Vec::len);
        u32::try_from(len).unwrap_or(u32::MAX)
    }

    /// The conversation's id and the model, as far as they are said.
    pub fn identity(&self) -> Vec<Signal> {
        let id = self.text("session_id").map(str::to_owned);
        let model = self.text("model").map(str::to_owned);
        let says = [id.map(Says::NativeId), model.map(Says::Model)];
        let says = says.into_iter().flatten();
        says.map(|says| self.signal(says)).collect()
    }

    /// A signal of this payload.
    pub fn signal(&self, says: Says) -> Signal {
        let event = self.event();
        let text = match self.text("tool_name") {
            Some(tool) => format!("hook {event} ({tool})"),
            None => format!("hook {event}"),
        };
        Signal {
            source: Source::Protocol,
            says,
            text: one_line(&text),
        }
    }

    /// The approval that a permission request asks for.
    pub fn request(&self) -> HookCall {
        let tool = self.text("tool_name").unwrap_or("unknown tool");
        let call = call(tool, self.get("tool_input"), self.text("cwd"));
        HookCall {
            signals: vec![
                self.signal(Says::Started),
                self.signal(Says::DialogOpen),
                self.signal(Says::Turn(Turn::Working)),
            ],
            call_key: Some(call.digest.clone()),
            ask: Some(call),
        }
    }

    /// A tool call that was made: work goes on, and the request for that very call has had its
    /// effect.
    pub fn tool_ran(&self) -> HookCall {
        let tool = self.text("tool_name").unwrap_or("unknown tool");
        let key = super::call::digest(tool, self.get("tool_input"), self.text("cwd"));
        HookCall {
            signals: vec![
                self.signal(Says::Turn(Turn::Working)),
                self.signal(Says::WentOn),
            ],
            ask: None,
            call_key: Some(key),
        }
    }
}

/// A call without an ask.
pub fn tells(signals: Vec<Signal>) -> HookCall {
    HookCall {
        signals,
        ask: None,
        call_key: None,
    }
}

/// What the agent is told of a no, with the operator's note where there is one. It is never empty:
/// some CLIs end the turn at a no without words.
pub fn no(note: Option<&str>) -> String {
    match note.map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) => format!("The operator said no: {note}"),
        None => "The operator said no.".to_owned(),
    }
}

/// What a `PermissionRequest` hook writes for a decision; nothing for none.
pub fn permission_answer(answer: Option<Answer>, note: Option<&str>) -> String {
    let decision = match answer {
        None => return String::new(),
        Some(Answer::Allow) => json!({"behavior": "allow"}),
        Some(Answer::Deny) => json!({"behavior": "deny", "message": no(note)}),
    };
    json!({"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": decision}})
        .to_string()
}

/// What the hook of `event` writes to tell the agent the note of a yes.
pub fn note_answer(event: &str, note: &str) -> String {
    let context = format!("The operator allowed this and says: {}", note.trim());
    json!({"hookSpecificOutput": {"hookEventName": event, "additionalContext": context}})
        .to_string()
}

/// Text from outside as one line of at most 200 characters.
pub fn one_line(text: &str) -> String {
    let line: String = crate::core::text::line(text).chars().take(200).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_decision_is_silence_and_a_deny_carries_the_note() {
        assert_eq!(permission_answer(None, Some("x")), "");
        let allow: Value =
            serde_json::from_str(&permission_answer(Some(Answer::Allow), None)).unwrap();
        assert_eq!(
            allow["hookSpecificOutput"]["decision"],
            json!({"behavior": "allow"})
        );
        let deny =
            |note| serde_json::from_str::<Value>(&permission_answer(Some(Answer::Deny), note));
        let message = |note| {
            deny(note).unwrap()["hookSpecificOutput"]["decision"]["message"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            message(Some("use \"make\"\n")),
            "The operator said no: use \"make\""
        );
        assert_eq!(message(Some(" ")), "The operator said no.");
    }

    #[test]
    fn garbage_is_refused_in_one_line() {
        for bad in [
            "",
            "{",
            "null",
            "[]",
            "{}",
            r#"{"hook_event_name":7}"#,
            "\u{0}",
        ] {
            let Err(why) = Payload::parse(bad) else {
                panic!("{bad:?} was taken");
            };
            assert!(!why.contains('\n'), "{why}");
        }
    }
}
