//! Hook processes that wait for a decision, and how it reaches them.
//!
//! A hook is answered at most once: whoever takes it out of the table answers it. An ask that was
//! decided while its hook was away (the daemon had gone) is answered when the hook dials again.

use super::house::{House, lock};
use super::nobodys::LeftAlone;
use super::outbox::Outbox;
use crate::core::ask::{Ask, AskState};
use crate::core::command::{Command, NewAsk};
use crate::core::id::{AskId, SessionId};
use crate::platform::entropy;
use crate::runtime;
use crate::runtime::hooks::{Payload, note_answer};
use crate::wire::request::FromDaemon;
use crate::wire::view::{ErrorKind, ErrorView, HookAnswer};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Open asks of one session; what it asks beyond them it asks in its own pane.
const MOST_ASKS: usize = 64;

/// Who waits.
#[derive(Default)]
pub(crate) struct Hooks {
    waiting: Mutex<HashMap<AskId, Waiting>>,
    /// Those that were answered and have not said yet that their CLI has it.
    answered: Mutex<HashMap<AskId, Waiting>>,
    /// Those that went away before anybody had decided.
    pub(super) left: LeftAlone,
}

struct Waiting {
    since: Instant,
    client: u64,
    n: u64,
    runtime: &'static dyn runtime::Runtime,
    outbox: Arc<Outbox>,
}

/// One hook call as it came in.
pub(crate) struct Call<'a> {
    pub(crate) session: &'a SessionId,
    pub(crate) runtime: &'a str,
    pub(crate) payload: &'a str,
    pub(crate) key: String,
}

impl House {
    /// Takes a hook call. `Some` is the answer for now; `None`: it is sent once the ask is decided.
    ///
    /// # Errors
    /// A runtime that is not the session's, or a payload that does not read.
    pub(crate) fn hook_call(
        self: &Arc<Self>,
        call: Call<'_>,
        client: u64,
        n: u64,
        outbox: &Arc<Outbox>,
    ) -> Result<Option<HookAnswer>, ErrorView> {
        let refused = |what: String| ErrorView::new(ErrorKind::Refused, what);
        let owner = self
            .engine
            .read(|world| world.session(call.session).map(|s| s.runtime.clone()));
        if owner.as_deref() != Some(call.runtime) {
            return Err(refused(format!(
                "this session is not one of {}",
                call.runtime
            )));
        }
        let runtime = runtime::of_session(call.runtime);
        let heard = runtime.hook(call.payload).map_err(|why| {
            tracing::warn!(session = %call.session, why, "a hook payload does not read");
            refused(why)
        })?;
        if let Some(pane) = self.pane(call.session) {
            self.signals(&pane, heard.signals, heard.call_key.as_deref());
            if heard.ask.is_none()
                && let Some(key) = &heard.call_key
            {
                self.ended(&pane, key);
            }
        }
        let nothing = HookAnswer {
            stdout: String::new(),
            exit: 0,
            ask: None,
            note: false,
        };
        let Some(asked) = heard.ask else {
            let note = heard
                .call_key
                .and_then(|key| self.note(&call, runtime, &key));
            return Ok(Some(note.unwrap_or(nothing)));
        };
        if let Some(key) = &heard.call_key {
            self.hooks.left.take(call.session, key);
        }
        let open = self
            .engine
            .read(|world| world.open_asks(call.session).count());
        if open >= MOST_ASKS {
            tracing::warn!(session = %call.session, "asks too much; it is asked in its pane");
            return Ok(Some(nothing));
        }
        let entropy = entropy::bytes::<8>()
            .map_err(|e| ErrorView::new(ErrorKind::Failed, format!("no randomness: {e}")))?;
        let opened = self.engine.submit(
            self.engine.stamp(self.worker(call.session)),
            Command::OpenAsk(NewAsk {
                id: AskId::from_entropy(entropy),
                session: call.session.clone(),
                kind: crate::core::ask::AskKind::Approval,
                call: asked,
                hook_key: Some(call.key),
                call_key: heard.call_key,
            }),
        );
        let id = opened.map_err(super::house::error)?.ask;
        let Some(id) = id else {
            return Ok(Some(nothing));
        };
        let waiting = Waiting {
            since: Instant::now(),
            client,
            n,
            runtime,
            outbox: Arc::clone(outbox),
        };
        lock(&self.hooks.waiting).insert(id.clone(), waiting);
        // It may have been decided in between, or while its hook was away.
        self.deliver(&id);
        Ok(None)
    }

