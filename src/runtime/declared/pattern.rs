//! Patterns of rows and titles, and what follows from the first that fits.

use crate::core::state::Source;
use crate::core::status::Signal;
use crate::runtime::hooks::one_line;
use crate::runtime::rows::{Seen, fits};

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
        self.first(rows).map_or_else(Vec::new, |(seen, row)| {
            let words = format!("the screen says \"{}\"", one_line(row));
            seen.signals(Source::Screen, &words)
        })
    }

    /// What one of the texts says, as a signal in these words.
    pub fn read(&self, texts: &[&str], source: Source, words: &str) -> Vec<Signal> {
        let seen = self.first(texts);
        seen.map_or_else(Vec::new, |(seen, _)| seen.signals(source, words))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::state::Turn;
    use crate::core::status::Says;

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
