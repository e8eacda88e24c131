//! The mouse where the worker does not take it: the wheel looks back, a drag selects and copies,
//! two clicks take a word, three a line.

use super::select::Shape;
use super::walk::{Place, columns, glyph_at};
use super::{After, Copying, area, freeze, leave, room};
use crate::cockpit::layout;
use crate::cockpit::model::{Focus, Model};
use crate::cockpit::terminal::input::{Mouse, MouseKind};
use crate::cockpit::update::{Effect, in_pane_cells};
use crate::core::state::Millis;
use ratatui::layout::{Position, Rect};

/// Presses of one cell within this time are one more click, in ms.
const CLICKS_MS: Millis = 400;
/// Between two rows while a drag is held over the edge, in ms.
const EDGE_MS: Millis = 40;
/// Held with Shift, as xterm counts.
const SHIFT: u8 = 4;
/// Rows of one turn of the wheel.
const WHEEL: i64 = 3;

/// A button went down in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Press {
    at: Position,
    when: Millis,
    clicks: u8,
    held: bool,
    /// Where the keys went before the first click.
    focus: Focus,
}

/// A selection by the mouse; cells of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drag {
    from: Position,
    to: Position,
    clicks: u8,
    /// Where it began, once there are rows.
    begun: Option<Place>,
    /// The next row over the edge comes at this time.
    next: Option<Millis>,
}

/// The pane that a mouse event is about: the one in copy mode, or the one under it; with its cells.
fn pane(model: &Model, at: Position) -> Option<(String, Rect)> {
    if let Some(copying) = &model.copying.open {
        return Some((copying.session.clone(), area(model)?));
    }
    let areas = layout::areas(model);
    let mut slots = areas.panes.into_iter();
    let slot = slots.find(|slot| slot.inner.contains(at))?;
    Some((slot.session?, slot.inner))
}

/// Whether a mouse event is not the worker's, or not any more.
pub fn wants(model: &Model, mouse: Mouse) -> bool {
    let held = model.copying.press.is_some_and(|press| press.held);
    let inside = in_pane_cells(model, mouse).is_some();
    model.copying.open.is_some()
        || model.focus != Focus::Pane
        || mouse.modifiers & SHIFT != 0
        || (held && !inside)
}

/// Takes a mouse event that the worker is not to have; says whether it meant copying.
pub fn mouse(model: &mut Model, mouse: Mouse, effects: &mut Vec<Effect>) -> bool {
    let at = Position::new(mouse.col, mouse.row);
    let pane = pane(model, at).filter(|(_, area)| area.contains(at));
    let inside = pane.is_some();
    let left = mouse.button == 0;
    match mouse.kind {
        MouseKind::WheelUp | MouseKind::WheelDown if inside => {
            if mouse.kind == MouseKind::WheelUp && model.copying.open.is_none() {
                // Whose pane it is over.
                model.peer_at = pane.map(|(session, _)| session);
            }
            wheel(model, mouse.kind, effects)
        }
        MouseKind::Press if left && inside => press(model, at, effects),
        MouseKind::WheelUp | MouseKind::WheelDown => false,
        MouseKind::Press if left && model.copying.open.is_some() => {
            leave(model);
            false
        }
        MouseKind::Move if left => moved(model, at, effects),
        MouseKind::Release => release(model),
        _ => model.copying.open.is_some(),
    }
}

fn wheel(model: &mut Model, kind: MouseKind, effects: &mut Vec<Effect>) -> bool {
    let (height, _) = room(model);
    let up = kind == MouseKind::WheelUp;
    let by = if up { -WHEEL } else { WHEEL };
    let Some(copying) = &mut model.copying.open else {
        if up {
            freeze(model, After::Wheel(by), effects);
        }
        return true;
    };
    let before = copying.top;
    copying.wheel(by, height);
    // Down past the end is back to what is there now.
    if !up && copying.top == before && copying.mark.is_none() && copying.typing.is_none() {
        leave(model);
    }
    true
}

fn press(model: &mut Model, at: Position, effects: &mut Vec<Effect>) -> bool {
    let last = model.copying.press;
    let again = last.filter(|p| p.at == at && model.now - p.when <= CLICKS_MS);
    let clicks = again.map_or(1, |p| p.clicks % 3 + 1);
    let focus = again.map_or(model.focus, |p| p.focus);
    model.copying.press = Some(Press {
        at,
        when: model.now,
        clicks,
        held: true,
        focus,
    });
    let drag = Drag {
        from: at,
        to: at,
        clicks,
        begun: None,
        next: None,
    };
    if model.copying.open.is_some() {
        begin(model, drag, effects);
        return true;
    }
    if clicks > 1 {
        model.focus = focus;
        freeze(model, After::Mouse(drag), effects);
        return true;
    }
    false
}

