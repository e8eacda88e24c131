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
mod tests {
    use super::super::command::Command;
    use super::super::fixture::{Play, ak, evidence, new_ask, who};
    use super::super::state::{Asking, Attention, Shown, Source, Turn};
    use super::*;

    const NOTHING: [&str; 0] = [];

    fn withdraw(n: u8) -> Command {
        Command::Withdraw {
            ask: ak(n),
            why: "the dialog is gone".to_owned(),
        }
    }

    fn effect(n: u8) -> Command {
        Command::EffectSeen {
            ask: ak(n),
            why: "the tool started".to_owned(),
        }
    }

    /// Ask 1 of session 1 in the given state; `Closed` by its effect.
    fn in_state(state: AskState) -> Play {
        let mut play = Play::alive();
        play.did(Command::OpenAsk(new_ask(1, 1)));
        let steps = [
            play.answer(1, Answer::Allow),
            Command::Delivered { ask: ak(1) },
            effect(1),
        ];
        let count = match state {
            AskState::Asked => 0,
            AskState::Decided => 1,
            AskState::Delivered => 2,
            AskState::Closed => 3,
        };
        for step in steps.into_iter().take(count) {
            play.did(step);
        }
        assert_eq!(play.world.ask(&ak(1)).map(|ask| ask.state), Some(state));
        play
    }

    #[test]
    fn every_word_in_every_state() {
        use AskState::{Asked, Closed, Decided, Delivered};
        let states = [Asked, Decided, Delivered, Closed];
        // What a command does in each of these states: an event, nothing, or a refusal.
        let play = Play::default();
        let retry = |reachable| Command::Retry {
            ask: ak(1),
            reachable,
        };
        let again = Some("ask.retried");
        let table: [(&str, Command, [Option<&str>; 4]); 7] = [
            ("retry", retry(true), [None, again, again, None]),
            ("retry, nobody there", retry(false), [None; 4]),
            (
                "allow",
                play.answer(1, Answer::Allow),
                [Some("ask.decided"), None, None, None],
            ),
            (
                "deny",
                play.answer(1, Answer::Deny),
                [Some("ask.decided"), None, None, None],
            ),
            (
                "delivered",
                Command::Delivered { ask: ak(1) },
                [None, Some("ask.delivered"), Some(""), Some("")],
            ),
            ("effect", effect(1), [None, None, Some("ask.closed"), None]),
            (
                "withdraw",
                withdraw(1),
                [
                    Some("ask.closed"),
                    Some("ask.closed"),
                    Some("ask.closed"),
                    None,
                ],
            ),
        ];
        for (name, command, expected) in table {
            for (state, expected) in states.iter().zip(expected) {
                let found = in_state(*state).try_it(command.clone());
                let kinds = found.map(|e| e.iter().map(Event::kind).collect::<String>());
                assert_eq!(kinds.ok().as_deref(), expected, "{name} when {state:?}");
            }
        }
    }

    #[test]
    fn the_first_answer_wins_and_the_second_is_told_whose_it_was() {
        let mut play = Play::alive();
        play.now = 43_380_000 - 2_000;
        play.did(Command::OpenAsk(new_ask(1, 1)));
        play.did(play.answer(1, Answer::Allow));
        let said = format!("{} was approved by uid 0 on pts/3 at 12:03 UTC", ak(1));
        for command in [play.answer(1, Answer::Deny), play.answer(1, Answer::Allow)] {
            assert_eq!(play.no(command), said);
        }
        play.did(withdraw(1));
        assert_eq!(play.no(play.answer(1, Answer::Deny)), said);
        let decision = play.world.ask(&ak(1)).and_then(|ask| ask.decision.as_ref());
        assert_eq!(decision.map(|d| d.answer), Some(Answer::Allow));
        play.did(Command::OpenAsk(new_ask(2, 1)));
        play.did(withdraw(2));
        let said = play.no(play.answer(2, Answer::Allow));
        assert!(
            said.ends_with("was withdrawn at 12:03 UTC: the dialog is gone"),
            "{said}"
        );
    }

    #[test]
    fn who_decided_is_said_by_its_surface() {
        let surface = |surface, tty| Who {
            surface,
            tty,
            ..who()
        };
        let tty = Some("pts/1".to_owned());
        assert_eq!(by(&surface(Surface::Cli, tty.clone())), "uid 0 on pts/1");
        assert_eq!(
            by(&surface(Surface::Cockpit, tty)),
            "uid 0 in the cockpit on pts/1"
        );
        assert_eq!(by(&surface(Surface::Pane, None)), "uid 0 in the pane");
    }

    /// Ask 1 of session 1, about call `toolu_1`, allowed with a note, delivered and taken.
    fn with_a_note() -> Play {
        let mut play = Play::alive();
        play.did(Command::OpenAsk(NewAsk {
            call_key: Some("toolu_1".to_owned()),
            ..new_ask(1, 1)
        }));
        play.did(Command::Decide {
            ask: ak(1),
            digest: None,
            answer: Answer::Allow,
            note: Some("and mind the tests".to_owned()),
            who: who(),
        });
        play.did(Command::Delivered { ask: ak(1) });
        play.did(effect(1));
        play.world.forget_closed();
        play
    }

