//! What Codex's screen says. Its footer is the same at work and at rest, and while an answer is
//! streamed no line says that it works; so only what stands right above the prompt counts.

use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::runtime::hooks::one_line;
use crate::runtime::rows::{Seen, shows, tail};

/// How many of the last rows are looked at, blank ones not counted.
const TAIL: usize = 14;

/// Start screens: a phrase of each, and what it is, in words.
const START: [(&str, &str); 4] = [
    (
        "Choose how you want to use Codex",
        "is not logged in; log in in the pane, or run `codex login` in a terminal",
    ),
    (
        "Trust this folder?",
        "asks whether this folder is trusted; answer it in the pane",
    ),
    (
        "Use existing model",
        "offers another model; choose in the pane",
    ),
    (
        "Sign in with ChatGPT",
        "is not logged in; log in in the pane, or run `codex login` in a terminal",
    ),
];

/// What begins with each: said or done, an end, a prompt, more of the same, a warning.
const HEADS: [char; 5] = ['•', '■', '›', '└', '⚠'];

/// What the rows say.
pub fn read(rows: &[String]) -> Vec<Signal> {
    let tail = tail(rows, TAIL);
    let has = |phrase: &str| tail.iter().any(|row| row.contains(phrase));
    if has("Press enter to confirm or esc to cancel") && has("Would you like to") {
        let words = "the screen shows a permission prompt";
        return Seen::Asks.signals(Source::Screen, words);
    }
    if let Some((phrase, what)) = START.iter().find(|(phrase, _)| has(phrase)) {
        let words = format!("the screen says \"{phrase}\"");
        return vec![shows(Says::StartScreen(format!("codex {what}")), &words)];
    }
    let Some(prompt) = tail.iter().rposition(|row| row.starts_with('›')) else {
        return Vec::new();
    };
    // The splash has a prompt too, before a start screen comes; only a session names its model and
    // directory below it.
    let session = tail.get(prompt + 1).is_some_and(|row| row.contains(" · "));
    if !session {
        return Vec::new();
    }
    let mut signals = vec![
        shows(Says::Started, "the screen shows the prompt"),
        shows(Says::DialogGone, "the screen shows the prompt"),
    ];
    let above = prompt.checked_sub(1).map_or("", |at| tail[at]);
    if above.contains("esc to interrupt)") {
        let words = "the screen says \"esc to interrupt\"";
        if !above.contains("Running hook") {
            signals.push(shows(Says::WentOn, words));
        }
        signals.push(shows(Says::Turn(Turn::Working), words));
    } else if let Some(end) = end(&tail[..prompt]) {
        let words = format!("the screen says \"{}\"", one_line(end));
        signals.push(shows(Says::Turn(Turn::Settled), &words));
    }
    signals
}

/// What the last thing above the prompt says of the end of a turn: how long it took, that it was
/// interrupted, or why it failed, which may go on in further rows.
fn end<'a>(above: &[&'a str]) -> Option<&'a str> {
    if let Some(last) = above.last().filter(|row| row.starts_with("Worked for ")) {
        return Some(last);
    }
    let head = above.iter().rev().find(|row| row.starts_with(HEADS))?;
    head.starts_with('■').then_some(*head)
}
