//! Requests first, or peers and panes first.

use super::harness::{Cockpit, ask, peer, shop_asks, shop_peers};
use super::inbox::answer;
use pult::cockpit::layout;
use pult::cockpit::model::{Focus, Size};
use pult::cockpit::terminal::input::{Input, Mouse, MouseKind};
use pult::cockpit::update::Msg;
use pult::core::state::Shown;

fn pane(cockpit: &Cockpit) -> Option<&str> {
    cockpit.model.pane().map(|p| p.address.as_str())
}

/// Requests first, with two of them.
fn agentic(cols: u16, rows: u16) -> Cockpit {
    let mut cockpit = Cockpit::shop(cols, rows);
    let effects = cockpit.press("V g");
    answer(&mut cockpit, &effects);
    cockpit
}

#[test]
fn one_key_puts_the_requests_first_and_back() {
    let mut cockpit = agentic(160, 48);
    let areas = layout::areas(&cockpit.model);
    assert!(areas.detail.is_some() && areas.peers.is_none() && areas.strip.is_some());
    assert_eq!((areas.panes.len(), cockpit.model.focus), (1, Focus::Inbox));
    cockpit.press("V");
    let areas = layout::areas(&cockpit.model);
    assert!(areas.detail.is_none() && areas.peers.is_some() && areas.strip.is_none());
    assert_eq!(cockpit.model.focus, Focus::Peers);
}

#[test]
fn the_pane_is_that_of_the_peer_that_asks() {
    let mut cockpit = agentic(160, 48);
    assert_eq!(pane(&cockpit), Some("fixer"));
    cockpit.press("j");
    assert_eq!(pane(&cockpit), Some("scout"));
    cockpit.press("tab j");
    assert_eq!(cockpit.model.focus, Focus::Peers);
    let other = pane(&cockpit).map(str::to_owned);
    assert_ne!(
        other.as_deref(),
        Some("scout"),
        "the peers are gone through as ever"
    );
    cockpit.press("tab");
    assert_eq!(
        pane(&cockpit),
        Some("scout"),
        "back to what the request is about"
    );
}

#[test]
fn what_stands_there_whole_is_allowed_without_another_page() {
    let mut cockpit = Cockpit::new(160, 48);
    let long = "cargo test -p cart ".repeat(8);
    cockpit.world(shop_peers(), vec![ask("scout222", "scout", &long, 14)]);
    let effects = cockpit.press("V");
    answer(&mut cockpit, &effects);
    cockpit.later(1000);
    let asked = cockpit.asks("a");
    assert!(asked[0].starts_with("Decide"), "{asked:?}");
    assert_eq!(cockpit.model.page, None);
}

#[test]
fn with_nothing_to_decide_the_peers_have_the_place() {
    let mut cockpit = agentic(160, 48);
    cockpit.world(shop_peers(), vec![]);
    cockpit.later(4000);
    let areas = layout::areas(&cockpit.model);
    assert!(areas.peers.is_some() && areas.detail.is_none());
    assert_eq!(cockpit.model.focus, Focus::Peers);
    let before = areas.panes;
    cockpit.world(shop_peers(), shop_asks());
    assert_eq!(
        layout::areas(&cockpit.model).panes,
        before,
        "a request moves no pane"
    );
    assert_eq!(cockpit.model.focus, Focus::Peers, "and takes no keys");
}

#[test]
fn the_pane_is_typed_into_and_zoomed_as_ever() {
    for (cols, rows) in [(160, 48), (100, 30), (80, 24), (100, 14)] {
        let mut cockpit = agentic(cols, rows);
        cockpit.press("tab enter");
        assert_eq!(cockpit.model.focus, Focus::Pane);
        assert_eq!(
            layout::areas(&cockpit.model).panes.len(),
            1,
            "{cols}x{rows}"
        );
        assert!(pane(&cockpit).is_some());
        cockpit.press("ctrl-q z");
        let areas = layout::areas(&cockpit.model);
        assert!(areas.inbox.is_none() && areas.panes.len() == 1);
    }
}

