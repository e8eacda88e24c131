//! Files stay small enough to be read at once.

use super::{nothing_breaks, sources};

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let all = ["src", "tests", "benches", "examples"].map(sources);
    let long: Vec<String> = all
        .iter()
        .flatten()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > 600)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    nothing_breaks("a file over 600 lines", &long);
}

#[test]
fn the_median_file_has_at_most_a_hundred_and_fifty_lines() {
    let mut lines: Vec<usize> = sources("src")
        .iter()
        .map(|source| source.text.lines().count())
        .collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(
        median <= 150,
        "the median file has {median} lines: {lines:?}"
    );
}
