//! What was captured of the real CLIs, read by their adapters: screens, hook payloads, OSC
//! sequences and titles.

mod claude;
mod codex;
mod gemini;
mod gemini_acp;
mod grok;
mod grok_leader;
mod limits;
mod opencode;
mod qwen;
mod raw;
mod transcripts;

use pult::core::state::{Source, Turn};
use pult::core::status::{Change, Fusion, Says, Signal};
use pult::runtime::Runtime;
use pult::screen::Screen;
use std::path::{Path, PathBuf};

/// What a screen alone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// A turn is worked on.
    Works,
    /// The turn is over.
    Rests,
    /// A permission dialog is up.
    Asks,
    /// A start screen; some of its words.
    Start(&'static str),
    /// Nothing about the turn.
    Nothing,
}

fn dir(cli: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/adapters")
        .join(cli)
}

fn file(cli: &str, name: &str) -> String {
    let path = dir(cli).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn lines(cli: &str, name: &str) -> Vec<String> {
    file(cli, name).lines().map(str::to_owned).collect()
}

fn rows(cli: &str, name: &str) -> Vec<String> {
    let lines = lines(cli, &format!("{name}.txt"));
    lines.iter().map(|row| row.trim_end().to_owned()).collect()
}

/// What a fresh session would believe after a screen was seen and stood for a while.
fn seen(runtime: &dyn Runtime, rows: &[String]) -> (Turn, bool, Option<String>) {
    let mut fusion = Fusion::new(0);
    let mut dialog = false;
    let mut start = None;
    for signal in runtime.screen(rows) {
        assert_eq!(signal.source, Source::Screen);
        for change in fusion.observe(signal, 0) {
            match change {
                Change::DialogOpen(_) | Change::DialogAsks(..) => dialog = true,
                Change::StartScreen(words, _) => start = Some(words),
                _ => {}
            }
        }
    }
    fusion.tick(60_000);
    (fusion.turn(), dialog, start)
}

/// What a screen says, in a word, and what it says of a start.
fn word(runtime: &dyn Runtime, name: &str, rows: &[String]) -> (&'static str, Option<String>) {
    let (turn, dialog, start) = seen(runtime, rows);
    let word = match (&start, dialog, turn) {
        (Some(_), false, Turn::Unknown) => "start",
        (None, true, Turn::Working) => "asks",
        (None, false, Turn::Working) => "works",
        (None, false, Turn::Settled) => "rests",
        (None, false, Turn::Unknown) => "nothing",
        other => panic!("{name}: {other:?}"),
    };
    (word, start)
}

/// The rows of a screen that was captured with its colours.
fn folded(coloured: &str) -> Vec<String> {
    let rows = u16::try_from(coloured.lines().count()).expect("a screen");
    let mut screen = Screen::new(rows.max(40), 120);
    let rows: Vec<&str> = coloured.lines().collect();
    screen.feed(rows.join("\r\n").as_bytes());
    screen.text_rows()
}

#[track_caller]
fn check_screens(runtime: &dyn Runtime, table: &[(&str, Seen)]) {
    let mut names: Vec<String> = Vec::new();
    for (name, expected) in table {
        names.extend(["txt", "ansi"].map(|kind| format!("{name}.{kind}")));
        let (found, start) = word(runtime, name, &rows(runtime.name(), name));
        // The same with its colours, as a pane folds it.
        let coloured = folded(&file(runtime.name(), &format!("{name}.ansi")));
        let (again, _) = word(runtime, name, &coloured);
        assert_eq!(again, found, "{name}.ansi");
        let wanted = match expected {
            Seen::Works => "works",
            Seen::Rests => "rests",
            Seen::Asks => "asks",
            Seen::Start(_) => "start",
            Seen::Nothing => "nothing",
        };
        assert_eq!(found, wanted, "{name}");
        if let (Seen::Start(words), Some(start)) = (expected, &start) {
            assert!(start.contains(words), "{name}: {start}");
        }
    }
    // No capture is left out.
    let all = std::fs::read_dir(dir(runtime.name())).expect("the captures");
    for entry in all {
        let name = entry.expect("a capture").file_name();
        let name = name.to_string_lossy();
        let capture = name.ends_with(".txt") || name.ends_with(".ansi");
        let known = !capture || names.iter().any(|n| *n == name);
        assert!(known, "{name} is in no table");
    }
}

/// The turns that titles and OSC sequences of a recording lead to, without repetitions.
fn told(runtime: &dyn Runtime, name: &str) -> Vec<String> {
    let mut fusion = Fusion::new(0);
    let mut found: Vec<String> = Vec::new();
    // Each stands for a while.
    for (at, line) in (0..).zip(lines(runtime.name(), name)) {
        let (number, rest) = line.split_once(';').expect("NUMBER;REST");
        let number: u32 = number.parse().expect("a number");
        let mut signals = runtime.osc(number, rest);
        if number == 0 {
            signals.extend(runtime.title(rest));
        }
        let now = at * 5_000;
        let mut changes: Vec<Change> = Vec::new();
        for signal in signals {
            changes.extend(fusion.observe(signal, now));
        }
        changes.extend(fusion.tick(now + 4_999));
        for change in changes {
            let word = match change {
                Change::Turn(turn, _) => format!("{turn:?}"),
                Change::DialogOpen(_) => "DialogOpen".to_owned(),
                Change::DialogGone(_) => "DialogGone".to_owned(),
                _ => continue,
            };
            found.push(word);
        }
    }
    found
}

fn says(signals: &[Signal]) -> Vec<&Says> {
    signals.iter().map(|signal| &signal.says).collect()
}

#[test]
fn no_screen_title_payload_or_sequence_makes_an_adapter_panic() {
    let hostile = [
        "",
        "\u{0}",
        "❯",
        "›",
        "Do you want to",
        "❯ 1",
        "• esc to interrupt)",
        "\u{28ff}",
        "{\"hook_event_name\":\"PermissionRequest\",\"tool_name\":\"Bash\",\"tool_input\":[[]]}",
        "{\"hook_event_name\":\"Stop\",\"background_tasks\":7,\"error\":{\"a\":[]}}",
        "{\"status\":7}",
        "{\"status\":\"waiting\",\"waitingFor\":[]}",
        "state=",
        "🦀\u{202e}\u{1b}[31m",
    ];
    for runtime in pult::runtime::all() {
        for text in hostile {
            let long = text.repeat(500);
            for text in [text, &long] {
                runtime.title(text);
                runtime.osc(7501, text);
                runtime.osc(133, text);
                let _ = runtime.hook(text);
                runtime.status(text);
                runtime.screen(&[]);
                runtime.screen(&vec![text.to_owned(); 50]);
            }
        }
    }
}

/// Headless runs, other programs' protocols, conversations and hooks as they were recorded: a pane
/// may show any of it, and none is a sign of what its CLI does.
#[test]
fn what_is_written_in_another_mode_says_nothing() {
    pult::runtime::declared::declare(pult::config::runtimes::load(Path::new("/nowhere")).0);
    let mut read = 0;
    for cli in ["claude", "codex", "gemini", "grok", "opencode", "qwen"] {
        let runtime = pult::runtime::by_name(cli).expect("a runtime");
        for entry in std::fs::read_dir(dir(cli).join("other")).expect("captures") {
            let path = entry.expect("a capture").path();
            let text = std::fs::read_to_string(&path).expect("text");
            let mut screen = Screen::new(40, 120);
            for line in text.lines() {
                assert_eq!(runtime.title(line), [], "{}: {line}", path.display());
                screen.feed(line.as_bytes());
                screen.feed(b"\r\n");
                let signals = runtime.screen(&screen.text_rows());
                assert_eq!(signals, [], "{}: {line}", path.display());
            }
            read += 1;
        }
    }
    assert_eq!(read, 71, "captures");
}
