//! What the CLIs say when a limit of the account is reached, as they said it to a server that
//! answers HTTP 429 with the vendor's own headers.

use pult::core::limit::Ends;
use pult::core::state::Turn;
use pult::core::status::{Says, Signal};
use pult::runtime::by_name;
use pult::runtime::transcript::{Quota, Said};

/// Claude Code 2.1.329 with an account's token, then with an API key.
const CLAUDE_HOOK: &str = r#"{"session_id":"e210dbaf","cwd":"/w","prompt_id":"f47c","effort":{"level":"medium"},"hook_event_name":"StopFailure","error":"rate_limit","last_assistant_message":"You've hit your 5-hour limit · resets 4:45pm (UTC)"}"#;
const CLAUDE_KEY_HOOK: &str = r#"{"session_id":"a5f65042","cwd":"/w","hook_event_name":"StopFailure","error":"rate_limit","last_assistant_message":"API Error: Request rejected (429) · This request would exceed your account's rate limit. Please try again later."}"#;
const CLAUDE_LINE: &str = r#"{"parentUuid":"68958120","isSidechain":false,"type":"assistant","uuid":"8b062914","timestamp":"2026-11-21T15:45:33.315Z","message":{"id":"f54b901a","model":"<synthetic>","role":"assistant","type":"message","usage":{"input_tokens":0,"output_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0},"content":[{"type":"text","text":"You've hit your 5-hour limit · resets 4:45pm (UTC)"}]},"apiError":"usage_limit_reached","quotaLimits":{"status":"rejected","resetsAt":1795279527,"rateLimitType":"five_hour","isUsingOverage":false},"error":"rate_limit","isApiErrorMessage":true,"apiErrorStatus":429,"sessionId":"e210dbaf","cwd":"/w"}"#;

/// Codex 0.169.0.
const CODEX_LINES: [&str; 2] = [
    r#"{"timestamp":"2026-11-21T15:46:25.561Z","ordinal":9,"type":"event_msg","payload":{"type":"token_count","info":null,"rate_limits":{"limit_id":"codex","limit_name":null,"primary":{"used_percent":100.0,"window_minutes":300,"resets_at":1795279583},"secondary":null,"credits":null,"plan_type":null,"rate_limit_reached_type":null}}}"#,
    r#"{"timestamp":"2026-11-21T15:46:25.594Z","ordinal":10,"type":"event_msg","payload":{"type":"task_complete","turn_id":"01a1","last_agent_message":null,"error":{"message":"You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again at 4:46 PM.","codex_error_info":"usage_limit_exceeded"},"started_at":1795275985,"completed_at":1795275985,"duration_ms":561}}"#,
];

/// Gemini CLI 0.61.0, at the bottom of its screen.
const GEMINI: &str = "
 > hello there
╭────────────────────────────────────────────────────────────────────╮
│                                                                    │
│ Usage limit reached for all Pro models.                            │
│ /stats model for usage details                                     │
│ /model to switch models.                                           │
│                                                                    │
│ ● 1. Keep trying                                                   │
│   2. Stop                                                          │
│                                                                    │
╰────────────────────────────────────────────────────────────────────╯";

fn clock(hour: i8, minute: i8, zone: Option<&str>) -> Ends {
    Ends::Clock {
        time: (hour, minute),
        date: None,
        zone: zone.map(str::to_owned),
    }
}

fn limits(signals: &[Signal]) -> Vec<&Ends> {
    let limit = |signal: &'_ Signal| matches!(signal.says, Says::Limited(_));
    let found = signals.iter().filter(|signal| limit(signal));
    let ends = found.filter_map(|signal| match &signal.says {
        Says::Limited(ends) => Some(ends),
        _ => None,
    });
    ends.collect()
}

fn line(runtime: &str, text: &str) -> Said {
    let runtime = by_name(runtime).expect("a runtime");
    let transcripts = runtime.transcripts().expect("it keeps transcripts");
    transcripts.line(&serde_json::from_str(text).expect("JSON"))
}

#[test]
fn claudes_turn_is_over_and_limited_until_the_time_in_its_words() {
    let claude = by_name("claude").expect("a runtime");
    for (payload, ends) in [
        (CLAUDE_HOOK, clock(16, 45, Some("UTC"))),
        (CLAUDE_KEY_HOOK, Ends::Unknown),
    ] {
        let call = claude.hook(payload).expect("a payload");
        assert_eq!(limits(&call.signals), [&ends]);
        let settled = |signal: &Signal| signal.says == Says::Turn(Turn::Settled);
        assert!(call.signals.iter().any(settled));
    }
    let limit = line("claude", CLAUDE_LINE).limit.expect("a limit");
    assert_eq!(limit.ends, Ends::At(1_795_279_527_000));
    assert_eq!(limit.at.as_deref(), Some("2026-11-21T15:45:33.315Z"));
    let words = limit.words;
    assert!(words.starts_with("You've hit your 5-hour limit"), "{words}");
}

#[test]
fn codex_says_how_much_is_used_and_then_what_ended_the_turn() {
    let quota = line("codex", CODEX_LINES[0]).quota;
    let resets = Some(1_795_279_583_000);
    assert_eq!(
        quota,
        Some(Quota {
            used: 100.0,
            resets
        })
    );
    let limit = line("codex", CODEX_LINES[1]).limit.expect("a limit");
    assert_eq!(limit.ends, clock(16, 46, None));
    assert_eq!(limit.at.as_deref(), Some("2026-11-21T15:46:25.594Z"));
    let codex = by_name("codex").expect("a runtime");
    let over = codex.osc(7501, "state=error:app=codex");
    assert!(
        over.iter()
            .any(|signal| signal.says == Says::Turn(Turn::Settled))
    );
}

#[test]
fn geminis_limit_is_a_dialog_on_its_screen() {
    let gemini = by_name("gemini").expect("a runtime");
    let rows: Vec<String> = GEMINI.lines().map(str::to_owned).collect();
    let signals = gemini.screen(&rows);
    assert_eq!(limits(&signals), [&Ends::Unknown]);
    assert!(signals.iter().any(|signal| signal.says == Says::DialogOpen));
    let when = GEMINI.replace(
        "/stats model for usage details     ",
        "Access resets at 4:46 PM UTC.      ",
    );
    let rows: Vec<String> = when.lines().map(str::to_owned).collect();
    assert_eq!(limits(&gemini.screen(&rows)), [&clock(16, 46, Some("UTC"))]);
    // The same words in an answer are no dialog.
    let said = "✦ │ Usage limit reached for all Pro models.";
    assert!(limits(&gemini.screen(&[said.to_owned()])).is_empty());
}
