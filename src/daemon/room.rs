//! Room on the disk: all recordings together are kept to a size. Those of programs that ended
//! longest ago are cut down to their last screen; one whose program runs keeps to its own size.

use super::house::House;
use super::link;
use crate::store::recording::{thin, weigh};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long after the start it is looked at first: nothing waits for it.
const FIRST: Duration = Duration::from_secs(60);
/// How long until it is looked at again.
const AGAIN: Duration = Duration::from_secs(3600);

impl House {
    /// Keeps the recordings to their size from here on.
    pub(super) fn keep_room(self: &Arc<Self>) {
        self.look_at_room(FIRST);
    }

    fn look_at_room(self: &Arc<Self>, wait: Duration) {
        let house = Arc::clone(self);
        self.ticker.after(wait, move || {
            if house.stopping() {
                return;
            }
            let looks = Arc::clone(&house);
            let thread = std::thread::Builder::new().name("room".into());
            let spawned = thread.spawn(move || {
                let open: Vec<PathBuf> = looks.panes().iter().map(|p| p.dir.clone()).collect();
                let busy =
                    |attempt: &Path| open.iter().any(|dir| dir == attempt) || link::alive(attempt);
                let sessions = looks.paths.state.join("sessions");
                keep_to(&sessions, looks.recordings_cap(), busy);
                looks.look_at_room(AGAIN);
            });
            if let Err(error) = spawned {
                tracing::error!(%error, "no thread to look for room");
            }
        });
    }
}

/// Cuts recordings below `sessions` until all of them take at most `cap` bytes, those that were
/// written to longest ago first, and none that is busy. What they take then.
fn keep_to(sessions: &Path, cap: u64, busy: impl Fn(&Path) -> bool) -> u64 {
    let mut found: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for attempt in attempts(sessions).unwrap_or_default() {
        if let Ok((bytes, at)) = weigh(&attempt.join("rec")) {
            found.push((at, bytes, attempt));
        }
    }
    let mut sum: u64 = found.iter().map(|(_, bytes, _)| bytes).sum();
    let before = sum;
    found.sort();
    for (_, bytes, attempt) in found {
        if sum <= cap {
            break;
        }
        if busy(&attempt) {
            continue;
        }
        let dir = attempt.join("rec");
        match thin(&dir).and_then(|()| weigh(&dir)) {
            Ok((left, _)) => sum -= bytes.saturating_sub(left),
            Err(error) => {
                tracing::warn!(dir = %dir.display(), %error, "a recording could not be cut");
            }
        }
    }
    if sum < before {
        let freed = before - sum;
        tracing::info!(
            freed,
            left = sum,
            cap,
            "old recordings were cut to their last screens"
        );
    }
    if sum > cap {
        tracing::warn!(left = sum, cap, "the recordings take more than they may");
    }
    sum
}

/// The directories of all attempts.
fn attempts(sessions: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for session in fs::read_dir(sessions)? {
        // A session without attempts has nothing to weigh.
        let Ok(attempts) = fs::read_dir(session?.path().join("attempts")) else {
            continue;
        };
        found.extend(attempts.flatten().map(|entry| entry.path()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::recording::Recorder;
    use std::fs::File;

    const MIB: u64 = 1 << 20;

    /// An attempt's recording of four megabytes with a screen at each, last written at second `at`.
    fn attempt(sessions: &Path, session: &str, at: u64) -> PathBuf {
        let attempt = sessions.join(session).join("attempts/1");
        let mut recorder = Recorder::open(&attempt.join("rec"), u64::MAX).unwrap();
        for n in 0..4_u64 {
            let mut seed = n + 1;
            let noise = std::iter::repeat_with(|| {
                seed = seed.wrapping_mul(6364136223846793005_u64).wrapping_add(1);
                (seed >> 56) as u8
            });
            let noise: Vec<u8> = noise.take(MIB as usize).collect();
            recorder.out(n * MIB, n + 1, &noise).unwrap();
            recorder.checkpoint((n + 1) * MIB, b"screen").unwrap();
        }
        recorder.out(4 * MIB, 9, b"end").unwrap();
        drop(recorder);
        for file in fs::read_dir(attempt.join("rec")).unwrap() {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(at);
            File::open(file.unwrap().path())
                .unwrap()
                .set_modified(time)
                .unwrap();
        }
        attempt
    }

    #[test]
    fn the_oldest_that_nobody_uses_are_cut() {
        let dir = tempfile::tempdir().unwrap();
        let [busy, old, new] = [("busy", 1), ("old", 2), ("new", 3)]
            .map(|(session, at)| attempt(dir.path(), session, at));
        fs::create_dir(dir.path().join("without")).unwrap();
        let bytes = |attempt: &Path| weigh(&attempt.join("rec")).unwrap().0;
        let whole = bytes(&old);
        assert_eq!(keep_to(dir.path(), 100 * MIB, |_| false), 3 * whole);

        let left = keep_to(dir.path(), 10 * MIB, |attempt| attempt == busy);
        assert_eq!((bytes(&busy), bytes(&new)), (whole, whole));
        assert!(bytes(&old) < MIB && left < 10 * MIB, "{left}");

        // What cannot be had is not taken from those that run.
        let left = keep_to(dir.path(), 1, |attempt| attempt == busy);
        assert!(left > whole && left < whole + MIB, "{left}");
    }
}
