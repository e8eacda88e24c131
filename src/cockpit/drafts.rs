//! What was typed for somebody: it is there again until it has arrived, and messages that were
//! sent can be sent again.

use super::form::{Form, Of};
use super::line::Line;
use super::model::{RuntimeChoice, Wants};

/// So many messages are remembered.
const MOST: usize = 50;

/// Texts on their way, and those that went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drafts {
    texts: Vec<(Wants, String)>,
    sent: Vec<String>,
    /// Which of the messages that went is shown, from the newest.
    at: Option<usize>,
    /// What was typed before one of them was shown.
    typed: Line,
    /// The form that was left with something in it, and the name of its runtime.
    form: Option<(Form, Option<String>)>,
}

impl Drafts {
    /// A prompt for this opens; what was typed for it before.
    pub fn open(&mut self, wants: &Wants) -> Line {
        self.at = None;
        let text = self.texts.iter().find(|(kept, _)| kept == wants);
        text.map(|(_, text)| Line::new(text.as_str()))
            .unwrap_or_default()
    }

    /// Keeps what was typed; nothing forgets it.
    pub fn keep(&mut self, wants: Wants, text: &str) {
        self.texts.retain(|(kept, _)| *kept != wants);
        if !text.trim().is_empty() {
            self.texts.push((wants, text.to_owned()));
        }
    }

    /// It has arrived.
    pub fn arrived(&mut self, wants: &Wants) {
        let Some(at) = self.texts.iter().position(|(kept, _)| kept == wants) else {
            return;
        };
        let (_, text) = self.texts.remove(at);
        if matches!(wants, Wants::Message { .. }) {
            self.sent.retain(|sent| *sent != text);
            self.sent.push(text);
            let over = self.sent.len().saturating_sub(MOST);
            self.sent.drain(..over);
        }
    }

    /// The note of a request has arrived.
    pub fn decided(&mut self, id: &str) {
        self.texts
            .retain(|(wants, _)| !matches!(wants, Wants::Note { id: of, .. } if of == id));
    }

    /// The message before (`back`) or after the one that is shown, which stays where there is no
    /// other; after the newest comes what was being typed.
    pub fn other(&mut self, back: bool, shown: Line) -> Line {
        let next = match (self.at, back) {
            (None, true) => 0,
            (Some(at), true) => at + 1,
            (None, false) => return shown,
            (Some(0), false) => {
                self.at = None;
                return std::mem::take(&mut self.typed);
            }
            (Some(at), false) => at - 1,
        };
        let Some(text) = self.sent.iter().rev().nth(next) else {
            return shown;
        };
        if self.at.is_none() {
            self.typed = shown;
        }
        self.at = Some(next);
        Line::new(text.as_str())
    }

    /// Keeps a form that is left with something in it, until a peer was started from it.
    pub fn put_away(&mut self, form: Form, runtimes: &[RuntimeChoice]) {
        if form.is_bare() {
            return;
        }
        let runtime = runtimes.get(form.runtime).map(|r| r.name.clone());
        self.form = Some((form, runtime));
    }

    /// Takes the form that was left, where it was for a peer that goes on from the same.
    pub fn left(&mut self, of: Option<&Of>, runtimes: &[RuntimeChoice]) -> Option<Form> {
        let (mut form, runtime) = self.form.take_if(|(form, _)| form.of.as_ref() == of)?;
        let there = runtimes
            .iter()
            .position(|r| Some(&r.name) == runtime.as_ref());
        form.runtime = there.unwrap_or(form.runtime);
        (form.wrong, form.refused, form.sent) = (None, None, false);
        Some(form)
    }

    /// A peer was started: of the form that was left only what was not sent is kept.
    pub fn started(&mut self) {
        self.form.take_if(|(form, _)| form.sent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(address: &str) -> Wants {
        let address = address.to_owned();
        Wants::Message { address }
    }

    #[test]
    fn a_text_is_there_until_it_arrived_and_then_in_the_history() {
        let mut drafts = Drafts::default();
        for text in ["one", "two"] {
            drafts.keep(to("a"), text);
            assert_eq!(drafts.open(&to("a")).text(), text);
            assert_eq!(drafts.open(&to("b")).text(), "");
            drafts.arrived(&to("a"));
        }
        assert_eq!(drafts.open(&to("a")).text(), "");
        let mut line = Line::new("half a thought");
        let seen = [true, true, true, false, false, false].map(|back| {
            line = drafts.other(back, std::mem::take(&mut line));
            line.text().to_owned()
        });
        let (one, two, half) = ("one", "two", "half a thought");
        assert_eq!(seen, [two, one, one, two, half, half]);
    }

    #[test]
    fn a_note_is_forgotten_with_its_request() {
        let mut drafts = Drafts::default();
        let (id, digest) = ("ak-1".to_owned(), "d".to_owned());
        let wants = Wants::Note { id, digest };
        drafts.keep(wants.clone(), "why not");
        drafts.decided("ak-2");
        assert_eq!(drafts.open(&wants).text(), "why not");
        drafts.decided("ak-1");
        assert_eq!(drafts.open(&wants).text(), "");
    }
}
