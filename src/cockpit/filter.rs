//! Filters over the lists: what was typed hides the rows that do not fit, and how many is said.
//!
//! A filter is words that must all fit. A word is looked for in a row's short fields by letters
//! and in its long ones as it stands; `state:`, `circle:`, `runtime:`, `tag:` and `in:` name one.

use super::elsewhere;
use super::fuzzy::Letters;
use super::key::{Code, Key};
use super::line::Line;
use super::model::{Ask, Focus, Model, Peer};
use super::view::words;
use crate::core::ask::{AskState, Risk};
use crate::core::state::Attention;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Over {
    Peers,
    Inbox,
    Elsewhere,
}

/// What is typed over each list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Over the peers.
    pub peers: Line,
    /// Over the requests.
    pub inbox: Line,
    /// Over the sessions found elsewhere.
    pub elsewhere: Line,
    /// The one that the keys go to.
    pub editing: Option<Over>,
}

impl Filters {
    /// What is typed over a list.
    pub fn line(&self, over: Over) -> &Line {
        match over {
            Over::Peers => &self.peers,
            Over::Inbox => &self.inbox,
            Over::Elsewhere => &self.elsewhere,
        }
    }

    fn line_mut(&mut self, over: Over) -> &mut Line {
        match over {
            Over::Peers => &mut self.peers,
            Over::Inbox => &mut self.inbox,
            Over::Elsewhere => &mut self.elsewhere,
        }
    }

    /// Whether a list is filtered.
    pub fn on(&self, over: Over) -> bool {
        !self.line(over).text().trim().is_empty()
    }
}

/// The list that has the focus.
fn focused(model: &Model) -> Over {
    match model.focus {
        _ if elsewhere::is_open(model) => Over::Elsewhere,
        Focus::Inbox => Over::Inbox,
        Focus::Peers | Focus::Pane => Over::Peers,
    }
}

/// Begins to type over the list that has the focus.
pub fn open(model: &mut Model) {
    let over = focused(model);
    if over == Over::Peers {
        model.focus = Focus::Peers;
        model.zoom = false;
    }
    model.inbox.reading = false;
    model.filters.editing = Some(over);
}

/// Filters a list by `text`; nothing shows all of it again.
pub fn set(model: &mut Model, over: Over, text: &str) {
    *model.filters.line_mut(over) = Line::new(text);
    model.filters.editing = None;
    mark(model, over);
}

/// Shows everything of the focused list again; says whether something was hidden.
pub fn clear(model: &mut Model) -> bool {
    let over = focused(model);
    let on = model.filters.on(over);
    if on {
        set(model, over, "");
    }
    on
}

/// Takes a key while one is typed: Enter keeps it, Esc shows everything again.
pub fn key(model: &mut Model, key: Key) -> bool {
    let Some(over) = model.filters.editing else {
        return false;
    };
    match key.code {
        Code::Esc => set(model, over, ""),
        Code::Enter => model.filters.editing = None,
        Code::Up | Code::Down => {
            model.filters.editing = None;
            return false;
        }
        _ => {
            model.filters.line_mut(over).key(key);
            mark(model, over);
        }
    }
    true
}

/// Pastes into the one that is typed; says whether one is.
pub fn paste(model: &mut Model, text: &str) -> bool {
    let Some(over) = model.filters.editing else {
        return false;
    };
    model.filters.line_mut(over).insert(text);
    mark(model, over);
    true
}

/// The cursor goes to the first row that fits, unless it stands on one.
fn mark(model: &mut Model, over: Over) {
    let words = Words::new(model.filters.line(over).text());
    match over {
        Over::Peers if !model.peer().is_some_and(|p| words.fit(&fields_of_peer(p))) => {
            let first = model.peers.iter().find(|p| words.fit(&fields_of_peer(p)));
            if let Some(session) = first.map(|p| p.row.session.clone()) {
                model.peer_at = Some(session);
                super::moving::held(model);
            }
        }
        Over::Inbox
            if !model
                .ask()
                .is_some_and(|a| words.fit(&fields_of_ask(model, a))) =>
        {
            let first = model
                .asks
                .iter()
                .find(|a| words.fit(&fields_of_ask(model, a)));
            if let Some(id) = first.map(|a| a.row.id.clone()) {
                model.ask_at = Some(id);
                model.ask_moved = model.now;
            }
        }
        Over::Elsewhere
            if !elsewhere::under(model).is_some_and(|p| words.fit(&fields_of_peer(p))) =>
        {
            let rows = &model.elsewhere.rows;
            let first = rows.iter().find(|p| words.fit(&fields_of_peer(p)));
            if let Some(session) = first.map(|p| p.row.session.clone()) {
                model.peer_at = Some(session);
            }
        }
        _ => {}
    }
}

/// The peers that are shown: those that fit, and the one under the cursor, which never goes away
/// under it.
pub fn peers(model: &Model) -> Vec<&Peer> {
    let words = Words::new(model.filters.peers.text());
    let at = model.peer_at.as_deref();
    let shown = |p: &&Peer| {
        Some(p.row.session.as_str()) == at || words.none() || words.fit(&fields_of_peer(p))
    };
    model.peers.iter().filter(shown).collect()
}

