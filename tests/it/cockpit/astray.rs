//! What happens by itself takes no key that was meant for something else, and no text that was
//! being typed.

use super::harness::{Cockpit, ask, peer, shop_peers};
use pult::cockpit::model::{Focus, Model, Page};
use pult::cockpit::panes::PaneState;
use pult::cockpit::update::{Effect, Msg, Tag};
use pult::core::state::Shown;
use pult::wire::request::{Push, Request};
use pult::wire::view::{ErrorKind, ErrorView};
use serde_json::json;

fn shop_without(name: &str) -> Vec<pult::wire::view::PeerRow> {
    let mut peers = shop_peers();
    peers.retain(|p| p.name.as_deref() != Some(name));
    peers
}

/// What stands on the line below.
fn notice(model: &Model) -> &str {
    model.notice.as_ref().map_or("", |n| &n.text)
}

/// A cockpit of one request whose row tells all, typed into a peer's pane.
fn typing(cols: u16, rows: u16) -> Cockpit {
    let mut cockpit = Cockpit::new(cols, rows);
    let asks = vec![ask("one22222", "scout", "ls", 14)];
    cockpit.world(shop_peers(), asks);
    cockpit.later(1000);
    cockpit.press("1 enter");
    assert_eq!(cockpit.model.focus, Focus::Pane);
    cockpit
}

fn with_one_ask() -> Vec<pult::wire::view::AskRow> {
    vec![ask("one22222", "scout", "ls", 14)]
}

#[test]
fn what_is_typed_on_after_the_peer_is_gone_is_no_command() {
    let mut cockpit = typing(120, 36);
    let name = cockpit.model.peer().unwrap().name().to_owned();
    cockpit.world(shop_without(&name), with_one_ask());
    assert_eq!(cockpit.model.focus, Focus::Peers);
    for _ in 0..5 {
        cockpit.model.now += 900;
        assert_eq!(cockpit.asks("a C q n"), Vec::<String>::new());
        assert_eq!(cockpit.model.page, None);
    }
    let said = notice(&cockpit.model);
    assert!(said.contains(&name) && said.contains("pause"), "{said}");
    cockpit.model.now += 1000;
    assert_eq!(cockpit.asks("a").len(), 1, "after a pause they are again");
}

#[test]
fn the_key_that_leaves_is_known_to_somebody_whose_pane_is_gone() {
    for key in ["ctrl-q", "esc"] {
        let mut cockpit = typing(120, 36);
        let name = cockpit.model.peer().unwrap().name().to_owned();
        cockpit.world(shop_without(&name), with_one_ask());
        cockpit.press(key);
        assert_eq!(cockpit.asks("a").len(), 1, "{key}");
    }
}

#[test]
fn a_pane_that_the_daemon_does_not_show_takes_no_key_as_a_command() {
    let mut cockpit = typing(120, 36);
    let number = cockpit.model.pane().unwrap().number;
    let error = ErrorView::new(ErrorKind::Failed, "its keeper is gone");
    cockpit.send(Msg::Answer(Tag::Open(number), Err(error)));
    assert!(matches!(
        cockpit.model.pane().unwrap().state,
        PaneState::Refused(_)
    ));
    assert_eq!(cockpit.asks("a q"), Vec::<String>::new());
}

#[test]
fn a_peer_that_was_started_takes_nobody_out_of_a_pane() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press("n x ctrl-s esc enter");
    assert_eq!(cockpit.model.focus, Focus::Pane);
    let at = cockpit.model.peer_at.clone();
    cockpit.send(Msg::Answer(Tag::New, Ok(json!({ "name": "x" }))));
    let mut peers = shop_peers();
    peers.push(peer("x", Shown::Starting, 0));
    cockpit.world(peers, vec![]);
    assert_eq!(cockpit.model.focus, Focus::Pane);
    assert_eq!(cockpit.model.peer_at, at);
}

#[test]
fn a_peer_that_was_started_closes_no_other_form() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press("n x ctrl-s esc n ctrl-u y");
    cockpit.send(Msg::Answer(Tag::New, Ok(json!({ "name": "x" }))));
    let Some(Page::Form(form)) = &cockpit.model.page else {
        panic!("{:?}", cockpit.model.page);
    };
    assert_eq!(form.name.text(), "y");
}

