//! The last resort: a decision as a key into the dialog that asks for it, for a CLI with no other
//! way in. It is typed only while the screen shows the very call that was decided on.
//!
//! What a daemon knows of a screen may be older than what stands there: it may have been stopped,
//! or lag behind. So the keeper is asked first for a receipt, which comes after everything that the
//! program has printed by then; only when that is drawn is the screen looked at, and the key typed
//! at once. A key of somebody's that may not be drawn yet is waited for.

use super::house::{House, lock};
use super::pane::{Pane, read_rows_soon};
use crate::core::ask::{Ask, AskKind, AskState};
use crate::core::command::Command;
use crate::core::fusion::Fusion;
use crate::core::id::AskId;
use crate::screen::{encode_key, parse_key_names};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long an agent may take to draw what a key did to its dialog; until then it may stand there
/// and be answered already.
const DRAWS: Duration = Duration::from_secs(1);

/// What waits until a pane is drawn as it is, and when the last key went into it.
#[derive(Default)]
pub(crate) struct Keyed {
    /// The decisions, each by the client under which the receipt was asked for.
    waiting: Mutex<HashMap<u64, AskId>>,
    last: Mutex<Option<Instant>>,
}

impl Keyed {
    /// A key went in by hand.
    pub(crate) fn by_hand(&self) {
        *lock(&self.last) = Some(Instant::now());
    }

    /// How long the last key may still need until it is drawn, at `now`.
    fn undrawn(&self, now: Instant) -> Option<Duration> {
        let last = (*lock(&self.last))?;
        DRAWS.checked_sub(now.saturating_duration_since(last))
    }
}

impl House {
    /// Whether a decision of this ask goes by a key.
    pub(crate) fn by_key(ask: &Ask) -> bool {
        ask.hook_key.is_none() && ask.kind == AskKind::Approval
    }

    /// The key that would answer an ask as decided, as far as its pane is drawn.
    fn key_of(pane: &Pane, ask: &Ask) -> Option<&'static str> {
        let decision = ask.decision.as_ref()?;
        let rows = pane.look(|fold| fold.screen.text_rows());
        let title = pane.title().unwrap_or_default();
        pane.runtime.key(&rows, &title, &ask.call, decision.answer)
    }

    fn keyed_pane(&self, ask: &Ask) -> Option<Arc<Pane>> {
        self.pane(&ask.session)
            .filter(|pane| pane.keeper().is_some())
    }

    /// Whether its dialog stands there now.
    pub(crate) fn key_reaches(&self, ask: &Ask) -> bool {
        let pane = self.keyed_pane(ask).filter(|_| Self::by_key(ask));
        pane.is_some_and(|pane| Self::key_of(&pane, ask).is_some())
    }

    /// Types the decision of an ask into its dialog once that is seen as it is now, or takes the
    /// ask back where that shows something else by then. What the key did is seen on the screen.
    pub(crate) fn deliver_by_key(self: &Arc<Self>, ask: &Ask) {
        let open = matches!(ask.state, AskState::Decided | AskState::Delivered);
        if !open || !Self::by_key(ask) {
            return;
        }
        crate::platform::probes::pause("keys.before-look");
        let Some(pane) = self.keyed_pane(ask) else {
            return self.not_shown(ask);
        };
        let client = self.next_client();
        lock(&pane.keyed.waiting).insert(client, ask.id.clone());
        self.ask_for_receipt(&pane, client);
    }

    fn ask_for_receipt(&self, pane: &Pane, client: u64) {
        let asked = pane.keeper().map(|keeper| keeper.input(client, 1, b""));
        if let Some(Err(error)) = asked {
            tracing::debug!(session = %pane.session, %error, "a keeper gives no receipt");
        }
    }

    /// The keeper was dialled anew, and the receipts of the connection before are lost.
    pub(crate) fn ask_for_receipts_again(&self, pane: &Pane) {
        let clients: Vec<u64> = lock(&pane.keyed.waiting).keys().copied().collect();
        for client in clients {
            self.ask_for_receipt(pane, client);
        }
    }

    /// A receipt: everything is drawn that its program had printed when it was asked for.
    pub(crate) fn receipt(self: &Arc<Self>, pane: &Pane, client: u64) {
        let Some(id) = lock(&pane.keyed.waiting).remove(&client) else {
            return;
        };
        if let Some(wait) = pane.keyed.undrawn(Instant::now()) {
            let house = Arc::clone(self);
            return self.ticker.after(wait, move || house.deliver(&id));
        }
        let ask = self.engine.read(|world| world.ask(&id).cloned());
        let open = |ask: &Ask| matches!(ask.state, AskState::Decided | AskState::Delivered);
        let Some(ask) = ask.filter(open) else {
            return;
        };
        let Some(name) = Self::key_of(pane, &ask) else {
            return self.not_shown(&ask);
        };
        let keys = parse_key_names(name).unwrap_or_default();
        let modes = pane.modes();
        let bytes: Vec<u8> = keys
            .iter()
            .flat_map(|key| encode_key(key, &modes))
            .collect();
        pane.keyed.by_hand();
        match pane.input(self.next_client(), 1, &bytes) {
            Ok(()) => self.observe(Command::Delivered { ask: id }),
            Err(error) => tracing::warn!(ask = %id, %error, "a decision was not typed"),
        }
    }

    /// It shows something else by now: the effect of a key that went in before, or no effect of ours.
    fn not_shown(self: &Arc<Self>, ask: &Ask) {
        let why = "its dialog does not show this any more; look into its pane".to_owned();
        self.observe(Command::Withdraw {
            ask: ask.id.clone(),
            why,
        });
        // What it asks for by then is a request of its own, though it be for the same call.
        if let Some(pane) = self.keyed_pane(ask) {
            pane.fuse(Fusion::asks_nothing_on_screen);
            read_rows_soon(self, &pane);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_may_not_be_drawn_yet_is_waited_for() {
        let keyed = Keyed::default();
        let now = Instant::now();
        assert_eq!(keyed.undrawn(now), None, "nobody typed");
        *lock(&keyed.last) = Some(now);
        assert_eq!(keyed.undrawn(now), Some(DRAWS));
        let half = DRAWS / 2;
        assert_eq!(keyed.undrawn(now + half), Some(DRAWS - half));
        assert_eq!(keyed.undrawn(now + DRAWS), Some(Duration::ZERO));
        assert_eq!(keyed.undrawn(now + DRAWS + half), None);
    }
}
