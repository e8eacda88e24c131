//! The machine's clock was set, or the machine slept: what waits here goes on waiting as long as it
//! was to, and what has just happened has still just happened.

use super::model::{Confirm, Model, Page};
use crate::core::state::Millis;

/// A clock that is so much off the time that went by was set, in ms.
pub const SET_MS: Millis = 1_000;

/// Moves every time that was taken from the clock here by `by` ms; those that the daemon told stay.
pub fn set(model: &mut Model, by: Millis) {
    let mut times: Vec<&mut Millis> = vec![&mut model.hold, &mut model.located];
    times.extend(model.notice.as_mut().map(|notice| &mut notice.until));
    times.extend(model.undo.iter_mut().map(|undo| &mut undo.until));
    times.extend([&mut model.ask_moved, &mut model.inbox.came]);
    times.extend(
        [&mut model.left, &mut model.strays, &mut model.down]
            .map(Option::as_mut)
            .into_iter()
            .flatten(),
    );
    times.push(&mut model.alerts.touched);
    times.extend(model.alerts.notes.values_mut().map(|(_, told)| told));
    times.extend(model.elsewhere.due.as_mut());
    times.extend(model.spent.due.as_mut());
    times.extend(model.templates.since.as_mut());
    for ask in &mut model.asks {
        times.push(&mut ask.changed);
        times.extend(ask.gone.as_mut());
    }
    for page in model.page.iter_mut().chain(&mut model.behind) {
        match page {
            Page::Confirm(
                Confirm::Allow { opened, .. }
                | Confirm::Same { opened, .. }
                | Confirm::Trust { opened, .. },
            ) => times.push(opened),
            Page::Conversation(one) => times.push(&mut one.due),
            _ => {}
        }
    }
    for time in times {
        // 0 is long ago by any clock.
        if *time != 0 {
            *time += by;
        }
    }
}
