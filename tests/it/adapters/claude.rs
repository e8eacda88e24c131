//! Claude Code.

use super::{Seen, check_screens, lines, says, told};
use pult::core::ask::{Answer, Risk, Verb};
use pult::core::state::Turn;
use pult::core::status::{Change, Fusion, Says};
use pult::runtime::claude::Claude;
use pult::runtime::{HookCall, Runtime};
use std::collections::BTreeMap;

#[test]
fn its_screens_say_what_it_does() {
    check_screens(
        &Claude,
        &[
            ("ctrl_c_once", Seen::Rests),
            ("exited", Seen::Nothing),
            ("hook_allow", Seen::Works),
            ("hook_allow_after", Seen::Rests),
            ("hook_ask", Seen::Asks),
            ("hook_deny", Seen::Asks),
            ("hook_deny_after", Seen::Rests),
            ("hook_ptallow", Seen::Works),
            ("hook_ptallow_after", Seen::Rests),
            ("hook_ptdeny", Seen::Works),
            ("hook_ptdeny_after", Seen::Rests),
            ("hook_slow", Seen::Asks),
            ("hook_slow_after", Seen::Asks),
            ("idle_after_turn", Seen::Rests),
            ("idle_clean_seeded", Seen::Rests),
            ("idle_fresh", Seen::Rests),
            ("interrupted", Seen::Rests),
            ("mcp_panel", Seen::Nothing),
            ("permission_bash", Seen::Asks),
            ("permission_mcp", Seen::Asks),
            ("permission_write", Seen::Asks),
            ("resumed", Seen::Rests),
            (
                "start_0_fresh_home_no_network",
                Seen::Start("could not reach"),
            ),
            ("start_1_trust", Seen::Start("trusted")),
            ("start_2_apikey_prompt", Seen::Start("API key")),
            ("working", Seen::Works),
        ],
    );
}