#[test]
fn a_daemon_that_comes_back_opens_nothing_over_what_is_typed() {
    for keys in ["1 n x", "1 x", "1 m x", "1 enter"] {
        let mut cockpit = Cockpit::shop(60, 20);
        cockpit.press(keys);
        let (page, focus) = (cockpit.model.page.clone(), cockpit.model.focus);
        cockpit.send(Msg::Down);
        cockpit.send(Msg::Up);
        cockpit.world(shop_peers(), with_one_ask());
        assert_eq!((&cockpit.model.page, cockpit.model.focus), (&page, focus));
        assert!(!cockpit.model.inbox.open, "{keys}");
    }
}

#[test]
fn what_stands_behind_a_request_that_is_read_is_not_decided() {
    let mut cockpit = Cockpit::new(120, 36);
    cockpit.world(shop_peers(), with_one_ask());
    cockpit.later(1000);
    cockpit.press("i enter");
    assert!(matches!(cockpit.model.page, Some(Page::Look { .. })));
    // Answered elsewhere; when nothing else waits it goes from the list, and another comes.
    cockpit.world(shop_peers(), vec![]);
    cockpit.later(4000);
    cockpit.world(shop_peers(), vec![ask("two22222", "fixer", "pwd", 1)]);
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a r"), Vec::<String>::new());
    assert!(matches!(cockpit.model.page, Some(Page::Look { .. })));
    assert!(notice(&cockpit.model).contains("behind this page"));
}

#[test]
fn what_was_not_answered_before_the_daemon_went_is_not_taken_for_sent() {
    let mut cockpit = Cockpit::new(120, 36);
    cockpit.world(shop_peers(), with_one_ask());
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a").len(), 1);
    cockpit.send(Msg::Down);
    cockpit.send(Msg::Unanswered(Tag::Decide("ak-one22222".into())));
    assert!(notice(&cockpit.model).contains("went away"));
    cockpit.send(Msg::Up);
    cockpit.world(shop_peers(), with_one_ask());
    cockpit.later(1000);
    assert_eq!(cockpit.asks("a").len(), 1, "it can be answered again");
}

#[test]
fn a_form_that_was_not_answered_can_be_sent_again() {
    let mut cockpit = Cockpit::shop(120, 36);
    assert_eq!(cockpit.asks("n x ctrl-s ctrl-s").len(), 1);
    cockpit.send(Msg::Down);
    cockpit.send(Msg::Unanswered(Tag::New));
    assert_eq!(cockpit.asks("ctrl-s"), Vec::<String>::new());
    cockpit.send(Msg::Up);
    assert_eq!(cockpit.asks("ctrl-s").len(), 1);
}

#[test]
fn what_is_typed_for_a_daemon_that_is_gone_stays() {
    for keys in ["m h i", "x", "r n o"] {
        let mut cockpit = Cockpit::new(120, 36);
        cockpit.world(shop_peers(), with_one_ask());
        cockpit.later(1000);
        cockpit.press(keys);
        cockpit.later(1000);
        let page = cockpit.model.page.clone();
        cockpit.send(Msg::Down);
        assert_eq!(cockpit.asks("y enter backspace"), Vec::<String>::new());
        assert!(notice(&cockpit.model).contains("no daemon"), "{keys}");
        assert_eq!(cockpit.model.page.is_some(), page.is_some());
        assert!(cockpit.model.asks[0].row.state == pult::core::ask::AskState::Asked);
        assert!(!cockpit.model.asks[0].sent, "{keys}");
        assert_eq!(cockpit.model.undo, [], "{keys}");
    }
}

