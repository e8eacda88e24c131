//! How an ask goes from asked to closed. First valid word wins; an ask closes once.

use super::ask::{Answer, Ask, AskKind, AskState, ClosedBy, Decision, Surface, Who};
use super::command::NewAsk;
use super::event::Event;
use super::id::{AskId, SessionId};
use super::refusal::Refusal;
use super::session;
use super::stamp::Stamp;
use super::state::Millis;
use super::text;
use super::world::World;

pub(super) fn open(world: &World, new: NewAsk) -> Result<Vec<Event>, Refusal> {
    let row = session::find(world, &new.session)?;
    if already(world, &new).is_some() {
        return Ok(Vec::new());
    }
    if !row.is_live() {
        return Err(Refusal::refused(format!(
            "session {} has no live process that could ask",
            new.session
        )));
    }
    if world.ask(&new.id).is_some() {
        return Err(Refusal::failed(format!("the id {} is taken", new.id)).hint("try again"));
    }
    let mut events = Vec::new();
    if new.call_key.is_some() {
        let earlier = world
            .open_asks(&new.session)
            .filter(|ask| ask.call_key == new.call_key);
        events.extend(earlier.map(|ask| Event::AskClosed {
            ask: ask.id.clone(),
            by: ClosedBy::Superseded,
            why: format!("the same call was asked again as {}", new.id),
        }));
        let owed = world.owed_notes(&new.session);
        let owed = owed.filter(|ask| !ask.is_open() && ask.call_key == new.call_key);
        events.extend(owed.map(|ask| note(ask, false)));
    }
    events.push(Event::AskOpened {
        ask: new.id,
        kind: new.kind,
        session: new.session,
        call: new.call,
        hook_key: new.hook_key,
        call_key: new.call_key,
    });
    Ok(events)
}

/// The ask that `new` is a repetition of.
pub fn already<'w>(world: &'w World, new: &NewAsk) -> Option<&'w Ask> {
    if let Some(key) = &new.hook_key {
        return world.ask_by_hook(&new.session, key);
    }
    world
        .open_asks(&new.session)
        .find(|ask| ask.kind == AskKind::Start)
        .filter(|_| new.kind == AskKind::Start)
}

fn find<'w>(world: &'w World, id: &AskId) -> Result<&'w Ask, Refusal> {
    world
        .ask(id)
        .ok_or_else(|| Refusal::not_found(format!("there is no open ask {id}")))
}

/// An ask that is not closed.
pub(super) fn open_one<'w>(world: &'w World, id: &AskId, now: Millis) -> Result<&'w Ask, Refusal> {
    let ask = find(world, id)?;
    if ask.is_open() {
        Ok(ask)
    } else {
        Err(settled(ask, now))
    }
}

/// The refusal for an ask that is answered or closed: says by whom and when.
pub fn settled(ask: &Ask, now: Millis) -> Refusal {
    if let Some(decision) = &ask.decision {
        let word = match decision.answer {
            Answer::Allow => "approved",
            Answer::Deny => "rejected",
        };
        return Refusal::refused(format!(
            "{} was {word} by {} {}",
            ask.id,
            by(&decision.who),
            text::clock(decision.at, now)
        ));
    }
    let (how, at) = ask.closed.unwrap_or((ClosedBy::Withdrawn, ask.asked_at));
    let how = match how {
        ClosedBy::Effect => "answered in the pane",
        ClosedBy::Withdrawn => "withdrawn",
        ClosedBy::Superseded => "superseded",
        ClosedBy::Expired => "expired",
        ClosedBy::Retired => "closed",
    };
    let why = ask
        .closed_why
        .as_deref()
        .map(|why| format!(": {}", text::line(why)))
        .unwrap_or_default();
    Refusal::refused(format!(
        "{} was {how} {}{why}",
        ask.id,
        text::clock(at, now)
    ))
}

/// Who decided, in words: `uid 0 on pts/3`, `uid 0 in the cockpit on pts/3`.
pub fn by(who: &Who) -> String {
    let surface = match who.surface {
        Surface::Cockpit => " in the cockpit",
        Surface::Cli => "",
        Surface::Pane => " in the pane",
    };
    let tty = who
        .tty
        .as_deref()
        .map(|tty| format!(" on {}", text::line(tty.trim_start_matches("/dev/"))))
        .unwrap_or_default();
    format!("uid {}{surface}{tty}", who.uid)
}

