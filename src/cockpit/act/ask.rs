//! Requests: looked at, allowed, rejected, delivered again.

use super::pane::focus;
use crate::cockpit::action::Action;
use crate::cockpit::model::{Ask, Confirm, Focus, Model, Page, Wants};
use crate::cockpit::update::{Effect, Tag, settled};
use crate::cockpit::{inbox, layout, moving, view};
use crate::core::ask::{Answer, AskKind, AskState, Risk};
use crate::wire::request::Request;

/// The request under the cursor, if it takes an answer now; says why it does not.
pub fn decidable(model: &mut Model) -> Option<Ask> {
    let ask = model.ask().cloned()?;
    let row = &ask.row;
    let seen = match &model.page {
        Some(Page::Look { id, .. }) => *id == row.id,
        page => page.is_none(),
    };
    if !seen {
        model.warn("the request is behind this page: close it first");
        return None;
    }
    if ask.gone.is_some() || ask.sent || row.state != AskState::Asked {
        let text =
            view::words::decided(model.now, &ask).unwrap_or_else(|| "is answered already".into());
        model.warn(format!("{}: {text}", row.peer));
        return None;
    }
    if row.kind != AskKind::Approval {
        let key = model.keymap.any_key(Action::PaneEnter);
        let key = key.unwrap_or_else(|| ":".into());
        model.warn(format!(
            "this is answered in {}'s own pane ({key} opens it)",
            row.peer
        ));
        if model.peers.iter().any(|p| p.row.session == row.session) {
            model.peer_at = Some(ask.row.session.clone());
            focus(model, Focus::Peers);
        }
        return None;
    }
    if !settled(model) {
        model.warn("that row has just come; look, then press again");
        return None;
    }
    Some(ask)
}

/// Whether the request stood on the screen whole; shows it, or says how to, where it did not.
pub fn shown_whole(model: &mut Model, ask: &Ask, effects: &mut Vec<Effect>) -> bool {
    let id = &ask.row.id;
    match &model.page {
        Some(Page::Look { id: open, seen, .. }) if open == id && *seen => return true,
        Some(Page::Look { id: open, .. }) if open == id => {
            model.warn("read it to its end first");
            return false;
        }
        _ if layout::ask_fits(model, ask) || inbox::read(model, ask) => return true,
        _ => {}
    }
    if !inbox::beside(model) {
        look(model, effects);
    } else if layout::is_phone(model.size) && !model.inbox.reading {
        model.inbox.reading = true;
    } else {
        model.warn("read it to its end first, then press again");
    }
    false
}

pub(super) fn allow(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(ask) = decidable(model) else {
        return;
    };
    if !shown_whole(model, &ask, effects) {
        return;
    }
    let (id, digest) = (ask.row.id, ask.row.digest);
    if ask.row.risk == Risk::High {
        let opened = model.now;
        model.open_over(Page::Confirm(Confirm::Allow { id, digest, opened }));
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
    let Some(ask) = decidable(model) else {
        return;
    };
    let wants = Wants::Note {
        id: ask.row.id,
        digest: ask.row.digest,
    };
    let line = model.drafts.open(&wants);
    model.open_over(Page::Prompt { wants, line });
}

/// Delivers the decision of the request under the cursor once more.
pub(super) fn retry(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(ask) = model.ask().filter(|a| a.gone.is_none()) else {
        return model.warn("it is closed");
    };
    let (id, peer) = (ask.row.id.clone(), ask.row.peer.clone());
    if matches!(&model.page, Some(Page::Look { id: open, .. }) if *open != id) {
        return model.warn("the request is behind this page: close it first");
    }
    if ask.row.state == AskState::Asked {
        return model.warn("it is not decided yet");
    }
    let text = format!("the answer goes to {peer} once more");
    effects.push(Effect::Ask(Tag::Done(text), Request::Retry { id }));
}

/// Goes to the peer that asks.
pub(super) fn asker(model: &mut Model) {
    let session = model.ask().map(|a| a.row.session.clone());
    let there = |s: &String| model.peers.iter().any(|p| p.row.session == *s);
    match session.filter(there) {
        Some(session) => {
            model.peer_at = Some(session);
            focus(model, Focus::Peers);
        }
        None => model.warn("its peer is not here any more"),
    }
}

pub(super) fn look(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(id) = model.ask().map(|a| a.row.id.clone()) else {
        return;
    };
    if inbox::beside(model) {
        model.focus = Focus::Inbox;
        model.inbox.reading = !model.inbox.reading;
        return;
    }
    effects.push(Effect::Ask(
        Tag::Show(id.clone()),
        Request::Show { id: id.clone() },
    ));
    model.open_over(Page::Look {
        id,
        detail: None,
        scroll: 0,
        seen: false,
    });
    moving::scrolled(model);
}
