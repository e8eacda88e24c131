//! A session: one run of a runtime, which may be stopped and resumed in further attempts.

use super::ask::{AskKind, ClosedBy};
use super::asking;
use super::command::Facts;
use super::event::Event;
use super::id::{PeerId, SessionId};
use super::refusal::Refusal;
use super::state::{Attention, Evidence, Exit, Millis, Process, Turn};
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
}

impl Session {
    /// Whether its program runs or is being started.
    pub fn is_live(&self) -> bool {
        matches!(self.process, Process::Starting | Process::Alive)
    }
}

/// What a keeper reports about an attempt.
pub(super) enum Report {
    Started(u32),
    Failed(String),
    Exited(Exit),
    Lost(String),
}

pub(super) fn find<'w>(world: &'w World, id: &SessionId) -> Result<&'w Session, Refusal> {
    world
        .session(id)
        .ok_or_else(|| Refusal::not_found(format!("there is no session {id}")))
}

/// The word for a process answer in a sentence.
fn word(process: Process) -> &'static str {
    match process {
        Process::Starting => "starting",
        Process::Alive => "alive",
        Process::Parked => "parked",
        Process::Exited => "exited",
        Process::Lost => "lost",
    }
}

fn living<'w>(world: &'w World, id: &SessionId) -> Result<&'w Session, Refusal> {
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

pub(super) fn report(
    world: &World,
    id: &SessionId,
    attempt: u32,
    report: Report,
) -> Result<Vec<Event>, Refusal> {
    let row = find(world, id)?;
    if attempt != row.attempt {
        return Err(Refusal::refused(format!(
            "attempt {attempt} of {id} is stale: {} is the present one",
            row.attempt
        )));
    }
    let session = id.clone();
    let why = "the process is gone";
    match report {
        Report::Started(pid) => match row.process {
            Process::Starting => Ok(vec![Event::AttemptStarted {
                session,
                attempt,
                pid,
            }]),
            Process::Alive => Ok(Vec::new()),
            ended => Err(over(row, ended)),
        },
        Report::Failed(why) => match row.process {
            Process::Starting => Ok(and_withdraw(
                world,
                Event::AttemptFailed {
                    session,
                    attempt,
                    why,
                },
                id,
                "the process could not be started",
            )),
            Process::Exited if row.start_failed => Ok(Vec::new()),
            other => Err(over(row, other)),
        },
        Report::Exited(exit) => match row.process {
            Process::Starting | Process::Alive | Process::Lost => Ok(and_withdraw(
                world,
                Event::AttemptExited {
                    session,
                    attempt,
                    exit,
                },
                id,
                why,
            )),
            Process::Exited | Process::Parked if row.exit == Some(exit) => Ok(Vec::new()),
            ended => Err(over(row, ended)),
        },
        Report::Lost(how) => match row.process {
            Process::Starting | Process::Alive => Ok(and_withdraw(
                world,
                Event::AttemptLost {
                    session,
                    attempt,
                    why: how,
                },
                id,
                "the process is lost",
            )),
            Process::Lost => Ok(Vec::new()),
            ended => Err(over(row, ended)),
        },
    }
}

fn over(row: &Session, process: Process) -> Refusal {
    Refusal::refused(format!(
        "attempt {} of {} is {} already",
        row.attempt,
        row.id,
        word(process)
    ))
}

/// The end of a process, and of every ask that waited for it.
fn and_withdraw(world: &World, event: Event, id: &SessionId, why: &str) -> Vec<Event> {
    let mut events = vec![event];
    events.extend(asking::close_all(world, id, ClosedBy::Withdrawn, why));
    events
}

pub(super) fn stop(world: &World, id: &SessionId, grace_ms: u64) -> Result<Vec<Event>, Refusal> {
    let session = living(world, id)?;
    Ok(vec![Event::StopRequested {
        session: id.clone(),
        attempt: session.attempt,
        grace_ms,
    }])
}

pub(super) fn resume(
    world: &World,
    id: &SessionId,
    prompt: Option<String>,
) -> Result<Vec<Event>, Refusal> {
    let session = find(world, id)?;
    let address = world.address_of(session);
    if world
        .peer(&session.peer)
        .is_none_or(|peer| peer.retired_at.is_some())
    {
        return Err(
            Refusal::refused(format!("{address} is retired")).hint("make a new peer: pult new")
        );
    }
    if session.is_live() {
        return Err(
            Refusal::refused(format!("{address} is running ({})", word(session.process)))
                .hint(format!("attach to it: pult attach {address}")),
        );
    }
    if session.native_id.is_none() && session.launch.command.is_empty() {
        return Err(Refusal::refused(format!(
            "{address} has nothing to resume: its conversation never began"
        ))
        .hint(format!("retire it and start anew: pult retire {address}")));
    }
    Ok(vec![Event::AttemptBegun {
        session: id.clone(),
        attempt: session.attempt + 1,
        prompt,
    }])
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
    if !row.is_live() || row.turn == turn {
        return Ok(Vec::new());
    }
    Ok(vec![Event::TurnChanged {
        session: id.clone(),
        turn,
        evidence,
    }])
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
