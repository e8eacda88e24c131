//! Letters looked for in text: in order, not necessarily beside each other.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::cell::RefCell;

thread_local! {
    /// Its buffers are large; one serves for all.
    static MATCHER: RefCell<Matcher> = RefCell::new(Matcher::new(Config::DEFAULT));
}

/// What was typed, made ready to be looked for.
pub struct Letters(Pattern);

impl Letters {
    /// Words that must all be found; nothing is found everywhere.
    pub fn new(typed: &str) -> Self {
        let (case, normal) = (CaseMatching::Ignore, Normalization::Smart);
        Self(Pattern::new(typed, case, normal, AtomKind::Fuzzy))
    }

    /// How well they are found in `text`, more is better, and at which characters; `None` where
    /// they are not.
    pub fn find(&self, text: &str) -> Option<(u32, Vec<usize>)> {
        MATCHER.with_borrow_mut(|matcher| {
            let (mut buffer, mut found) = (Vec::new(), Vec::new());
            let text = Utf32Str::new(text, &mut buffer);
            let score = self.0.indices(text, matcher, &mut found)?;
            found.sort_unstable();
            found.dedup();
            Some((score, found.into_iter().map(|at| at as usize).collect()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_and_the_beginnings_of_words_are_better() {
        let score = |text: &str, typed: &str| Letters::new(typed).find(text).map(|f| f.0);
        assert!(score("Stop the peer", "stop") > score("Show the open pane", "stop"));
        assert!(score("New peer", "np").is_some());
        assert_eq!(score("New peer", "pn"), None);
        assert!(score("Go to fixer", "fix go").is_some());
        assert_eq!(score("anything", ""), Some(0));
        let found = Letters::new("fx").find("Go to fixer");
        assert_eq!(found.map(|f| f.1), Some(vec![6, 8]));
    }
}
