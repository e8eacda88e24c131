//! Taking over a pane by hand and giving it back, as the log tells it.

use crate::support::{Home, PATIENCE, Terminal, wait_for};

/// The kinds of what the log has on a session's hands, oldest first.
fn hands(home: &Home) -> Vec<String> {
    let log = home.ok(&["log"]);
    let words = log.split_whitespace();
    let hands = words.filter(|word| ["session.taken_over", "session.given_back"].contains(word));
    hands.map(str::to_owned).collect()
}

#[track_caller]
fn tells(home: &Home, want: &[&str]) {
    wait_for(&format!("{want:?} in the log"), PATIENCE, || {
        let got = hands(home);
        assert!(
            want.starts_with(&got.iter().map(String::as_str).collect::<Vec<_>>()),
            "{got:?}"
        );
        (got.len() == want.len())
            .then_some(())
            .ok_or(format!("{got:?}"))
    });
}

#[test]
fn who_types_has_taken_over_until_they_leave() {
    let home = Home::new();
    let asks_for_focus = "stty raw -echo; printf '\\033[?1004hready'; exec cat";
    home.ok(&["new", "w", "--", "sh", "-c", asks_for_focus]);
    let (taken, given) = ("session.taken_over", "session.given_back");
    // Looking is no taking over, and neither is a report that the terminal makes by itself.
    let looker = Terminal::start(&home, &["attach", "w"], 24, 80);
    looker.shows("ready");
    looker.types(b"\x1b[O\x1b[I");
    let typist = Terminal::start(&home, &["attach", "w"], 24, 80);
    typist.shows("ready");
    typist.types(b"one");
    typist.shows("one");
    tells(&home, &[taken]);
    typist.types(b"two");
    typist.shows("onetwo");
    // Whoever vanishes has given it back as well.
    typist.signal(rustix::process::Signal::KILL);
    tells(&home, &[taken, given]);
    looker.types(b"three");
    looker.shows("three");
    tells(&home, &[taken, given, taken]);
    looker.types(b"\x11");
    looker.ended();
    tells(&home, &[taken, given, taken, given]);
}
