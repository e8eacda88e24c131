//! The inbox over the whole screen: what it shows, what a key decides there and what it does not.

use super::harness::{Cockpit, NOON, SIZES, ask, named, peer, shop_peers, time};
use pult::cockpit::model::{Confirm, Focus, Page};
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::core::ask::{Answer, AskState, Risk, Surface, Verb};
use pult::core::state::Shown;
use pult::wire::view::{AskDetail, AskRow, CoveredView, DecidedView};
use serde_json::json;

fn detail(row: &AskRow) -> AskDetail {
    let covered = |name: &str, value: &str| CoveredView {
        name: name.into(),
        value: json!(value),
    };
    AskDetail {
        tool: "Bash".into(),
        cwd: Some("/home/o/shop".into()),
        files: vec![],
        reason: Some("The flaky test only shows up when the ignored ones run together.".into()),
        risk_why: (row.risk == Risk::High)
            .then(|| "it rewrites or removes what the remote has".into()),
        covers: vec![
            covered("tool", "Bash"),
            covered("directory", "/home/o/shop"),
            covered("command", &row.object),
        ],
        input: json!({ "command": row.object, "description": "Run them", "timeout": 120_000 }),
        note: None,
        closed_why: None,
        row: row.clone(),
    }
}

/// Presses keys; what is asked about requests is answered at once.
fn press(cockpit: &mut Cockpit, keys: &str) -> Vec<String> {
    let effects = cockpit.press(keys);
    answer(cockpit, &effects);
    let asked = named(&effects);
    asked
        .into_iter()
        .filter(|a| !a.starts_with("Show"))
        .collect()
}

pub fn answer(cockpit: &mut Cockpit, effects: &[Effect]) {
    for effect in effects {
        if let Effect::Ask(Tag::Show(id), _) = effect {
            let row = cockpit.model.asks.iter().find(|a| a.row.id == *id);
            let said = detail(&row.unwrap().row);
            let said = Ok(serde_json::to_value(said).unwrap());
            let more = cockpit.send(Msg::Answer(Tag::Show(id.clone()), said));
            answer(cockpit, &more);
        }
    }
}

/// The screen, open over these requests, long enough.
fn opened(cols: u16, rows: u16, asks: Vec<AskRow>) -> Cockpit {
    let mut cockpit = Cockpit::new(cols, rows);
    cockpit.world(shop_peers(), asks);
    cockpit.later(1000);
    press(&mut cockpit, "2");
    cockpit.later(1000);
    cockpit
}

const TEST: &str = "cargo test -p cart -- --ignored";

fn four() -> Vec<AskRow> {
    vec![
        AskRow {
            risk: Risk::High,
            ..ask("push2222", "fixer", "git push --force origin main", 3)
        },
        ask("scout222", "scout", TEST, 140),
        ask("docs2222", "docs", TEST, 40),
        ask("linter22", "linter", "cargo clippy --fix", 30),
        ask("triage22", "triager", TEST, 20),
    ]
}

/// The cursor on the request of `peer`.
fn at(cockpit: &mut Cockpit, peer: &str) {
    let asks = cockpit.model.asks.len();
    press(cockpit, "g");
    for _ in 0..asks {
        if cockpit.model.ask().unwrap().row.peer != peer {
            press(cockpit, "j");
        }
    }
    assert_eq!(cockpit.model.ask().unwrap().row.peer, peer);
    cockpit.later(1000);
}

#[test]
fn an_empty_inbox_says_what_comes_here() {
    for (cols, rows) in SIZES {
        opened(cols, rows, vec![]).looks_like("inbox_empty");
    }
}

#[test]
fn one_request() {
    for (cols, rows) in SIZES {
        opened(cols, rows, vec![ask("scout222", "scout", TEST, 14)]).looks_like("inbox_one");
    }
}

#[test]
fn many_requests_some_of_them_the_same() {
    for (cols, rows) in SIZES {
        let mut cockpit = opened(cols, rows, four());
        at(&mut cockpit, "scout");
        cockpit.looks_like("inbox_many");
    }
}

#[test]
fn a_phone_shows_one_at_a_time() {
    let mut cockpit = opened(60, 20, four());
    at(&mut cockpit, "scout");
    press(&mut cockpit, "enter");
    cockpit.looks_like("inbox_phone_request");
    press(&mut cockpit, "esc");
    assert!(cockpit.model.inbox.open && !cockpit.model.inbox.reading);
    press(&mut cockpit, "1");
    assert!(!cockpit.model.inbox.open);
    assert_eq!(cockpit.model.focus, Focus::Peers);
}

