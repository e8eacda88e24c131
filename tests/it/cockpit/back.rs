//! Esc leads back to where a page was opened from, and never to one that is over.

use super::harness::{Cockpit, NOON, peer, time};
use pult::cockpit::model::Page;
use pult::cockpit::update::{Msg, Tag};
use pult::core::state::Shown;
use pult::wire::view::PeerRow;
use serde_json::json;

/// The shop with one session found elsewhere.
fn shop() -> Cockpit {
    let mut cockpit = Cockpit::shop(100, 30);
    let found = PeerRow {
        name: None,
        origin: "discovered".into(),
        session: "0001-found".into(),
        native_id: Some("0001-found".into()),
        cwd: "/home/o/api".into(),
        since: time(NOON),
        ..peer("x", Shown::Working, 60)
    };
    let rows = serde_json::to_value([found]).expect("rows");
    cockpit.send(Msg::Answer(Tag::Elsewhere, Ok(rows)));
    cockpit
}

/// What is open, by its kind.
fn open(cockpit: &Cockpit) -> &'static str {
    match cockpit.model.page {
        None => "panels",
        Some(Page::Elsewhere) => "elsewhere",
        Some(Page::Form(_)) => "form",
        Some(Page::Palette { .. }) => "palette",
        Some(Page::Conversation(_)) => "conversation",
        Some(Page::Why { .. }) => "why",
        Some(_) => "another",
    }
}

#[track_caller]
fn goes(cockpit: &mut Cockpit, steps: &[(&str, &str)]) {
    for (keys, there) in steps {
        cockpit.press(keys);
        assert_eq!(open(cockpit), *there, "after {keys}");
    }
}

#[test]
fn what_was_left_for_good_does_not_come_back() {
    let mut cockpit = shop();
    goes(&mut cockpit, &[("E", "elsewhere"), ("f ctrl-s", "form")]);
    let started = json!({ "name": "p1" });
    cockpit.send(Msg::Answer(Tag::New, Ok(started)));
    assert_eq!(open(&cockpit), "panels");
    goes(
        &mut cockpit,
        &[(": t h e m e enter", "palette"), ("esc", "panels")],
    );
}

#[test]
fn what_the_palette_opens_goes_back_to_where_the_palette_was() {
    let mut cockpit = shop();
    goes(
        &mut cockpit,
        &[
            ("E", "elsewhere"),
            (":", "palette"),
            ("i m p o r t enter", "form"),
            ("esc", "elsewhere"),
            ("enter", "conversation"),
            ("esc", "elsewhere"),
            ("esc", "panels"),
            ("1 g w", "why"),
            ("c", "conversation"),
            ("esc", "why"),
            ("?", "panels"),
        ],
    );
}
