//! A pane: one attempt of a session as the daemon holds it. The keeper's stream comes in on a
//! thread of its own, is sent on as it is to whoever looks, recorded, and folded into a screen.

mod adopt;
pub(crate) mod fold;
mod reader;
mod told;
mod viewers;

use super::house::lock;
use super::keys::Keyed;
use super::link::KeeperWriter;
use super::outbox::Resync;
use super::side::Side;
use crate::core::id::SessionId;
use crate::core::state::Millis;
use crate::core::status::Fusion;
use crate::runtime::Runtime;
use crate::screen::Modes;
use fold::Fold;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread::Thread;
use std::time::Instant;
use told::Told;
use viewers::Viewer;

pub(crate) use adopt::{Adopted, adopt, expect, recall};
pub(crate) use reader::read_rows_soon;

/// The terminal of a session that nobody looks at, rows and columns.
pub(crate) const UNSEEN_SIZE: (u16, u16) = (40, 120);

/// One attempt of a session.
pub(crate) struct Pane {
    /// Whose.
    pub(crate) session: SessionId,
    /// Which attempt.
    pub(crate) attempt: u32,
    /// Its files.
    pub(crate) dir: PathBuf,
    /// What reads its signs.
    pub(crate) runtime: &'static dyn Runtime,
    keeper: Mutex<Option<KeeperWriter>>,
    state: Mutex<State>,
    fusion: Mutex<Fusion>,
    /// Copied after each chunk: who encodes keys must not wait for a flood to be parsed.
    modes: Mutex<Modes>,
    title: Mutex<Option<String>>,
    told: Mutex<Told>,
    told_due: AtomicBool,
    /// The side channel of its program, where it has one.
    pub(crate) side: OnceLock<Arc<Side>>,
    /// Held while a text is given to its program: two at once would be one.
    gives: Mutex<()>,
    /// Words were typed in an open pane, and no Enter after them.
    by_hand: AtomicBool,
    /// Decisions that wait to be typed into a dialog of it.
    pub(crate) keyed: Keyed,
    /// When a client last typed.
    typed_at: Mutex<Option<Instant>>,
    /// The next deadline that is scheduled, `i64::MAX` when there is none.
    due: AtomicI64,
    screen_due: AtomicBool,
    /// Enter was sent, and no output has come since.
    entered: AtomicBool,
    /// The thread that takes the stream: who begins to look wakes it from a rest.
    reader: OnceLock<Thread>,
    /// Its keeper is still on its way.
    expected: AtomicBool,
    myself: std::sync::Weak<Pane>,
}

/// What the reader changes.
struct State {
    fold: Fold,
    viewers: Vec<Viewer>,
    /// The client that typed last: the terminal has the size of its pane.
    typed: Option<u64>,
    size: (u16, u16),
}

impl Pane {
    /// Types on the terminal. Never waits for output.
    pub(crate) fn input(&self, client: u64, seq: u64, bytes: &[u8]) -> std::io::Result<()> {
        // Client 0 is the answers to the program's own queries.
        if client != 0 {
            *lock(&self.typed_at) = Some(Instant::now());
            let enter = bytes.contains(&b'\r') || bytes == b"\x1b[13u";
            self.entered.fetch_or(enter, Ordering::AcqRel);
        }
        match &*lock(&self.keeper) {
            Some(keeper) => keeper.input(client, seq, bytes),
            None => Err(std::io::ErrorKind::NotConnected.into()),
        }
    }

    /// Waits for its turn to give a text to the program.
    pub(crate) fn gives(&self) -> MutexGuard<'_, ()> {
        lock(&self.gives)
    }

    /// Keys that somebody typed in an open pane.
    pub(crate) fn written_by_hand(&self, bytes: &[u8]) {
        let words = !bytes.starts_with(b"\x1b") && bytes.iter().any(|b| *b > b' ' && *b != 0x7f);
        if bytes.contains(&b'\r') {
            self.by_hand.store(false, Ordering::Release);
        } else if words || bytes.starts_with(b"\x1b[200~") {
            self.by_hand.store(true, Ordering::Release);
        }
    }

    /// Whether what stands in its prompt may be words that somebody typed there.
    pub(crate) fn holds_words_of_a_hand(&self) -> bool {
        self.by_hand.load(Ordering::Acquire)
    }

    /// Whether a client has typed into it since then.
    pub(crate) fn typed_since(&self, then: Instant) -> bool {
        lock(&self.typed_at).is_some_and(|at| at >= then)
    }

    /// Whether its side channel says more than its screen shows.
    fn has_side(&self) -> bool {
        self.side.get().is_some_and(|side| side.is_up())
    }

    /// The keeper's end of it, while there is one.
    pub(crate) fn keeper(&self) -> Option<KeeperWriter> {
        lock(&self.keeper).clone()
    }

    /// The modes that the program has set.
    pub(crate) fn modes(&self) -> Modes {
        *lock(&self.modes)
    }

    /// The window title.
    pub(crate) fn title(&self) -> Option<String> {
        lock(&self.title).clone()
    }

    /// What its program told whoever looks.
    pub(crate) fn told(&self) -> Told {
        lock(&self.told).clone()
    }

    /// Looks at the recording and the screen.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Fold) -> T) -> T {
        look(&mut lock(&self.state).fold)
    }

    /// Works with what is believed about the session.
    pub(crate) fn fuse<T>(&self, work: impl FnOnce(&mut Fusion) -> T) -> T {
        work(&mut lock(&self.fusion))
    }

    /// Whether a dialog is believed to be on the screen.
    pub(crate) fn dialog_open(&self) -> bool {
        lock(&self.fusion).dialog_open()
    }

    /// Notes that something happens at `due`; false when something earlier is noted already.
    pub(crate) fn schedule(&self, due: Millis) -> bool {
        self.due.fetch_min(due, Ordering::AcqRel) > due
    }

    /// What was scheduled has come.
    pub(crate) fn scheduled(&self) {
        self.due.store(i64::MAX, Ordering::Release);
    }

    fn resync_source(&self) -> Option<Arc<dyn Resync>> {
        self.myself.upgrade().map(|pane| pane as Arc<dyn Resync>)
    }
}
