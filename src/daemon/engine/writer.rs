//! The writer thread: decides what has queued, commits it, publishes it, tells.

use super::publish::Published;
use super::{Message, Outcome, Submission};
use crate::core::asking;
use crate::core::command::{Command, NewAsk};
use crate::core::effect::{Effect, effects, outstanding};
use crate::core::entry::{LogEntry, Record};
use crate::core::event::Event;
use crate::core::id::AskId;
use crate::core::refusal::Refusal;
use crate::core::stamp::{Actor, Stamp};
use crate::core::state::Millis;
use crate::core::world::World;
use crate::platform::clock::Clock;
use crate::platform::probes;
use crate::store::StoreError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// How many submissions are committed together at most.
const BATCH: usize = 256;

/// How often a full disk is tried again while nobody submits anything.
const RETRY: Duration = Duration::from_secs(1);

/// Stamps of different threads may be this much out of order, ms.
const JITTER_MS: i64 = 1_000;

/// How commands are decided: [`crate::core::decide::decide`]; tests bring one that stumbles.
pub(super) type Decide = fn(&World, &Stamp, Command) -> Result<Vec<Event>, Refusal>;

/// Starts the thread; it ends with a stop message, or when no handle is left.
pub(super) fn start(
    published: Arc<Published>,
    clock: Arc<dyn Clock>,
    inbox: Receiver<Message>,
    effects: Sender<Effect>,
    decide: Decide,
) -> Result<JoinHandle<()>, StoreError> {
    let last = published.store().last()?;
    let mut writer = Writer {
        working: published.read(World::clone),
        last_seq: last.as_ref().map_or(0, |line| line.seq),
        last_at: last.map_or(i64::MIN, |line| line.record.stamp.at),
        published,
        clock,
        effects,
        decide,
    };
    let path = writer.published.store().path().display().to_string();
    std::thread::Builder::new()
        .name("engine".to_owned())
        .spawn(move || writer.run(&inbox))
        .map_err(|error| StoreError::Fault(path, format!("no thread for it: {error}")))
}

struct Writer {
    published: Arc<Published>,
    clock: Arc<dyn Clock>,
    effects: Sender<Effect>,
    decide: Decide,
    /// The world ahead of what is durable: later commands of a batch see the earlier ones.
    working: World,
    last_seq: u64,
    last_at: Millis,
}

/// What the commands of one commit came to.
#[derive(Default)]
struct Batch {
    entries: Vec<LogEntry>,
    effects: Vec<Effect>,
}

impl Writer {
    fn run(&mut self, inbox: &Receiver<Message>) {
        self.serve(inbox);
        self.published.store().close();
    }

    fn serve(&mut self, inbox: &Receiver<Message>) {
        loop {
            let first = if self.published.banner().is_some() {
                inbox.recv_timeout(RETRY)
            } else {
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            let first = match first {
                Ok(Message::Submit(first)) => first,
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    self.try_again();
                    continue;
                }
            };
            let mut queued = vec![first];
            let mut stop = false;
            while queued.len() < BATCH && !stop {
                match inbox.try_recv() {
                    Ok(Message::Submit(more)) => queued.push(more),
                    Ok(Message::Stop) => stop = true,
                    Err(_) => break,
                }
            }
            // Senders of replies that a panic drops tell their submitters that it failed.
            if catch_unwind(AssertUnwindSafe(|| self.commit(queued))).is_err() {
                tracing::error!("the engine stumbled over a command; nothing of it was kept");
                self.pause(&StoreError::Row("the engine stumbled".to_owned()));
                self.try_again();
            }
            if stop {
                return;
            }
        }
    }

