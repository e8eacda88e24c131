//! What is seen of many peers and requests: filters, projects, colours, what is put aside, and
//! what can be taken back.

use super::harness::{Cockpit, SIZES, ask, peer, shop_asks, shop_peers};
use pult::cockpit::filter;
use pult::cockpit::update::{Effect, Msg};
use pult::core::state::{Attention, Shown};
use pult::core::tag::Tag;
use pult::wire::view::PeerRow;

fn shown(cockpit: &Cockpit) -> Vec<String> {
    let peers = filter::peers(&cockpit.model);
    peers.into_iter().map(|p| p.name().to_owned()).collect()
}

#[test]
fn a_filter_hides_what_does_not_fit_and_counts_it() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("1 / w o r k");
        cockpit.looks_like("filter_typed");
        assert_eq!(shown(&cockpit), ["fixer"]);
        cockpit.press("enter");
        cockpit.looks_like("filter_kept");
        cockpit.press("esc");
        assert_eq!(shown(&cockpit).len(), 7);
    }
}

#[test]
fn requests_are_filtered_by_what_they_are_about() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("2 / c a r g o enter");
        cockpit.looks_like("filter_inbox");
        assert_eq!(filter::asks(&cockpit.model).len(), 1);
    }
}

#[test]
fn fields_are_named_or_all_looked_in() {
    let mut cockpit = Cockpit::new(100, 30);
    let in_circle = |row: PeerRow, circle: &str| PeerRow {
        circle: circle.into(),
        ..row
    };
    let mut web = in_circle(peer("web-fixer", Shown::Idle, 9), "web");
    web.cwd = "/home/o/web".into();
    web.tag = Some(Tag::Red);
    cockpit.world(
        vec![
            peer("fixer", Shown::Working, 5),
            peer("scout", Shown::Asks, 5),
            web,
        ],
        vec![],
    );
    for (typed, found) in [
        ("fixer", vec!["fixer", "web-fixer"]),
        ("state:asks", vec!["scout"]),
        ("circle:web", vec!["web-fixer"]),
        ("tag:red", vec!["web-fixer"]),
        ("in:/home/o/web", vec!["web-fixer"]),
        ("fixer wrk", vec!["fixer"]),
    ] {
        filter::set(&mut cockpit.model, filter::Over::Peers, typed);
        let mut names = shown(&cockpit);
        names.sort();
        assert_eq!(names, found, "{typed}");
    }
}

#[test]
fn the_row_under_the_cursor_never_goes_away_under_it() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("1 / s t a t e : a s k s enter");
    assert_eq!(shown(&cockpit), ["scout"]);
    let mut rows = shop_peers();
    rows[1].shown = Shown::Working;
    rows[2].shown = Shown::Asks;
    cockpit.later(2000);
    cockpit.world(rows, shop_asks());
    assert_eq!(shown(&cockpit).len(), 2, "{:?}", shown(&cockpit));
    assert_eq!(cockpit.model.peer_at.as_deref(), Some("ss-scout"));
}

#[test]
fn letters_are_text_while_a_filter_is_typed() {
    let mut cockpit = Cockpit::shop(100, 30);
    assert_eq!(cockpit.asks("1 / a r x q"), Vec::<String>::new());
    assert_eq!(cockpit.model.filters.peers.text(), "arxq");
    cockpit.press("esc");
    assert_eq!(cockpit.model.filters.peers.text(), "");
}

#[test]
fn filters_are_offered_by_the_palette() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press(": o n l y space w o r k i n g enter");
    assert_eq!(cockpit.model.filters.peers.text(), "state:working");
    cockpit.press(": s h o w space a l l enter");
    assert_eq!(cockpit.model.filters.peers.text(), "");
}

