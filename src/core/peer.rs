//! A peer: the durable identity behind a name and incarnation.

use super::ask::ClosedBy;
use super::asking;
use super::command::NewPeer;
use super::event::Event;
use super::id::{PeerId, SessionId, valid_name};
use super::names;
use super::refusal::Refusal;
use super::stamp::Stamp;
use super::state::Millis;
use super::world::World;
use serde::{Deserialize, Serialize};

/// The circle of a peer when none was said.
pub const DEFAULT_CIRCLE: &str = "main";

/// A peer, as its table holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Its id.
    pub id: PeerId,
    /// Its name; one live peer of a circle has it.
    pub name: String,
    /// Its circle.
    pub circle: String,
    /// Which holder of the name it is, from 1.
    pub incarnation: u32,
    /// Its session.
    pub session: SessionId,
    /// When it was made.
    pub created_at: Millis,
    /// When its name was freed.
    pub retired_at: Option<Millis>,
    /// Until when it is put aside.
    pub snoozed_until: Option<Millis>,
}

impl Peer {
    /// `name@incarnation`, as the log names the actor of what a worker does.
    pub fn at_incarnation(&self) -> String {
        format!("{}@{}", self.name, self.incarnation)
    }

    /// `name`, or `circle/name` outside of the default circle: what a person types to reach it.
    pub fn address(&self) -> String {
        if self.circle == DEFAULT_CIRCLE {
            self.name.clone()
        } else {
            format!("{}/{}", self.circle, self.name)
        }
    }
}

pub(super) fn create(world: &World, new: NewPeer) -> Result<Vec<Event>, Refusal> {
    if !valid_name(&new.circle) {
        return Err(bad_name("circle", &new.circle));
    }
    let name = match new.name.as_str() {
        "-" => names::choose(world, &new.circle, &new.peer),
        name if valid_name(name) => new.name.clone(),
        name => return Err(bad_name("name", name)),
    };
    let holder = world.holder(&new.circle, &name);
    if let Some(peer) = holder.and_then(|holder| holder.live.as_ref()) {
        let address = world.peer(peer).map_or_else(|| name.clone(), Peer::address);
        return Err(
            Refusal::refused(format!("{address} is the name of a live peer")).hint(format!(
                "choose another name, or free this one: pult retire {address}"
            )),
        );
    }
    if world.peer(&new.peer).is_some() || world.session(&new.session).is_some() {
        return Err(
            Refusal::failed(format!("the id {} or {} is taken", new.peer, new.session))
                .hint("try again"),
        );
    }
    let incarnation = holder.map_or(0, |holder| holder.incarnation) + 1;
    Ok(vec![
        Event::PeerCreated {
            peer: new.peer.clone(),
            name,
            circle: new.circle,
            incarnation,
            session: new.session.clone(),
        },
        Event::SessionCreated {
            session: new.session.clone(),
            peer: new.peer,
            runtime: new.runtime,
            model: new.model,
            profile: new.profile,
            cwd: new.cwd,
            worktree: new.worktree,
            launch: new.launch,
            native_id: new.native_id,
            limits: new.limits,
            no_record: new.no_record,
            token_hash: new.token_hash,
        },
        Event::AttemptBegun {
            session: new.session,
            attempt: 1,
            prompt: None,
        },
    ])
}

fn bad_name(what: &str, name: &str) -> Refusal {
    Refusal::usage(format!("{name:?} cannot be a {what}"))
        .hint("use a lower-case letter, then up to 31 letters, digits or dashes")
}

fn live<'w>(world: &'w World, id: &PeerId) -> Result<&'w Peer, Refusal> {
    match world.peer(id) {
        Some(peer) if peer.retired_at.is_none() => Ok(peer),
        Some(peer) => Err(Refusal::refused(format!("{} is retired", peer.address()))),
        None => Err(Refusal::not_found(format!("there is no live peer {id}"))),
    }
}

pub(super) fn retire(world: &World, id: &PeerId, grace_ms: u64) -> Result<Vec<Event>, Refusal> {
    let peer = live(world, id)?;
    let why = format!("{} was retired", peer.address());
    let mut events = asking::close_all(world, &peer.session, ClosedBy::Retired, &why);
    if let Some(session) = world.session(&peer.session).filter(|row| row.is_live()) {
        events.push(Event::StopRequested {
            session: session.id.clone(),
            attempt: session.attempt,
            grace_ms,
        });
    }
    events.push(Event::PeerRetired { peer: id.clone() });
    Ok(events)
}

pub(super) fn snooze(
    world: &World,
    stamp: &Stamp,
    id: &PeerId,
    until: Millis,
) -> Result<Vec<Event>, Refusal> {
    let peer = live(world, id)?;
    if until <= stamp.at {
        return Err(Refusal::usage("the end of a snooze must lie ahead"));
    }
    if peer.snoozed_until == Some(until) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::PeerSnoozed {
        peer: id.clone(),
        until,
    }])
}

pub(super) fn unsnooze(world: &World, id: &PeerId) -> Result<Vec<Event>, Refusal> {
    let peer = live(world, id)?;
    Ok(peer
        .snoozed_until
        .map(|_| Event::PeerUnsnoozed { peer: id.clone() })
        .into_iter()
        .collect())
}

pub(super) fn seen(world: &World, id: &PeerId) -> Result<Vec<Event>, Refusal> {
    let peer = live(world, id)?;
    let seen = world
        .session(&peer.session)
        .is_some_and(|row| row.attention == super::state::Attention::Seen);
    if seen {
        return Ok(Vec::new());
    }
    Ok(vec![Event::PeerSeen { peer: id.clone() }])
}
