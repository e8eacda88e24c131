//! What agents keep is read on threads that nobody has to wait for: a disk that hangs holds the one
//! that reads there, and whoever asked goes on without it. One thing is read once at a time, so that
//! no more threads hang than there are things to read.

use crate::daemon::house::lock;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a reading may stand still.
const STILL: Duration = Duration::from_secs(5);

/// Knows what is being read.
#[derive(Clone, Default)]
pub(crate) struct Readers {
    busy: Arc<Busy>,
}

/// What is being read, and whether it is to be read once more; a word when one is done.
type Busy = (Mutex<BTreeMap<String, bool>>, Condvar);

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Late {
    /// It is being read, for longer than this.
    Reads(Duration),
    /// It is being read, and nobody waits for it any longer.
    Goes,
    /// It could not begin: an earlier reading goes on.
    Waits,
    /// The reading broke off, or never began.
    Failed(String),
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Late::Reads(time) if *time < Duration::from_secs(1) => {
                write!(f, "it did not answer in {} ms", time.as_millis())
            }
            Late::Reads(time) => write!(f, "it did not answer in {} s", time.as_secs()),
            Late::Goes => f.write_str("it is still being read"),
            Late::Waits => f.write_str("it is still being read since the last time"),
            Late::Failed(why) => f.write_str(why),
        }
    }
}

/// Tells that a reading goes on.
#[derive(Clone, Default)]
pub(crate) struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// Something was read.
    pub(crate) fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A reading that was begun.
pub(crate) struct Reading<T> {
    told: Receiver<T>,
    reads: Arc<AtomicBool>,
    since: Instant,
}

impl<T> Reading<T> {
    /// What was read, when that is by `end`.
    pub(crate) fn by(&self, end: Instant) -> Result<T, Late> {
        let left = end.saturating_duration_since(Instant::now());
        self.told
            .recv_timeout(left)
            .map_err(|why| self.late(why, end.saturating_duration_since(self.since)))
    }

    /// What was read, however long it takes while `pulse` goes.
    fn while_it_goes(&self, pulse: &Pulse, still: Duration) -> Result<T, Late> {
        loop {
            let before = pulse.count();
            match self.told.recv_timeout(still) {
                Err(RecvTimeoutError::Timeout) if pulse.count() != before => {}
                told => return told.map_err(|why| self.late(why, still)),
            }
        }
    }

    fn late(&self, why: RecvTimeoutError, time: Duration) -> Late {
        match (why, self.reads.load(Ordering::Acquire)) {
            (RecvTimeoutError::Timeout, true) => Late::Reads(time),
            (_, false) => Late::Waits,
            (RecvTimeoutError::Disconnected, true) => Late::Failed("its reading broke off".into()),
        }
    }
}

/// Holds one thing for as long as it is read.
struct Turn {
    name: String,
    busy: Arc<Busy>,
    over: bool,
}

impl Turn {
    /// Waits until nobody else reads it; `None` when that is not by `end`.
    fn wait(name: &str, busy: &Arc<Busy>, end: Instant) -> Option<Self> {
        let left = end.saturating_duration_since(Instant::now());
        let taken = |busy: &mut BTreeMap<String, bool>| busy.contains_key(name);
        let waited = busy.1.wait_timeout_while(lock(&busy.0), left, taken);
        let (mut now, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if now.contains_key(name) {
            return None;
        }
        Some(Self::take(name, &mut now, busy))
    }

    fn take(name: &str, now: &mut BTreeMap<String, bool>, busy: &Arc<Busy>) -> Self {
        now.insert(name.to_owned(), false);
        Self {
            name: name.to_owned(),
            busy: Arc::clone(busy),
            over: false,
        }
    }

    /// Whether it was asked for once more since it is read; if not, it is over.
    fn again(&mut self) -> bool {
        let mut now = lock(&self.busy.0);
        let again = now.get_mut(&self.name).is_some_and(std::mem::take);
        if !again {
            now.remove(&self.name);
            self.over = true;
            self.busy.1.notify_all();
        }
        again
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.over {
            lock(&self.busy.0).remove(&self.name);
            self.busy.1.notify_all();
        }
    }
}

impl Readers {
    /// Begins to read what goes by `name`, once nobody else does; not later than `end`.
    ///
    /// # Errors
    /// There is no thread for it.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        name: &str,
        end: Instant,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<Reading<T>> {
        let (tell, told) = mpsc::channel();
        let reads = Arc::new(AtomicBool::new(false));
        let (name, busy, begins) = (name.to_owned(), Arc::clone(&self.busy), Arc::clone(&reads));
        let reader = std::thread::Builder::new().name("reader".into());
        reader.spawn(move || {
            let Some(turn) = Turn::wait(&name, &busy, end) else {
                return;
            };
            begins.store(true, Ordering::Release);
            let what = read();
            drop(turn);
            // Whoever waited may have gone.
            let _ = tell.send(what);
        })?;
        Ok(Reading {
            told,
            reads,
            since: Instant::now(),
        })
    }

