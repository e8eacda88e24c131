//! A CLI that is driven over the protocol: a pane program of our own starts it as its child, shows
//! the conversation as text and brings each request to the inbox. The session remembers it by the
//! runtime's own name, such as `NAME-acp`.
//!
//! - It fails closed: the CLI waits on its pipe for an answer that only a delivered decision gives,
//!   and ends with the pane program.
//! - A no carries no words, so a note is the next prompt; that of a yes, too.
//! - `session/load` is never used: within the minute of a start it empties the file of the
//!   conversation (Gemini CLI 0.61.0), and later it leaves a second one, for which the next start
//!   deletes both. What was said is kept by the pane program, and a resumed session begins with it
//!   as data, in front of its first prompt.

use super::Permission;
use crate::core::ask::Answer;
use crate::core::mcp::McpServer;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::runtime::hooks::{Payload, one_line, tells};
use crate::runtime::login::Sign;
use crate::runtime::ready::Version;
use crate::runtime::transcript::Transcripts;
use crate::runtime::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime};
use crate::runtime::{limit, osc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// How the pane program begins when it cannot open a conversation; why follows.
pub const UNOPENED: &str = "the agent opens no conversation: ";

/// The order's file below the attempt's directory.
const ORDER: &str = "acp.json";

/// A CLI, driven over the protocol.
pub struct Driven {
    /// Its name as a runtime.
    pub name: &'static str,
    /// The CLI as it is on its own screen.
    pub of: &'static dyn Runtime,
    /// The words after the program.
    pub args: fn(&LaunchInput) -> Vec<String>,
    /// Variables set over the session's environment.
    pub env: &'static [(&'static str, &'static str)],
    /// The id of the mode in which it asks for each call.
    pub mode: &'static str,
    /// What does not work in such a start, in words.
    pub limits: fn(&LaunchInput) -> Vec<String>,
}

/// What the pane program is told to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The runtime's name.
    pub runtime: String,
    /// The CLI and its arguments.
    pub argv: Vec<String>,
    /// As [`Driven::mode`].
    pub mode: String,
    /// The MCP servers of the conversation.
    pub mcp: Vec<McpServer>,
    /// The first prompt.
    pub prompt: Option<String>,
    /// The file in which it keeps what is said, absolute; absent where nothing may be kept.
    pub kept: Option<String>,
}

/// What the pane program gets for a decision, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Yes or no.
    pub answer: Answer,
    /// The note of a no.
    pub note: Option<String>,
}

impl Runtime for Driven {
    fn name(&self) -> &'static str {
        self.name
    }

    fn of(&self) -> &'static str {
        self.of.name()
    }

    fn programs(&self) -> &'static [&'static str] {
        self.of.programs()
    }

    fn version_args(&self) -> &'static [&'static str] {
        self.of.version_args()
    }

    fn min_version(&self) -> Version {
        self.of.min_version()
    }

    fn install_hint(&self) -> &'static str {
        self.of.install_hint()
    }

    fn login(&self) -> &'static [Sign] {
        self.of.login()
    }

    fn process_names(&self) -> &'static [&'static str] {
        self.of.process_names()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            preset_native_id: false,
            resume: true,
            fork: false,
            approval: Approval::Protocol,
            fails: Fails::Closed,
            reject: Reject::TurnGoesOn,
            background: "",
            ..self.of.capabilities()
        }
    }

    fn reads(&self, env: &BTreeMap<String, String>) -> Vec<String> {
        self.of.reads(env)
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let program = std::iter::once(input.program.clone());
        let order = Order {
            runtime: self.name.to_owned(),
            argv: program.chain((self.args)(input)).collect(),
            mode: self.mode.to_owned(),
            mcp: input.mcp.clone(),
            prompt: input.prompt.clone(),
            kept: input.kept.clone(),
        };
        let mut limits = (self.limits)(input);
        if input.before.is_some() {
            limits.push(
                match input.kept {
                    Some(_) => {
                        "it goes on in a new conversation, which is given what was said as data"
                    }
                    None => "it goes on in a new conversation: nothing of it is kept",
                }
                .to_owned(),
            );
        }
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Plan {
            argv: vec![
                input.own.clone(),
                "chat".to_owned(),
                "--acp".to_owned(),
                format!("{}/{ORDER}", input.dir),
            ],
            env: self.env.iter().map(own).collect(),
            files: vec![(ORDER.to_owned(), json!(order).to_string())],
            limits,
            ..Plan::default()
        }
    }

    fn takes_mcp(&self) -> bool {
        true
    }

    fn hook(&self, payload: &str) -> Result<HookCall, String> {
        let payload = Payload::parse(payload)?;
        let signal = |says| payload.signal(says);
        let working = || signal(Says::Turn(Turn::Working));
        let key = payload.text("call").map(str::to_owned);
        Ok(match payload.event() {
            "SessionStart" => {
                let mut signals = payload.identity();
                signals.push(signal(Says::Started));
                tells(signals)
            }
            "UserPromptSubmit" => tells(vec![signal(Says::Started), working()]),
            "PermissionRequest" => {
                let asked = Permission::read(json!(0), payload.get("request"));
                let asked = asked.ok_or("the request names no tool call")?;
                HookCall {
                    signals: vec![signal(Says::Started), signal(Says::DialogOpen), working()],
                    ask: Some(asked.call(None, payload.text("cwd"))),
                    call_key: Some(asked.request),
                }
            }
            WENT_ON => HookCall {
                signals: vec![working(), signal(Says::WentOn)],
                ask: None,
                call_key: key,
            },
            "TakenBack" => tells(vec![signal(Says::DialogGone), working()]),
            "Stop" => {
                let mut signals = vec![
                    signal(Says::WentOn),
                    signal(Says::DialogGone),
                    signal(Says::Turn(Turn::Settled)),
                ];
                let ends = payload.text("error").and_then(limit::words);
                signals.extend(ends.map(|ends| signal(Says::Limited(ends))));
                tells(signals)
            }
            _ => tells(Vec::new()),
        })
    }

    fn answer(&self, answer: Option<Answer>, note: Option<&str>) -> String {
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        let told = |answer| {
            // That of a yes comes with the call's end.
            let note = note.filter(|_| answer == Answer::Deny).map(str::to_owned);
            json!(Decided { answer, note }).to_string()
        };
        answer.map(told).unwrap_or_default()
    }

    fn note_events(&self) -> &'static [&'static str] {
        &[WENT_ON]
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x1b"
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        osc::status(number, rest)
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        let Some(at) = rows.iter().rposition(|row| row.starts_with(UNOPENED)) else {
            return Vec::new();
        };
        let rest = rows[at..].iter().take_while(|row| !row.starts_with('>'));
        let words: Vec<&str> = rest.map(|row| row.trim()).collect();
        let words = words.join(" ");
        let why = words.trim_start_matches(UNOPENED).trim();
        vec![Signal {
            source: Source::Screen,
            says: Says::StartScreen(one_line(&format!("{} {UNOPENED}{why}", self.of.name()))),
            text: format!("the screen says \"{}\"", UNOPENED.trim_end_matches(": ")),
        }]
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        self.of.transcripts()
    }
}

