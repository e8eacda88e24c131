//! `pult wait`.

use super::{Answer, Served};
use crate::core::state::{Asking, Process, Turn};
use crate::wire::request::Until;
use crate::wire::view::{ErrorKind, ErrorView};
use std::time::{Duration, Instant};

/// How long one wait for a change is; a client that has gone is noticed that late.
const LOOK_UP: Duration = Duration::from_secs(30);

impl Served {
    pub(super) fn wait(&self, name: &str, until: Until, timeout_ms: Option<u64>) -> Answer {
        let row = self.session_row(name)?;
        let end = timeout_ms.map(|ms| Instant::now() + Duration::from_millis(ms));
        let mut seen = self.house.engine.generation();
        loop {
            let state = self.house.engine.read(|world| {
                let row = world.session(&row.id)?;
                Some((row.process, row.turn, world.asking(&row.id)))
            });
            let Some((process, turn, asking)) = state else {
                return Err(ErrorView::new(
                    ErrorKind::NotFound,
                    format!("{name} was retired"),
                ));
            };
            let over = matches!(process, Process::Exited | Process::Lost);
            let there = match until {
                Until::Asks => asking != Asking::None,
                Until::Settled => process == Process::Alive && turn == Turn::Settled,
                Until::Exited => over,
            };
            if there {
                return self.row_of(&row);
            }
            if over {
                let what = format!("{name} has ended, so that will not come");
                return Err(
                    ErrorView::new(ErrorKind::Failed, what).hint(format!("pult why {name}"))
                );
            }
            let now = Instant::now();
            let longest = end.map_or(LOOK_UP, |end| {
                (end.saturating_duration_since(now)).min(LOOK_UP)
            });
            if end.is_some_and(|end| now >= end) {
                let what = format!("{name} is not there yet");
                return Err(
                    ErrorView::new(ErrorKind::Timeout, what).hint(format!("pult why {name}"))
                );
            }
            if self.house.stopping() || self.outbox.is_closed() {
                return Err(ErrorView::new(
                    ErrorKind::Unreachable,
                    "the daemon is going down",
                ));
            }
            seen = self.house.engine.wait_change(seen, longest);
        }
    }
}
