//! What the house promises about itself: directions, doors, sizes, words, and the README's truth.

mod debts;
mod directions;
mod doors;
mod modules;
mod readme;
mod sizes;
mod surface;
mod words;

use std::path::{Path, PathBuf};

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One source file: its path from the repository's root, and its text.
struct Source {
    path: String,
    text: String,
    /// Whether it is a module of tests as a whole.
    tests: bool,
}

impl Source {
    /// The room: `core` for `src/core/ask.rs`, `main` for `src/main.rs`.
    fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inside.split('/').next().unwrap_or(inside);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Its lines with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(n, line)| (n + 1, line.split("//").next().unwrap_or(line)))
    }

    /// As [`Source::code`], up to the file's own tests.
    fn product(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self.code();
        code.take_while(|(_, line)| !self.tests && line.trim() != "#[cfg(test)]")
    }
}

/// Every `.rs` file below a directory of the repository, sorted by path.
fn sources(below: &str) -> Vec<Source> {
    let mut found: Vec<Source> = files(below)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| Source {
            text: std::fs::read_to_string(&path).expect("a source file is text"),
            path: relative(&path),
            tests: false,
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    let modules: Vec<String> = found.iter().flat_map(test_modules).collect();
    for source in &mut found {
        let inside = |module: &String| {
            let rest = source.path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        source.tests = modules.iter().any(inside);
    }
    found
}

/// The modules in files of their own that a file declares for tests only: `src/store/golden`.
fn test_modules(source: &Source) -> Vec<String> {
    let dir = match source.path.rsplit_once('/') {
        Some((dir, "mod.rs" | "lib.rs" | "main.rs")) => dir.to_owned(),
        _ => source.path.trim_end_matches(".rs").to_owned(),
    };
    let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
    let declared = lines.windows(2).filter_map(|pair| {
        let tests = pair[0].starts_with("#[cfg(") && has_word(pair[0], "test");
        let module = pair[1].split("mod ").nth(1)?.strip_suffix(';')?;
        tests.then(|| format!("{dir}/{module}"))
    });
    declared.collect()
}

/// Every file below a directory of the repository; none when there is no such directory.
fn files(below: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(below)];
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

/// A path as it is written in messages.
fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.display().to_string()
}

/// Fails with every breach of a rule, a line each.
#[track_caller]
fn nothing_breaks(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n{}", breaches.join("\n"));
}

/// Whether `word` stands in `line` as a whole identifier.
fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}
