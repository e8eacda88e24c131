//! The template that a session was made from: its name, and which words it had then.

use serde::{Deserialize, Serialize};

/// A template as it was when it was used; its file may say something else by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRef {
    /// Its name.
    pub name: String,
    /// Hex SHA-256 of its file.
    pub sha: String,
}
