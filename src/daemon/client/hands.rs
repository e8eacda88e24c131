//! The operator's hands: in which panes this client typed, from its first key to its leaving.

use crate::core::command::Command;
use crate::core::id::SessionId;
use crate::core::stamp::Actor;
use crate::daemon::house::{House, lock};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Whether these bytes are something that a person typed: neither a report of the focus nor one of
/// the mouse, which come without being meant (xterm's control sequences, "Mouse Tracking").
pub(super) fn is_typing(bytes: &[u8]) -> bool {
    let reports: [&[u8]; 4] = [b"\x1b[I", b"\x1b[O", b"\x1b[<", b"\x1b[M"];
    !bytes.is_empty() && !reports.iter().any(|report| bytes.starts_with(report))
}

/// Which panes of a client are typed in, each with its session.
#[derive(Debug, Default)]
pub(super) struct Hands(Mutex<HashMap<u32, Hand>>);

#[derive(Debug)]
struct Hand {
    session: SessionId,
    /// Writes it down; a key does not wait for the disk.
    writing: Option<JoinHandle<()>>,
}

impl Hands {
    /// Something was typed; the first time it is recorded that the operator has taken over.
    pub(super) fn take(&self, house: &Arc<House>, pane: u32, session: &SessionId) {
        let mut hands = lock(&self.0);
        if hands.get(&pane).is_some_and(|of| of.session == *session) {
            return;
        }
        let (there, id) = (Arc::clone(house), session.clone());
        let write = move || record(&there, Command::TakeOver { session: id });
        let writing = thread::Builder::new()
            .name("taken-over".into())
            .spawn(write);
        let hand = Hand {
            session: session.clone(),
            writing: writing.ok(),
        };
        hands.insert(pane, hand);
    }

    /// The client looks away; where it typed, that is recorded.
    pub(super) fn give(&self, house: &House, pane: u32) {
        let Some(hand) = lock(&self.0).remove(&pane) else {
            return;
        };
        // What was taken is written before what was given back.
        if let Some(writing) = hand.writing {
            let _ = writing.join();
        }
        let session = hand.session;
        record(house, Command::GiveBack { session });
    }
}

fn record(house: &House, command: Command) {
    let stamp = house.engine.stamp(Actor::Operator);
    if let Err(refusal) = house.engine.submit(stamp, command) {
        tracing::debug!(
            what = refusal.what,
            "whose hands are in a pane is not recorded"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_no_typing() {
        for (bytes, typed) in [
            (&b"x"[..], true),
            (b"\r", true),
            (b"\x1b", true),
            (b"\x1b[A", true),
            (b"\x1bOP", true),
            (b"\x1b[200~text\x1b[201~", true),
            (b"", false),
            (b"\x1b[I", false),
            (b"\x1b[O", false),
            (b"\x1b[<35;4;5M", false),
            (b"\x1b[M #!", false),
        ] {
            assert_eq!(is_typing(bytes), typed, "{bytes:?}");
        }
    }
}
