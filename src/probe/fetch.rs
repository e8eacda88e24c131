//! Copies a conversation of a CLI's own into the attempt's directory; the original is only read.

use super::transcripts;
use crate::platform::files;
use crate::runtime::Fetch;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Most files that are looked into, the ones written to last first.
const MOST: usize = 2_000;
/// How much of the beginning of a file says whose it is, bytes.
const HEAD: u64 = 64 * 1024;
/// Most bytes that are copied.
const LONGEST: u64 = 2 * 1024 * 1024 * 1024;

/// Makes the copy in `dir`.
///
/// # Errors
/// There is no such conversation any more, or what the system said.
pub fn copy(fetch: &Fetch, dir: &Path) -> io::Result<()> {
    let all = transcripts::find(&fetch.place, MOST)?.files;
    let holding = |words: &String| {
        let of = all.iter().filter(|file| holds(&file.spot.path, words));
        let longest = of.max_by_key(|file| file.length);
        longest.map(|file| file.spot.path.clone())
    };
    let mut marks = fetch.marks.iter();
    let before = fetch.before.as_ref().map(PathBuf::from);
    let before = before.filter(|path| path.is_file());
    // Its latest file; else the copy that the last start was made from; else an older file of it.
    let found = marks.next().and_then(holding);
    let found = found.or(before).or_else(|| marks.find_map(holding));
    let Some(found) = found else {
        let what = format!("its conversation is in no file below {}", fetch.place.root);
        return Err(io::Error::new(io::ErrorKind::NotFound, what));
    };
    let mut from = files::open_unnoticed(&found)?.take(LONGEST);
    if from.get_ref().metadata()?.len() > LONGEST {
        return Err(io::Error::other("it is too long to be copied"));
    }
    let mut to = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(dir.join(&fetch.to))?;
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// Whether words stand near the beginning of a file.
pub fn holds(path: &Path, words: &str) -> bool {
    let mut head = Vec::new();
    let read = files::open_found(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::transcript::Place;
    use std::fs;

    #[test]
    fn the_latest_file_of_a_conversation_is_copied_and_none_is_touched() {
        let dir = tempfile::tempdir().unwrap();
        let chats = dir.path().join("tmp/p/chats");
        let out = dir.path().join("out");
        fs::create_dir_all(&chats).unwrap();
        fs::create_dir(&out).unwrap();
        let write = |name: &str, text: &str| fs::write(chats.join(name), text).unwrap();
        let fetch = |marks: &[&str]| Fetch {
            place: Place {
                root: dir.path().join("tmp").to_string_lossy().into_owned(),
                depth: 2,
                prefix: "session-",
                suffix: ".jsonl",
            },
            marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
            before: Some(dir.path().join("before").to_string_lossy().into_owned()),
            to: "copy".to_owned(),
        };
        let copied = |marks: &[&str]| {
            copy(&fetch(marks), &out)?;
            fs::read_to_string(out.join("copy"))
        };
        let gone = copied(&["came from X", "id A"]).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        write("session-1.jsonl", "id A, long enough");
        write("session-2.jsonl", "id A, stub");
        assert_eq!(
            copied(&["came from X", "id A"]).unwrap(),
            "id A, long enough"
        );
        fs::write(dir.path().join("before"), "the copy before").unwrap();
        assert_eq!(copied(&["came from X", "id A"]).unwrap(), "the copy before");
        write("session-3.jsonl", "id B came from X");
        assert_eq!(
            copied(&["came from X", "id A"]).unwrap(),
            "id B came from X"
        );
        assert_eq!(fs::read_dir(&chats).unwrap().count(), 3);
    }
}
