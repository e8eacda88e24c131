//! Conversations on disk: those of our peers, and those that were started elsewhere. They are only
//! ever read.

mod begun;
mod changes;
mod elsewhere;
mod heads;
mod readers;
mod reading;
mod search;
mod stretch;
mod survey;
mod usage;

use crate::daemon::house::House;
use crate::probe::transcripts::Found;
use crate::runtime::transcript::{About, Transcripts};
use crate::runtime::{Runtime, all, of_session};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

pub(crate) use begun::Begun;
pub(crate) use changes::changes;
pub(crate) use readers::Readers;
pub(crate) use reading::{Read, Source, is_begun, record_until};
pub(crate) use stretch::{Bookmarks, Part};
pub(crate) use survey::{PATIENCE, Surveyor};
pub(crate) use usage::Usages;

/// How long a copy of a database is kept that nobody reads.
const KEPT: Duration = Duration::from_secs(30);

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
