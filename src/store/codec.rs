//! How a row is written: one version byte, then postcard.

use super::StoreError;
use crate::core::ask::Ask;
use crate::core::entry::Record;
use crate::core::event::Event;
use crate::core::peer::Peer;
use crate::core::session::Session;
use crate::core::trust::Trust;
use crate::core::world::Holder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is stored, and in which version.
pub trait Stored: Serialize + DeserializeOwned {
    /// The version that is written; older ones are still read.
    const VERSION: u8 = 1;

    /// The postcard bytes of an older `version` as they would be written now; `None` when that
    /// version is not known.
    fn upcast(version: u8, bytes: &[u8]) -> Option<Vec<u8>> {
        let _ = (version, bytes);
        None
    }
}

impl Stored for Record {}
impl Stored for Event {}
impl Stored for Holder {}
impl Stored for Trust {}

/// How postcard writes that there is none.
const NONE: &[u8] = &[0];

impl Stored for Ask {
    const VERSION: u8 = 2;

    /// Version 1 had no `noted`, which is the last field.
    fn upcast(version: u8, bytes: &[u8]) -> Option<Vec<u8>> {
        (version == 1).then(|| [bytes, NONE].concat())
    }
}

impl Stored for Session {
    const VERSION: u8 = 2;

    /// Version 1 had no `template`, which is the last field.
    fn upcast(version: u8, bytes: &[u8]) -> Option<Vec<u8>> {
        (version == 1).then(|| [bytes, NONE].concat())
    }
}

impl Stored for Peer {
    const VERSION: u8 = 2;

    /// Version 1 had no `tag`, which is the last field.
    fn upcast(version: u8, bytes: &[u8]) -> Option<Vec<u8>> {
        (version == 1).then(|| [bytes, NONE].concat())
    }
}

/// A row as bytes.
///
/// # Errors
/// When a value cannot be written at all; none of ours is such.
pub fn encode<T: Stored>(row: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(row, vec![T::VERSION])
        .map_err(|error| StoreError::Row(format!("a row cannot be written: {error}")))
}

/// A row from its bytes; `what` names it in the error.
///
/// # Errors
/// When the row is damaged or of a newer version.
pub fn decode<T: Stored>(bytes: &[u8], what: &str) -> Result<T, StoreError> {
    let Some((&version, rest)) = bytes.split_first() else {
        return Err(StoreError::Row(format!("the row of {what} is empty")));
    };
    if version == T::VERSION {
        return parse(rest, what);
    }
    match T::upcast(version, rest) {
        Some(now) => parse(&now, what),
        None => Err(StoreError::Row(format!(
            "the row of {what} has version {version}, and this pult knows {}",
            T::VERSION
        ))),
    }
}

fn parse<T: Stored>(bytes: &[u8], what: &str) -> Result<T, StoreError> {
    match postcard::take_from_bytes(bytes) {
        Ok((row, [])) => Ok(row),
        Ok((_, left)) => Err(StoreError::Row(format!(
            "the row of {what} has {} bytes too many",
            left.len()
        ))),
        Err(error) => Err(StoreError::Row(format!(
            "the row of {what} is damaged: {error}"
        ))),
    }
}
