//! What was typed for somebody: it is there again until it has arrived, and messages that were
//! sent can be sent again.

use super::line::Line;
use super::model::Wants;

/// So many messages are remembered.
const MOST: usize = 50;

/// Texts on their way, and those that went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts {
    texts: Vec<(Wants, String)>,
    sent: Vec<String>,
    /// Which of the messages that went is shown, from the newest.
    at: Option<usize>,
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

    /// The message before (`back`) or after the one that is shown; `None` where there is none,
    /// an empty line after the newest.
    pub fn other(&mut self, back: bool) -> Option<Line> {
        let next = match (self.at, back) {
            (None, true) => 0,
            (Some(at), true) => at + 1,
            (None, false) => return None,
            (Some(0), false) => {
                self.at = None;
                return Some(Line::default());
            }
            (Some(at), false) => at - 1,
        };
        let text = self.sent.iter().rev().nth(next)?;
        self.at = Some(next);
        Some(Line::new(text.as_str()))
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
        let mut shown = |back| drafts.other(back).map(|line| line.text().to_owned());
        let seen = [true, true, true, false, false, false].map(&mut shown);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            seen,
            [text("two"), text("one"), None, text("two"), text(""), None]
        );
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
