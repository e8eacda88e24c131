//! Codex: hooks by `-c`, their trust hash pinned per launch, OSC 7501, window titles, screen rules.
//!
//! - `--no-daemon`: otherwise the screen belongs to a background server that outlives it.
//! - Hooks that come by flags are untrusted and silently not run. A probe asks `codex app-server`
//!   for their hashes, and the launch pins exactly those.
//! - While a permission hook waits, the pane and OSC 7501 say *working*; the hook itself is the
//!   evidence that somebody is waited for. Without a decision the ordinary prompt appears: it
//!   fails closed.
//! - The trust of the folder is left alone: that screen is the operator's to answer.

mod hook;
mod screen;
mod transcript;
mod trust;

use super::login::Sign;
use super::transcript::Transcripts;
use super::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime, Usage};
use super::{hooks, ready::Version};
use crate::core::ask::Answer;
use crate::core::mcp::McpServer;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};

/// Hook events and the seconds each may take. Only the request waits for somebody.
const EVENTS: [(&str, u32); 6] = [
    ("PermissionRequest", hooks::PATIENCE_S),
    ("SessionStart", 10),
    ("UserPromptSubmit", 10),
    ("PostToolUse", 10),
    ("Stop", 10),
    ("Interrupt", 3),
];

/// Codex.
pub struct Codex;

impl Runtime for Codex {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["codex"]
    }

    fn version_args(&self) -> &'static [&'static str] {
        &["--version"]
    }

    fn min_version(&self) -> Version {
        Version(0, 169, 0)
    }

    fn install_hint(&self) -> &'static str {
        "install it with `npm install -g @openai/codex@latest` and log in once by running `codex login`"
    }

    fn login(&self) -> &'static [Sign] {
        &[
            Sign::Env("OPENAI_API_KEY"),
            Sign::Env("CODEX_API_KEY"),
            Sign::File {
                env: "CODEX_HOME",
                dir: ".codex",
                name: "auth.json",
            },
        ]
    }

    fn process_names(&self) -> &'static [&'static str] {
        &["codex"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            agent: true,
            preset_native_id: false,
            resume: true,
            fork: true,
            approval: Approval::Hook,
            fails: Fails::Closed,
            reject: Reject::TurnGoesOn,
            usage: Usage::Cumulative,
            background: "",
        }
    }

    fn forks_anywhere(&self) -> bool {
        true
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let hooks = hook_flags(&input.hook_command);
        let Some(probed) = &input.probe else {
            return Plan {
                probe: Some(trust::probe(input, &hooks)),
                ..Plan::default()
            };
        };
        let mut argv = vec![input.program.clone()];
        let mut arg = |words: &[&str]| argv.extend(words.iter().map(|w| (*w).to_owned()));
        let earlier = match (&input.resume, &input.fork) {
            (Some(id), _) => Some(("resume", id.as_str())),
            (None, Some(id)) => Some(("fork", id.as_str())),
            (None, None) => None,
        };
        if let Some((how, _)) = earlier {
            // Where that worked elsewhere, it would ask in which of the two directories to go on
            // (0.169.0, "Working directory"), and wait.
            arg(&[how, "-C", &input.cwd]);
        }
        arg(&["--no-daemon", "-a", "on-request", "-s", "workspace-write"]);
        if let Some(model) = &input.model {
            arg(&["-m", model]);
        }
        for flag in &hooks {
            arg(&["-c", flag]);
        }
        for server in &input.mcp {
            arg(&["-c", &mcp_flag(server)]);
        }
        let pinned = trust::pin(probed, &input.hook_command);
        let mut limits = Vec::new();
        match &pinned {
            Some(state) => arg(&["-c", state]),
            None => limits.push(
                "codex did not list pult's hooks, so its requests are only shown and decided in the pane"
                    .to_owned(),
            ),
        }
        let prompt = input.prompt.as_deref();
        if earlier.is_some() || prompt.is_some() {
            arg(&["--"]);
        }
        arg(&[earlier.map(|(_, id)| id), prompt]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>());
        Plan {
            argv,
            native_id: input.resume.clone(),
            limits,
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
        &["PostToolUse"]
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x1b"
    }

    fn title(&self, title: &str) -> Vec<Signal> {
        let says = |says| Signal {
            source: Source::Title,
            says,
            text: format!("title {}", hooks::one_line(title)),
        };
        let asks = ["[ ! ] Action Required", "[ . ] Action Required"];
        if asks.iter().any(|mark| title.starts_with(mark)) {
            return vec![says(Says::DialogOpen), says(Says::Turn(Turn::Working))];
        }
        let spins = title.starts_with(|c| ('\u{2800}'..='\u{28ff}').contains(&c));
        if spins {
            return vec![says(Says::DialogGone), says(Says::Turn(Turn::Working))];
        }
        Vec::new()
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        super::osc::status(number, rest)
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        screen::read(rows)
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        Some(&transcript::CodexTranscripts)
    }
}

