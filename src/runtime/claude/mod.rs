//! Claude Code: hooks from a settings file of the attempt, a live status file, screen rules.
//!
//! - The `PermissionRequest` hook and the dialog in the pane run at once and the first answer wins;
//!   a hook whose request was answered in the pane is not killed. So every later event of the
//!   session says what became of the request.
//! - `Esc` fires no hook; the status file (`sessions/<pid>.json`) says `idle` then.
//! - The permission mode is always given: without it the default lets a classifier approve.
//! - A hook that ends without output is no opinion, and the dialog stays: it fails closed.

mod hook;
mod screen;
mod status;
mod transcript;

use super::draft::{CLEARS, Draft};
use super::login::Sign;
use super::transcript::Transcripts;
use super::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime, Usage};
use super::{hooks, mcp, ready::Version};
use crate::core::ask::Answer;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The settings file below the attempt's directory.
const SETTINGS: &str = "claude-settings.json";

/// The file of MCP servers beside it.
const MCP: &str = "claude-mcp.json";

/// Hook events and the seconds each may take. Only the request waits for somebody.
const EVENTS: [(&str, u32); 9] = [
    ("PermissionRequest", hooks::PATIENCE_S),
    ("SessionStart", 10),
    ("UserPromptSubmit", 10),
    ("PostToolUse", 10),
    ("PostToolUseFailure", 10),
    ("Notification", 10),
    ("Stop", 10),
    ("StopFailure", 10),
    ("SessionEnd", 10),
];

/// What a hook payload means, in the dialect that other CLIs have taken over.
pub(super) fn read_hook(payload: &str) -> Result<HookCall, String> {
    hook::read(payload)
}

/// Claude Code.
pub struct Claude;

impl Runtime for Claude {
    fn name(&self) -> &'static str {
        "claude"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["claude"]
    }

    fn version_args(&self) -> &'static [&'static str] {
        &["--version"]
    }

    fn min_version(&self) -> Version {
        Version(2, 1, 300)
    }

    fn install_hint(&self) -> &'static str {
        "install it with `npm install -g @anthropic-ai/claude-code@latest` (node 22 or newer) and log in once by running `claude`"
    }

    fn login(&self) -> &'static [Sign] {
        &[
            Sign::Env("ANTHROPIC_API_KEY"),
            Sign::Env("ANTHROPIC_AUTH_TOKEN"),
            Sign::Env("CLAUDE_CODE_OAUTH_TOKEN"),
            Sign::Env("CLAUDE_CODE_USE_BEDROCK"),
            Sign::Env("CLAUDE_CODE_USE_VERTEX"),
            Sign::File {
                env: "CLAUDE_CONFIG_DIR",
                dir: ".claude",
                name: ".credentials.json",
            },
        ]
    }

    fn process_names(&self) -> &'static [&'static str] {
        &["claude"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            agent: true,
            preset_native_id: true,
            resume: true,
            fork: true,
            approval: Approval::Hook,
            fails: Fails::Closed,
            reject: Reject::TurnGoesOn,
            usage: Usage::Cumulative,
            background: "subagents of a turn, ended with its screen",
        }
    }

    fn forks_anywhere(&self) -> bool {
        true
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let mut argv = vec![input.program.clone()];
        let mut arg = |words: &[&str]| argv.extend(words.iter().map(|w| (*w).to_owned()));
        arg(&["--permission-mode", "manual"]);
        let mut files = vec![(SETTINGS.to_owned(), settings(&input.hook_command))];
        if !input.mcp.is_empty() {
            // It takes every word up to the next flag.
            arg(&["--mcp-config", &format!("{}/{MCP}", input.dir)]);
            files.push((MCP.to_owned(), mcp::file(&input.mcp)));
        }
        arg(&["--settings", &format!("{}/{SETTINGS}", input.dir)]);
        if let Some(model) = &input.model {
            arg(&["--model", model]);
        }
        let native_id = match &input.resume {
            Some(id) => {
                arg(&["--resume", id]);
                id.clone()
            }
            None => {
                if let Some(id) = &input.fork {
                    arg(&["--resume", id, "--fork-session"]);
                }
                arg(&["--session-id", &input.fresh_id]);
                input.fresh_id.clone()
            }
        };
        if let Some(prompt) = &input.prompt {
            arg(&["--", prompt]);
        }
        Plan {
            argv,
            env: Vec::new(),
            files,
            native_id: Some(native_id),
            ..Plan::default()
        }
    }

    fn takes_mcp(&self) -> bool {
        true
    }

    fn hook(&self, payload: &str) -> Result<HookCall, String> {
        hook::read(payload)
    }

    fn answer(&self, answer: Option<Answer>, note: Option<&str>) -> String {
        hooks::permission_answer(answer, note)
    }

    fn note_events(&self) -> &'static [&'static str] {
        &["PostToolUse", "PostToolUseFailure"]
    }

    fn draft(&self, rows: &[String]) -> Option<Draft> {
        screen::prompt().read(rows)
    }

    fn clears(&self) -> &'static str {
        CLEARS
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x1b"
    }

    fn title(&self, title: &str) -> Vec<Signal> {
        // The idle mark is also shown while a dialog is up, so it is evidence of nothing.
        let works = title.starts_with(['◐', '◑', '◒', '◓']);
        let signal = || Signal {
            source: Source::Title,
            says: Says::Turn(Turn::Working),
            text: format!("title {}", hooks::one_line(title)),
        };
        works.then(signal).into_iter().collect()
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        super::osc::status(number, rest)
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        screen::read(rows)
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        Some(&transcript::ClaudeTranscripts)
    }

    fn status_file(&self, pid: u32, env: &BTreeMap<String, String>) -> Option<String> {
        status::path(pid, env)
    }

    fn status(&self, contents: &str) -> Vec<Signal> {
        status::read(contents)
    }
}