/// How many rows of a list fit what is typed over it. The one under the cursor may be shown besides.
pub fn fitting(model: &Model, over: Over) -> usize {
    let words = Words::new(model.filters.line(over).text());
    let peers = |peers: &[Peer]| {
        let fit = peers.iter().filter(|p| words.fit(&fields_of_peer(p)));
        fit.count()
    };
    match over {
        Over::Peers => peers(&model.peers),
        Over::Elsewhere => peers(&model.elsewhere.rows),
        Over::Inbox => {
            let open = model.asks.iter().filter(|a| a.gone.is_none());
            open.filter(|a| words.fit(&fields_of_ask(model, a))).count()
        }
    }
}

/// The sessions found elsewhere that fit `line`, by the same rule.
pub fn found<'m>(model: &'m Model, line: &Line) -> Vec<&'m Peer> {
    let words = Words::new(line.text());
    let at = model.peer_at.as_deref();
    let shown = |p: &&Peer| {
        Some(p.row.session.as_str()) == at || words.none() || words.fit(&fields_of_peer(p))
    };
    model.elsewhere.rows.iter().filter(shown).collect()
}

/// The requests that are shown, by the same rule.
pub fn asks(model: &Model) -> Vec<&Ask> {
    let words = Words::new(model.filters.inbox.text());
    let at = model.ask_at.as_deref();
    let shown = |a: &&Ask| {
        Some(a.row.id.as_str()) == at || words.none() || words.fit(&fields_of_ask(model, a))
    };
    model.asks.iter().filter(shown).collect()
}

/// The words that a row is found by.
struct Fields<'a> {
    state: &'a str,
    circle: &'a str,
    runtime: &'a str,
    tag: &'a str,
    place: &'a str,
    /// Others that are short.
    short: Vec<&'a str>,
    /// What it is about.
    long: &'a str,
}

fn state(peer: &Peer) -> &'static str {
    match peer.row.attention {
        Attention::Snoozed => "snoozed",
        _ => words::word(peer.row.shown),
    }
}

fn fields_of_peer(peer: &Peer) -> Fields<'_> {
    Fields {
        state: state(peer),
        circle: &peer.row.circle,
        runtime: &peer.row.runtime,
        tag: peer.row.tag.map_or("", |tag| tag.word()),
        place: &peer.row.cwd,
        short: vec![peer.name()],
        // What one found elsewhere began with is its name.
        long: match elsewhere::is(peer) {
            true => peer.row.title.as_deref().unwrap_or_default(),
            false => "",
        },
    }
}

fn fields_of_ask<'a>(model: &'a Model, ask: &'a Ask) -> Fields<'a> {
    let peer = model
        .peers
        .iter()
        .find(|p| p.row.session == ask.row.session);
    let of = |field: fn(&Peer) -> &str| peer.map_or("", field);
    Fields {
        state: match (ask.gone, ask.row.state) {
            (None, AskState::Asked) => "asks",
            (None, AskState::Decided) => "decided",
            (None, AskState::Delivered) => "delivered",
            _ => "closed",
        },
        circle: of(|p| &p.row.circle),
        runtime: of(|p| &p.row.runtime),
        tag: of(|p| p.row.tag.map_or("", |tag| tag.word())),
        place: of(|p| &p.row.cwd),
        short: vec![
            &ask.row.peer,
            words::verb(ask.row.verb),
            if ask.row.risk == Risk::High {
                "high"
            } else {
                ""
            },
        ],
        long: &ask.row.object,
    }
}

/// A filter made ready.
struct Words(Vec<Word>);

enum Word {
    /// A field by its name, and what it must begin with.
    Named(String, String),
    /// Looked for everywhere.
    Any(Letters, String),
}

impl Words {
    fn new(text: &str) -> Self {
        const NAMES: [&str; 5] = ["state", "circle", "runtime", "tag", "in"];
        let word = |word: &str| match word.split_once(':') {
            Some((name, value)) if NAMES.contains(&name) => {
                Word::Named(name.to_owned(), value.to_lowercase())
            }
            _ => Word::Any(Letters::new(word), word.to_lowercase()),
        };
        Self(text.split_whitespace().map(word).collect())
    }

    fn none(&self) -> bool {
        self.0.is_empty()
    }

    fn fit(&self, fields: &Fields<'_>) -> bool {
        self.0.iter().all(|word| word.fits(fields))
    }
}

impl Word {
    fn fits(&self, fields: &Fields<'_>) -> bool {
        let inside = |long: &str, text: &str| long.to_lowercase().contains(text);
        match self {
            Word::Named(name, value) => match name.as_str() {
                "state" => fields.state.starts_with(value.as_str()),
                "circle" => fields.circle.starts_with(value.as_str()),
                "runtime" => fields.runtime.starts_with(value.as_str()),
                "tag" => fields.tag.starts_with(value.as_str()),
                _ => inside(fields.place, value),
            },
            Word::Any(letters, text) => {
                let short = [fields.state, fields.circle, fields.runtime, fields.tag];
                let short = short.iter().chain(&fields.short);
                short.into_iter().any(|field| letters.find(field).is_some())
                    || inside(fields.place, text)
                    || inside(fields.long, text)
            }
        }
    }
}
