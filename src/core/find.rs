//! Plain text looked for in lines: by its letters whatever their case, or, when a capital letter is
//! among them, exactly.

use std::ops::Range;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    /// Folded unless `exact`.
    text: String,
    exact: bool,
}

impl Needle {
    /// Looks for `text`; `None` when there is nothing to look for.
    pub fn new(text: &str) -> Option<Self> {
        let exact = text.chars().any(char::is_uppercase);
        let text = if exact {
            text.to_owned()
        } else {
            text.chars().flat_map(char::to_lowercase).collect()
        };
        (!text.is_empty()).then_some(Self { text, exact })
    }

    /// Where it stands in `line`, in bytes, from left to right; no two of them overlap.
    pub fn within(&self, line: &str) -> Vec<Range<usize>> {
        if self.exact {
            return self.exactly(line);
        }
        if line.is_ascii() {
            if !self.text.is_ascii() {
                return Vec::new();
            }
            return self.exactly(&line.to_ascii_lowercase());
        }
        self.folded(line)
    }

    fn exactly(&self, line: &str) -> Vec<Range<usize>> {
        line.match_indices(&self.text)
            .map(|(at, found)| at..at + found.len())
            .collect()
    }

    /// Letter by letter: folding may change how many bytes a letter has.
    fn folded(&self, line: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        while from < line.len() {
            match self.begins(&line[from..]) {
                Some(length) => {
                    found.push(from..from + length);
                    from += length;
                }
                None => from += line[from..].chars().next().map_or(1, char::len_utf8),
            }
        }
        found
    }

    /// How many bytes of `line` it takes when the line begins with it.
    fn begins(&self, line: &str) -> Option<usize> {
        let mut wanted = self.text.chars();
        let mut used = 0;
        for c in line.chars() {
            if wanted.as_str().is_empty() {
                break;
            }
            for folded in c.to_lowercase() {
                if wanted.next() != Some(folded) {
                    return None;
                }
            }
            used += c.len_utf8();
        }
        wanted.as_str().is_empty().then_some(used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(needle: &str, line: &str) -> Vec<String> {
        let needle = Needle::new(needle).unwrap();
        let ranges = needle.within(line).into_iter();
        ranges.map(|r| line[r].to_owned()).collect()
    }

    #[test]
    fn small_letters_find_both_and_a_capital_finds_itself() {
        assert_eq!(
            found("error", "Error: ERROR error"),
            ["Error", "ERROR", "error"]
        );
        assert_eq!(found("Error", "Error: ERROR error"), ["Error"]);
        assert_eq!(found("aa", "aaaaa"), ["aa", "aa"]);
        assert_eq!(found("x.*y", "x.*y xzy"), ["x.*y"]);
        assert_eq!(Needle::new(""), None);
    }

    #[test]
    fn letters_beyond_ascii_fold_too() {
        assert_eq!(found("über", "Über ÜBER über"), ["Über", "ÜBER", "über"]);
        assert_eq!(found("漢", "a漢b漢"), ["漢", "漢"]);
        assert_eq!(found("ö", "plain"), Vec::<String>::new());
        assert_eq!(found("stra", "İSTRAẞE"), ["STRA"]);
    }
}
