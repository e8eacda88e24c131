//! Whose size a terminal has: that of the pane whose client typed last.

use super::told;
use crate::support::{Home, Terminal};

#[test]
fn the_terminal_follows_the_client_that_typed_last() {
    let home = Home::new();
    home.ok(&[
        "new",
        "w",
        "--",
        "sh",
        "-c",
        "while read word; do echo $word: $(stty size); done",
    ]);
    let large = Terminal::start(&home, &["attach", "w"], 30, 100);
    large.shows("leaves");
    assert_eq!(
        home.json(&["read", "w"])["rows"],
        40,
        "looking changes nothing"
    );
    large.types(b"one\r");
    told(&home, "w", "one: 29 100");
    let small = Terminal::start(&home, &["attach", "w"], 20, 60);
    small.shows("one:");
    small.types(b"two\r");
    told(&home, "w", "two: 19 60");
    small.resize(15, 50);
    told_size(&home, 14, 50);
    large.resize(40, 120);
    large.types(b"three\r");
    told(&home, "w", "three: 39 120");
}

#[track_caller]
fn told_size(home: &Home, rows: u64, cols: u64) {
    crate::support::wait_until("the size", crate::support::PATIENCE, || {
        let seen = home.json(&["read", "w"]);
        seen["rows"] == rows && seen["cols"] == cols
    });
}