/// One `-c` value per hook event.
fn hook_flags(command: &str) -> Vec<String> {
    let command = toml_string(command);
    let flag = |(event, seconds): &(&str, u32)| {
        format!(
            r#"hooks.{event}=[{{hooks=[{{type="command",command={command},timeout={seconds}}}]}}]"#
        )
    };
    EVENTS.iter().map(flag).collect()
}

/// The `-c` value of an MCP server; the keys of such values are divided at dots, its name has none.
fn mcp_flag(server: &McpServer) -> String {
    let words: Vec<String> = server
        .command
        .iter()
        .map(|word| toml_string(word))
        .collect();
    let (command, args) = words
        .split_first()
        .map_or(("", &[][..]), |(c, a)| (c.as_str(), a));
    let args = args.join(",");
    format!(
        "mcp_servers.{}={{command={command},args=[{args}]}}",
        server.name
    )
}

/// A TOML basic string.
fn toml_string(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_plan_is_a_question_and_the_second_the_launch() {
        let mut input = LaunchInput {
            program: "/opt/codex".to_owned(),
            cwd: "/p".to_owned(),
            hook_command: "'/opt/pu \"lt' hook codex".to_owned(),
            prompt: Some("-fix".to_owned()),
            ..LaunchInput::default()
        };
        let probe = Codex.launch(&input).probe.unwrap();
        assert_eq!(probe.argv[..2], ["/opt/codex", "app-server"]);
        for line in &probe.stdin {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
        let flag = &probe.argv[3];
        let (key, value) = flag.split_once('=').unwrap();
        assert_eq!(key, "hooks.PermissionRequest");
        let parsed: toml::Table = format!("x={value}").parse().unwrap();
        let command = parsed["x"][0]["hooks"][0]["command"].as_str();
        assert_eq!(command, Some("'/opt/pu \"lt' hook codex"));

        input.probe = Some(String::new());
        let blind = Codex.launch(&input);
        assert_eq!(blind.probe, None);
        assert_eq!(blind.limits.len(), 1);
        assert_eq!(blind.argv[blind.argv.len() - 2..], ["--", "-fix"]);
        input.mcp = vec![McpServer::parse(r#"notes=["/opt/n", "a \"b\""]"#).unwrap()];
        let with = Codex.launch(&input).argv.join(" ");
        let flag = r#"-c mcp_servers.notes={command="/opt/n",args=["a \"b\""]}"#;
        assert!(with.contains(flag), "{with}");
        input.mcp.clear();
        input.resume = Some("01a1".to_owned());
        let resumed = Codex.launch(&input);
        assert_eq!(resumed.argv[..4], ["/opt/codex", "resume", "-C", "/p"]);
        assert_eq!(
            resumed.argv[resumed.argv.len() - 3..],
            ["--", "01a1", "-fix"]
        );
        (input.resume, input.fork) = (None, Some("01a1".to_owned()));
        let forked = Codex.launch(&input);
        assert_eq!(forked.argv[..4], ["/opt/codex", "fork", "-C", "/p"]);
    }
}