    fn commit(&mut self, queued: Vec<Submission>) {
        if self.published.banner().is_some() {
            self.try_again();
        }
        let paused = self.published.banner();
        let before = (self.last_seq, self.last_at);
        let mut batch = Batch::default();
        let mut answers = Vec::with_capacity(queued.len());
        for submission in queued {
            let mut outcomes = Vec::with_capacity(submission.commands.len());
            for command in submission.commands {
                let outcome = match &paused {
                    Some(banner) => Err(Refusal::failed(banner.clone())),
                    None => self.take(&submission.stamp, command, &mut batch),
                };
                outcomes.push(outcome);
            }
            answers.push((submission.reply, outcomes));
        }
        if !batch.entries.is_empty() {
            probes::pause("engine.before-commit");
            let committed = self.published.store().commit(&batch.entries, &self.working);
            if let Err(error) = committed {
                (self.last_seq, self.last_at) = before;
                self.pause(&error);
                let refusal = Refusal::failed(self.published.banner().unwrap_or_default());
                for (reply, outcomes) in answers {
                    let refused = outcomes
                        .into_iter()
                        .map(|one| one.and(Err(refusal.clone())));
                    let _ = reply.send(refused.collect());
                }
                return;
            }
            probes::pause("engine.after-commit");
            self.publish(batch);
            probes::pause("engine.after-effects");
        }
        for (reply, outcomes) in answers {
            let _ = reply.send(outcomes);
        }
    }

    fn publish(&mut self, batch: Batch) {
        self.published.publish(|world| {
            for entry in &batch.entries {
                world.apply(entry.record.stamp.at, &entry.record.event);
            }
            world.forget_closed();
        });
        self.working.forget_closed();
        for effect in batch.effects {
            // Nobody performs effects any more when the daemon goes down; they are outstanding.
            let _ = self.effects.send(effect);
        }
    }

    /// Decides one command and runs the working world ahead by it. A panic costs this command.
    fn take(
        &mut self,
        stamp: &Stamp,
        command: Command,
        batch: &mut Batch,
    ) -> Result<Outcome, Refusal> {
        let kept = (batch.entries.len(), batch.effects.len());
        let before = (self.last_seq, self.last_at);
        let taken = catch_unwind(AssertUnwindSafe(|| self.step(stamp, command, batch)));
        taken.unwrap_or_else(|_| {
            tracing::error!("a command made the engine stumble; it was refused");
            batch.entries.truncate(kept.0);
            batch.effects.truncate(kept.1);
            (self.last_seq, self.last_at) = before;
            self.working = self.published.read(World::clone);
            for entry in &batch.entries {
                self.working
                    .apply(entry.record.stamp.at, &entry.record.event);
            }
            Err(Refusal::failed("the daemon stumbled over this command")
                .hint("its log file says where"))
        })
    }

    fn step(
        &mut self,
        stamp: &Stamp,
        command: Command,
        batch: &mut Batch,
    ) -> Result<Outcome, Refusal> {
        let opens = match &command {
            Command::OpenAsk(new) => match self.already(new)? {
                Some(ask) => {
                    return Ok(Outcome {
                        ask: Some(ask),
                        ..Outcome::default()
                    });
                }
                None => Some(new.id.clone()),
            },
            _ => None,
        };
        self.refuse_taken(&command)?;
        let closed = self.closed_ask(&command)?;
        let world = closed.as_ref().unwrap_or(&self.working);
        let events = (self.decide)(world, stamp, command)?;
        if events.is_empty() {
            return Ok(Outcome::default());
        }
        self.mind_the_clock(stamp, batch);
        let seq = self.last_seq + 1;
        for (nth, event) in events.iter().enumerate() {
            let cause = (nth > 0).then_some(seq);
            self.append(stamp.clone(), cause, event.clone(), batch);
        }
        Ok(Outcome {
            seq,
            events,
            ask: opens,
        })
    }

    fn append(&mut self, stamp: Stamp, cause: Option<u64>, event: Event, batch: &mut Batch) {
        self.working.apply(stamp.at, &event);
        self.last_seq += 1;
        batch.effects.extend(effects(&event, &self.working));
        batch.entries.push(LogEntry {
            seq: self.last_seq,
            record: Record {
                refs: event.refs(&self.working),
                stamp,
                cause,
                event,
            },
        });
    }

