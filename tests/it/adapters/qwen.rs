//! Qwen Code, by the file that ships.

use super::{Seen, check_screens, lines, says, told};
use pult::core::ask::Verb;
use pult::core::state::Turn;
use pult::core::status::Says;
use pult::runtime::declared::Declared;
use pult::runtime::transcript::{Said, Who};
use pult::runtime::{HookCall, LaunchInput, Runtime};
use std::collections::BTreeMap;
use std::path::Path;

fn qwen() -> &'static dyn Runtime {
    let (rows, mistakes) = pult::config::runtimes::load(Path::new("/nowhere"));
    assert_eq!(mistakes, []);
    let mut rows = rows.into_iter();
    Declared::keep(rows.find(|row| row.name == "qwen").expect("it ships"))
}

#[test]
fn its_screens_say_what_it_does() {
    check_screens(
        qwen(),
        &[
            ("dual_after_reject", Seen::Rests),
            ("dual_permission", Seen::Asks),
            ("exited", Seen::Nothing),
            ("hook_hallow", Seen::Rests),
            ("hook_hdeny", Seen::Rests),
            ("hook_hslow", Seen::Asks),
            ("hook_hwait", Seen::Works),
            ("hook_hwait_after", Seen::Rests),
            // Taken while an answer was still streamed.
            ("idle_after_turn", Seen::Works),
            ("interrupted", Seen::Rests),
            ("mcp_panel", Seen::Nothing),
            ("permission_mcp", Seen::Asks),
            ("permission_shell", Seen::Asks),
            // Taken after the dialog.
            ("permission_write", Seen::Rests),
            ("resumed", Seen::Rests),
            // In its classifier mode, in which it is never started.
            ("start_1_fresh_home_auto_mode", Seen::Nothing),
            ("working", Seen::Works),
        ],
    );
}

#[test]
fn its_title_tells_a_whole_turn() {
    assert_eq!(
        told(qwen(), "startup_permission_xterm.osc"),
        ["Settled", "Working", "DialogOpen", "Settled", "DialogGone"]
    );
}

