//! Copy mode: looking back, searching, selecting. The pane stands still as it was at entry, and its
//! output goes on arriving underneath.

pub mod act;
pub mod book;
mod frames;
pub mod look;
pub mod mouse;
mod prompts;
pub mod search;
pub mod select;
pub mod typed;
pub mod walk;

use super::layout;
use super::line::Line;
use super::model::{Focus, Model};
use super::panes::PaneState;
use super::update::{Effect, Tag};
use crate::wire::request::Request;
use crate::wire::view::{ErrorView, FrameView, HistoryView, PromptsView, SearchView};
use book::{Book, Frozen, PAGE};
use ratatui::layout::Rect;
use search::{MOST, Search};
use select::{Selection, Shape};
use serde_json::Value;
use walk::Place;

/// Rows above and below the view that are fetched before they are needed.
const AHEAD: u64 = 128;
/// The longest text that is copied, in bytes: terminals between here and the operator drop longer
/// sequences without a word.
pub const LONGEST: usize = 512 * 1024;

/// What the cockpit keeps for copy mode.
#[derive(Clone, Debug, Default)]
pub struct Mode {
    /// The pane in copy mode, while there is one.
    pub open: Option<Box<Copying>>,
    /// How often it was entered.
    entered: u64,
    /// The session whose pane was to enter it before its screen was here.
    wanted: Option<String>,
    /// What to do once the pane's rows are here.
    after: After,
    /// The last press of the mouse in a pane.
    press: Option<mouse::Press>,
}

/// What to do when a pane was made to stand still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum After {
    /// Nothing more: copy mode was wanted.
    #[default]
    Stay,
    /// Move so many rows up.
    Wheel(i64),
    /// Select with the mouse.
    Mouse(mouse::Drag),
}

/// What an answer of the daemon is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A page of rows, and which entry wanted it.
    Page(u64, u64),
    /// Another screen of a full-screen program, an earlier one or not, and which entry wanted it.
    Frame(u64, bool),
    /// Where the prompts are, which way to go then, and which entry wanted it.
    Prompts(u64, bool),
    /// The hits of the search of this number, and which entry wanted them.
    Search(u64, u64),
}

/// A line that is being typed.
#[derive(Clone, Debug)]
pub struct Typing {
    /// What was typed.
    pub line: Line,
    /// It looks up instead of down.
    pub back: bool,
    /// Where the cursor was, and the first row shown.
    from: (Place, u64),
    /// The search there was.
    before: Option<Box<Search>>,
}

/// One pane in copy mode.
#[derive(Clone, Debug)]
pub struct Copying {
    /// Which entry this is.
    entry: u64,
    /// The session.
    pub session: String,
    /// How the daemon is asked about it.
    address: String,
    /// Its rows.
    pub book: Book,
    /// The cursor.
    pub at: Place,
    /// The column it wants to be in.
    wish: u16,
    /// The first row shown.
    pub top: u64,
    /// Where the selection began, and how it grows.
    pub mark: Option<(Place, Shape)>,
    /// The search.
    pub search: Option<Box<Search>>,
    searches: u64,
    /// The text that is looked for is being typed.
    pub typing: Option<Typing>,
    /// Rows that came since; `None` when something came and no row of the screen went.
    pub came: Option<u64>,
    /// The number of the screen's first row at entry.
    began: Option<u64>,
    /// The selection is copied when all of it is here.
    copies: bool,
    /// The selection was made by the mouse: without anything in it, copy mode is over too.
    dragged: bool,
    /// The screens of a full-screen program.
    frames: Option<frames::Frames>,
    /// The rows at which prompts are, once they are known.
    prompts: Option<Vec<u64>>,
    /// The mouse selects, and copy mode ends with it.
    drag: Option<mouse::Drag>,
}

impl Copying {
    /// What was asked for will not come.
    fn waits_no_more(&mut self) {
        if let Some(search) = &mut self.search {
            search.waits = None;
        }
        if let Some(frames) = &mut self.frames {
            frames.forget_steps();
        }
    }

    /// What is selected.
    pub fn selection(&self) -> Option<Selection> {
        let (from, shape) = self.mark?;
        let to = self.at;
        Some(Selection { from, to, shape })
    }
}

