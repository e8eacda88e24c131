//! Gemini CLI: its screen and its title, and keys that answer what the screen shows.
//!
//! - Hooks of a launch are not to be had: they come from settings files of the user, of a trusted
//!   folder or of root, and allowing by a hook needs a mode that runs everything when it dies.
//!   So requests are asked in its dialog, which waits for as long as nobody answers: it fails
//!   closed. A decision from the inbox is typed as a key, and only into the very dialog that was
//!   decided on; what a dialog does not show whole is answered in the pane.
//! - MCP servers of a launch are not either: they come from the same files, and of root's it takes
//!   none with anybody else above it (0.61.0, `isFileAndDirectorySecureSync`).
//! - `--resume` may delete the conversation later: it leaves a second file under the same id, and
//!   the next start in the project removes all files of that id. So a conversation is gone on with
//!   from a copy, which makes a new one of it, and the original is not touched.
//! - It works on a first prompt behind the question for trust, and restarts itself after the answer:
//!   by then a chosen id would be taken, and it would end. So where it will ask, it starts from a copy
//!   of nothing, and that under an id of its own choice.
//! - Such an id is read from the file that it writes.
//! - It judges a key by what it has drawn last: an Enter right behind a text finds an empty prompt, or
//!   takes the first command of a list that is not that of the text yet. So the text is seen in the
//!   prompt first.
//! - Each start in a directory adds a title to the file of the conversation before it there (0.61.0,
//!   `generateAndSaveSummary`); what was said stays.
//! - `Ready` in the title is also shown over start screens: it ends a turn, and starts nothing.

mod draft;
mod driven;
mod screen;
mod transcript;
mod trust;

pub use driven::OVER_ACP;

use super::draft::{CLEARS, Draft};
use super::ready::Version;
use super::transcript::Transcripts;
use super::{Approval, Capabilities, Fails, Fetch, HookCall, LaunchInput, Plan, Reject};
use super::{Runtime, Usage};
use crate::core::ask::{Answer, Call};
use crate::core::status::Signal;
use serde_json::json;
use std::collections::BTreeMap;

/// The copy of a conversation below the attempt's directory.
const COPY: &str = "gemini-session.jsonl";

/// Gemini CLI.
pub struct Gemini;

impl Runtime for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["gemini"]
    }

    fn version_args(&self) -> &'static [&'static str] {
        &["--version"]
    }

    fn min_version(&self) -> Version {
        Version(0, 61, 0)
    }

    fn install_hint(&self) -> &'static str {
        "install it with `npm install -g @google/gemini-cli@latest` (node 20 or newer) and log in once by running `gemini`"
    }

    fn process_names(&self) -> &'static [&'static str] {
        &["gemini"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            agent: true,
            preset_native_id: true,
            resume: true,
            fork: false,
            approval: Approval::Keys,
            fails: Fails::Closed,
            reject: Reject::TurnEnds,
            usage: Usage::PerStep,
            background: "",
        }
    }

    fn reads(&self, env: &BTreeMap<String, String>) -> Vec<String> {
        trust::files(env).into_iter().flatten().collect()
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let mut argv = vec![input.program.clone()];
        let mut arg = |words: &[&str]| argv.extend(words.iter().map(|w| (*w).to_owned()));
        arg(&["--approval-mode", "default"]);
        if let Some(model) = &input.model {
            arg(&["--model", model]);
        }
        let copy = format!("{}/{COPY}", input.dir);
        let mut files = Vec::new();
        let asks = trust::asks(&input.cwd, &input.env, &input.read);
        let fetch = match &input.resume {
            Some(id) => {
                arg(&["--session-file", &copy]);
                let before = input.before.as_ref().map(|dir| format!("{dir}/{COPY}"));
                let imported = before.clone();
                let imported = imported.iter().map(|path| transcript::imported(path));
                let own = format!(r#""sessionId":"{id}""#);
                transcript::place(&input.env).map(|place| Fetch {
                    place,
                    marks: imported.chain([own]).collect(),
                    before,
                    to: COPY.to_owned(),
                })
            }
            None if asks => {
                arg(&["--session-file", &copy]);
                files.push((COPY.to_owned(), empty(&input.fresh_id)));
                None
            }
            None => {
                arg(&["--session-id", &input.fresh_id]);
                None
            }
        };
        if let Some(prompt) = &input.prompt {
            // One word, for a prompt that begins with a dash.
            arg(&[&format!("--prompt-interactive={prompt}")]);
        }
        let by_key = "a decision from the inbox is typed as a key into its dialog, if that still shows the same";
        let from_copy = "it goes on from a copy; the CLI may delete what is said from here on at its next start in this directory";
        let is_copy = input.resume.is_some() || asks;
        let limits = std::iter::once(by_key).chain(is_copy.then_some(from_copy));
        Plan {
            argv,
            native_id: (!is_copy).then(|| input.fresh_id.clone()),
            files,
            limits: limits.map(str::to_owned).collect(),
            fetch,
            ..Plan::default()
        }
    }

    fn hook(&self, _: &str) -> Result<HookCall, String> {
        Err("gemini is asked on its screen and has no hooks of a launch".to_owned())
    }

    fn key(
        &self,
        rows: &[String],
        title: &str,
        call: &Call,
        answer: Answer,
    ) -> Option<&'static str> {
        if !title.starts_with('✋') {
            return None;
        }
        screen::key(rows, call, answer)
    }

    fn draft(&self, rows: &[String]) -> Option<Draft> {
        draft::read(rows)
    }

    fn clears(&self) -> &'static str {
        CLEARS
    }

    fn as_written(&self) -> &'static str {
        // It offers nothing for a text in which the cursor was moved.
        "end"
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x1b"
    }

    fn title(&self, title: &str) -> Vec<Signal> {
        screen::title(title)
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        screen::read(rows)
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        Some(&transcript::Chats)
    }
}