    /// The note that went with the yes to the call that has just ended, for the agent.
    fn note(
        &self,
        call: &Call<'_>,
        runtime: &dyn runtime::Runtime,
        key: &str,
    ) -> Option<HookAnswer> {
        let payload = Payload::parse(call.payload).ok()?;
        let event = payload.event();
        if !runtime.note_events().contains(&event) {
            return None;
        }
        self.engine.read(|world| {
            let mut owed = world.owed_notes(call.session);
            let ask = owed.find(|ask| ask.call_key.as_deref() == Some(key))?;
            Some(HookAnswer {
                stdout: note_answer(event, ask.owed_note()?),
                exit: 0,
                ask: Some(ask.id.to_string()),
                note: true,
            })
        })
    }

    /// Who acts when a session does.
    pub(super) fn worker(&self, session: &SessionId) -> crate::core::stamp::Actor {
        let name = self.engine.read(|world| {
            let row = world.session(session)?;
            world.peer(&row.peer).map(|peer| peer.at_incarnation())
        });
        name.map_or(
            crate::core::stamp::Actor::Daemon,
            crate::core::stamp::Actor::Peer,
        )
    }

    /// Answers the hook of an ask that is decided or closed; one that still waits is left alone.
    pub(crate) fn deliver(self: &Arc<Self>, id: &AskId) {
        let ask = match self.engine.read(|world| world.ask(id).cloned()) {
            Some(ask) => ask,
            None => match self.engine.ask(id) {
                Ok(Some(ask)) => ask,
                _ => return,
            },
        };
        if ask.state == AskState::Asked {
            return;
        }
        let Some(waiting) = lock(&self.hooks.waiting).remove(id) else {
            self.deliver_by_key(&ask);
            return self.deliver_aside(&ask);
        };
        crate::platform::probes::pause("hooks.before-answer");
        let body = serde_json::to_value(answer(waiting.runtime, &ask)).unwrap_or_default();
        let outbox = Arc::clone(&waiting.outbox);
        let n = waiting.n;
        if ask.is_open() {
            lock(&self.hooks.answered).insert(id.clone(), waiting);
        }
        outbox.say(&FromDaemon::Reply { n, body });
    }

    /// Delivers a decision once more to the hook that was answered, if it is still there.
    ///
    /// # Errors
    /// The ask is not decided, is closed, or nobody is left to take the answer.
    pub(crate) fn retry(&self, id: &AskId) -> Result<(), ErrorView> {
        if let Some(hook) = lock(&self.hooks.answered).remove(id) {
            lock(&self.hooks.waiting).insert(id.clone(), hook);
        }
        let there = lock(&self.hooks.waiting).contains_key(id);
        let shown = self.engine.read(|world| world.ask(id).cloned());
        let shown = shown.is_some_and(|ask| self.key_reaches(&ask));
        let (ask, reachable) = (id.clone(), there || shown || self.side_reaches(id));
        self.operate(Command::Retry { ask, reachable })?;
        Ok(())
    }

    /// A hook said that its CLI has the answer.
    pub(crate) fn hook_done(&self, id: &AskId) {
        lock(&self.hooks.answered).remove(id);
    }

    /// The connection of `client` is gone: whatever of its asks nobody has decided is withdrawn,
    /// because no answer can reach the CLI any more and it asks in its own pane.
    pub(crate) fn hook_gone(self: &Arc<Self>, client: u64) {
        lock(&self.hooks.answered).retain(|_, hook| hook.client != client);
        let mut waiting = lock(&self.hooks.waiting);
        let mine = waiting.iter().filter(|(_, w)| w.client == client);
        let mine: Vec<(AskId, Instant)> = mine.map(|(id, w)| (id.clone(), w.since)).collect();
        waiting.retain(|_, w| w.client != client);
        drop(waiting);
        if self.stopping() {
            return;
        }
        for (ask, since) in mine {
            if let Some(row) = self.engine.read(|world| world.ask(&ask).cloned()) {
                self.hooks.left.note(&row, since);
            }
            self.asks_by_itself(
                ask,
                "its hook process is gone; the agent asks in its own pane",
            );
        }
    }

    /// Since when a hook waits for the decision of this ask.
    pub(super) fn hook_since(&self, id: &AskId) -> Option<Instant> {
        lock(&self.hooks.waiting).get(id).map(|hook| hook.since)
    }

    /// Whether a hook waits for this ask, or the program itself does over its side channel.
    pub(crate) fn hook_waits(&self, id: &AskId) -> bool {
        lock(&self.hooks.waiting).contains_key(id) || self.side_asks(id)
    }
}

fn answer(runtime: &dyn runtime::Runtime, ask: &Ask) -> HookAnswer {
    let decision = ask.decision.as_ref().filter(|_| ask.is_open());
    let said = decision.map(|d| d.answer);
    let note = decision.and_then(|d| d.note.as_deref());
    HookAnswer {
        stdout: runtime.answer(said, note),
        exit: 0,
        ask: decision.map(|_| ask.id.to_string()),
        note: false,
    }
}