fn payload(event: &str) -> HookCall {
    let named = format!(r#""hook_event_name": "{event}""#);
    let lines = lines("claude", "hooks.jsonl");
    let line = lines.iter().find(|line| line.contains(&named));
    let line = line.unwrap_or_else(|| panic!("no payload of {event}"));
    Claude.hook(line).expect("a payload that was captured")
}

#[test]
fn a_request_is_the_whole_call_and_its_result_belongs_to_it() {
    let request = payload("PermissionRequest");
    let call = request.ask.expect("an ask");
    assert_eq!((call.verb, call.risk), (Verb::Run, Risk::Normal));
    assert_eq!(call.object, "touch made_by_bash.txt && echo did-it");
    assert_eq!(call.cwd.as_deref(), Some("/home/project"));
    assert_eq!(call.reason.as_deref(), Some("Create a file"));
    assert_eq!(call.tool, "Bash");
    let result = payload("PostToolUse");
    assert_eq!(result.ask, None);
    assert!(says(&result.signals).contains(&&Says::WentOn));
    assert_eq!(result.call_key, request.call_key);
}

#[test]
fn every_captured_payload_is_understood() {
    for line in lines("claude", "hooks.jsonl") {
        Claude.hook(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
    }
    let start = payload("SessionStart");
    let id = Says::NativeId("137e3a78-de79-48fa-bd6a-c6863c101f80".to_owned());
    assert!(says(&start.signals).contains(&&id));
    let model = Says::Model("claude-opus-5-5".to_owned());
    assert!(says(&start.signals).contains(&&model));
    let submitted = payload("UserPromptSubmit");
    assert!(says(&submitted.signals).contains(&&Says::Turn(Turn::Working)));
    let stop = payload("Stop");
    assert!(says(&stop.signals).contains(&&Says::Turn(Turn::Settled)));
    assert!(says(&stop.signals).contains(&&Says::DialogGone));
    assert!(payload("PreCompact").signals.is_empty());
}

#[test]
fn a_stop_with_tasks_in_the_background_settles_nothing() {
    let mut fusion = Fusion::new(0);
    let mut hook = |text: &str| {
        for signal in Claude.hook(text).expect("a payload").signals {
            fusion.observe(signal, 0);
        }
        fusion.turn()
    };
    let stop = |tasks: &str| {
        format!(r#"{{"hook_event_name":"Stop","session_id":"s","background_tasks":{tasks}}}"#)
    };
    assert_eq!(
        hook(&stop(r#"[{"id":"b","status":"running"}]"#)),
        Turn::Working
    );
    let told = r#"{"hook_event_name":"UserPromptSubmit","session_id":"s","prompt":"<task-notification>x"}"#;
    assert_eq!(hook(told), Turn::Working);
    let call = Claude.hook(told).expect("a payload");
    // Nobody typed it, so a dialog of a subagent may still be up.
    assert!(!says(&call.signals).contains(&&Says::DialogGone));
    assert_eq!(hook(&stop("[]")), Turn::Settled);
    let limited = r#"{"hook_event_name":"StopFailure","session_id":"s","error":"rate_limit"}"#;
    assert_eq!(hook(limited), Turn::Limited);
}

#[test]
fn its_status_file_is_live() {
    let env = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    };
    let home = env(&[("HOME", "/home/u")]);
    assert_eq!(
        Claude.status_file(7, &home).as_deref(),
        Some("/home/u/.claude/sessions/7.json")
    );
    let moved = env(&[("HOME", "/home/u"), ("CLAUDE_CONFIG_DIR", "/c")]);
    assert_eq!(
        Claude.status_file(7, &moved).as_deref(),
        Some("/c/sessions/7.json")
    );
    assert_eq!(Claude.status_file(7, &env(&[])), None);

    // As it went with one request that was answered in the pane, then Esc in the next turn.
    let mut fusion = Fusion::new(0);
    let mut now = 0;
    let mut found = Vec::new();
    for status in ["idle", "busy", "waiting", "busy", "shell", "idle"] {
        now += 10_000;
        let waiting = r#","waitingFor":"permission prompt""#;
        let more = if status == "waiting" { waiting } else { "" };
        let text = format!(r#"{{"pid":7,"sessionId":"s","status":"{status}"{more}}}"#);
        let mut changes = Vec::new();
        for signal in Claude.status(&text) {
            changes.extend(fusion.observe(signal, now));
        }
        changes.extend(fusion.tick(now + 5_000));
        found.extend(changes.into_iter().filter_map(|change| match change {
            Change::Turn(turn, _) => Some(format!("{turn:?}")),
            Change::DialogOpen(_) => Some("DialogOpen".to_owned()),
            Change::DialogGone(_) => Some("DialogGone".to_owned()),
            _ => None,
        }));
    }
    assert_eq!(
        found,
        ["Settled", "Working", "DialogOpen", "DialogGone", "Settled"]
    );
    for half in ["", "{", r#"{"status":"#, "null", "{}"] {
        assert_eq!(Claude.status(half), [], "{half}");
    }
}

#[test]
fn its_title_is_evidence_of_work_only() {
    // The idle mark is also shown while a dialog is up.
    assert_eq!(told(&Claude, "startup_permission_xterm.osc"), ["Working"]);
    assert_eq!(told(&Claude, "sigterm.osc"), ["Working"]);
}

#[test]
fn an_answer_is_what_the_hook_writes() {
    assert_eq!(
        Claude.answer(Some(Answer::Allow), Some("ignored")),
        r#"{"hookSpecificOutput":{"decision":{"behavior":"allow"},"hookEventName":"PermissionRequest"}}"#
    );
    assert_eq!(Claude.answer(None, None), "");
}

#[test]
fn its_recordings_tell_what_was_done() {
    super::raw::check(
        &Claude,
        &[
            // It was ended in the middle of a turn.
            ("sigterm.raw", "Started Settled Working"),
            ("startup_classic.raw", "Started Settled Working Settled"),
            (
                "startup_permission_xterm.raw",
                "Started Settled Working Dialog Gone Settled",
            ),
            (
                "startup_turn_noanswer.raw",
                "Started Settled Working Settled",
            ),
        ],
    );
}
