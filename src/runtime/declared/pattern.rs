//! Patterns of rows and titles, and what follows from the first that fits.

use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};

/// Rows at the end of the screen that are looked at, blank ones not counted: what stands above is
/// the conversation, and the model writes that.
const TAIL: usize = 14;

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    /// A permission dialog is up.
    pub asks: Vec<String>,
    /// A turn is worked on.
    pub works: Vec<String>,
    /// It waits for a prompt.
    pub rests: Vec<String>,
}

impl Patterns {
    /// What the rows say, in the words of the row that fits.
    pub fn read_rows(&self, rows: &[&str]) -> Vec<Signal> {
        let says = |row: &str| {
            format!(
                "the screen says \"{}\"",
                crate::runtime::hooks::one_line(row)
            )
        };
        self.first(rows).map_or_else(Vec::new, |(seen, row)| {
            signals(seen, Source::Screen, &says(row))
        })
    }

    /// What one of the texts says, as a signal in these words.
    pub fn read(&self, texts: &[&str], source: Source, words: &str) -> Vec<Signal> {
        let seen = self.first(texts);
        seen.map_or_else(Vec::new, |(seen, _)| signals(seen, source, words))
    }

    fn first<'a>(&self, texts: &[&'a str]) -> Option<(Seen, &'a str)> {
        let by_rank = [
            (Seen::Asks, &self.asks),
            (Seen::Works, &self.works),
            (Seen::Rests, &self.rests),
        ];
        by_rank.into_iter().find_map(|(seen, patterns)| {
            let mut texts = texts.iter().rev();
            let text = texts.find(|text| patterns.iter().any(|pattern| fits(pattern, text)))?;
            Some((seen, *text))
        })
    }
}

#[derive(Clone, Copy)]
enum Seen {
    Asks,
    Works,
    Rests,
}

fn signals(seen: Seen, source: Source, words: &str) -> Vec<Signal> {
    let says = match seen {
        Seen::Asks => vec![Says::DialogOpen, Says::Turn(Turn::Working)],
        Seen::Works => vec![Says::Started, Says::DialogGone, Says::Turn(Turn::Working)],
        Seen::Rests => vec![Says::Started, Says::DialogGone, Says::Turn(Turn::Settled)],
    };
    let signal = |says| Signal {
        source,
        says,
        text: words.to_owned(),
    };
    // A title is set before the start screens.
    let known = |says: &Says| source == Source::Screen || *says != Says::Started;
    says.into_iter().filter(known).map(signal).collect()
}

/// The last written rows, without the blanks around them.
pub fn tail(rows: &[String]) -> Vec<&str> {
    let written = rows
        .iter()
        .map(|row| row.trim())
        .filter(|row| !row.is_empty());
    let written: Vec<&str> = written.collect();
    written[written.len().saturating_sub(TAIL)..].to_vec()
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

    #[test]
    fn asking_beats_working_beats_resting() {
        let list = |text: &str| vec![text.to_owned()];
        let patterns = Patterns {
            asks: list("Allow?"),
            works: list("*busy*"),
            rests: list(">"),
        };
        let turn = |rows: &[&str]| {
            let signals = patterns.read_rows(rows);
            signals.iter().find_map(|signal| match signal.says {
                Says::Turn(turn) => Some((turn, signals[0].says == Says::DialogOpen)),
                _ => None,
            })
        };
        assert_eq!(
            turn(&["Allow?", "is busy", ">"]),
            Some((Turn::Working, true))
        );
        assert_eq!(turn(&["is busy", ">"]), Some((Turn::Working, false)));
        assert_eq!(turn(&["said", ">"]), Some((Turn::Settled, false)));
        assert_eq!(turn(&["said > so"]), None);
    }
}
