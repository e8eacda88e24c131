//! All runtimes are looked through at once, each with a time of its own: one that hangs is a gap,
//! and the others are there.

use super::{Conversation, Heads, keeping, own_env};
use crate::daemon::house::lock;
use crate::probe::transcripts::Library;
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long one runtime may take.
const PATIENCE: Duration = Duration::from_millis(700);

/// A runtime that could not be looked through, and why.
pub(crate) type Gap = (&'static str, String);

/// What was found.
#[derive(Default)]
pub(crate) struct Survey {
    /// The conversations, the newest first.
    pub(crate) found: Vec<Conversation>,
    /// Runtimes that could not be looked through, and why.
    pub(crate) gaps: Vec<Gap>,
}

/// Looks through what the runtimes keep.
pub(crate) struct Surveyor {
    library: Arc<Library>,
    heads: Arc<Heads>,
    /// Those that are still being looked through.
    busy: Arc<Busy>,
}

/// Those that are being looked through, and a word when one is done.
type Busy = (Mutex<BTreeSet<&'static str>>, Condvar);

/// Holds one of them for as long as it is looked through.
struct Turn {
    name: &'static str,
    busy: Arc<Busy>,
}

impl Turn {
    /// Waits until nobody else looks through it; `None` when that is not by `end`.
    fn wait(name: &'static str, busy: &Arc<Busy>, end: Instant) -> Option<Self> {
        let left = end.saturating_duration_since(Instant::now());
        let taken = |busy: &mut BTreeSet<&str>| busy.contains(name);
        let waited = busy.1.wait_timeout_while(lock(&busy.0), left, taken);
        let (mut now, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let busy = Arc::clone(busy);
        now.insert(name).then(|| Self { name, busy })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.busy.0).remove(self.name);
        self.busy.1.notify_all();
    }
}

/// Looks through one runtime.
type Look = Box<dyn FnOnce() -> io::Result<Vec<Conversation>> + Send>;

impl Surveyor {
    /// Knows nothing yet.
    pub(crate) fn new(library: Arc<Library>) -> Self {
        Self {
            library,
            heads: Arc::default(),
            busy: Arc::default(),
        }
    }

    /// All conversations of all runtimes, as the environment of the daemon has them.
    pub(crate) fn survey(&self) -> Survey {
        let env = own_env();
        let looks = keeping().filter_map(|of| {
            let place = of.transcripts.place(&env)?;
            let (heads, library) = (Arc::clone(&self.heads), Arc::clone(&self.library));
            let look: Look = Box::new(move || heads.in_place(of, &place, &library));
            Some((of.runtime.name(), look))
        });
        self.all(looks.collect(), PATIENCE)
    }

    fn all(&self, looks: Vec<(&'static str, Look)>, patience: Duration) -> Survey {
        let mut survey = Survey::default();
        let end = Instant::now() + patience;
        let mut waiting = Vec::new();
        for (name, look) in looks {
            let (tell, told) = mpsc::channel();
            let busy = Arc::clone(&self.busy);
            let looks = Arc::new(AtomicBool::new(false));
            let begins = Arc::clone(&looks);
            let begun = std::thread::Builder::new()
                .name("survey".into())
                .spawn(move || {
                    let Some(turn) = Turn::wait(name, &busy, end) else {
                        return;
                    };
                    begins.store(true, Ordering::Release);
                    let found = look();
                    drop(turn);
                    // Whoever waited may have gone.
                    let _ = tell.send(found);
                });
            match begun {
                Ok(_) => waiting.push((name, told, looks)),
                Err(error) => survey.gaps.push((name, error.to_string())),
            }
        }
        for (name, told, looks) in waiting {
            let left = end.saturating_duration_since(Instant::now());
            match told.recv_timeout(left) {
                Ok(Ok(mut found)) => survey.found.append(&mut found),
                Ok(Err(error)) => survey.gaps.push((name, error.to_string())),
                Err(_) => {
                    let why = match looks.load(Ordering::Acquire) {
                        true => format!("it did not answer in {} ms", patience.as_millis()),
                        false => "it is still being looked through since the last time".to_owned(),
                    };
                    survey.gaps.push((name, why));
                }
            }
        }
        survey
            .found
            .sort_by_key(|one| std::cmp::Reverse(one.file.written));
        survey
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::transcripts::{Found, Spot};
    use crate::runtime::transcript::About;

    fn one(runtime: &'static str, written: i64) -> Conversation {
        Conversation {
            runtime,
            native_id: format!("{runtime}-{written}"),
            file: Found {
                spot: Spot {
                    path: "/t".into(),
                    row: None,
                },
                written,
                length: 0,
            },
            about: About::default(),
            title: String::new(),
        }
    }

    #[test]
    fn one_that_hangs_is_a_gap_and_the_others_are_there() {
        let (release, held) = mpsc::channel::<()>();
        let surveyor = Surveyor::new(Arc::new(Library::new("/none".into())));
        let quick: fn(&'static str, i64) -> Look =
            |name, at| Box::new(move || Ok(vec![one(name, at)]));
        let looks: Vec<(&'static str, Look)> = vec![
            ("a", quick("a", 1)),
            (
                "b",
                Box::new(move || {
                    let _ = held.recv();
                    Ok(vec![one("b", 9)])
                }),
            ),
            ("c", quick("c", 2)),
            ("d", Box::new(|| Err(io::Error::other("it is locked")))),
        ];
        let survey = surveyor.all(looks, Duration::from_millis(300));
        let names: Vec<_> = survey.found.iter().map(|one| one.runtime).collect();
        assert_eq!(names, ["c", "a"]);
        let gaps: Vec<_> = survey.gaps.iter().map(|(name, _)| *name).collect();
        assert_eq!(gaps, ["b", "d"]);
        assert_eq!(survey.gaps[1].1, "it is locked");
        // One that has answered can be asked again at once.
        for _ in 0..50 {
            let again = surveyor.all(vec![("a", quick("a", 1))], Duration::from_secs(60));
            assert_eq!(again.found.len(), 1, "{:?}", again.gaps);
        }
        // It is not asked a second time while it hangs.
        let again = surveyor.all(vec![("b", quick("b", 3))], Duration::from_millis(300));
        assert_eq!(again.found.len(), 0);
        assert!(again.gaps[0].1.contains("still being looked through"));
        // Whoever comes in between waits for it, and is no gap.
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| {
                let look = vec![("b", quick("b", 3))];
                surveyor.all(look, Duration::from_secs(60))
            });
            drop(release);
            let waited = waits.join().expect("an end");
            assert_eq!(waited.found.len(), 1, "{:?}", waited.gaps);
        });
    }

    #[test]
    fn one_that_fails_badly_is_looked_through_again() {
        let surveyor = Surveyor::new(Arc::new(Library::new("/none".into())));
        let bad: Look = Box::new(|| panic!("on purpose"));
        let gaps = surveyor.all(vec![("a", bad)], Duration::from_secs(60)).gaps;
        assert_eq!(gaps.len(), 1);
        let good: Look = Box::new(|| Ok(vec![one("a", 1)]));
        let found = surveyor
            .all(vec![("a", good)], Duration::from_secs(60))
            .found;
        assert_eq!(found.len(), 1);
    }
}