fn settings(hook_command: &str) -> String {
    let hook = |timeout: u32| json!([{"hooks": [{"type": "command", "command": hook_command, "timeout": timeout}]}]);
    let events = EVENTS.iter();
    let events: BTreeMap<&str, Value> = events.map(|(name, s)| (*name, hook(*s))).collect();
    json!({ "hooks": events }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::mcp::McpServer;

    fn input() -> LaunchInput {
        LaunchInput {
            program: "/opt/claude".to_owned(),
            fresh_id: "11111111-2222-4333-8444-555555555555".to_owned(),
            hook_command: "'/opt/pu lt' hook claude".to_owned(),
            dir: "/state/attempts/1".to_owned(),
            prompt: Some("-- fix it".to_owned()),
            ..LaunchInput::default()
        }
    }

    #[test]
    fn a_new_session_asks_and_writes_only_into_its_own_directory() {
        let plan = Claude.launch(&input());
        assert_eq!(
            plan.argv.join("|"),
            "/opt/claude|--permission-mode|manual|--settings|/state/attempts/1/claude-settings.json\
             |--session-id|11111111-2222-4333-8444-555555555555|--|-- fix it"
        );
        assert_eq!(plan.native_id, Some(input().fresh_id));
        let (path, text) = &plan.files[0];
        assert_eq!(path, SETTINGS);
        let settings: Value = serde_json::from_str(text).unwrap();
        let request = &settings["hooks"]["PermissionRequest"][0]["hooks"][0];
        assert_eq!(request["timeout"], 86_400);
        assert_eq!(request["command"], "'/opt/pu lt' hook claude");
    }

    #[test]
    fn servers_of_the_launch_are_in_a_file_of_its_own() {
        let server = McpServer::parse("notes=/opt/notes --all").unwrap();
        let plan = Claude.launch(&LaunchInput {
            mcp: vec![server],
            ..input()
        });
        let argv = plan.argv.join("|");
        assert!(
            argv.contains("|--mcp-config|/state/attempts/1/claude-mcp.json|--settings|"),
            "{argv}"
        );
        let (path, text) = &plan.files[1];
        assert_eq!(path, MCP);
        let file: Value = serde_json::from_str(text).unwrap();
        let notes = json!({"type": "stdio", "command": "/opt/notes", "args": ["--all"]});
        assert_eq!(file["mcpServers"]["notes"], notes);
    }

    #[test]
    fn a_resumed_one_keeps_its_conversation() {
        let resumed = LaunchInput {
            resume: Some("abc".to_owned()),
            prompt: None,
            model: Some("sonnet".to_owned()),
            ..input()
        };
        let plan = Claude.launch(&resumed);
        assert_eq!(plan.argv[5..].join("|"), "--model|sonnet|--resume|abc");
        assert_eq!(plan.native_id.as_deref(), Some("abc"));
    }
}
