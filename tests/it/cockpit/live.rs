//! The built binary in a real terminal, with a real daemon and a real worker.

use super::terminal::Terminal;
use crate::support::{Home, PATIENCE, wait_until};
use std::process::Command;

fn cat() -> Home {
    let home = Home::new();
    home.ok(&["new", "kitty", "--", "cat"]);
    home
}

const GIVEN_BACK: &str = "\x1b[?25h\x1b[?1049l";

#[test]
fn a_worker_is_seen_typed_to_and_left_alone() {
    let home = cat();
    let mut terminal = Terminal::open(&home, &[], 100, 30);
    terminal.shows(&["Peers", "kitty", "l types here"]);
    terminal.keys("\r");
    terminal.shows(&["^Q leaves", "every key goes to kitty"]);
    terminal.keys("hello\r");
    wait_until("cat to answer", PATIENCE, || {
        terminal.text().matches("hello").count() == 2
    });
    terminal.resize(60, 20);
    terminal.shows(&["^Q leaves", "kitty ─ shell"]);
    terminal.keys("\x11");
    terminal.shows(&["Peers"]);
    terminal.resize(30, 8);
    terminal.shows(&["pult needs 40x10"]);
    terminal.keys("q");
    let (code, raw) = terminal.ends();
    assert_eq!(code, 0);
    assert!(raw.contains(GIVEN_BACK), "{raw:?}");
    assert_eq!(
        home.row("kitty")["process"],
        "alive",
        "detaching stops nothing"
    );
}

#[test]
fn a_daemon_that_goes_away_is_said_and_started_by_a_key() {
    let home = cat();
    let mut terminal = Terminal::open(&home, &[], 120, 36);
    terminal.shows(&["kitty", "l types here"]);
    home.ok(&["daemon", "stop"]);
    terminal.shows(&["no daemon", "D starts it"]);
    terminal.keys("D\r");
    terminal.shows(&["every key goes to kitty"]);
    terminal.keys("again\r");
    wait_until("cat to answer", PATIENCE, || {
        terminal.text().matches("again").count() == 2
    });
}

#[test]
fn a_killed_cockpit_gives_the_terminal_back() {
    let home = cat();
    let mut terminal = Terminal::open(&home, &[], 100, 30);
    terminal.shows(&["kitty"]);
    let kill = Command::new("kill")
        .args(["-TERM", &terminal.pid().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let (code, raw) = terminal.ends();
    assert_eq!(code, 0);
    assert!(raw.contains(GIVEN_BACK), "{raw:?}");
}

#[test]
fn attach_is_one_pane_until_the_leave_key() {
    let home = cat();
    let mut terminal = Terminal::open(&home, &["attach", "kitty"], 80, 24);
    terminal.shows(&["kitty", "^Q leaves"]);
    terminal.keys("meow\r");
    wait_until("cat to answer", PATIENCE, || {
        terminal.text().matches("meow").count() == 2
    });
    terminal.keys("\x11");
    assert_eq!(terminal.ends().0, 0);
    let mut nobody = Terminal::open(&home, &["attach", "nobody"], 80, 24);
    let (code, raw) = nobody.ends();
    assert_eq!(code, 1);
    assert!(
        raw.contains("there is no live peer nobody") && !raw.contains("\x1b[?1049h"),
        "{raw}"
    );
}

#[test]
fn a_dumb_terminal_is_told_about_the_verbs() {
    let mut home = Home::new();
    home.env("TERM", "dumb");
    let mut terminal = Terminal::open(&home, &[], 80, 24);
    let (code, raw) = terminal.ends();
    assert_eq!(code, 1);
    assert!(
        raw.contains("TERM=dumb") && raw.contains("pult inbox"),
        "{raw}"
    );
    let piped = home.fails(1, &[]);
    assert!(piped.contains("needs a terminal"), "{piped}");
}

/// Base64 by hand: the test is not to use what it tests.
fn decoded(text: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = text
        .chars()
        .filter_map(|c| letters.find(c))
        .flat_map(|n| (0..6).rev().map(move |bit| (n >> bit & 1) as u8))
        .collect();
    let byte = |bits: &[u8]| bits.iter().fold(0, |n, bit| n << 1 | bit);
    bits.chunks_exact(8).map(byte).collect()
}

#[test]
fn what_was_printed_long_ago_is_found_and_copied_to_the_operators_clipboard() {
    let home = Home::new();
    let script =
        "i=0; while [ $i -lt 5000 ]; do echo \"row $i of 漢字\"; i=$((i+1)); done; exec cat";
    home.ok(&["new", "w", "--", "sh", "-c", script]);
    let mut terminal = Terminal::open(&home, &[], 100, 30);
    terminal.shows(&["row 4999 of"]);
    terminal.keys("[");
    terminal.shows(&["COPY", "q leaves"]);
    terminal.keys("?row 1234 ");
    terminal.shows(&["1 of 1"]);
    terminal.keys("\r");
    terminal.shows(&["row 1234 of", "row 1235 of"]);
    terminal.keys("wvj$y");
    terminal.shows(&["copied 2 lines"]);
    let raw = terminal.raw();
    let (_, told) = raw
        .split_once("\x1b]52;c;")
        .expect("a sequence for the clipboard");
    let (told, _) = told.split_once('\x07').expect("its end");
    let text = String::from_utf8(decoded(told)).expect("text");
    assert_eq!(text, "1234 of 漢字\nrow 1235 of 漢字");
    assert_eq!(raw.matches("\x1b]52").count(), 1);
    // The worker goes on, and has heard of nothing.
    terminal.keys("\rnow\r");
    wait_until("cat to answer", PATIENCE, || {
        terminal.text().matches("│now").count() == 2
    });
}

#[test]
fn earlier_screens_and_prompts_are_found_where_they_were() {
    let home = Home::new();
    let script = r"printf 'before\n\033[?1049h'
page() { printf '\033[2J\033[Hthis is page %s' $1; sleep 1.5; read -r _; }
page one; page two; page three; printf '\033[?1049l'
for n in 1 2 3; do printf '\033]133;A\007prompt %s\n' $n; seq 40; done
echo all three; exec cat";
    home.ok(&["new", "w", "--", "sh", "-c", script]);
    let mut terminal = Terminal::open(&home, &[], 100, 30);
    for page in ["page one", "page two"] {
        terminal_shows(&home, page);
        home.ok(&["send", "w", "on"]);
    }
    terminal.shows(&["this is page three"]);
    terminal.keys("[{");
    terminal.shows(&["COPY", "this is page two", "ago"]);
    terminal.keys("?page one\r");
    terminal.shows(&["this is page one", "1 of 1"]);
    terminal.keys("g");
    terminal.shows(&["before"]);
    terminal.keys("q");
    home.ok(&["send", "w", "on"]);
    terminal_shows(&home, "all three");
    terminal.shows(&["all three"]);
    terminal.keys("[((");
    terminal.shows(&["COPY", "prompt 2"]);
    terminal.keys("V");
    terminal.keys("y");
    terminal.shows(&["copied 8 characters"]);
}

/// Waits until the worker's screen has it.
#[track_caller]
fn terminal_shows(home: &Home, text: &str) {
    crate::support::wait_for(text, PATIENCE, || {
        let screen = home.ok(&["read", "w"]);
        screen.contains(text).then_some(()).ok_or(screen)
    });
}
