//! The two clocks: wall time for people, awake time for waiting.

use rustix::time::{ClockId, clock_gettime};

/// Where the time comes from; tests bring their own.
pub trait Clock: Send + Sync {
    /// Wall time, ms since the Unix epoch.
    fn wall_ms(&self) -> i64;
    /// Awake time, ms: stands still while the machine sleeps, never goes backwards.
    fn awake_ms(&self) -> u64;
}

/// The system's clocks, shifted by the clock probe where there is one.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall_ms(&self) -> i64 {
        read(ClockId::Realtime) + super::probes::shift_ms()
    }

    fn awake_ms(&self) -> u64 {
        let shifted = read(ClockId::Monotonic) + super::probes::shift_ms();
        u64::try_from(shifted).unwrap_or(0)
    }
}

fn read(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clocks_tell_a_time() {
        assert!(SystemClock.wall_ms() > 1_600_000_000_000);
        let before = SystemClock.awake_ms();
        assert!(SystemClock.awake_ms() >= before);
    }
}
