//! What reaches a terminal: keys of an open pane, `send`, `interrupt`.

use super::{Answer, Served, hands};
use crate::core::command::Command;
use crate::core::session::Session;
use crate::daemon::house::error;
use crate::daemon::pane::{self, Pane};
use crate::screen::{encode_key, encode_paste, parse_key_names};
use crate::wire::view::{ErrorKind, ErrorView};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Between a paste and its Enter: some agents take both in one read for a paste only.
const BEFORE_ENTER: Duration = Duration::from_millis(120);

/// How `send` types.
pub(super) struct How {
    pub(super) enter: bool,
    pub(super) keys: bool,
    pub(super) force: bool,
}

impl Served {
    /// `[u32 pane][bytes]` from a client's open pane; without bytes only the size is taken over.
    pub(super) fn keys(&self, payload: &[u8], panes: &mut HashMap<u32, Arc<Pane>>) {
        let Some((number, bytes)) = payload.split_first_chunk::<4>() else {
            return;
        };
        let number = u32::from_le_bytes(*number);
        let Some(pane) = panes.get_mut(&number) else {
            return;
        };
        if pane.keeper().is_none() {
            self.present(pane);
        }
        if bytes.is_empty() {
            return pane.entered_by(self.id, number);
        }
        pane.typed_by(self.id, number);
        if let Err(error) = pane.input(self.id, self.next_seq(), bytes) {
            tracing::debug!(session = %pane.session, %error, "a key came too late");
        } else if hands::is_typing(bytes) {
            self.hands.take(&self.house, number, &pane.session);
        }
    }

    /// Goes on to the pane that is now in the place of `open`: the session may have been resumed.
    pub(super) fn present(&self, open: &mut Arc<Pane>) {
        if let Some(new) = self.house.pane(&open.session) {
            *open = new;
        }
    }

    pub(super) fn open(
        &self,
        name: &str,
        number: u32,
        size: (u16, u16),
        panes: &mut HashMap<u32, Arc<Pane>>,
    ) -> Answer {
        if let Some(old) = panes.remove(&number) {
            old.close(self.id, number);
            self.hands.give(&self.house, number);
        }
        let pane = self.pane_of(&self.session_row(name)?)?;
        pane.open(self.id, number, &self.outbox, size);
        panes.insert(number, pane);
        Ok(Value::Null)
    }

    pub(super) fn pane_of(&self, row: &Session) -> Result<Arc<Pane>, ErrorView> {
        if let Some(pane) = self.house.pane(&row.id)
            && pane.attempt == row.attempt
        {
            return Ok(pane);
        }
        if row.is_live() {
            return Ok(pane::expect(&self.house, row));
        }
        pane::recall(&self.house, row).map_err(|error| {
            ErrorView::new(
                ErrorKind::Failed,
                format!("its recording cannot be read: {error}"),
            )
        })
    }

    pub(super) fn send(&self, name: &str, text: &str, how: How) -> Answer {
        let row = self.session_row(name)?;
        let pane = self.live_pane(&row)?;
        let bytes = if how.keys {
            let keys = parse_key_names(text).map_err(|word| {
                ErrorView::new(ErrorKind::Usage, word)
                    .hint("keys are esc, enter, tab, up, ctrl-c, …")
            })?;
            let modes = pane.modes();
            keys.iter()
                .flat_map(|key| encode_key(key, &modes))
                .collect()
        } else {
            encode_paste(text, &pane.modes())
        };
        let sent = self.house.engine.submit(
            self.house.engine.stamp(crate::core::stamp::Actor::Operator),
            Command::SendText {
                session: row.id.clone(),
                length: text.len() as u64,
                force: how.force,
            },
        );
        sent.map_err(error)?;
        self.type_in(&pane, &bytes)?;
        if how.enter && !how.keys {
            if !bytes.is_empty() {
                std::thread::sleep(BEFORE_ENTER);
            }
            self.house.prompted(&pane);
            self.type_in(&pane, b"\r")?;
        }
        self.row_of(&row)
    }

    pub(super) fn interrupt(&self, name: &str) -> Answer {
        let row = self.session_row(name)?;
        let pane = self.live_pane(&row)?;
        self.house.operate(Command::Interrupt {
            session: row.id.clone(),
        })?;
        if !self.house.interrupt_aside(&pane) {
            self.type_in(&pane, pane.runtime.interrupt())?;
        }
        self.row_of(&row)
    }

    fn live_pane(&self, row: &Session) -> Result<Arc<Pane>, ErrorView> {
        let pane = self
            .house
            .pane(&row.id)
            .filter(|pane| pane.keeper().is_some());
        pane.filter(|pane| pane.attempt == row.attempt)
            .ok_or_else(|| {
                ErrorView::new(ErrorKind::Refused, "its program does not run")
                    .hint("start it again: pult resume NAME")
            })
    }

    fn type_in(&self, pane: &Pane, bytes: &[u8]) -> Result<(), ErrorView> {
        pane.input(self.id, self.next_seq(), bytes)
            .map_err(|error| {
                ErrorView::new(ErrorKind::Failed, format!("its terminal is gone: {error}"))
            })
    }
}
