//! What hands do that are quick, far away or on another keyboard.

use super::harness::{Cockpit, ask, peer, shop_asks, shop_peers};
use pult::cockpit::keymap::Keymap;
use pult::cockpit::model::{Focus, Page, Size};
use pult::cockpit::palette;
use pult::cockpit::terminal::input::Input;
use pult::cockpit::update::{Msg, Tag};
use pult::core::state::Shown;
use serde_json::json;

fn text(cockpit: &mut Cockpit) -> String {
    cockpit.terminal().text_rows().join("\n")
}

fn with(keymap: &str, cols: u16, rows: u16) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    cockpit.model.keymap = Keymap::load(None, keymap).expect(keymap).0;
    cockpit
}

/// What Enter would do in the palette.
fn marked(cockpit: &Cockpit) -> String {
    let Some(Page::Palette { at, .. }) = &cockpit.model.page else {
        panic!("{:?}", cockpit.model.page);
    };
    palette::rows(&cockpit.model)[*at].text.clone()
}

#[test]
fn what_is_marked_in_the_palette_stays_marked_when_what_can_be_done_changes() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press(":");
    for _ in 0..14 {
        cockpit.press("down");
        let before = marked(&cockpit);
        // Nothing waits any more, and then something does again.
        cockpit.world(shop_peers(), vec![]);
        cockpit.later(5_000);
        assert_eq!(marked(&cockpit), before);
        cockpit.world(shop_peers(), shop_asks());
        assert_eq!(marked(&cockpit), before);
    }
}

#[test]
fn each_of_two_acts_can_be_taken_back_for_as_long_as_was_said() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press("1");
    cockpit.model.peer_at = Some("ss-scout".into());
    assert_eq!(cockpit.asks("X y"), ["Stop { name: \"scout\" }"]);
    cockpit.later(3_000);
    cockpit.model.peer_at = Some("ss-fixer".into());
    // The first is not retired before its time.
    assert_eq!(cockpit.asks("X y"), ["Stop { name: \"fixer\" }"]);
    assert!(cockpit.asks("u")[0].contains("fixer"));
    assert!(cockpit.asks("u")[0].contains("scout"));
    assert_eq!(cockpit.asks("u"), Vec::<String>::new());
    let retired = super::harness::named(&cockpit.later(20_000));
    assert!(!retired.iter().any(|r| r.contains("Retire")), "{retired:?}");
}

#[test]
fn what_is_not_taken_back_is_retired_each_at_its_time() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press("1 g X y");
    cockpit.later(3_000);
    cockpit.press("j X y");
    let retired = |effects: &[_]| {
        let named = super::harness::named(effects);
        named.iter().filter(|r| r.starts_with("Retire")).count()
    };
    assert_eq!(retired(&cockpit.later(6_999)), 0);
    assert_eq!(retired(&cockpit.later(1)), 1);
    assert_eq!(retired(&cockpit.later(3_000)), 1);
    cockpit.press("j X y");
    assert_eq!(retired(&cockpit.press("q")), 1, "nothing waits for nobody");
}

#[test]
fn a_clock_that_is_set_changes_nothing_of_what_waits() {
    for by in [-3_600_000, 3_600_000] {
        let mut cockpit = Cockpit::new(120, 36);
        let one = || vec![ask("one22222", "scout", "ls", 14)];
        cockpit.world(shop_peers(), one());
        cockpit.later(1000);
        cockpit.press("1 X y");
        let set = |cockpit: &mut Cockpit| {
            cockpit.model.now += by;
            cockpit.send(Msg::ClockSet(by));
            super::harness::named(&cockpit.later(0))
        };
        assert_eq!(set(&mut cockpit), Vec::<String>::new());
        assert_eq!(cockpit.asks("u").len(), 1, "it can still be taken back");
        cockpit.world(shop_peers(), vec![ask("one22222", "scout", "pwd", 1)]);
        cockpit.later(100);
        set(&mut cockpit);
        assert_eq!(cockpit.asks("a"), Vec::<String>::new(), "it has just come");
        cockpit.later(5_000);
        assert_eq!(cockpit.asks("a").len(), 1, "and it can be decided");
        assert!(cockpit.model.notice.as_ref().unwrap().until - cockpit.model.now <= 6_000);
    }
}

#[test]
fn the_leave_key_is_pressed_twice_only_when_it_is_quick() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press("1 enter ctrl-q");
    cockpit.later(2_000);
    assert_eq!(cockpit.asks("ctrl-q"), Vec::<String>::new());
    assert_eq!(cockpit.model.focus, Focus::Peers);
    cockpit.press("enter ctrl-q");
    assert_eq!(cockpit.asks("ctrl-q").len(), 1);
    assert_eq!(cockpit.model.focus, Focus::Pane);
}

