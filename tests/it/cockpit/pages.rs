//! The small pages and the lines that tell something, at the sizes that people have.

use super::harness::{CARGO, Cockpit, NOON, SIZES, ask, peer, shop_peers, time};
use pult::cockpit::panes::PaneState;
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::core::state::{Shown, Source};
use pult::wire::view::{ErrorKind, ErrorView, EvidenceView, LogLine, WhyAnswer, WhyView};

/// What a peer's state rests on.
fn why() -> WhyView {
    let evidence = |source, ago: i64| EvidenceView {
        source,
        at: time(NOON - ago * 1000),
        text: "PermissionRequest for Bash, by the process that the session started".into(),
    };
    let answer = |question: &str, answer: &str, source| WhyAnswer {
        question: question.into(),
        answer: answer.into(),
        evidence: Some(evidence(source, 14)),
    };
    let line = |seq, what: &str| LogLine {
        seq,
        at: time(NOON - 20_000),
        actor: "scout@1".into(),
        kind: what.into(),
        refs: vec!["ak-scout222".into()],
        cause: None,
        body: serde_json::json!({ "verb": "run", "object": "cargo test -p cart" }),
    };
    WhyView {
        subject: "scout".into(),
        answers: vec![
            answer("process", "alive", Source::Keeper),
            answer("turn", "running", Source::Protocol),
            answer("ask", "approval", Source::Protocol),
            answer("attention", "seen", Source::Keeper),
        ],
        log: (1..12).map(|n| line(n, "ask.opened")).collect(),
    }
}

#[test]
fn why_a_peer_is_what_it_is() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        for effect in cockpit.press("1 w") {
            if let Effect::Ask(Tag::Why(name), _) = effect {
                let said = serde_json::to_value(why()).unwrap();
                cockpit.send(Msg::Answer(Tag::Why(name), Ok(said)));
            }
        }
        cockpit.looks_like("why");
    }
}

#[test]
fn what_cannot_be_taken_back_wants_a_second_key() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("1 x");
        cockpit.looks_like("stop");
        cockpit.press("esc X");
        cockpit.looks_like("retire");
        for effect in cockpit.press("y") {
            if let Effect::Ask(tag @ Tag::Done(_), _) = effect {
                cockpit.send(Msg::Answer(tag, Ok(serde_json::json!({}))));
            }
        }
        cockpit.looks_like("retired_for_ten_seconds");
    }
}

#[test]
fn what_went_wrong_is_told_whole() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        let error = ErrorView::new(
            ErrorKind::Refused,
            "scout does not take messages now: it asks",
        )
        .hint("answer its request first, or wait until it is idle");
        cockpit.send(Msg::Answer(Tag::Quiet, Err(error)));
        cockpit.looks_like("an_error");
    }
}

#[test]
fn panes_that_show_no_program() {
    for (cols, rows) in SIZES {
        for (name, state) in [
            ("pane_opening", PaneState::Opening),
            ("pane_ended", PaneState::Ended),
            (
                "pane_refused",
                PaneState::Refused("its keeper does not answer; `pult doctor` says more".into()),
            ),
        ] {
            let mut cockpit = Cockpit::shop(cols, rows);
            cockpit.press("1 z");
            cockpit.live(CARGO);
            let open = cockpit.model.panes.open.iter_mut();
            open.for_each(|pane| pane.state = state.clone());
            cockpit.looks_like(name);
        }
    }
}

#[test]
fn a_filter_that_nothing_fits_says_so() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("1 / z z z");
        cockpit.looks_like("filter_of_nothing");
        let text = cockpit.terminal().text_rows().join("\n");
        assert!(text.contains("Peers 0 of 7"), "{text}");
        // The keys that act are those of the line that is typed.
        assert!(text.contains("⏎ keep   esc all"), "{text}");
        assert!(!text.contains("a allow once"), "{text}");
    }
}

#[test]
fn the_end_of_the_help_is_reached() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("? G");
        cockpit.looks_like("help_end");
    }
}

#[test]
fn the_palette_finds_nothing_and_says_so() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press(": q z q z");
        cockpit.looks_like("palette_of_nothing");
    }
}

#[test]
fn a_new_peer_with_a_command() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("n s h e l l y tab right right tab m a k e");
        cockpit.looks_like("new_peer_command");
    }
}

#[test]
fn many_peers_and_requests_leave_each_other_room() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        let states = [Shown::Working, Shown::Asks, Shown::Idle, Shown::Done];
        let name = |n: usize| format!("a-rather-long-name-of-worker-{n}");
        let peers = (0..40).map(|n| peer(&name(n), states[n % 4], 50 * n as i64));
        let object = "cargo test --workspace --all-features -- --nocapture";
        let asks = (0..10).map(|n| ask(&format!("{n}2222222"), &name(4 * n + 1), object, 9));
        cockpit.world(peers.collect(), asks.collect());
        cockpit.later(1000);
        if cockpit.model.pane().is_some() {
            cockpit.live(CARGO);
        }
        cockpit.looks_like("many");
    }
}

#[test]
fn a_newcomer_is_told_the_three_keys() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.model.guide = Some("n starts a peer, : does anything, ? explains".into());
        cockpit.world(vec![], vec![]);
        cockpit.looks_like("newcomer");
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.looks_like("before_the_first_word");
        cockpit.world(shop_peers()[2..].to_vec(), vec![]);
        cockpit.looks_like("nothing_waits");
    }
}
