//! Conversations on disk: those of our peers, and those that were started elsewhere. They are only
//! ever read.

mod elsewhere;
mod reading;
mod search;
mod survey;
mod usage;

use crate::probe::transcripts::{self as files, Cursor, Found};
use crate::runtime::transcript::{About, Place, Transcripts, Who};
use crate::runtime::{Runtime, all};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Mutex;

pub(crate) use reading::{Source, entries_until, stretch};
pub(crate) use survey::Surveyor;
pub(crate) use usage::Usages;

/// How many conversations of a runtime are looked at, those written to last.
const MOST: usize = 200;
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
    known: Mutex<HashMap<PathBuf, (Found, Conversation)>>,
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
    ) -> std::io::Result<Vec<Conversation>> {
        let found = files::find(place, MOST)?;
        Ok(found
            .into_iter()
            .filter_map(|file| self.head(of, file))
            .collect())
    }

    fn head(&self, of: Keeping, file: Found) -> Option<Conversation> {
        let known = super::house::lock(&self.known);
        if let Some((at, conversation)) = known.get(&file.path)
            && *at == file
        {
            return Some(conversation.clone());
        }
        drop(known);
        let conversation = head(of, file.clone())?;
        let kept = (file.clone(), conversation.clone());
        super::house::lock(&self.known).insert(file.path, kept);
        Some(conversation)
    }
}

/// What the first lines of a file say; `None` when they are of no conversation.
fn head(of: Keeping, file: Found) -> Option<Conversation> {
    let mut about = About::default();
    let mut title = None;
    let read = files::read(
        &file.path,
        of.transcripts,
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
    let native_id = id_in_name(&file).or_else(|| about.native_id.clone())?;
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
fn id_in_name(file: &Found) -> Option<String> {
    const UUID: usize = 36;
    let stem = file.path.file_stem()?.to_str()?;
    let id = stem.get(stem.len().checked_sub(UUID)?..)?;
    let fits = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    id.char_indices().all(fits).then(|| id.to_owned())
}

/// The environment that tells where other terminals' programs write.
pub(crate) fn own_env() -> BTreeMap<String, String> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}