    /// A wall clock that stepped back is an event of its own, before the one that shows it.
    fn mind_the_clock(&mut self, stamp: &Stamp, batch: &mut Batch) {
        if stamp.at.saturating_add(JITTER_MS) < self.last_at {
            let by_ms = self.last_at.abs_diff(stamp.at);
            let daemon = Stamp {
                actor: Actor::Daemon,
                ..stamp.clone()
            };
            self.append(daemon, None, Event::ClockBackwards { by_ms }, batch);
            self.last_at = stamp.at;
        }
        self.last_at = self.last_at.max(stamp.at);
    }

    /// The ask that a new one repeats, among the open ones and those of the tables.
    fn already(&self, new: &NewAsk) -> Result<Option<AskId>, Refusal> {
        if let Some(ask) = asking::already(&self.working, new) {
            return Ok(Some(ask.id.clone()));
        }
        let Some(key) = &new.hook_key else {
            return Ok(None);
        };
        let stored = self.published.store().ask_by_hook(&new.session, key);
        let stored = stored.map_err(|error| Refusal::failed(error.to_string()))?;
        Ok(stored.map(|ask| ask.id))
    }

    /// An id that a forgotten row has is not given out again.
    fn refuse_taken(&self, command: &Command) -> Result<(), Refusal> {
        let store = self.published.store();
        let taken = match command {
            Command::OpenAsk(new) => store.ask(&new.id).map(|row| row.is_some()),
            Command::Create(new) => store.peer(&new.peer).and_then(|peer| {
                let session = store.session(&new.session)?;
                Ok(peer.is_some() || session.is_some())
            }),
            _ => return Ok(()),
        };
        match taken {
            Ok(false) => Ok(()),
            Ok(true) => Err(Refusal::failed("an id is taken").hint("try again")),
            Err(error) => Err(Refusal::failed(error.to_string())),
        }
    }

    /// A world of only the closed ask that a command is about, which memory has forgotten.
    fn closed_ask(&self, command: &Command) -> Result<Option<World>, Refusal> {
        let Some(id) = command.about_ask() else {
            return Ok(None);
        };
        if self.working.ask(id).is_some() {
            return Ok(None);
        }
        let stored = self.published.store().ask(id);
        let stored = stored.map_err(|error| Refusal::failed(error.to_string()))?;
        Ok(stored.map(|ask| World::from_rows(Vec::new(), Vec::new(), vec![ask], Vec::new())))
    }

    /// Stops writing until the store can be written again; nothing that was not acknowledged is
    /// believed.
    fn pause(&mut self, error: &StoreError) {
        tracing::error!("paused: {error}");
        self.working = self.published.read(World::clone);
        let banner = match error {
            StoreError::Full(path) => {
                format!("paused, read-only: the disk with {path} is full; make room and it goes on")
            }
            other => format!("paused, read-only: {other}"),
        };
        self.published.set_banner(Some(banner));
    }

    /// Opens the store again and writes a little; goes on when that works.
    fn try_again(&mut self) {
        let store = self.published.store();
        let again = store
            .reopen()
            .map_err(|error| error.to_string())
            .and_then(|()| store.try_write().map_err(|error| error.to_string()))
            .and_then(|()| store.load().map_err(|error| error.to_string()))
            .and_then(|world| Ok((world, store.last().map_err(|error| error.to_string())?)));
        match again {
            Ok((world, last)) => {
                let seq = last.as_ref().map_or(0, |line| line.seq);
                if seq != self.last_seq {
                    // The commit that failed was durable after all: its effects are outstanding.
                    for effect in outstanding(&world) {
                        let _ = self.effects.send(effect);
                    }
                }
                self.last_seq = seq;
                self.last_at = last.map_or(i64::MIN, |line| line.record.stamp.at);
                self.working = world.clone();
                self.published.publish(|shown| *shown = world);
                self.published.set_banner(None);
                tracing::info!("writing again at {} ms", self.clock.wall_ms());
            }
            Err(error) => tracing::debug!("still paused: {error}"),
        }
    }
}
