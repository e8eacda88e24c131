//! Models of this machine, by `pult chat`: no tools, so nothing is ever asked for.
//!
//! The server is `OLLAMA_HOST` of the session's environment, 127.0.0.1:11434 without it; a URL that
//! ends in `/v1` is any Chat Completions server. One that is not on this machine is refused by
//! `pult chat` itself, before it is dialled. Status comes by OSC 7501 from the chat; that there is no
//! server at its start, from what it says on its screen.

mod transcript;

use super::endpoint::NOBODY;
use super::hooks;
use super::transcript::Transcripts;
use super::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime, Usage};
use crate::core::state::Source;
use crate::core::status::{Says, Signal};

/// How the chat's window title begins; the model in use follows.
pub const TITLE: &str = "chat: ";

/// Models of this machine.
pub struct Ollama;

impl Runtime for Ollama {
    fn name(&self) -> &'static str {
        "ollama"
    }

    fn programs(&self) -> &'static [&'static str] {
        &[]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            agent: true,
            preset_native_id: true,
            resume: true,
            fork: false,
            approval: Approval::Never,
            fails: Fails::Closed,
            reject: Reject::TurnEnds,
            usage: Usage::PerPrompt,
            background: "",
        }
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let mut argv = vec![input.program.clone(), "chat".to_owned()];
        let mut arg = |words: &[&str]| argv.extend(words.iter().map(|w| (*w).to_owned()));
        if let Some(model) = &input.model {
            arg(&["--model", model]);
        }
        let id = input.resume.as_ref().unwrap_or(&input.fresh_id).clone();
        arg(&["--session", &id]);
        if let Some(prompt) = &input.prompt {
            arg(&["--", prompt]);
        }
        Plan {
            argv,
            native_id: Some(id),
            ..Plan::default()
        }
    }

    fn hook(&self, _: &str) -> Result<HookCall, String> {
        Err("a chat has no hooks".to_owned())
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x1b"
    }

    fn title(&self, title: &str) -> Vec<Signal> {
        let model = title.strip_prefix(TITLE).filter(|model| !model.is_empty());
        let signal = |model: &str| Signal {
            source: Source::Title,
            says: Says::Model(hooks::one_line(model)),
            text: format!("title {}", hooks::one_line(title)),
        };
        model.map(signal).into_iter().collect()
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        super::osc::status(number, rest)
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        // The chat's own words, which may go on in the next rows.
        let Some(at) = rows.iter().position(|row| row.starts_with(NOBODY)) else {
            return Vec::new();
        };
        let rest = rows[at..].iter().take_while(|row| !row.starts_with('>'));
        let words: Vec<&str> = rest.map(|row| row.trim()).collect();
        let says = Says::StartScreen(hooks::one_line(words.join(" ").trim()));
        vec![Signal {
            source: Source::Screen,
            says,
            text: format!("the screen says \"{NOBODY}\""),
        }]
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        Some(&transcript::ChatTranscripts)
    }
}
