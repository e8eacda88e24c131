//! Peers: put aside, stopped, retired, and what of it is taken back.

use crate::cockpit::action::Action;
use crate::cockpit::inbox;
use crate::cockpit::model::{Confirm, Model, UNDO_MS, Undo, Undone};
use crate::cockpit::update::{Effect, Tag};
use crate::core::ask::Answer;
use crate::wire::request::Request;

/// How long a peer is put aside, in ms.
const SNOOZE_MS: u64 = 3_600_000;

/// Puts the peer aside for a while.
pub(super) fn snooze(model: &mut Model, name: String, effects: &mut Vec<Effect>) {
    model.undo = Some(Undo {
        address: name.clone(),
        what: Undone::Snoozed,
        until: model.now + UNDO_MS,
    });
    let text = with_undo(model, format!("{name} is put aside for an hour"));
    let for_ms = SNOOZE_MS;
    effects.push(Effect::Ask(
        Tag::Done(text),
        Request::Snooze { name, for_ms },
    ));
}

fn with_undo(model: &Model, text: String) -> String {
    match model.keymap.any_key(Action::Undo) {
        Some(key) => format!("{text} · {key} takes it back"),
        None => text,
    }
}

pub(super) fn undo(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Undo { address, what, .. }) = model.undo.take() else {
        return;
    };
    let name = address.clone();
    let (text, request) = match what {
        Undone::Snoozed => (
            format!("{address} is back"),
            Request::Snooze { name, for_ms: 0 },
        ),
        Undone::Stopped => (
            format!("{address} goes on"),
            Request::Resume { name, prompt: None },
        ),
    };
    effects.push(Effect::Ask(Tag::Done(text), request));
}

/// Does what was confirmed with a second key.
pub fn confirmed(model: &mut Model, confirm: Confirm, effects: &mut Vec<Effect>) {
    model.page = None;
    match confirm {
        Confirm::Allow { id, digest, .. } => {
            super::decide(model, id, digest, Answer::Allow, None, effects)
        }
        Confirm::Same { answer, all, .. } => inbox::same::decide(model, answer, all, effects),
        Confirm::Stop { address: name } => {
            model.undo = Some(Undo {
                address: name.clone(),
                what: Undone::Stopped,
                until: model.now + UNDO_MS,
            });
            let text = with_undo(model, format!("{name} is stopped"));
            effects.push(Effect::Ask(Tag::Done(text), Request::Stop { name }));
        }
        Confirm::Retire { address: name } => {
            let text = format!("{name} is retired; its name is free");
            effects.push(Effect::Ask(Tag::Done(text), Request::Retire { name }));
        }
    }
}
