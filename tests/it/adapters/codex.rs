//! Codex.

use super::{Seen, check_screens, lines, says, told};
use pult::core::ask::Verb;
use pult::core::state::Turn;
use pult::core::status::Says;
use pult::runtime::codex::Codex;
use pult::runtime::{HookCall, Runtime};

#[test]
fn its_screens_say_what_it_does() {
    check_screens(
        &Codex,
        &[
            ("after_ctrl_c", Seen::Nothing),
            ("after_hook_allow", Seen::Rests),
            ("after_hook_deny", Seen::Rests),
            ("after_sighup", Seen::Nothing),
            ("after_sigterm", Seen::Nothing),
            ("exit_ctrl_c", Seen::Nothing),
            ("exit_ctrl_d", Seen::Nothing),
            ("fresh_login", Seen::Start("not logged in")),
            ("fresh_with_apikey", Seen::Nothing),
            ("idle", Seen::Rests),
            ("interrupted", Seen::Rests),
            ("patch", Seen::Rests),
            ("permission_hook_pending", Seen::Works),
            ("permission_prompt", Seen::Asks),
            ("permission_prompt_after_n", Seen::Rests),
            // The same footer as at rest, while an answer is streamed: no evidence.
            ("remote_tui", Seen::Nothing),
            // No hook and no sequence tells of it.
            ("refused", Seen::Rests),
            ("remote_tui_after", Seen::Rests),
            ("remote_tui_after2", Seen::Rests),
            ("remote_tui_declined", Seen::Rests),
            ("start_splash", Seen::Nothing),
            ("trust_prompt", Seen::Start("trusted")),
            ("trusted_by_flag", Seen::Rests),
            ("tui_fork", Seen::Rests),
            ("tui_resume", Seen::Rests),
            ("warnings_f2", Seen::Nothing),
            ("working", Seen::Nothing),
        ],
    );
}

#[test]
fn why_a_turn_failed_may_go_on_in_further_rows() {
    let shown = super::rows("codex", "refused");
    let at = shown.iter().position(|row| row.starts_with('■'));
    let at = at.expect("the reason") + 1;
    let mut long = shown.clone();
    long.insert(at, "  and more about it".to_owned());
    assert_eq!(super::seen(&Codex, &long).0, Turn::Settled);
    // The next prompt is taken.
    let mut next = shown;
    next.insert(at, "› please go on".to_owned());
    assert_eq!(super::seen(&Codex, &next).0, Turn::Unknown);
}

#[test]
fn its_splash_is_not_the_end_of_its_start_screens() {
    let started = |name: &str| {
        let rows = super::rows("codex", name);
        says(&Codex.screen(&rows)).contains(&&Says::Started)
    };
    assert!(!started("start_splash"));
    assert!(!started("trust_prompt"));
    assert!(started("fresh_with_apikey"));
    assert!(started("working"));
}

#[test]
fn its_osc_sequences_tell_a_whole_turn() {
    assert_eq!(
        told(&Codex, "turn_permission.osc"),
        ["Settled", "Working", "DialogOpen", "DialogGone", "Settled"]
    );
    assert_eq!(
        told(&Codex, "turn_interrupt.osc"),
        ["Settled", "Working", "Settled"]
    );
}

fn payload(event: &str) -> HookCall {
    let named = format!(r#""hook_event_name": "{event}""#);
    let lines = lines("codex", "hooks.jsonl");
    let line = lines.iter().find(|line| line.contains(&named));
    let line = line.unwrap_or_else(|| panic!("no payload of {event}"));
    Codex.hook(line).expect("a payload that was captured")
}

#[test]
fn a_request_is_the_whole_call_and_its_result_belongs_to_it() {
    let request = payload("PermissionRequest");
    let call = request.ask.expect("an ask");
    assert_eq!(call.verb, Verb::Run);
    assert_eq!(call.object, "echo made > f1.txt; sleep 3");
    assert_eq!(call.reason.as_deref(), Some("Create f1?"));
    // The result comes without the justification.
    assert_eq!(payload("PostToolUse").call_key, request.call_key);
}

#[test]
fn an_interrupt_ends_the_turn_and_every_request_in_it() {
    for event in ["Interrupt", "Stop"] {
        let call = payload(event);
        let said = says(&call.signals);
        assert!(said.contains(&&Says::Turn(Turn::Settled)), "{event}");
        assert!(said.contains(&&Says::DialogGone), "{event}");
    }
    let start = payload("SessionStart");
    let id = Says::NativeId("01a1fae0-303e-7021-b6de-394250c3a4cf".to_owned());
    assert!(says(&start.signals).contains(&&id));
    assert!(payload("SessionEnd").signals.is_empty());
}

#[test]
fn a_pending_hook_is_no_sign_that_it_went_on() {
    let pending = super::rows("codex", "permission_hook_pending");
    assert!(!says(&Codex.screen(&pending)).contains(&&Says::WentOn));
    let on: Vec<String> = pending
        .iter()
        .map(|row| row.replace(" · Running hook", ""))
        .collect();
    assert!(says(&Codex.screen(&on)).contains(&&Says::WentOn));
}

#[test]
fn its_recordings_tell_what_was_done() {
    super::raw::check(
        &Codex,
        &[
            // Its terminal went in the middle of a turn.
            ("hangup.raw", "Started Settled Working"),
            ("startup_basic.raw", "Started Settled Working Settled"),
            ("startup_full.raw", "Started Settled Working Settled"),
            ("startup_none.raw", "Started Settled Working Settled"),
            ("turn_interrupt.raw", "Started Settled Working Settled"),
            (
                "turn_permission.raw",
                "Started Settled Working Dialog Settled Gone",
            ),
        ],
    );
}
