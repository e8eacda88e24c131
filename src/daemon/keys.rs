//! The last resort: a decision as a key into the dialog that asks for it, for a CLI with no other
//! way in. It is typed only while the screen shows the very call that was decided on.

use super::house::House;
use super::pane::Pane;
use crate::core::ask::{Ask, AskKind, AskState};
use crate::core::command::Command;
use crate::screen::{encode_key, parse_key_names};
use std::sync::Arc;

impl House {
    /// Whether a decision of this ask goes by a key.
    pub(crate) fn by_key(ask: &Ask) -> bool {
        ask.hook_key.is_none() && ask.kind == AskKind::Approval
    }

    /// The pane of an ask and the key that would answer it as decided.
    fn key_of(&self, ask: &Ask) -> Option<(Arc<Pane>, &'static str)> {
        let decision = ask.decision.as_ref()?;
        let pane = self.pane(&ask.session)?;
        pane.keeper()?;
        let rows = pane.look(|fold| fold.screen.text_rows());
        let title = pane.title().unwrap_or_default();
        let key = pane
            .runtime
            .key(&rows, &title, &ask.call, decision.answer)?;
        Some((pane, key))
    }

    /// Whether its dialog stands there now.
    pub(crate) fn key_reaches(&self, ask: &Ask) -> bool {
        Self::by_key(ask) && self.key_of(ask).is_some()
    }

    /// Types the decision of an ask into its dialog, or takes the ask back where that shows
    /// something else by now. What the key did is seen on the screen.
    pub(crate) fn deliver_by_key(&self, ask: &Ask) {
        let open = matches!(ask.state, AskState::Decided | AskState::Delivered);
        if !open || !Self::by_key(ask) {
            return;
        }
        let id = ask.id.clone();
        let Some((pane, name)) = self.key_of(ask) else {
            let why = "its dialog does not show this any more; look into its pane".to_owned();
            return self.observe(Command::Withdraw { ask: id, why });
        };
        let keys = parse_key_names(name).unwrap_or_default();
        let modes = pane.modes();
        let bytes: Vec<u8> = keys
            .iter()
            .flat_map(|key| encode_key(key, &modes))
            .collect();
        match pane.input(self.next_client(), 1, &bytes) {
            Ok(()) => self.observe(Command::Delivered { ask: id }),
            Err(error) => tracing::warn!(ask = %id, %error, "a decision was not typed"),
        }
    }
}
