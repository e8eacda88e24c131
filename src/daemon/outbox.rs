//! What goes to one client: straight to its socket while it keeps up, through a bounded queue when
//! it does not. Nobody who sends ever waits.
//!
//! A client that stops reading costs at most [`PANE_LIMIT`] of memory: pane bytes above it are
//! dropped and the pane is marked as lagging; once the queue is empty again each lagging pane sends
//! one full state.

use crate::platform::sockets::send_now;
use crate::wire::frame;
use crate::wire::request::FromDaemon;
use std::collections::VecDeque;
use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

/// Queued bytes above which pane bytes are dropped.
pub(crate) const PANE_LIMIT: usize = 512 * 1024;
/// Queued bytes above which the client is cut off: it asks and never reads.
const HARD_LIMIT: usize = 64 * 1024 * 1024;

/// Something that can send its full state once a client has caught up.
pub(crate) trait Resync: Send + Sync {
    /// Sends the present state of pane number `pane` to `outbox`.
    fn resync(&self, outbox: &Arc<Outbox>, pane: u32);
}

/// One client's way out.
pub(crate) struct Outbox {
    stream: UnixStream,
    state: Mutex<State>,
    ready: Condvar,
    myself: Weak<Outbox>,
}

#[derive(Default)]
struct State {
    /// The thread that writes what does not fit at once is there.
    drained: bool,
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    writing: bool,
    closed: bool,
    lagging: Vec<Lagging>,
}

/// A pane that has sent nothing since the client fell behind.
struct Lagging {
    pane: u32,
    source: Arc<dyn Resync>,
    /// Its state is on the way; until it is here its bytes are still dropped, since they come
    /// after what the state has.
    asked: bool,
}

impl Outbox {
    /// The way out over `stream`.
    pub(crate) fn new(stream: UnixStream) -> Arc<Self> {
        Arc::new_cyclic(|myself| Self {
            stream,
            state: Mutex::default(),
            ready: Condvar::new(),
            myself: myself.clone(),
        })
    }

