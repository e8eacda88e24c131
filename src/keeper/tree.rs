//! Ending everything below the keeper.

use crate::platform::process::{self, CONT, KILL, TERM};
use std::time::{Duration, Instant};

/// Between two rounds of SIGKILL: a process may fork while it is being killed.
const AGAIN: Duration = Duration::from_millis(50);
/// The longest pause between them, for those that the kernel does not let go.
const SELDOM: Duration = Duration::from_secs(2);
/// Ends from far away are as good as none; a week.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// An end under way.
#[derive(Default)]
pub(super) struct Ending {
    kill: Option<(Instant, Duration)>,
}

impl Ending {
    /// SIGTERM to everything now, SIGKILL after the grace. A second call can only shorten it.
    pub fn begin(&mut self, grace: Duration) {
        signal(TERM);
        // A stopped process takes its SIGTERM when it goes on.
        signal(CONT);
        let at = Instant::now() + grace.min(LONGEST);
        let sooner = self.kill.is_none_or(|(before, _)| at < before);
        if sooner {
            self.kill = Some((at, AGAIN));
        }
    }

    /// Kills when it is time to.
    pub fn step(&mut self) {
        let now = Instant::now();
        if let Some((_, pause)) = self.kill.filter(|(at, _)| *at <= now) {
            signal(KILL);
            self.kill = Some((now + pause, (pause * 2).min(SELDOM)));
        }
    }

    /// When [`Self::step`] has something to do.
    pub fn due(&self) -> Option<Instant> {
        self.kill.map(|(at, _)| at)
    }

    /// There is nobody left.
    pub fn over(&mut self) {
        self.kill = None;
    }
}

/// Sends a signal to every process below the keeper.
pub(super) fn signal(number: u8) {
    for pid in process::descendants().unwrap_or_default() {
        process::send(number, pid, false);
    }
}
