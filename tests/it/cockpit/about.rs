//! What is told of one peer: the frame of its pane, the line at the top, its page.

use super::harness::{Cockpit, NOON, SIZES, peer, shop_asks, shop_peers, time};
use pult::cockpit::update::{Effect, Msg, Tag, next_tick};
use pult::core::conversation::Tokens;
use pult::core::state::{Shown, Source};
use pult::wire::cost::{By, CostRow, CostView};
use pult::wire::view::{EvidenceView, LogLine, PeerRow, WhyAnswer, WhyView};

fn located(cockpit: &mut Cockpit, branch: &str) {
    let branch = Some(branch.to_owned());
    let (place, root) = ("/home/o/shop".to_owned(), "/home/o/shop".to_owned());
    cockpit.send(Msg::Located(place, root, branch));
}

/// A peer with everything that can be known of one, limited for twelve more minutes.
fn known() -> PeerRow {
    PeerRow {
        tokens: Some(41_230),
        cost: Some(0.417),
        cost_estimated: true,
        context: Some(41),
        limit_until: Some(time(NOON + 12 * 60_000 + 900)),
        native_id: Some("b017b728-b061-4330-8aa7-3d0b23fea703".into()),
        limits: vec!["files and network are open".into()],
        title: Some("fix the flaky cart test".into()),
        ..peer("fixer", Shown::Limited, 130)
    }
}

#[test]
fn a_frame_says_the_branch_what_was_used_and_when_a_limit_is_over() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(vec![known()], vec![]);
        located(&mut cockpit, "fix/flaky-cart");
        if cols < 70 {
            cockpit.press("l");
        }
        cockpit.live("");
        cockpit.looks_like("frame_known");
        let text = cockpit.terminal().text_rows().join("\n");
        let room = cols >= 100;
        assert!(!room || text.contains("· fix/flaky-cart ─"), "{text}");
        assert!(text.contains("resets in 12m"), "{text}");
        // It reads differently when the next minute of it has gone.
        assert_eq!(next_tick(&cockpit.model).map(|ms| ms <= 60_000), Some(true));
        cockpit.later(60_000);
        let text = cockpit.terminal().text_rows().join("\n");
        assert!(text.contains("resets in 11m"), "{text}");
        cockpit.later(12 * 60_000);
        let text = cockpit.terminal().text_rows().join("\n");
        assert!(!text.contains("resets"), "{text}");
    }
}

#[test]
fn the_branch_is_looked_for_again_when_something_happens() {
    let mut cockpit = Cockpit::shop(100, 30);
    let looks = |effects: &[Effect]| {
        let located = |effect: &&Effect| matches!(effect, Effect::Locate(_));
        effects.iter().filter(located).count()
    };
    assert_eq!(looks(&cockpit.world(shop_peers(), shop_asks())), 0);
    let effects = cockpit.later(5_000);
    assert_eq!(looks(&effects), 1, "{effects:?}");
    located(&mut cockpit, "main");
    assert_eq!(looks(&cockpit.later(100)), 0);
    assert_eq!(cockpit.model.branches["/home/o/shop"], "main");
    cockpit.send(Msg::Located(
        "/home/o/shop".into(),
        "/home/o/shop".into(),
        None,
    ));
    assert_eq!(cockpit.model.branches.get("/home/o/shop"), None);
}

#[test]
fn a_peer_has_a_page_with_its_card_and_what_its_state_rests_on() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(vec![known()], vec![]);
        located(&mut cockpit, "fix/flaky-cart");
        cockpit.press("w");
        let answer = |question: &str, answer: &str, text: &str| WhyAnswer {
            question: question.into(),
            answer: answer.into(),
            evidence: Some(EvidenceView {
                source: Source::Protocol,
                text: text.into(),
                at: time(NOON),
            }),
        };
        let view = WhyView {
            subject: "fixer".into(),
            answers: vec![
                answer("process", "alive", "its keeper says so"),
                answer("turn", "limited", "usage limit reached"),
            ],
            log: vec![LogLine {
                seq: 7,
                at: time(NOON - 1000),
                actor: "daemon".into(),
                kind: "session.limited".into(),
                refs: vec![],
                cause: None,
                body: serde_json::Value::Null,
            }],
        };
        let body = serde_json::to_value(view).unwrap();
        cockpit.send(Msg::Answer(Tag::Why("fixer".into()), Ok(body)));
        cockpit.looks_like("about_peer");
    }
}

fn used(day: Option<&str>, peer: Option<&str>) -> CostRow {
    CostRow {
        day: day.map(str::to_owned),
        peer: peer.map(str::to_owned),
        turns: 7,
        tokens: Tokens {
            input: 30_000,
            cached: 1_200_000,
            stored: 20_000,
            output: 4_100,
        },
        all: 1_254_100,
        cost: Some(1.5),
        cost_estimated: true,
        ..CostRow::default()
    }
}

fn cost(cockpit: &mut Cockpit, name: Option<&str>, row: CostRow) {
    let by = if name.is_some() { By::Peer } else { By::Day };
    let view = CostView {
        by,
        rows: vec![row.clone()],
        total: row,
        more: true,
        gaps: Vec::new(),
    };
    let body = serde_json::to_value(view).unwrap();
    let tag = Tag::Spent(name.map(str::to_owned));
    cockpit.send(Msg::Answer(tag, Ok(body)));
}

#[test]
fn what_was_used_is_told_of_today_and_of_the_peer() {
    let mut cockpit = Cockpit::new(160, 48);
    let asks = |effects: &[Effect]| {
        let cost = |effect: &&Effect| matches!(effect, Effect::Ask(Tag::Spent(_), _));
        effects.iter().filter(cost).count()
    };
    assert_eq!(
        asks(&cockpit.world(vec![known()], vec![])),
        0,
        "the frame goes first"
    );
    assert_eq!(asks(&cockpit.later(300)), 1);
    assert_eq!(asks(&cockpit.later(600_000)), 0, "it waits for the answer");
    // Something that was used on another day is not today's.
    cost(&mut cockpit, None, used(Some("2026-11-19"), None));
    assert!(!cockpit.terminal().row_text(0).contains("today"));
    cost(&mut cockpit, None, used(Some("2026-11-20"), None));
    let head = cockpit.terminal().row_text(0);
    assert!(head.contains("≈$1.50 today"), "{head}");
    assert_eq!(asks(&cockpit.press("w")), 1);
    cost(&mut cockpit, Some("other"), used(None, Some("other")));
    let page = cockpit.terminal().text_rows().join("\n");
    assert!(!page.contains("7 turns"), "{page}");
    cost(&mut cockpit, Some("fixer"), used(None, Some("fixer")));
    let page = cockpit.terminal().text_rows().join("\n");
    let told = "1.2M in (1.2M from the cache) and 4.1k out in 7 turns for ≈$1.50";
    assert!(page.contains(told), "{page}");
}