    /// Has the thread that writes what does not fit at once; most clients come and go without one.
    fn need_writer(&self, state: &mut State) {
        if state.drained || state.closed {
            return;
        }
        let writer = self.myself.upgrade();
        let thread = std::thread::Builder::new().name("client-out".into());
        let started = writer.map(|writer| thread.spawn(move || writer.drain()));
        match started {
            Some(Ok(_)) => state.drained = true,
            failed => {
                tracing::warn!(?failed, "no thread for a slow client; it is cut off");
                state.closed = true;
                let _ = self.stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Sends a message; never dropped while the client lives.
    pub(crate) fn say(&self, message: &FromDaemon) {
        match serde_json::to_vec(message) {
            Ok(json) => self.push(frame::encode(frame::JSON, &json)),
            Err(error) => tracing::error!(%error, "a message could not be encoded"),
        }
    }

    /// Sends bytes of a pane; when the client is behind they are dropped and `pane` is brought up
    /// to date by `source` later.
    pub(crate) fn pane_bytes(
        &self,
        pane: u32,
        offset: u64,
        bytes: &[u8],
        source: &Arc<dyn Resync>,
    ) {
        let mut state = self.lock();
        if state.falls_behind(pane, bytes.len(), source) {
            return self.need_writer(&mut state);
        }
        self.push_locked(
            &mut state,
            pane_frame(frame::PANE_BYTES, pane, offset, bytes),
        );
    }

    /// Sends a pane's full state, after which its bytes go on.
    pub(crate) fn pane_state(&self, pane: u32, offset: u64, checkpoint: &[u8]) {
        let mut state = self.lock();
        state.lagging.retain(|lagging| lagging.pane != pane);
        let frame = pane_frame(frame::PANE_STATE, pane, offset, checkpoint);
        self.push_locked(&mut state, frame);
    }

    /// Whether a client is too far behind to be sent a pane's new state now; `source` sends it
    /// later.
    pub(crate) fn is_behind(&self, pane: u32, source: &Arc<dyn Resync>) -> bool {
        let mut state = self.lock();
        let behind = state.falls_behind(pane, 0, source);
        if behind {
            self.need_writer(&mut state);
        }
        behind
    }

    /// Forgets a lagging pane that was closed.
    pub(crate) fn forget(&self, pane: u32) {
        self.lock().lagging.retain(|lagging| lagging.pane != pane);
    }

    /// Waits until nothing is queued; false when the client is gone.
    pub(crate) fn wait_drained(&self) -> bool {
        let mut state = self.lock();
        while !state.closed && (state.queued > 0 || state.writing) {
            state = self
                .ready
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        !state.closed
    }

    /// Whether the client is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ends the connection, both ways.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        // The peer may have gone first; then there is nothing to shut down.
        let _ = self.stream.shutdown(Shutdown::Both);
        self.ready.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, bytes: Vec<u8>) {
        let mut state = self.lock();
        self.push_locked(&mut state, bytes);
    }

    fn push_locked(&self, state: &mut State, mut bytes: Vec<u8>) {
        if state.closed {
            return;
        }
        if state.queue.is_empty() && !state.writing {
            match send_now(&self.stream, &bytes) {
                Ok(n) if n == bytes.len() => return,
                Ok(n) => drop(bytes.drain(..n)),
                Err(_) => {
                    state.closed = true;
                    self.ready.notify_all();
                    return;
                }
            }
        }
        if state.queued + bytes.len() > HARD_LIMIT {
            tracing::warn!("a client asks and does not read; it is cut off");
            state.closed = true;
            let _ = self.stream.shutdown(Shutdown::Both);
        } else {
            state.queued += bytes.len();
            state.queue.push_back(bytes);
            self.need_writer(state);
        }
        self.ready.notify_all();
    }

    /// The writer thread: takes what is queued, then wakes the panes that wait for room.
    fn drain(self: Arc<Self>) {
        loop {
            let mut state = self.lock();
            while state.queue.is_empty() && state.lagging.is_empty() && !state.closed {
                state = self
                    .ready
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if state.closed {
                state.queue = VecDeque::new();
                state.lagging = Vec::new();
                return;
            }
            let Some(bytes) = state.queue.pop_front() else {
                let mut behind = Vec::new();
                for lagging in &mut state.lagging {
                    lagging.asked = true;
                    behind.push((lagging.pane, Arc::clone(&lagging.source)));
                }
                drop(state);
                for (pane, source) in behind {
                    source.resync(&self, pane);
                }
                // What had nothing to send is not looked at any more.
                self.lock().lagging.retain(|lagging| !lagging.asked);
                continue;
            };
            state.writing = true;
            drop(state);
            let written = (&self.stream).write_all(&bytes);
            let mut state = self.lock();
            state.writing = false;
            state.queued -= bytes.len();
            state.closed |= written.is_err();
            self.ready.notify_all();
        }
    }
}

impl State {
    /// Whether pane `pane` has fallen behind, or does so by `more` bytes.
    fn falls_behind(&mut self, pane: u32, more: usize, source: &Arc<dyn Resync>) -> bool {
        if self.lagging.iter().any(|lagging| lagging.pane == pane) {
            return true;
        }
        let behind = self.queued + more > PANE_LIMIT;
        if behind {
            self.lagging.push(Lagging {
                pane,
                source: Arc::clone(source),
                asked: false,
            });
        }
        behind
    }
}

fn pane_frame(kind: u8, pane: u32, offset: u64, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(17 + bytes.len());
    out.push(kind);
    out.extend_from_slice(&(bytes.len() as u32 + 12).to_le_bytes());
    out.extend_from_slice(&pane.to_le_bytes());
    out.extend_from_slice(&offset.to_le_bytes());
    out.extend_from_slice(bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Counting(AtomicUsize);
    impl Resync for Counting {
        fn resync(&self, outbox: &Arc<Outbox>, pane: u32) {
            self.0.fetch_add(1, Ordering::SeqCst);
            outbox.pane_state(pane, 7, b"state");
        }
    }

    #[test]
    fn a_client_that_stops_reading_gets_one_state_and_no_queue() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let outbox = Outbox::new(ours);
        let source: Arc<dyn Resync> = Arc::new(Counting(AtomicUsize::new(0)));
        for n in 0..4000_u64 {
            outbox.pane_bytes(3, n * 1000, &[b'x'; 1000], &source);
        }
        assert!(outbox.lock().queued <= PANE_LIMIT);
        let mut bytes = 0;
        loop {
            let frame = frame::read(&mut theirs).unwrap().unwrap();
            if frame.kind == frame::PANE_STATE {
                assert_eq!(&frame.payload[12..], b"state");
                break;
            }
            bytes += frame.payload.len();
        }
        assert!(bytes < 4_000_000);
        assert!(outbox.wait_drained());
        outbox.pane_bytes(3, 9, b"on", &source);
        assert_eq!(
            frame::read(&mut theirs).unwrap().unwrap().kind,
            frame::PANE_BYTES
        );
        outbox.close();
    }

    /// Prints while its state is on the way.
    struct Busy(Mutex<Option<Arc<dyn Resync>>>);
    impl Resync for Busy {
        fn resync(&self, outbox: &Arc<Outbox>, pane: u32) {
            let source = self.0.lock().unwrap().take().unwrap();
            outbox.pane_bytes(pane, 5_000_000, b"between", &source);
            assert!(outbox.is_behind(pane, &source));
            outbox.pane_state(pane, 5_000_007, b"state");
            outbox.pane_bytes(pane, 5_000_007, b"after", &source);
        }
    }

    #[test]
    fn what_is_printed_while_a_state_is_on_the_way_is_in_the_state() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let outbox = Outbox::new(ours);
        let busy = Arc::new(Busy(Mutex::default()));
        let source: Arc<dyn Resync> = busy.clone();
        *busy.0.lock().unwrap() = Some(source.clone());
        for n in 0..4000_u64 {
            outbox.pane_bytes(3, n * 1000, &[b'x'; 1000], &source);
        }
        let mut next = 0;
        loop {
            let frame = frame::read(&mut theirs).unwrap().unwrap();
            let offset = u64::from_le_bytes(frame.payload[4..12].try_into().unwrap());
            if frame.kind == frame::PANE_STATE {
                assert_eq!(offset, 5_000_007);
                break;
            }
            assert_eq!(offset, next);
            next += 1000;
        }
        let frame = frame::read(&mut theirs).unwrap().unwrap();
        assert_eq!(&frame.payload[12..], b"after");
        outbox.close();
    }

    #[test]
    fn a_client_that_is_gone_does_not_hold_anybody_up() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let outbox = Outbox::new(ours);
        drop(theirs);
        for _ in 0..10 {
            outbox.push(frame::encode(frame::JSON, b"null"));
        }
        assert!(!outbox.wait_drained());
    }
}
