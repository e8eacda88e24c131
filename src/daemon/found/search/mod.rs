//! Text in all conversations. The bytes of a file are looked at first, several files at once; only
//! a line that may have the text is taken apart.

mod needle;

use self::needle::Needle;
use super::{Conversation, Keeping, keeping};
use crate::core::text::line;
use crate::daemon::house::{House, lock};
use crate::probe::transcripts::Library;
use crate::wire::transcript::{HitView, SearchView};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// Places that one conversation may have of all that are shown.
const OF_ONE: usize = 20;
/// Files that are looked through at once.
const AT_ONCE: usize = 4;

impl House {
    /// Looks for `text`; `names` are the addresses of our peers by conversation.
    pub(crate) fn search(
        &self,
        text: &str,
        most: usize,
        names: &HashMap<String, String>,
    ) -> SearchView {
        let survey = self.surveyor.survey();
        let gaps = survey.gaps.iter();
        let looking = Looking {
            library: &self.library,
            needle: Needle::new(text),
            names,
            found: &survey.found,
            databases: databases(&survey.found),
            next: AtomicUsize::new(0),
            count: AtomicUsize::new(0),
            most,
            hits: Mutex::default(),
        };
        let mut hits = looking.all();
        let more = hits.len() > most;
        hits.truncate(most);
        SearchView {
            hits,
            more,
            gaps: gaps
                .map(|(runtime, why)| format!("{runtime}: {why}"))
                .collect(),
        }
    }
}

/// The conversations of each database that may have it, once somebody has looked.
type Databases<'a> = BTreeMap<&'a Path, OnceLock<Option<HashSet<String>>>>;

fn databases(found: &[Conversation]) -> Databases<'_> {
    let spots = found.iter().map(|one| &one.file.spot);
    let rows = spots.filter(|spot| spot.row.is_some());
    rows.map(|spot| (spot.path.as_path(), OnceLock::new()))
        .collect()
}

/// A search that goes on.
struct Looking<'a> {
    library: &'a Library,
    needle: Needle,
    names: &'a HashMap<String, String>,
    /// Newest first.
    found: &'a [Conversation],
    databases: Databases<'a>,
    next: AtomicUsize,
    count: AtomicUsize,
    most: usize,
    hits: Mutex<BTreeMap<usize, Vec<HitView>>>,
}

impl Looking<'_> {
    /// What is found, that of the newest conversation first.
    fn all(self) -> Vec<HitView> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let helpers = cores.min(AT_ONCE).min(self.found.len()).saturating_sub(1);
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                let helper = std::thread::Builder::new().name("search".into());
                if let Err(error) = helper.spawn_scoped(scope, || self.some()) {
                    tracing::debug!(%error, "one fewer looks");
                }
            }
            self.some();
        });
        let hits = self.hits.into_inner();
        let hits = hits.unwrap_or_else(std::sync::PoisonError::into_inner);
        hits.into_values().flatten().collect()
    }

    /// Takes one conversation after the other until there is enough. One that was begun is looked
    /// through: what is left out is older than all that is shown.
    fn some(&self) {
        while self.count.load(Ordering::Acquire) <= self.most {
            let n = self.next.fetch_add(1, Ordering::AcqRel);
            let Some(one) = self.found.get(n) else { return };
            let hits = self.in_one(one);
            if !hits.is_empty() {
                self.count.fetch_add(hits.len(), Ordering::AcqRel);
                lock(&self.hits).insert(n, hits);
            }
        }
    }

    fn in_one(&self, one: &Conversation) -> Vec<HitView> {
        let mut hits = Vec::new();
        let Some(of) = keeping().find(|of| of.runtime.name() == one.runtime) else {
            return hits;
        };
        if !self.may_have(of, one) {
            return hits;
        }
        let spot = &one.file.spot;
        let sieve = |bytes: &[u8]| self.needle.place(bytes);
        let read = self.library.scan(of.transcripts, spot, &sieve, |n, bytes| {
            let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
                return true;
            };
            for entry in of.transcripts.line(&value).entries {
                if let Some(text) = self.needle.around(&entry.text) {
                    hits.push(HitView {
                        runtime: one.runtime.to_owned(),
                        native_id: line(&one.native_id),
                        name: self.names.get(&one.native_id).cloned(),
                        line: n,
                        who: entry.who,
                        at: entry.at.as_deref().map(line),
                        text,
                    });
                }
            }
            hits.len() < OF_ONE
        });
        if let Err(error) = read {
            tracing::debug!(path = %spot.path.display(), %error, "a transcript cannot be read");
        }
        hits
    }

    /// Whether it is worth looking into: false for one of a database that has nothing of it.
    fn may_have(&self, of: Keeping, one: &Conversation) -> bool {
        let spot = &one.file.spot;
        let (Some(row), Some(known)) = (&spot.row, self.databases.get(spot.path.as_path())) else {
            return true;
        };
        let passing = known.get_or_init(|| {
            let sieve = |bytes: &[u8]| self.needle.place(bytes);
            let passing = self.library.passing(of.transcripts, &spot.path, &sieve);
            passing.ok().flatten()
        });
        passing.as_ref().is_none_or(|all| all.contains(row))
    }
}