pub(super) fn decide(
    world: &World,
    stamp: &Stamp,
    id: &AskId,
    digest: Option<&str>,
    decision: (Answer, Option<String>, Who),
) -> Result<Vec<Event>, Refusal> {
    let ask = open_one(world, id, stamp.at)?;
    if !ask.waits() {
        return Err(settled(ask, stamp.at));
    }
    if ask.kind == AskKind::Start {
        let name = world
            .session(&ask.session)
            .map(|row| world.address_of(row))
            .unwrap_or_default();
        return Err(
            Refusal::refused(format!("{id} is a start screen of the CLI itself"))
                .hint(format!("answer it in the pane: pult attach {name}")),
        );
    }
    if digest.is_some_and(|digest| digest != ask.call.digest) {
        return Err(
            Refusal::refused(format!("{id} is not what was shown: its digest differs"))
                .hint(format!("look at it again: pult show {id}")),
        );
    }
    let (answer, note, who) = decision;
    Ok(vec![Event::AskDecided {
        ask: id.clone(),
        decision: Decision {
            answer,
            note,
            who,
            at: stamp.at,
        },
    }])
}

pub(super) fn delivered(world: &World, stamp: &Stamp, id: &AskId) -> Result<Vec<Event>, Refusal> {
    let ask = find(world, id)?;
    match ask.state {
        AskState::Decided => Ok(vec![Event::AskDelivered { ask: id.clone() }]),
        AskState::Delivered => Ok(Vec::new()),
        AskState::Closed if ask.delivered_at.is_some() => Ok(Vec::new()),
        AskState::Closed => Err(settled(ask, stamp.at)),
        AskState::Asked => Err(Refusal::refused(format!("{id} is not decided yet"))),
    }
}

pub(super) fn effect_seen(
    world: &World,
    stamp: &Stamp,
    id: &AskId,
    why: String,
) -> Result<Vec<Event>, Refusal> {
    let ask = open_one(world, id, stamp.at)?;
    if ask.state != AskState::Delivered && ask.kind != AskKind::Start {
        return Err(Refusal::refused(format!(
            "the answer to {id} is not delivered: nothing can be its effect"
        )));
    }
    Ok(vec![close(ask, ClosedBy::Effect, why)])
}

pub(super) fn withdraw(
    world: &World,
    stamp: &Stamp,
    id: &AskId,
    why: String,
) -> Result<Vec<Event>, Refusal> {
    let ask = open_one(world, id, stamp.at)?;
    Ok(vec![close(ask, ClosedBy::Withdrawn, why)])
}

/// The agent was told the note of an ask. A second receipt changes nothing.
pub(super) fn note_given(world: &World, id: &AskId) -> Result<Vec<Event>, Refusal> {
    let ask = find(world, id)?;
    let owed = ask.owed_note().is_some();
    Ok(owed.then(|| note(ask, true)).into_iter().collect())
}

/// The notes of a session that no result came for.
pub(super) fn drop_notes<'w>(
    world: &'w World,
    session: &'w SessionId,
) -> impl Iterator<Item = Event> + 'w {
    let owed = world.owed_notes(session).filter(|ask| !ask.is_open());
    owed.map(|ask| note(ask, false))
}

fn note(ask: &Ask, given: bool) -> Event {
    Event::NoteSettled {
        ask: ask.id.clone(),
        given,
    }
}

fn close(ask: &Ask, by: ClosedBy, why: String) -> Event {
    Event::AskClosed {
        ask: ask.id.clone(),
        by,
        why,
    }
}

/// Closes every open ask of a session.
pub(super) fn close_all(world: &World, session: &SessionId, by: ClosedBy, why: &str) -> Vec<Event> {
    let open = world.open_asks(session);
    let closed = open.map(|ask| close(ask, by, why.to_owned()));
    closed.chain(drop_notes(world, session)).collect()
}

#[cfg(test)]
mod tests;
