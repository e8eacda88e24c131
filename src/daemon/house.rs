//! What all threads of the daemon share.

use super::doors::{Client, ProcessKey, Registry, Tamper};
use super::engine::Engine;
use super::found::{Begun, Bookmarks, Readers, Surveyor, Usages};
use super::hooks::Hooks;
use super::pane::Pane;
use super::settings::Settings;
use super::ticker::Ticker;
use crate::config::prices::{PriceList, Prices};
use crate::config::runtimes::Runtimes;
use crate::core::command::Command;
use crate::core::decide::decide;
use crate::core::id::SessionId;
use crate::core::refusal::{Refusal, RefusalKind};
use crate::core::stamp::Actor;
use crate::core::state::Millis;
use crate::core::text;
use crate::platform::enforcement::Enforcement;
use crate::platform::paths::Paths;
use crate::platform::process;
use crate::platform::watch::Watcher;
use crate::probe::Answers;
use crate::probe::transcripts::Library;
use crate::wire::view::{ErrorKind, ErrorView};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long an end waits before it is tried again on a full disk.
const NO_ROOM: Duration = Duration::from_secs(1);
/// SIGKILL.
const KILL: u8 = 9;
/// Refused attempts of one session that are recorded, and in which time; the rest only counts.
const TAMPERS: u32 = 20;
const TAMPER_TIME: Duration = Duration::from_secs(60);

/// The longest sleep before the time is looked at again: the wall clock may be set.
pub(crate) const NAP: Duration = Duration::from_secs(60);

/// The daemon's shared state.
pub(crate) struct House {
    /// Where things lie.
    pub(crate) paths: Paths,
    /// The store and who decides.
    pub(crate) engine: Engine,
    /// Which daemon of this home it is: the later one wins a keeper.
    pub(crate) generation: u64,
    /// When it started.
    pub(crate) started_at: Millis,
    /// What this kernel enforces.
    pub(crate) enforcement: Enforcement,
    /// The path of this program, for hooks.
    pub(crate) exe: PathBuf,
    /// Answers of the CLIs to questions before a launch.
    pub(crate) answers: Answers,
    /// Hook processes that wait for a decision.
    pub(crate) hooks: Hooks,
    /// Reads conversations on disk.
    pub(crate) library: Arc<Library>,
    /// Its copies will be dropped when nobody reads them.
    pub(crate) forgetting: AtomicBool,
    /// Reads what may hang.
    pub(crate) readers: Readers,
    /// Looks for them.
    pub(crate) surveyor: Surveyor,
    /// Where readings of them have ended.
    pub(crate) bookmarks: Bookmarks,
    /// What they have used.
    pub(crate) usages: Mutex<Usages>,
    /// The conversations that starts have made under ids of their CLI's choice.
    pub(crate) begun: Mutex<Begun>,
    /// What that costs.
    prices: PriceList,
    /// What comes later.
    pub(crate) ticker: Ticker,
    /// What the operator has configured.
    settings: Settings,
    /// What of the runtimes lies in files.
    pub(crate) runtimes: Runtimes,
    /// Tells of changes in files that the CLIs write.
    pub(crate) watcher: Watcher,
    /// The operator door: `abstract` or `path`.
    pub(crate) door: Mutex<&'static str>,
    /// Held while a worktree is made for a peer.
    pub(super) planting: Mutex<()>,
    panes: Mutex<HashMap<SessionId, Arc<Pane>>>,
    keepers: Mutex<HashMap<ProcessKey, SessionId>>,
    clients: AtomicU64,
    tampers: Mutex<HashMap<Option<SessionId>, (Instant, u32)>>,
    stopping: AtomicBool,
    stop: (Mutex<bool>, Condvar),
}

impl House {
    /// A house without panes.
    pub(crate) fn new(paths: Paths, engine: Engine, generation: u64, exe: PathBuf) -> Self {
        let paths_config = paths.config.clone();
        let library = Arc::new(Library::new(paths.state.join("copies")));
        let readers = Readers::default();
        let house = Self {
            started_at: engine.stamp(Actor::Daemon).at,
            paths,
            engine,
            generation,
            enforcement: Enforcement::probe(),
            settings: Settings::load(&paths_config),
            runtimes: Runtimes::default(),
            watcher: Watcher::default(),
            exe,
            answers: Answers::default(),
            hooks: Hooks::default(),
            surveyor: Surveyor::new(Arc::clone(&library), readers.clone()),
            readers,
            library,
            forgetting: AtomicBool::new(false),
            bookmarks: Bookmarks::default(),
            usages: Mutex::default(),
            begun: Mutex::default(),
            prices: PriceList::default(),
            ticker: Ticker::default(),
            door: Mutex::new("closed"),
            planting: Mutex::default(),
            panes: Mutex::default(),
            keepers: Mutex::default(),
            clients: AtomicU64::new(1),
            tampers: Mutex::default(),
            stopping: AtomicBool::new(false),
            stop: (Mutex::new(false), Condvar::new()),
        };
        house.refresh_runtimes();
        house
    }

