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
use super::tag::Tag;
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
    /// Its colour.
    pub tag: Option<Tag>,
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
    let forked = new.origin.map(|origin| Event::SessionForked {
        session: new.session.clone(),
        origin,
    });
    let templated = new.template.map(|template| Event::SessionTemplated {
        session: new.session.clone(),
        template,
    });
    let tagged = new.tag.map(|tag| Event::PeerTagged {
        peer: new.peer.clone(),
        tag: Some(tag),
    });
    let mut events = vec![
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
    ];
    // After what it is about, before its first attempt.
    let about = [forked, templated, tagged].into_iter().flatten();
    events.splice(2..2, about);
    Ok(events)
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

pub(super) fn tag(world: &World, id: &PeerId, tag: Option<Tag>) -> Result<Vec<Event>, Refusal> {
    if live(world, id)?.tag == tag {
        return Ok(Vec::new());
    }
    let peer = id.clone();
    Ok(vec![Event::PeerTagged { peer, tag }])
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

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::fixture::{Play, new_ask, new_peer, pr, ss};
    use super::super::state::{Attention, Shown, Turn};
    use super::*;

    #[test]
    fn a_new_peer_begins_its_first_attempt() {
        let mut play = Play::default();
        let done = play.did(Command::Create(new_peer(1, "fixer")));
        assert_eq!(done, ["peer.created", "session.created", "attempt.begun"]);
        assert_eq!(play.shown(1), Shown::Starting);
        assert_eq!(play.session(1).attempt, 1);
        assert_eq!(play.world.peer(&pr(1)).map(|p| p.incarnation), Some(1));
    }

    #[test]
    fn a_live_name_is_refused_and_a_retired_one_gets_the_next_incarnation() {
        let mut play = Play::alive();
        let no = play.no(Command::Create(new_peer(2, "fixer")));
        assert_eq!(no, "fixer is the name of a live peer");
        let elsewhere = NewPeer {
            circle: "other".to_owned(),
            ..new_peer(2, "fixer")
        };
        play.did(Command::Create(elsewhere));
        play.did(Command::Retire {
            peer: pr(1),
            grace_ms: 0,
        });
        play.did(Command::Create(new_peer(3, "fixer")));
        let third = play.world.peer(&pr(3)).expect("it was made");
        assert_eq!(third.at_incarnation(), "fixer@2");
        let second = play.world.peer(&pr(2)).expect("it was made");
        assert_eq!(second.address(), "other/fixer");
    }

    #[test]
    fn words_that_are_no_names_are_refused() {
        let mut play = Play::default();
        for bad in ["", "Fixer", "a b", "-x", "a/b", "\u{1b}[31m"] {
            assert!(
                play.no(Command::Create(new_peer(1, bad)))
                    .contains("cannot be a name")
            );
        }
        let circle = NewPeer {
            circle: "Main".to_owned(),
            ..new_peer(1, "fixer")
        };
        assert!(
            play.no(Command::Create(circle))
                .contains("cannot be a circle")
        );
    }

    #[test]
    fn an_id_that_is_taken_is_refused() {
        let mut play = Play::alive();
        assert!(
            play.no(Command::Create(new_peer(1, "other")))
                .contains("is taken")
        );
    }

    #[test]
    fn a_dash_has_a_name_chosen_that_nobody_has() {
        let mut play = Play::default();
        for n in 0..120 {
            play.did(Command::Create(new_peer(n, "-")));
        }
        let mut names: Vec<_> = play.world.live_peers().map(|p| p.name.clone()).collect();
        assert!(names.iter().all(|name| valid_name(name)));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 120);
    }

    #[test]
    fn names_that_were_never_given_out_are_chosen_first() {
        let mut play = Play::default();
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..27 {
            play.did(Command::Create(new_peer(n, "-")));
            let peer = play.world.peer(&pr(n)).expect("it was made");
            assert!(seen.insert(peer.name.clone()));
            play.did(Command::Retire {
                peer: pr(n),
                grace_ms: 0,
            });
        }
    }

    #[test]
    fn retiring_frees_the_name_closes_the_asks_and_ends_the_program() {
        let mut play = Play::alive();
        play.did(Command::OpenAsk(new_ask(1, 1)));
        let retire = Command::Retire {
            peer: pr(1),
            grace_ms: 5,
        };
        let done = play.did(retire.clone());
        assert_eq!(done, ["ask.closed", "stop.requested", "peer.retired"]);
        assert_eq!(play.no(retire), "fixer is retired");
        assert!(play.world.find_peer("fixer").is_err());
        play.world.forget_closed();
        assert!(
            play.world.session(&ss(1)).is_some(),
            "its program still runs"
        );
        play.did(play.exited(1, 143));
        assert_eq!(play.shown(1), Shown::Exited);
        play.world.forget_closed();
        assert_eq!(play.world.session(&ss(1)), None);
        assert_eq!(play.world.peer(&pr(1)), None);
        assert_eq!(
            play.world.holder("main", "fixer").map(|h| h.incarnation),
            Some(1)
        );
    }

    #[test]
    fn attention_goes_from_unseen_to_seen_and_back() {
        let mut play = Play::alive();
        play.did(play.turn(Turn::Working));
        play.did(play.turn(Turn::Settled));
        assert_eq!(play.shown(1), Shown::Done);
        let seen = Command::Seen { peer: pr(1) };
        assert_eq!(play.did(seen.clone()), ["peer.seen"]);
        assert_eq!(play.did(seen), Vec::<&str>::new());
        assert_eq!(play.shown(1), Shown::Idle);
        play.did(play.turn(Turn::Working));
        assert_eq!(play.session(1).attention, Attention::Seen);
        play.did(play.turn(Turn::Settled));
        assert_eq!(play.shown(1), Shown::Done);
    }

    #[test]
    fn a_colour_is_given_changed_and_taken_away() {
        let mut play = Play::alive();
        let tag = |tag| Command::Tag { peer: pr(1), tag };
        assert_eq!(play.did(tag(Some(Tag::Red))), ["peer.tagged"]);
        assert_eq!(play.did(tag(Some(Tag::Red))), Vec::<&str>::new());
        assert_eq!(play.did(tag(Some(Tag::Blue))), ["peer.tagged"]);
        let colour = |play: &Play| play.world.peer(&pr(1)).and_then(|peer| peer.tag);
        assert_eq!(colour(&play), Some(Tag::Blue));
        assert_eq!(play.did(tag(None)), ["peer.tagged"]);
        assert_eq!(colour(&play), None);
    }

    #[test]
    fn a_snooze_stands_until_it_is_over() {
        let mut play = Play::alive();
        let until = play.now + 60_000;
        let snooze = |until| Command::Snooze { peer: pr(1), until };
        assert!(play.no(snooze(5)).contains("must lie ahead"));
        assert_eq!(play.did(snooze(until)), ["peer.snoozed"]);
        assert_eq!(play.did(snooze(until)), Vec::<&str>::new());
        assert_eq!(play.world.next_snooze(), Some((pr(1), until)));
        play.did(play.turn(Turn::Settled));
        assert_eq!(play.session(1).attention, Attention::Snoozed);
        assert_eq!(
            play.did(Command::Unsnooze { peer: pr(1) }),
            ["peer.unsnoozed"]
        );
        assert_eq!(
            play.did(Command::Unsnooze { peer: pr(1) }),
            Vec::<&str>::new()
        );
        assert_eq!(play.session(1).attention, Attention::Unseen);
        assert_eq!(play.world.next_snooze(), None);
    }

    #[test]
    fn a_peer_that_is_not_there_is_not_found() {
        let mut play = Play::default();
        for command in [
            Command::Seen { peer: pr(9) },
            Command::Unsnooze { peer: pr(9) },
            Command::Snooze {
                peer: pr(9),
                until: i64::MAX,
            },
            Command::Retire {
                peer: pr(9),
                grace_ms: 0,
            },
        ] {
            assert!(play.no(command).starts_with("there is no live peer pr-"));
        }
    }
}
