//! Gemini CLI.

use super::{Seen, check_screens, file, rows, told};
use pult::core::ask::{Answer, AskKind, Call, Verb};
use pult::core::status::{Change, Fusion, Says};
use pult::runtime::Runtime;
use pult::runtime::draft::Draft;
use pult::runtime::gemini::Gemini;
use pult::runtime::transcript::{Tokens, Who};

#[test]
fn its_screens_say_what_it_does() {
    check_screens(
        &Gemini,
        &[
            ("exited", Seen::Nothing),
            ("hook_allow", Seen::Asks),
            ("hook_deny", Seen::Rests),
            ("hook_none", Seen::Asks),
            ("hook_slow", Seen::Asks),
            ("hook_yask_blocked", Seen::Asks),
            ("hook_ydeny_after", Seen::Rests),
            ("hook_ydeny_blocked", Seen::Works),
            ("hook_yslow_blocked", Seen::Rests),
            ("hook_ywait_after", Seen::Rests),
            ("hook_ywait_blocked", Seen::Works),
            ("idle_after_turn", Seen::Rests),
            ("interrupted", Seen::Rests),
            ("mcp_panel", Seen::Rests),
            ("permission_mcp", Seen::Asks),
            ("resumed", Seen::Rests),
            ("start_1_trust", Seen::Start("trusted")),
            ("start_2_after_trust", Seen::Start("log in")),
            ("start_2_auth", Seen::Start("log in")),
            ("working", Seen::Works),
        ],
    );
}

#[test]
fn its_prompt_is_seen_where_it_is_and_nowhere_else() {
    let draft = |name: &str| Gemini.draft(&rows("gemini", name));
    for name in [
        "idle_after_turn",
        "interrupted",
        "working",
        "mcp_panel",
        "resumed",
    ] {
        assert_eq!(draft(name), Some(Draft::default()), "{name}");
    }
    for name in [
        "hook_none",
        "permission_mcp",
        "start_1_trust",
        "start_2_auth",
        "exited",
    ] {
        assert_eq!(draft(name), None, "{name}");
    }
}

#[test]
fn its_title_tells_a_whole_turn_and_no_start() {
    assert_eq!(
        told(&Gemini, "startup_permission_xterm.osc"),
        ["Settled", "Working", "Settled"]
    );
    // `Ready` also stands over its start screens.
    let ready = Gemini.title("◇  Ready (ws)");
    assert!(!super::says(&ready).contains(&&Says::Started));
}

#[test]
fn after_the_question_for_trust_it_starts_again_with_its_prompt() {
    let mut shown = rows("gemini", "start_1_trust");
    let anew = |rows: &[String]| super::says(&Gemini.screen(rows)).contains(&&Says::StartsAnew);
    assert!(!anew(&shown));
    shown.push(" Gemini CLI is restarting to apply the trust changes...".to_owned());
    assert!(anew(&shown));
}

fn asks(rows: &[String]) -> Option<(AskKind, Call)> {
    Gemini
        .screen(rows)
        .into_iter()
        .find_map(|signal| match signal.says {
            Says::DialogAsks(kind, call) => Some((kind, *call)),
            _ => None,
        })
}

fn key(rows: &[String], call: &Call, answer: Answer) -> Option<&'static str> {
    Gemini.key(rows, "✋  Action Required (ws)", call, answer)
}

