//! All runtimes are looked through at once, each with a time of its own: one that hangs is a gap,
//! and the others are there.

use super::heads::{Heads, Looked};
use super::readers::{Late, Readers};
use super::{Conversation, keeping, own_env};
use crate::probe::transcripts::Library;
use crate::runtime::transcript::Live;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long one runtime may take.
pub(crate) const PATIENCE: Duration = Duration::from_millis(700);

/// A runtime that could not be looked through, and why.
pub(crate) type Gap = (&'static str, String);

/// What was found.
#[derive(Default)]
pub(crate) struct Survey {
    /// The conversations, the newest first.
    pub(crate) found: Vec<Conversation>,
    /// What programs say of themselves, by runtime.
    pub(crate) live: Vec<(&'static str, Live, String)>,
    /// Runtimes that could not be looked through, and why.
    pub(crate) gaps: Vec<Gap>,
}

/// Looks through what the runtimes keep.
pub(crate) struct Surveyor {
    library: Arc<Library>,
    heads: Arc<Heads>,
    readers: Readers,
}

/// Looks through one runtime.
type Look = Box<dyn FnOnce() -> io::Result<Looked> + Send>;

impl Surveyor {
    /// Knows nothing yet.
    pub(crate) fn new(library: Arc<Library>, readers: Readers) -> Self {
        Self {
            library,
            heads: Arc::default(),
            readers,
        }
    }

    /// All conversations of all runtimes, as the environment of the daemon has them.
    pub(crate) fn survey(&self) -> Survey {
        let env = own_env();
        let looks = keeping().filter_map(|of| {
            let place = of.transcripts.place(&env)?;
            let live = of.transcripts.live(&env);
            let (heads, library) = (Arc::clone(&self.heads), Arc::clone(&self.library));
            let look: Look = Box::new(move || heads.look(of, (&place, live.as_ref()), &library));
            Some((of.runtime.name(), look))
        });
        self.all(looks.collect(), PATIENCE)
    }

    fn all(&self, looks: Vec<(&'static str, Look)>, patience: Duration) -> Survey {
        let mut survey = Survey::default();
        let end = Instant::now() + patience;
        let begun = looks.into_iter().map(|(name, look)| {
            let reading = self.readers.begin(&format!("all of {name}"), end, look);
            (name, reading)
        });
        let begun: Vec<_> = begun.collect();
        for (name, reading) in begun {
            let looked = match reading {
                Ok(reading) => reading.by(end),
                Err(error) => Err(Late::Failed(error.to_string())),
            };
            let gaps = match looked {
                Ok(Ok(looked)) => {
                    survey.found.extend(looked.found);
                    let live = looked.live.into_iter();
                    survey.live.extend(live.map(|(id, said)| (name, id, said)));
                    looked.gaps
                }
                Ok(Err(error)) => vec![error.to_string()],
                Err(late) => {
                    survey.found.extend(self.heads.as_they_were(name));
                    vec![late.to_string()]
                }
            };
            survey.gaps.extend(gaps.into_iter().map(|why| (name, why)));
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
    use std::sync::mpsc;

    fn surveyor() -> Surveyor {
        Surveyor::new(Arc::new(Library::new("/none".into())), Readers::default())
    }

    fn looked(found: Vec<Conversation>) -> io::Result<Looked> {
        Ok(Looked {
            found,
            ..Looked::default()
        })
    }

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
        let surveyor = surveyor();
        let quick: fn(&'static str, i64) -> Look =
            |name, at| Box::new(move || looked(vec![one(name, at)]));
        let looks: Vec<(&'static str, Look)> = vec![
            ("a", quick("a", 1)),
            (
                "b",
                Box::new(move || {
                    let _ = held.recv();
                    looked(vec![one("b", 9)])
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
        assert!(again.gaps[0].1.contains("still being read"));
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
        let surveyor = surveyor();
        let bad: Look = Box::new(|| panic!("on purpose"));
        let gaps = surveyor.all(vec![("a", bad)], Duration::from_secs(60)).gaps;
        assert_eq!(gaps.len(), 1);
        let good: Look = Box::new(|| looked(vec![one("a", 1)]));
        let found = surveyor
            .all(vec![("a", good)], Duration::from_secs(60))
            .found;
        assert_eq!(found.len(), 1);
    }
}
