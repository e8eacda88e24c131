//! Peers: put aside, coloured, stopped, retired, and what of it is taken back.

use crate::cockpit::action::Action;
use crate::cockpit::inbox;
use crate::cockpit::key::Key;
use crate::cockpit::model::{Confirm, Model, Peer, UNDO_MS, Undo, Undone};
use crate::cockpit::templates;
use crate::cockpit::update::{Effect, Tag};
use crate::cockpit::view::words;
use crate::cockpit::world::millis;
use crate::core::ask::Answer;
use crate::core::state::Millis;
use crate::core::tag::Tag as Colour;
use crate::wire::request::{NewPeer, Request};

/// Puts the selected peer aside for so long; 0 ms brings it back.
pub fn snooze(model: &mut Model, for_ms: u64, effects: &mut Vec<Effect>) {
    let Some(name) = model.peer().map(Peer::address) else {
        return;
    };
    let mut text = format!("{name} is back");
    if for_ms > 0 {
        let before = model.peer().and_then(|p| p.row.snoozed_until.as_deref());
        let before = before.map(millis);
        undoable(model, name.clone(), Undone::Snoozed(before));
        let back = model.now + i64::try_from(for_ms).unwrap_or(i64::MAX / 2);
        let long = words::age(back, model.now);
        text = with_undo(model, format!("{name} is put aside for {long}"));
    }
    effects.push(Effect::Ask(
        Tag::Done(text),
        Request::Snooze { name, for_ms },
    ));
}

/// Gives the selected peer a colour, or none.
pub fn tag(model: &Model, tag: Option<Colour>, effects: &mut Vec<Effect>) {
    let Some(name) = model.peer().map(Peer::address) else {
        return;
    };
    let text = match tag {
        Some(tag) => format!("{name} is tagged {}", tag.word()),
        None => format!("{name} has no colour"),
    };
    effects.push(Effect::Ask(Tag::Done(text), Request::Tag { name, tag }));
}

/// Asks for a new peer that goes on from the selected one's conversation.
pub fn fork(model: &Model, effects: &mut Vec<Effect>) {
    let Some(peer) = model.peer() else {
        return;
    };
    let of = peer.address();
    let shared = match peer.row.worktree {
        Some(_) => ", in the same worktree",
        None => "",
    };
    let text = format!("a fork of {of} is there{shared}");
    let new = NewPeer {
        name: "-".to_owned(),
        ..NewPeer::default()
    };
    effects.push(Effect::Ask(
        Tag::Done(text),
        Request::Fork { of, new, at: None },
    ));
}

fn with_undo(model: &Model, text: String) -> String {
    match model.keymap.any_key(Action::Undo) {
        Some(key) => format!("{text} · {key} takes it back"),
        None => text,
    }
}

/// Notes what can be taken back.
fn undoable(model: &mut Model, address: String, what: Undone) {
    let until = model.now + UNDO_MS;
    model.undo.push(Undo {
        address,
        what,
        until,
    });
}

/// What could be taken back until `now` no longer can: a peer that was to be retired is.
pub fn settle(model: &mut Model, now: Millis, effects: &mut Vec<Effect>) {
    let over = |undo: &mut Undo| undo.until <= now;
    let over: Vec<Undo> = model.undo.extract_if(.., over).collect();
    for Undo { address, what, .. } in over {
        if !matches!(what, Undone::Retired { .. }) {
            continue;
        }
        model.undo.retain(|undo| undo.address != address);
        let peer = model.peers.iter().find(|p| p.address() == address);
        let tree = peer.and_then(|p| p.row.worktree.as_deref());
        let stays = tree.map(|tree| format!(", its worktree stays at {tree}"));
        let stays = stays.unwrap_or_default();
        let text = format!("{address} is retired; its name is free{stays}");
        effects.push(Effect::Ask(
            Tag::Done(text),
            Request::Retire { name: address },
        ));
    }
}

pub(super) fn undo(model: &mut Model, effects: &mut Vec<Effect>) {
    if !super::reachable(model) {
        return;
    }
    let Some(Undo { address, what, .. }) = model.undo.pop() else {
        return;
    };
    let name = address.clone();
    let (text, request) = match what {
        Undone::Snoozed(before) => {
            let left = before.map_or(0, |until| until - model.now);
            let for_ms = u64::try_from(left).unwrap_or(0);
            let text = match for_ms {
                0 => format!("{address} is back"),
                _ => format!("{address} is put aside as it was before"),
            };
            (text, Request::Snooze { name, for_ms })
        }
        Undone::Stopped | Undone::Retired { ran: true } => (
            format!("{address} goes on"),
            Request::Resume { name, prompt: None },
        ),
        Undone::Retired { ran: false } => return model.tell(format!("{address} stays")),
    };
    effects.push(Effect::Ask(Tag::Done(text), request));
}

/// What was offered and is not wanted is not offered again.
pub fn declined(confirm: &Confirm, key: Key, effects: &mut Vec<Effect>) {
    if let Confirm::Trust { directory, .. } = confirm
        && templates::says_no(key)
    {
        templates::answer(directory.clone(), false, effects);
    }
    if let Confirm::Leave { outer, .. } = confirm {
        let stays = format!("\"{}\"", outer.prefix.name());
        effects.push(Effect::Remember("leave", stays));
    }
}

/// Does what was confirmed with a second key.
pub fn confirmed(model: &mut Model, confirm: Confirm, effects: &mut Vec<Effect>) {
    model.page = None;
    match confirm {
        Confirm::Allow { id, digest, .. } => {
            super::decide(model, id, digest, Answer::Allow, None, effects)
        }
        Confirm::Same { answer, all, .. } => inbox::same::decide(model, answer, all, effects),
        Confirm::Leave { other, .. } => {
            effects.push(Effect::Remember("leave", format!("\"{}\"", other.name())));
            model.tell(format!("{other} leaves a pane, written to cockpit.toml"));
        }
        Confirm::Trust { directory, .. } => templates::answer(directory, true, effects),
        Confirm::Stop { address: name } => {
            undoable(model, name.clone(), Undone::Stopped);
            let text = with_undo(model, format!("{name} is stopped"));
            effects.push(Effect::Ask(Tag::Done(text), Request::Stop { name }));
        }
        Confirm::Retire { address: name } => {
            // Stopped now and retired when it can no longer be taken back: should this cockpit
            // be gone by then, the peer is merely stopped.
            let peer = model.peers.iter().find(|p| p.address() == name);
            let ran = peer.is_some_and(|p| !p.ended());
            undoable(model, name.clone(), Undone::Retired { ran });
            let text = with_undo(model, format!("{name} is retired in 10 s"));
            match ran {
                true => effects.push(Effect::Ask(Tag::Done(text), Request::Stop { name })),
                false => model.tell(text),
            }
        }
    }
}
