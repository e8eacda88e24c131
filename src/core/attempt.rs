//! An attempt: one start of a session's program, from its beginning to its end.

use super::ask::ClosedBy;
use super::asking;
use super::event::Event;
use super::id::SessionId;
use super::refusal::Refusal;
use super::session::{Session, find, living, word};
use super::state::{Exit, Process};
use super::world::World;

/// What a keeper reports about an attempt.
pub(super) enum Report {
    Started(u32),
    Failed(String),
    Exited(Exit),
    NotResumed(String),
    Lost(String),
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
        Report::NotResumed(why) => match row.process {
            Process::Exited if !row.start_failed && !row.ended_on_purpose => {
                Ok(vec![Event::ResumeFailed {
                    session,
                    attempt,
                    why,
                }])
            }
            other => Err(over(row, other)),
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
    let session = at_rest(world, id)?;
    if session.native_id.is_none() && session.launch.command.is_empty() {
        let address = world.address_of(session);
        return Err(Refusal::refused(format!(
            "{address} has nothing to resume: its conversation never began"
        ))
        .hint(format!("start it anew: pult replay {address}")));
    }
    Ok(vec![begun(session, prompt)])
}

/// As [`resume`], with nothing of the conversation so far; its transcript stays where it is.
pub(super) fn replay(
    world: &World,
    id: &SessionId,
    prompt: Option<String>,
) -> Result<Vec<Event>, Refusal> {
    let session = at_rest(world, id)?;
    let left = Event::ConversationLeft {
        session: id.clone(),
    };
    Ok(vec![left, begun(session, prompt)])
}

fn begun(session: &Session, prompt: Option<String>) -> Event {
    Event::AttemptBegun {
        session: session.id.clone(),
        attempt: session.attempt + 1,
        prompt,
    }
}

/// The session, whose program may be started again.
fn at_rest<'w>(world: &'w World, id: &SessionId) -> Result<&'w Session, Refusal> {
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
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::super::ask::Answer;
    use super::super::command::{Command, Facts};
    use super::super::fixture::{Play, ak, new_ask, new_peer, pr, ss};
    use super::super::state::{Shown, Turn};
    use super::*;

    fn started(attempt: u32) -> Command {
        Command::AttemptStarted {
            session: ss(1),
            attempt,
            pid: 100,
        }
    }

    fn failed(attempt: u32) -> Command {
        Command::AttemptFailed {
            session: ss(1),
            attempt,
            why: "no such program".to_owned(),
        }
    }

    fn lost(attempt: u32) -> Command {
        Command::AttemptLost {
            session: ss(1),
            attempt,
            why: "its keeper is gone".to_owned(),
        }
    }

    fn stop() -> Command {
        Command::Stop {
            session: ss(1),
            grace_ms: 5,
        }
    }

    fn resume() -> Command {
        Command::Resume {
            session: ss(1),
            prompt: Some("go on".to_owned()),
        }
    }

    #[test]
    fn a_replay_leaves_the_conversation_and_gives_the_first_prompt() {
        let mut play = Play::alive();
        let facts = Facts {
            native_id: Some("8f".to_owned()),
            transcript: Some("/t".to_owned()),
            ..Facts::default()
        };
        play.did(Command::Learn {
            session: ss(1),
            facts,
        });
        let replay = || Command::Replay {
            session: ss(1),
            prompt: Some("first".to_owned()),
        };
        assert!(play.no(replay()).contains("is running"));
        play.did(play.exited(1, 0));
        assert_eq!(play.did(replay()), ["conversation.left", "attempt.begun"]);
        let row = play.session(1);
        assert_eq!((&row.native_id, &row.transcript), (&None, &None));
        assert_eq!(
            (row.attempt, row.launch.prompt.as_deref()),
            (2, Some("first"))
        );
        // It began, whatever became of the conversation.
        play.did(failed(2));
        assert_eq!(play.did(replay()), ["conversation.left", "attempt.begun"]);
    }

    /// A session in each state of its process, after attempt 2.
    fn in_state(process: Process, ended_by: &str) -> Play {
        let mut play = Play::alive();
        play.did(play.exited(1, 0));
        play.did(resume());
        match (process, ended_by) {
            (Process::Starting, _) => {}
            (Process::Alive, _) => play.start(1),
            (Process::Lost, _) => drop(play.did(lost(2))),
            (_, "failed") => drop(play.did(failed(2))),
            _ => drop(play.did(play.exited(2, 3))),
        }
        assert_eq!(play.session(1).process, process);
        play
    }

    #[test]
    fn every_report_in_every_state() {
        use Process::{Alive, Exited, Lost, Starting};
        let states = [
            (Starting, ""),
            (Alive, ""),
            (Exited, "exit"),
            (Exited, "failed"),
            (Lost, ""),
        ];
        // What a report does in each of these states: an event, nothing, or a refusal.
        let table: [(&str, Command, [Option<&str>; 5]); 4] = [
            (
                "started",
                started(2),
                [Some("attempt.started"), Some(""), None, None, None],
            ),
            (
                "failed",
                failed(2),
                [Some("attempt.failed"), None, None, Some(""), None],
            ),
            (
                "exited",
                Play::default().exited(2, 3),
                [
                    Some("attempt.exited"),
                    Some("attempt.exited"),
                    Some(""),
                    None,
                    Some("attempt.exited"),
                ],
            ),
            (
                "lost",
                lost(2),
                [
                    Some("attempt.lost"),
                    Some("attempt.lost"),
                    None,
                    None,
                    Some(""),
                ],
            ),
        ];
        for (name, command, expected) in table {
            for ((process, ended_by), expected) in states.iter().zip(expected) {
                let mut play = in_state(*process, ended_by);
                let found = play.try_it(command.clone());
                let kinds = found.map(|e| e.iter().map(Event::kind).collect::<String>());
                assert_eq!(
                    kinds.ok().as_deref(),
                    expected,
                    "{name} when {process:?} {ended_by}"
                );
            }
        }
    }

    #[test]
    fn reports_of_another_attempt_are_stale() {
        let mut play = in_state(Process::Alive, "");
        for command in [started(1), failed(1), lost(3), play.exited(1, 0)] {
            assert!(play.no(command).contains("is stale: 2 is the present one"));
        }
        let nobody = Command::AttemptStarted {
            session: ss(9),
            attempt: 1,
            pid: 1,
        };
        assert!(play.no(nobody).starts_with("there is no session"));
    }

    #[test]
    fn what_is_shown_for_each_end() {
        let mut play = Play::alive();
        play.did(play.exited(1, 0));
        assert_eq!(play.shown(1), Shown::Exited);
        assert_eq!(in_state(Process::Exited, "exit").shown(1), Shown::Failed);
        assert_eq!(in_state(Process::Exited, "failed").shown(1), Shown::Failed);
        assert_eq!(in_state(Process::Lost, "").shown(1), Shown::Lost);
        let mut play = Play::alive();
        play.did(stop());
        play.did(play.exited(1, 143));
        assert_eq!(play.shown(1), Shown::Exited);
        assert_eq!(play.session(1).process_evidence.text, "ended with code 143");
        assert_eq!(play.session(1).turn, Turn::Unknown);
        assert_eq!(play.session(1).pid, None);
    }

    #[test]
    fn the_end_of_a_process_withdraws_every_ask_that_is_not_closed() {
        for end in [Play::default().exited(1, 1), lost(1)] {
            let mut play = Play::alive();
            for n in 1..=3 {
                play.did(Command::OpenAsk(new_ask(n, 1)));
            }
            play.did(play.answer(2, Answer::Allow));
            play.did(play.answer(3, Answer::Allow));
            play.did(Command::Delivered { ask: ak(3) });
            let done = play.did(end);
            assert_eq!(done[1..], ["ask.closed", "ask.closed", "ask.closed"]);
            let by = |n| play.world.ask(&ak(n)).and_then(|a| a.closed).map(|c| c.0);
            assert!((1..=3).all(|n| by(n) == Some(ClosedBy::Withdrawn)));
        }
    }

    #[test]
    fn a_stop_can_be_repeated_while_the_program_runs() {
        for process in [Process::Starting, Process::Alive] {
            let mut play = in_state(process, "");
            assert_eq!(play.did(stop()), ["stop.requested"]);
            assert_eq!(play.did(stop()), ["stop.requested"]);
            assert!(play.session(1).ended_on_purpose);
        }
        for (process, word) in [(Process::Exited, "exited"), (Process::Lost, "lost")] {
            let mut play = in_state(process, "");
            assert_eq!(play.no(stop()), format!("fixer is not running ({word})"));
        }
    }

    #[test]
    fn resume_begins_the_next_attempt() {
        let mut play = Play::alive();
        assert_eq!(play.no(resume()), "fixer is running (alive)");
        play.did(stop());
        play.did(play.exited(1, 143));
        assert_eq!(play.did(resume()), ["attempt.begun"]);
        let row = play.session(1);
        assert_eq!((row.attempt, row.process), (2, Process::Starting));
        assert_eq!(row.launch.prompt.as_deref(), Some("go on"));
        assert_eq!((row.exit, row.ended_on_purpose), (None, false));
        assert_eq!(play.no(resume()), "fixer is running (starting)");
        assert_eq!(play.did(failed(2)), ["attempt.failed"]);
        assert_eq!(play.did(resume()), ["attempt.begun"]);
    }

    #[test]
    fn a_resume_that_fails_is_kept_in_mind_and_forgets_nothing() {
        let mut play = Play::alive();
        let failed = |attempt| Command::ResumeFailed {
            session: ss(1),
            attempt,
            why: "no such conversation".to_owned(),
        };
        let facts = Facts {
            native_id: Some("8f".to_owned()),
            ..Facts::default()
        };
        play.did(Command::Learn {
            session: ss(1),
            facts,
        });
        play.did(play.exited(1, 0));
        play.did(resume());
        assert!(play.no(failed(2)).contains("starting"));
        play.did(play.exited(2, 1));
        assert!(play.no(failed(1)).contains("stale"));
        assert_eq!(play.did(failed(2)), ["resume.failed"]);
        let row = play.session(1);
        assert_eq!(
            row.process_evidence.text,
            "resume failed: no such conversation (ended with code 1)"
        );
        assert_eq!(row.native_id.as_deref(), Some("8f"));
        assert_eq!(play.shown(1), Shown::Failed);
        assert_eq!(play.did(resume()), ["attempt.begun"]);
    }

    #[test]
    fn nothing_to_resume_and_nobody_to_resume_are_refused() {
        let mut play = Play::default();
        let mut agent = new_peer(1, "fixer");
        agent.launch.command.clear();
        play.did(Command::Create(agent));
        play.did(failed(1));
        assert!(play.no(resume()).contains("has nothing to resume"));
        play.did(Command::Learn {
            session: ss(1),
            facts: Facts {
                native_id: Some("8f".to_owned()),
                ..Facts::default()
            },
        });
        play.did(Command::Retire {
            peer: pr(1),
            grace_ms: 0,
        });
        assert_eq!(play.no(resume()), "fixer is retired");
    }
}
