//! Text given to a CLI whose screen shows what stands in its prompt: that is taken out first, Enter is
//! pressed only once the text alone stands there and nothing is offered in its place, and is then seen
//! to be taken.
//!
//! Gemini CLI 0.61.0 judges a key by what it has drawn: an Enter that it reads together with a text
//! finds an empty prompt, and one that comes while the list of commands is still that of an empty
//! prompt takes the first of these, `/clear` (its `InputPrompt.tsx`, `useSlashCompletion.ts`). Claude
//! Code 2.1.329 and Qwen Code 0.24.4 put the prompt of a turn that was interrupted back to where it was
//! typed.

use crate::runtime::draft::Draft;

/// How long the prompt must stand still, in ms; longer where the text took longer to be shown.
const STILL: u64 = 150;
/// How long a prompt must be without the text until that counts as taken, in ms.
const TAKEN: u64 = 60;
/// What is shown for so long, in ms, after keys that take it out, is no text but a hint.
const HINT: u64 = 1_000;
/// How often those keys are pressed: a prompt may hold more rows than it shows.
const ROUNDS: u32 = 40;
/// How long each step may take, in ms: a busy machine lets a CLI wait for seconds.
const LONG: u64 = 20_000;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Look again a little later.
    Wait,
    /// Press what takes out so many rows.
    Clear(usize),
    /// Paste the text.
    Paste,
    /// Press what has the CLI take the text as it is written.
    Plain,
    /// Press Enter.
    Enter,
    /// The CLI has taken the text.
    Taken,
    /// Something else stands in the prompt and cannot be taken out; Enter was not pressed.
    NotAlone,
    /// It did not show the text, and Enter was not pressed.
    NotShown,
    /// Enter was pressed, and the text still stands there.
    NotTaken,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Empty,
    Text,
    NoOffers,
    Taken,
}

/// A text on its way. Times are in ms since it was begun with.
#[derive(Debug)]
pub(super) struct Delivery {
    /// The text, without its blanks.
    text: String,
    /// There are keys that take out what stands in the prompt.
    clears: bool,
    awaits: Awaits,
    /// When this step began.
    began: u64,
    /// How often the prompt was cleared.
    rounds: u32,
    pasted: bool,
    /// What stood in the prompt before: what was to be cleared, then the text before the paste, then
    /// the text before Enter.
    before: String,
    seen: Option<Draft>,
    /// Since when.
    since: u64,
    still: u64,
}