/// The directory with everything that it writes: in the one that its variable names in place of the
/// home directory.
fn own_directory(env: &BTreeMap<String, String>) -> Option<String> {
    let set = |name: &str| env.get(name).filter(|value| !value.is_empty());
    let home = set("GEMINI_CLI_HOME").or_else(|| set("HOME"))?;
    Some(format!("{home}/.gemini"))
}

/// A conversation in which nothing was said.
fn empty(id: &str) -> String {
    let long_ago = "2025-01-01T00:00:00.000Z";
    let header = json!({"sessionId": id, "projectHash": "", "startTime": long_ago,
                        "lastUpdated": long_ago, "kind": "main"});
    format!("{header}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> LaunchInput {
        let rules = "/home/u/.gemini/trustedFolders.json".to_owned();
        LaunchInput {
            cwd: "/p".to_owned(),
            read: BTreeMap::from([(rules, r#"{"/p": "TRUST_FOLDER"}"#.to_owned())]),
            program: "/opt/gemini".to_owned(),
            prompt: Some("-fix it".to_owned()),
            fresh_id: "f-1".to_owned(),
            dir: "/state/attempts/2".to_owned(),
            env: BTreeMap::from([("HOME".to_owned(), "/home/u".to_owned())]),
            ..LaunchInput::default()
        }
    }

    #[test]
    fn a_new_session_asks_and_has_the_id_that_was_chosen() {
        let plan = Gemini.launch(&input());
        assert_eq!(
            plan.argv.join("|"),
            "/opt/gemini|--approval-mode|default|--session-id|f-1|--prompt-interactive=-fix it"
        );
        assert_eq!(plan.native_id.as_deref(), Some("f-1"));
        assert_eq!(plan.fetch, None);
    }

    #[test]
    fn where_it_will_ask_for_trust_no_id_is_chosen_that_its_restart_would_find_taken() {
        let plan = Gemini.launch(&LaunchInput {
            read: BTreeMap::new(),
            ..input()
        });
        let argv = plan.argv.join("|");
        assert!(!argv.contains("--session-id"), "{argv}");
        let copy = "/state/attempts/2/gemini-session.jsonl";
        assert!(argv.contains(&format!("--session-file|{copy}")), "{argv}");
        assert_eq!((plan.native_id, plan.fetch), (None, None));
        assert_eq!(plan.files[0].0, "gemini-session.jsonl");
        let header: serde_json::Value = serde_json::from_str(&plan.files[0].1).unwrap();
        assert_eq!(header["sessionId"], "f-1");
        let (of, words) = transcript::Chats.began("/state/attempts/2").unwrap();
        assert_eq!((&*of, words), (copy, transcript::imported(copy)));
        assert!(plan.limits.iter().any(|limit| limit.contains("a copy")));
    }

    #[test]
    fn one_is_gone_on_with_from_a_copy_and_never_by_its_id() {
        let plan = Gemini.launch(&LaunchInput {
            resume: Some("f-1".to_owned()),
            before: Some("/state/attempts/1".to_owned()),
            ..input()
        });
        let argv = plan.argv.join("|");
        assert!(!argv.contains("--resume"), "{argv}");
        assert!(
            argv.contains("--session-file|/state/attempts/2/gemini-session.jsonl"),
            "{argv}"
        );
        let fetch = plan.fetch.unwrap();
        assert_eq!(
            fetch.marks,
            [
                "Imported session from /state/attempts/1/gemini-session.jsonl",
                r#""sessionId":"f-1""#
            ]
        );
        assert_eq!(fetch.place.root, "/home/u/.gemini/tmp");
        // The new conversation's id is chosen by the CLI.
        assert_eq!(plan.native_id, None);
    }
}
