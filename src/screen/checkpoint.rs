//! A screen as bytes, and back: exactly or not at all.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::redraw::redraw;
use super::snapshot::Snapshot;
use super::{LARGEST, SCROLLBACK, SMALLEST, Screen};

/// The first bytes of every checkpoint; the last of them is the version.
const HEAD: &[u8] = b"pscreen\x02";

/// The largest checkpoint unpacked, in bytes.
const LARGEST_CHECKPOINT: usize = 64 << 20;

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
    /// The whole screen as bytes: both grids, the kept rows, cursors, margins, modes, an unfinished
    /// sequence. Not part of it: rows, replies and events not yet taken, what was last looked at for
    /// damage, and whether it is a replay.
    ///
    /// `None` when these bytes would not restore exactly this screen: it is tried before they are
    /// given away.
    pub fn checkpoint(&self) -> Option<Vec<u8>> {
        let snapshot = catch_unwind(AssertUnwindSafe(|| Snapshot::of(self))).ok()?;
        let plain = postcard::to_stdvec(&snapshot).ok()?;
        if plain.len() > LARGEST_CHECKPOINT {
            return None;
        }
        exactly(snapshot).ok()?;
        let mut out = HEAD.to_vec();
        out.extend(lz4_flex::block::compress_prepend_size(&plain));
        Some(out)
    }

    /// The screen as bytes for whoever shows it: as a checkpoint, and where none can be had exactly,
    /// the nearest to it, which the program's next repaint mends. [`Screen::of_likeness`] reads it.
    pub fn likeness(&self) -> Vec<u8> {
        let snapshot = catch_unwind(AssertUnwindSafe(|| Snapshot::of(self)));
        let plain = snapshot
            .ok()
            .and_then(|s| postcard::to_stdvec(&s).ok())
            .unwrap_or_default();
        let mut out = HEAD.to_vec();
        out.extend(lz4_flex::block::compress_prepend_size(&plain));
        out
    }

    /// The screen of [`Screen::likeness`].
    ///
    /// # Errors
    /// [`RestoreError::Unreadable`].
    pub fn of_likeness(likeness: &[u8]) -> Result<Screen, RestoreError> {
        let snapshot = unpack(likeness)?;
        let parser = catch_unwind(AssertUnwindSafe(|| redraw(&snapshot)))
            .ok()
            .flatten();
        Ok(Screen::of(
            parser.ok_or(RestoreError::Unreadable)?,
            snapshot.own,
            snapshot.splitter,
        ))
    }

    /// The screen of a checkpoint.
    ///
    /// # Errors
    /// [`RestoreError`]: the bytes are no checkpoint, or none of a screen that can be.
    pub fn restore(checkpoint: &[u8]) -> Result<Screen, RestoreError> {
        exactly(unpack(checkpoint)?)
    }
}

fn unpack(checkpoint: &[u8]) -> Result<Snapshot, RestoreError> {
    let packed = checkpoint
        .strip_prefix(HEAD)
        .ok_or(RestoreError::Unreadable)?;
    let (length, _) = packed
        .split_first_chunk::<4>()
        .ok_or(RestoreError::Unreadable)?;
    let length = u32::from_le_bytes(*length) as usize;
    // No packed byte gives more than 255.
    if length > LARGEST_CHECKPOINT.min(packed.len().saturating_mul(255)) {
        return Err(RestoreError::Unreadable);
    }
    let plain =
        lz4_flex::block::decompress_size_prepended(packed).map_err(|_| RestoreError::Unreadable)?;
    let (snapshot, rest) =
        postcard::take_from_bytes::<Snapshot>(&plain).map_err(|_| RestoreError::Unreadable)?;
    let sizes = SMALLEST..=LARGEST;
    let sane = rest.is_empty()
        && sizes.contains(&snapshot.rows)
        && sizes.contains(&snapshot.cols)
        && snapshot.kept.len() <= SCROLLBACK
        && snapshot.splitter.plausible();
    if !sane {
        return Err(RestoreError::Unreadable);
    }
    Ok(snapshot)
}

/// The screen of a snapshot, read again and compared.
fn exactly(snapshot: Snapshot) -> Result<Screen, RestoreError> {
    let parser = redraw(&snapshot).ok_or(RestoreError::Unreadable)?;
    let screen = Screen::of(parser, snapshot.own.clone(), snapshot.splitter.clone());
    if Snapshot::of(&screen) == snapshot {
        Ok(screen)
    } else {
        Err(RestoreError::Inexact)
    }
}