impl Delivery {
    /// Of this text, where the prompt shows `before`; `clears` where that can be taken out.
    pub(super) fn new(text: &str, before: Draft, clears: bool) -> Self {
        Self {
            text: dense(text),
            clears,
            awaits: Awaits::Empty,
            began: 0,
            rounds: 0,
            pasted: false,
            before: String::new(),
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
        if self.awaits == Awaits::Empty
            && let Some(step) = self.clear(now)
        {
            return step;
        }
        let text = self.seen.as_ref().map(|draft| &*draft.text);
        let other = text != Some(&*self.before);
        let written = other && text.is_some_and(|t| !t.is_empty());
        let offers = self.seen.as_ref().is_some_and(|d| !d.offers.is_empty());
        let stood = now - self.since;
        let plain = written && !offers;
        match self.awaits {
            Awaits::Text if written => {
                self.still = self.still.max(self.since - self.began);
                if stood >= self.still {
                    return match self.is_alone(text.unwrap_or_default()) {
                        true => self.next(Awaits::NoOffers, now, Step::Plain),
                        false if !self.clears => Step::NotAlone,
                        false => self.next(Awaits::Empty, now, Step::Wait),
                    };
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
            Awaits::Empty | Awaits::Text | Awaits::NoOffers => Step::NotShown,
        }
    }

    /// Takes out what stands there before the text comes.
    fn clear(&mut self, now: u64) -> Option<Step> {
        let draft = self.seen.as_ref()?;
        let shown = draft.text.clone();
        let rows = shown.lines().count() + 1;
        let pressed = self.rounds > 0 && shown == self.before;
        // Looked at while it is drawn anew, it may be a part of what was there.
        let drawn = self.rounds == 0 || now - self.since >= STILL;
        let stays = !shown.is_empty() && pressed && now - self.began >= HINT;
        if stays && self.pasted || self.rounds == ROUNDS {
            return Some(Step::NotAlone);
        }
        if shown.is_empty() && drawn || !self.clears || stays {
            self.before = shown;
            self.pasted = true;
            return Some(self.next(Awaits::Text, now, Step::Paste));
        }
        if shown.is_empty() || pressed || !drawn {
            return None;
        }
        self.rounds += 1;
        self.before = shown;
        Some(self.next(Awaits::Empty, now, Step::Clear(rows)))
    }

    /// Whether what is shown is the text and nothing before it. One that is long is shown in part, or
    /// in other words.
    fn is_alone(&self, shown: &str) -> bool {
        let (shown, before) = (dense(shown), dense(&self.before));
        let grown = !before.is_empty() && shown.len() > before.len() && shown.starts_with(&before);
        let longer = shown.len() > self.text.len() && shown.ends_with(&self.text);
        !longer && (!grown || shown == self.text)
    }

    fn next(&mut self, awaits: Awaits, now: u64, step: Step) -> Step {
        self.awaits = awaits;
        self.began = now;
        step
    }
}

/// What can be compared: a prompt breaks its rows where it likes, and may show its cursor.
fn dense(text: &str) -> String {
    let blank = |c: &char| c.is_whitespace() || c.is_control() || *c == '\u{200b}';
    text.chars().filter(|c| !blank(c)).collect()
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

    /// What is done with a text for an empty prompt that then shows this, looked at every 10 ms, and
    /// when.
    fn done(shown: &[(u64, Option<Draft>)]) -> Vec<(u64, Step)> {
        let mut delivery = Delivery::new("go", Draft::default(), true);
        assert_eq!(delivery.look(0, Some(Draft::default())), Step::Paste);
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

    /// A prompt that holds `text` and does as it is told; `keeps` is what it never lets go of.
    fn plays(text: &str, held: &str, keeps: &str, clears: bool) -> (Vec<Step>, String) {
        let mut holds = held.to_owned();
        let mut delivery = Delivery::new(text, shows(&holds, &[]).unwrap(), clears);
        let mut steps = Vec::new();
        for now in (0..60_000).step_by(10) {
            let step = delivery.look(now, shows(&holds, &[]));
            match step {
                Step::Wait => continue,
                Step::Clear(_) if keeps.is_empty() => {
                    // A row at a time, as one that scrolls.
                    let rows: Vec<_> = holds.lines().map(str::to_owned).collect();
                    holds = rows[..rows.len().saturating_sub(1)].join("\n");
                }
                Step::Paste if holds == keeps => holds = text.to_owned(),
                Step::Paste => holds.push_str(text),
                _ => {}
            }
            steps.push(step);
            if step == Step::Enter {
                return (steps, holds);
            }
            if matches!(step, Step::NotAlone | Step::NotShown) {
                return (steps, String::new());
            }
        }
        panic!("it never ends: {steps:?}");
    }

    #[test]
    fn what_stood_there_before_is_taken_out_first() {
        let (steps, given) = plays("go", "please wait\nfor me", "", true);
        assert_eq!(steps[..3], [Step::Clear(3), Step::Clear(2), Step::Paste]);
        assert_eq!((steps.last(), &*given), (Some(&Step::Enter), "go"));
        // The same once more.
        assert_eq!(plays("go", "go", "", true).1, "go");
    }

    #[test]
    fn a_hint_that_stays_is_no_text() {
        let (steps, given) = plays("go", "Try this next", "Try this next", true);
        assert_eq!(steps[..2], [Step::Clear(2), Step::Paste]);
        assert_eq!(given, "go");
    }

    #[test]
    fn what_cannot_be_taken_out_is_never_given_with_it() {
        let mut delivery = Delivery::new("go", shows("draft", &[]).unwrap(), true);
        let mut holds = "draft".to_owned();
        for now in (0..60_000).step_by(10) {
            match delivery.look(now, shows(&holds, &[])) {
                Step::Paste => holds.push_str("go"),
                Step::NotAlone => return assert_eq!(holds, "draftgo"),
                step => assert!(matches!(step, Step::Wait | Step::Clear(_)), "{step:?}"),
            }
        }
        panic!("it never ends");
    }

    #[test]
    fn text_beside_other_text_is_not_given() {
        let (steps, given) = plays("go", "please wait", "", false);
        assert_eq!((steps.last(), &*given), (Some(&Step::NotAlone), ""));
    }

    #[test]
    fn what_comes_back_after_the_paste_is_taken_out_with_it() {
        let mut delivery = Delivery::new("go on", Draft::default(), true);
        let mut steps = Vec::new();
        let mut holds = "";
        for now in (0..60_000).step_by(10) {
            let step = delivery.look(now, shows(holds, &[]));
            match step {
                Step::Paste if steps.is_empty() => holds = "wait for me go\non",
                Step::Paste => holds = "go on",
                Step::Clear(_) => holds = "",
                _ => {}
            }
            if step != Step::Wait {
                steps.push(step);
            }
            if step == Step::Enter {
                break;
            }
        }
        let all = [
            Step::Paste,
            Step::Clear(3),
            Step::Paste,
            Step::Plain,
            Step::Enter,
        ];
        assert_eq!(steps, all);
    }
}
