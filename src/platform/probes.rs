//! Pause points and a shiftable clock for tests: with the feature `probes` and `PULT_HOME` set.
//!
//! `PULT_PAUSE=<point>[:n]`: at the n-th time (1 unless said) that the point is reached, the
//! process writes `$PULT_HOME/run/paused.<point>` and stops itself with SIGSTOP; SIGCONT lets it
//! go on. `PULT_CLOCK=<file>`: the file's number of seconds is added to both clocks.
//! Workers never get these variables: nothing named `PULT_*` is passed on to them.

/// Where a process can be told to pause, and what has happened by then.
pub const POINTS: &[(&str, &str)] = &[
    ("engine.before-commit", "decided, nothing durable yet"),
    ("engine.after-commit", "durable, nobody told yet"),
    (
        "engine.after-effects",
        "effects handed out, the client not told yet",
    ),
    (
        "launch.before-keeper",
        "a session is durable, its keeper not started yet",
    ),
    (
        "hooks.before-answer",
        "decided, the hook that waits not told yet",
    ),
    (
        "keys.before-look",
        "a decision goes by a key, its dialog not looked at yet",
    ),
    (
        "worktree.made",
        "git has made a worktree, nobody has it yet",
    ),
];

/// Pauses here when the environment says so; `point` is one of [`POINTS`].
#[cfg(not(feature = "probes"))]
#[inline(always)]
pub fn pause(_point: &str) {}

#[cfg(not(feature = "probes"))]
pub(super) fn shift_ms() -> i64 {
    0
}

#[cfg(feature = "probes")]
pub use on::pause;
#[cfg(feature = "probes")]
pub(super) use on::shift_ms;

#[cfg(feature = "probes")]
mod on {
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// What the environment asked for, read once.
    struct Wanted {
        home: PathBuf,
        point: Option<(String, u32)>,
        clock: Option<PathBuf>,
        reached: AtomicU32,
    }

    fn wanted() -> Option<&'static Wanted> {
        static WANTED: OnceLock<Option<Wanted>> = OnceLock::new();
        let read = || {
            let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
            let point = set("PULT_PAUSE").and_then(|text| parse(text.to_str()?));
            Some(Wanted {
                home: set("PULT_HOME")?.into(),
                point,
                clock: set("PULT_CLOCK").map(PathBuf::from),
                reached: AtomicU32::new(0),
            })
        };
        WANTED.get_or_init(read).as_ref()
    }

    /// `point` or `point:n`; `None` for a point that there is not.
    pub(super) fn parse(text: &str) -> Option<(String, u32)> {
        let (point, times) = match text.split_once(':') {
            Some((point, times)) => (point, times.parse().ok()?),
            None => (text, 1),
        };
        let known = super::POINTS.iter().any(|(name, _)| *name == point);
        (known && times > 0).then(|| (point.to_owned(), times))
    }

    /// Pauses here when the environment says so; `point` is one of [`super::POINTS`].
    pub fn pause(point: &str) {
        let Some(wanted) = wanted() else { return };
        let Some((name, times)) = &wanted.point else {
            return;
        };
        if name != point || wanted.reached.fetch_add(1, Ordering::SeqCst) + 1 != *times {
            return;
        }
        let marker = wanted.home.join("run").join(format!("paused.{point}"));
        if let Err(error) = std::fs::write(&marker, std::process::id().to_string()) {
            tracing::warn!("no marker {}: {error}", marker.display());
            return;
        }
        // To this thread and not to the process, so that not one more instruction of it runs.
        // SAFETY: no memory is involved.
        unsafe { libc::raise(libc::SIGSTOP) };
    }

    /// What the clock file adds, ms.
    pub(in super::super) fn shift_ms() -> i64 {
        let file = wanted().and_then(|wanted| wanted.clock.as_ref());
        let text = file.and_then(|file| std::fs::read_to_string(file).ok());
        let seconds = text.and_then(|text| text.trim().parse::<f64>().ok());
        seconds.map_or(0, |seconds| (seconds * 1_000.0) as i64)
    }
}

#[cfg(all(test, feature = "probes"))]
mod tests {
    use super::on::parse;

    #[test]
    fn a_point_may_have_a_count_and_must_exist() {
        let first = |n| Some(("engine.after-commit".to_owned(), n));
        assert_eq!(parse("engine.after-commit"), first(1));
        assert_eq!(parse("engine.after-commit:3"), first(3));
        for bad in [
            "",
            "nowhere",
            "engine.after-commit:0",
            "engine.after-commit:x",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
