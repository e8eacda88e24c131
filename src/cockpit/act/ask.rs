//! Requests: looked at, allowed, rejected.

use super::pane::focus;
use crate::cockpit::action::Action;
use crate::cockpit::line::Line;
use crate::cockpit::model::{Confirm, Focus, Model, Page, Wants};
use crate::cockpit::update::{Effect, Tag, settled};
use crate::cockpit::{layout, moving, view};
use crate::core::ask::{Answer, AskKind, AskState, Risk};
use crate::wire::request::Request;

pub(super) fn allow(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(ask) = model.ask().cloned() else {
        return;
    };
    let row = &ask.row;
    let (id, digest, risk) = (row.id.clone(), row.digest.clone(), row.risk);
    if ask.gone.is_some() || ask.sent || row.state != AskState::Asked {
        let text = view::words::decided(&ask).unwrap_or_else(|| "is answered already".into());
        model.warn(format!("{}: {text}", row.peer));
        return;
    }
    if row.kind == AskKind::Start {
        let (peer, key) = (row.peer.clone(), model.keymap.any_key(Action::PaneEnter));
        let key = key.unwrap_or_else(|| ":".into());
        model.warn(format!(
            "a start screen is answered in {peer}'s own pane ({key} opens it)"
        ));
        let session = row.session.clone();
        if model.peers.iter().any(|p| p.row.session == session) {
            model.peer_at = Some(session);
            focus(model, Focus::Peers);
        }
        return;
    }
    if !settled(model) {
        model.warn("that row has just come; look, then press again");
        return;
    }
    // Nothing is allowed that was not on the screen whole.
    let shown = match &model.page {
        Some(Page::Look { id: open, seen, .. }) => *open == id && *seen,
        _ => layout::ask_fits(model, &ask),
    };
    if !shown {
        if matches!(&model.page, Some(Page::Look { id: open, .. }) if *open == id) {
            model.warn("read it to its end first");
        } else {
            look(model, effects);
        }
        return;
    }
    if risk == Risk::High {
        let opened = model.now;
        model.page = Some(Page::Confirm(Confirm::Allow { id, digest, opened }));
        return;
    }
    decide(model, id, digest, Answer::Allow, None, effects);
}

/// Sends an answer for exactly what was shown, and goes on to the next open request.
pub fn decide(
    model: &mut Model,
    id: String,
    digest: String,
    answer: Answer,
    note: Option<String>,
    effects: &mut Vec<Effect>,
) {
    model.page = None;
    if let Some(ask) = model.asks.iter_mut().find(|a| a.row.id == id) {
        ask.sent = true;
    }
    effects.push(Effect::Ask(
        Tag::Decide(id.clone()),
        Request::Decide {
            id,
            digest: Some(digest),
            answer,
            note,
        },
    ));
    moving::to_next_open(model);
}

pub(super) fn reject(model: &mut Model) {
    let Some(ask) = model.ask().cloned() else {
        return;
    };
    if ask.gone.is_some() || ask.sent || ask.row.state != AskState::Asked {
        let text = view::words::decided(&ask).unwrap_or_else(|| "is answered already".into());
        model.warn(format!("{}: {text}", ask.row.peer));
        return;
    }
    if ask.row.kind == AskKind::Start {
        return model.warn(format!(
            "a start screen is answered in {}'s own pane",
            ask.row.peer
        ));
    }
    if !settled(model) {
        return model.warn("that row has just come; look, then press again");
    }
    let wants = Wants::Note {
        id: ask.row.id.clone(),
        digest: ask.row.digest.clone(),
    };
    model.page = Some(Page::Prompt {
        wants,
        line: Line::default(),
    });
}

pub(super) fn look(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(id) = model.ask().map(|a| a.row.id.clone()) else {
        return;
    };
    effects.push(Effect::Ask(
        Tag::Show(id.clone()),
        Request::Show { id: id.clone() },
    ));
    model.page = Some(Page::Look {
        id,
        detail: None,
        scroll: 0,
        seen: false,
    });
    moving::scrolled(model);
}
