//! opencode: the HTTP server of the screen's own process for requests and status, screen rules for
//! as long as that is not there.
//!
//! - Its default is to allow everything, so each launch brings rules that ask, in a variable. A
//!   request then waits for as long as nobody answers: it fails closed.
//! - The server's password is in the process's environment, within reach of the tools it runs. An
//!   answer that came neither from the inbox nor from a key in the pane is told as tampering.
//! - `--prompt` is not sent when a conversation is gone on with; the server is asked to, once. A fork
//!   is made first and then gone on with.
//! - `Esc` twice interrupts; over the server, requests are rejected first, since an abort leaves
//!   them open and a late yes would still run the tool.

mod config;
mod events;
mod fork;
mod permission;
mod screen;
mod transcript;

use super::channel::{Channel, Say, Way};
use super::ready::Version;
use super::transcript::Transcripts;
use super::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime, Usage};
use crate::core::status::Signal;
use serde_json::json;

/// The name by which the server knows its caller.
const USER_NAME: &str = "pult";

/// What is said where it did not make the fork beforehand.
const NO_PROMPT: &str = "it makes the fork in its pane, without the prompt; type it there";

/// opencode.
pub struct Opencode;

impl Runtime for Opencode {
    fn name(&self) -> &'static str {
        "opencode"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["opencode"]
    }

    fn version_args(&self) -> &'static [&'static str] {
        &["--version"]
    }

    fn min_version(&self) -> Version {
        Version(1, 18, 0)
    }

    fn install_hint(&self) -> &'static str {
        "install it with `npm install -g opencode-ai@latest` and log in once by running `opencode auth login`"
    }

    fn process_names(&self) -> &'static [&'static str] {
        &["opencode"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            agent: true,
            preset_native_id: false,
            resume: true,
            fork: true,
            approval: Approval::Channel,
            fails: Fails::Closed,
            reject: Reject::TurnGoesOn,
            usage: Usage::PerStep,
            background: "",
        }
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let mut argv = vec![input.program.clone()];
        let mut arg = |words: &[&str]| argv.extend(words.iter().map(|w| (*w).to_owned()));
        arg(&["--hostname", "127.0.0.1", "--port", &input.port.to_string()]);
        if let Some(model) = &input.model {
            arg(&["--model", model]);
        }
        let of = input.fork.as_ref().filter(|_| input.resume.is_none());
        let made = match (of, &input.probe) {
            (Some(of), None) => {
                return Plan {
                    probe: Some(fork::probe(input, of)),
                    ..Plan::default()
                };
            }
            (Some(_), Some(answer)) => fork::id(answer),
            (None, _) => None,
        };
        let known = input.resume.clone().or(made);
        let mut first = Vec::new();
        let mut lost = false;
        match (&known, of, &input.prompt) {
            (Some(id), _, prompt) => {
                arg(&["--session", id]);
                let say = |prompt: &String| {
                    let parts = json!({"parts": [{"type": "text", "text": prompt}]});
                    Say::post(format!("/session/{id}/prompt_async"), &parts)
                };
                first.extend(prompt.as_ref().map(say));
            }
            (None, Some(of), prompt) => {
                arg(&["--session", of, "--fork"]);
                lost = prompt.is_some();
            }
            // One word, for a prompt that begins with a dash.
            (None, None, Some(prompt)) => arg(&[&format!("--prompt={prompt}")]),
            (None, None, None) => {}
        }
        let theirs = input.env.get(config::CONTENT).map(String::as_str);
        let (content, left_out) = config::content(theirs, &input.mcp);
        let mut limits = vec![
            "its own tools can reach the channel of its requests; an answer from neither door is told as tampering"
                .to_owned(),
        ];
        limits.extend(left_out);
        limits.extend(lost.then(|| NO_PROMPT.to_owned()));
        let env = [
            (config::CONTENT, content),
            (config::USER, USER_NAME.to_owned()),
            (config::PASSWORD, input.secret.clone()),
        ];
        Plan {
            argv,
            env: env.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            native_id: known,
            limits,
            way: Some(Way {
                port: input.port,
                secret: input.secret.clone(),
                client: None,
                prompted: input.prompt.is_some() && !lost,
                first,
            }),
            ..Plan::default()
        }
    }

    fn takes_mcp(&self) -> bool {
        true
    }

    fn channel(&self, way: &Way) -> Option<Box<dyn Channel>> {
        Some(Box::new(events::Events::new(way)))
    }

    fn hook(&self, _: &str) -> Result<HookCall, String> {
        Err("opencode is asked over its server and has no hooks".to_owned())
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x1b\x1b"
    }

    fn title(&self, _: &str) -> Vec<Signal> {
        // The conversation's title, which the model makes: no evidence.
        Vec::new()
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        screen::read(rows)
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        Some(&transcript::Rows)
    }
}

