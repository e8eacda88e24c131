//! The panels and the pane: where the keys go.

use super::perform;
use crate::cockpit::action::Action;
use crate::cockpit::inbox;
use crate::cockpit::model::{Focus, Model};
use crate::cockpit::panes::{Arrange, PaneState};
use crate::cockpit::update::Effect;
use crate::cockpit::{conversation, elsewhere, filter, layout, moving};

pub(super) fn focus(model: &mut Model, focus: Focus) {
    model.page = None;
    model.focus = focus;
    model.zoom = false;
    inbox::close(model);
}

pub(super) fn enter_pane(model: &mut Model) {
    if let Some(PaneState::Refused(why)) = model.pane().map(|p| p.state.clone()) {
        model.warn(why);
        return;
    }
    if model.focus != Focus::Pane {
        model.back_to = model.focus;
    }
    model.page = None;
    model.panes.into.clone_from(&model.peer_at);
    inbox::close(model);
    model.focus = Focus::Pane;
}

pub(super) fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    if elsewhere::is_open(model) {
        return conversation::open(model, effects);
    }
    match model.focus {
        Focus::Peers if elsewhere::under(model).is_some() => conversation::open(model, effects),
        Focus::Peers if model.peer().is_some() => enter_pane(model),
        Focus::Peers => perform(model, Action::New, effects),
        Focus::Inbox => perform(model, Action::Look, effects),
        Focus::Pane => {}
    }
}

pub(super) fn back(model: &mut Model) {
    if elsewhere::is_open(model) && filter::clear(model) {
        return;
    }
    if model.page.is_some() {
        return model.go_back();
    }
    if inbox::back(model) || filter::clear(model) {
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
    if model.inbox.open {
        model.inbox.reading = !model.inbox.reading && model.ask().is_some();
        return;
    }
    model.inbox.reading = false;
    model.focus = match model.focus {
        Focus::Peers if !model.asks.is_empty() => Focus::Inbox,
        _ => Focus::Peers,
    };
}

/// Goes `by` panes on among those that are shown; with one shown, `by` peers on.
pub(super) fn other(model: &mut Model, by: isize) {
    let shown = model.panes.shown(layout::places(model));
    let all: Vec<&str> = match shown.len() {
        0 | 1 => filter::peers(model)
            .iter()
            .map(|p| p.row.session.as_str())
            .collect(),
        _ => shown,
    };
    let at = all
        .iter()
        .position(|s| Some(*s) == model.peer_at.as_deref());
    let next = match (at, all.len()) {
        (_, 0) => None,
        (Some(at), len) => Some((at as isize + by).rem_euclid(len as isize) as usize),
        (None, _) => Some(0),
    };
    let Some(session) = next.map(|next| all[next].to_owned()) else {
        return;
    };
    model.peer_at = Some(session);
    if model.focus == Focus::Pane {
        model.panes.into.clone_from(&model.peer_at);
    }
    moving::held(model);
}

/// One pane, two, a grid; zoomed, the panes there were come back.
pub(super) fn arrange(model: &mut Model) {
    if model.zoom {
        model.zoom = false;
        return;
    }
    let count = layout::places(model);
    model.panes.turn(count);
    let now = layout::places(model);
    let (wanted, needs, room) = match model.panes.arrange {
        Arrange::One => ("one pane", "needs", 1),
        Arrange::Two => ("two panes", "need", 2),
        Arrange::Grid => ("a grid of panes", "needs", 2),
    };
    if now < room {
        let least = layout::MEDIUM;
        model.tell(format!(
            "{wanted} {needs} {least} columns, not {}",
            model.size.cols
        ));
    } else if model.peers.len() < room {
        model.tell(format!("{wanted}, once there are more peers"));
    }
}

/// Every program that is shown takes the size of its place, as if it had been typed into.
pub(super) fn fit(model: &mut Model, effects: &mut Vec<Effect>) {
    let open = model.panes.open.iter();
    let live = open.filter(|p| p.state == PaneState::Live);
    let before = effects.len();
    effects.extend(live.map(|p| Effect::Fit(p.number)));
    match effects.len() - before {
        0 => model.warn("no program is shown"),
        1 => model.tell("the program has the size of its pane"),
        n => model.tell(format!("{n} programs have the sizes of their panes")),
    }
}
