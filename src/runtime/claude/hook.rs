//! Claude Code's hook payloads.

use crate::core::state::Turn;
use crate::core::status::Says;
use crate::runtime::HookCall;
use crate::runtime::hooks::{Payload, one_line, tells};

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
            let turn = end_of_turn(&payload);
            let mut signals = payload.identity();
            signals.push(signal(Says::Background(tasks)));
            signals.push(signal(Says::WentOn));
            // A subagent in the background may still have its dialog up.
            if tasks == 0 {
                signals.push(signal(Says::DialogGone));
            }
            let mut end = signal(Says::Turn(turn));
            let error = payload.get("error");
            if !error.is_null() {
                let words = error
                    .as_str()
                    .map_or_else(|| error.to_string(), str::to_owned);
                end.text = one_line(&format!("{}: {words}", end.text));
            }
            signals.push(end);
            tells(signals)
        }
        "SessionEnd" => tells(vec![signal(Says::DialogGone)]),
        _ => tells(Vec::new()),
    })
}

fn end_of_turn(payload: &Payload) -> Turn {
    let error = payload.get("error").to_string();
    let limited = payload.event() == "StopFailure"
        && (error.contains("rate_limit") || error.contains("usage_limit"));
    if limited {
        Turn::Limited
    } else {
        Turn::Settled
    }
}