    /// What tokens cost, as the operator has it now.
    pub(crate) fn prices(&self) -> Arc<Prices> {
        let (prices, mistakes) = self.prices.now(&self.paths.config);
        for mistake in mistakes {
            tracing::warn!(%mistake, "a price does not read");
        }
        prices
    }

    /// Bytes that one recording may take.
    pub(crate) fn recording_cap(&self) -> u64 {
        self.settings.recording_bytes
    }

    /// Bytes that all recordings may take.
    pub(crate) fn recordings_cap(&self) -> u64 {
        self.settings.recordings_bytes
    }

    /// Brings back who was put aside, now and when the next time comes.
    pub(crate) fn wake_snoozed(self: &Arc<Self>) {
        while let Some((peer, until)) = self.engine.read(|world| world.next_snooze()) {
            let ahead = until - self.now();
            if ahead > 0 {
                let house = Arc::clone(self);
                let wait = Duration::from_millis(ahead.unsigned_abs()).min(NAP);
                self.ticker.after(wait, move || house.wake_snoozed());
                return;
            }
            if self
                .engine
                .submit(self.engine.stamp(Actor::Daemon), Command::Unsnooze { peer })
                .is_err()
            {
                return;
            }
        }
    }

    /// Wall time, ms since the epoch.
    pub(crate) fn now(&self) -> Millis {
        self.engine.stamp(Actor::Daemon).at
    }

    /// Submits what the daemon itself observed; a refusal only means that the world went on.
    pub(crate) fn observe(&self, command: Command) {
        if let Err(refusal) = self
            .engine
            .submit(self.engine.stamp(Actor::Daemon), command)
        {
            tracing::debug!(what = refusal.what, "an observation came too late");
        }
    }

    /// Submits an end that nobody will report again: while the disk is full it waits for room.
    pub(crate) fn record(&self, command: Command) {
        while !self.stopping() {
            let stamp = self.engine.stamp(Actor::Daemon);
            match self.engine.submit(stamp, command.clone()) {
                Err(refusal)
                    if refusal.kind == RefusalKind::Failed && self.engine.banner().is_some() =>
                {
                    std::thread::sleep(NO_ROOM);
                }
                Err(refusal) => {
                    tracing::debug!(what = refusal.what, "an end came too late");
                    return;
                }
                Ok(_) => return,
            }
        }
    }

    /// Kills what a lost session left running, as far as its name is in the environment.
    pub(crate) fn end_orphans(&self, session: &SessionId) {
        let orphans = process::with_variable("PULT_SESSION", session.as_str());
        for pid in orphans {
            tracing::warn!(%session, pid, "an orphan of a lost session is killed");
            process::send(KILL, pid, false);
        }
    }

