//! Several panes at once: which are shown, where, and which of them the keys go to.

use super::harness::{Cockpit, named, peer, shop_asks, shop_peers};
use pult::cockpit::layout;
use pult::cockpit::model::{Focus, Size};
use pult::cockpit::update::{Effect, Msg};
use pult::core::state::Shown;
use pult::wire::request::Request;
use pult::wire::view::PeerRow;

/// The names of what is shown, in the order of the screen.
fn shown(cockpit: &Cockpit) -> Vec<String> {
    let panes = layout::areas(&cockpit.model).panes;
    let sessions = panes.into_iter().filter_map(|slot| slot.session);
    sessions
        .map(|s| s.trim_start_matches("ss-").to_owned())
        .collect()
}

/// The names of what the daemon shows us.
fn open(cockpit: &Cockpit) -> Vec<String> {
    let open = cockpit.model.panes.open.iter();
    let mut names: Vec<String> = open.map(|p| p.address.clone()).collect();
    names.sort();
    names
}

fn many(n: usize) -> Vec<PeerRow> {
    let name = |i: usize| format!("p{i:02}");
    (0..n).map(|i| peer(&name(i), Shown::Working, 1)).collect()
}

#[test]
fn a_key_goes_from_one_pane_to_two_to_a_grid_and_back() {
    let mut cockpit = Cockpit::shop(160, 48);
    assert_eq!(shown(&cockpit), ["scout"]);
    cockpit.press("v");
    assert_eq!(
        shown(&cockpit),
        ["scout", "triager"],
        "what needs the operator next"
    );
    cockpit.press("v");
    let grid = ["scout", "triager", "linter", "fixer", "docs"];
    assert_eq!(shown(&cockpit), grid, "every peer whose program runs");
    assert_eq!(open(&cockpit).len(), 5);
    cockpit.press("v");
    assert_eq!(shown(&cockpit), ["scout"]);
    assert_eq!(open(&cockpit), ["scout"], "hidden panes are closed");
}

#[test]
fn selecting_moves_the_focus_or_takes_the_place_left_longest_ago() {
    let mut cockpit = Cockpit::new(160, 48);
    cockpit.world(many(4), vec![]);
    cockpit.press("v");
    assert_eq!(shown(&cockpit), ["p00", "p01"]);
    let effects = cockpit.press("j");
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(shown(&cockpit), ["p00", "p01"]);
    cockpit.press("j");
    assert_eq!(shown(&cockpit), ["p02", "p01"]);
    cockpit.press("j");
    assert_eq!(shown(&cockpit), ["p02", "p03"]);
    assert_eq!(open(&cockpit), ["p02", "p03"]);
}

#[test]
fn what_becomes_of_peers_moves_no_pane() {
    let mut cockpit = Cockpit::shop(160, 48);
    cockpit.press("v");
    cockpit.later(5000);
    let mut peers = shop_peers();
    peers[2] = peer("triager", Shown::Exited, 0);
    peers[3] = peer("linter", Shown::Asks, 0);
    let effects = cockpit.world(peers, shop_asks());
    assert_eq!(shown(&cockpit), ["scout", "triager"]);
    assert!(!format!("{effects:?}").contains("Close"), "{effects:?}");
    let mut peers = shop_peers();
    peers.remove(2);
    cockpit.world(peers, shop_asks());
    assert_eq!(
        shown(&cockpit).len(),
        2,
        "who is retired makes room for another"
    );
    assert!(!shown(&cockpit).contains(&"triager".into()));
}

#[test]
fn one_key_goes_to_the_next_pane_and_round() {
    let mut cockpit = Cockpit::shop(160, 48);
    cockpit.press("v v J");
    assert_eq!(cockpit.model.peer().unwrap().name(), "triager");
    cockpit.press("K K");
    assert_eq!(cockpit.model.peer().unwrap().name(), "docs");
    assert_eq!(cockpit.model.focus, Focus::Peers);
    let typed = cockpit.asks("enter x");
    assert_eq!(typed.len(), 1);
    assert_eq!(cockpit.model.pane().unwrap().address, "docs");
    let mut alone = Cockpit::shop(160, 48);
    alone.press("J");
    assert_eq!(
        alone.model.peer().unwrap().name(),
        "builder",
        "the next peer"
    );
}

#[test]
fn with_keys_of_the_operator_s_own_pane_mode_goes_on_in_the_next_pane() {
    let mut cockpit = Cockpit::shop(160, 48);
    let own = "[pane]\n\"alt-j\" = \"pane.next\"\n";
    assert_eq!(cockpit.model.keymap.overlay("own", own), []);
    cockpit.press("v enter alt-j");
    assert_eq!(cockpit.model.focus, Focus::Pane);
    assert_eq!(cockpit.model.pane().unwrap().address, "triager");
}