#[test]
fn what_a_page_waits_for_is_asked_again_when_the_daemon_is_back() {
    let shows = |effects: &[Effect]| {
        let asked = |e: &&Effect| {
            let Effect::Ask(_, request) = e else {
                return false;
            };
            matches!(request, Request::Show { .. } | Request::Why { .. })
        };
        effects.iter().filter(asked).count()
    };
    for keys in ["i enter", "w", "2"] {
        let mut cockpit = Cockpit::shop(120, 36);
        assert_eq!(shows(&cockpit.press(keys)), 1, "{keys}");
        cockpit.send(Msg::Down);
        let mut effects = cockpit.send(Msg::Up);
        let world = Push::World {
            peers: shop_peers(),
            inbox: super::harness::shop_asks(),
            banner: None,
        };
        effects.extend(cockpit.send(Msg::Push(Box::new(world))));
        assert_eq!(shows(&effects), 1, "{keys}");
    }
}

#[test]
fn a_form_that_is_left_half_filled_is_there_again() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press("n x tab tab l o n g esc");
    assert_eq!(cockpit.model.page, None);
    cockpit.press("n");
    let Some(Page::Form(form)) = &cockpit.model.page else {
        panic!("{:?}", cockpit.model.page);
    };
    assert_eq!((form.name.text(), form.task.text()), ("x", "long"));
    cockpit.press("ctrl-s");
    cockpit.send(Msg::Answer(Tag::New, Ok(json!({ "name": "x" }))));
    cockpit.press("n");
    let Some(Page::Form(form)) = &cockpit.model.page else {
        panic!("{:?}", cockpit.model.page);
    };
    assert!(form.is_bare(), "what was sent is not kept");
}

#[test]
fn a_request_that_goes_while_a_second_key_is_wanted_is_told_and_not_answered() {
    let high = || {
        vec![pult::wire::view::AskRow {
            risk: pult::core::ask::Risk::High,
            ..ask("one22222", "scout", "rm -rf build", 14)
        }]
    };
    for (keys, answer) in [("a", "y"), ("r n o", "enter")] {
        let mut cockpit = Cockpit::new(120, 36);
        cockpit.world(shop_peers(), high());
        cockpit.later(1000);
        cockpit.press(keys);
        cockpit.later(1000);
        cockpit.world(shop_peers(), vec![]);
        for ms in [0, 4_000] {
            cockpit.later(ms);
            let text = cockpit.terminal().text_rows().join("\n");
            assert!(text.contains("waits no more: settled elsewhere"), "{text}");
            let page = text.lines().find(|l| l.contains("esc back")).unwrap();
            assert!(!page.contains("allows") && !page.contains("rejects"));
            assert_eq!(cockpit.asks(answer), Vec::<String>::new());
        }
        cockpit.press("esc");
        assert_eq!(cockpit.model.page, None);
    }
}

#[test]
fn what_was_said_of_a_missing_daemon_goes_when_it_is_back() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.send(Msg::Down);
    cockpit.press("C");
    assert!(notice(&cockpit.model).contains("no daemon"));
    cockpit.send(Msg::Up);
    assert_eq!(notice(&cockpit.model), "");
}

/// A peer whose program sends a notification at `second`.
fn note(second: i64) -> Vec<pult::wire::view::PeerRow> {
    let mut peers = shop_peers();
    peers[0].note = Some(pult::wire::view::EvidenceView {
        source: pult::core::state::Source::Osc,
        at: super::harness::time(super::harness::NOON + second * 1000),
        text: format!("note {second}"),
    });
    peers
}

#[test]
fn a_worker_that_notifies_all_the_time_does_not_take_the_line_below() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.world(note(1), vec![]);
    assert!(notice(&cockpit.model).contains("note 1"));
    let mut told = 0;
    for second in 2..62 {
        cockpit.later(1_000);
        cockpit.world(note(second), vec![]);
        told += usize::from(notice(&cockpit.model).contains("note"));
    }
    assert!((10..=20).contains(&told), "{told} of 60 seconds");
    cockpit.later(10_000);
    cockpit.press("1 x y");
    let stopped = Msg::Answer(Tag::Done("it is stopped".into()), Ok(json!(null)));
    cockpit.send(stopped);
    cockpit.later(1_000);
    cockpit.world(note(100), vec![]);
    assert_eq!(notice(&cockpit.model), "it is stopped");
    cockpit.later(30_000);
    cockpit.world(note(100), vec![]);
    assert!(notice(&cockpit.model).contains("note 100"), "it waited");
}
