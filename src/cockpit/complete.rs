//! Directories completed by Tab, as a shell does it.

use super::line::Line;
use std::path::Path;

/// At most so many names are looked at.
const MOST: usize = 500;

/// The names in the directory of `typed`, an absolute path, that its last part begins; sorted.
/// Those that begin with a dot only where that was typed. Reads the file system.
pub fn directories(typed: &str) -> Vec<String> {
    let (parent, begins) = typed.rsplit_once('/').unwrap_or(("", typed));
    let parent = if parent.is_empty() { "/" } else { parent };
    let Ok(entries) = std::fs::read_dir(Path::new(parent)) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            name.starts_with(begins) && (!name.starts_with('.') || begins.starts_with('.'))
        })
        .take(MOST)
        .collect();
    names.sort();
    names
}

/// Goes on in `line` as far as all `names` agree; gives back those that there are to choose from
/// when they do not agree further. `None` where nothing begins so.
pub fn apply(line: &mut Line, names: &[String]) -> Option<Vec<String>> {
    let first = names.first()?;
    let agreed = agreed(names);
    let text = line.text().to_owned();
    let (parent, begins) = text.rsplit_once('/').unwrap_or(("", &text));
    let slash = if text.contains('/') { "/" } else { "" };
    let end = if names.len() == 1 { "/" } else { "" };
    if agreed > begins.len() || names.len() == 1 {
        *line = Line::new(format!("{parent}{slash}{}{end}", &first[..agreed]));
        return Some(Vec::new());
    }
    Some(names.to_vec())
}

/// As [`apply`], for names that are not parts of a path: one that is whole goes no further.
pub fn whole(line: &mut Line, names: &[String]) -> Option<Vec<String>> {
    let agreed = agreed(names);
    match names {
        [] => None,
        [one] if line.text() == one => None,
        [first, ..] if agreed > line.text().len() => {
            *line = Line::new(&first[..agreed]);
            Some(Vec::new())
        }
        _ => Some(names.to_vec()),
    }
}

/// How many bytes from the beginning are the same in all of them.
fn agreed(names: &[String]) -> usize {
    let same = |a: &str, b: &str| -> usize {
        let pairs = a.char_indices().zip(b.chars());
        let differs = pairs.clone().find(|((_, x), y)| x != y);
        differs.map_or(a.len().min(b.len()), |((at, _), _)| at)
    };
    let first = names.first().map_or("", String::as_str);
    let all = names.iter().map(|name| same(first, name));
    all.min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_on_as_far_as_there_is_one_way() {
        let home = tempfile::tempdir().expect("a directory");
        for name in ["shop-api", "shop-web", "till", ".hidden"] {
            std::fs::create_dir(home.path().join(name)).expect("a directory");
        }
        std::fs::write(home.path().join("shop-notes"), "no directory").expect("a file");
        let mut line = Line::new(format!("{}/s", home.path().display()));
        let tab = |line: &mut Line| {
            let names = directories(line.text());
            apply(line, &names)
        };
        assert_eq!(tab(&mut line), Some(vec![]));
        assert!(line.text().ends_with("/shop-"));
        assert_eq!(
            tab(&mut line),
            Some(vec!["shop-api".into(), "shop-web".into()])
        );
        line.insert("w");
        assert_eq!(tab(&mut line), Some(vec![]));
        assert!(line.text().ends_with("/shop-web/"));
        assert_eq!(tab(&mut line), None, "there is nothing in it");
        let all = directories(&format!("{}/", home.path().display()));
        assert_eq!(all, ["shop-api", "shop-web", "till"]);
    }

    #[test]
    fn letters_of_any_length_are_not_cut_in_two() {
        let mut line = Line::new("/x/");
        let names = ["äö".to_owned(), "äü".to_owned()];
        assert_eq!(apply(&mut line, &names), Some(vec![]));
        assert_eq!(line.text(), "/x/ä");
    }
}
