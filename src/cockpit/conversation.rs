//! A conversation as its runtime writes it down: read whole, to its end and on as it grows, and
//! never changed.

use super::elsewhere;
use super::model::{Model, Page, Peer};
use super::moving;
use super::update::{Effect, Tag};
use super::view::page;
use crate::core::conversation::Step;
use crate::core::state::Millis;
use crate::wire::request::Request;
use crate::wire::transcript::{EntryView, TranscriptView};
use crate::wire::view::ErrorView;
use serde_json::Value;

/// So many entries are asked for at once.
const SOME: u32 = 200;
/// How often it is asked what came since, in ms.
const AGAIN: Millis = 1_000;

/// Which part of it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Its end.
    End,
    /// The entries around this line: where a search has found something.
    At(u64),
    /// What came from this line on.
    More(u64),
    /// What stands before the first line that is here.
    Older,
}

/// One that is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// How the daemon is asked about it.
    pub address: String,
    /// Whose it is.
    pub title: String,
    /// What is here of it, oldest first.
    pub entries: Vec<EntryView>,
    /// What the agent plans to do.
    pub plan: Vec<Step>,
    /// The first line on the screen.
    pub scroll: usize,
    /// The end stays on the screen.
    pub follow: bool,
    /// The daemon has told some of it.
    pub told: bool,
    /// Why there is nothing to read.
    pub refused: Option<String>,
    /// The line of the transcript to begin at.
    pub at: Option<u64>,
    /// There may be older entries than those that are here.
    pub older: bool,
    lines: u64,
    asked: Option<Want>,
    pub(super) due: Millis,
}

/// Opens that of the peer, or of the session found elsewhere, under the cursor.
pub fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    let found = elsewhere::under(model);
    let title = found.map(elsewhere::called);
    let title = title.or_else(|| model.peer().map(Peer::address));
    let address = found.or(model.peer()).map(Peer::address);
    let (Some(title), Some(address)) = (title, address) else {
        return;
    };
    begin(model, address, title, None, effects);
}

/// Opens the conversation that the daemon knows as `address`, at a line of its transcript or at its
/// end.
pub fn begin(
    model: &mut Model,
    address: String,
    title: String,
    at: Option<u64>,
    effects: &mut Vec<Effect>,
) {
    let mut conversation = Conversation {
        address,
        title,
        entries: Vec::new(),
        plan: Vec::new(),
        scroll: 0,
        follow: at.is_none(),
        told: false,
        refused: None,
        at,
        older: false,
        lines: 0,
        asked: None,
        due: 0,
    };
    let want = at.map_or(Want::End, Want::At);
    conversation.ask(want, effects);
    model.open_over(Page::Conversation(Box::new(conversation)));
}

impl Conversation {
    fn ask(&mut self, want: Want, effects: &mut Vec<Effect>) {
        let first = self.entries.first().map(|entry| entry.line);
        let (from, before, last) = match want {
            Want::End => (1, None, Some(SOME)),
            Want::At(line) => (line, None, None),
            Want::More(from) => (from, None, None),
            Want::Older => (1, first, Some(SOME)),
        };
        self.asked = Some(want);
        let name = self.address.clone();
        let request = Request::Transcript {
            name,
            from,
            before,
            last,
        };
        effects.push(Effect::Ask(
            Tag::Conversation(self.address.clone(), want),
            request,
        ));
    }

    fn take(&mut self, want: Want, view: TranscriptView) {
        let more = view.next.is_some();
        let lines = view.next.map_or(view.lines, |next| next - 1);
        self.refused = None;
        if want != Want::Older && !more {
            self.plan = view.plan;
        }
        match want {
            Want::Older => {
                self.older = !view.entries.is_empty();
                self.entries.splice(0..0, view.entries);
            }
            Want::More(from) if view.lines + 1 >= from => {
                // A line that was not ended is told again.
                if let Some(first) = view.entries.first().map(|entry| entry.line) {
                    self.entries.retain(|entry| entry.line < first);
                }
                self.entries.extend(view.entries);
                self.lines = lines;
            }
            // The first of it, or it was written anew.
            Want::End | Want::At(_) | Want::More(_) => {
                let first = view.entries.first().map(|entry| entry.line);
                self.older = first.is_some_and(|line| line > 1);
                self.entries = view.entries;
                self.lines = lines;
            }
        }
        if more {
            self.due = 0;
        }
        self.told = true;
    }
}

/// Takes what the daemon says of it.
pub fn answered(model: &mut Model, address: &str, want: Want, answer: Result<Value, ErrorView>) {
    let before = page::line_count(model);
    let Some(Page::Conversation(one)) = &mut model.page else {
        return;
    };
    if one.address != address || one.asked != Some(want) {
        return;
    }
    one.asked = None;
    one.due = model.now + AGAIN;
    let view = answer.and_then(|body| {
        serde_json::from_value::<TranscriptView>(body).map_err(|error| {
            let what = format!("what the daemon says of it does not read: {error}");
            ErrorView::new(crate::wire::view::ErrorKind::Failed, what)
        })
    });
    match view {
        Ok(view) => one.take(want, view),
        // What is on the screen stands.
        Err(_) if one.told => return,
        Err(error) => {
            one.refused = Some(match error.hint {
                Some(hint) => format!("{}; {hint}", error.what),
                None => error.what,
            });
            return;
        }
    }
    let added = page::line_count(model).saturating_sub(before);
    if let (Some(Page::Conversation(one)), Want::Older) = (&mut model.page, want) {
        // What was at the top stays where it is.
        one.scroll += added;
    }
}

/// Keeps the end on the screen, and asks for what is missing.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if !matches!(model.page, Some(Page::Conversation(_))) {
        return;
    }
    let last = page::line_count(model).saturating_sub(moving::page_height(model));
    let asks = model.down.is_none();
    let looks = model.looked_at;
    let Some(Page::Conversation(one)) = &mut model.page else {
        return;
    };
    one.scroll = match one.follow {
        true => last,
        false => one.scroll.min(last),
    };
    if !asks {
        one.asked = None;
        return;
    }
    if one.asked.is_some() {
        return;
    }
    if one.scroll == 0 && one.older {
        one.ask(Want::Older, effects);
    } else if one.due <= model.now && looks {
        let want = match one.told {
            true => Want::More(one.lines + 1),
            false => one.at.map_or(Want::End, Want::At),
        };
        one.ask(want, effects);
    }
}

/// The operator moved: at the end it is followed, elsewhere it stands still.
pub fn moved(model: &mut Model) {
    let last = page::line_count(model).saturating_sub(moving::page_height(model));
    if let Some(Page::Conversation(one)) = &mut model.page {
        one.follow = one.scroll >= last;
    }
}

/// When it is to be asked again.
pub fn next(model: &Model) -> Option<Millis> {
    match &model.page {
        Some(Page::Conversation(one)) if model.looked_at && model.down.is_none() => {
            one.asked.is_none().then_some(one.due)
        }
        _ => None,
    }
}
