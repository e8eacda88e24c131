//! What Grok Build's screen and title say, for as long as its leader says nothing.

use crate::core::state::Source;
use crate::core::status::{Says, Signal};
use crate::runtime::draft::{CLEARS, Drawn};
use crate::runtime::hooks::one_line;
use crate::runtime::rows::{Seen, fits, shows, tail};

/// How many of the last rows are looked at, blank ones not counted.
const TAIL: usize = 14;

/// The row of keys at the foot. What asks beats what works, and that what rests.
const ROWS: [(&str, Seen); 7] = [
    ("?/?:select*", Seen::Asks),
    ("Tab/Space:permission*", Seen::Asks),
    ("Shift+Tab:mode  │  Ctrl+c:cancel*", Seen::Works),
    ("Enter:*Ctrl+c:cancel*", Seen::Works),
    // Words stand in its prompt.
    ("Enter:send*", Seen::Rests),
    ("Shift+Tab:mode  │  Ctrl+x:shortcuts*", Seen::Rests),
    ("Tab/→:accept suggestion*", Seen::Rests),
];

/// Start screens: a pattern of a row, and what to do there.
const START: [(&str, &str); 2] = [
    (
        "Do you trust the contents of this directory?",
        "asks whether this folder is trusted; answer it in the pane",
    ),
    ("Login with Grok*", "is not logged in; log in in the pane"),
];

/// Its prompt. That of a turn that was interrupted before anything was said is put back there.
pub fn prompt() -> Drawn {
    Drawn {
        top: "╭*╮".to_owned(),
        bottom: "╰*╯".to_owned(),
        mark: "?".to_owned(),
        empty: Vec::new(),
        clear: CLEARS.to_owned(),
    }
}

/// What the rows say.
pub fn read(rows: &[String]) -> Vec<Signal> {
    let tail = tail(rows, TAIL);
    let shown = |pattern: &str| tail.iter().rev().find(|row| fits(pattern, row));
    let mut known = ROWS.iter();
    if let Some((seen, row)) = known.find_map(|(pattern, seen)| Some((*seen, shown(pattern)?))) {
        let words = format!("the screen says \"{}\"", one_line(row));
        return seen.signals(Source::Screen, &words);
    }
    let mut start = START.iter();
    let start = start.find(|(pattern, _)| shown(pattern).is_some());
    start.map_or_else(Vec::new, |(pattern, what)| {
        let words = format!("the screen says \"{pattern}\"");
        vec![shows(Says::StartScreen(format!("grok {what}")), &words)]
    })
}

/// What a title says: `⠋ - Responding - … - grok`, `⚠ Action Required - …`, `… - grok`.
pub fn title(title: &str) -> Vec<Signal> {
    let title = title.trim();
    let spins = |word: &str| word.chars().all(|c| ('\u{2801}'..='\u{28ff}').contains(&c));
    let seen = match title.split_once(" - ") {
        Some((first, _)) if first.starts_with("⚠ Action Required") => Seen::Asks,
        Some((first, _)) if !first.is_empty() && spins(first) => Seen::Works,
        Some(_) if title.ends_with(" - grok") => Seen::Rests,
        _ => return Vec::new(),
    };
    let words = format!("title {}", one_line(title));
    seen.signals(Source::Title, &words)
}
