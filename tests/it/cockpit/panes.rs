//! Pane mode: what goes to the worker, and how one leaves.

use super::harness::{Cockpit, ask, named, peer, shop_asks, shop_peers};
use pult::cockpit::model::{Focus, Page, Size};
use pult::cockpit::update::{Effect, Msg};
use pult::core::state::Shown;
use pult::wire::request::Request;

#[test]
fn in_a_pane_every_key_is_the_worker_s() {
    let mut cockpit = Cockpit::shop(120, 30);
    cockpit.press("enter");
    assert_eq!(cockpit.model.focus, Focus::Pane);
    let typed = cockpit.asks("a q ? : ctrl-c esc tab");
    assert_eq!(typed.len(), 7);
    assert!(typed.iter().all(|t| t.starts_with("type Key")), "{typed:?}");
}

#[test]
fn the_leave_key_leaves_and_pressed_twice_reaches_the_worker_once() {
    let mut cockpit = Cockpit::shop(120, 30);
    assert_eq!(cockpit.asks("enter ctrl-q"), Vec::<String>::new());
    assert_eq!(cockpit.model.focus, Focus::Peers);
    let typed = cockpit.asks("ctrl-q");
    assert_eq!(typed.len(), 1);
    assert!(typed[0].contains("'q'") && typed[0].contains("ctrl: true"));
    assert_eq!(cockpit.model.focus, Focus::Pane);
}

#[test]
fn a_leave_key_long_after_is_not_the_second_press() {
    let mut cockpit = Cockpit::shop(120, 30);
    cockpit.press("enter ctrl-q j");
    assert_eq!(cockpit.asks("ctrl-q"), Vec::<String>::new());
    assert_eq!(cockpit.model.focus, Focus::Peers);
}

#[test]
fn the_pane_follows_the_cursor() {
    let mut cockpit = Cockpit::shop(120, 30);
    let first = cockpit.model.pane().cloned().unwrap();
    assert_eq!(
        first.session, "ss-scout",
        "what needs the operator is first"
    );
    let effects = cockpit.press("j");
    let pane = cockpit.model.pane().cloned().unwrap();
    assert_eq!(pane.session, "ss-builder");
    assert_ne!(pane.number, first.number);
    assert!(
        matches!(
            &effects[..],
            [Effect::Ask(_, Request::Close { pane }), Effect::Ask(_, Request::Open { name, rows: 22, .. })]
                if *pane == first.number && name == "builder"
        ),
        "{effects:?}"
    );
}

#[test]
fn in_pane_mode_the_program_has_the_size_of_its_place_before_the_first_key() {
    let mut cockpit = Cockpit::shop(120, 30);
    let number = cockpit.model.pane().unwrap().number;
    let fits = |effects: &[Effect]| {
        let fit = |e: &Effect| matches!(e, Effect::Enter(n) if *n == number);
        effects.iter().filter(|e| fit(e)).count()
    };
    assert_eq!(fits(&cockpit.press("enter")), 1);
    assert_eq!(fits(&cockpit.press("x y")), 0);
    assert_eq!(fits(&cockpit.press("ctrl-q enter")), 1);
}

#[test]
fn a_resize_is_told_once() {
    let mut cockpit = Cockpit::shop(120, 30);
    let effects = cockpit.send(Msg::Resized(Size {
        cols: 160,
        rows: 48,
    }));
    assert!(
        matches!(
            &effects[..],
            [Effect::Ask(_, Request::Resize { cols: 126, .. })]
        ),
        "{effects:?}"
    );
    assert!(cockpit.later(1).is_empty());
}

#[test]
fn looking_at_a_finished_peer_says_so_once() {
    let mut cockpit = Cockpit::new(120, 30);
    cockpit.world(vec![peer("fixer", Shown::Done, 9)], vec![]);
    assert_eq!(
        cockpit.asks("j k"),
        Vec::<String>::new(),
        "passing by is not looking"
    );
    assert_eq!(cockpit.asks("enter"), ["Seen { name: \"fixer\" }"]);
    cockpit.later(1000);
    assert_eq!(named(&cockpit.later(1000)), [""; 0]);
}

