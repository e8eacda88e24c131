//! Every size: everything has a place of its own inside the terminal, and nothing panics.

use super::harness::{Cockpit, ask, peer, shop_asks, shop_peers};
use pult::cockpit::layout::{self, Areas};
use pult::cockpit::model::Size;
use pult::cockpit::update::Msg;
use pult::core::state::Shown;
use ratatui::layout::Rect;

/// Cockpits in every state that has to do with where things go.
fn shapes() -> Vec<(String, Cockpit)> {
    let many = || (0..40).map(|i| peer(&format!("p{i:02}"), Shown::Working, i));
    let asks = || (0..30).map(|i| ask(&format!("{i:08}"), "p01", "cargo test 漢字 --all", i));
    let keys = [
        "1",
        "v",
        "v v",
        "v v z",
        "V",
        "V v v",
        "V tab enter",
        "v enter",
        "2",
        "2 enter",
        "?",
        ":",
        "n",
        "r",
        "a",
        "w",
        "x",
        "/",
    ];
    let mut shapes = Vec::new();
    for keys in keys {
        for worlds in 0..3 {
            // The keys are the same whoever is there, and dear to lay out.
            if keys == "?" && worlds != 1 {
                continue;
            }
            let mut cockpit = Cockpit::new(160, 48);
            match worlds {
                0 => cockpit.world(vec![], vec![]),
                1 => cockpit.world(shop_peers(), shop_asks()),
                _ => cockpit.world(many().collect(), asks().collect()),
            };
            cockpit.later(1000);
            cockpit.press(keys);
            shapes.push((format!("{keys} in world {worlds}"), cockpit));
        }
    }
    shapes
}

/// What is laid side by side, by name.
fn places(areas: &Areas) -> Vec<(&'static str, Rect)> {
    let named = [
        ("header", areas.header),
        ("footer", areas.footer),
        ("strip", areas.strip),
        ("peers", areas.peers),
        ("inbox", areas.inbox),
        ("detail", areas.detail),
    ];
    let mut all: Vec<_> = named
        .into_iter()
        .filter_map(|(name, area)| Some((name, area?)))
        .collect();
    for slot in &areas.panes {
        let frame = slot.frame.unwrap_or(slot.inner);
        assert!(frame.intersection(slot.inner) == slot.inner, "{slot:?}");
        all.push(("pane", frame));
    }
    all
}

#[test]
fn everything_has_its_own_place_inside_the_terminal() {
    for (shape, mut cockpit) in shapes() {
        for cols in 1..=200 {
            // Every height comes with many widths, and every width with many heights.
            for rows in (1 + cols % 23..=100).step_by(23) {
                cockpit.send(Msg::Resized(Size { cols, rows }));
                let all = Rect::new(0, 0, cols, rows);
                let areas = layout::areas(&cockpit.model);
                let places = places(&areas);
                for (i, (name, place)) in places.iter().enumerate() {
                    let at = format!("{name} {place:?} at {cols}x{rows}, {shape}");
                    assert!(
                        place.intersection(all) == *place && !place.is_empty(),
                        "{at}"
                    );
                    let over = places[i + 1..].iter().find(|(_, p)| p.intersects(*place));
                    assert_eq!(over, None, "{at}");
                }
                let page = areas.page;
                assert!(
                    page.is_none_or(|p| p.intersection(all) == p),
                    "{shape} {cols}x{rows}"
                );
            }
        }
    }
}

#[test]
fn nothing_panics_where_it_is_drawn() {
    let mut chance = 11_u64;
    let mut below = |most: u64| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((chance >> 33) % most) as u16
    };
    for (_, mut cockpit) in shapes() {
        for round in 0..8 {
            let small = if round < 4 { 200 } else { 48 };
            let (cols, rows) = (1 + below(small), 1 + below(small / 2));
            cockpit.send(Msg::Resized(Size { cols, rows }));
            cockpit.terminal();
            cockpit.press("tab j");
            cockpit.terminal();
        }
    }
}

#[test]
fn what_stands_in_a_frame_does_not_touch_its_line() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/cockpit");
    for file in std::fs::read_dir(place).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let screen = text.split("\n---\n").nth(1).unwrap();
        for row in screen.lines() {
            let cells: Vec<char> = row.chars().collect();
            let touches = cells.windows(2).find(|pair| {
                let other = |c: &char| !" ─╭╮╰╯│┌┐└┘".contains(*c);
                pair.contains(&'─') && pair.iter().any(other)
            });
            assert_eq!(touches, None, "{}: {row}", path.display());
        }
    }
}
