//! An evening at the cockpit, by keyboard alone: thirty peers, fifty requests, three panes, a search,
//! a new peer by its form, another theme, away and back. After each step the whole screen is compared
//! with the one in `snapshots/evening/`; with `EVENING=accept` they are written anew.

use super::agent;
use super::steady::steady;
use crate::support::{Home, PATIENCE, Terminal, wait_for, wait_until};
use serde_json::Value;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Asks once or, with an even number and two more, twice, then prints what an evening leaves behind.
const ASKS: &str = r#"
number=${name#p}
ask "echo first-$number >> ../done"
case $number in *[024568]|9|19) ask "echo second-$number >> ../done" ;; esac
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
/// A screen that is written down has looked the same for so long: longer than notices stay.
const STILL: Duration = Duration::from_secs(7);

/// The cockpit, and how far the evening is.
struct Evening<'a> {
    home: &'a Home,
    terminal: Terminal,
    steps: usize,
}

impl<'a> Evening<'a> {
    fn begin(home: &'a Home) -> Self {
        Self {
            home,
            terminal: Terminal::start(home, &[], 48, 160),
            steps: 0,
        }
    }

    /// Types no more than two keys, then waits for the screen of that step.
    #[track_caller]
    fn keys(&mut self, keys: &str, name: &str) {
        assert!(
            keys.chars().count() <= 2,
            "{keys:?} are too many for {name}"
        );
        self.step(keys, name);
    }

    /// Types, then waits for the screen of that step.
    #[track_caller]
    fn step(&mut self, keys: &str, name: &str) {
        self.terminal.types(keys.as_bytes());
        self.steps += 1;
        let file = format!("{:02}_{name}@160x48.txt", self.steps);
        let dir = [env!("CARGO_MANIFEST_DIR"), "snapshots", "evening"];
        let path = dir.iter().collect::<PathBuf>().join(&file);
        if std::env::var_os("EVENING").is_some_and(|how| how == "accept") {
            std::fs::create_dir_all(path.with_file_name("")).expect("a directory");
            std::fs::write(&path, self.still()).expect("a file");
            return;
        }
        let want = std::fs::read_to_string(&path).unwrap_or_default();
        wait_for(&file, PATIENCE, || {
            let looks = self.looks();
            (looks == want)
                .then_some(())
                .ok_or_else(|| differs(&want, &looks))
        });
    }

    fn looks(&self) -> String {
        let place = self.home.path().display().to_string();
        steady(&self.terminal.looks(), &place)
    }

    /// The screen once it moves no more.
    fn still(&self) -> String {
        let (mut looks, mut since) = (String::new(), Instant::now());
        wait_until("a screen that stands still", PATIENCE * 3, || {
            let now = self.looks();
            if now != looks {
                (looks, since) = (now, Instant::now());
            }
            since.elapsed() > STILL
        });
        looks
    }

    /// Leaves it, and comes back: nothing has stopped.
    fn away_and_back(&mut self) {
        let alive = alive(&self.home.json(&["ls"]));
        self.terminal.types(b"q");
        self.terminal.ended();
        assert_eq!(self::alive(&self.home.json(&["ls"])), alive);
        self.terminal = Terminal::start(self.home, &[], 48, 160);
    }
}

/// The lines that differ.
fn differs(want: &str, got: &str) -> String {
    let pairs = want.lines().zip(got.lines()).enumerate();
    let pairs = pairs.filter(|(_, (want, got))| want != got);
    let lines: Vec<String> = pairs
        .map(|(n, (want, got))| format!("{n}\n  {want}\n  {got}"))
        .collect();
    format!("{}\n{got}", lines.join("\n"))
}

fn done(home: &Home) -> usize {
    let text = std::fs::read_to_string(home.work().join("done")).unwrap_or_default();
    text.lines().count()
}

/// Allows what is under the cursor, by one key each, until everything has been allowed and run.
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

/// Waits until so many peers are in that state.
fn settled(home: &Home, shown: &str, count: usize) {
    wait_for(shown, PATIENCE, || {
        let rows = home.json(&["ls"]);
        let all = rows.as_array().into_iter().flatten();
        let so = all.filter(|row| row["shown"] == shown).count();
        (so == count).then_some(()).ok_or_else(|| rows.to_string())
    });
}

#[test]
fn an_evening_by_keyboard() {
    let mut home = agent::home(ASKS);
    home.env("COLORTERM", "truecolor");
    // Directories are shown from here, and nothing of this machine is found.
    let place = home.path().display().to_string();
    home.env("HOME", &place);
    // One after the other, so that all stand in their order.
    for n in 1..=PEERS {
        agent::start(&home, &format!("p{n}"));
        agent::asked(&home, &format!("p{n}"));
    }
    let mut evening = Evening::begin(&home);
    evening.step("", "thirty_ask");
    evening.keys("2", "inbox");
    evening.keys("j", "the_next_request");
    decide_all(&home, &evening.terminal);
    settled(&home, "done", PEERS);
    evening.step("", "all_decided");
    assert_eq!(done(&home), REQUESTS);
    // In which order they became done is the weather's: whoever comes new finds them in their own.
    evening.away_and_back();
    evening.step("", "thirty_done");

    // Three panes are visited: into one, out of it, on to the next.
    for n in 1..=3 {
        evening.keys("1g", &format!("the_first_of_the_done_{n}"));
        evening.keys("l", &format!("in_pane_{n}"));
        evening.keys("\x11", &format!("out_of_pane_{n}"));
    }

    // A search in the history of one of them.
    evening.step("/p7\r", "three_of_thirty");
    evening.keys("g", "p7");
    evening.keys("[", "copy_mode");
    evening.step("?needle\r", "found_in_the_history");
    evening.terminal.shows("a needle-7 in the hay");
    evening.keys("q", "out_of_copy_mode");
    evening.keys("\x1b", "all_again");

    // A new peer by its form.
    evening.keys("n", "form");
    evening.step("evening\t", "named");
    for _ in 0..10 {
        let before = evening.terminal.looks();
        if before.contains("‹shell›") {
            break;
        }
        evening.terminal.types(b"\x1b[C");
        let moved = || evening.terminal.looks() != before;
        wait_until("another runtime", PATIENCE, moved);
    }
    evening.step("\tcat", "a_command");
    evening.terminal.types(b"\x13");
    wait_for("the new peer to run", PATIENCE, || {
        let rows = home.json(&["ls"]);
        let all = alive(&rows) == PEERS + 1;
        all.then_some(()).ok_or_else(|| evening.terminal.looks())
    });
    evening.step("", "the_new_peer");

    // Another theme, from the palette.
    evening.keys(":", "palette");
    evening.step("theme light", "the_theme_named");
    evening.keys("\r", "another_theme");

    evening.away_and_back();
    evening.step("", "back_again");
    let written = String::from_utf8_lossy(&evening.terminal.written()).into_owned();
    assert!(written.contains(LIGHT_INK), "the theme is remembered");
    home.ok(&["db", "verify"]);
}