fn payload(event: &str) -> HookCall {
    let named = format!(r#""hook_event_name": "{event}""#);
    let lines = lines("qwen", "hooks.jsonl");
    let line = lines.iter().find(|line| line.contains(&named));
    let line = line.unwrap_or_else(|| panic!("no payload of {event}"));
    // What its hook process does, which has not read any file.
    let call = pult::runtime::declared::read_hook(line).expect("a payload that was captured");
    assert_eq!(qwen().hook(line).expect("the same"), call);
    call
}

#[test]
fn a_request_is_the_whole_call_and_its_result_belongs_to_it() {
    let request = payload("PermissionRequest");
    let call = request.ask.expect("an ask");
    assert_eq!(call.verb, Verb::Run);
    assert_eq!(call.object, "touch made_by_bash.txt && echo did-it");
    assert_eq!(call.reason.as_deref(), Some("Create a file"));
    assert_eq!(payload("PostToolUse").call_key, request.call_key);
}

#[test]
fn a_prompt_that_nobody_typed_says_nothing() {
    let typed = payload("UserPromptSubmit");
    assert!(says(&typed.signals).contains(&&Says::Turn(Turn::Working)));
    let again = r#"{"hook_event_name":"UserPromptSubmit","session_id":"s","prompt":""}"#;
    assert_eq!(qwen().hook(again).expect("a payload").signals, []);
    let stop = payload("Stop");
    assert!(says(&stop.signals).contains(&&Says::Turn(Turn::Settled)));
}

#[test]
fn a_session_begins_behind_the_choice_of_a_provider() {
    let begun = payload("SessionStart");
    assert!(says(&begun.signals).contains(&&Says::DialogGone));
    assert!(!says(&begun.signals).contains(&&Says::Started));
    let rows = [
        "│ › Alibaba ModelStudio                                              │",
        "│   Custom Provider                                                  │",
        "│   Manually connect a local server, proxy, or unsupported provider  │",
        "│                                                                    │",
        "╰────────────────────────────────────────────────────────────────────╯",
    ];
    let (turn, _, start) = super::seen(qwen(), &rows.map(str::to_owned));
    assert_eq!(turn, Turn::Unknown);
    let start = start.expect("a start screen");
    assert!(start.contains("connect one in the pane"), "{start}");
}

#[test]
fn it_is_started_so_that_it_asks() {
    let input = LaunchInput {
        program: "/opt/qwen".to_owned(),
        fresh_id: "11111111-2222-4333-8444-555555555555".to_owned(),
        hook_command: "'/opt/pult' hook qwen".to_owned(),
        dir: "/state/attempts/1".to_owned(),
        prompt: Some("-fix {model}".to_owned()),
        ..LaunchInput::default()
    };
    let plan = qwen().launch(&input);
    assert_eq!(
        plan.argv.join("|"),
        "/opt/qwen|--approval-mode|default|--session-id|11111111-2222-4333-8444-555555555555\
         |-i|-fix {model}"
    );
    assert_eq!(plan.native_id, Some(input.fresh_id.clone()));
    assert_eq!(
        plan.limits,
        ["a request that qwen waited 50s for is answered in its pane"]
    );
    let (path, text) = &plan.files[0];
    let named = (
        "QWEN_CODE_SYSTEM_SETTINGS_PATH".to_owned(),
        format!("/state/attempts/1/{path}"),
    );
    assert!(plan.env.contains(&named));
    // Milliseconds: a day in seconds would be read as 86 s.
    let settings: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let request = &settings["hooks"]["PermissionRequest"][0]["hooks"][0];
    assert_eq!(request["timeout"], 86_400_000);
    assert_eq!(request["command"], "'/opt/pult' hook qwen declared 50");
    let other = &settings["hooks"]["Stop"][0]["hooks"][0];
    assert_eq!(other["command"], "'/opt/pult' hook qwen declared");
    let resumed = qwen().launch(&LaunchInput {
        resume: Some("abc".to_owned()),
        prompt: None,
        model: Some("m".to_owned()),
        ..input
    });
    assert_eq!(resumed.argv[3..].join("|"), "-m|m|--resume|abc");
    assert_eq!(resumed.native_id.as_deref(), Some("abc"));
}

#[test]
fn its_transcript_is_read_and_its_tokens_counted() {
    let env = BTreeMap::from([("HOME".to_owned(), "/home/u".to_owned())]);
    let transcripts = qwen().transcripts().expect("it keeps some");
    let place = transcripts.place(&env).expect("a home");
    assert_eq!(place.root, "/home/u/.qwen/projects");
    assert_eq!(transcripts.place(&BTreeMap::new()), None);
    let lines = lines("qwen", "transcript.jsonl");
    let said: Vec<Said> = lines
        .iter()
        .map(|line| transcripts.line(&serde_json::from_str(line).expect("JSON")))
        .collect();
    let entries = said.iter().flat_map(|said| &said.entries);
    let texts: Vec<_> = entries
        .map(|entry| (entry.who, entry.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (Who::Operator, "GBASH for hallow"),
            (Who::Agent, "I will run a command."),
            (Who::Tool, "touch made_by_bash.txt && echo did-it"),
            (Who::Agent, "The command step is over."),
        ]
    );
    let id = said[0].about.native_id.as_deref();
    assert_eq!(id, Some("69dbd853-0a36-4ce7-baf6-cb6fd9378fe1"));
    assert_eq!(said.iter().filter(|said| said.tokens.is_some()).count(), 2);
    assert!(
        said.iter()
            .any(|said| said.about.model.as_deref() == Some("mock-coder"))
    );
}

#[test]
fn its_recordings_tell_what_was_done() {
    super::raw::check(
        qwen(),
        &[
            // It was ended at its prompt.
            ("sigterm.raw", "Settled Started"),
            (
                "startup_permission_xterm.raw",
                "Settled Started Working Dialog Settled Gone",
            ),
            (
                "startup_turn_noanswer.raw",
                "Settled Started Working Settled",
            ),
        ],
    );
}
