//! What opencode's screen says, for as long as its server does not.

use crate::core::state::Source;
use crate::core::status::Signal;
use crate::runtime::rows::{Seen, tail};

/// How many of the last rows are looked at, blank ones not counted.
const TAIL: usize = 30;

/// What the rows say.
pub fn read(rows: &[String]) -> Vec<Signal> {
    let tail = tail(rows, TAIL);
    let has = |phrase: &str| tail.iter().any(|row| row.contains(phrase));
    let foot = tail.last().copied().unwrap_or("");
    let works = ["esc interrupt", "esc again to interrupt"];
    let prompt = tail.iter().any(|row| row.starts_with("╹▀▀▀"));
    let (seen, words) = if has("△ Permission required") && has("Allow once   Allow always   Reject")
    {
        (Seen::Asks, "the screen shows a permission dialog")
    } else if works.iter().any(|words| foot.contains(words)) {
        (Seen::Works, "the screen says \"esc interrupt\"")
    } else if prompt && has("ctrl+p commands") {
        (Seen::Rests, "the screen shows an empty prompt")
    } else {
        return Vec::new();
    };
    seen.signals(Source::Screen, words)
}
