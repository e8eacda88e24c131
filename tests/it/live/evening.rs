//! An evening at the cockpit, by keyboard alone: thirty peers, fifty requests, three panes, a search,
//! a new peer by its form, another theme, away and back.

use super::agent;
use crate::support::{Home, PATIENCE, Terminal, wait_for, wait_until};
use serde_json::Value;

/// Asks once or, with an even number, twice, then prints what a long evening leaves behind.
const ASKS: &str = r#"
number=${name#p}
ask "echo first-$number >> $PLACE/done"
case $number in *[024568]|9|19) ask "echo second-$number >> $PLACE/done" ;; esac
i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo "$name row $i"; done
case $number in 7|8) printf 'a needle-%s in the hay\n' $number; i=0
  while [ $i -lt 100 ]; do i=$((i+1)); echo "$name straw $i"; done ;; esac
say Stop
cat
"#;

const PEERS: usize = 30;
/// The colour of plain text in the light theme, `#1f2430`.
const LIGHT_INK: &str = "38;2;31;36;48";

/// Twenty ask twice.
const REQUESTS: usize = 50;

/// Types `keys`, then waits until the screen shows all of `texts`.
#[track_caller]
fn step(terminal: &Terminal, keys: &str, texts: &[&str]) {
    terminal.types(keys.as_bytes());
    for text in texts {
        terminal.shows(text);
    }
}

fn done(home: &Home) -> usize {
    let text = std::fs::read_to_string(home.path().join("done")).unwrap_or_default();
    text.lines().count()
}

/// Allows what is under the cursor until everything has been allowed and run.
fn decide_all(home: &Home, terminal: &Terminal) {
    let before = done(home);
    // A row takes an answer once it has stood for a moment; an early press does nothing.
    wait_for("all requests to be decided", PATIENCE * 3, || {
        terminal.types(b"a");
        let now = done(home);
        (now >= REQUESTS)
            .then_some(())
            .ok_or_else(|| format!("{before}, then {now}\n{}", terminal.looks()))
    });
}

fn alive(rows: &Value) -> usize {
    let rows = rows.as_array().into_iter().flatten();
    rows.filter(|row| row["process"] == "alive").count()
}

#[test]
fn an_evening_by_keyboard() {
    let mut home = agent::home(ASKS);
    home.env("COLORTERM", "truecolor");
    for n in 1..=PEERS {
        agent::start(&home, &format!("p{n}"));
    }
    for n in 1..=PEERS {
        agent::asked(&home, &format!("p{n}"));
    }
    let terminal = Terminal::start(&home, &[], 48, 160);
    step(&terminal, "", &["Inbox 30", "30 ask", "a allow once"]);
    step(&terminal, "i", &["echo first-"]);
    decide_all(&home, &terminal);
    step(&terminal, "\x1b", &["Peers", "30 done"]);

    // Three panes are visited: into one, out of it, on to the next.
    step(&terminal, "1g", &["l types here"]);
    for _ in 0..3 {
        step(&terminal, "l", &["^Q leaves"]);
        step(&terminal, "\x11", &["l types here"]);
        terminal.types(b"j");
    }

    // A search in the history of one of them.
    step(&terminal, "/p7\r", &["p7"]);
    step(&terminal, "[", &["COPY"]);
    step(&terminal, "/needle\r", &["a needle-7 in the hay"]);
    step(&terminal, "q", &["l types here"]);
    step(&terminal, "\x1b", &["p29"]);

    // A new peer by its form.
    step(&terminal, "n", &["New peer", "name"]);
    step(&terminal, "evening\t", &["evening"]);
    for _ in 0..10 {
        let before = terminal.looks();
        if before.contains("‹shell›") {
            break;
        }
        terminal.types(b"\x1b[C");
        let moved = || terminal.looks() != before;
        wait_until("another runtime", PATIENCE, moved);
    }
    step(&terminal, "\tcat", &["‹shell›", "cat"]);
    step(&terminal, "\r\r", &["p29"]);
    wait_for("the new peer to run", PATIENCE, || {
        let rows = home.json(&["ls"]);
        alive(&rows)
            .eq(&(PEERS + 1))
            .then_some(())
            .ok_or(terminal.looks())
    });

    // Another theme, from the palette.
    step(&terminal, ":", &["Do"]);
    step(&terminal, "theme light", &["light"]);
    step(&terminal, "\r", &["Peers"]);

    // Away, and back: nothing has stopped.
    terminal.types(b"q");
    terminal.ended();
    let back = Terminal::start(&home, &[], 48, 160);
    step(&back, "", &["Peers", "p7", "l types here"]);
    assert_eq!(alive(&home.json(&["ls"])), PEERS + 1);
    let written = String::from_utf8_lossy(&back.written()).into_owned();
    assert!(written.contains(LIGHT_INK), "the theme is remembered");
    home.ok(&["db", "verify"]);
}