#[test]
fn what_was_read_to_its_end_is_allowed_by_one_key() {
    let mut cockpit = opened(100, 30, four());
    at(&mut cockpit, "linter");
    let said = press(&mut cockpit, "a");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("ak-linter22") && said[0].contains("digest of cargo clippy"));
}

#[test]
fn what_has_just_come_to_the_screen_is_not_allowed() {
    let mut cockpit = opened(100, 30, four());
    press(&mut cockpit, "j");
    assert_eq!(press(&mut cockpit, "a"), Vec::<String>::new());
    cockpit.later(399);
    assert_eq!(press(&mut cockpit, "a"), Vec::<String>::new());
    cockpit.later(1);
    assert_eq!(press(&mut cockpit, "a").len(), 1);
}

#[test]
fn what_stands_there_whole_is_allowed_whatever_repeats_it_below() {
    for (cols, rows) in SIZES {
        let mut cockpit = opened(cols, rows, vec![ask("scout222", "scout", TEST, 14)]);
        assert_eq!(press(&mut cockpit, "a").len(), 1, "{cols}x{rows}");
    }
}

#[test]
fn what_is_written_is_read_to_its_end_first() {
    let mut row = ask("write222", "scout", "/home/o/shop/src/cart.rs", 14);
    row.verb = Verb::Write;
    let mut cockpit = Cockpit::new(80, 24);
    cockpit.world(shop_peers(), vec![row.clone()]);
    cockpit.press("2");
    let mut said = detail(&row);
    said.covers.push(CoveredView {
        name: "content".into(),
        value: json!("fn main() {}\n".repeat(9)),
    });
    let said = Ok(serde_json::to_value(said).unwrap());
    cockpit.send(Msg::Answer(Tag::Show(row.id.clone()), said));
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a"), Vec::<String>::new());
    let notice = cockpit.model.notice.clone().unwrap().text;
    assert!(notice.contains("to its end"), "{notice}");
    cockpit.press("enter G");
    assert_eq!(cockpit.asks("a").len(), 1);
}

#[test]
fn a_long_request_is_read_to_its_end_first() {
    let long = format!("echo {}", "long ".repeat(900));
    let mut cockpit = opened(100, 30, vec![ask("long2222", "scout", &long, 14)]);
    assert_eq!(press(&mut cockpit, "a"), Vec::<String>::new());
    let notice = cockpit.model.notice.clone().unwrap().text;
    assert!(notice.contains("to its end"), "{notice}");
    press(&mut cockpit, "pagedown pagedown");
    assert_eq!(press(&mut cockpit, "a"), Vec::<String>::new());
    press(&mut cockpit, "enter G");
    assert_eq!(press(&mut cockpit, "a").len(), 1);
}

#[test]
fn another_digest_under_the_cursor_starts_over() {
    let mut cockpit = opened(100, 30, vec![ask("one22222", "scout", TEST, 14)]);
    let other = "cargo test -p cart -- --ignored && rm x";
    cockpit.world(shop_peers(), vec![ask("one22222", "scout", other, 14)]);
    cockpit.later(1000);
    assert_eq!(press(&mut cockpit, "a"), Vec::<String>::new());
}

#[test]
fn without_a_word_of_the_daemon_nothing_is_allowed_unseen() {
    let long = format!("echo {}", "long ".repeat(30));
    let mut cockpit = Cockpit::new(100, 30);
    cockpit.world(shop_peers(), vec![ask("one22222", "scout", &long, 14)]);
    cockpit.later(1000);
    cockpit.press("2");
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a"), Vec::<String>::new());
}

#[test]
fn all_for_exactly_the_same_call_are_decided_by_two_keys() {
    for (cols, rows) in SIZES {
        let mut cockpit = opened(cols, rows, four());
        at(&mut cockpit, "scout");
        if cols < 70 {
            press(&mut cockpit, "enter");
            cockpit.later(400);
        }
        assert_eq!(press(&mut cockpit, "="), Vec::<String>::new());
        cockpit.looks_like("inbox_same");
        assert_eq!(press(&mut cockpit, "= = a enter y"), Vec::<String>::new());
        cockpit.later(400);
        let said = press(&mut cockpit, "y");
        assert_eq!(said.len(), 3, "{said:?}");
        for id in ["ak-scout222", "ak-docs2222", "ak-triage22"] {
            let own = format!(
                "Decide {{ id: \"{id}\", digest: Some(\"digest of {TEST}\"), answer: Allow, note: None }}"
            );
            assert!(said.contains(&own), "{id} in {said:?}");
        }
    }
}

