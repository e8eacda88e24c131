//! The control plane: the only opener of the store, the two doors to it, and a pane for each
//! session whose keeper lives.

mod client;
mod declared;
pub mod doors;
pub mod engine;
mod evidence;
mod found;
mod frames;
mod hooks;
mod house;
mod keys;
mod launch;
mod lineage;
pub mod link;
mod logfile;
mod nobodys;
mod outbox;
mod pane;
mod perform;
mod recover;
mod resumed;
mod room;
mod rows;
pub mod settings;
mod side;
mod status_file;
mod ticker;
mod trees;

use crate::core::command::Command;
use crate::core::stamp::Actor;
use crate::core::state::Millis;
use crate::platform::clock::{Clock, SystemClock};
use crate::platform::lock::{Lock, Taken};
use crate::platform::paths::Paths;
use crate::platform::{ancestry, detach, memory, sockets};
use crate::store::Store;
use crate::wire::view::{ErrorKind, ErrorView};
use doors::Doors;
use engine::Engine;
use house::{AtDoor, House};
use std::io;
use std::sync::Arc;

/// Heaps of all threads together: hardly two of them allocate at the same moment, and the small
/// things come from each thread's own cache anyway.
const HEAPS: i32 = 2;

/// Wall time, ms since the epoch.
fn now() -> Millis {
    SystemClock.wall_ms()
}

/// Is the daemon of this home until somebody ends it.
///
/// # Errors
/// One line for each thing that keeps it from starting: a second daemon, a caller in a pane, a
/// store that cannot be opened.
pub fn run(paths: Paths) -> Result<(), ErrorView> {
    let failed = |what: io::Error| ErrorView::new(ErrorKind::Failed, what.to_string());
    if !ancestry::self_check().may_start_daemon() {
        let what = "this is a pane, and a daemon is not started from one";
        return Err(ErrorView::new(ErrorKind::Refused, what).hint("use a terminal outside of pult"));
    }
    detach::hide();
    memory::share_heaps(HEAPS);
    sockets::private_dir(&paths.state).map_err(failed)?;
    sockets::private_dir(&paths.run).map_err(failed)?;
    let lock = match Lock::try_take(&paths.daemon_lock()).map_err(failed)? {
        Taken::Ours(lock) => lock,
        Taken::Held(pid) => return Err(second(pid)),
    };
    logfile::install(&paths.daemon_log()).map_err(failed)?;
    let outcome = serve(paths, &lock);
    if let Err(error) = &outcome {
        tracing::error!(%error, "the daemon ends");
    }
    outcome
}

fn second(pid: Option<u32>) -> ErrorView {
    let who = pid.map_or_else(|| "a daemon".to_owned(), |pid| format!("daemon {pid}"));
    ErrorView::new(
        ErrorKind::Refused,
        format!("{who} serves this home already"),
    )
    .hint("look at it with `pult daemon status`, or set PULT_HOME to another place")
}

fn serve(paths: Paths, lock: &Lock) -> Result<(), ErrorView> {
    let failed = |what: String| ErrorView::new(ErrorKind::Failed, what);
    let store = Store::open(&paths.store()).map_err(|error| failed(error.to_string()))?;
    let (engine, effects) =
        Engine::start(store, Arc::new(SystemClock)).map_err(|error| failed(error.to_string()))?;
    let started = engine.submit(
        engine.stamp(Actor::Daemon),
        Command::DaemonStarted {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
    );
    let generation = started.map_err(house::error)?.seq;
    tracing::info!(
        generation,
        version = env!("CARGO_PKG_VERSION"),
        "the daemon is up"
    );
    let house = Arc::new(House::new(
        paths,
        engine.clone(),
        generation,
        detach::own_program(),
    ));
    recover::run(&house);
    let performer = Arc::clone(&house);
    std::thread::Builder::new()
        .name("perform".into())
        .spawn(move || perform::run(&performer, &effects))
        .map_err(|error| failed(error.to_string()))?;
    let doors = Doors::open(&house.paths, lock, Arc::new(AtDoor(Arc::clone(&house))))
        .map_err(|error| failed(format!("the doors cannot be opened: {error}")))?;
    *house::lock(&house.door) = doors.operator_kind();
    house.wake_snoozed();
    house.wait_stop();
    tracing::info!("the daemon goes down; workers go on");
    drop(doors);
    for pane in house.panes() {
        pane.look(|fold| fold.checkpoint());
    }
    engine.stop();
    Ok(())
}
