//! When to draw: the first change at once, the next ones spaced while output goes on.

use std::time::{Duration, Instant};

/// Between two frames while little is going on.
const NEAR: Duration = Duration::from_millis(4);
/// Between two frames while output does not stop.
const FAR: Duration = Duration::from_millis(16);
/// As [`FAR`], when the frames are large.
const FARTHEST: Duration = Duration::from_millis(50);
/// So much goes to the terminal while output does not stop, bytes in a millisecond: nobody reads
/// more, and many sit at the end of a thin line.
const FLOW: u32 = 384;
/// So many frames in a row that had to wait are a flood.
const FLOOD: u32 = 6;
/// After so long without a frame everything is quiet again.
const QUIET: Duration = Duration::from_millis(50);
/// A key that was typed is answered quickly for so long.
const ECHO: Duration = Duration::from_millis(100);

/// The rhythm of the frames.
#[derive(Debug, Default)]
pub struct Pacing {
    last: Option<Instant>,
    typed: Option<Instant>,
    waited: u32,
    /// Bytes of the last frame.
    wrote: u32,
}

impl Pacing {
    /// The operator typed something: its echo is not to wait long.
    pub fn typed(&mut self, now: Instant) {
        self.typed = Some(now);
    }

    /// How long the next frame has to wait; zero is now.
    pub fn wait(&self, now: Instant) -> Duration {
        let Some(last) = self.last else {
            return Duration::ZERO;
        };
        let echo = self
            .typed
            .is_some_and(|t| now.saturating_duration_since(t) < ECHO);
        let space = if self.waited >= FLOOD && !echo {
            Duration::from_millis(u64::from(self.wrote / FLOW)).clamp(FAR, FARTHEST)
        } else {
            NEAR
        };
        (last + space).saturating_duration_since(now)
    }

    /// A frame was drawn, so many bytes of it; `waited` when it had to wait for its turn.
    pub fn drawn(&mut self, now: Instant, waited: bool, wrote: usize) {
        self.wrote = u32::try_from(wrote).unwrap_or(u32::MAX);
        let quiet = self
            .last
            .is_none_or(|l| now.saturating_duration_since(l) > QUIET);
        self.waited = if quiet || !waited { 0 } else { self.waited + 1 };
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_frame_is_at_once_and_a_flood_is_spaced() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pacing = Pacing::default();
        assert_eq!(pacing.wait(at(0)), Duration::ZERO);
        pacing.drawn(at(0), false, 0);
        assert_eq!(pacing.wait(at(1)), Duration::from_millis(3));
        for n in 1..=6 {
            pacing.drawn(at(n * 4), true, 0);
        }
        assert_eq!(pacing.wait(at(24)), FAR);
        pacing.drawn(at(24), true, 38_400);
        assert_eq!(pacing.wait(at(24)), FARTHEST);
        pacing.drawn(at(24), true, 384 * 30);
        assert_eq!(pacing.wait(at(24)), Duration::from_millis(30));
        pacing.typed(at(24));
        assert_eq!(pacing.wait(at(24)), NEAR);
        pacing.drawn(at(500), false, 0);
        assert_eq!(pacing.wait(at(504)), Duration::ZERO);
    }
}
