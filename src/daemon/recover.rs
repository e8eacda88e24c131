//! Coming up: every session that was alive is taken over, or what became of it is recorded.

use super::house::House;
use super::link;
use super::pane::{self, Adopted};
use crate::core::ask::{AskKind, AskState};
use crate::core::command::Command;
use crate::core::session::Session;
use crate::core::state::{Exit, Process};
use crate::wire::keeper::{Ended, ExitRecord};
use std::sync::Arc;
use std::time::Duration;

/// How long a hook may take to dial again before its undecided ask is withdrawn.
const HOOK_RETURNS: Duration = Duration::from_secs(20);
/// How many sessions are taken over at once.
const TOGETHER: usize = 4;

/// Registers every keeper ever seen and takes over those that live.
pub(crate) fn run(house: &Arc<House>) {
    let rows: Vec<Session> = house
        .engine
        .read(|world| world.sessions().cloned().collect());
    for row in &rows {
        let dir = house.paths.attempt(row.id.as_str(), row.attempt);
        if let Some(registry) = link::registry(&dir) {
            house.register_keeper(registry.keeper, &row.id);
        }
    }
    let alive: Vec<_> = rows
        .into_iter()
        .filter(|row| row.process == Process::Alive)
        .collect();
    for group in alive.chunks(TOGETHER) {
        std::thread::scope(|scope| {
            for row in group {
                scope.spawn(|| take_over(house, row));
            }
        });
    }
    let later = Arc::clone(house);
    house
        .ticker
        .after(HOOK_RETURNS, move || withdraw_hookless(&later));
    house.keep_room();
}

fn take_over(house: &Arc<House>, row: &Session) {
    match pane::adopt(house, row) {
        Ok(Adopted::Running) => {}
        Ok(Adopted::Ended(record)) => ended(house, row, &record),
        Ok(Adopted::Lost) => {
            lost(house, row, "its keeper is gone and left no word of an end");
            house.end_orphans(&row.id);
        }
        Err(error) => {
            tracing::error!(session = %row.id, %error, "a session could not be taken over");
            lost(
                house,
                row,
                &format!("its keeper could not be taken over: {error}"),
            );
        }
    }
}

fn lost(house: &House, row: &Session, why: &str) {
    let (session, attempt) = (row.id.clone(), row.attempt);
    house.observe(Command::AttemptLost {
        session,
        attempt,
        why: why.to_owned(),
    });
}

/// Records the end that a keeper left word of.
pub(crate) fn ended(house: &Arc<House>, row: &Session, record: &ExitRecord) {
    let number = |n: &u32| i32::try_from(*n).unwrap_or(i32::MAX);
    let exit = match &record.ended {
        Ended::Code(code) => Exit {
            code: Some(number(code)),
            signal: None,
        },
        Ended::Signal(signal) => Exit {
            code: None,
            signal: Some(number(signal)),
        },
        Ended::NeverStarted(why) => {
            return house.observe(Command::AttemptFailed {
                session: row.id.clone(),
                attempt: row.attempt,
                why: crate::core::text::line(why),
            });
        }
    };
    house.count_usage(&row.id);
    let (session, attempt) = (row.id.clone(), row.attempt);
    house.observe(Command::AttemptExited {
        session,
        attempt,
        exit,
    });
}

/// Asks whose hook did not come back cannot be answered from here any more.
fn withdraw_hookless(house: &Arc<House>) {
    let open: Vec<_> = house.engine.read(|world| {
        let hooked = world
            .asks()
            .filter(|ask| ask.hook_key.is_some() && ask.kind != AskKind::Start);
        let open = hooked.filter(|ask| matches!(ask.state, AskState::Asked | AskState::Decided));
        open.map(|ask| ask.id.clone()).collect()
    });
    for ask in open {
        if !house.hook_waits(&ask) {
            let why = "its hook did not come back; the agent asks in its own pane";
            house.asks_by_itself(ask, why);
        }
    }
}
