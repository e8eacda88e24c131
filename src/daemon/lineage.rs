//! Where a session's conversation comes from.

use super::house::House;
use super::rows::heard;
use crate::core::command::Origin;
use crate::core::event::Event;
use crate::core::id::SessionId;
use crate::core::refusal::Refusal;
use crate::core::state::{Millis, Source};
use crate::core::text::short_id;
use crate::wire::view::WhyAnswer;
use std::ops::ControlFlow;

/// How far back it is followed.
const GENERATIONS: usize = 16;

impl House {
    /// Where the conversation of a session comes from, and where that one does; `None` for one that
    /// began by itself.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn lineage(&self, session: &SessionId) -> Result<Option<WhyAnswer>, Refusal> {
        let Some((at, origin)) = self.origin_of(session)? else {
            return Ok(None);
        };
        let text = match (origin.native, origin.line) {
            (true, _) => "its own fork went on from there".to_owned(),
            (false, Some(line)) => format!("it was told what was said up to line {line}"),
            (false, None) => "it was told what was said".to_owned(),
        };
        let mut line = Vec::new();
        let mut next = Some(origin);
        while let Some(origin) = next.take() {
            let from = match &origin.parent {
                Some(parent) => self.address_of(parent),
                None => format!("{} {}", origin.runtime, short_id(&origin.native_id)),
            };
            line.push(from);
            if let Some(parent) = origin.parent.filter(|_| line.len() < GENERATIONS) {
                next = self.origin_of(&parent)?.map(|(_, origin)| origin);
            }
        }
        Ok(Some(WhyAnswer {
            question: "from".to_owned(),
            answer: line.join(" ← "),
            evidence: Some(heard(Source::Keeper, &text, at)),
        }))
    }

    fn origin_of(&self, session: &SessionId) -> Result<Option<(Millis, Origin)>, Refusal> {
        let mut found = None;
        self.engine.log_each(session.as_str(), |entry| {
            match entry.record.event {
                Event::SessionForked { origin, .. } => {
                    found = Some((entry.record.stamp.at, origin));
                }
                // It is said before the first one.
                Event::AttemptBegun { .. } => {}
                _ => return ControlFlow::Continue(()),
            }
            ControlFlow::Break(())
        })?;
        Ok(found)
    }
}
