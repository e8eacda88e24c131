//! Making a pane: from a keeper that lives, or from the recording alone.

use super::fold::{Fold, Replies};
use super::{Pane, State, UNSEEN_SIZE, reader};
use crate::core::ask::AskKind;
use crate::core::command::Command;
use crate::core::session::Session;
use crate::core::status::{Fusion, LastTold};
use crate::daemon::house::{House, lock};
use crate::daemon::keys::Keyed;
use crate::daemon::link::{self, KeeperLink, KeeperWriter};
use crate::runtime;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// What became of a session's attempt.
pub(crate) enum Adopted {
    /// Its keeper lives, and the pane goes on.
    Running,
    /// Its keeper is gone and left word of its end.
    Ended(crate::wire::keeper::ExitRecord),
    /// Its keeper is gone without a word.
    Lost,
}

/// Takes over the keeper of a session's present attempt.
///
/// # Errors
/// A keeper that lives and does not answer, or a recording that cannot be opened.
pub(crate) fn adopt(house: &Arc<House>, row: &Session) -> io::Result<Adopted> {
    let dir = house.paths.attempt(row.id.as_str(), row.attempt);
    if let Some(registry) = link::registry(&dir) {
        house.register_keeper(registry.keeper, &row.id);
    }
    if !link::alive(&dir) {
        return Ok(match link::take_exit(&dir) {
            Some(record) => Adopted::Ended(record),
            None => Adopted::Lost,
        });
    }
    let (fold, replies) = fold(house, row)?;
    let (reader, writer) = KeeperLink::connect(&dir, house.generation, fold.durable())?;
    let hello = reader.hello().clone();
    if let Some(registry) = link::registry(&dir) {
        house.register_keeper(registry.keeper, &row.id);
    }
    let pane = make(house, row, fold, Some(writer.clone()));
    lock(&pane.state).size = (hello.rows, hello.cols);
    house.put_pane(&pane);
    answer(&writer, replies);
    if hello.child != 0 {
        house.observe(Command::AttemptStarted {
            session: row.id.clone(),
            attempt: row.attempt,
            pid: hello.child,
        });
    }
    let (thread_house, thread_pane) = (Arc::clone(house), Arc::clone(&pane));
    house.watch_status(&pane, hello.child);
    house.take_side(&pane);
    // What expires by itself may have been believed before.
    house.tick(&pane);
    std::thread::Builder::new()
        .name(format!("pane {}", row.id))
        .spawn(move || reader::run(&thread_house, &thread_pane, reader))?;
    Ok(Adopted::Running)
}

/// The pane of a session whose program does not run: its last screen and its history.
///
/// # Errors
/// What the system said of the recording.
pub(crate) fn recall(house: &Arc<House>, row: &Session) -> io::Result<Arc<Pane>> {
    let (fold, _) = fold(house, row)?;
    let pane = make(house, row, fold, None);
    house.put_pane(&pane);
    Ok(pane)
}

/// The pane of a session whose keeper is on its way: who looks at it is taken along to the one
/// that comes.
pub(crate) fn expect(house: &House, row: &Session) -> Arc<Pane> {
    let size = row.launch.size.unwrap_or(UNSEEN_SIZE);
    let pane = make(house, row, Fold::unrecorded(size), None);
    pane.expected.store(true, Ordering::Release);
    house.pane_or(pane)
}

fn fold(house: &House, row: &Session) -> io::Result<(Fold, Replies)> {
    let size = row.launch.size.unwrap_or(UNSEEN_SIZE);
    if row.no_record {
        return Ok((Fold::unrecorded(size), Replies::new()));
    }
    let dir = house
        .paths
        .attempt(row.id.as_str(), row.attempt)
        .join("rec");
    Fold::open(&dir, house.recording_cap(), size)
}

fn make(house: &House, row: &Session, mut fold: Fold, keeper: Option<KeeperWriter>) -> Arc<Pane> {
    let runtime = runtime::of_session(&row.runtime);
    let title = fold.screen.title();
    let modes = fold.screen.modes();
    // What was told before is believed from the store; it is not said twice.
    fold.events();
    let mut fusion = Fusion::resumed(
        house.now(),
        LastTold {
            turn: row.turn,
            evidence: &row.turn_evidence,
            limit_until: row.limit_until,
            with_prompt: row.launch.prompt.is_some(),
        },
    );
    let on_screen = house.engine.read(|world| {
        let mut open = world.open_asks(&row.id);
        let ask = open.find(|ask| ask.hook_key.is_none() && ask.kind != AskKind::Start)?;
        Some(ask.call.digest.clone())
    });
    if let Some(digest) = on_screen {
        fusion.asks_on_screen(digest);
    }
    Arc::new_cyclic(|myself| Pane {
        session: row.id.clone(),
        attempt: row.attempt,
        dir: house.paths.attempt(row.id.as_str(), row.attempt),
        runtime,
        keeper: Mutex::new(keeper),
        state: Mutex::new(State {
            fold,
            viewers: Vec::new(),
            typed: None,
            size: UNSEEN_SIZE,
        }),
        fusion: Mutex::new(fusion),
        modes: Mutex::new(modes),
        title: Mutex::new(title),
        told: Mutex::default(),
        told_due: AtomicBool::new(false),
        side: OnceLock::new(),
        gives: Mutex::default(),
        by_hand: AtomicBool::new(false),
        keyed: Keyed::default(),
        typed_at: Mutex::new(None),
        due: AtomicI64::new(i64::MAX),
        screen_due: AtomicBool::new(false),
        entered: AtomicBool::new(false),
        reader: OnceLock::new(),
        expected: AtomicBool::new(false),
        myself: myself.clone(),
    })
}

fn answer(keeper: &KeeperWriter, replies: Replies) {
    for (number, bytes) in replies {
        if let Err(error) = keeper.input(0, number, &bytes) {
            tracing::debug!(%error, "an answer to a query was lost");
            return;
        }
    }
}
