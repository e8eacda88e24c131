//! What reaches a terminal: keys of an open pane, `send`, `interrupt`.

use super::delivery::{Delivery, Step};
use super::{Answer, Served, hands};
use crate::core::command::Command;
use crate::core::session::Session;
use crate::daemon::house::error;
use crate::daemon::pane::{self, Pane};
use crate::runtime::draft::Draft;
use crate::screen::{Modes, encode_key, encode_paste, parse_key_names};
use crate::wire::view::{ErrorKind, ErrorView};
use serde_json::Value;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between a paste and its Enter: some agents take both in one read for a paste only.
const BEFORE_ENTER: Duration = Duration::from_millis(120);

/// How often the prompt is looked at while a text is on its way to the agent.
const LOOK: Duration = Duration::from_millis(20);

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
            pane.written_by_hand(bytes);
            pane.keyed.by_hand();
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
        // A key is for now, whatever text is on its way.
        let turn = (!how.keys).then(|| pane.gives());
        let bytes = if how.keys {
            keys(text, &pane.modes())?
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
        let typist = Typist::new(self, &pane);
        let enters = how.enter && !how.keys;
        let shown = draft(&pane).filter(|_| enters && !text.trim().is_empty());
        if let Some(before) = shown {
            if !how.force && !before.text.is_empty() && pane.holds_words_of_a_hand() {
                return Err(somebody_types(name));
            }
            let clears = !pane.runtime.clears().is_empty();
            self.see_taken(&typist, Delivery::new(text, before, clears), &bytes)?;
        } else {
            typist.types(&bytes)?;
            if enters {
                if !bytes.is_empty() {
                    std::thread::sleep(BEFORE_ENTER);
                }
                self.house.prompted(&pane);
                typist.types(b"\r")?;
            }
        }
        drop(turn);
        self.row_of(&row)
    }

    /// Takes out what stands in the prompt, pastes the text, presses Enter once it stands there, and
    /// sees it taken.
    fn see_taken(
        &self,
        typist: &Typist<'_>,
        mut delivery: Delivery,
        pasted: &[u8],
    ) -> Result<(), ErrorView> {
        let pane = typist.pane;
        let name = pane.runtime.name();
        let began = Instant::now();
        let mut entered = false;
        loop {
            let now = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            let step = delivery.look(now, draft(pane));
            match step {
                // It may have been told to leave.
                _ if entered && pane.keeper().is_none() => return Ok(()),
                Step::Taken => return Ok(()),
                Step::Clear(rows) => {
                    let row = keys(pane.runtime.clears(), &pane.modes())?;
                    typist.types(&row.repeat(rows))?;
                }
                Step::Paste => typist.types(pasted)?,
                Step::Plain if pane.runtime.as_written().is_empty() => {}
                Step::Plain => typist.types(&keys(pane.runtime.as_written(), &pane.modes())?)?,
                Step::Enter => {
                    self.house.prompted(pane);
                    typist.types(b"\r")?;
                    pane.written_by_hand(b"\r");
                    entered = true;
                }
                Step::NotAlone | Step::NotShown | Step::NotTaken => {
                    let what = match step {
                        Step::NotAlone => {
                            "something else stands in its prompt, and Enter was not pressed"
                        }
                        Step::NotTaken => "Enter was pressed, and the text still stands there",
                        _ => "it does not show the text, and Enter was not pressed",
                    };
                    let what = format!("{name} has not taken the text: {what}");
                    return Err(ErrorView::new(ErrorKind::Failed, what).hint(
                        "look at its prompt: pult read NAME; to give what stands there: pult send --keys NAME enter",
                    ));
                }
                Step::Wait if self.house.stopping() => {
                    let what = "the daemon is going down";
                    return Err(ErrorView::new(ErrorKind::Unreachable, what));
                }
                Step::Wait => std::thread::sleep(LOOK),
            }
        }
    }

    pub(super) fn interrupt(&self, name: &str) -> Answer {
        let row = self.session_row(name)?;
        let pane = self.live_pane(&row)?;
        self.house.operate(Command::Interrupt {
            session: row.id.clone(),
        })?;
        if !self.house.interrupt_aside(&pane) {
            Typist::new(self, &pane).types(pane.runtime.interrupt())?;
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
}

/// Who types one text. Several threads of one client may type, and a number that comes late is taken
/// for one that was typed already: each counts for itself.
struct Typist<'a> {
    pane: &'a Arc<Pane>,
    client: u64,
    typed: Cell<u64>,
}

impl<'a> Typist<'a> {
    fn new(served: &Served, pane: &'a Arc<Pane>) -> Self {
        Self {
            pane,
            client: served.house.next_client(),
            typed: Cell::new(0),
        }
    }

    fn types(&self, bytes: &[u8]) -> Result<(), ErrorView> {
        self.typed.set(self.typed.get() + 1);
        self.pane.keyed.by_hand();
        let typed = self.pane.input(self.client, self.typed.get(), bytes);
        typed.map_err(|error| gone(&error))
    }
}

fn somebody_types(name: &str) -> ErrorView {
    let what = format!("what somebody typed stands in the prompt of {name}");
    ErrorView::new(ErrorKind::Refused, what).hint(format!(
        "give it (pult send --keys {name} enter), take it out there, or add --force to lose it"
    ))
}

fn gone(error: &std::io::Error) -> ErrorView {
    ErrorView::new(ErrorKind::Failed, format!("its terminal is gone: {error}"))
}

/// The bytes of keys by their names.
fn keys(names: &str, modes: &Modes) -> Result<Vec<u8>, ErrorView> {
    let keys = parse_key_names(names).map_err(|word| {
        ErrorView::new(ErrorKind::Usage, word).hint("keys are esc, enter, tab, up, ctrl-c, …")
    })?;
    let bytes = keys.iter().flat_map(|key| encode_key(key, modes));
    Ok(bytes.collect())
}

/// What stands in the prompt on a pane's screen.
fn draft(pane: &Pane) -> Option<Draft> {
    let rows = pane.look(|fold| fold.screen.text_rows());
    pane.runtime.draft(&rows)
}