#[test]
fn several_panes_share_what_is_below() {
    let mut cockpit = agentic(160, 48);
    cockpit.press("v v");
    let panes = layout::areas(&cockpit.model).panes;
    assert_eq!(panes.len(), 3);
    assert!(
        panes
            .iter()
            .all(|s| s.inner.width >= 40 && s.inner.height >= 8)
    );
}

#[test]
fn the_layout_survives_a_phone() {
    let mut cockpit = agentic(160, 48);
    let before = layout::areas(&cockpit.model);
    cockpit.send(Msg::Resized(Size { cols: 60, rows: 20 }));
    assert!(layout::areas(&cockpit.model).strip.is_none());
    let (cols, rows) = (160, 48);
    cockpit.send(Msg::Resized(Size { cols, rows }));
    assert_eq!(layout::areas(&cockpit.model), before);
}

#[test]
fn the_selected_peer_is_always_on_the_strip() {
    let mut cockpit = Cockpit::new(100, 30);
    let name = |i: usize| format!("peer-{i:02}");
    let peers = (0..30).map(|i| peer(&name(i), Shown::Working, 5)).collect();
    cockpit.world(peers, vec![]);
    cockpit.press("V");
    for i in 0..30 {
        let line = cockpit.terminal().row_text(1);
        assert!(line.contains(&name(i)), "{i}: {line}");
        cockpit.press("j");
    }
    let line = cockpit.terminal().row_text(1);
    assert!(line.starts_with(" … "), "{line}");
}

/// The mouse at that cell of the terminal.
fn point(cockpit: &mut Cockpit, kind: MouseKind, col: u16, row: u16) {
    let (button, modifiers) = (0, 0);
    let mouse = Mouse {
        kind,
        button,
        col,
        row,
        modifiers,
    };
    let effects = cockpit.send(Msg::Input(Input::Mouse(mouse)));
    answer(cockpit, &effects);
}

#[test]
fn a_click_selects_what_it_is_on() {
    let mut cockpit = agentic(160, 48);
    let line = cockpit.terminal().row_text(1);
    let name = line.find("linter").map(|at| line[..at].chars().count());
    point(&mut cockpit, MouseKind::Press, name.unwrap() as u16, 1);
    assert_eq!(pane(&cockpit), Some("linter"));
    assert_eq!(cockpit.model.focus, Focus::Peers);
    let areas = layout::areas(&cockpit.model);
    let (list, detail) = (areas.inbox.unwrap(), areas.detail.unwrap());
    point(&mut cockpit, MouseKind::Press, list.x + 4, list.y + 2);
    assert_eq!(cockpit.model.focus, Focus::Inbox);
    assert_eq!(pane(&cockpit), Some("scout"));
    point(&mut cockpit, MouseKind::Press, detail.x + 4, detail.y + 2);
    assert!(cockpit.model.inbox.reading);
}

#[test]
fn the_wheel_goes_through_what_it_is_over() {
    let mut cockpit = agentic(100, 30);
    let areas = layout::areas(&cockpit.model);
    let (list, detail) = (areas.inbox.unwrap(), areas.detail.unwrap());
    let inner = areas.panes[0].inner;
    point(
        &mut cockpit,
        MouseKind::WheelDown,
        detail.x + 4,
        detail.y + 2,
    );
    assert_eq!(cockpit.model.inbox.scroll, 3);
    assert_eq!(pane(&cockpit), Some("fixer"));
    point(&mut cockpit, MouseKind::WheelDown, list.x + 4, list.y + 2);
    assert_eq!(pane(&cockpit), Some("scout"));
    point(&mut cockpit, MouseKind::WheelDown, inner.x + 4, inner.y + 2);
    assert_eq!(pane(&cockpit), Some("scout"));
    point(&mut cockpit, MouseKind::WheelUp, 5, 1);
    assert_eq!(cockpit.model.focus, Focus::Peers);
    cockpit.press("enter");
    let there = pane(&cockpit).map(str::to_owned);
    point(&mut cockpit, MouseKind::WheelDown, list.x + 4, list.y + 2);
    assert_eq!(
        cockpit.model.focus,
        Focus::Pane,
        "typing is not ended by the wheel"
    );
    assert_eq!(pane(&cockpit).map(str::to_owned), there);
}
