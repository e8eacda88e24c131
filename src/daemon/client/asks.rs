//! The inbox and its decisions.

use super::{Answer, Served, view};
use crate::core::ask::{self, Ask, AskKind};
use crate::core::command::Command;
use crate::core::id::{AskId, SessionId};
use crate::core::world::World;
use crate::daemon::house::{House, error};
use crate::daemon::rows::{ask_detail, ask_row, deed};
use crate::runtime::{self, Reject, Runtime};
use crate::wire::view::{ErrorKind, ErrorView};
use serde_json::Value;

/// How many closed asks `inbox --all` reaches back over.
const ALL: usize = 1_000;

impl Served {
    pub(super) fn inbox(&self, all: bool) -> Answer {
        if !all {
            return view(&self.house.inbox_rows());
        }
        let asks = self.house.engine.asks_ever(ALL).map_err(error)?;
        let rows: Vec<_> = asks
            .iter()
            .map(|ask| ask_row(ask, self.house.asker(ask)))
            .collect();
        view(&rows)
    }

    pub(super) fn show(&self, id: &str) -> Answer {
        let ask = self.house.engine.find_ask(id).map_err(error)?;
        view(&ask_detail(&ask, self.house.asker(&ask)))
    }

    pub(super) fn decide(
        &self,
        id: &str,
        digest: Option<String>,
        answer: ask::Answer,
        note: Option<String>,
    ) -> Answer {
        self.decides()?;
        let note = note.filter(|note| !note.trim().is_empty());
        let ask = self.house.engine.find_ask(id).map_err(error)?;
        if ask.is_open() && ask.kind != AskKind::Approval {
            let what = format!("{} can only be answered in its pane", ask.id);
            let hint = format!("open it: pult attach {}", self.house.asker(&ask));
            return Err(ErrorView::new(ErrorKind::Refused, what).hint(hint));
        }
        if answer == ask::Answer::Allow && note.is_some() && !self.takes_notes(&ask) {
            let peer = self.house.asker(&ask);
            let what = "a note cannot go with this yes: the agent's protocol has no place for it";
            return Err(ErrorView::new(ErrorKind::Refused, what)
                .hint(format!("approve without it, then: pult send {peer} TEXT")));
        }
        if answer == ask::Answer::Deny
            && note.is_some()
            && let Some(why) = self.no_without_words(&ask)
        {
            let peer = self.house.asker(&ask);
            let what = format!("a note cannot go with this no: {why}");
            return Err(ErrorView::new(ErrorKind::Refused, what)
                .hint(format!("reject without it, then: pult send {peer} TEXT")));
        }
        tracing::info!(ask = %ask.id, deed = deed(answer), "the operator decides");
        self.house.operate(Command::Decide {
            ask: ask.id.clone(),
            digest,
            answer,
            note,
            who: self.who.clone(),
        })?;
        self.row_now(&ask.id)
    }

    pub(super) fn retry(&self, id: &str) -> Answer {
        self.decides()?;
        let ask = self.house.engine.find_ask(id).map_err(error)?;
        self.house.retry(&ask.id)?;
        self.row_now(&ask.id)
    }

    /// Whether this client may decide at all.
    fn decides(&self) -> Result<(), ErrorView> {
        let refused = |why: &String| Err(ErrorView::new(ErrorKind::Refused, why.clone()));
        self.may_not_decide.as_ref().map_or(Ok(()), refused)
    }

    /// The row of an ask as it is by now.
    fn row_now(&self, id: &AskId) -> Answer {
        let now = self.house.engine.find_ask(id.as_str()).map_err(error)?;
        view(&ask_row(&now, self.house.asker(&now)))
    }

    /// Whether the agent can be told something with the result of an allowed call.
    fn takes_notes(&self, ask: &Ask) -> bool {
        let runtime = self.runtime_of(ask);
        ask.call_key.is_some() && runtime.is_some_and(|r| !r.note_events().is_empty())
    }

    /// Why the agent can be told nothing with a no; `None` where it can.
    fn no_without_words(&self, ask: &Ask) -> Option<&'static str> {
        if House::by_key(ask) {
            return Some("it is typed as a key into the agent's dialog");
        }
        let ends = self.runtime_of(ask)?.capabilities().reject == Reject::TurnEnds;
        ends.then_some("it ends the agent's turn")
    }

    fn runtime_of(&self, ask: &Ask) -> Option<&'static dyn Runtime> {
        let session = |world: &World| world.session(&ask.session).map(|row| row.runtime.clone());
        let name = self.house.engine.read(session);
        name.as_deref().and_then(runtime::by_name)
    }

    /// A hook has written the answer, or the note of an earlier one, to its CLI.
    pub(super) fn hook_done(&self, id: &str, note: bool, session: &SessionId) -> Answer {
        let ask = AskId::parse(id).filter(|id| {
            let own = |ask: &Ask| ask.session == *session;
            self.house
                .engine
                .read(|world| world.ask(id).is_some_and(own))
        });
        let Some(ask) = ask else {
            return Err(ErrorView::new(
                ErrorKind::Refused,
                "that ask is not of this session",
            ));
        };
        if !note {
            self.house.hook_done(&ask);
        }
        self.house.observe(match note {
            true => Command::NoteGiven { ask },
            false => Command::Delivered { ask },
        });
        Ok(Value::Null)
    }
}