#[test]
fn all_the_same_are_rejected_too_and_esc_decides_nothing() {
    let mut cockpit = opened(100, 30, four());
    at(&mut cockpit, "scout");
    press(&mut cockpit, "-");
    cockpit.later(400);
    assert_eq!(press(&mut cockpit, "esc"), Vec::<String>::new());
    press(&mut cockpit, "-");
    cockpit.later(400);
    let said = press(&mut cockpit, "y");
    assert!(
        said.len() == 3 && said.iter().all(|s| s.contains("Deny")),
        "{said:?}"
    );
}

#[test]
fn everybody_of_a_large_batch_is_named_on_one_screen() {
    let name = |n: usize| format!("worker-{n}");
    let rows = (0..40).map(|n| ask(&format!("w{n:07}"), &name(n), &TEST.repeat(12), 40));
    let mut cockpit = opened(60, 20, rows.collect());
    press(&mut cockpit, "enter G");
    cockpit.later(1000);
    press(&mut cockpit, "=");
    let looks = cockpit.terminal().text_rows().join(" ");
    for n in 0..40 {
        assert!(looks.contains(&name(n)), "{} in {looks}", name(n));
    }
    cockpit.looks_like("inbox_same_many");
    cockpit.press("esc");
    cockpit.send(Msg::Resized(pult::cockpit::model::Size {
        cols: 50,
        rows: 12,
    }));
    press(&mut cockpit, "G");
    cockpit.later(1000);
    press(&mut cockpit, "=");
    assert_eq!(
        cockpit.model.page, None,
        "nobody is answered who is not listed"
    );
}

#[test]
fn one_that_became_another_call_meanwhile_is_left_out() {
    let mut cockpit = opened(100, 30, four());
    at(&mut cockpit, "scout");
    press(&mut cockpit, "=");
    let mut later = four();
    later[2] = ask("docs2222", "docs", "rm -rf /", 1);
    let effects = cockpit.world(shop_peers(), later);
    answer(&mut cockpit, &effects);
    cockpit.later(400);
    let said = press(&mut cockpit, "y");
    assert!(
        said.len() == 2 && said.iter().all(|s| !s.contains("docs2222")),
        "{said:?}"
    );
}

#[test]
fn a_digest_alone_is_not_enough_and_one_is_no_batch() {
    let mut rows = four();
    rows[2].object = "cargo test # looks alike".into();
    rows.truncate(4);
    let mut cockpit = opened(100, 30, rows);
    at(&mut cockpit, "scout");
    assert_eq!(press(&mut cockpit, "="), Vec::<String>::new());
    assert!(!matches!(
        cockpit.model.page,
        Some(Page::Confirm(Confirm::Same { .. }))
    ));
}

fn decided(row: AskRow, state: AskState, seconds: i64) -> AskRow {
    AskRow {
        state,
        decided: Some(DecidedView {
            by: "uid 1000 on pts/3".into(),
            surface: Surface::Cli,
            at: time(NOON - 20_000),
            answer: Answer::Allow,
            rule: None,
        }),
        delivered_at: (state == AskState::Delivered).then(|| time(NOON - seconds * 1000)),
        ..row
    }
}

#[test]
fn an_answer_without_effect_is_seen_and_delivered_again() {
    for (cols, rows) in SIZES {
        let rows_of = vec![
            decided(ask("stuck222", "scout", TEST, 60), AskState::Delivered, 14),
            decided(
                ask("young222", "docs", "cargo doc", 50),
                AskState::Delivered,
                1,
            ),
            decided(
                ask("way22222", "fixer", "cargo build", 40),
                AskState::Decided,
                0,
            ),
        ];
        let mut cockpit = opened(cols, rows, rows_of);
        if cols < 70 {
            cockpit.looks_like("inbox_no_effect_list");
            press(&mut cockpit, "enter");
        }
        cockpit.looks_like("inbox_no_effect");
        assert_eq!(press(&mut cockpit, "."), ["Retry { id: \"ak-stuck222\" }"]);
    }
}

#[test]
fn ten_seconds_without_an_effect_are_noticed_by_themselves() {
    let mut cockpit = Cockpit::new(100, 30);
    let row = decided(ask("stuck222", "scout", TEST, 60), AskState::Delivered, 3);
    cockpit.world(vec![peer("scout", Shown::Working, 4000)], vec![row]);
    let next = pult::cockpit::update::next_tick(&cockpit.model).unwrap();
    assert!(next <= 7_000, "{next}");
}

#[test]
fn from_a_request_to_its_peer_in_one_key() {
    let mut cockpit = opened(100, 30, four());
    at(&mut cockpit, "docs");
    press(&mut cockpit, "p");
    assert_eq!(cockpit.model.peer_at.as_deref(), Some("ss-docs"));
    assert!(!cockpit.model.inbox.open);
}
