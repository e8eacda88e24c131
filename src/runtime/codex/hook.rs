//! Codex's hook payloads.

use crate::core::state::Turn;
use crate::core::status::Says;
use crate::runtime::HookCall;
use crate::runtime::hooks::{Payload, tells};

/// What a payload means.
pub fn read(payload: &str) -> Result<HookCall, String> {
    let payload = Payload::parse(payload)?;
    let signal = |says| payload.signal(says);
    Ok(match payload.event() {
        "PermissionRequest" => payload.request(),
        "SessionStart" => {
            let mut signals = payload.identity();
            signals.push(signal(Says::Started));
            tells(signals)
        }
        "UserPromptSubmit" => {
            let mut signals = payload.identity();
            signals.push(signal(Says::Started));
            signals.push(signal(Says::WentOn));
            signals.push(signal(Says::DialogGone));
            signals.push(signal(Says::Turn(Turn::Working)));
            tells(signals)
        }
        "PostToolUse" => payload.tool_ran(),
        "Stop" | "Interrupt" => {
            let mut signals = payload.identity();
            signals.push(signal(Says::WentOn));
            signals.push(signal(Says::DialogGone));
            signals.push(signal(Says::Turn(Turn::Settled)));
            tells(signals)
        }
        _ => tells(Vec::new()),
    })
}
