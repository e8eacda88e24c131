//! What a key decides, and when it does not.

use super::harness::{Cockpit, NOON, ask, named, peer, shop_asks, shop_peers};
use pult::cockpit::model::{Confirm, Focus, Page};
use pult::core::ask::{AskKind, Risk};
use pult::core::state::Shown;

fn one(object: &str) -> Cockpit {
    let mut cockpit = Cockpit::new(120, 30);
    cockpit.world(
        vec![peer("scout", Shown::Asks, 14)],
        vec![ask("one22222", "scout", object, 14)],
    );
    cockpit.later(1000);
    cockpit
}

const ALLOWED: &str =
    "Decide { id: \"ak-one22222\", digest: Some(\"digest of ls\"), answer: Allow, note: None }";

#[test]
fn allow_names_the_request_and_exactly_what_was_shown() {
    assert_eq!(one("ls").asks("a"), [ALLOWED]);
}

#[test]
fn an_answer_is_sent_once() {
    assert_eq!(one("ls").asks("a a a"), [ALLOWED]);
}

#[test]
fn a_row_that_has_just_come_ignores_the_key() {
    let mut cockpit = Cockpit::new(120, 30);
    cockpit.world(
        vec![peer("scout", Shown::Asks, 0)],
        vec![ask("one22222", "scout", "ls", 0)],
    );
    cockpit.later(399);
    assert_eq!(cockpit.asks("a"), Vec::<String>::new());
    cockpit.later(1);
    assert_eq!(cockpit.asks("a"), [ALLOWED]);
}

#[test]
fn a_row_that_changed_under_the_cursor_ignores_the_key() {
    let mut cockpit = one("rm x");
    cockpit.world(
        vec![peer("scout", Shown::Asks, 0)],
        vec![ask("one22222", "scout", "ls", 0)],
    );
    assert_eq!(cockpit.asks("a"), Vec::<String>::new());
    cockpit.later(400);
    assert_eq!(cockpit.asks("a"), [ALLOWED]);
}

#[test]
fn a_newcomer_never_comes_between_the_cursor_and_its_row() {
    let mut cockpit = one("ls");
    let urgent = pult::wire::view::AskRow {
        risk: Risk::High,
        ..ask("two22222", "fixer", "rm -rf /", 99)
    };
    cockpit.world(
        vec![peer("scout", Shown::Asks, 0)],
        vec![urgent, ask("one22222", "scout", "ls", 14)],
    );
    let order: Vec<&str> = cockpit
        .model
        .asks
        .iter()
        .map(|a| a.row.id.as_str())
        .collect();
    assert_eq!(order, ["ak-one22222", "ak-two22222"]);
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a"), [ALLOWED]);
}

#[test]
fn after_an_answer_the_next_row_has_to_settle_too() {
    let mut cockpit = one("ls");
    let rows = vec![
        ask("one22222", "scout", "ls", 14),
        ask("two22222", "scout", "pwd", 10),
    ];
    cockpit.world(vec![peer("scout", Shown::Asks, 0)], rows);
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a a").len(), 1);
    cockpit.later(400);
    assert!(cockpit.asks("a")[0].contains("ak-two22222"));
}

#[test]
fn high_risk_wants_a_second_and_different_key() {
    let mut cockpit = Cockpit::new(120, 30);
    let row = pult::wire::view::AskRow {
        risk: Risk::High,
        ..ask("one22222", "scout", "ls", 14)
    };
    cockpit.world(vec![peer("scout", Shown::Asks, 0)], vec![row]);
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a a a enter"), Vec::<String>::new());
    assert!(matches!(
        cockpit.model.page,
        Some(Page::Confirm(Confirm::Allow { .. }))
    ));
    assert_eq!(
        cockpit.asks("y"),
        Vec::<String>::new(),
        "not before it could be read"
    );
    cockpit.later(400);
    assert_eq!(cockpit.asks("y"), [ALLOWED]);
    assert_eq!(cockpit.model.page, None);
}

