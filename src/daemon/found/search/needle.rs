//! What is looked for, in the text of an entry and in the bytes of a line of JSON.

use crate::core::text::line;
use memchr::memmem::Finder;
use memchr::{memchr_iter, memchr2_iter};

/// Characters shown before and after what was found.
const AROUND: usize = 60;
/// Bytes of transcripts, about from the rare to the frequent; all others are rarer.
const FREQUENT: &[u8] = b"zqjxkvwybghfpum-lc._0987654321dirnostae:,";

/// What is looked for; capitals count only when there are some.
pub(super) struct Needle {
    text: String,
    exact: bool,
    word: Option<Word>,
}

/// The longest part of it that stands in a line as it is: without blanks, quotes and whatever else
/// may be written in more than one way.
struct Word {
    bytes: Vec<u8>,
    /// Where in it its rarest byte is.
    rare: usize,
    finder: Option<Finder<'static>>,
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let exact = text.chars().any(char::is_uppercase);
        let plain = |c: char| {
            c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '/' | '<' | '>' | '&' | '\'')
        };
        let words = text.split(|c| !plain(c));
        let longest = words.max_by_key(|word| word.len()).unwrap_or("");
        Self {
            text: if exact {
                text.to_owned()
            } else {
                text.to_lowercase()
            },
            exact,
            word: (!longest.is_empty()).then(|| Word::new(longest, exact)),
        }
    }

    /// Where in `bytes` it may be first.
    pub(super) fn place(&self, bytes: &[u8]) -> Option<usize> {
        match &self.word {
            Some(word) => word.place(bytes),
            // It could be written in any way.
            None => (!bytes.is_empty()).then_some(0),
        }
    }

    /// The words around it, one line, when it is in `text`.
    pub(super) fn around(&self, text: &str) -> Option<String> {
        let text = line(text);
        let folded = if self.exact {
            text.clone()
        } else {
            text.to_lowercase()
        };
        let at = folded.find(&self.text)?;
        let before = folded[..at].chars().count();
        let length = self.text.chars().count();
        let from = before.saturating_sub(AROUND);
        let shown: String = text
            .chars()
            .skip(from)
            .take(before - from + length + AROUND)
            .collect();
        let cut = |cut: bool| if cut { "…" } else { "" };
        let more = text.chars().count() > before + length + AROUND;
        Some(format!("{}{}{}", cut(from > 0), shown.trim(), cut(more)))
    }
}

impl Word {
    fn new(text: &str, exact: bool) -> Self {
        let bytes = text.as_bytes().to_ascii_lowercase();
        let frequency = |byte: &u8| FREQUENT.iter().position(|known| known == byte);
        let rare = (0..bytes.len()).min_by_key(|at| frequency(&bytes[*at]));
        Self {
            rare: rare.unwrap_or(0),
            finder: exact.then(|| Finder::new(text.as_bytes()).into_owned()),
            bytes,
        }
    }

    fn place(&self, bytes: &[u8]) -> Option<usize> {
        if let Some(finder) = &self.finder {
            return finder.find(bytes);
        }
        let length = self.bytes.len();
        let here = |at: usize| {
            let start = at.checked_sub(self.rare)?;
            let there = bytes.get(start..start + length)?;
            there.eq_ignore_ascii_case(&self.bytes).then_some(start)
        };
        let (small, big) = {
            let rare = self.bytes[self.rare];
            (rare, rare.to_ascii_uppercase())
        };
        if small == big {
            memchr_iter(small, bytes).find_map(here)
        } else {
            memchr2_iter(small, big, bytes).find_map(here)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_shown_with_the_words_around_it() {
        let needle = Needle::new("flaky");
        let text = format!("{} a Flaky\ntest {}", "x".repeat(100), "y".repeat(100));
        let around = needle.around(&text).expect("it is there");
        assert!(
            around.starts_with("…xxx") && around.ends_with("yyy…"),
            "{around}"
        );
        assert!(around.contains(" a Flaky test "), "{around}");
        assert_eq!(needle.around("flak y"), None);
        assert_eq!(needle.around("a flaky one").as_deref(), Some("a flaky one"));
    }

    #[test]
    fn capitals_count_only_when_there_are_some() {
        assert!(Needle::new("fix").around("FIX it").is_some());
        assert!(Needle::new("Fix").around("fix it").is_none());
        assert!(Needle::new("Fix").around("Fix it").is_some());
    }

    #[test]
    fn a_line_is_only_taken_apart_when_it_may_have_the_text() {
        let may = |text: &str, json: serde_json::Value| {
            let bytes = json.to_string();
            Needle::new(text).place(bytes.as_bytes()).is_some()
        };
        let said = |text: &str| serde_json::json!({"text": text});
        assert!(may("say \"hi\"\tthere", said("Say \"hi\"\tthere")));
        assert!(may("a flaky test", said("a Flaky\ntest")));
        assert!(may("über", said("ÜBER alles")));
        assert!(may("über", serde_json::json!({"text": "\\u00dcber"})));
        assert!(may("日本", said("in 日本")));
        assert!(may("src/main", said("src\\/MAIN")));
        assert!(may("Fix", said("to Fix it")));
        assert!(!may("Fix", said("to fix it")));
        assert!(!may("nothing", said("something")));
        assert!(!may("nothing", said("")));
    }

    #[test]
    fn its_place_is_the_first() {
        for text in ["zebra", "a", "zz", "e-e", "tea"] {
            let needle = Needle::new(text);
            let hay = format!("ae zee {} {text} {text}", text.to_uppercase());
            let expected = hay.to_lowercase().find(text);
            assert_eq!(needle.place(hay.as_bytes()), expected, "{text}");
            assert_eq!(
                needle.place(&hay.as_bytes()[..1]),
                (text == "a").then_some(0)
            );
        }
    }
}
