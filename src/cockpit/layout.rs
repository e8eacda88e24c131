//! Where things go at every size. A pure function of the model; nothing here draws.

use super::model::{Ask, Focus, Model, Page, Size};
use super::view::{inbox, page, words};
use super::{agentic, tiling};
use crate::core::ask::Verb;
use ratatui::layout::Rect;

/// From this width on the sidebar says everything.
pub const WIDE: u16 = 120;
/// From this width on the inbox goes over the full width.
pub const MEDIUM: u16 = 100;
/// Below this width there is one panel at a time.
pub const PHONE: u16 = 70;
/// So high is the inbox at most below several panes.
const DRAWER: u16 = 8;
/// A pane and the conversation beside it are each at least this wide.
const BESIDE: u16 = 60;
/// Below this there is no room to work in.
pub const LEAST: Size = Size { cols: 40, rows: 10 };

/// The place of a pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The session that it shows; absent with no peer to show.
    pub session: Option<String>,
    /// With its frame; absent when it has none.
    pub frame: Option<Rect>,
    /// The pane's cells.
    pub inner: Rect,
}

/// The places of one frame; a panel without one is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// The line at the top: place and counts.
    pub header: Option<Rect>,
    /// The peers on one line.
    pub strip: Option<Rect>,
    /// The list of peers with its frame.
    pub peers: Option<Rect>,
    /// The panes, in the order of the screen.
    pub panes: Vec<Slot>,
    /// The inbox with its frame.
    pub inbox: Option<Rect>,
    /// The request beside it, whole, with its frame.
    pub detail: Option<Rect>,
    /// The line at the bottom: keys and what happened.
    pub footer: Option<Rect>,
    /// The page over it all, with its frame.
    pub page: Option<Rect>,
}

impl Areas {
    /// The place of that session.
    pub fn pane_of(&self, session: &str) -> Option<&Slot> {
        let of = |slot: &&Slot| slot.session.as_deref() == Some(session);
        self.panes.iter().find(of)
    }
}

/// Whether there is room for one panel only.
pub fn is_phone(size: Size) -> bool {
    size.cols < PHONE
}

/// Whether there is too little room for anything.
pub fn too_small(size: Size) -> bool {
    size.cols < LEAST.cols || size.rows < LEAST.rows
}

/// The places for this model.
pub fn areas(model: &Model) -> Areas {
    let Size { cols, rows } = model.size;
    let mut areas = Areas::default();
    if model.attach.is_some() {
        if rows >= 2 {
            areas.footer = Some(Rect::new(0, rows - 1, cols, 1));
        }
        let inner = Rect::new(0, 0, cols, rows.saturating_sub(1).max(1).min(rows));
        if !inner.is_empty() {
            areas.panes.push(Slot {
                session: model.peer_at.clone(),
                frame: None,
                inner,
            });
        }
        return areas;
    }
    if too_small(model.size) {
        return areas;
    }
    areas.header = Some(Rect::new(0, 0, cols, 1));
    areas.footer = Some(Rect::new(0, rows - 1, cols, 1));
    areas.page = model.page.as_ref().map(|page| page_area(model, page));
    let body = Rect::new(0, 1, cols, rows - 2);
    if model.inbox.open {
        (areas.inbox, areas.detail) = super::inbox::places(model, body);
        return areas;
    }
    if is_phone(model.size) {
        let bare = |r: Rect| Rect::new(r.x, r.y + 1, r.width, r.height.saturating_sub(1));
        match model.focus {
            Focus::Inbox => areas.inbox = Some(body),
            Focus::Peers if !model.zoom => areas.peers = Some(body),
            _ => areas.panes = slots(model, vec![body], bare),
        }
        return areas;
    }
    if model.zoom {
        let place = beside_page(model, body, &mut areas);
        areas.panes = slots(model, vec![place], inside);
        return areas;
    }
    if agentic::on(model) {
        if let Some(place) = agentic::places(model, body, &mut areas) {
            areas.panes = tiled(model, place);
        }
        return areas;
    }
    let drawer = drawer_height(model, body.height);
    let side = sidebar_width(cols);
    let (mut left, mut right) = (body, body);
    left.width = side;
    right.x += side;
    right.width -= side;
    if drawer > 0 {
        let from = if cols >= MEDIUM { body } else { right };
        areas.inbox = Some(Rect {
            y: body.bottom() - drawer,
            height: drawer,
            ..from
        });
        right.height -= drawer;
        if cols >= MEDIUM {
            left.height -= drawer;
        }
    }
    areas.peers = Some(left);
    let right = beside_page(model, right, &mut areas);
    areas.panes = tiled(model, right);
    areas
}