#[test]
fn a_click_ends_a_run_of_keys_and_the_second_press_of_the_leave_key() {
    let mut cockpit = with("vim", 120, 36);
    cockpit.press("1 d");
    cockpit.click(3, 3);
    cockpit.press("d");
    assert_eq!(cockpit.model.page, None, "one d is no command");
    cockpit.press("esc enter ctrl-q");
    cockpit.click(3, 3);
    assert_eq!(cockpit.asks("ctrl-q"), Vec::<String>::new());
}

#[test]
fn the_line_below_names_only_keys_that_work_there() {
    let mut cockpit = Cockpit::shop(120, 36);
    let own =
        "[inbox]\n\"q\" = \"ask.retry\"\n\"1\" = \"\"\n[command]\n\"Q\" = \"client.detach\"\n";
    assert_eq!(cockpit.model.keymap.overlay("own", own), []);
    cockpit.press("i");
    let footer = text(&mut cockpit).lines().last().unwrap().to_owned();
    assert!(footer.contains("Q detach"), "{footer}");
    cockpit.press("1");
    let footer = text(&mut cockpit).lines().last().unwrap().to_owned();
    assert!(footer.contains("q detach"), "{footer}");
}

#[test]
fn the_key_of_emacs_that_goes_back_does_so_where_text_is_typed() {
    for keys in [": x", "n x", "m x", "i r x", "x", "/ x"] {
        let mut cockpit = with("emacs", 120, 36);
        cockpit.press("1");
        cockpit.press(keys);
        cockpit.press("ctrl-g");
        assert_eq!(cockpit.model.page, None, "{keys}");
        assert_eq!(cockpit.model.filters.editing, None, "{keys}");
    }
}

#[test]
fn a_key_that_nobody_sees_the_effect_of_does_nothing_but_detach() {
    let small = Msg::Resized(Size { cols: 38, rows: 9 });
    let mut cockpit = Cockpit::shop(60, 20);
    cockpit.press("1");
    cockpit.send(small.clone());
    assert!(text(&mut cockpit).contains("q detaches"));
    assert_eq!(cockpit.asks("x y X y C n j a"), Vec::<String>::new());
    assert_eq!(cockpit.model.page, None);
    assert_eq!(cockpit.asks("q"), ["Quit(0)"]);

    let mut cockpit = Cockpit::shop(60, 20);
    cockpit.press("1 n h i");
    cockpit.send(small.clone());
    assert!(text(&mut cockpit).contains("keys wait for room"));
    assert_eq!(cockpit.asks("q ctrl-s esc"), Vec::<String>::new());
    cockpit.send(Msg::Resized(Size { cols: 60, rows: 20 }));
    let Some(Page::Form(form)) = &cockpit.model.page else {
        panic!("{:?}", cockpit.model.page);
    };
    assert_eq!(form.name.text(), "hi");

    let mut cockpit = Cockpit::shop(60, 20);
    cockpit.press("1 enter");
    cockpit.send(small);
    assert!(text(&mut cockpit).contains("^Q leaves the pane"));
    assert_eq!(cockpit.asks("q").len(), 1, "it goes to the worker");
    cockpit.press("ctrl-q");
    assert_eq!(cockpit.model.focus, Focus::Peers);
}

#[test]
fn much_that_is_pasted_into_a_line_is_drawn_at_once() {
    let much = "漢x ".repeat(1 << 18);
    for keys in ["m", "n", ":", "r", "/"] {
        let mut cockpit = Cockpit::shop(120, 36);
        cockpit.press("1");
        cockpit.press(keys);
        cockpit.send(Msg::Input(Input::Paste(much.clone().into_bytes())));
        cockpit.press("E N D");
        assert!(text(&mut cockpit).contains("END"), "{keys}");
    }
}

#[test]
fn a_question_that_comes_by_itself_waits_for_the_end_of_a_filter() {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.press("1 / r u");
    let own = Some("/home/o/shop".to_owned());
    cockpit.later(1_000);
    cockpit.send(Msg::Templates(own, Default::default()));
    cockpit.send(Msg::Answer(Tag::Trusted, Ok(json!([]))));
    cockpit.later(1_000);
    cockpit.press("n");
    assert_eq!(cockpit.model.page, None);
    assert_eq!(cockpit.model.filters.peers.text(), "run");
    cockpit.press("esc");
    assert!(matches!(cockpit.model.page, Some(Page::Confirm(_))));
}

