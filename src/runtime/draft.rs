//! What stands in a CLI's prompt and was not given to it yet.

/// A prompt on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What is written in it, its rows joined by line breaks, as far as it is shown; empty where
    /// nothing is.
    pub text: String,
    /// The rows below it that offer something to make of that: an Enter may take one of them.
    pub offers: Vec<String>,
}