/// What is left of the place of one pane while its conversation is read: that stands beside it, where
/// there is room for both.
fn beside_page(model: &Model, place: Rect, areas: &mut Areas) -> Rect {
    let Some(Page::Conversation(one)) = &model.page else {
        return place;
    };
    let its_own = model
        .peer()
        .is_some_and(|peer| peer.address() == one.address);
    let alone = model.panes.shown(places(model)).len() <= 1;
    if !its_own || !alone || place.width < 2 * BESIDE {
        return place;
    }
    let width = place.width / 2;
    let pane = Rect {
        width: place.width - width,
        ..place
    };
    areas.page = Some(Rect {
        x: pane.right(),
        width,
        ..place
    });
    pane
}

/// The panes that are shown, in `place`.
fn tiled(model: &Model, place: Rect) -> Vec<Slot> {
    let shown = model.panes.shown(places(model)).len();
    let tiles = tiling::tiles(place, always_free(model), shown);
    slots(model, tiles, inside)
}

/// How many panes have a place, zoomed or not.
pub fn places(model: &Model) -> usize {
    if model.attach.is_some() || model.zoom || model.size.cols < MEDIUM {
        return 1;
    }
    model.panes.count(tiling::room(always_free(model)))
}

/// What the panes have at least, however many requests there are.
fn always_free(model: &Model) -> Size {
    let size = model.size;
    if agentic::on(model) {
        return agentic::room(size);
    }
    Size {
        cols: size.cols - sidebar_width(size.cols),
        rows: size.rows.saturating_sub(2 + DRAWER),
    }
}

/// The sessions that are shown, each in its place.
fn slots(model: &Model, frames: Vec<Rect>, inner: impl Fn(Rect) -> Rect) -> Vec<Slot> {
    let sessions = model.panes.shown(frames.len());
    let mut sessions = sessions.into_iter().map(str::to_owned);
    let slot = |frame| Slot {
        session: sessions.next(),
        frame: Some(frame),
        inner: inner(frame),
    };
    frames.into_iter().map(slot).collect()
}

/// How wide the list of peers is.
pub fn sidebar_width(cols: u16) -> u16 {
    match cols {
        WIDE.. => 32,
        MEDIUM.. => 26,
        _ => 22,
    }
}

/// The drawer is there only while it holds something, and never takes more than a third; with
/// several panes it stays small, so that none of them has to go when it comes.
fn drawer_height(model: &Model, body: u16) -> u16 {
    let third = (body / 3).max(3);
    let most = match places(model) {
        1 => third,
        _ => third.min(DRAWER),
    };
    match model.asks.len() as u16 {
        0 => 0,
        n => n.saturating_add(2).min(most),
    }
}

/// What a frame leaves inside.
pub fn inside(area: Rect) -> Rect {
    Rect::new(
        area.x + 1,
        area.y + 1,
        area.width.saturating_sub(2),
        area.height.saturating_sub(2),
    )
}

fn page_area(model: &Model, page: &Page) -> Rect {
    let Size { cols, rows } = model.size;
    let full = Rect::new(0, 1, cols, rows - 2);
    let (width, height) = match page {
        Page::Help { .. } => (118, None),
        Page::Look { .. } | Page::Why { .. } => (110, None),
        Page::Confirm(_) => (84, None),
        Page::Palette { .. } => (84, Some(22)),
        Page::Elsewhere | Page::Search(_) => (140, Some(full.height)),
        Page::Conversation(_) => (118, Some(full.height)),
        Page::Form(form) => {
            let more = |text: &str| 1 + words::width(text) as u16 / 50;
            let refused = form.refused.as_deref().map_or(0, more);
            let wrong = form.wrong.as_ref().map_or(0, |(_, text)| more(text));
            let said = form.template.said(60).len() + form.template.starts(72).len();
            let said = said as u16;
            (76, Some(20 + refused + wrong + said))
        }
        Page::Prompt { .. } => (76, Some(6)),
    };
    let phone = is_phone(model.size);
    let width = if phone { cols } else { (cols - 4).min(width) };
    let height = height.unwrap_or_else(|| {
        let lines = page::lines(model, usize::from(width - 2)).len();
        u16::try_from(lines + 2).unwrap_or(rows).max(3)
    });
    if phone {
        return Rect {
            height: full.height.min(height),
            ..full
        };
    }
    let height = full.height.saturating_sub(2).min(height);
    Rect::new(
        full.x + (full.width - width) / 2,
        full.y + (full.height - height) / 2,
        width,
        height,
    )
}

/// How many cells the object of a request has in the drawer.
pub fn object_width(model: &Model) -> usize {
    let Some(area) = areas(model).inbox else {
        return 0;
    };
    inbox::columns(model, area.width.saturating_sub(2)).object
}

/// Whether the request stands whole in the drawer: everything it does is in its object, on one line,
/// not cut. What is written is never in the row.
pub fn ask_fits(model: &Model, ask: &Ask) -> bool {
    let object = &ask.row.object;
    let whole = matches!(ask.row.verb, Verb::Run | Verb::Read | Verb::Fetch);
    whole && !object.contains('\n') && words::width(object) <= object_width(model)
}
