//! The panels and the pane: where the keys go.

use super::perform;
use crate::cockpit::action::Action;
use crate::cockpit::model::{Focus, Model, PaneState};
use crate::cockpit::update::Effect;

pub(super) fn focus(model: &mut Model, focus: Focus) {
    model.page = None;
    model.focus = focus;
    model.zoom = false;
}

pub(super) fn enter_pane(model: &mut Model) {
    if let Some(PaneState::Refused(why)) = model.pane.as_ref().map(|p| p.state.clone()) {
        model.warn(why);
        return;
    }
    if model.focus != Focus::Pane {
        model.back_to = model.focus;
    }
    model.page = None;
    model.focus = Focus::Pane;
}

pub(super) fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.focus {
        Focus::Peers if model.peer().is_some() => enter_pane(model),
        Focus::Peers => perform(model, Action::New, effects),
        Focus::Inbox => perform(model, Action::Look, effects),
        Focus::Pane => {}
    }
}

pub(super) fn back(model: &mut Model) {
    if model.page.take().is_some() {
        return;
    }
    if model.zoom {
        model.zoom = false;
    } else {
        model.focus = Focus::Peers;
    }
    model.notice = None;
}

pub(super) fn next_panel(model: &mut Model) {
    model.focus = match model.focus {
        Focus::Peers if !model.asks.is_empty() => Focus::Inbox,
        _ => Focus::Peers,
    };
}
