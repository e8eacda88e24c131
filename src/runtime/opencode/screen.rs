//! What opencode's screen says, for as long as its server does not.

use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};

/// What the rows say.
pub fn read(rows: &[String]) -> Vec<Signal> {
    let written: Vec<&str> = rows
        .iter()
        .map(|row| row.trim())
        .filter(|row| !row.is_empty())
        .collect();
    let tail = &written[written.len().saturating_sub(30)..];
    let has = |phrase: &str| tail.iter().any(|row| row.contains(phrase));
    if has("△ Permission required") && has("Allow once   Allow always   Reject") {
        let words = "the screen shows a permission dialog";
        return vec![
            signal(Says::DialogOpen, words),
            signal(Says::Turn(Turn::Working), words),
        ];
    }
    let foot = tail.last().copied().unwrap_or("");
    let works = ["esc interrupt", "esc again to interrupt"];
    if works.iter().any(|words| foot.contains(words)) {
        let words = "the screen says \"esc interrupt\"";
        return vec![
            signal(Says::Started, words),
            signal(Says::DialogGone, words),
            signal(Says::Turn(Turn::Working), words),
        ];
    }
    let prompt = tail.iter().any(|row| row.starts_with("╹▀▀▀"));
    if prompt && has("ctrl+p commands") {
        let words = "the screen shows an empty prompt";
        return vec![
            signal(Says::Started, words),
            signal(Says::DialogGone, words),
            signal(Says::Turn(Turn::Settled), words),
        ];
    }
    Vec::new()
}

fn signal(says: Says, text: &str) -> Signal {
    Signal {
        source: Source::Screen,
        says,
        text: text.to_owned(),
    }
}
