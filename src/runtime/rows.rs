//! The rows of a screen: which of them are looked at, what fits one, and what follows from what is
//! seen there or in the title of the window.

use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};

/// What a row or a title stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A permission dialog is up.
    Asks,
    /// A turn is worked on.
    Works,
    /// It waits for a prompt.
    Rests,
}

impl Seen {
    /// What follows for the session, from `source` and in these words.
    pub fn signals(self, source: Source, words: &str) -> Vec<Signal> {
        let says = match self {
            Seen::Asks => vec![Says::DialogOpen, Says::Turn(Turn::Working)],
            Seen::Works => vec![Says::Started, Says::DialogGone, Says::Turn(Turn::Working)],
            Seen::Rests => vec![Says::Started, Says::DialogGone, Says::Turn(Turn::Settled)],
        };
        // A title is set before the start screens.
        let known = |says: &Says| source == Source::Screen || *says != Says::Started;
        let says = says.into_iter().filter(known);
        says.map(|says| Signal::new(source, says, words)).collect()
    }
}

/// A signal of the screen.
pub fn shows(says: Says, words: &str) -> Signal {
    Signal::new(Source::Screen, says, words)
}

/// The last written rows, at most so many, without the blanks around them: what stands above is the
/// conversation, and the model writes that.
pub fn tail(rows: &[String], most: usize) -> Vec<&str> {
    let written = rows
        .iter()
        .map(|row| row.trim())
        .filter(|row| !row.is_empty());
    let written: Vec<&str> = written.collect();
    written[written.len().saturating_sub(most)..].to_vec()
}

/// Whether the whole text fits: `*` is any text, also none, `?` any one character.
pub fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how far into the text it reaches by now.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, reach)) = star else {
                    return false;
                };
                star = Some((at, reach + 1));
                p = at + 1;
                t = reach + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_the_whole_text() {
        for (pattern, text, yes) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcb", false),
            ("*a*b*", "xxaxxbxx", true),
            ("?b", "äb", true),
            ("?b", "b", false),
            ("*esc to cancel)", "⠏ Working (3s · esc to cancel)", true),
            ("*ab", "aab", true),
        ] {
            assert_eq!(fits(pattern, text), yes, "{pattern:?} {text:?}");
        }
    }

    #[test]
    fn many_stars_in_a_long_row_are_quick() {
        let row = "a".repeat(500) + "b";
        assert!(!fits(&"*a".repeat(100), &row));
    }
}