    /// Whether another refused attempt of a session is recorded: a worker in a loop must not be
    /// able to fill the log.
    fn counts_as_news(&self, session: &Option<SessionId>) -> bool {
        let mut tampers = lock(&self.tampers);
        let (since, count) = tampers
            .entry(session.clone())
            .or_insert_with(|| (Instant::now(), 0));
        if since.elapsed() > TAMPER_TIME {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        *count <= TAMPERS
    }

    /// Submits what the operator wants.
    pub(crate) fn operate(&self, command: Command) -> Result<super::engine::Outcome, ErrorView> {
        self.engine
            .submit(self.engine.stamp(Actor::Operator), command)
            .map_err(error)
    }

    /// Whether the operator's command would be refused as things stand.
    pub(crate) fn would(&self, command: Command) -> Result<(), ErrorView> {
        let stamp = self.engine.stamp(Actor::Operator);
        let decided = self.engine.read(|world| decide(world, &stamp, command));
        decided.map(|_| ()).map_err(error)
    }

    /// The pane of a session, when there is one.
    pub(crate) fn pane(&self, session: &SessionId) -> Option<Arc<Pane>> {
        lock(&self.panes).get(session).cloned()
    }

    /// All panes.
    pub(crate) fn panes(&self) -> Vec<Arc<Pane>> {
        lock(&self.panes).values().cloned().collect()
    }

    /// Puts a pane in the place of the one its session had; who looked at that goes on here.
    pub(crate) fn put_pane(&self, pane: &Arc<Pane>) {
        let old = lock(&self.panes).insert(pane.session.clone(), Arc::clone(pane));
        if let Some(old) = old {
            pane.take_viewers(&old);
        }
    }

    /// The pane of its session and attempt that is there already, or else this one.
    pub(crate) fn pane_or(&self, pane: Arc<Pane>) -> Arc<Pane> {
        let mut panes = lock(&self.panes);
        match panes.get(&pane.session) {
            Some(there) if there.attempt == pane.attempt => Arc::clone(there),
            _ => {
                let old = panes.insert(pane.session.clone(), Arc::clone(&pane));
                drop(panes);
                if let Some(old) = old {
                    pane.take_viewers(&old);
                }
                pane
            }
        }
    }

    /// Forgets a pane that nothing needs any more.
    pub(crate) fn drop_pane(&self, session: &SessionId) {
        lock(&self.panes).remove(session);
    }

    /// Registers a keeper process as the root of a session's workers, for good.
    pub(crate) fn register_keeper(&self, key: ProcessKey, session: &SessionId) {
        lock(&self.keepers).insert(key, session.clone());
    }

    /// A number for a client that types; never one that a daemon of this home gave out before.
    pub(crate) fn next_client(&self) -> u64 {
        (self.generation << 24) | (self.clients.fetch_add(1, Ordering::Relaxed) & 0xff_ffff)
    }

    /// Whether the daemon is going down: what vanishes now vanishes because of us.
    pub(crate) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Begins to go down.
    pub(crate) fn request_stop(&self) {
        self.stopping.store(true, Ordering::Release);
        *lock(&self.stop.0) = true;
        self.stop.1.notify_all();
    }

    /// Waits until somebody wants the daemon to end.
    pub(crate) fn wait_stop(&self) {
        let mut stop = lock(&self.stop.0);
        while !*stop {
            stop = self
                .stop
                .1
                .wait(stop)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A lock that a panicking thread left is still a lock: what it guards is plain data.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A refusal of the core as clients get it.
pub(crate) fn error(refusal: Refusal) -> ErrorView {
    let kind = match refusal.kind {
        RefusalKind::Refused => ErrorKind::Refused,
        RefusalKind::NotFound => ErrorKind::NotFound,
        RefusalKind::Failed => ErrorKind::Failed,
        RefusalKind::Usage => ErrorKind::Usage,
    };
    ErrorView {
        kind,
        what: refusal.what,
        hint: refusal.hint,
    }
}

/// Hex SHA-256, as tokens are stored.
pub(crate) fn hash(token: &str) -> String {
    let digest = Sha256::digest(token.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The registry that the doors ask.
pub(crate) struct AtDoor(pub(crate) Arc<House>);

impl Registry for AtDoor {
    fn session_of_token(&self, token: &str) -> Option<SessionId> {
        let hash = hash(token);
        self.0.engine.read(|world| {
            let mut sessions = world.sessions();
            sessions
                .find(|row| row.token_hash == hash)
                .map(|row| row.id.clone())
        })
    }

    fn keeper_sessions(&self) -> HashMap<ProcessKey, SessionId> {
        lock(&self.0.keepers).clone()
    }

    fn name_of(&self, session: &SessionId) -> Option<String> {
        self.0
            .engine
            .read(|world| world.session(session).map(|row| world.address_of(row)))
    }

    fn is_unconfined(&self, session: &SessionId) -> bool {
        let none = |row: &crate::core::session::Session| row.profile == "none";
        self.0
            .engine
            .read(|world| world.session(session).is_some_and(none))
    }

    fn any_unconfined(&self) -> bool {
        self.0.engine.read(|world| {
            world
                .sessions()
                .any(|row| row.is_live() && row.profile == "none")
        })
    }

    fn is_agent_name(&self, name: &str) -> bool {
        crate::runtime::is_agent_name(name)
    }

    fn on_tamper(&self, tamper: Tamper) {
        let (verb, reference) = tamper.about.split_once(' ').unwrap_or((&tamper.about, ""));
        tracing::warn!(
            about = tamper.about,
            chain = tamper.chain,
            why = tamper.why,
            "refused"
        );
        if !self.0.counts_as_news(&tamper.session) {
            return;
        }
        self.0.observe(Command::TamperRefused {
            verb: text::line(verb),
            reference: text::line(reference),
            chain: text::line(&tamper.chain),
            session: tamper.session,
        });
    }

    fn serve(&self, client: Client) {
        super::client::serve(&self.0, client);
    }
}
