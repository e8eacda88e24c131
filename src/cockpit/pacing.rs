//! When to draw: the first change at once, the next ones spaced while output goes on.

use std::time::{Duration, Instant};

/// Between two frames while little is going on.
const NEAR: Duration = Duration::from_millis(4);
/// Between two frames while output does not stop.
const FAR: Duration = Duration::from_millis(16);
/// As [`FAR`], when more was written than flows off.
const FARTHEST: Duration = Duration::from_millis(50);
/// So much goes to the terminal while output does not stop, bytes in a millisecond: nobody reads
/// more, and many sit at the end of a thin line.
const FLOW: usize = 384;
/// So much more may go at once, bytes: most of a screen.
const BURST: usize = 16 * 1024;
/// So many frames in a row that had to wait are a flood.
const FLOOD: u32 = 6;
/// After so long without a frame everything is quiet again.
const QUIET: Duration = Duration::from_millis(50);
/// A key that was typed is answered quickly for so long.
const ECHO: Duration = Duration::from_millis(100);
/// Its echo is in one of so many frames, which wait for no flood.
const ANSWERS: u32 = 2;

/// The rhythm of the frames.
#[derive(Debug, Default)]
pub struct Pacing {
    last: Option<Instant>,
    typed: Option<Instant>,
    /// Frames since then.
    answered: u32,
    waited: u32,
    /// Bytes written that had not flowed off when the last frame was drawn.
    over: usize,
}

impl Pacing {
    /// The operator typed something: its echo is not to wait long.
    pub fn typed(&mut self, now: Instant) {
        (self.typed, self.answered) = (Some(now), 0);
    }

    /// How long the next frame has to wait; zero is now.
    pub fn wait(&self, now: Instant) -> Duration {
        let Some(last) = self.last else {
            return Duration::ZERO;
        };
        let echo = self
            .typed
            .is_some_and(|t| now.saturating_duration_since(t) < ECHO);
        // It is no flood yet: the frame before it had nothing to do with the key.
        if echo && self.answered < ANSWERS && self.waited < FLOOD {
            return Duration::ZERO;
        }
        let least = match self.waited >= FLOOD && !echo {
            true => FAR,
            false => NEAR,
        };
        let over = self.over.saturating_sub(BURST) / FLOW;
        let space = match echo && self.answered < ANSWERS {
            true => least,
            false => Duration::from_millis(over as u64).clamp(least, FARTHEST),
        };
        (last + space).saturating_duration_since(now)
    }

    /// A frame was drawn, so many bytes of it; `waited` when it had to wait for its turn.
    pub fn drawn(&mut self, now: Instant, waited: bool, wrote: usize) {
        let since = self.last.map(|last| now.saturating_duration_since(last));
        let millis = since.map_or(u128::MAX, |since| since.as_millis());
        let off = usize::try_from(millis).unwrap_or(usize::MAX);
        let left = self.over.saturating_sub(off.saturating_mul(FLOW));
        self.over = left.saturating_add(wrote);
        let quiet = since.is_none_or(|since| since > QUIET);
        self.waited = match (waited, quiet) {
            (true, _) => self.waited.saturating_add(1),
            (false, true) => 0,
            // Drawing took longer than it would have had to wait.
            (false, false) => self.waited,
        };
        self.answered = self.answered.saturating_add(1);
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
        pacing.drawn(at(500), false, 0);
        assert_eq!(pacing.wait(at(504)), Duration::ZERO);
    }

    /// What is written in `long`, in ms, while each frame of `wrote` bytes is drawn as soon as it may
    /// be; a key is typed at the beginning.
    fn flooded(long: u64, wrote: usize) -> usize {
        let start = Instant::now();
        let (mut pacing, mut now, mut sum) = (Pacing::default(), start, 0);
        pacing.typed(now);
        while now < start + Duration::from_millis(long) {
            pacing.drawn(now, true, wrote);
            sum += wrote;
            now += pacing.wait(now).max(Duration::from_micros(100));
        }
        sum
    }

    #[test]
    fn no_flood_sends_more_than_flows_off_however_it_begins() {
        for (long, wrote) in [(180, 21_000), (125, 8_000), (1_000, 12_000), (5_000, 9_000)] {
            let most = BURST + FLOW * long as usize + (ANSWERS as usize + 1) * wrote;
            let sent = flooded(long, wrote);
            assert!(sent <= most, "{sent} of {most} in {long} ms by {wrote}");
            assert!(sent > most / 4, "{sent} of {most} in {long} ms by {wrote}");
        }
        // Frames larger than that are drawn twenty times a second all the same.
        assert!((20..23).contains(&(flooded(1_000, 100_000) / 100_000)));
    }

    #[test]
    fn a_key_does_not_wait_for_what_was_drawn_before_it() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pacing = Pacing::default();
        pacing.drawn(at(0), false, 40);
        pacing.typed(at(1));
        assert_eq!(pacing.wait(at(1)), Duration::ZERO);
        pacing.drawn(at(1), false, 40);
        assert_eq!(pacing.wait(at(1)), Duration::ZERO);
        pacing.drawn(at(1), false, 40);
        // What comes after its echo is spaced again.
        assert_eq!(pacing.wait(at(2)), Duration::from_millis(3));
    }

    #[test]
    fn a_key_is_answered_within_a_flood() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pacing = Pacing::default();
        for n in 0..20 {
            pacing.drawn(at(n * 50), true, 60_000);
        }
        assert_eq!(pacing.wait(at(950)), FARTHEST);
        pacing.typed(at(951));
        for n in 0..2 {
            assert_eq!(pacing.wait(at(950 + n * 4)), NEAR);
            pacing.drawn(at(954 + n * 4), true, 60_000);
        }
        assert_eq!(pacing.wait(at(958)), FARTHEST);
    }
}