impl Mode {
    /// The pane of this session when it is in copy mode.
    pub fn of(&self, session: &str) -> Option<&Copying> {
        self.open.as_deref().filter(|c| c.session == session)
    }
}

/// The cells of the pane in copy mode.
fn area(model: &Model) -> Option<Rect> {
    let session = &model.copying.open.as_ref()?.session;
    Some(layout::areas(model).pane_of(session)?.inner)
}

/// The rows and columns of the pane in copy mode.
pub fn room(model: &Model) -> (u16, u16) {
    area(model).map_or((1, 1), |area| (area.height.max(1), area.width.max(1)))
}

/// Makes the selected pane stand still; the rows come in [`frozen`].
fn freeze(model: &mut Model, after: After, effects: &mut Vec<Effect>) {
    if let Some(number) = model.pane().map(|pane| pane.number) {
        model.copying.after = after;
        effects.push(Effect::Freeze(number));
    }
}

/// Takes the pane's rows: copy mode begins.
pub fn frozen(model: &mut Model, frozen: &Frozen, effects: &mut Vec<Effect>) {
    let Some((session, address)) = model
        .pane()
        .map(|pane| (pane.session.clone(), pane.address.clone()))
    else {
        return;
    };
    model.copying.entered += 1;
    let book = Book::new(frozen);
    let screen = book.end().saturating_sub(u64::from(frozen.height));
    let top = screen + u64::from(frozen.above);
    let mut copying = Copying {
        entry: model.copying.entered,
        session,
        address,
        book,
        at: Place::default(),
        wish: 0,
        top,
        mark: None,
        search: None,
        searches: 0,
        typing: None,
        came: Some(0),
        began: frozen.top,
        copies: false,
        dragged: false,
        frames: None,
        prompts: None,
        drag: None,
    };
    if frozen.alternate {
        let rows = frozen.rows.len() - usize::from(frozen.height).min(frozen.rows.len());
        copying.frames = Some(frames::Frames::new(screen, &frozen.rows[rows..]));
    }
    let (row, col) = frozen.cursor;
    let row = screen + u64::from(row);
    copying.go(Place { row, col });
    model.copying.open = Some(Box::new(copying));
    let (height, _) = room(model);
    match model.copying.after {
        After::Stay => {}
        After::Wheel(by) => {
            if let Some(copying) = &mut model.copying.open {
                copying.wheel(by, height);
            }
        }
        After::Mouse(drag) => mouse::begin(model, drag, effects),
    }
}

/// Copy mode ends.
pub fn leave(model: &mut Model) {
    model.copying.open = None;
}

/// Output of pane `pane` came, whose first row has number `top` now; says whether that shows.
pub fn came(model: &mut Model, pane: u32, top: Option<u64>) -> bool {
    let panes = &mut model.panes;
    let session = panes.numbered(pane).map(|pane| pane.session.clone());
    let open = model.copying.open.as_mut();
    let Some(copying) = open.filter(|c| Some(&c.session) == session.as_ref()) else {
        return false;
    };
    let rows = top
        .zip(copying.began)
        .map(|(now, then)| now.saturating_sub(then));
    let came = rows.filter(|rows| *rows > 0);
    std::mem::replace(&mut copying.came, came) != came
}

/// The daemon was away: what it was asked for will not come.
pub fn lost(model: &mut Model) {
    if let Some(copying) = &mut model.copying.open {
        copying.book.lost();
        copying.waits_no_more();
    }
}

