//! What just happened is said whole, however small the terminal is.

use super::harness::{CARGO, Cockpit, SIZES};

const LONG: &str = "scout could not be started: its directory /home/o/shop/worktrees/flaky-cart is \
    not there any more; make it again, or say another one with --cwd";

/// The rows at the bottom, read as one text.
fn bottom(cockpit: &mut Cockpit, count: usize) -> String {
    let rows = cockpit.terminal().text_rows();
    let rows: Vec<&str> = rows[rows.len() - count..]
        .iter()
        .map(|r| r.trim())
        .collect();
    rows.join(" ")
}

#[test]
fn a_long_one_takes_more_lines_and_gives_them_back() {
    for (cols, rows) in SIZES {
        let mut cockpit = Cockpit::shop(cols, rows);
        cockpit.press("1 enter");
        cockpit.live(&CARGO.repeat(9));
        let before = cockpit.terminal().text_rows();
        cockpit.model.warn(LONG);
        cockpit.looks_like("long_notice");
        let lines = (LONG.len() + 1).div_ceil(usize::from(cols) - 12);
        assert!(bottom(&mut cockpit, lines).contains(LONG), "{cols}x{rows}");
        cockpit.model.notice = None;
        assert_eq!(cockpit.terminal().text_rows(), before);
    }
}

#[test]
fn a_page_and_a_long_one_are_both_seen() {
    let mut cockpit = Cockpit::shop(60, 20);
    cockpit.press("1 enter");
    cockpit.live(&CARGO.repeat(9));
    cockpit.press("ctrl-q : s t o p");
    cockpit.model.warn(LONG);
    cockpit.looks_like("long_notice_and_page");
}

#[test]
fn one_that_is_far_too_long_ends_with_an_ellipsis() {
    let mut cockpit = Cockpit::shop(60, 20);
    cockpit.press("1");
    cockpit.model.warn("short");
    assert!(bottom(&mut cockpit, 1).starts_with("short"));
    cockpit.model.warn(LONG.repeat(4));
    assert!(bottom(&mut cockpit, 4).ends_with('…'));
}

#[test]
fn who_types_on_sees_what_is_typed() {
    let mut cockpit = Cockpit::shop(60, 20);
    cockpit.press("1 enter");
    cockpit.live(CARGO);
    cockpit.model.warn("short");
    cockpit.later(2_000);
    cockpit.press("a");
    assert!(cockpit.model.notice.is_some(), "it covers nothing");
    cockpit.model.warn(LONG);
    cockpit.press("a");
    assert!(cockpit.model.notice.is_some(), "nobody can have read it");
    cockpit.later(2_000);
    cockpit.press("a");
    assert_eq!(cockpit.model.notice, None);
}
