//! Randomness from the system: for ids, tokens and keys.

use std::io;

/// So many random bytes.
///
/// # Errors
/// When the system has none to give.
pub fn bytes<const BYTES: usize>() -> io::Result<[u8; BYTES]> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// So many random bytes, as twice as many hex digits.
///
/// # Errors
/// As [`bytes`].
pub fn hex<const BYTES: usize>() -> io::Result<String> {
    Ok(bytes::<BYTES>()?
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_as_long_as_asked_for_and_never_the_same() {
        let key = hex::<32>().unwrap();
        assert_eq!(key.len(), 64);
        assert_ne!(key, hex::<32>().unwrap());
    }
}