#[test]
fn a_daemon_that_is_gone_is_started_by_the_keys_that_are_told() {
    let mut cockpit = Cockpit::new(120, 36);
    cockpit.world(vec![peer("fixer", Shown::Working, 3)], vec![]);
    cockpit.send(Msg::Down);
    assert!(text(&mut cockpit).contains("· D starts it"));
    cockpit.press("n");
    assert!(
        text(&mut cockpit).contains("· D starts it"),
        "it opens nothing"
    );
    cockpit.send(Msg::Up);
    cockpit.world(vec![peer("fixer", Shown::Working, 3)], vec![]);
    cockpit.press("n");
    cockpit.send(Msg::Down);
    assert!(text(&mut cockpit).contains("esc, then D starts it"));
    cockpit.press("esc enter");
    assert!(text(&mut cockpit).contains("^Q, then D starts it"));
}

#[test]
fn how_a_run_goes_on_is_seen_whatever_has_happened() {
    let mut cockpit = with("vim", 100, 30);
    cockpit.press("1");
    cockpit
        .model
        .warn("what went wrong is told at length ".repeat(6));
    cockpit.press("d");
    let text = text(&mut cockpit);
    assert!(text.contains("Retire the peer"), "{text}");
}

#[test]
fn nothing_is_offered_of_a_peer_that_it_cannot_do() {
    for (cols, rows) in super::harness::SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(vec![peer("old", Shown::Exited, 90)], vec![]);
        cockpit.later(1_000);
        let footer = text(&mut cockpit).lines().last().unwrap().to_owned();
        assert!(footer.contains("R resume"), "{footer}");
        for not in ["stop", "message", "type"] {
            assert!(!footer.contains(not), "{footer}");
        }
    }
}

#[test]
fn what_is_done_to_a_peer_from_its_request_is_done_to_that_one() {
    for open in ["i", "2", "i enter", "1 g space"] {
        let mut cockpit = Cockpit::new(120, 36);
        let rows = vec![ask("fixer222", "fixer", "ls", 14)];
        cockpit.world(shop_peers(), rows);
        cockpit.later(1_000);
        cockpit.model.peer_at = Some("ss-docs".into());
        cockpit.press(open);
        if open.ends_with("space") {
            cockpit.model.peer_at = Some("ss-docs".into());
        }
        assert_eq!(
            cockpit.asks("C"),
            ["Interrupt { name: \"fixer\" }"],
            "{open}"
        );
        cockpit.model.peer_at = Some("ss-docs".into());
        cockpit.press("m h i");
        assert!(text(&mut cockpit).contains("To fixer"), "{open}");
    }
}

#[test]
fn nothing_is_done_to_another_peer_where_the_one_that_asked_is_gone() {
    let mut cockpit = Cockpit::new(120, 36);
    let rows = vec![ask("ghost222", "ghost", "ls", 14)];
    cockpit.world(shop_peers(), rows);
    cockpit.later(1_000);
    cockpit.press("2");
    assert_eq!(cockpit.asks("C x y S"), Vec::<String>::new());
    assert_eq!(cockpit.model.page, None);
}

#[test]
fn a_snooze_that_is_taken_back_leaves_the_one_before() {
    let mut cockpit = Cockpit::new(120, 36);
    let mut row = peer("fixer", Shown::Idle, 90);
    let until = super::harness::NOON + 3_600_000;
    row.snoozed_until = Some(super::harness::time(until));
    cockpit.world(vec![row], vec![]);
    cockpit.press("1 s enter");
    let before = format!("Snooze {{ name: \"fixer\", for_ms: {} }}", 3_600_000);
    assert_eq!(cockpit.asks("u"), [before]);
}

#[test]
fn the_keys_that_the_page_of_a_request_tells_work_on_it() {
    let mut cockpit = Cockpit::new(120, 36);
    let rows = ["one", "two"].map(|id| ask(id, "scout", "ls", 14)).to_vec();
    cockpit.world(shop_peers(), rows);
    cockpit.later(1_000);
    cockpit.press("1 space");
    let detail = pult::wire::view::AskDetail {
        row: cockpit.model.asks[0].row.clone(),
        tool: "Bash".into(),
        cwd: None,
        reason: None,
        input: json!({ "command": "ls" }),
        note: None,
        closed_why: None,
        files: vec![],
        risk_why: None,
        covers: vec![],
    };
    let answer = Ok(serde_json::to_value(detail).expect("a detail"));
    cockpit.send(Msg::Answer(Tag::Show("ak-one".into()), answer));
    cockpit.later(1_000);
    let told = text(&mut cockpit);
    assert!(told.contains("(= answers all 2)"), "{told}");
    cockpit.press("=");
    assert!(matches!(cockpit.model.page, Some(Page::Confirm(_))));
}
