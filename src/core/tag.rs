//! A colour by which the operator tells peers apart. It means what the operator wants it to mean.

use serde::{Deserialize, Serialize};

/// A colour; the theme says how it looks, its letter stands where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Tag {
    Red,
    Yellow,
    Green,
    Cyan,
    Blue,
    Magenta,
}

/// All of them.
pub const TAGS: [Tag; 6] = [
    Tag::Red,
    Tag::Yellow,
    Tag::Green,
    Tag::Cyan,
    Tag::Blue,
    Tag::Magenta,
];

impl Tag {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Tag::Red => "red",
            Tag::Yellow => "yellow",
            Tag::Green => "green",
            Tag::Cyan => "cyan",
            Tag::Blue => "blue",
            Tag::Magenta => "magenta",
        }
    }

    /// The colour of that name.
    pub fn by_word(word: &str) -> Option<Self> {
        TAGS.into_iter().find(|tag| tag.word() == word)
    }
}
