//! A program that was to go on with a conversation, and could not.

use super::house::House;
use super::pane::Pane;
use crate::core::command::Command;
use crate::core::event::Event;
use crate::core::refusal::Refusal;
use crate::core::state::{Millis, Turn};
use crate::core::text;
use std::mem::take;
use std::ops::ControlFlow;

/// How soon a program ends that cannot go on, in ms.
const SOON: Millis = 60_000;
/// Characters of its last words.
const WORDS: usize = 300;

impl House {
    /// Keeps what a program said last that ended with a code of failure, soon after it was to go on
    /// with a conversation and before anything was heard of it.
    pub(crate) fn watch_resume(&self, pane: &Pane) {
        let heard = pane.fuse(|fusion| fusion.started() || fusion.turn() != Turn::Unknown);
        if heard || !pane.runtime.capabilities().agent {
            return;
        }
        match self.resumed_at(pane) {
            Ok(Some(at)) if self.now() - at < SOON => {}
            Ok(_) => return,
            Err(refusal) => {
                tracing::warn!(what = refusal.what, "whether a resume failed is not known");
                return;
            }
        }
        let rows = pane.look(|fold| fold.screen.text_rows());
        let last = rows.iter().rev().find(|row| !row.trim().is_empty());
        let last = last.map_or("it said nothing", |row| row.trim());
        self.observe(Command::ResumeFailed {
            session: pane.session.clone(),
            attempt: pane.attempt,
            why: text::line(last).chars().take(WORDS).collect(),
        });
    }

    /// When the attempt of the pane was begun, in ms since 1970; `None` where it began a conversation.
    fn resumed_at(&self, pane: &Pane) -> Result<Option<Millis>, Refusal> {
        let (mut left, mut at) = (false, None);
        self.engine.log_each(pane.session.as_str(), |entry| {
            match entry.record.event {
                Event::ConversationLeft { .. } => left = true,
                Event::AttemptBegun { attempt, .. } => {
                    let anew = take(&mut left) || attempt == 1;
                    at = (!anew).then_some(entry.record.stamp.at);
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        Ok(at)
    }
}
