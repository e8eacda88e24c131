//! A session: one run of a runtime, which may be stopped and resumed in further attempts.

use super::ask::AskKind;
use super::command::Facts;
use super::event::Event;
use super::id::{PeerId, SessionId};
use super::refusal::Refusal;
use super::state::{Attention, Evidence, Exit, Millis, Process, Source, Turn};
use super::template::TemplateRef;
use super::world::World;
use serde::{Deserialize, Serialize};

/// What a session's program is started with, beside its directory and environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The program and its arguments, where the operator gave them; empty for an agent.
    pub command: Vec<String>,
    /// The prompt of the present attempt, for an agent.
    pub prompt: Option<String>,
    /// Rows and columns of the terminal to start with.
    pub size: Option<(u16, u16)>,
}

/// A session, as its table holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub peer: PeerId,
    /// The runtime.
    pub runtime: String,
    /// The model, where known.
    pub model: Option<String>,
    /// The permission profile.
    pub profile: String,
    /// The working directory.
    pub cwd: String,
    /// The worktree, when it has one.
    pub worktree: Option<String>,
    /// What its program is started with.
    pub launch: Launch,
    /// The runtime's own id of the conversation.
    pub native_id: Option<String>,
    /// Path of the runtime's transcript.
    pub transcript: Option<String>,
    /// Which start of the program is the present one, from 1.
    pub attempt: u32,
    /// The program's process id while it is alive.
    pub pid: Option<u32>,
    /// Whether the program runs.
    pub process: Process,
    /// What the agent does.
    pub turn: Turn,
    /// Whether the operator has seen it.
    pub attention: Attention,
    /// How the program ended.
    pub exit: Option<Exit>,
    /// The program could not be started; counts as failed.
    pub start_failed: bool,
    /// A stop or retire was asked for in this attempt.
    pub ended_on_purpose: bool,
    /// What is not enforced, in words.
    pub limits: Vec<String>,
    /// Until when the runtime is limited, where known.
    pub limit_until: Option<Millis>,
    /// Its output is not kept.
    pub no_record: bool,
    /// Hex SHA-256 of its token.
    pub token_hash: String,
    /// When it was made.
    pub created_at: Millis,
    /// Since when the shown word holds.
    pub since: Millis,
    /// Why the process answer is believed.
    pub process_evidence: Evidence,
    /// Why the turn answer is believed.
    pub turn_evidence: Evidence,
    /// Why the attention answer is believed.
    pub attention_evidence: Evidence,
    /// The template that it was made from.
    pub template: Option<TemplateRef>,
}

impl Session {
    /// Whether its program runs or is being started.
    pub fn is_live(&self) -> bool {
        matches!(self.process, Process::Starting | Process::Alive)
    }
}

pub(super) fn find<'w>(world: &'w World, id: &SessionId) -> Result<&'w Session, Refusal> {
    world
        .session(id)
        .ok_or_else(|| Refusal::not_found(format!("there is no session {id}")))
}

/// The word for a process answer in a sentence.
pub(super) fn word(process: Process) -> &'static str {
    match process {
        Process::Starting => "starting",
        Process::Alive => "alive",
        Process::Parked => "parked",
        Process::Exited => "exited",
        Process::Lost => "lost",
    }
}

pub(super) fn living<'w>(world: &'w World, id: &SessionId) -> Result<&'w Session, Refusal> {
    let session = find(world, id)?;
    if session.is_live() {
        return Ok(session);
    }
    let address = world.address_of(session);
    Err(Refusal::refused(format!(
        "{address} is not running ({})",
        word(session.process)
    ))
    .hint(format!("start it again: pult resume {address}")))
}

pub(super) fn learn(world: &World, id: &SessionId, facts: Facts) -> Result<Vec<Event>, Refusal> {
    let row = find(world, id)?;
    let news =
        |new: Option<String>, old: &Option<String>| new.filter(|new| Some(new) != old.as_ref());
    let native_id = news(facts.native_id, &row.native_id);
    let model = news(facts.model, &row.model);
    let transcript = news(facts.transcript, &row.transcript);
    let limits = facts.limits.filter(|limits| *limits != row.limits);
    if native_id.is_none() && model.is_none() && transcript.is_none() && limits.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![Event::FactsLearned {
        session: id.clone(),
        native_id,
        model,
        transcript,
        limits,
    }])
}

