//! Hook payloads of a declared runtime: Claude Code's, as far as others have taken them over.

use crate::core::status::Says;
use crate::runtime::HookCall;
use crate::runtime::claude;
use crate::runtime::hooks::{Payload, tells};

/// Tools whose dialog is a question to the operator: a yes without an answer would be no answer.
const QUESTIONS: [&str; 2] = ["ask_user_question", "ask_user"];

/// What a payload means.
pub fn read(payload: &str) -> Result<HookCall, String> {
    let parsed = Payload::parse(payload)?;
    match parsed.event() {
        "PermissionRequest"
            if parsed
                .text("tool_name")
                .is_some_and(|tool| QUESTIONS.contains(&tool)) =>
        {
            Ok(tells(vec![parsed.signal(Says::DialogOpen)]))
        }
        // Said again after each round of tools; nobody typed it.
        "UserPromptSubmit" if parsed.text("prompt").is_none() => Ok(tells(Vec::new())),
        // A session may begin behind a start screen that others do not have.
        "SessionStart" => claude::read_hook(payload).map(|mut call| {
            call.signals.retain(|signal| signal.says != Says::Started);
            call
        }),
        _ => claude::read_hook(payload),
    }
}