/// After every message: fetches what is in sight, and ends with its pane.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.copying.wanted.is_some() {
        begin_late(model, effects);
    }
    let Some(copying) = &model.copying.open else {
        return;
    };
    if model.down.is_some() || !model.told {
        return;
    }
    let shown = model.pane().map(|pane| pane.session.as_str());
    if shown != Some(copying.session.as_str()) {
        return leave(model);
    }
    let (height, _) = room(model);
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    if model.size.rows > 2 && copying.typing.is_none() && copying.drag.is_none() {
        let end = copying.top + u64::from(height);
        if !(copying.top..end).contains(&copying.at.row) {
            copying.keep_in_sight(height);
        }
    }
    let mut wanted = (
        copying.top.saturating_sub(AHEAD),
        copying.top + u64::from(height) + AHEAD,
    );
    if copying.copies
        && let Some(selection) = copying.selection()
    {
        let (first, last) = selection.rows();
        wanted = (wanted.0.min(first), wanted.1.max(last + 1));
    }
    for page in copying.book.missing(wanted.0, wanted.1) {
        effects.push(Effect::Ask(
            Tag::Copying(Asked::Page(copying.entry, page)),
            Request::History {
                name: copying.address.clone(),
                from: page * PAGE,
                count: PAGE as u32,
            },
        ));
    }
    act::copy_when_here(model, effects);
}

/// Enters copy mode when the screen that it was wanted for is here.
fn begin_late(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.copying.wanted != model.peer_at || model.page.is_some() {
        model.copying.wanted = None;
        return;
    }
    let here = [PaneState::Live, PaneState::Ended];
    if model.pane().is_some_and(|pane| here.contains(&pane.state)) {
        model.copying.wanted = None;
        freeze(model, After::Stay, effects);
    }
}

/// Asks the daemon for the hits around a row.
fn ask_for_hits(copying: &Copying, search: &Search, near: u64) -> Effect {
    Effect::Ask(
        Tag::Copying(Asked::Search(copying.entry, search.number)),
        Request::Search {
            name: copying.address.clone(),
            text: search.text.clone(),
            until: copying.book.tail_from(),
            near,
            most: MOST,
        },
    )
}

/// Takes an answer of the daemon; one for an earlier entry or search is too late.
pub fn answered(
    model: &mut Model,
    asked: Asked,
    answer: Result<Value, ErrorView>,
    effects: &mut Vec<Effect>,
) {
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    match (asked, answer) {
        (Asked::Page(entry, page), Ok(rows)) if entry == copying.entry => {
            if let Ok(rows) = serde_json::from_value::<HistoryView>(rows) {
                copying.book.take(page, rows);
            }
            let (height, _) = room(model);
            if let Some(copying) = &mut model.copying.open {
                let (at, wish) = (copying.at, copying.wish);
                copying.go(at.max(Place {
                    row: copying.book.first(),
                    col: 0,
                }));
                copying.wish = wish;
                copying.wheel(0, height);
            }
        }
        (Asked::Page(entry, page), Err(error)) if entry == copying.entry => {
            copying.book.refused(page);
            copying.copies = false;
            model.refused(&error);
        }
        (Asked::Frame(entry, back), Ok(frame)) if entry == copying.entry => {
            let frame = serde_json::from_value::<Option<FrameView>>(frame);
            frames::take(model, back, frame.unwrap_or_default(), effects);
        }
        (Asked::Prompts(entry, back), Ok(prompts)) if entry == copying.entry => {
            if let Ok(prompts) = serde_json::from_value::<PromptsView>(prompts) {
                copying.prompts = Some(prompts.rows);
                prompts::step(model, back, effects);
            }
        }
        (Asked::Frame(entry, _) | Asked::Prompts(entry, _), Err(error))
            if entry == copying.entry =>
        {
            copying.waits_no_more();
            model.refused(&error);
        }
        (Asked::Search(entry, number), answer) if entry == copying.entry => {
            let current = copying.search.as_mut().filter(|s| s.number == number);
            let Some(search) = current else { return };
            match answer.map(serde_json::from_value::<SearchView>) {
                Ok(Ok(hits)) => {
                    search.take(hits);
                    if let Some(jump) = search.waits.take() {
                        act::jump(model, jump, effects);
                    }
                }
                Ok(Err(_)) => {}
                Err(error) => {
                    search.waits = None;
                    model.refused(&error);
                }
            }
        }
        _ => {}
    }
}

/// Whether the keys go to copy mode: no page is open over it.
pub fn has_keys(model: &Model) -> bool {
    model.page.is_none() && model.copying.open.is_some()
}

/// Whether every key goes to the worker.
pub fn typing_into_pane(model: &Model) -> bool {
    model.page.is_none() && model.focus == Focus::Pane && model.copying.open.is_none()
}
