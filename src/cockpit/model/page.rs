//! What lies over the panels: one page at a time, and those that it was opened from.

use super::Model;
use crate::cockpit::conversation::Conversation;
use crate::cockpit::form::Form;
use crate::cockpit::inbox::same::One;
use crate::cockpit::key::Key;
use crate::cockpit::line::Line;
use crate::cockpit::outer::Outer;
use crate::cockpit::palette::Does;
use crate::cockpit::search::Search;
use crate::core::ask::{Answer, Risk, Verb};
use crate::core::state::Millis;
use crate::wire::view::{AskDetail, WhyView};
use std::mem::discriminant;

/// A page over the panels.
// There is one at a time.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// The keys.
    Help {
        /// The first line shown.
        scroll: usize,
    },
    /// One request, whole.
    Look {
        /// Its id.
        id: String,
        /// What `show` said, once it has.
        detail: Option<Box<AskDetail>>,
        /// The first line shown.
        scroll: usize,
        /// Its end has been on the screen.
        seen: bool,
    },
    /// What a peer's state rests on.
    Why {
        /// Whose.
        name: String,
        /// What `why` said, once it has.
        view: Option<Box<WhyView>>,
        /// The first line shown.
        scroll: usize,
    },
    /// The sessions that were started elsewhere.
    Elsewhere,
    /// What was said, as the runtime writes it down.
    Conversation(Box<Conversation>),
    /// Text that is looked for in all conversations.
    Search(Box<Search>),
    /// Everything that can be done.
    Palette {
        /// What was typed.
        line: Line,
        /// Which of the rows is marked.
        at: usize,
        /// What that row does: it stays marked where the rows change.
        marked: Option<Does>,
    },
    /// A new peer.
    Form(Form),
    /// A line of text is wanted.
    Prompt {
        /// What for.
        wants: Wants,
        /// What was typed.
        line: Line,
    },
    /// A second, different key is wanted.
    Confirm(Confirm),
}

/// What a line of text is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// The note of a rejection.
    Note {
        /// The request.
        id: String,
        /// Exactly what was shown.
        digest: String,
    },
    /// A message to a peer.
    Message {
        /// Whom.
        address: String,
    },
}

/// What a second key is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// A request of high risk is allowed.
    Allow {
        /// The request.
        id: String,
        /// Exactly what was shown.
        digest: String,
        /// When the page opened.
        opened: Millis,
    },
    /// Every request for exactly the same call is answered.
    Same {
        /// How.
        answer: Answer,
        /// How much a wrong yes would cost.
        risk: Risk,
        /// What is asked for.
        verb: Verb,
        /// The whole command, path or URL.
        object: String,
        /// Each of them, as it was shown.
        all: Vec<One>,
        /// When the page opened.
        opened: Millis,
    },
    /// The multiplexer outside takes the leave key: another is offered.
    Leave {
        /// Which, and what it takes.
        outer: Outer,
        /// What is offered.
        other: Key,
    },
    /// A repository's own templates are read.
    Trust {
        /// Its root.
        directory: String,
        /// When the page opened.
        opened: Millis,
    },
    /// A peer is stopped.
    Stop {
        /// Whom.
        address: String,
    },
    /// A peer is retired.
    Retire {
        /// Whom.
        address: String,
    },
}

impl Model {
    /// Opens a page that Esc leaves for the one that is open now.
    pub fn open_over(&mut self, page: Page) {
        let opened = discriminant(&page);
        let old = self.page.replace(page);
        // One that is opened anew takes its own place.
        self.behind
            .extend(old.filter(|old| discriminant(old) != opened));
    }

    /// Leaves a page for the one that it was opened from.
    pub fn go_back(&mut self) {
        self.page = self.behind.pop();
    }
}
