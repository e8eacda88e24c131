//! Text given to a CLI whose screen shows what stands in its prompt: Enter is pressed only once the
//! text stands there and nothing is offered in its place, and is then seen to be taken.
//!
//! Gemini CLI 0.61.0 judges a key by what it has drawn: an Enter that it reads together with a text
//! finds an empty prompt, and one that comes while the list of commands is still that of an empty
//! prompt takes the first of these, `/clear` (its `InputPrompt.tsx`, `useSlashCompletion.ts`).

use crate::runtime::draft::Draft;

/// How long the prompt must stand still, in ms; longer where the text took longer to be shown.
const STILL: u64 = 150;
/// How long a prompt must be without the text until that counts as taken, in ms.
const TAKEN: u64 = 60;
/// How long each step may take, in ms: a busy machine lets a CLI wait for seconds.
const LONG: u64 = 20_000;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Look again a little later.
    Wait,
    /// Press what has the CLI take the text as it is written.
    Plain,
    /// Press Enter.
    Enter,
    /// The CLI has taken the text.
    Taken,
    /// It did not show the text, and Enter was not pressed.
    NotShown,
    /// Enter was pressed, and the text still stands there.
    NotTaken,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Text,
    NoOffers,
    Taken,
}

/// A text on its way. Times are in ms since it was pasted.
#[derive(Debug)]
pub(super) struct Delivery {
    awaits: Awaits,
    /// When this step began.
    began: u64,
    /// What stood in the prompt before: the text before the paste, then the text before Enter.
    before: String,
    seen: Option<Draft>,
    /// Since when.
    since: u64,
    still: u64,
}

impl Delivery {
    /// Of a text that is pasted now, where the prompt showed `before`.
    pub(super) fn new(before: Draft) -> Self {
        Self {
            awaits: Awaits::Text,
            began: 0,
            before: before.text.clone(),
            seen: Some(before),
            since: 0,
            still: STILL,
        }
    }

    /// What to do at `now`, never earlier than the last time, where the prompt shows `seen`; `None`
    /// where there is no prompt.
    pub(super) fn look(&mut self, now: u64, seen: Option<Draft>) -> Step {
        if seen != self.seen {
            self.seen = seen;
            self.since = now;
        }
        let text = self.seen.as_ref().map(|draft| &*draft.text);
        let other = text != Some(&*self.before);
        let written = other && text.is_some_and(|t| !t.is_empty());
        let offers = self.seen.as_ref().is_some_and(|d| !d.offers.is_empty());
        let stood = now - self.since;
        let plain = written && !offers;
        match self.awaits {
            Awaits::Text if written => {
                self.still = self.still.max(self.since);
                if stood >= self.still {
                    return self.next(Awaits::NoOffers, now, Step::Plain);
                }
            }
            Awaits::NoOffers if plain && stood.min(now - self.began) >= self.still => {
                self.before = text.unwrap_or_default().to_owned();
                return self.next(Awaits::Taken, now, Step::Enter);
            }
            Awaits::Taken if other && stood >= TAKEN => return Step::Taken,
            _ => {}
        }
        match self.awaits {
            _ if now - self.began < LONG => Step::Wait,
            Awaits::Taken => Step::NotTaken,
            Awaits::Text | Awaits::NoOffers => Step::NotShown,
        }
    }

    fn next(&mut self, awaits: Awaits, now: u64, step: Step) -> Step {
        self.awaits = awaits;
        self.began = now;
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(text: &str, offers: &[&str]) -> Option<Draft> {
        Some(Draft {
            text: text.to_owned(),
            offers: offers.iter().map(|row| (*row).to_owned()).collect(),
        })
    }

    /// What is done when the prompt shows this, looked at every 10 ms, and when.
    fn done(shown: &[(u64, Option<Draft>)]) -> Vec<(u64, Step)> {
        let mut delivery = Delivery::new(Draft::default());
        let mut steps = Vec::new();
        for now in (0..=100_000).step_by(10) {
            let last = shown.iter().rev().find(|(at, _)| *at <= now);
            let seen = last.map_or_else(|| shows("", &[]), |(_, seen)| seen.clone());
            match delivery.look(now, seen) {
                Step::Wait => {}
                step => steps.push((now, step)),
            }
            if matches!(
                steps.last(),
                Some((_, Step::Taken | Step::NotShown | Step::NotTaken))
            ) {
                return steps;
            }
        }
        panic!("it never ends: {steps:?}");
    }

    #[test]
    fn enter_waits_for_the_text_and_is_seen_to_be_taken() {
        let steps = done(&[(40, shows("/quit", &[])), (600, shows("", &[]))]);
        assert_eq!(
            steps,
            [(190, Step::Plain), (340, Step::Enter), (660, Step::Taken)]
        );
    }

    #[test]
    fn it_waits_as_long_again_as_a_busy_cli_needs_to_show_the_text() {
        let steps = done(&[(3_000, shows("go", &[])), (12_000, shows("", &[]))]);
        assert_eq!(
            steps,
            [
                (6_000, Step::Plain),
                (9_000, Step::Enter),
                (12_060, Step::Taken)
            ]
        );
    }

    #[test]
    fn enter_is_not_pressed_while_another_command_is_offered() {
        let all = ["clear  Clear the screen", "quit  Exit"];
        let steps = done(&[
            (50, shows("/quit", &all)),
            (1_000, shows("/quit", &[])),
            (1_500, None),
        ]);
        assert_eq!(
            steps,
            [
                (200, Step::Plain),
                (1_150, Step::Enter),
                (1_560, Step::Taken)
            ]
        );
        // Nor ever, where they stay.
        let steps = done(&[(50, shows("/quit", &all))]);
        assert_eq!(steps, [(200, Step::Plain), (20_200, Step::NotShown)]);
    }

    #[test]
    fn without_a_sign_of_the_text_there_is_no_enter() {
        assert_eq!(done(&[]), [(20_000, Step::NotShown)]);
        assert_eq!(done(&[(0, None)]), [(20_000, Step::NotShown)]);
    }

    #[test]
    fn text_that_still_stands_there_was_not_taken() {
        let steps = done(&[(40, shows("go", &[]))]);
        assert_eq!(steps.last(), Some(&(20_340, Step::NotTaken)));
        assert_eq!(steps.len(), 3);
    }

    #[test]
    fn what_stood_there_before_is_not_the_text() {
        let mut delivery = Delivery::new(shows("a draft", &[]).unwrap());
        for now in (0..2_000).step_by(10) {
            assert_eq!(delivery.look(now, shows("a draft", &[])), Step::Wait);
        }
    }
}