#[test]
fn nothing_is_allowed_that_was_not_on_the_screen_whole() {
    let long = format!("echo {}", "long ".repeat(60));
    let mut cockpit = one(&long);
    let first = cockpit.asks("a");
    assert_eq!(first, ["Show { id: \"ak-one22222\" }"]);
    assert!(matches!(cockpit.model.page, Some(Page::Look { .. })));
    assert_eq!(
        cockpit.asks("a"),
        Vec::<String>::new(),
        "its text is not here yet"
    );
}

#[test]
fn what_is_written_is_looked_at_before_it_is_allowed() {
    let mut cockpit = one("ls");
    cockpit.model.asks[0].row.verb = pult::core::ask::Verb::Write;
    assert_eq!(cockpit.asks("a"), ["Show { id: \"ak-one22222\" }"]);
    let detail = pult::wire::view::AskDetail {
        row: cockpit.model.asks[0].row.clone(),
        tool: "Write".into(),
        cwd: None,
        reason: None,
        input: serde_json::json!({ "content": "line\n".repeat(60) }),
        note: None,
        closed_why: None,
        files: vec![],
        risk_why: None,
        covers: vec![],
    };
    let show = pult::cockpit::update::Tag::Show("ak-one22222".into());
    let answer = Ok(serde_json::to_value(detail).unwrap());
    cockpit.send(pult::cockpit::update::Msg::Answer(show, answer));
    assert_eq!(
        cockpit.asks("a"),
        Vec::<String>::new(),
        "its end has not been seen"
    );
    assert_eq!(cockpit.asks("G a"), [ALLOWED]);
}

#[test]
fn a_rejection_takes_a_note_or_none() {
    let note = |note: &str| {
        format!(
            "Decide {{ id: \"ak-one22222\", digest: Some(\"digest of ls\"), answer: Deny, note: {note} }}"
        )
    };
    assert_eq!(one("ls").asks("r enter"), [note("None")]);
    assert_eq!(one("ls").asks("r n o space enter"), [note("Some(\"no\")")]);
    assert_eq!(one("ls").asks("r n o esc"), Vec::<String>::new());
}

#[test]
fn a_start_screen_is_answered_in_its_pane() {
    let mut cockpit = Cockpit::new(120, 30);
    let row = pult::wire::view::AskRow {
        kind: AskKind::Start,
        ..ask("one22222", "scout", "trust", 14)
    };
    cockpit.world(
        vec![peer("fixer", Shown::Asks, 0), peer("scout", Shown::Asks, 0)],
        vec![row],
    );
    cockpit.later(1000);
    assert_eq!(named(&cockpit.press("a")), Vec::<String>::new());
    assert_eq!(cockpit.model.peer_at.as_deref(), Some("ss-scout"));
    assert!(
        cockpit
            .model
            .notice
            .unwrap()
            .text
            .contains("in scout's own pane")
    );
}

#[test]
fn a_closed_request_stays_a_moment_and_takes_no_answer() {
    let mut cockpit = one("ls");
    cockpit.world(vec![peer("scout", Shown::Working, 0)], vec![]);
    assert_eq!(cockpit.asks("a"), Vec::<String>::new());
    assert_eq!(cockpit.model.asks.len(), 1);
    cockpit.later(3000);
    assert_eq!(cockpit.model.asks.len(), 0);
}

#[test]
fn the_inbox_never_takes_the_focus_but_on_a_phone() {
    let mut wide = Cockpit::new(120, 30);
    wide.world(shop_peers(), shop_asks());
    assert_eq!(wide.model.focus, Focus::Peers);
    let mut phone = Cockpit::new(60, 20);
    phone.world(shop_peers(), shop_asks());
    assert_eq!(phone.model.focus, Focus::Inbox);
    phone.press("1");
    phone.world(shop_peers(), shop_asks());
    assert_eq!(phone.model.focus, Focus::Peers);
}

#[test]
fn without_a_daemon_nothing_is_decided() {
    let mut cockpit = one("ls");
    cockpit.send(pult::cockpit::update::Msg::Down);
    assert_eq!(cockpit.asks("a"), Vec::<String>::new());
    assert_eq!(cockpit.asks("D"), ["StartDaemon"]);
    assert_eq!(cockpit.model.now, NOON + 1000);
}
