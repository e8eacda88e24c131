//! Several panes in a real terminal, with a real daemon and real workers.

use super::terminal::Terminal;
use crate::support::{Home, PATIENCE, wait_until};

const TICKS: &str = "i=0; while :; do i=$((i+1)); echo \"tick $i\"; sleep 0.05; done";
/// Says its size whenever it is told another one, and before that that it listens.
const SIZES: &str =
    "trap 'echo \"now $(stty size)\"' WINCH; echo listens; while :; do sleep 0.05; done";

/// The newest tick on the screen.
fn tick(terminal: &Terminal) -> u32 {
    let text = terminal.text();
    let said = text.split("tick ").skip(1);
    let number = |rest: &str| rest.split_whitespace().next()?.parse().ok();
    said.filter_map(number).max().unwrap_or(0)
}

#[test]
fn a_pane_is_typed_into_while_another_prints() {
    let home = Home::new();
    home.ok(&["new", "clock", "--", "sh", "-c", TICKS]);
    home.ok(&["new", "kitty", "--", "cat"]);
    let mut terminal = Terminal::open(&home, &[], 160, 48);
    terminal.shows(&["Peers", "clock", "kitty"]);
    terminal.keys(":Go to kitty\r");
    terminal.keys("v");
    terminal.shows(&["▸ kitty ─ shell", "clock ─ shell", "tick "]);
    terminal.keys("\r");
    terminal.shows(&["every key goes to kitty"]);
    let before = tick(&terminal);
    terminal.keys("meow");
    wait_until("the echo beside the ticks", PATIENCE, || {
        terminal.text().contains("meow") && tick(&terminal) > before + 5
    });
    terminal.keys("\r");
    wait_until("cat to answer", PATIENCE, || {
        terminal.text().matches("meow").count() == 2
    });
    terminal.keys("\x11J\r");
    terminal.shows(&["every key goes to clock"]);
}

#[test]
fn the_program_has_the_size_of_its_place_when_it_is_typed_into() {
    let home = Home::new();
    home.ok(&["new", "sizes", "--", "sh", "-c", SIZES]);
    home.ok(&["new", "kitty", "--", "cat"]);
    let mut terminal = Terminal::open(&home, &[], 160, 48);
    terminal.shows(&["Peers", "kitty", "sizes"]);
    terminal.keys(":Go to sizes\rv");
    terminal.shows(&["listens"]);
    terminal.keys("\r");
    terminal.shows(&["every key goes to sizes", "now 44 62"]);
    terminal.keys("\x11z");
    terminal.shows(&["now 44 158"]);
}

#[test]
fn all_programs_that_are_shown_fit_by_one_key() {
    let home = Home::new();
    for name in ["one", "two"] {
        home.ok(&["new", name, "--", "sh", "-c", SIZES]);
    }
    let mut terminal = Terminal::open(&home, &[], 160, 48);
    terminal.shows(&["Peers", "one", "two"]);
    terminal.keys("v");
    terminal.shows(&["one ─ shell", "two ─ shell"]);
    wait_until("both to listen", PATIENCE, || {
        terminal.text().matches("listens").count() == 2
    });
    terminal.keys("Z");
    wait_until("both to fit", PATIENCE, || {
        terminal.text().matches("now 44 62").count() == 2
    });
}

#[test]
fn the_next_cockpit_begins_where_the_last_one_ended() {
    let home = Home::new();
    for name in ["one", "three", "two"] {
        home.ok(&["new", name, "--", "cat"]);
    }
    let mut terminal = Terminal::open(&home, &[], 160, 48);
    terminal.shows(&["one", "two", "three"]);
    terminal.keys(":Go to two\rv");
    terminal.shows(&["▸ two ─ shell"]);
    terminal.keys("q");
    assert_eq!(terminal.ends().0, 0);
    let mut terminal = Terminal::open(&home, &[], 160, 48);
    terminal.shows(&["▸ two ─ shell"]);
    terminal.keys("V");
    terminal.shows(&["nothing waits for you"]);
    terminal.keys("q");
    terminal.ends();
    let file = home.path().join("state/cockpit.json");
    assert!(std::fs::read_to_string(&file).unwrap().contains("agentic"));
    std::fs::write(&file, "{{{").unwrap();
    let terminal = Terminal::open(&home, &[], 160, 48);
    terminal.shows(&["╭─ Peers", "one ─ shell"]);
}