#[test]
fn a_peer_that_goes_takes_pane_mode_with_it() {
    let mut cockpit = Cockpit::shop(160, 48);
    cockpit.press("v enter");
    let peers = shop_peers()
        .into_iter()
        .filter(|p| p.name.as_deref() != Some("scout"));
    cockpit.world(peers.collect(), vec![]);
    assert_eq!(cockpit.model.focus, Focus::Peers);
}

#[test]
fn less_room_hides_panes_and_more_brings_them_back() {
    let mut cockpit = Cockpit::shop(160, 48);
    cockpit.press("v v J");
    let grid = shown(&cockpit);
    let mut resize = |cols, rows| {
        cockpit.send(Msg::Resized(Size { cols, rows }));
        (shown(&cockpit), open(&cockpit))
    };
    let (two, _) = resize(100, 30);
    assert_eq!(two, ["scout", "triager"], "the latest, in their order");
    assert_eq!(resize(80, 24).0, ["triager"]);
    assert_eq!(
        resize(30, 5).1,
        ["triager"],
        "nothing is thrown away for a moment"
    );
    assert_eq!(
        resize(60, 20).1,
        Vec::<String>::new(),
        "a list has the phone"
    );
    assert_eq!(resize(160, 48).0, grid);
}

#[test]
fn zoom_shows_one_and_leaves_the_others_their_places() {
    let mut cockpit = Cockpit::shop(160, 48);
    cockpit.press("v v J z");
    assert_eq!(shown(&cockpit), ["triager"]);
    assert_eq!(open(&cockpit), ["triager"]);
    cockpit.press("J");
    cockpit.press("K z");
    let grid = ["scout", "triager", "linter", "fixer", "docs"];
    assert_eq!(shown(&cockpit), grid);
}

#[test]
fn what_was_found_elsewhere_fills_no_place() {
    let mut found = peer("found", Shown::Working, 1);
    (found.origin, found.name) = ("discovered".into(), None);
    let mut cockpit = Cockpit::new(160, 48);
    cockpit.world(vec![peer("a", Shown::Working, 1), found], vec![]);
    cockpit.press("v v");
    assert_eq!(shown(&cockpit), ["a"]);
}

#[test]
fn no_pane_is_smaller_than_a_program_can_use() {
    for (cols, rows, most) in [(160, 48, 9), (120, 36, 4), (100, 30, 2), (99, 60, 1)] {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(many(30), shop_asks());
        cockpit.press("v v");
        let panes = layout::areas(&cockpit.model).panes;
        assert_eq!(panes.len(), most, "{cols}x{rows}");
        for slot in panes {
            assert!(slot.inner.width >= 40 && slot.inner.height >= 8, "{slot:?}");
        }
    }
}

#[test]
fn a_request_that_comes_takes_no_pane_away() {
    for (cols, rows) in [(160, 48), (120, 36), (100, 30)] {
        let mut cockpit = Cockpit::new(cols, rows);
        cockpit.world(many(30), vec![]);
        cockpit.press("v v");
        let before = shown(&cockpit);
        let asks = (0..20).map(|i| super::harness::ask(&format!("{i:08}"), "p03", "ls", i));
        cockpit.world(many(30), asks.collect());
        assert_eq!(shown(&cockpit), before);
    }
}

#[test]
fn a_click_goes_to_a_pane_and_a_second_one_types_there() {
    let mut cockpit = Cockpit::shop(160, 48);
    cockpit.press("v");
    let click = |cockpit: &mut Cockpit, at: usize| -> Vec<Effect> {
        // Not so fast that it is a double click.
        cockpit.later(1000);
        let inner = layout::areas(&cockpit.model).panes[at].inner;
        cockpit.click(inner.x + 3, inner.y + 2)
    };
    click(&mut cockpit, 1);
    assert_eq!(cockpit.model.peer().unwrap().name(), "triager");
    assert_eq!(cockpit.model.focus, Focus::Peers);
    click(&mut cockpit, 1);
    assert_eq!(cockpit.model.focus, Focus::Pane);
    let there = named(&click(&mut cockpit, 1));
    assert!(there[0].contains("col: 3, row: 2"), "{there:?}");
    click(&mut cockpit, 0);
    assert_eq!(
        cockpit.model.focus,
        Focus::Pane,
        "in pane mode it goes on in the other"
    );
    assert_eq!(cockpit.model.pane().unwrap().address, "scout");
}

