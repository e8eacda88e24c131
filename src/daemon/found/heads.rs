//! What conversations are about, by their first lines; files that have not changed are not read
//! again.

use super::{Conversation, Keeping};
use crate::core::text::{counted, line};
use crate::daemon::house::lock;
use crate::platform::files;
use crate::probe::transcripts::{self, Finds, Found, Library, MOST_LOOKED_AT, Spot};
use crate::runtime::transcript::{About, Live, Place, Who};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::Mutex;

/// How many conversations of a runtime are looked at, those written to last.
const MOST: usize = 200;
/// How many lines of one are read to learn what it is about.
const HEAD: u64 = 400;
/// Longest title, characters.
const TITLE: usize = 200;
/// Longest id and name of a model, bytes.
const NAME: usize = 200;
/// Longest path, bytes: PATH_MAX of Linux.
const PATH: usize = 4096;
/// Status files looked at.
const MOST_LIVE: usize = 200;
/// Largest of them, bytes.
const LARGEST: u64 = 1024 * 1024;

/// What is known of files that have not changed.
#[derive(Default)]
pub(crate) struct Heads {
    known: Mutex<HashMap<Spot, Known>>,
}

/// A file as it was, and what it is about; nothing when it is no conversation.
struct Known {
    runtime: &'static str,
    file: Found,
    head: Head,
}

/// What a file is about, or why that is not known.
type Head = Result<Option<Conversation>, String>;

/// What was found of one runtime.
#[derive(Default)]
pub(crate) struct Looked {
    /// The conversations.
    pub(crate) found: Vec<Conversation>,
    /// What the programs say of themselves that may run: their files, as they are.
    pub(crate) live: Vec<(Live, String)>,
    /// What could not be looked at, and why.
    pub(crate) gaps: Vec<String>,
}

impl Heads {
    /// The conversations in `place`, the newest first, and what lies in `live`.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub(super) fn look(
        &self,
        of: Keeping,
        (place, live): (&Place, Option<&Place>),
        library: &Library,
    ) -> io::Result<Looked> {
        let Finds { files, cut } = library.find(of.transcripts, place, MOST)?;
        let mut looked = Looked::default();
        let mut bad: Vec<String> = Vec::new();
        for file in &files {
            match self.head(of, file, library) {
                Ok(conversation) => looked.found.extend(conversation),
                Err(why) => bad.push(why),
            }
        }
        let there: HashSet<&Spot> = files.iter().map(|file| &file.spot).collect();
        let ours = |known: &Known| known.runtime == of.runtime.name();
        lock(&self.known).retain(|spot, known| !ours(known) || there.contains(spot));
        if let Some(first) = bad.first() {
            let more = match bad.len() - 1 {
                0 => String::new(),
                n => format!(" (and {})", counted(n, "more file", "more files")),
            };
            looked.gaps.push(format!("{first}{more}"));
        }
        if cut {
            let root = &place.root;
            let what =
                format!("below {root} are more than {MOST_LOOKED_AT} files; some are left out");
            looked.gaps.push(what);
        }
        looked.live = live.map(|place| living(of, place)).unwrap_or_default();
        Ok(looked)
    }

    /// What was known of a runtime's conversations when somebody looked, the newest first.
    pub(super) fn as_they_were(&self, runtime: &str) -> Vec<Conversation> {
        let known = lock(&self.known);
        let own = known.values().filter(|known| known.runtime == runtime);
        let mut found: Vec<Conversation> = own
            .filter_map(|known| known.head.clone().ok().flatten())
            .collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.file.written));
        found
    }

    fn head(&self, of: Keeping, file: &Found, library: &Library) -> Head {
        if let Some(known) = lock(&self.known).get(&file.spot)
            && known.file == *file
        {
            return known.head.clone();
        }
        let head = match head(of, file.clone(), library) {
            Ok(head) => Ok(head),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!(
                "{}: {error}",
                line(&file.spot.path.to_string_lossy())
            )),
        };
        let known = Known {
            runtime: of.runtime.name(),
            file: file.clone(),
            head: head.clone(),
        };
        lock(&self.known).insert(file.spot.clone(), known);
        head
    }
}