/// Two repositories and a worktree of one of them.
fn projects(cockpit: &mut Cockpit) {
    let at = |row: PeerRow, cwd: &str| PeerRow {
        cwd: cwd.into(),
        ..row
    };
    let mut rows = shop_peers();
    rows.truncate(4);
    rows.push(at(
        peer("copy", Shown::Idle, 60),
        "/home/o/.pult/worktrees/shop-fix",
    ));
    rows.push(at(peer("web-docs", Shown::Idle, 720), "/home/o/web"));
    rows.push(at(peer("web-fix", Shown::Asks, 9), "/home/o/web"));
    let mut tagged = rows.clone();
    tagged[0].tag = Some(Tag::Magenta);
    tagged[5].tag = Some(Tag::Red);
    tagged[3].attention = Attention::Snoozed;
    let asks = vec![ask("web22222", "web-fix", "npm ci", 9)];
    let effects = cockpit.world(tagged, asks);
    for effect in effects {
        if let Effect::Locate(place) = effect {
            let root = place.replace("/.pult/worktrees/shop-fix", "/shop");
            cockpit.send(Msg::Located(place, root, None));
        }
    }
    cockpit.later(1000);
}

#[test]
fn peers_of_one_repository_stand_together() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::new(cols, rows);
        projects(&mut cockpit);
        cockpit.press("1");
        cockpit.looks_like("projects_and_tags");
        let names: Vec<_> = cockpit.model.peers.iter().map(|p| p.name()).collect();
        assert_eq!(
            names,
            [
                "scout", "triager", "fixer", "copy", "linter", "web-fix", "web-docs"
            ]
        );
    }
}

#[test]
fn rows_that_stood_still_for_the_cursor_are_put_in_order_after_it() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("1 j k");
    let seen = cockpit.model.peers[0].row.session.clone();
    let mut peers = shop_peers();
    let first = peers.iter_mut().find(|row| row.session == seen);
    first.unwrap().shown = Shown::Idle;
    cockpit.world(peers, shop_asks());
    assert_eq!(cockpit.model.peers[0].row.session, seen);
    let next = pult::cockpit::update::next_tick(&cockpit.model);
    cockpit.later(next.unwrap());
    cockpit.later(1_500);
    assert_ne!(cockpit.model.peers[0].row.session, seen);
    assert_eq!(cockpit.model.peer_at.as_ref(), Some(&seen));
}

#[test]
fn snoozing_offers_how_long_and_is_taken_back() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("1 s");
        cockpit.looks_like("snooze");
    }
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("1 s");
    let said = cockpit.asks("enter");
    assert_eq!(said, ["Snooze { name: \"scout\", for_ms: 3600000 }"]);
    assert_eq!(cockpit.asks("u"), ["Snooze { name: \"scout\", for_ms: 0 }"]);
    let said = cockpit.asks("s 1 5 enter");
    assert_eq!(said, ["Snooze { name: \"scout\", for_ms: 900000 }"]);
}

#[test]
fn a_colour_is_given_by_its_name() {
    let mut cockpit = Cockpit::shop(100, 30);
    let said = cockpit.asks("1 T b l u e enter");
    assert_eq!(said, ["Tag { name: \"scout\", tag: Some(Blue) }"]);
}

#[test]
fn a_retired_peer_is_stopped_at_once_and_gone_after_ten_seconds() {
    let mut cockpit = Cockpit::shop(100, 30);
    let stop = ["Stop { name: \"scout\" }"];
    assert_eq!(cockpit.asks("1 X y"), stop);
    let scout = cockpit.model.peer().unwrap().clone();
    assert!(cockpit.model.retires(&scout));
    assert_eq!(
        cockpit.asks("u"),
        ["Resume { name: \"scout\", prompt: None }"]
    );
    assert_eq!(
        super::harness::named(&cockpit.later(20_000)),
        Vec::<String>::new()
    );
    assert_eq!(cockpit.asks("X y"), stop);
    let later = super::harness::named(&cockpit.later(10_000));
    assert_eq!(later, ["Retire { name: \"scout\" }"]);
    assert_eq!(cockpit.asks("u"), Vec::<String>::new());
}

#[test]
fn leaving_settles_a_retirement_and_another_deed_leaves_it_its_time() {
    let mut cockpit = Cockpit::shop(100, 30);
    cockpit.press("1 X y");
    let said = cockpit.asks("q");
    assert_eq!(said, ["Retire { name: \"scout\" }", "Quit(0)"]);
    cockpit.press("X y");
    let said = cockpit.asks("s enter");
    assert!(said.iter().all(|s| s.starts_with("Snooze")), "{said:?}");
    let later = super::harness::named(&cockpit.later(10_000));
    assert_eq!(later, ["Retire { name: \"scout\" }"]);
}