#[test]
fn a_daemon_that_comes_back_is_asked_for_all_panes_again() {
    let mut cockpit = Cockpit::shop(160, 48);
    cockpit.press("v v");
    let before = shown(&cockpit);
    cockpit.send(Msg::Down);
    cockpit.send(Msg::Up);
    let effects = cockpit.world(shop_peers(), shop_asks());
    let opened = effects
        .iter()
        .filter(|e| matches!(e, Effect::Ask(_, Request::Open { .. })));
    assert_eq!(opened.count(), 5);
    assert_eq!(shown(&cockpit), before);
}

/// What a frame of that many columns says in its upper edge, without the frame.
fn edge(cockpit: &mut Cockpit, name: &str) -> String {
    let terminal = cockpit.terminal();
    let session = format!("ss-{name}");
    let panes = layout::areas(&cockpit.model).panes;
    let slot = panes.iter().find(|s| s.session.as_ref() == Some(&session));
    let area = slot.unwrap().frame.unwrap();
    let line: Vec<char> = terminal.row_text(area.y).chars().collect();
    let line = &line[usize::from(area.x)..usize::from(area.right())];
    let line: String = line.iter().collect();
    line.trim_matches(['╭', '╮', '─', ' ']).to_owned()
}

#[test]
fn a_frame_says_whose_pane_it_is_in_the_room_it_has() {
    let mut row = peer("fixer", Shown::Working, 130);
    row.worktree = Some("/home/o/.local/state/pult/worktrees/flaky-cart".into());
    let mut cockpit = Cockpit::new(160, 48);
    cockpit.world(vec![row.clone()], vec![]);
    cockpit.later(0);
    let place = "~/.local/state/pult/worktrees/flaky-cart";
    let whole = edge(&mut cockpit, "fixer");
    assert!(
        whole.starts_with(&format!("fixer ─ alpha · large · full · {place} ─")),
        "{whole}"
    );
    assert!(whole.ends_with("● working 2m"), "{whole}");
    let mut at = |cols| {
        cockpit.send(Msg::Resized(Size { cols, rows: 30 }));
        edge(&mut cockpit, "fixer")
    };
    assert!(
        at(100).starts_with("fixer ─ alpha · large · full · …/flaky-cart ─"),
        "{}",
        at(100)
    );
    assert!(at(80).starts_with("fixer ─ alpha · full… ─"), "{}", at(80));
    assert!(at(72).ends_with("● working 2m"), "{}", at(72));
    let located = Msg::Located(
        row.cwd.clone(),
        row.cwd.clone(),
        Some("fix/flaky-cart".into()),
    );
    cockpit.send(located);
    let mut at = |cols| {
        cockpit.send(Msg::Resized(Size { cols, rows: 30 }));
        edge(&mut cockpit, "fixer")
    };
    let branch = "fixer ─ alpha · large · full · fix/flaky-cart ─";
    assert!(at(160).starts_with(branch), "{}", at(160));
    assert!(at(100).starts_with(branch), "{}", at(100));
    row.title = Some("\u{1b}]0;x\u{7}\u{9b}2J ^Q leaves \u{202e}".into());
    cockpit.send(Msg::Resized(Size {
        cols: 100,
        rows: 30,
    }));
    cockpit.world(vec![row], vec![]);
    let text = cockpit.terminal().text_rows().join("\n");
    assert!(
        text.contains("“]0;x2J ^Q leaves ”"),
        "quoted, and nothing acts: {text}"
    );
}

#[test]
fn what_one_program_prints_costs_nothing_for_the_other_panes() {
    use pult::cockpit::screens::Screens;
    use pult::cockpit::terminal::painter::Painter;
    use pult::screen::Screen;
    use ratatui::layout::Rect;
    use std::time::Instant;
    let mut screens = Screens::default();
    let mut painter = Painter::new(160, 48);
    let hole = |i: u16| Rect::new(i % 3 * 50, i / 3 * 15, 50, 15);
    let places: Vec<_> = (0..9).map(|i| (u32::from(i), hole(i))).collect();
    for (pane, _) in &places {
        let mut screen = Screen::new(15, 50);
        screen.feed("full of text ".repeat(50).as_bytes());
        screens.show(*pane, Some(screen));
    }
    let mut frame = |screens: &mut Screens| {
        for place in &places {
            screens.paint(&mut painter, *place, None, Instant::now());
        }
        screens.clean(&places);
        painter.finish(None).map_or(0, |bytes| bytes.len())
    };
    assert!(frame(&mut screens) > 9 * 600);
    assert_eq!(frame(&mut screens), 0);
    screens.feed(4, b"\x1b[H");
    assert_eq!(frame(&mut screens), 0, "a cursor that moves paints nothing");
    screens.feed(4, b"x");
    let echo = frame(&mut screens);
    assert!((1..=12).contains(&echo), "one cell: {echo} bytes");
    screens.feed(9, b"of a pane that is not open");
    assert!(!screens.damaged());
}