    #[test]
    fn the_note_of_a_yes_is_owed_until_the_agent_was_told() {
        let mut play = with_a_note();
        let session = play.session(1).id.clone();
        let owed = |play: &Play| {
            let owed = play.world.owed_notes(&session);
            owed.map(|ask| ask.owed_note().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert_eq!(owed(&play), [Some("and mind the tests".to_owned())]);
        assert_eq!(play.world.open_asks(&session).count(), 0);
        assert_eq!(play.did(Command::NoteGiven { ask: ak(1) }), ["note.given"]);
        assert_eq!(play.did(Command::NoteGiven { ask: ak(1) }), NOTHING);
        assert_eq!(owed(&play), []);
        play.world.forget_closed();
        assert_eq!(play.world.ask(&ak(1)), None);
    }

    #[test]
    fn a_note_that_no_result_came_for_is_dropped_and_told_to_no_other_call() {
        let mut play = with_a_note();
        let again = NewAsk {
            call_key: Some("toolu_1".to_owned()),
            ..new_ask(2, 1)
        };
        assert_eq!(
            play.did(Command::OpenAsk(again)),
            ["note.dropped", "ask.opened"]
        );
        let mut play = with_a_note();
        let session = play.session(1).id.clone();
        let settled = Command::ObserveTurn {
            session,
            turn: Turn::Settled,
            evidence: evidence("the turn ended", play.now),
        };
        assert_eq!(play.did(settled), ["turn.changed", "note.dropped"]);
        let mut play = with_a_note();
        let kinds = play.did(play.exited(1, 0));
        assert_eq!(kinds, ["attempt.exited", "note.dropped"]);
    }

    #[test]
    fn only_what_was_shown_is_decided() {
        let mut play = in_state(AskState::Asked);
        let decide = |digest: &str| Command::Decide {
            ask: ak(1),
            digest: Some(digest.to_owned()),
            answer: Answer::Allow,
            note: None,
            who: who(),
        };
        assert!(play.no(decide("another")).contains("its digest differs"));
        assert_eq!(play.did(decide("digest of make clean")), ["ask.decided"]);
    }

    #[test]
    fn a_hook_that_redials_gets_the_ask_it_had() {
        let mut play = in_state(AskState::Asked);
        let again = NewAsk {
            hook_key: Some("hook 1".to_owned()),
            ..new_ask(2, 1)
        };
        assert_eq!(
            already(&play.world, &again).map(|ask| &ask.id),
            Some(&ak(1))
        );
        assert_eq!(play.did(Command::OpenAsk(again.clone())), NOTHING);
        play.did(withdraw(1));
        assert_eq!(play.did(Command::OpenAsk(again)), NOTHING);
        assert_eq!(play.world.ask(&ak(2)), None);
    }

    #[test]
    fn the_same_call_from_another_hook_supersedes() {
        let mut play = Play::alive();
        let ask = |n, key: &str| {
            Command::OpenAsk(NewAsk {
                call_key: Some(key.to_owned()),
                ..new_ask(n, 1)
            })
        };
        play.did(ask(1, "toolu_1"));
        play.did(ask(2, "toolu_2"));
        assert_eq!(play.did(ask(3, "toolu_1")), ["ask.closed", "ask.opened"]);
        let closed = play.world.ask(&ak(1)).and_then(|ask| ask.closed);
        assert_eq!(closed.map(|c| c.0), Some(ClosedBy::Superseded));
        assert_eq!(play.world.open_asks(&play.session(1).id).count(), 2);
    }

    #[test]
    fn only_a_live_process_asks() {
        let mut play = Play::alive();
        play.did(play.exited(1, 0));
        assert!(
            play.no(Command::OpenAsk(new_ask(1, 1)))
                .contains("no live process")
        );
        assert!(
            play.no(Command::OpenAsk(new_ask(1, 9)))
                .contains("there is no session")
        );
        let mut play = in_state(AskState::Asked);
        let taken = NewAsk {
            hook_key: None,
            ..new_ask(1, 1)
        };
        assert!(play.no(Command::OpenAsk(taken)).contains("is taken"));
        assert!(
            play.no(play.answer(9, Answer::Allow))
                .contains("there is no open ask")
        );
    }

    #[test]
    fn a_start_screen_is_answered_in_the_pane_only() {
        let mut play = Play::alive();
        let start = |n| {
            Command::OpenAsk(NewAsk {
                kind: AskKind::Start,
                hook_key: None,
                ..new_ask(n, 1)
            })
        };
        assert_eq!(play.did(start(1)), ["ask.opened"]);
        assert_eq!(play.did(start(2)), NOTHING);
        let session = play.session(1).id.clone();
        assert_eq!(play.world.asking(&session), Asking::Question);
        assert!(
            play.no(play.answer(1, Answer::Allow))
                .contains("is a start screen")
        );
        assert_eq!(play.did(effect(1)), ["ask.closed"]);
        assert_eq!(play.did(start(2)), ["ask.opened"]);
    }

    #[test]
    fn an_open_ask_is_shown_and_unseen() {
        let mut play = Play::alive();
        play.did(Command::Seen {
            peer: play.session(1).peer.clone(),
        });
        play.did(Command::OpenAsk(new_ask(1, 1)));
        assert_eq!(play.shown(1), Shown::Asks);
        assert_eq!(play.session(1).attention, Attention::Unseen);
        let evidence = play.world.evidence(play.session(1));
        assert_eq!(evidence.text, format!("{} waits: make clean", ak(1)));
        assert_eq!(evidence.source, Source::Protocol);
        play.did(play.answer(1, Answer::Deny));
        assert_eq!(play.shown(1), Shown::Unknown);
    }

    #[test]
    fn what_only_the_screen_tells_is_said_to_be_from_there_and_so_is_the_key() {
        let mut play = Play::alive();
        play.did(Command::OpenAsk(NewAsk {
            hook_key: None,
            ..new_ask(1, 1)
        }));
        let evidence = play.world.evidence(play.session(1));
        assert_eq!(evidence.source, Source::Screen);
        assert!(evidence.text.contains("a key into its dialog"));
    }
}
