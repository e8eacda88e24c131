//! How far a prompt has come, as a value and in the words that are stored of it.
//!
//! The evidence of a turn is all that outlives a daemon of what it waited for, and its text is read by
//! people too. The words are made and understood here and nowhere else; they are in stores that were
//! written before, so that a change of one is a prompt that the next daemon does not wait for.

use crate::core::state::{Evidence, Source, Turn};

/// How far a prompt has come by what was told last of the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uptake {
    /// One was given, and it may not have been taken up yet.
    Given,
    /// The same of the first, which was given with the start.
    FirstGiven,
    /// The first one was not seen to be taken up in time.
    FirstUntaken,
    /// Work was heard of before, and nothing any more: what was given was taken up.
    Silent,
}

impl Uptake {
    /// What the text of the evidence says of it; of [`Uptake::FirstUntaken`] how it ends.
    pub(super) fn words(self) -> &'static str {
        match self {
            Uptake::Given => "a prompt was given",
            Uptake::FirstGiven => "its first prompt was given",
            Uptake::FirstUntaken => "; its first prompt was not seen to be taken up",
            Uptake::Silent => "nothing was heard",
        }
    }

    /// What was told by `turn` and the evidence for it; `None` when that is about no prompt.
    pub(super) fn told(turn: Turn, evidence: &Evidence) -> Option<Self> {
        let text = evidence.text.as_str();
        let is = |uptake: &Self| match (uptake, turn, evidence.source) {
            (Uptake::Given | Uptake::FirstGiven, Turn::Working, Source::Keeper)
            | (Uptake::Silent, Turn::Unknown, Source::Silence) => text == uptake.words(),
            (Uptake::FirstUntaken, Turn::Unknown, _) => text.ends_with(uptake.words()),
            _ => false,
        };
        let all = [
            Uptake::Given,
            Uptake::FirstGiven,
            Uptake::FirstUntaken,
            Uptake::Silent,
        ];
        all.into_iter().find(is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stores_hold_already_is_understood() {
        let told = |turn, source, text: &str| {
            let text = text.to_owned();
            Uptake::told(
                turn,
                &Evidence {
                    source,
                    text,
                    at: 5,
                },
            )
        };
        let (given, first) = ("a prompt was given", "its first prompt was given");
        let untaken = "the title says \"idle\"; its first prompt was not seen to be taken up";
        for (turn, source, text, uptake) in [
            (Turn::Working, Source::Keeper, given, Some(Uptake::Given)),
            (
                Turn::Working,
                Source::Keeper,
                first,
                Some(Uptake::FirstGiven),
            ),
            (
                Turn::Unknown,
                Source::Title,
                untaken,
                Some(Uptake::FirstUntaken),
            ),
            (
                Turn::Unknown,
                Source::Silence,
                "nothing was heard",
                Some(Uptake::Silent),
            ),
            // Of a session that was never heard of.
            (
                Turn::Unknown,
                Source::Silence,
                "nothing was heard yet",
                None,
            ),
            // The same words from somebody else, or for another state.
            (Turn::Working, Source::Screen, given, None),
            (Turn::Settled, Source::Keeper, first, None),
            (Turn::Settled, Source::Title, untaken, None),
        ] {
            assert_eq!(
                told(turn, source, text),
                uptake,
                "{turn:?} {source:?} {text}"
            );
        }
    }
}
