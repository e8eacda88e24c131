//! Claude Code's hook payloads.

use crate::core::limit::Ends;
use crate::core::state::Turn;
use crate::core::status::{Says, Signal};
use crate::runtime::hooks::{Payload, one_line, tells};
use crate::runtime::{HookCall, limit};

/// Tools whose dialog is a question to the operator: a yes without an answer would be no answer.
const QUESTIONS: [&str; 1] = ["AskUserQuestion"];

/// How the end of a background task comes in: as a prompt that nobody typed.
const BACKGROUND_PROMPT: &str = "<task-notification>";

/// What a payload means.
pub fn read(payload: &str) -> Result<HookCall, String> {
    let payload = Payload::parse(payload)?;
    let signal = |says| payload.signal(says);
    Ok(match payload.event() {
        "PermissionRequest" => {
            let tool = payload.text("tool_name").unwrap_or("");
            if QUESTIONS.contains(&tool) {
                tells(vec![signal(Says::DialogOpen)])
            } else {
                payload.request()
            }
        }
        "SessionStart" => {
            let mut signals = payload.identity();
            signals.push(signal(Says::Started));
            if payload.text("source") != Some("compact") {
                signals.push(signal(Says::DialogGone));
            }
            tells(signals)
        }
        "UserPromptSubmit" => {
            let mut signals = payload.identity();
            signals.push(signal(Says::Started));
            signals.push(signal(Says::Turn(Turn::Working)));
            let typed = payload.text("prompt");
            if !typed.is_some_and(|p| p.starts_with(BACKGROUND_PROMPT)) {
                signals.push(signal(Says::WentOn));
                signals.push(signal(Says::DialogGone));
            }
            tells(signals)
        }
        "PostToolUse" | "PostToolUseFailure" => payload.tool_ran(),
        "Notification" => tells(match payload.text("notification_type") {
            Some("permission_prompt") => vec![signal(Says::DialogOpen)],
            Some("idle_prompt") => vec![signal(Says::Turn(Turn::Settled))],
            _ => Vec::new(),
        }),
        "Stop" | "StopFailure" => {
            let tasks = payload.count("background_tasks");
            let mut signals = payload.identity();
            signals.push(signal(Says::Background(tasks)));
            signals.push(signal(Says::WentOn));
            // A subagent in the background may still have its dialog up.
            if tasks == 0 {
                signals.push(signal(Says::DialogGone));
            }
            let mut end = signal(Says::Turn(Turn::Settled));
            let error = payload.get("error");
            if !error.is_null() {
                let words = error
                    .as_str()
                    .map_or_else(|| error.to_string(), str::to_owned);
                end.text = one_line(&format!("{}: {words}", end.text));
            }
            signals.push(end);
            signals.extend(limit_of(&payload));
            tells(signals)
        }
        "SessionEnd" => tells(vec![signal(Says::DialogGone)]),
        _ => tells(Vec::new()),
    })
}

/// The limit that ended the turn. Its words are those that stand in the pane, such as *You've hit
/// your 5-hour limit · resets 4:45pm (UTC)* (2.1.329, when the server answers 429 with
/// `anthropic-ratelimit-unified-reset`; with an API key they name no time).
fn limit_of(payload: &Payload) -> Option<Signal> {
    let error = payload.get("error").to_string();
    let limited = payload.event() == "StopFailure"
        && (error.contains("rate_limit") || error.contains("usage_limit"));
    let said = payload.text("last_assistant_message").unwrap_or("");
    let ends = limit::words(said).unwrap_or(Ends::Unknown);
    let mut signal = payload.signal(Says::Limited(ends));
    let words = if said.is_empty() { &error } else { said };
    signal.text = one_line(&format!("{}: {words}", signal.text));
    limited.then_some(signal)
}
