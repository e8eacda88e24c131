//! The mouse: a click focuses, the wheel moves, and in pane mode it is the worker's.

use super::action::Action;
use super::copying;
use super::inbox as request;
use super::layout::{self, Areas, Slot};
use super::model::{Focus, Model};
use super::terminal::input::{Input, Mouse, MouseKind};
use super::update::{Effect, in_pane_cells};
use super::view::{inbox, peers, strip};
use super::{act, moving};
use ratatui::layout::{Position, Rect};

/// How many lines of a text one notch of the wheel goes.
const WHEEL: usize = 3;

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
    let at = Position::new(mouse.col, mouse.row);
    let areas = layout::areas(model);
    match (mouse.kind, mouse.button) {
        (MouseKind::Press, 0) if !press(model, &areas, at) => press_pane(model, areas, at, effects),
        (MouseKind::WheelUp, _) => wheel_at(model, &areas, at, Action::Up),
        (MouseKind::WheelDown, _) => wheel_at(model, &areas, at, Action::Down),
        _ => {}
    }
}

fn within(area: Option<Rect>, at: Position) -> Option<Rect> {
    area.filter(|a| a.contains(at))
}

/// A click into a panel; says whether it was one.
fn press(model: &mut Model, areas: &Areas, at: Position) -> bool {
    let peer = if let Some(area) = within(areas.peers, at) {
        model.focus = Focus::Peers;
        peers::at_row(model, area, at.y)
    } else if let Some(area) = within(areas.strip, at) {
        model.focus = Focus::Peers;
        strip::at_col(model, area, at.x)
    } else if let Some(area) = within(areas.inbox, at) {
        model.focus = Focus::Inbox;
        model.inbox.reading = false;
        if let Some(id) = inbox::at_row(model, area, at.y) {
            model.ask_at = Some(id);
            model.ask_moved = 0;
        }
        return true;
    } else if within(areas.detail, at).is_some() {
        model.focus = Focus::Inbox;
        model.inbox.reading = model.ask().is_some();
        return true;
    } else {
        return false;
    };
    model.inbox.reading = false;
    if let Some(session) = peer {
        model.peer_at = Some(session);
        moving::mark_ask_of(model);
    }
    true
}

/// A click into a pane: to another one it goes first; one into the focused pane types there.
fn press_pane(model: &mut Model, areas: Areas, at: Position, effects: &mut Vec<Effect>) {
    let hit = |s: &Slot| s.frame.unwrap_or(s.inner).contains(at);
    let slot = areas.panes.into_iter().find(hit);
    let Some(session) = slot.and_then(|s| s.session) else {
        return;
    };
    if model.attach.is_some() {
        return;
    }
    let there = model.peer_at.as_ref() == Some(&session);
    model.peer_at = Some(session);
    if there || model.focus == Focus::Pane {
        act::perform(model, Action::PaneEnter, effects);
    } else {
        model.focus = Focus::Peers;
        moving::mark_ask_of(model);
    }
}

/// The wheel over a panel moves through what it lists, wherever the keys go; in pane mode nothing
/// but the pane moves.
fn wheel_at(model: &mut Model, areas: &Areas, at: Position, action: Action) {
    if model.focus == Focus::Pane {
        return;
    }
    if within(areas.peers, at)
        .or(within(areas.strip, at))
        .is_some()
    {
        model.focus = Focus::Peers;
    } else if within(areas.inbox, at).is_some() {
        model.focus = Focus::Inbox;
        model.inbox.reading = false;
    } else if within(areas.detail, at).is_some() {
        for _ in 0..WHEEL {
            request::scroll(model, action);
        }
        return;
    } else {
        return;
    }
    moving::go(model, action);
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
