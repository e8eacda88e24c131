//! A screen as bytes.

use super::Screen;

/// Why bytes are not a screen.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RestoreError {
    /// Not a checkpoint of this version, or damaged.
    #[error("not a checkpoint of this version, or damaged")]
    Unreadable,
    /// The screen it describes cannot be had exactly.
    #[error("the checkpoint describes a screen that cannot be had exactly")]
    Inexact,
}

impl Screen {
    /// The whole screen as bytes, or `None` when it could not be restored exactly.
    pub fn checkpoint(&self) -> Option<Vec<u8>> {
        None
    }

    /// The screen of a checkpoint.
    ///
    /// # Errors
    /// [`RestoreError`] when the bytes are not a checkpoint.
    pub fn restore(_checkpoint: &[u8]) -> Result<Screen, RestoreError> {
        Err(RestoreError::Unreadable)
    }
}
