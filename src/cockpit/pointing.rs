//! The mouse: a click focuses, the wheel moves, and in pane mode it is the worker's.

use super::action::Action;
use super::copying;
use super::layout;
use super::model::{Focus, Model};
use super::terminal::input::{Input, Mouse, MouseKind};
use super::update::{Effect, in_pane_cells};
use super::view::{inbox, peers};
use super::{act, moving};
use ratatui::layout::Position;

/// Takes one mouse event.
pub fn mouse(model: &mut Model, mouse: Mouse, effects: &mut Vec<Effect>) {
    if model.page.is_some() {
        return wheel(model, mouse);
    }
    if copying::mouse::wants(model, mouse) && copying::mouse::mouse(model, mouse, effects) {
        return;
    }
    if model.focus == Focus::Pane
        && let Some(mouse) = in_pane_cells(model, mouse)
    {
        effects.push(Effect::Type(Input::Mouse(mouse)));
        return;
    }
    if mouse.kind != MouseKind::Press || mouse.button != 0 {
        return wheel(model, mouse);
    }
    let at = Position::new(mouse.col, mouse.row);
    let areas = layout::areas(model);
    let inside = |area: Option<ratatui::layout::Rect>| area.filter(|a| a.contains(at));
    if let Some(area) = inside(areas.peers) {
        model.focus = Focus::Peers;
        if let Some(session) = peers::at_row(model, area, mouse.row) {
            model.peer_at = Some(session);
            moving::mark_ask_of(model);
        }
    } else if let Some(area) = inside(areas.inbox) {
        model.focus = Focus::Inbox;
        if let Some(id) = inbox::at_row(model, area, mouse.row) {
            model.ask_at = Some(id);
            model.ask_moved = 0;
        }
    } else if model.attach.is_none()
        && let Some(slot) = areas.panes.into_iter().find(|s| s.inner.contains(at))
        && let Some(session) = slot.session
    {
        // A click goes to another pane first; one into the focused pane types there.
        if model.focus == Focus::Pane || model.peer_at.as_ref() == Some(&session) {
            model.peer_at = Some(session);
            act::perform(model, Action::PaneEnter, effects);
        } else {
            model.peer_at = Some(session);
        }
    }
}

/// Takes a mouse event that the worker was offered and does not take, in the pane's own cells.
pub fn unwanted(model: &mut Model, mouse: Mouse, effects: &mut Vec<Effect>) {
    let areas = layout::areas(model);
    let slot = model.peer_at.as_deref().and_then(|s| areas.pane_of(s));
    if let Some(slot) = slot {
        let (col, row) = (mouse.col + slot.inner.x, mouse.row + slot.inner.y);
        copying::mouse::mouse(model, Mouse { col, row, ..mouse }, effects);
    }
}

fn wheel(model: &mut Model, mouse: Mouse) {
    match mouse.kind {
        MouseKind::WheelUp => moving::go(model, Action::Up),
        MouseKind::WheelDown => moving::go(model, Action::Down),
        _ => {}
    }
}
