//! Text in all conversations. The bytes of a line are looked at first; only a line that may have
//! the text is taken apart.

use super::{Conversation, Keeping, keeping};
use crate::core::text::line;
use crate::daemon::house::House;
use crate::probe::transcripts::{Cursor, Library};
use crate::wire::transcript::{HitView, SearchView};
use memchr::memmem::Finder;
use serde_json::Value;
use std::collections::HashMap;

/// Characters shown before and after what was found.
const AROUND: usize = 60;
/// Places that one conversation may have of all that are shown.
const OF_ONE: usize = 20;

/// What is looked for; capitals count only when there are some.
struct Needle {
    text: String,
    exact: bool,
    /// As it stands in a line of JSON.
    bytes: Finder<'static>,
}

impl Needle {
    fn new(text: &str) -> Self {
        let exact = text.chars().any(char::is_uppercase);
        let quoted = Value::from(text).to_string();
        let bare = quoted.trim_matches('"').to_ascii_lowercase();
        Self {
            text: if exact {
                text.to_owned()
            } else {
                text.to_lowercase()
            },
            exact,
            bytes: Finder::new(bare.as_bytes()).into_owned(),
        }
    }

    /// Whether the line may have it.
    fn may_be_in(&self, bytes: &[u8], lower: &mut Vec<u8>) -> bool {
        lower.clear();
        lower.extend(bytes.iter().map(u8::to_ascii_lowercase));
        self.bytes.find(lower).is_some()
    }

    /// The words around it, one line, when it is in `text`.
    fn around(&self, text: &str) -> Option<String> {
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

impl House {
    /// Looks for `text`; `names` are the addresses of our peers by conversation.
    pub(crate) fn search(
        &self,
        text: &str,
        most: usize,
        names: &HashMap<String, String>,
    ) -> SearchView {
        let needle = Needle::new(text);
        let survey = self.surveyor.survey();
        let mut view = SearchView {
            gaps: survey
                .gaps
                .iter()
                .map(|(runtime, why)| format!("{runtime}: {why}"))
                .collect(),
            ..SearchView::default()
        };
        for one in &survey.found {
            let Some(of) = keeping().find(|of| of.runtime.name() == one.runtime) else {
                continue;
            };
            in_one(&self.library, of, one, &needle, names, &mut view.hits);
            if view.hits.len() > most {
                view.hits.truncate(most);
                view.more = true;
                break;
            }
        }
        view
    }
}

fn in_one(
    library: &Library,
    of: Keeping,
    one: &Conversation,
    needle: &Needle,
    names: &HashMap<String, String>,
    hits: &mut Vec<HitView>,
) {
    let mut lower = Vec::new();
    let mut here = 0;
    let spot = &one.file.spot;
    let read = library.lines(of.transcripts, spot, &mut Cursor::default(), |n, bytes| {
        if !needle.may_be_in(bytes, &mut lower) {
            return true;
        }
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
            return true;
        };
        for entry in of.transcripts.line(&value).entries {
            if let Some(text) = needle.around(&entry.text) {
                here += 1;
                hits.push(HitView {
                    runtime: one.runtime.to_owned(),
                    native_id: line(&one.native_id),
                    name: names.get(&one.native_id).cloned(),
                    line: n,
                    who: entry.who,
                    at: entry.at.as_deref().map(line),
                    text,
                });
            }
        }
        here < OF_ONE
    });
    if let Err(error) = read {
        tracing::debug!(path = %spot.path.display(), %error, "a transcript cannot be read");
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
        let mut lower = Vec::new();
        let mut may = |text: &str, json: Value| {
            let bytes = json.to_string();
            Needle::new(text).may_be_in(bytes.as_bytes(), &mut lower)
        };
        let said = |text: &str| serde_json::json!({"text": text});
        assert!(may("say \"hi\"\tthere", said("Say \"hi\"\tthere")));
        assert!(may("über", said("über alles")));
        assert!(!may("nothing", said("something")));
    }
}