/// The files in which programs say that they run, and of which conversation.
fn living(of: Keeping, place: &Place) -> Vec<(Live, String)> {
    let files = transcripts::find(place, MOST_LIVE)
        .unwrap_or_default()
        .files;
    let live = files.into_iter().filter_map(|file| {
        let contents = files::text(&file.spot.path, LARGEST).ok()?;
        Some((of.transcripts.live_id(&contents)?, contents))
    });
    live.collect()
}

/// What the first lines of a file say; `None` when they are of no conversation.
fn head(of: Keeping, file: Found, library: &Library) -> io::Result<Option<Conversation>> {
    let mut about = of.transcripts.about(&file.spot.path);
    let mut title = None;
    library.head(of.transcripts, &file.spot, |n, said| {
        about.learn(said.about);
        let typed = said.entries.iter().find(|entry| entry.who == Who::Operator);
        title = title
            .take()
            .or_else(|| typed.map(|entry| entry.text.clone()));
        n < HEAD && (title.is_none() || about.cwd.is_none() || about.model.is_none())
    })?;
    let about = short(about);
    let row = file.spot.row.clone();
    let native_id = row.or_else(|| id_in_name(&file.spot.path));
    let Some(native_id) = native_id.or_else(|| about.native_id.clone()) else {
        return Ok(None);
    };
    let title = line(&title.unwrap_or_default());
    Ok(Some(Conversation {
        runtime: of.runtime.name(),
        native_id,
        file,
        about,
        title: title.chars().take(TITLE).collect(),
    }))
}

/// Without what is longer than such a thing can be: it would be kept.
fn short(about: About) -> About {
    let within = |text: Option<String>, most| text.filter(|text| text.len() <= most);
    About {
        native_id: within(about.native_id, NAME),
        cwd: within(about.cwd, PATH),
        model: within(about.model, NAME),
        branch: within(about.branch, PATH),
    }
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

#[cfg(test)]
mod tests {
    use super::super::keeping_of;
    use super::*;
    use std::fs;

    #[test]
    fn a_file_that_cannot_be_read_is_told_and_hides_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("p");
        fs::create_dir(&root).unwrap();
        let good = r#"{"type":"user","cwd":"/w","sessionId":"s","message":{"content":"go"}}"#;
        let id = |n: u8| format!("b017b728-b061-4330-8aa7-3d0b23fea7{n:02}");
        for n in [1, 2, 3] {
            fs::write(root.join(format!("{}.jsonl", id(n))), format!("{good}\n")).unwrap();
        }
        let endless = root.join(format!("{}.jsonl", id(2)));
        let file = fs::File::options().write(true).open(&endless).unwrap();
        file.set_len(0).unwrap();
        file.set_len(5 << 30).unwrap();
        let place = Place {
            root: dir.path().to_string_lossy().into_owned(),
            depth: 1,
            prefix: "",
            suffix: ".jsonl",
        };
        let (heads, library) = (Heads::default(), Library::new(dir.path().join("copies")));
        let of = keeping_of("claude").unwrap();
        let looked = heads.look(of, (&place, None), &library).unwrap();
        let mut ids: Vec<_> = looked
            .found
            .iter()
            .map(|one| one.native_id.clone())
            .collect();
        ids.sort();
        assert_eq!(ids, [id(1), id(3)]);
        let why = format!("{}: its line 1 has no end within", endless.display());
        assert_eq!(looked.gaps.len(), 1);
        assert!(looked.gaps[0].starts_with(&why), "{:?}", looked.gaps);
        assert!(looked.gaps[0].ends_with("move the file away"));
        assert_eq!(heads.as_they_were("claude").len(), 2);
        // What is gone is not kept in mind.
        fs::remove_dir_all(&root).unwrap();
        assert!(
            heads
                .look(of, (&place, None), &library)
                .unwrap()
                .gaps
                .is_empty()
        );
        assert_eq!(heads.as_they_were("claude").len(), 0);
    }

    #[test]
    fn what_is_longer_than_it_can_be_is_not_kept() {
        let long = |n: usize| Some("x".repeat(n));
        let about = About {
            native_id: long(NAME + 1),
            cwd: long(PATH),
            model: long(1 << 20),
            branch: None,
        };
        let kept = short(about);
        assert_eq!((kept.native_id, kept.model), (None, None));
        assert_eq!(kept.cwd.map(|cwd| cwd.len()), Some(PATH));
    }
}
