//! How a row is written: one version byte, then postcard.

use super::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version that is written.
const VERSION: u8 = 1;

/// A row as bytes.
///
/// # Errors
/// When a value cannot be written at all; none of ours is such.
pub fn encode<T: Serialize>(row: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(row, vec![VERSION])
        .map_err(|error| StoreError::Row(format!("a row cannot be written: {error}")))
}

/// A row from its bytes; `what` names it in the error.
///
/// # Errors
/// When the row is damaged or of a newer version.
pub fn decode<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => match postcard::take_from_bytes(rest) {
            Ok((row, [])) => Ok(row),
            Ok((_, left)) => Err(StoreError::Row(format!(
                "the row of {what} has {} bytes too many",
                left.len()
            ))),
            Err(error) => Err(StoreError::Row(format!(
                "the row of {what} is damaged: {error}"
            ))),
        },
        Some((version, _)) => Err(StoreError::Row(format!(
            "the row of {what} has version {version}, and this pult knows {VERSION}"
        ))),
        None => Err(StoreError::Row(format!("the row of {what} is empty"))),
    }
}
