//! Calls that ran though nobody decided: neither the inbox nor a key in the pane. A worker that
//! answers its own request in whatever way looks like this, and so does a hook of the operator's
//! own that answers first; it is told, recorded, and the turn is interrupted.

use super::house::{House, lock};
use super::pane::Pane;
use crate::core::ask::Ask;
use crate::core::command::Command;
use crate::core::id::{AskId, SessionId};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A key may be typed at a dialog before the request is in the inbox: the hook has to start first.
const BEFORE: Duration = Duration::from_secs(5);
/// How many requests are remembered whose hook went away.
const MOST: usize = 256;

/// A request that was withdrawn because its hook process went away.
struct Left {
    session: SessionId,
    call_key: String,
    ask: AskId,
    since: Instant,
}

/// The requests whose hook went away before anybody decided: their calls are to be decided in the
/// pane.
#[derive(Default)]
pub(crate) struct LeftAlone(Mutex<VecDeque<Left>>);

impl LeftAlone {
    /// The hook of an ask is gone; the CLI asks in its own pane.
    pub(crate) fn note(&self, ask: &Ask, since: Instant) {
        let Some(call_key) = ask.call_key.clone() else {
            return;
        };
        let mut left = lock(&self.0);
        if left.len() >= MOST {
            left.pop_front();
        }
        left.push_back(Left {
            session: ask.session.clone(),
            call_key,
            ask: ask.id.clone(),
            since,
        });
    }

    /// The request for a call, and since when it was asked; it is forgotten.
    pub(crate) fn take(&self, session: &SessionId, call_key: &str) -> Option<(AskId, Instant)> {
        let mut left = lock(&self.0);
        let mut rows = left.iter();
        let at = rows.position(|row| row.session == *session && row.call_key == call_key)?;
        left.remove(at).map(|row| (row.ask, row.since))
    }
}

impl House {
    /// A call of the pane's session ended whose request may have been left to the pane.
    pub(super) fn ended(self: &Arc<Self>, pane: &Arc<Pane>, call_key: &str) {
        let left = self.hooks.left.take(&pane.session, call_key);
        if let Some((ask, since)) = left
            && nobody_typed(pane, since)
        {
            self.decided_by_nobody(pane, &ask, false);
        }
    }

    /// Whether the call of an undecided ask ran without anybody's word. False as well when that
    /// cannot be known: the daemon was not there all the time.
    pub(super) fn ran_undecided(&self, pane: &Pane, ask: &AskId) -> bool {
        let since = self.hook_since(ask);
        since.is_some_and(|since| nobody_typed(pane, since))
    }

    /// Records it, closes the ask where it is `open`, and interrupts the turn.
    pub(super) fn decided_by_nobody(self: &Arc<Self>, pane: &Arc<Pane>, ask: &AskId, open: bool) {
        tracing::warn!(session = %pane.session, %ask, "answered by neither door");
        self.observe(Command::TamperRefused {
            verb: "approve".to_owned(),
            reference: ask.to_string(),
            chain: "its call ran, by neither the inbox nor a key in the pane".to_owned(),
            session: Some(pane.session.clone()),
        });
        if open {
            self.observe(Command::Withdraw {
                ask: ask.clone(),
                why: "answered by neither the inbox nor a key in the pane".to_owned(),
            });
        }
        let (house, pane) = (Arc::clone(self), Arc::clone(pane));
        let thread = std::thread::Builder::new().name("interrupt".into());
        let spawned = thread.spawn(move || {
            if !house.interrupt_aside(&pane)
                && let Err(error) = pane.input(house.next_client(), 1, pane.runtime.interrupt())
            {
                tracing::warn!(%error, "it could not be interrupted");
            }
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread to interrupt with");
        }
    }
}

/// Whether no key of an operator reached the pane since it was asked.
fn nobody_typed(pane: &Pane, since: Instant) -> bool {
    !pane.typed_since(since.checked_sub(BEFORE).unwrap_or(since))
}
