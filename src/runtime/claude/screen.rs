//! What Claude Code's screen says. Its spinner's words and glyphs are random and are not looked at.

use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::runtime::draft::{CLEARS, Drawn};
use crate::runtime::rows::{Seen, shows, tail};

/// How many of the last rows are looked at, blank ones not counted.
const TAIL: usize = 14;

/// Start screens: a phrase of each, and what it is, in words.
const START: [(&str, &str); 6] = [
    (
        "Yes, I trust this folder",
        "asks whether this folder is trusted; answer it in the pane (the cursor stands on \"No, exit\")",
    ),
    (
        "Do you want to use this API key?",
        "asks whether to use the API key of the environment; answer it in the pane",
    ),
    (
        "Choose the text style",
        "is at its first-run setup; go through it in the pane",
    ),
    (
        "Select login method",
        "is not logged in; log in in the pane",
    ),
    (
        "Unable to connect to Anthropic services",
        "could not reach Anthropic's services and gave up; check the network and resume",
    ),
    (
        "Invalid API key",
        "has an API key that is not accepted; run /login in the pane",
    ),
];

/// What the rows say.
pub fn read(rows: &[String]) -> Vec<Signal> {
    let tail = tail(rows, TAIL);
    let has = |phrase: &str| tail.iter().any(|row| row.contains(phrase));
    let at_prompt = tail.iter().any(|row| row.starts_with('❯'));
    let foot = tail.last().copied().unwrap_or("");
    if is_dialog(&tail) {
        return Seen::Asks.signals(Source::Screen, "the screen shows a permission dialog");
    }
    if at_prompt && foot.contains("esc to interrupt") {
        let words = "the screen says \"esc to interrupt\"";
        return vec![
            shows(Says::Started, words),
            shows(Says::WentOn, words),
            shows(Says::DialogGone, words),
            shows(Says::Turn(Turn::Working), words),
        ];
    }
    let marks = ["? for shortcuts", "shift+tab to cycle"];
    if at_prompt && marks.iter().any(|mark| foot.contains(mark)) {
        return Seen::Rests.signals(Source::Screen, "the screen shows an empty prompt");
    }
    let start = START.iter().find(|(phrase, _)| has(phrase));
    let start = start.map(|(phrase, what)| {
        shows(
            Says::StartScreen(format!("claude {what}")),
            &format!("the screen says \"{phrase}\""),
        )
    });
    start.into_iter().collect()
}

/// Numbered options below a question; how many there are varies.
fn is_dialog(rows: &[&str]) -> bool {
    let question = rows
        .iter()
        .rposition(|row| row.starts_with("Do you want to"));
    question.is_some_and(|at| {
        let below = &rows[at + 1..];
        let options = below.iter().filter(|row| {
            row.trim_start_matches('❯')
                .trim_start()
                .starts_with(char::is_numeric)
        });
        let cursor = below.iter().any(|row| {
            row.strip_prefix('❯')
                .is_some_and(|rest| rest.trim_start().starts_with(char::is_numeric))
        });
        cursor && options.count() >= 2
    })
}

/// Its prompt (2.1.329). The one of a turn that was interrupted before anything was said is put back
/// there.
pub fn prompt() -> Drawn {
    Drawn {
        top: "───*".to_owned(),
        bottom: "───*".to_owned(),
        mark: "?".to_owned(),
        empty: vec!["Try \"*".to_owned()],
        clear: CLEARS.to_owned(),
    }
}
