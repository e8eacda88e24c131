//! One thread for everything that happens later: nothing in the daemon polls.

use super::house::lock;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Task = Box<dyn FnOnce() + Send>;

/// What is to be done, by when and in which order it was asked for.
#[derive(Default)]
pub(crate) struct Ticker {
    tasks: Arc<(Mutex<Tasks>, Condvar)>,
}

#[derive(Default)]
struct Tasks {
    by_time: BTreeMap<(Instant, u64), Task>,
    count: u64,
    running: bool,
}

impl Ticker {
    /// Runs `task` after `wait`, on the ticker's thread: it must be short.
    pub(crate) fn after(&self, wait: Duration, task: impl FnOnce() + Send + 'static) {
        let (tasks, woken) = &*self.tasks;
        let mut state = lock(tasks);
        state.count += 1;
        let key = (Instant::now() + wait, state.count);
        state.by_time.insert(key, Box::new(task));
        if !state.running {
            let shared = Arc::clone(&self.tasks);
            let started = std::thread::Builder::new()
                .name("ticker".into())
                .spawn(move || run(&shared));
            match started {
                Ok(_) => state.running = true,
                Err(error) => tracing::error!(%error, "no thread for what comes later"),
            }
        }
        woken.notify_one();
    }
}

fn run(shared: &(Mutex<Tasks>, Condvar)) {
    let (tasks, woken) = shared;
    let mut state = lock(tasks);
    loop {
        let now = Instant::now();
        let Some((&key, _)) = state.by_time.first_key_value() else {
            state = woken.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        if key.0 > now {
            let waited = woken.wait_timeout(state, key.0 - now);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            continue;
        }
        if let Some(task) = state.by_time.remove(&key) {
            drop(state);
            task();
            state = lock(tasks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn what_is_due_first_is_done_first() {
        let ticker = Ticker::default();
        let (send, done) = mpsc::channel();
        for (wait, word) in [(30, "late"), (0, "early")] {
            let send = send.clone();
            ticker.after(Duration::from_millis(wait), move || {
                let _ = send.send(word);
            });
        }
        assert_eq!([done.recv(), done.recv()], [Ok("early"), Ok("late")]);
    }
}
