//! Where a channel is, on disk: kept 0600 beside the attempt for a daemon that comes later.

use crate::daemon::launch::write;
use crate::runtime::channel::{Say, Way};
use std::fs;
use std::io;
use std::path::Path;

const FILE: &str = "side.json";

/// Keeps it.
///
/// # Errors
/// What the system said.
pub(crate) fn keep(dir: &Path, way: &Way) -> io::Result<()> {
    write(&dir.join(FILE), &serde_json::to_vec(way)?)
}

/// What is kept of an attempt.
pub(super) fn read(dir: &Path) -> Option<Way> {
    serde_json::from_slice(&fs::read(dir.join(FILE)).ok()?).ok()
}

/// What is to be asked once: whoever takes it asks it, and nobody else ever does.
pub(super) fn take_first(dir: &Path) -> Vec<Say> {
    let Some(mut way) = read(dir) else {
        return Vec::new();
    };
    let first = std::mem::take(&mut way.first);
    if first.is_empty() {
        return first;
    }
    match keep(dir, &way) {
        Ok(()) => first,
        Err(error) => {
            tracing::error!(%error, "a first request was held back: it could be asked twice");
            Vec::new()
        }
    }
}