pub(super) fn observe_turn(
    world: &World,
    id: &SessionId,
    turn: Turn,
    evidence: Evidence,
) -> Result<Vec<Event>, Refusal> {
    let row = find(world, id)?;
    // What was only expected of a prompt that was given may be seen by now.
    let expected = &row.turn_evidence;
    let seen = expected.source == Source::Keeper && expected.text != evidence.text;
    if !row.is_live() || (row.turn == turn && !seen) {
        return Ok(Vec::new());
    }
    let mut events = vec![Event::TurnChanged {
        session: id.clone(),
        turn,
        evidence,
    }];
    if turn == Turn::Settled {
        events.extend(super::asking::drop_notes(world, id));
    }
    Ok(events)
}

pub(super) fn observe_limit(
    world: &World,
    id: &SessionId,
    until: Option<Millis>,
    evidence: Evidence,
) -> Result<Vec<Event>, Refusal> {
    let row = find(world, id)?;
    if !row.is_live() || (row.turn == Turn::Limited && row.limit_until == until) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::LimitSeen {
        session: id.clone(),
        until,
        evidence,
    }])
}

pub(super) fn interrupt(world: &World, id: &SessionId) -> Result<Vec<Event>, Refusal> {
    living(world, id)?;
    Ok(vec![Event::SessionInterrupted {
        session: id.clone(),
    }])
}

pub(super) fn take_over(world: &World, id: &SessionId) -> Result<Vec<Event>, Refusal> {
    living(world, id)?;
    Ok(vec![Event::SessionTakenOver {
        session: id.clone(),
    }])
}

/// Also of one whose program has ended meanwhile.
pub(super) fn give_back(world: &World, id: &SessionId) -> Result<Vec<Event>, Refusal> {
    find(world, id)?;
    Ok(vec![Event::SessionGivenBack {
        session: id.clone(),
    }])
}

pub(super) fn send_text(
    world: &World,
    id: &SessionId,
    length: u64,
    force: bool,
) -> Result<Vec<Event>, Refusal> {
    let session = living(world, id)?;
    let waiting = world
        .open_asks(id)
        .find(|ask| ask.delivered_at.is_none() && ask.kind != AskKind::Question);
    if let Some(ask) = waiting.filter(|_| !force) {
        let address = world.address_of(session);
        return Err(Refusal::refused(format!(
            "{address} waits for an answer to {}: text could answer its dialog",
            ask.id
        ))
        .hint(format!(
            "decide it first (pult show {}), or add --force",
            ask.id
        )));
    }
    Ok(vec![Event::TextSent {
        session: id.clone(),
        length,
        forced: force,
    }])
}

#[cfg(test)]
mod tests {
    use super::super::ask::Answer;
    use super::super::command::Command;
    use super::super::fixture::{Play, ak, evidence, new_ask, ss};
    use super::super::state::{Shown, Source};
    use super::*;

    const NOTHING: [&str; 0] = [];

    #[test]
    fn only_what_is_new_is_learned() {
        let mut play = Play::alive();
        let learn = |facts| Command::Learn {
            session: ss(1),
            facts,
        };
        let facts = Facts {
            native_id: Some("8f".to_owned()),
            model: Some("m".to_owned()),
            transcript: Some("/t".to_owned()),
            limits: Some(vec!["udp".to_owned()]),
        };
        assert_eq!(play.did(learn(facts.clone())), ["facts.learned"]);
        assert_eq!(play.did(learn(facts.clone())), NOTHING);
        assert_eq!(play.did(learn(Facts::default())), NOTHING);
        let model = Facts {
            model: Some("n".to_owned()),
            ..facts
        };
        let events = play.try_it(learn(model)).expect("the model is new");
        let only_model = Event::FactsLearned {
            session: ss(1),
            native_id: None,
            model: Some("n".to_owned()),
            transcript: None,
            limits: None,
        };
        assert_eq!(events, [only_model]);
        assert_eq!(play.session(1).native_id.as_deref(), Some("8f"));
        assert_eq!(play.session(1).limits, ["udp"]);
    }

