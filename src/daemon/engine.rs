//! The engine: one writer thread that owns the store and decides.
//!
//! A command is decided on a working copy of the world that runs ahead of what is durable; what
//! has queued is committed together; only then readers see it, effects go out and submitters are
//! told. Readers never wait for the disk.

#[cfg(test)]
mod crashes;
mod publish;
#[cfg(test)]
mod tests;
mod writer;

use crate::core::ask::Ask;
use crate::core::command::Command;
use crate::core::effect::{self, Effect};
use crate::core::entry::LogEntry;
use crate::core::event::Event;
use crate::core::id::{AskId, PeerId, SessionId};
use crate::core::peer::Peer;
use crate::core::refusal::Refusal;
use crate::core::session::Session;
use crate::core::stamp::{Actor, Stamp};
use crate::core::text;
use crate::core::world::World;
use crate::platform::clock::Clock;
use crate::store::{Store, StoreError, Verdict};
use publish::Published;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a command came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The number of its first log line; 0 when nothing had to change.
    pub seq: u64,
    /// What happened; empty when nothing had to change.
    pub events: Vec<Event>,
    /// For an ask that was opened: its id, or that of the ask that was there already.
    pub ask: Option<AskId>,
}

/// What the writer thread gets.
enum Message {
    Submit(Submission),
    Stop,
}

/// Commands of one submitter, decided one after the other and committed together.
struct Submission {
    stamp: Stamp,
    commands: Vec<Command>,
    reply: SyncSender<Vec<Result<Outcome, Refusal>>>,
}

/// A handle on the engine; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    published: Arc<Published>,
    clock: Arc<dyn Clock>,
    messages: Sender<Message>,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Engine {
    /// Loads the open rows and starts the writer. Effects come out of the receiver after their
    /// event is durable; those that an earlier daemon left undone are in it first.
    ///
    /// # Errors
    /// When the open rows cannot be read, or no thread can be started.
    pub fn start(
        store: Store,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Receiver<Effect>), StoreError> {
        Self::start_with(store, clock, crate::core::decide::decide)
    }

    fn start_with(
        store: Store,
        clock: Arc<dyn Clock>,
        decide: writer::Decide,
    ) -> Result<(Self, Receiver<Effect>), StoreError> {
        let world = store.load()?;
        let (messages, inbox) = mpsc::channel();
        let (effects, undone) = mpsc::channel();
        for effect in effect::outstanding(&world) {
            let _ = effects.send(effect);
        }
        let published = Arc::new(Published::new(store, world));
        let writer = writer::start(
            Arc::clone(&published),
            Arc::clone(&clock),
            inbox,
            effects,
            decide,
        )?;
        let engine = Self {
            published,
            clock,
            messages,
            writer: Arc::new(Mutex::new(Some(writer))),
        };
        Ok((engine, undone))
    }

    /// Now, by `actor`.
    pub fn stamp(&self, actor: Actor) -> Stamp {
        Stamp {
            at: self.clock.wall_ms(),
            awake_ms: self.clock.awake_ms(),
            actor,
        }
    }

    /// Submits one command and waits until it is durable or refused.
    ///
    /// # Errors
    /// A refusal changed nothing.
    pub fn submit(&self, stamp: Stamp, command: Command) -> Result<Outcome, Refusal> {
        self.submit_many(stamp, vec![command])
            .pop()
            .unwrap_or_else(|| Err(gone()))
    }

    /// Submits commands that are decided one after the other and committed together; an outcome
    /// each. One that is refused does not keep the others from happening.
    pub fn submit_many(
        &self,
        stamp: Stamp,
        commands: Vec<Command>,
    ) -> Vec<Result<Outcome, Refusal>> {
        let count = commands.len();
        let (reply, answer) = mpsc::sync_channel(1);
        let sent = self.messages.send(Message::Submit(Submission {
            stamp,
            commands,
            reply,
        }));
        let answer = sent.ok().and_then(|()| answer.recv().ok());
        answer.unwrap_or_else(|| (0..count).map(|_| Err(gone())).collect())
    }

    /// Looks at the world as it is durable. Keep it short, and never submit from
    /// within: the writer waits for it to publish.
    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.published.read(look)
    }

    /// The number of changes so far: world, banner.
    pub fn generation(&self) -> u64 {
        self.published.generation()
    }

    /// Something beside the tables changed that clients are shown.
    pub fn look_again(&self) {
        self.published.look_again();
    }

    /// Waits until there was a change after `seen`, or for `longest`; the number of changes so
    /// far.
    pub fn wait_change(&self, seen: u64, longest: Duration) -> u64 {
        self.published.wait_change(seen, longest)
    }

    /// A condition of the whole house: while it stands, commands that change anything are
    /// refused with it. One line.
    pub fn banner(&self) -> Option<String> {
        self.published.banner()
    }

    /// Decides what has queued, closes the store and ends the writer. Later commands are refused.
    pub fn stop(&self) {
        let _ = self.messages.send(Message::Stop);
        let mut writer = self.writer.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(writer) = writer.take() {
            let _ = writer.join();
        }
    }
}