fn moved(model: &mut Model, at: Position, effects: &mut Vec<Effect>) -> bool {
    let Some(press) = model.copying.press.filter(|press| press.held) else {
        return model.copying.open.is_some();
    };
    if model.copying.open.is_some() {
        drag_to(model, at);
        return true;
    }
    if press.at != at {
        model.focus = press.focus;
        let drag = Drag {
            from: press.at,
            to: at,
            clicks: 1,
            begun: None,
            next: None,
        };
        freeze(model, After::Mouse(drag), effects);
    }
    true
}

fn release(model: &mut Model) -> bool {
    if let Some(press) = &mut model.copying.press {
        press.held = false;
    }
    let Some(copying) = &mut model.copying.open else {
        return false;
    };
    if copying.drag.take().is_some() && copying.mark.is_some() {
        copying.copies = true;
        copying.dragged = true;
    }
    true
}

/// Begins to select with the mouse.
pub(super) fn begin(model: &mut Model, drag: Drag, _effects: &mut Vec<Effect>) {
    let Some(area) = area(model) else { return };
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let begun = copying.under(area, drag.from);
    copying.mark = None;
    copying.go(begun);
    copying.drag = Some(Drag {
        begun: Some(begun),
        ..drag
    });
    if drag.clicks > 1 || drag.to != drag.from {
        drag_to(model, drag.to);
    }
}

fn drag_to(model: &mut Model, to: Position) {
    let Some(area) = area(model) else { return };
    let now = model.now;
    let (height, _) = room(model);
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let Some(mut drag) = copying.drag else { return };
    drag.to = to;
    let by = drag.over(area);
    if by == 0 {
        drag.next = None;
    } else if drag.next.is_none_or(|next| next <= now) {
        drag.next = Some(now + EDGE_MS);
        copying.wheel(by, height);
    }
    copying.drag = Some(drag);
    copying.extend(area, drag);
}

/// While a drag is held over the edge, rows go on coming.
pub fn tick(model: &mut Model) {
    let drag = model.copying.open.as_ref().and_then(|c| c.drag);
    if let Some(drag) = drag.filter(|d| d.next.is_some_and(|next| next <= model.now)) {
        drag_to(model, drag.to);
    }
}

/// When [`tick`] is wanted.
pub fn next_tick(model: &Model) -> Option<Millis> {
    model.copying.open.as_ref()?.drag?.next
}

impl Drag {
    /// Which way it is held over the edge of the pane: -1 above, 1 below.
    fn over(&self, area: Rect) -> i64 {
        // A pane at the edge of the terminal has no cells beyond it: its outermost row counts.
        let top = area.y == 0 && self.to.y == 0 && self.from.y != 0;
        if self.to.y < area.y || top {
            return -1;
        }
        i64::from(self.to.y >= area.bottom())
    }
}

impl Copying {
    /// The place of the glyph under a cell of the terminal, or of the nearest.
    fn under(&self, area: Rect, at: Position) -> Place {
        let y = at.y.clamp(area.y, area.bottom().saturating_sub(1)) - area.y;
        let x = at.x.clamp(area.x, area.right().saturating_sub(1)) - area.x;
        let row = (self.top + u64::from(y)).min(self.book.end().saturating_sub(1));
        let columns = columns(&self.book.row(row).cells);
        let col = x.saturating_add(self.hidden(area.width));
        let col = columns.get(glyph_at(&columns, col)).copied().unwrap_or(0);
        Place { row, col }
    }

    /// Selects from where the drag began to where it is.
    fn extend(&mut self, area: Rect, drag: Drag) {
        let Some(from) = drag.begun else { return };
        let to = self.under(area, drag.to);
        let (mut mark, mut at) = (from, to);
        if drag.clicks == 2 {
            let ((a, b), (c, d)) = (self.word_at(from), self.word_at(to));
            let ends = if to >= from { (a, d) } else { (b, c) };
            (mark.col, at.col) = ends;
        }
        let shape = if drag.clicks == 3 {
            Shape::Lines
        } else {
            Shape::Text
        };
        self.mark = Some((mark, shape));
        self.at = at;
        self.wish = at.col;
    }
}