    /// Reads what goes by `name`, for as long as it goes on; `read` says so by the pulse.
    ///
    /// # Errors
    /// It stands still.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        name: &str,
        read: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Result<T, Late> {
        self.read_within(STILL, name, read)
    }

    fn read_within<T: Send + 'static>(
        &self,
        still: Duration,
        name: &str,
        read: impl FnOnce(&Pulse) -> T + Send + 'static,
    ) -> Result<T, Late> {
        let pulse = Pulse::default();
        let goes = pulse.clone();
        let begun = self.begin(name, Instant::now() + still, move || read(&goes));
        let reading = begun.map_err(|error| Late::Failed(error.to_string()))?;
        reading.while_it_goes(&pulse, still)
    }

    /// Waits until nobody reads what goes by `name`.
    ///
    /// # Errors
    /// Somebody still does at `end`.
    pub(crate) fn quiet(&self, name: &str, end: Instant) -> Result<(), Late> {
        let left = end.saturating_duration_since(Instant::now());
        let taken = |busy: &mut BTreeMap<String, bool>| busy.contains_key(name);
        let waited = self
            .busy
            .1
            .wait_timeout_while(lock(&self.busy.0), left, taken);
        let (now, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match now.contains_key(name) {
            true => Err(Late::Goes),
            false => Ok(()),
        }
    }

    /// Reads what goes by `name` soon, and once more if it is asked for while that goes on.
    pub(crate) fn soon(&self, name: &str, read: impl Fn() + Send + 'static) {
        let mut turn = {
            let mut now = lock(&self.busy.0);
            if let Some(again) = now.get_mut(name) {
                *again = true;
                return;
            }
            Turn::take(name, &mut now, &self.busy)
        };
        let reader = std::thread::Builder::new().name("reader".into());
        let spawned = reader.spawn(move || {
            read();
            while turn.again() {
                read();
            }
        });
        if let Err(error) = spawned {
            tracing::warn!(name, %error, "no thread to read it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(50);

    #[test]
    fn what_hangs_holds_nobody_and_is_not_begun_again() {
        let readers = Readers::default();
        let (release, held) = mpsc::channel::<()>();
        let hangs = readers.read_within(SHORT, "a", move |_| held.recv().is_ok());
        assert!(matches!(hangs, Err(Late::Reads(SHORT))), "{hangs:?}");
        let again = readers.read_within(SHORT, "a", |_| true);
        assert!(matches!(again, Err(Late::Waits)), "{again:?}");
        assert!(readers.read_within(LONG, "b", |_| true).is_ok());
        drop(release);
        assert!(readers.read_within(LONG, "a", |_| true).is_ok());
    }

    #[test]
    fn a_reading_that_goes_on_is_waited_for() {
        let readers = Readers::default();
        let read = readers.read_within(8 * SHORT, "a", |pulse| {
            let begun = Instant::now();
            while begun.elapsed() < 20 * SHORT {
                pulse.beat();
                std::thread::yield_now();
            }
            7
        });
        assert_eq!(read.ok(), Some(7));
    }

    #[test]
    fn one_that_breaks_off_is_told_and_holds_nothing() {
        let readers = Readers::default();
        let broken = readers.read_within(LONG, "a", |_| panic!("on purpose"));
        assert!(matches!(broken, Err::<(), _>(Late::Failed(_))));
        assert!(readers.read_within(LONG, "a", |_| true).is_ok());
    }

    #[test]
    fn what_is_asked_for_meanwhile_is_read_once_more() {
        let readers = Readers::default();
        let (go, gone) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        readers.soon("a", move || {
            let _ = tell.send(());
            let _ = gone.recv();
        });
        told.recv().unwrap();
        for _ in 0..9 {
            readers.soon("a", || panic!("it is being read"));
        }
        assert!(matches!(
            readers.quiet("a", Instant::now()),
            Err(Late::Goes)
        ));
        go.send(()).unwrap();
        told.recv().unwrap();
        go.send(()).unwrap();
        assert!(readers.quiet("a", Instant::now() + LONG).is_ok());
        assert!(told.recv().is_err(), "nobody asked for a third time");
    }
}