#[test]
fn attach_leaves_on_one_press_and_sends_on_two() {
    let attach = || {
        let mut cockpit = Cockpit::new(80, 24);
        cockpit.model.attach = Some("fixer".into());
        cockpit.model.focus = Focus::Pane;
        cockpit.world(shop_peers(), shop_asks());
        cockpit.live("hello");
        assert_eq!(cockpit.model.pane().unwrap().session, "ss-fixer");
        cockpit
    };
    let mut once = attach();
    assert_eq!(once.asks("ctrl-q"), Vec::<String>::new());
    assert!(matches!(once.later(250)[..], [Effect::Quit(0)]));
    let mut twice = attach();
    assert_eq!(twice.asks("ctrl-q ctrl-q").len(), 1);
    assert!(twice.later(300).is_empty());
}

#[test]
fn detaching_stops_nothing() {
    let mut cockpit = Cockpit::shop(120, 30);
    assert_eq!(cockpit.asks("q"), ["Quit(0)"]);
    let mut cockpit = Cockpit::shop(120, 30);
    assert_eq!(cockpit.asks("ctrl-c"), Vec::<String>::new());
}

#[test]
fn a_peer_is_stopped_after_a_second_key_and_goes_on_by_undo() {
    let mut cockpit = Cockpit::shop(120, 30);
    assert_eq!(cockpit.asks("x x"), Vec::<String>::new());
    assert!(matches!(cockpit.model.page, Some(Page::Confirm(_))));
    assert_eq!(cockpit.asks("y"), ["Stop { name: \"scout\" }"]);
    assert_eq!(
        cockpit.asks("u"),
        ["Resume { name: \"scout\", prompt: None }"]
    );
    assert_eq!(cockpit.asks("u"), Vec::<String>::new());
}

#[test]
fn a_snooze_can_be_taken_back_for_ten_seconds() {
    let mut cockpit = Cockpit::shop(120, 30);
    assert_eq!(
        cockpit.asks("s enter"),
        ["Snooze { name: \"scout\", for_ms: 3600000 }"]
    );
    cockpit.later(9_999);
    assert_eq!(cockpit.asks("u"), ["Snooze { name: \"scout\", for_ms: 0 }"]);
    cockpit.press("s enter");
    cockpit.later(10_000);
    assert_eq!(cockpit.asks("u"), Vec::<String>::new());
}

#[test]
fn the_palette_does_by_name_and_says_why_not() {
    let mut cockpit = Cockpit::shop(120, 30);
    assert_eq!(cockpit.asks(": d e t a c h enter"), ["Quit(0)"]);
    let mut cockpit = Cockpit::shop(120, 30);
    cockpit.press(": s t a r t space t h e space d a e m enter");
    assert!(
        cockpit
            .model
            .notice
            .as_ref()
            .unwrap()
            .text
            .contains("the daemon is running")
    );
    cockpit.press("esc : g o space d o c s enter");
    assert_eq!(cockpit.model.peer_at.as_deref(), Some("ss-docs"));
}

#[test]
fn a_new_peer_is_asked_for_by_form_and_selected_when_it_comes() {
    let mut cockpit = Cockpit::shop(120, 30);
    let asked = cockpit.asks("n z o e ctrl-s ctrl-s");
    assert_eq!(asked.len(), 1, "sent once");
    assert!(
        asked[0].starts_with("New(NewPeer { name: \"zoe\"")
            && asked[0].contains("cwd: \"/home/o/shop\"")
    );
    let answer = serde_json::json!({ "name": "zoe" });
    cockpit.send(Msg::Answer(pult::cockpit::update::Tag::New, Ok(answer)));
    assert_eq!(cockpit.model.page, None);
    let mut peers = shop_peers();
    peers.push(peer("zoe", Shown::Starting, 0));
    cockpit.world(peers, shop_asks());
    assert_eq!(cockpit.model.peer_at.as_deref(), Some("ss-zoe"));
}

#[test]
fn peers_stand_still_while_the_cursor_moves() {
    let mut cockpit = Cockpit::new(120, 30);
    let names = |c: &Cockpit| {
        c.model
            .peers
            .iter()
            .map(|p| p.name().to_owned())
            .collect::<Vec<_>>()
    };
    cockpit.world(
        vec![peer("a", Shown::Working, 1), peer("b", Shown::Working, 1)],
        vec![],
    );
    cockpit.press("j");
    let changed = || vec![peer("a", Shown::Working, 1), peer("b", Shown::Asks, 0)];
    cockpit.world(changed(), vec![ask("one22222", "b", "ls", 0)]);
    assert_eq!(names(&cockpit), ["a", "b"]);
    cockpit.later(2000);
    cockpit.world(changed(), vec![]);
    assert_eq!(names(&cockpit), ["b", "a"]);
    assert_eq!(cockpit.model.peer_at.as_deref(), Some("ss-b"));
}