#[test]
fn a_dialog_that_shows_the_whole_call_can_be_answered_by_a_key() {
    let shown = rows("gemini", "hook_none");
    let (kind, call) = asks(&shown).expect("a dialog");
    assert_eq!((kind, call.verb), (AskKind::Approval, Verb::Run));
    assert_eq!(call.object, "touch made_by_bash.txt && echo did-it");
    assert_eq!(key(&shown, &call, Answer::Allow), Some("1"));
    assert_eq!(key(&shown, &call, Answer::Deny), Some("esc"));
    // Not where the title says that nobody is waited for.
    assert_eq!(
        Gemini.key(&shown, "✦  Working… (ws)", &call, Answer::Allow),
        None
    );
    // Not into another command, however alike, and not into the prompt.
    let other: Vec<String> = shown
        .iter()
        .map(|row| row.replace("touch", "trash"))
        .collect();
    assert_ne!(asks(&other).expect("a dialog").1.digest, call.digest);
    assert_eq!(key(&other, &call, Answer::Allow), None);
    assert_eq!(key(&rows("gemini", "working"), &call, Answer::Allow), None);
    let mut over = shown.clone();
    over.push(" >   Type your message or @path/to/file".to_owned());
    assert_eq!(asks(&over), None);
}

#[test]
fn what_is_not_shown_whole_is_answered_in_the_pane() {
    let (kind, call) = asks(&rows("gemini", "permission_mcp")).expect("a dialog");
    assert_eq!((kind, call.verb), (AskKind::Question, Verb::Mcp));
    assert!(
        call.object.starts_with("cockpit_echo (cockpit MCP Server)"),
        "{}",
        call.object
    );
    let shown = rows("gemini", "hook_none");
    let long = shown.iter().map(|row| {
        row.replace(
            "│ │ touch",
            "│ │ ... first 5 lines hidden (Ctrl+O to show) ... touch",
        )
    });
    let (kind, call) = asks(&long.collect::<Vec<_>>()).expect("a dialog");
    assert_eq!(kind, AskKind::Question);
    assert!(call.object.contains("not shown whole"), "{}", call.object);
    let at = shown.iter().position(|row| row.starts_with("│ ? Shell"));
    let cut = &shown[at.expect("its head")..];
    assert_eq!(asks(cut).expect("a dialog").0, AskKind::Question);
}

#[test]
fn one_dialog_is_told_once_and_the_next_one_anew() {
    let mut fusion = Fusion::new(0);
    let mut told = |rows: &[String]| {
        let signals = Gemini.screen(rows).into_iter();
        let changes = signals
            .flat_map(|signal| fusion.observe(signal, 0))
            .collect::<Vec<_>>();
        let asks = |change: &Change| matches!(change, Change::DialogAsks(..));
        changes.iter().filter(|change| asks(change)).count()
    };
    let shown = rows("gemini", "hook_none");
    assert_eq!([told(&shown), told(&shown)], [1, 0]);
    let other: Vec<String> = shown
        .iter()
        .map(|row| row.replace("touch", "trash"))
        .collect();
    assert_eq!([told(&other), told(&other)], [1, 0]);
}

#[test]
fn its_conversations_are_read() {
    let chat = file("gemini", "chat.jsonl");
    let transcripts = Gemini.transcripts().expect("conversations");
    let said = chat
        .lines()
        .map(|line| transcripts.line(&serde_json::from_str(line).expect("JSON")));
    let said: Vec<_> = said.collect();
    let id = said.iter().find_map(|said| said.about.native_id.clone());
    assert_eq!(id.as_deref(), Some("22222222-2222-4222-8222-222222222222"));
    let mut entries = said.iter().flat_map(|said| &said.entries);
    let first = entries.next().expect("a prompt");
    assert_eq!(
        (first.who, first.text.as_str()),
        (Who::Operator, "HELLO one")
    );
    let tokens = said.iter().find_map(|said| said.tokens.as_ref());
    let counted = Tokens {
        input: 400,
        cached: 800,
        stored: 0,
        output: 34,
    };
    assert_eq!(tokens.map(|(_, tokens)| tokens), Some(&counted));
}

#[test]
fn its_recordings_tell_what_was_done() {
    super::raw::check(
        &Gemini,
        &[
            // What was typed in one burst was taken as a paste, and nothing was sent.
            ("sigterm.raw", "Settled Started"),
            (
                "startup_permission_xterm.raw",
                "Settled Started Working Dialog Settled Gone",
            ),
            ("startup_turn_noanswer.raw", "Settled Started"),
        ],
    );
}