/// Base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= chunk.len() {
                letter.into()
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> LaunchInput {
        LaunchInput {
            program: "/opt/opencode".to_owned(),
            prompt: Some("-fix it".to_owned()),
            model: Some("some/model".to_owned()),
            port: 4711,
            secret: "s3cret".to_owned(),
            ..LaunchInput::default()
        }
    }

    #[test]
    fn a_new_session_asks_and_its_server_is_ours_alone() {
        let plan = Opencode.launch(&input());
        assert_eq!(
            plan.argv.join("|"),
            "/opt/opencode|--hostname|127.0.0.1|--port|4711|--model|some/model|--prompt=-fix it"
        );
        let env: std::collections::BTreeMap<_, _> = plan.env.into_iter().collect();
        assert!(env[config::CONTENT].contains(r#""bash":"ask""#));
        assert_eq!(env[config::PASSWORD], "s3cret");
        assert_eq!(plan.native_id, None);
        let way = plan.way.unwrap();
        assert_eq!((way.port, way.prompted, way.first), (4711, true, vec![]));
    }

    #[test]
    fn a_resumed_one_is_prompted_over_the_server_once() {
        let plan = Opencode.launch(&LaunchInput {
            resume: Some("ses_1".to_owned()),
            ..input()
        });
        assert_eq!(plan.argv[7..].join("|"), "--session|ses_1");
        assert_eq!(plan.native_id.as_deref(), Some("ses_1"));
        let first = plan.way.unwrap().first;
        assert_eq!(first.len(), 1);
        let Say::Http(first) = &first[0] else {
            panic!("{first:?}");
        };
        assert_eq!(first.path, "/session/ses_1/prompt_async");
        assert!(first.body.as_ref().unwrap().contains("-fix it"));
    }

    #[test]
    fn a_fork_is_made_first_and_prompted_over_the_server() {
        let of = LaunchInput {
            fork: Some("ses_1".to_owned()),
            ..input()
        };
        let probe = Opencode.launch(&of).probe.unwrap();
        assert_eq!(probe.argv.join(" "), "/opt/opencode acp");
        assert!(probe.stdin[1].contains("session/fork") && probe.stdin[1].contains("ses_1"));
        let answered = |answer: &str| {
            let probe = Some(answer.to_owned());
            let plan = Opencode.launch(&LaunchInput {
                probe,
                ..of.clone()
            });
            assert_eq!(plan.probe, None);
            plan
        };
        let plan = answered(r#"{"id":7002,"result":{"sessionId":"ses_2"}}"#);
        assert_eq!(plan.argv[7..].join("|"), "--session|ses_2");
        assert_eq!(plan.native_id.as_deref(), Some("ses_2"));
        assert_eq!(plan.way.unwrap().first.len(), 1);
        // It can still be had, but not be prompted.
        let plan = answered("");
        assert_eq!(plan.argv[7..].join("|"), "--session|ses_1|--fork");
        assert_eq!(plan.native_id, None);
        assert!(plan.limits.iter().any(|limit| limit == NO_PROMPT));
        let way = plan.way.unwrap();
        assert_eq!((way.prompted, way.first), (false, vec![]));
        // One that was forked before is gone on with.
        let resume = Some("ses_2".to_owned());
        let plan = Opencode.launch(&LaunchInput { resume, ..of });
        assert_eq!(plan.argv[7..].join("|"), "--session|ses_2");
    }

    #[test]
    fn basic_authorization_is_base64() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("pult:a?~", "cHVsdDphP34="),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
