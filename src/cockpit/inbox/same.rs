//! Requests for exactly the same call, decided together: each is still addressed by its own id
//! and digest, and never one of another digest with them.

use super::super::model::{Ask, Confirm, Model, Page};
use super::super::update::{Effect, Tag};
use super::super::view::page;
use super::super::{act, layout, moving};
use crate::core::ask::{Answer, AskKind, AskState};
use crate::wire::request::Request;

/// One request of those that are decided together, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct One {
    /// Its id.
    pub id: String,
    /// Exactly what was shown.
    pub digest: String,
    /// Who asks.
    pub peer: String,
}

/// The requests that wait for an answer to exactly the call of `ask`, itself among them, in the
/// order of the inbox.
pub fn same<'m>(model: &'m Model, ask: &Ask) -> Vec<&'m Ask> {
    let alike = |other: &&Ask| {
        other.row.digest == ask.row.digest
            && other.row.object == ask.row.object
            && other.row.kind == AskKind::Approval
            && other.row.state == AskState::Asked
            && other.gone.is_none()
            && !other.sent
    };
    model.asks.iter().filter(alike).collect()
}

/// Asks for a second key for all of them.
pub fn ask(model: &mut Model, answer: Answer, effects: &mut Vec<Effect>) {
    let Some(ask) = act::decidable(model) else {
        return;
    };
    if answer == Answer::Allow && !act::shown_whole(model, &ask, effects) {
        return;
    }
    let all = same(model, &ask);
    let all: Vec<One> = all
        .into_iter()
        .map(|ask| One {
            id: ask.row.id.clone(),
            digest: ask.row.digest.clone(),
            peer: ask.row.peer.clone(),
        })
        .collect();
    if all.len() < 2 {
        return model.warn("nobody else waits for exactly this");
    }
    model.open_over(Page::Confirm(Confirm::Same {
        answer,
        risk: ask.row.risk,
        object: ask.row.object.clone(),
        verb: ask.row.verb,
        all,
        opened: model.now,
    }));
    // Nobody is answered who is not listed.
    let room = layout::areas(model)
        .page
        .map_or(0, |a| layout::inside(a).height);
    if page::line_count(model) > usize::from(room) {
        model.go_back();
        model.warn("those who ask do not all fit on this screen; make it larger");
    }
}

/// Sends the answer for each of them.
pub fn decide(model: &mut Model, answer: Answer, all: Vec<One>, effects: &mut Vec<Effect>) {
    model.page = None;
    for One { id, digest, .. } in all {
        let Some(ask) = model.asks.iter_mut().find(|a| a.row.id == id) else {
            continue;
        };
        // What has become another call since is not answered; the daemon would refuse it too.
        if ask.gone.is_some() || ask.sent || ask.row.digest != digest {
            continue;
        }
        ask.sent = true;
        effects.push(Effect::Ask(
            Tag::Decide(id.clone()),
            Request::Decide {
                id,
                digest: Some(digest),
                answer,
                note: None,
            },
        ));
    }
    moving::to_next_open(model);
}
