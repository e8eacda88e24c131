//! Conversations on disk: those of our peers, and those that were started elsewhere. They are only
//! ever read.

mod begun;
mod changes;
mod elsewhere;
mod reading;
mod search;
mod stretch;
mod survey;
mod usage;

use crate::daemon::house::House;
use crate::probe::transcripts::{Cursor, Found, Library, Spot};
use crate::runtime::transcript::{About, Place, Transcripts, Who};
use crate::runtime::{Runtime, all, of_session};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) use begun::Begun;
pub(crate) use changes::changes;
pub(crate) use reading::{Read, Source, is_begun, record_until};
pub(crate) use stretch::{Bookmarks, Part};
pub(crate) use survey::Surveyor;
pub(crate) use usage::Usages;

/// How many conversations of a runtime are looked at, those written to last.
const MOST: usize = 200;
/// How long a copy of a database is kept that nobody reads.
const KEPT: Duration = Duration::from_secs(30);
/// How many lines of one are read to learn what it is about.
const HEAD: u64 = 400;
/// Longest title, characters.
const TITLE: usize = 200;

/// A runtime that keeps transcripts, with how to read them.
#[derive(Clone, Copy)]
pub(crate) struct Keeping {
    pub(crate) runtime: &'static dyn Runtime,
    pub(crate) transcripts: &'static dyn Transcripts,
}

/// All of them.
pub(crate) fn keeping() -> impl Iterator<Item = Keeping> {
    all().into_iter().filter_map(|runtime| {
        let transcripts = runtime.transcripts()?;
        Some(Keeping {
            runtime,
            transcripts,
        })
    })
}

/// That of a session's runtime, which may drive the CLI of another.
pub(crate) fn keeping_of(runtime: &str) -> Option<Keeping> {
    let own = of_session(runtime);
    let of = keeping().find(|keeping| keeping.runtime.name() == own.of());
    of.or_else(|| {
        Some(Keeping {
            runtime: own,
            transcripts: own.transcripts()?,
        })
    })
}

/// One conversation.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    /// The runtime's name.
    pub(crate) runtime: &'static str,
    pub(crate) native_id: String,
    pub(crate) file: Found,
    pub(crate) about: About,
    /// How it began.
    pub(crate) title: String,
}

/// What is known of files that have not changed.
#[derive(Default)]
pub(crate) struct Heads {
    known: Mutex<HashMap<Spot, (Found, Conversation)>>,
}

impl Heads {
    /// The conversations in `place`, the newest first.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub(crate) fn in_place(
        &self,
        of: Keeping,
        place: &Place,
        library: &Library,
    ) -> std::io::Result<Vec<Conversation>> {
        let found = library.find(of.transcripts, place, MOST)?;
        Ok(found
            .into_iter()
            .filter_map(|file| self.head(of, file, library))
            .collect())
    }

    fn head(&self, of: Keeping, file: Found, library: &Library) -> Option<Conversation> {
        let known = super::house::lock(&self.known);
        if let Some((at, conversation)) = known.get(&file.spot)
            && *at == file
        {
            return Some(conversation.clone());
        }
        drop(known);
        let conversation = head(of, file.clone(), library)?;
        let kept = (file.clone(), conversation.clone());
        super::house::lock(&self.known).insert(file.spot, kept);
        Some(conversation)
    }
}

/// What the first lines of a file say; `None` when they are of no conversation.
fn head(of: Keeping, file: Found, library: &Library) -> Option<Conversation> {
    let mut about = of.transcripts.about(&file.spot.path);
    let mut title = None;
    let read = library.read(
        of.transcripts,
        &file.spot,
        &mut Cursor::default(),
        |n, said| {
            about.learn(said.about);
            let typed = said.entries.iter().find(|entry| entry.who == Who::Operator);
            title = title
                .take()
                .or_else(|| typed.map(|entry| entry.text.clone()));
            n < HEAD && (title.is_none() || about.cwd.is_none() || about.model.is_none())
        },
    );
    read.ok()?;
    let row = file.spot.row.clone();
    let native_id = row.or_else(|| id_in_name(&file.spot.path));
    let native_id = native_id.or_else(|| about.native_id.clone())?;
    let title = crate::core::text::line(&title.unwrap_or_default());
    Some(Conversation {
        runtime: of.runtime.name(),
        native_id,
        file,
        about,
        title: title.chars().take(TITLE).collect(),
    })
}

/// The UUID that a file's name ends with.
fn id_in_name(path: &Path) -> Option<String> {
    const UUID: usize = 36;
    let stem = path.file_stem()?.to_str()?;
    let id = stem.get(stem.len().checked_sub(UUID)?..)?;
    let fits = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    id.char_indices().all(fits).then(|| id.to_owned())
}

impl House {
    /// Drops copies of databases when nobody has read them for a while.
    pub(crate) fn forget_copies(self: &Arc<Self>) {
        if !self.forgetting.swap(true, Ordering::AcqRel) {
            self.forget_later();
        }
    }

    fn forget_later(self: &Arc<Self>) {
        let house = Arc::clone(self);
        self.ticker.after(KEPT, move || {
            if house.library.forget(KEPT) {
                house.forget_later();
            } else {
                house.forgetting.store(false, Ordering::Release);
            }
        });
    }
}

/// The environment that tells where other terminals' programs write.
pub(crate) fn own_env() -> BTreeMap<String, String> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}