/// The event of a call that was decided and after which something came.
pub const WENT_ON: &str = "WentOn";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ask::Verb;
    use crate::runtime::gemini;

    fn driven() -> &'static dyn Runtime {
        &gemini::OVER_ACP
    }

    fn hook(payload: serde_json::Value) -> HookCall {
        driven().hook(&payload.to_string()).expect("a call")
    }

    #[test]
    fn a_request_is_an_approval_under_the_call_and_its_answer_is_for_the_pane_program() {
        let request =
            json!({"toolCall": {"toolCallId": "c-1", "kind": "execute", "title": "make"}});
        let asks = json!({"hook_event_name": "PermissionRequest", "cwd": "/p", "request": request});
        let call = hook(asks);
        let ask = call.ask.expect("an ask");
        assert_eq!((ask.verb, ask.object.as_str()), (Verb::Run, "make"));
        assert_eq!(call.call_key.as_deref(), Some("c-1"));
        assert!(
            driven()
                .hook(r#"{"hook_event_name": "PermissionRequest"}"#)
                .is_err()
        );
        let answer = |answer, note| driven().answer(answer, note);
        assert_eq!(answer(None, None), "");
        let yes: Decided = serde_json::from_str(&answer(Some(Answer::Allow), Some("x"))).unwrap();
        assert_eq!((yes.answer, yes.note), (Answer::Allow, None));
        let no: Decided = serde_json::from_str(&answer(Some(Answer::Deny), Some(" x"))).unwrap();
        assert_eq!((no.answer, no.note.as_deref()), (Answer::Deny, Some("x")));
    }

    #[test]
    fn a_turn_that_a_limit_ended_is_limited() {
        let stop = |error: &str| {
            let stop = hook(json!({"hook_event_name": "Stop", "error": error}));
            stop.signals
                .iter()
                .any(|s| matches!(s.says, Says::Limited(_)))
        };
        assert!(stop(
            "Usage limit reached for all Pro models. Access resets at 4:46 PM UTC."
        ));
        assert!(!stop("the server is on fire"));
    }

    #[test]
    fn it_runs_our_pane_program_which_is_told_what_to_start() {
        let input = LaunchInput {
            own: "/opt/pult".to_owned(),
            program: "/opt/gemini".to_owned(),
            model: Some("m".to_owned()),
            prompt: Some("fix it".to_owned()),
            dir: "/s/attempts/1".to_owned(),
            kept: Some("/s/said.jsonl".to_owned()),
            ..LaunchInput::default()
        };
        let plan = driven().launch(&input);
        assert_eq!(
            plan.argv,
            ["/opt/pult", "chat", "--acp", "/s/attempts/1/acp.json"]
        );
        let order: Order = serde_json::from_str(&plan.files[0].1).expect("an order");
        assert_eq!(order.argv[0], "/opt/gemini");
        assert!(order.argv.contains(&"--acp".to_owned()), "{order:?}");
        assert_eq!(order.prompt.as_deref(), Some("fix it"));
        assert_eq!(order.kept, input.kept);
        assert_eq!(plan.native_id, None);
        let again = LaunchInput {
            before: Some("/s/attempts/1".to_owned()),
            resume: Some("id-1".to_owned()),
            ..input
        };
        let plan = driven().launch(&again);
        assert!(plan.limits.iter().any(|limit| limit.contains("as data")));
        // The CLI's own resume deletes what it resumes.
        assert!(!plan.files[0].1.contains("id-1"));
    }
}