/// Rows and log lines that are not in memory. All read the durable state.
///
/// # Errors
/// A refusal of kind `failed` when the file cannot be read.
impl Engine {
    /// The number of the last log line; 0 for an empty log.
    pub fn last_seq(&self) -> Result<u64, Refusal> {
        Ok(self.store(|store| store.last())?.map_or(0, |line| line.seq))
    }

    /// The newest `count` lines, oldest first.
    pub fn log_newest(&self, count: usize) -> Result<Vec<LogEntry>, Refusal> {
        self.store(|store| store.newest(count))
    }

    /// At most `count` lines from number `from` on, oldest first.
    pub fn log_from(&self, from: u64, count: usize) -> Result<Vec<LogEntry>, Refusal> {
        self.store(|store| store.export(from, count))
    }

    /// The newest `count` lines that touch the peer, session or ask `id`, oldest first.
    pub fn log_about(&self, id: &str, count: usize) -> Result<Vec<LogEntry>, Refusal> {
        self.store(|store| store.about(id, count))
    }

    /// Hands over the lines that touch an id or are of a topic, oldest first, until it is broken off.
    pub fn log_each(
        &self,
        key: &str,
        take: impl FnMut(LogEntry) -> ControlFlow<()>,
    ) -> Result<(), Refusal> {
        self.store(|store| store.each_about(key, take))
    }

    /// Replays the log and compares it with the tables. Takes as long as the log is.
    pub fn verify(&self) -> Result<Verdict, Refusal> {
        self.store(Store::verify)
    }

    /// Every peer ever, by when it was made, with its session.
    pub fn peers_ever(&self) -> Result<Vec<(Peer, Session)>, Refusal> {
        let mut rows = Vec::new();
        for peer in self.store(Store::peers)? {
            if let Some(session) = self.store(|store| store.session(&peer.session))? {
                rows.push((peer, session));
            }
        }
        Ok(rows)
    }

    /// The newest `count` asks, open and closed, oldest first.
    pub fn asks_ever(&self, count: usize) -> Result<Vec<Ask>, Refusal> {
        self.store(|store| store.asks(count))
    }

    /// A peer, live or retired.
    pub fn peer(&self, id: &PeerId) -> Result<Option<Peer>, Refusal> {
        self.store(|store| store.peer(id))
    }

    /// A session, open or over.
    pub fn session(&self, id: &SessionId) -> Result<Option<Session>, Refusal> {
        self.store(|store| store.session(id))
    }

    /// An ask, open or closed.
    pub fn ask(&self, id: &AskId) -> Result<Option<Ask>, Refusal> {
        self.store(|store| store.ask(id))
    }

    /// The ask, open or closed, whose id begins with `prefix`; an open one goes before closed
    /// ones. Not found and not unique are refused with candidates.
    pub fn find_ask(&self, prefix: &str) -> Result<Ask, Refusal> {
        let open = match self.read(|world| world.find_ask(prefix).cloned()) {
            Ok(ask) => return Ok(ask),
            Err(refusal) => refusal,
        };
        if prefix.is_empty() {
            return Err(open);
        }
        let found = self.store(|store| store.asks_from(prefix, 7))?;
        match found.as_slice() {
            [] => Err(open),
            [one] => Ok(one.clone()),
            _ if found.iter().filter(|ask| ask.is_open()).count() > 1 => Err(open),
            several => {
                let ids: Vec<_> = several.iter().take(6).map(|ask| ask.id.as_str()).collect();
                let more = if several.len() > 6 { ", …" } else { "" };
                Err(Refusal::not_found(format!(
                    "{} is the beginning of several asks",
                    text::line(prefix)
                ))
                .hint(format!("{}{more}", ids.join(", "))))
            }
        }
    }

    fn store<T>(&self, read: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, Refusal> {
        read(self.published.store()).map_err(|error| Refusal::failed(error.to_string()))
    }
}

/// The refusal when the writer is not there to answer.
fn gone() -> Refusal {
    Refusal::failed("the daemon is going down").hint("try again")
}
