//! Who looks at a pane: each gets one full state and then the raw bytes.

use super::Pane;
use crate::daemon::house::lock;
use crate::daemon::outbox::{Outbox, Resync};
use crate::wire::request::{FromDaemon, Push};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A client's pane that shows this session.
pub(super) struct Viewer {
    client: u64,
    pane: u32,
    outbox: Arc<Outbox>,
    size: (u16, u16),
}

impl Pane {
    /// Shows the pane to a client as its number `pane`; it gets the full state and then bytes.
    pub(crate) fn open(&self, client: u64, pane: u32, outbox: &Arc<Outbox>, size: (u16, u16)) {
        let mut state = lock(&self.state);
        state
            .viewers
            .retain(|v| (v.client, v.pane) != (client, pane));
        let outbox = Arc::clone(outbox);
        state.viewers.push(Viewer {
            client,
            pane,
            outbox: Arc::clone(&outbox),
            size,
        });
        outbox.forget(pane);
        if let Some(reader) = self.reader.get() {
            reader.unpark();
        }
        // Who typed last looks again, perhaps from a place of another size.
        let follows = state.typed == Some(client) && state.size != size;
        self.send_state(&mut state, &outbox, pane);
        drop(state);
        if follows {
            self.resize_terminal(size);
        }
        self.tell_end_to(&outbox, pane);
    }

    /// The client's pane has another size; the terminal follows when this client typed last.
    pub(crate) fn resize_view(&self, client: u64, pane: u32, size: (u16, u16)) {
        let mut state = lock(&self.state);
        let mine = |v: &&mut Viewer| (v.client, v.pane) == (client, pane);
        if let Some(viewer) = state.viewers.iter_mut().find(mine) {
            viewer.size = size;
        }
        let follows = state.typed == Some(client) && state.size != size;
        drop(state);
        if follows {
            self.resize_terminal(size);
        }
    }

    /// A client is about to type into its pane: from now on the terminal has that pane's size.
    pub(crate) fn typed_by(&self, client: u64, pane: u32) {
        // While a flood is parsed the key goes ahead and the size waits for the next one.
        let Ok(mut state) = self.state.try_lock() else {
            return;
        };
        state.typed = Some(client);
        let mine = |v: &&Viewer| (v.client, v.pane) == (client, pane);
        let size = state.viewers.iter().find(mine).map(|v| v.size);
        let other = size.filter(|size| *size != state.size);
        drop(state);
        if let Some(size) = other {
            self.resize_terminal(size);
        }
    }

    /// A client is in its pane and has not typed yet: the terminal has that pane's size, unless
    /// somebody else typed last and still looks.
    pub(crate) fn entered_by(&self, client: u64, pane: u32) {
        let state = lock(&self.state);
        let looks = |typed: u64| state.viewers.iter().any(|v| v.client == typed);
        let taken = state
            .typed
            .is_some_and(|typed| typed != client && looks(typed));
        drop(state);
        if !taken {
            self.typed_by(client, pane);
        }
    }

    /// A client looks away.
    pub(crate) fn close(&self, client: u64, pane: u32) {
        let mut state = lock(&self.state);
        for viewer in state
            .viewers
            .iter()
            .filter(|v| (v.client, v.pane) == (client, pane))
        {
            viewer.outbox.forget(pane);
        }
        state
            .viewers
            .retain(|v| (v.client, v.pane) != (client, pane));
    }

    /// Whether nobody looks.
    pub(super) fn is_unseen(&self) -> bool {
        lock(&self.state).viewers.is_empty()
    }

    /// Takes over who looked at the pane before it.
    pub(crate) fn take_viewers(&self, old: &Pane) {
        let moved = std::mem::take(&mut lock(&old.state).viewers);
        let typed = lock(&old.state).typed;
        let mut state = lock(&self.state);
        state.typed = typed;
        for viewer in moved {
            let (outbox, pane) = (Arc::clone(&viewer.outbox), viewer.pane);
            state.viewers.push(viewer);
            outbox.forget(pane);
            self.send_state(&mut state, &outbox, pane);
        }
    }

    /// Sends output on as it came.
    pub(super) fn show(&self, state: &super::State, offset: u64, bytes: &[u8]) {
        if state.viewers.is_empty() {
            return;
        }
        let Some(source) = self.resync_source() else {
            return;
        };
        for viewer in &state.viewers {
            viewer
                .outbox
                .pane_bytes(viewer.pane, offset, bytes, &source);
        }
    }

    /// Sends the full state to everybody: the size changed, or bytes were lost.
    pub(super) fn show_anew(&self, state: &mut super::State) {
        let Some(source) = self.resync_source() else {
            return;
        };
        let viewers: Vec<_> = state
            .viewers
            .iter()
            .map(|v| (Arc::clone(&v.outbox), v.pane))
            .collect();
        for (outbox, pane) in viewers {
            // Who is behind gets one state for all that it has missed.
            if !outbox.is_behind(pane, &source) {
                self.send_state(state, &outbox, pane);
            }
        }
    }

    /// Tells everybody that the program has ended.
    pub(crate) fn tell_end(&self) {
        self.expected.store(false, Ordering::Release);
        let state = lock(&self.state);
        for viewer in &state.viewers {
            viewer
                .outbox
                .say(&FromDaemon::Push(Push::PaneEnded { pane: viewer.pane }));
        }
    }

    fn tell_end_to(&self, outbox: &Outbox, pane: u32) {
        if lock(&self.keeper).is_none() && !self.expected.load(Ordering::Acquire) {
            outbox.say(&FromDaemon::Push(Push::PaneEnded { pane }));
        }
    }

    fn send_state(&self, state: &mut super::State, outbox: &Arc<Outbox>, pane: u32) {
        outbox.pane_state(pane, state.fold.parsed(), &state.fold.screen.likeness());
    }

    fn resize_terminal(&self, (rows, cols): (u16, u16)) {
        let keeper = lock(&self.keeper).clone();
        let done = keeper.map(|keeper| keeper.resize(rows, cols));
        if let Some(Err(error)) = done {
            tracing::debug!(%error, "a terminal could not be resized");
        }
    }
}

impl Resync for Pane {
    fn resync(&self, outbox: &Arc<Outbox>, pane: u32) {
        let mut state = lock(&self.state);
        let looks = |v: &Viewer| Arc::ptr_eq(&v.outbox, outbox) && v.pane == pane;
        if state.viewers.iter().any(looks) {
            self.send_state(&mut state, outbox, pane);
        }
    }
}
