//! Which files may be transcripts. Links are not followed: a walk ends.

use super::{Found, Spot};
use crate::runtime::transcript::Place;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Most directories and files that one search looks at.
pub const MOST_LOOKED_AT: usize = 50_000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finds {
    /// The files, the ones written to last first.
    pub files: Vec<Found>,
    /// There is more than one search looks at, so that some may be missing.
    pub cut: bool,
}

/// The files of `place`, `most` at most. A directory that is not there has none.
///
/// # Errors
/// The directory is there and cannot be read.
pub fn find(place: &Place, most: usize) -> io::Result<Finds> {
    find_among(place, most, MOST_LOOKED_AT)
}

fn find_among(place: &Place, most: usize, among: usize) -> io::Result<Finds> {
    let mut found = Vec::new();
    let mut left = among;
    let root = Path::new(&place.root);
    let all = match walk(root, place.depth, place, &mut found, &mut left) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Finds::default()),
        done => done?,
    };
    found.sort_by(|a, b| {
        let by_name = || a.spot.path.cmp(&b.spot.path);
        b.written.cmp(&a.written).then_with(by_name)
    });
    found.truncate(most);
    Ok(Finds {
        files: found,
        cut: !all,
    })
}

/// Whether all was looked at.
fn walk(
    dir: &Path,
    depth: u8,
    place: &Place,
    found: &mut Vec<Found>,
    left: &mut usize,
) -> io::Result<bool> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let Some(less) = left.checked_sub(1) else {
            return Ok(false);
        };
        *left = less;
        let kind = entry.file_type()?;
        if depth > 0 {
            // What cannot be entered hides nothing else.
            if kind.is_dir()
                && matches!(
                    walk(&entry.path(), depth - 1, place, found, left),
                    Ok(false)
                )
            {
                return Ok(false);
            }
            continue;
        }
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_file() && name.starts_with(place.prefix) && name.ends_with(place.suffix) {
            let Ok(file) = entry.metadata() else { continue };
            let written = file.modified().ok();
            let written = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            found.push(Found {
                spot: Spot {
                    path: entry.path(),
                    row: None,
                },
                written: written.map_or(0, |at| i64::try_from(at.as_millis()).unwrap_or(0)),
                length: file.len(),
            });
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn place(root: &Path, depth: u8) -> Place {
        Place {
            root: root.to_string_lossy().into_owned(),
            depth,
            prefix: "r-",
            suffix: ".jsonl",
        }
    }

    #[test]
    fn files_of_the_right_depth_and_name_are_found_newest_first() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        for name in [
            "r-0.jsonl",
            "a/r-1.jsonl",
            "a/b/r-2.jsonl",
            "a/x-3.jsonl",
            "a/r-4.txt",
        ] {
            fs::write(root.join(name), "{}\n").unwrap();
        }
        fs::write(root.join("a/r-5.jsonl"), "{}\n{}\n").unwrap();
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000);
        let file = fs::File::options()
            .write(true)
            .open(root.join("a/r-1.jsonl"))
            .unwrap();
        file.set_modified(old).unwrap();
        let found = find(&place(root, 1), 10).unwrap().files;
        let names: Vec<_> = found
            .iter()
            .map(|f| f.spot.path.strip_prefix(root).unwrap())
            .collect();
        assert_eq!(names, [Path::new("a/r-5.jsonl"), Path::new("a/r-1.jsonl")]);
        assert_eq!((found[1].written, found[1].length), (1_000_000, 3));
        assert_eq!(find(&place(root, 1), 1).unwrap().files.len(), 1);
        assert_eq!(
            find(&place(&root.join("none"), 1), 9).unwrap(),
            Finds::default()
        );
    }

    #[test]
    fn links_lead_nowhere_and_what_is_too_much_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs::create_dir(root.join("a")).unwrap();
        std::os::unix::fs::symlink(root, root.join("a/loop")).unwrap();
        fs::write(root.join("a/r-1.jsonl"), "{}\n").unwrap();
        std::os::unix::fs::symlink(root.join("a/r-1.jsonl"), root.join("a/r-2.jsonl")).unwrap();
        let all = find(&place(root, 1), 10).unwrap();
        assert_eq!((all.files.len(), all.cut), (1, false));
        assert_eq!(find(&place(root, 3), 10).unwrap(), Finds::default());
        for n in 3..10 {
            fs::write(root.join(format!("a/r-{n}.jsonl")), "{}\n").unwrap();
        }
        assert!(!find_among(&place(root, 1), 10, 11).unwrap().cut);
        let some = find_among(&place(root, 1), 10, 5).unwrap();
        assert!(some.cut && some.files.len() <= 4, "{some:?}");
    }
}
