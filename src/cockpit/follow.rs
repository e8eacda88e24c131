//! Keeps what the daemon shows us in step with what has a place on the screen.

use super::layout::{self, Slot};
use super::model::{Focus, Model, Size};
use super::panes::{Pane, PaneState};
use super::update::{Effect, Tag};
use super::{agentic, elsewhere, filter};
use crate::core::state::Shown;
use crate::wire::request::Request;

/// Gives places to peers, closes panes that have none and opens those that have, each at the size
/// of its place.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.down.is_some() || !model.told {
        return;
    }
    if layout::too_small(model.size) && model.attach.is_none() {
        return;
    }
    agentic::follow(model);
    place(model);
    // Keys never go on into another peer's pane.
    if model.focus == Focus::Pane && model.attach.is_none() && model.panes.into != model.peer_at {
        let into = model.panes.into.as_deref();
        let gone = into.and_then(|session| model.panes.of(session));
        let name = gone.map_or_else(|| "the peer".to_owned(), |pane| pane.address.clone());
        model.put_out(&name, "it is gone");
    }
    let slots = layout::areas(model).panes;
    model.panes.open.retain(|pane| {
        let shown = slots
            .iter()
            .any(|s| s.session.as_ref() == Some(&pane.session));
        if !shown {
            close(pane, effects);
        }
        shown
    });
    for slot in slots {
        show(model, slot, effects);
    }
    fit(model, effects);
    seen(model, effects);
}

/// In pane mode a program has the size of its place from the first moment, not from the first key,
/// unless it has that of somebody else who looks on.
fn fit(model: &mut Model, effects: &mut Vec<Effect>) {
    let there = model.pane().filter(|p| p.state == PaneState::Live);
    let there = there
        .filter(|_| model.focus == Focus::Pane)
        .map(|p| p.number);
    if model.panes.fitted != there {
        model.panes.fitted = there;
        effects.extend(there.map(Effect::Enter));
    }
}

/// The selected peer has a place, and those that need the operator most have what is left.
fn place(model: &mut Model) {
    let count = layout::places(model);
    // What is found elsewhere has a place only while it is selected: there is no pane of it.
    let found = elsewhere::under(model).map(|p| p.row.session.clone());
    let (peers, panes) = (&model.peers, &mut model.panes);
    let of = |session: &str| peers.iter().find(|p| p.row.session == session);
    panes.retain(|session| of(session).is_some() || found.as_deref() == Some(session));
    if let Some(session) = &model.peer_at
        && (of(session).is_some() || found.is_some())
    {
        panes.select(session, count, |s| of(s).is_none_or(|p| p.ended()));
    }
    if model.panes.full(count) {
        return;
    }
    let mut rest = filter::peers(model);
    rest.retain(|p| p.row.origin == "owned" && !p.ended() && !p.snoozed());
    rest.sort_by_key(|p| p.rank());
    let rest: Vec<String> = rest.iter().map(|p| p.row.session.clone()).collect();
    model.panes.fill(count, rest.iter().map(String::as_str));
}

fn close(pane: &Pane, effects: &mut Vec<Effect>) {
    let pane = pane.number;
    effects.push(Effect::Ask(Tag::Quiet, Request::Close { pane }));
}

/// Opens the pane of a place, or tells the size of the place if it is another.
fn show(model: &mut Model, slot: Slot, effects: &mut Vec<Effect>) {
    let size = size(&slot);
    let Some(session) = slot.session else {
        return;
    };
    let peer = model.peers.iter().find(|p| p.row.session == session);
    let Some((address, ended)) = peer.map(|p| (p.address(), p.ended())) else {
        return;
    };
    let open = &mut model.panes.open;
    if let Some(at) = open.iter().position(|p| p.session == session) {
        let pane = &mut open[at];
        let over = matches!(pane.state, PaneState::Ended | PaneState::Refused(_));
        let again = pane.gone && !ended && over;
        pane.gone |= ended;
        if again {
            close(&open.remove(at), effects);
        } else {
            resize(pane, size, effects);
            return;
        }
    }
    model.panes.made += 1;
    let number = model.panes.made;
    effects.push(Effect::Ask(
        Tag::Open(number),
        Request::Open {
            name: address.clone(),
            pane: number,
            rows: size.rows,
            cols: size.cols,
        },
    ));
    model.panes.open.push(Pane {
        number,
        session,
        address,
        size,
        state: PaneState::Opening,
        gone: false,
    });
}

fn size(slot: &Slot) -> Size {
    Size {
        cols: slot.inner.width.max(2),
        rows: slot.inner.height.max(2),
    }
}

/// The first pane that `pult attach` is going to ask for, before it is known whose session that is.
pub fn ahead(model: &Model) -> Option<Request> {
    let name = model.attach.clone()?;
    let slot = layout::areas(model).panes.pop()?;
    let Size { rows, cols } = size(&slot);
    Some(Request::Open {
        name,
        pane: model.panes.made + 1,
        rows,
        cols,
    })
}

fn resize(pane: &mut Pane, size: Size, effects: &mut Vec<Effect>) {
    if pane.size == size {
        return;
    }
    pane.size = size;
    let resize = Request::Resize {
        pane: pane.number,
        rows: size.rows,
        cols: size.cols,
    };
    effects.push(Effect::Ask(Tag::Quiet, resize));
}

/// What is done is seen when the operator is in its pane.
fn seen(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.focus != Focus::Pane || !model.looked_at {
        return;
    }
    let done = model.peer().filter(|p| p.row.shown == Shown::Done);
    let done = done.map(|p| (p.address(), p.since));
    if let Some((name, _)) = done.clone().filter(|_| model.seen != done) {
        model.seen = done;
        effects.push(Effect::Ask(Tag::Quiet, Request::Seen { name }));
    }
}
