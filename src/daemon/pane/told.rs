//! What a program tells whoever looks at its terminal: notifications, progress, the bell. It is
//! kept as evidence beside the session and goes no further by itself.

use crate::core::state::Millis;
use crate::core::text;
use crate::screen::ScreenEvent;

/// The longest notification kept, in characters.
const LONGEST: usize = 200;

/// The last of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// A notification (OSC 9, 99, 777), one line without control characters, and when it came.
    pub(crate) note: Option<(String, Millis)>,
    /// How far its work is (OSC 9;4), percent.
    pub(crate) progress: Option<u8>,
    /// When the bell rang.
    pub(crate) bell: Option<Millis>,
}

impl Told {
    /// Takes one event; whether somebody who looks would see a difference.
    pub(crate) fn take(&mut self, event: &ScreenEvent, now: Millis) -> bool {
        match event {
            ScreenEvent::Bell => {
                self.bell = Some(now);
                false
            }
            ScreenEvent::Osc { number: 9, rest } if is_progress(rest) => {
                let progress = progress(rest);
                std::mem::replace(&mut self.progress, progress) != progress
            }
            ScreenEvent::Osc { number, rest } => match note(*number, rest) {
                Some(note) => {
                    self.note = Some((note, now));
                    true
                }
                None => false,
            },
            ScreenEvent::Title(_) | ScreenEvent::Clipboard(_) => false,
        }
    }
}

fn is_progress(rest: &str) -> bool {
    rest == "4" || rest.starts_with("4;")
}

/// `4;STATE;PERCENT`: 1 at work, 2 failed, 4 paused; 0 is over, and of 3 nobody knows how far.
fn progress(rest: &str) -> Option<u8> {
    let mut parts = rest.split(';').skip(1);
    let state = parts.next()?;
    let percent: u8 = parts.next()?.parse().ok()?;
    matches!(state, "1" | "2" | "4").then_some(percent.min(100))
}

/// The text of a notification; `None` when it is none.
fn note(number: u32, rest: &str) -> Option<String> {
    let text = match number {
        // ConEmu's commands are numbers.
        9 if rest.split(';').next()?.parse::<u8>().is_ok() => return None,
        9 => rest.to_owned(),
        777 => {
            let (title, body) = rest.strip_prefix("notify;")?.split_once(';')?;
            joined(title, body)
        }
        99 => {
            let (metadata, payload) = rest.split_once(';')?;
            let value = |key: &str| {
                let pairs = metadata.split(':').filter_map(|pair| pair.split_once('='));
                let mut found = pairs.filter(|(name, _)| *name == key);
                found.next().map(|(_, value)| value)
            };
            let shown = matches!(value("p"), None | Some("title" | "body"));
            if !shown || value("e") == Some("1") {
                return None;
            }
            payload.to_owned()
        }
        _ => return None,
    };
    let text: String = text::line(&text).trim().chars().take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

fn joined(title: &str, body: &str) -> String {
    match (title.trim(), body.trim()) {
        ("", only) | (only, "") => only.to_owned(),
        (title, body) => format!("{title}: {body}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[(u32, &str)]) -> Told {
        let mut told = Told::default();
        for (number, rest) in events {
            let (number, rest) = (*number, (*rest).to_owned());
            told.take(&ScreenEvent::Osc { number, rest }, 7);
        }
        told
    }

    #[test]
    fn notifications_are_one_stripped_line() {
        for (number, rest, want) in [
            (9, "turn over", Some("turn over")),
            (9, "a\x1b]0;x\x07b\n\u{9b}c\u{202e}", Some("a]0;xb c")),
            (9, "2;5", None),
            (9, "", None),
            (9, "3 files changed", Some("3 files changed")),
            (777, "notify;Agent;wants you", Some("Agent: wants you")),
            (777, "notify;;wants you", Some("wants you")),
            (777, "precmd", None),
            (99, ";hello", Some("hello")),
            (99, "i=1:d=0:p=body;hello; you", Some("hello; you")),
            (99, "i=1:p=close;", None),
            (99, "e=1;aGk=", None),
            (133, "A", None),
            (7, "file:///x", None),
        ] {
            let told = after(&[(number, rest)]);
            let text = told.note.as_ref().map(|(text, _)| text.as_str());
            assert_eq!(text, want, "{number};{rest:?}");
        }
        let long = after(&[(9, &"x".repeat(9_000))]);
        assert_eq!(long.note.map(|(text, _)| text.len()), Some(LONGEST));
    }

    #[test]
    fn progress_is_percent_until_it_is_over() {
        for (rest, want) in [
            ("4;1;42", Some(42)),
            ("4;2;7", Some(7)),
            ("4;1;250", Some(100)),
            ("4;3;10", None),
            ("4;0;0", None),
            ("4;0", None),
            ("4", None),
            ("4;1;x", None),
        ] {
            assert_eq!(after(&[(9, "4;1;1"), (9, rest)]).progress, want, "{rest}");
        }
    }

    #[test]
    fn only_what_would_be_seen_is_a_difference() {
        let mut told = Told::default();
        let osc = |rest: &str| ScreenEvent::Osc {
            number: 9,
            rest: rest.into(),
        };
        assert!(told.take(&osc("4;1;5"), 1));
        assert!(!told.take(&osc("4;1;5"), 2));
        assert!(!told.take(&ScreenEvent::Bell, 3));
        assert!(told.take(&osc("hello"), 4));
        assert_eq!(told.bell, Some(3));
    }
}
