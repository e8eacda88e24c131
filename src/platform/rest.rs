//! Steps in which a trickle is taken that nobody waits for.

use std::time::{Duration, Instant};

/// How long a step is.
pub const STEP: Duration = Duration::from_millis(20);

/// So many chunks in a row are a program that goes on and on.
const ON_AND_ON: u32 = 16;
/// More than this between two rests is a flood, in bytes; it is taken as fast as it comes.
const FLOOD: usize = 8 * 1024;

/// Whether it is time for a rest. A program that prints little by little, on and on, wakes a thread
/// with each chunk; many such programs would keep the one that somebody types into from the
/// processor. Whoever wants to know in time what they print does not rest.
#[derive(Debug, Default)]
pub struct Rest {
    last: Option<Instant>,
    in_a_row: u32,
    since: usize,
}

impl Rest {
    /// A chunk of so many bytes came.
    pub fn came(&mut self, now: Instant, bytes: usize) {
        let before = self.last.replace(now);
        let soon = before.is_some_and(|before| now.saturating_duration_since(before) <= 2 * STEP);
        self.in_a_row = if soon { self.in_a_row + 1 } else { 0 };
        self.since = self.since.saturating_add(bytes);
    }

    /// Whether what comes next may wait for [`STEP`]; asked when everything that came is taken.
    pub fn is_due(&mut self) -> bool {
        let since = std::mem::take(&mut self.since);
        (1..FLOOD).contains(&since) && self.in_a_row >= ON_AND_ON
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of `count` chunks so far apart are followed by a rest.
    fn rests(count: u32, apart: u64, bytes: usize) -> Vec<u32> {
        let start = Instant::now();
        let mut rest = Rest::default();
        let due = |n: &u32| {
            rest.came(start + Duration::from_millis(apart) * *n, bytes);
            rest.is_due()
        };
        (0..count).filter(due).collect()
    }

    #[test]
    fn only_a_trickle_that_goes_on_is_taken_in_steps() {
        assert_eq!(rests(19, 5, 80), [16, 17, 18]);
        assert!(rests(100, 100, 80).is_empty(), "a spinner");
        assert!(rests(100, 1, FLOOD).is_empty(), "a flood");
        assert!(!Rest::default().is_due());
    }
}
