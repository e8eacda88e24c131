//! Telling the operator who does not look: the ways out, and what is said on them.
//!
//! What is said is the peer, the verb and the object of a request, stripped and cut to one line;
//! never a title or a sentence that a model made up for the occasion.

pub mod desktop;
pub mod osc;

/// The longest object that is said, in characters.
const LONGEST: usize = 120;

/// One thing to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What it is about, such as an ask's id: letters, digits and dashes.
    pub id: String,
    /// The peer.
    pub peer: String,
    /// What it does: `asks to run`, `has failed`.
    pub verb: String,
    /// The command, path or URL; empty when there is none.
    pub object: String,
}

impl Alert {
    /// One of these; all text is stripped and cut.
    pub fn new(id: &str, peer: &str, verb: &str, object: &str) -> Self {
        let id = id.chars();
        Self {
            id: id
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect(),
            peer: short(peer),
            verb: short(verb),
            object: short(object),
        }
    }

    /// The whole as one line: `fixer asks to run: cargo test`.
    pub fn line(&self) -> String {
        match self.object.as_str() {
            "" => format!("{} {}", self.peer, self.verb),
            object => format!("{} {}: {object}", self.peer, self.verb),
        }
    }
}

/// The first line of a text without control characters; what is left out leaves a mark.
fn short(text: &str) -> String {
    let text = crate::core::text::strip(text);
    let (first, more) = match text.trim().split_once('\n') {
        Some((first, _)) => (first.trim_end().to_owned(), true),
        None => (text.trim().to_owned(), false),
    };
    let cut: String = first.chars().take(LONGEST).collect();
    if more || cut.len() < first.len() {
        cut + "…"
    } else {
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_one_short_line_without_control_characters() {
        let alert = Alert::new(
            "ak-7h3k;\x1b",
            "fixer",
            "asks to run",
            "rm -rf\x1b[2J /\nls",
        );
        assert_eq!(alert.id, "ak-7h3k");
        assert_eq!(alert.line(), "fixer asks to run: rm -rf[2J /…");
        let failed = Alert::new("ss-1", "fixer", "has failed", "");
        assert_eq!(failed.line(), "fixer has failed");
        let long = Alert::new("a", "p", "asks to run", &"é".repeat(500));
        assert_eq!(long.object.chars().count(), LONGEST + 1);
    }
}
