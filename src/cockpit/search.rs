//! Text in everything that was said, whoever said it: typed, looked for, opened where it stands.

use super::conversation;
use super::key::{Code, Key};
use super::line::Line;
use super::model::{Model, Page};
use super::update::{Effect, Tag};
use crate::core::text::short_id;
use crate::wire::request::Request;
use crate::wire::transcript::{HitView, SearchView};
use crate::wire::view::{ErrorKind, ErrorView};
use serde_json::Value;

/// So many places are told at most.
const MOST: u32 = 200;

/// What is looked for, and where it was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// What was typed.
    pub line: Line,
    /// What was looked for last.
    pub wanted: Option<String>,
    /// Where it stands, once the daemon has said so.
    pub found: Option<SearchView>,
    /// Which of the places is marked.
    pub at: usize,
    /// Why it could not be looked for.
    pub refused: Option<String>,
}

impl Search {
    /// The text that is typed has been looked for.
    pub fn done(&self) -> bool {
        self.wanted.as_deref() == Some(self.line.text().trim())
    }

    /// The place that is marked.
    fn marked(&self) -> Option<&HitView> {
        self.found.as_ref()?.hits.get(self.at)
    }
}

/// Opens the page.
pub fn open(model: &mut Model) {
    model.open_over(Page::Search(Box::default()));
}

/// Takes a key: Enter looks for what was typed, and then opens the place that is marked.
pub fn key(model: &mut Model, mut search: Box<Search>, key: Key, effects: &mut Vec<Effect>) {
    let last = search.found.as_ref().map_or(0, |f| f.hits.len());
    let last = last.saturating_sub(1);
    match (key.code, key.ctrl) {
        (Code::Esc, _) => return model.go_back(),
        (Code::Down, _) | (Code::Char('n' | 'j'), true) => search.at = (search.at + 1).min(last),
        (Code::Up, _) | (Code::Char('p' | 'k'), true) => search.at = search.at.saturating_sub(1),
        (Code::PageDown, _) => search.at = (search.at + 10).min(last),
        (Code::PageUp, _) => search.at = search.at.saturating_sub(10),
        (Code::Enter, _) if search.done() => {
            if let Some(hit) = search.marked().cloned() {
                return read(model, search, hit, effects);
            }
        }
        (Code::Enter, _) => {
            let text = search.line.text().trim().to_owned();
            if !text.is_empty() {
                search.wanted = Some(text.clone());
                (search.found, search.refused, search.at) = (None, None, 0);
                let most = MOST;
                let request = Request::FindTurns {
                    text: text.clone(),
                    most,
                };
                effects.push(Effect::Ask(Tag::Search(text), request));
            }
        }
        _ => {
            search.line.key(key);
        }
    }
    model.page = Some(Page::Search(search));
}

/// Opens the conversation at the line where it was found; after it the places are there again.
fn read(model: &mut Model, search: Box<Search>, hit: HitView, effects: &mut Vec<Effect>) {
    let short = short_id(&hit.native_id);
    let title = hit.name.clone();
    let title = title.unwrap_or_else(|| format!("{} {short}", hit.runtime));
    // Of a retired peer only the conversation's own id is known to the daemon.
    let live = |name: &String| model.peers.iter().any(|p| p.address() == *name);
    let address = hit.name.filter(live).unwrap_or(hit.native_id);
    model.page = Some(Page::Search(search));
    conversation::begin(model, address, title, Some(hit.line), effects);
}

/// Takes what the daemon has found.
pub fn answered(model: &mut Model, text: &str, answer: Result<Value, ErrorView>) {
    let Some(Page::Search(search)) = &mut model.page else {
        return;
    };
    if search.wanted.as_deref() != Some(text) {
        return;
    }
    let found = answer.and_then(|body| {
        serde_json::from_value::<SearchView>(body).map_err(|error| {
            let what = format!("what the daemon found does not read: {error}");
            ErrorView::new(ErrorKind::Failed, what)
        })
    });
    match found {
        Ok(found) => search.found = Some(found),
        Err(error) => search.refused = Some(error.to_string()),
    }
}