    #[test]
    fn the_turn_changes_only_while_the_program_runs() {
        let mut play = Play::alive();
        assert_eq!(play.shown(1), Shown::Unknown);
        assert_eq!(play.session(1).turn_evidence.source, Source::Silence);
        assert_eq!(play.did(play.turn(Turn::Working)), ["turn.changed"]);
        assert_eq!(play.did(play.turn(Turn::Working)), NOTHING);
        assert_eq!(play.shown(1), Shown::Working);
        play.did(play.exited(1, 0));
        assert_eq!(play.did(play.turn(Turn::Settled)), NOTHING);
    }

    #[test]
    fn a_limit_stands_until_another_turn_is_seen() {
        let mut play = Play::alive();
        let limit = |until| Command::ObserveLimit {
            session: ss(1),
            until,
            evidence: evidence("429", 1),
        };
        assert_eq!(play.did(limit(Some(9))), ["limit.seen"]);
        assert_eq!(play.did(limit(Some(9))), NOTHING);
        assert_eq!(play.did(limit(Some(10))), ["limit.seen"]);
        assert_eq!(play.shown(1), Shown::Limited);
        play.did(play.turn(Turn::Working));
        assert_eq!(play.session(1).limit_until, None);
        play.did(play.exited(1, 0));
        assert_eq!(play.did(limit(Some(11))), NOTHING);
    }

    #[test]
    fn hands_are_taken_of_what_lives_and_given_back_of_what_was() {
        let mut play = Play::alive();
        let (session, gone) = (ss(1), ss(9));
        let take = Command::TakeOver { session };
        assert_eq!(play.did(take.clone()), ["session.taken_over"]);
        let session = ss(1);
        play.did(play.exited(1, 0));
        assert_eq!(
            play.did(Command::GiveBack { session }),
            ["session.given_back"]
        );
        play.no(take);
        play.no(Command::GiveBack { session: gone });
    }

    #[test]
    fn text_is_refused_while_an_approval_waits() {
        let mut play = Play::alive();
        let send = |force| Command::SendText {
            session: ss(1),
            length: 5,
            force,
        };
        assert_eq!(play.did(send(false)), ["text.sent"]);
        play.did(Command::OpenAsk(new_ask(1, 1)));
        assert!(play.no(send(false)).contains("waits for an answer to ak-"));
        assert_eq!(play.did(send(true)), ["text.sent"]);
        play.did(play.answer(1, Answer::Deny));
        assert!(play.no(send(false)).contains("waits for an answer"));
        play.did(Command::Delivered { ask: ak(1) });
        assert_eq!(play.did(send(false)), ["text.sent"]);
        let interrupt = Command::Interrupt { session: ss(1) };
        assert_eq!(play.did(interrupt.clone()), ["session.interrupted"]);
        play.did(play.exited(1, 0));
        assert_eq!(play.no(send(true)), "fixer is not running (exited)");
        assert_eq!(play.no(interrupt), "fixer is not running (exited)");
    }

    #[test]
    fn since_is_when_the_shown_word_came() {
        let mut play = Play::alive();
        let came = play.now;
        assert_eq!(play.session(1).since, came);
        play.did(Command::Learn {
            session: ss(1),
            facts: Facts {
                model: Some("m".to_owned()),
                ..Facts::default()
            },
        });
        assert_eq!(play.session(1).since, came);
        play.did(play.turn(Turn::Working));
        assert_eq!(play.session(1).since, play.now);
        let working = play.now;
        play.did(Command::OpenAsk(new_ask(1, 1)));
        let asked = play.now;
        assert_eq!(play.session(1).since, asked);
        play.did(Command::OpenAsk(new_ask(2, 1)));
        assert_eq!(play.session(1).since, asked);
        assert!(asked > working);
        play.did(Command::Withdraw {
            ask: ak(1),
            why: "gone".to_owned(),
        });
        assert_eq!(play.session(1).since, asked);
        play.did(play.answer(2, Answer::Allow));
        assert_eq!(
            (play.session(1).since, play.shown(1)),
            (play.now, Shown::Working)
        );
    }
}
