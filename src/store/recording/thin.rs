//! What old recordings take on disk, and how one is cut down to its last screen.

use super::Recorder;
use super::checkpoint::Checkpoint;
use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// What the recording in `dir` takes on disk, in bytes, and when it was last written to.
///
/// # Errors
/// What the system said.
pub fn weigh(dir: &Path) -> io::Result<(u64, SystemTime)> {
    let mut sum = (0, SystemTime::UNIX_EPOCH);
    for entry in fs::read_dir(dir)? {
        // What goes while it is looked at takes nothing.
        if let Ok(found) = entry.and_then(|entry| entry.metadata()) {
            sum = (sum.0 + found.len(), sum.1.max(found.modified()?));
        }
    }
    Ok(sum)
}

/// Drops everything of the recording in `dir` that its last screen does not need, and all but the
/// last rows of its history. Nobody may be appending to it.
///
/// # Errors
/// As for [`Recorder::open`].
pub fn thin(dir: &Path) -> io::Result<()> {
    let mut recorder = Recorder::open(dir, 0)?;
    if let Some(last) = Checkpoint::last(dir, recorder.end())? {
        recorder.needs_only(last.offset);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Recording;
    use super::*;

    /// Segments of a megabyte, closed, with a screen and a row of history after each.
    fn long(dir: &Path) -> Recorder {
        let mut recorder = Recorder::open(dir, u64::MAX).unwrap();
        for n in 0..4_u64 {
            // What does not compress.
            let mut seed = n + 1;
            let noise = std::iter::repeat_with(|| {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1);
                (seed >> 56) as u8
            });
            let megabyte: Vec<u8> = noise.take(1 << 20).collect();
            recorder.out(n << 20, n + 1, &megabyte).unwrap();
            let screen = format!("screen {n}");
            recorder
                .checkpoint((n + 1) << 20, screen.as_bytes())
                .unwrap();
            recorder.history_append(&[vec![b'x'; 1 << 20]]).unwrap();
        }
        recorder.out(4 << 20, 9, b"the end").unwrap();
        recorder
    }

    #[test]
    fn the_last_screen_and_what_follows_it_stay() {
        let dir = tempfile::tempdir().unwrap();
        drop(long(dir.path()));
        let (before, _) = weigh(dir.path()).unwrap();
        thin(dir.path()).unwrap();
        let (after, _) = weigh(dir.path()).unwrap();
        assert!(before > 8 << 20 && after < 2 << 20, "{before} {after}");

        let recorder = Recorder::open(dir.path(), u64::MAX).unwrap();
        assert_eq!(recorder.end(), (4 << 20) + 7);
        assert_eq!((recorder.history_first(), recorder.history_len()), (3, 4));
        let recording = Recording::open(dir.path()).unwrap();
        let last = recording.last_checkpoint().unwrap().unwrap();
        assert_eq!(last.bytes, b"screen 3");
        thin(dir.path()).unwrap();
        assert_eq!(weigh(dir.path()).unwrap().0, after);
    }

    #[test]
    fn one_without_a_screen_stays_whole() {
        let dir = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::open(dir.path(), u64::MAX).unwrap();
        recorder.out(0, 1, b"all there is").unwrap();
        drop(recorder);
        let before = weigh(dir.path()).unwrap().0;
        thin(dir.path()).unwrap();
        assert_eq!(weigh(dir.path()).unwrap().0, before);
    }
}
