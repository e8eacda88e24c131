//! The thread that does what follows from events. Each effect is idempotent: after a crash it is
//! done again.

use super::house::House;
use crate::core::effect::Effect;
use crate::core::id::SessionId;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// Performs effects until the engine is gone.
pub(crate) fn run(house: &Arc<House>, effects: &Receiver<Effect>) {
    for effect in effects {
        tracing::debug!(?effect, "performs");
        perform(house, effect);
    }
}

fn perform(house: &Arc<House>, effect: Effect) {
    match effect {
        Effect::StartKeeper { session, attempt } => {
            // A CLI may be asked something first, which takes seconds; others do not wait for it.
            let starter = Arc::clone(house);
            let name = format!("start {session}");
            let thread = std::thread::Builder::new().name(name);
            if let Err(error) = thread.spawn(move || starter.start(&session, attempt)) {
                tracing::error!(%error, "no thread to start a program");
            }
        }
        Effect::EndTree {
            session,
            attempt,
            grace_ms,
        } => {
            let keeper = live(house, &session, attempt).and_then(|pane| pane.keeper());
            if let Some(Err(error)) = keeper.map(|keeper| keeper.end(grace_ms)) {
                tracing::warn!(%session, %error, "a keeper did not take the end");
            }
        }
        Effect::ReleaseKeeper { session, attempt } => {
            let keeper = live(house, &session, attempt).and_then(|pane| pane.keeper());
            if let Some(Err(error)) = keeper.map(|keeper| keeper.release()) {
                tracing::debug!(%session, %error, "a keeper did not take the release");
            }
        }
        Effect::DeliverDecision { ask } | Effect::ReleaseHook { ask } => house.deliver(&ask),
    }
}

fn live(house: &House, session: &SessionId, attempt: u32) -> Option<Arc<super::pane::Pane>> {
    house.pane(session).filter(|pane| pane.attempt == attempt)
}
