//! Identifiers: two letters, a dash, eight random characters without vowels (`ak-7h3kq2vd`).

use serde::{Deserialize, Serialize};
use std::fmt;

/// The letters an id is made of: no vowels (no words), no `0/o`, `1/l` pairs.
const ALPHABET: &[u8; 27] = b"23456789bcdfghjkmnpqrstvwxz";

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The two letters and the dash that every id of this kind begins with.
            pub const PREFIX: &'static str = concat!($prefix, "-");

            /// Makes an id from eight bytes of entropy that the shell brings in.
            pub fn from_entropy(bytes: [u8; 8]) -> Self {
                let mut text = String::with_capacity(11);
                text.push_str(Self::PREFIX);
                for byte in bytes {
                    text.push(ALPHABET[byte as usize % ALPHABET.len()] as char);
                }
                Self(text)
            }

            /// Takes a complete id as it is written; `None` when it is not one of this kind.
            pub fn parse(text: &str) -> Option<Self> {
                let rest = text.strip_prefix(Self::PREFIX)?;
                let good = rest.len() == 8 && rest.bytes().all(|b| ALPHABET.contains(&b));
                good.then(|| Self(text.to_owned()))
            }

            /// The id as it is written everywhere.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A peer: the durable identity behind a name and incarnation.
    PeerId,
    "pr"
);
id!(
    /// A session: one run of a runtime, which may be stopped and resumed.
    SessionId,
    "ss"
);
id!(
    /// An ask: anything that must be closed.
    AskId,
    "ak"
);

/// Whether `name` may name a peer or a circle: `[a-z][a-z0-9-]{0,31}`.
pub fn valid_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase())
        && name.len() <= 32
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_and_read() {
        let id = AskId::from_entropy([0, 1, 26, 27, 255, 9, 77, 100]);
        assert_eq!(AskId::parse(id.as_str()), Some(id.clone()));
        assert_eq!(SessionId::parse(id.as_str()), None);
        assert_eq!(AskId::parse("ak-aeiouaei"), None);
    }

    #[test]
    fn names_follow_the_rule() {
        for good in ["a", "fix-er2", "x23456789012345678901234567890ab"] {
            assert!(valid_name(good), "{good}");
        }
        for bad in [
            "",
            "A",
            "2a",
            "-a",
            "a_b",
            "a/b",
            "x23456789012345678901234567890abc",
        ] {
            assert!(!valid_name(bad), "{bad}");
        }
    }
}
