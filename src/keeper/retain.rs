//! What the daemon does not have yet: bytes in ring and spill, with their times and the resizes
//! between them.

use super::ring::Ring;
use super::spill::Spill;
use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;

/// So many times are kept; when there are more, every second one of the older half goes.
const TIMES: usize = 4096;
/// So many resizes are kept; when there are more, the oldest goes.
const RESIZES: usize = 1024;

/// The terminal had this size from `offset` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resize {
    pub offset: u64,
    pub ms: u64,
    pub rows: u16,
    pub cols: u16,
}

pub(super) struct Retained {
    ring: Ring,
    spill: Spill,
    /// Offsets with the time at which they were read, ascending.
    times: VecDeque<(u64, u64)>,
    resizes: VecDeque<Resize>,
    ms: u64,
    resized_ms: u64,
}

impl Retained {
    pub fn new(ring: usize, spill: PathBuf, limit: u64) -> io::Result<Self> {
        Ok(Self {
            ring: Ring::new(ring.max(4096))?,
            spill: Spill::new(spill, limit),
            times: VecDeque::new(),
            resizes: VecDeque::new(),
            ms: 0,
            resized_ms: 0,
        })
    }

    /// The first byte that is still here.
    pub fn first(&self) -> u64 {
        match self.spill.start() < self.spill.end() {
            true => self.spill.start(),
            false => self.ring.start(),
        }
    }

    /// The length of the stream.
    pub fn end(&self) -> u64 {
        self.ring.end()
    }

    /// Appends what was read at `ms`.
    pub fn push(&mut self, ms: u64, mut bytes: &[u8]) {
        // The wall clock may be set back; the stream's time is not.
        self.ms = self.ms.max(ms);
        if self.times.back().is_none_or(|(_, last)| *last < self.ms) {
            self.times.push_back((self.end(), self.ms));
            self.thin();
        }
        while !bytes.is_empty() {
            let fits = self.ring.push(bytes);
            bytes = &bytes[fits..];
            if fits == 0 {
                self.spill_half();
            }
        }
    }

    /// Notes another size; it gets a time of its own.
    pub fn resize(&mut self, ms: u64, rows: u16, cols: u16) {
        self.resized_ms = ms.max(self.resized_ms + 1);
        if self.resizes.len() >= RESIZES {
            self.resizes.pop_front();
        }
        self.resizes.push_back(Resize {
            offset: self.end(),
            ms: self.resized_ms,
            rows,
            cols,
        });
    }

    /// The first resize at or after `from` that is later than `ms`.
    pub fn resize_after(&self, from: u64, ms: u64) -> Option<Resize> {
        let mut resizes = self.resizes.iter();
        resizes.find(|r| r.ms > ms && r.offset >= from).copied()
    }

    /// Some bytes from `from` on, read at one time, below `to`; with that time. `None` when they
    /// are gone: everything up to [`Self::first`] is.
    pub fn read(&mut self, from: u64, to: u64, into: &mut [u8]) -> Option<(u64, usize)> {
        if from < self.first() {
            return None;
        }
        let next = self.times.partition_point(|(offset, _)| *offset <= from);
        let ms = next.checked_sub(1).map_or(self.ms, |n| self.times[n].1);
        let to = self
            .times
            .get(next)
            .map_or(to, |(offset, _)| to.min(*offset));
        let most = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        let most = most.min(into.len());
        if from >= self.ring.start() {
            let bytes = self.ring.read(from, most);
            into[..bytes.len()].copy_from_slice(bytes);
            return (!bytes.is_empty()).then_some((ms, bytes.len()));
        }
        match self.spill.read(from, &mut into[..most]) {
            Some(n) => Some((ms, n)),
            None => {
                // The disk does not give it back.
                let lost = self.spill.end();
                self.spill.forget(lost);
                None
            }
        }
    }

    /// Everything below `offset` is recorded.
    pub fn forget(&mut self, offset: u64) {
        let offset = offset.min(self.end());
        self.spill.forget(offset);
        self.ring.forget(offset);
        while self.times.get(1).is_some_and(|(next, _)| *next <= offset) {
            self.times.pop_front();
        }
        while self.resizes.front().is_some_and(|r| r.offset < offset) {
            self.resizes.pop_front();
        }
    }

    fn spill_half(&mut self) {
        let until = self.ring.start() + self.ring.capacity() as u64 / 2;
        while self.ring.start() < until {
            let from = self.ring.start();
            let bytes = self.ring.read(from, (until - from) as usize);
            let n = bytes.len() as u64;
            self.spill.push(from, bytes);
            self.ring.forget(from + n);
        }
    }

    fn thin(&mut self) {
        if self.times.len() > TIMES {
            let old = self.times.len() / 2;
            let mut n = 0;
            self.times.retain(|_| {
                n += 1;
                n > old || n % 2 == 1
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retained(limit: u64) -> (tempfile::TempDir, Retained) {
        let dir = tempfile::tempdir().unwrap();
        let retained = Retained::new(4096, dir.path().join("spill"), limit).unwrap();
        (dir, retained)
    }

    fn byte(offset: u64) -> u8 {
        (offset * 7 + offset / 251) as u8
    }

    fn push(retained: &mut Retained, count: u64, ms: u64) {
        let from = retained.end();
        let bytes: Vec<u8> = (from..from + count).map(byte).collect();
        retained.push(ms, &bytes);
    }

    /// Reads everything from `from`, with the times at which they change.
    fn read(retained: &mut Retained, from: u64) -> Vec<(u64, u64)> {
        let mut at = from;
        let mut times: Vec<(u64, u64)> = Vec::new();
        while at < retained.end() {
            let mut some = [0; 700];
            let (ms, n) = retained.read(at, u64::MAX, &mut some).expect("it is here");
            for (n, found) in some[..n].iter().enumerate() {
                assert_eq!(*found, byte(at + n as u64), "at {at}+{n}");
            }
            if times.last().is_none_or(|(_, last)| *last != ms) {
                times.push((at, ms));
            }
            at += n as u64;
        }
        times
    }

    #[test]
    fn below_the_limit_no_byte_and_no_time_is_lost() {
        let (_dir, mut retained) = retained(100_000);
        for ms in 1..=50 {
            push(&mut retained, 1999, ms);
        }
        assert_eq!(retained.first(), 0);
        let times: Vec<_> = (0..50).map(|n| (n * 1999, n + 1)).collect();
        assert_eq!(read(&mut retained, 0), times);
        retained.forget(50_000);
        assert_eq!(retained.first(), 50_000);
        read(&mut retained, 50_000);
        retained.forget(u64::MAX);
        assert_eq!(retained.first(), retained.end());
        push(&mut retained, 10, 99);
        assert_eq!(read(&mut retained, 99_950), [(99_950, 99)]);
    }

    #[test]
    fn beyond_the_limit_the_oldest_goes() {
        let (_dir, mut retained) = retained(10_000);
        push(&mut retained, 50_000, 1);
        let first = retained.first();
        assert!((36_000..=40_000).contains(&first), "{first}");
        assert_eq!(retained.read(first - 1, u64::MAX, &mut [0; 9]), None);
        assert_eq!(retained.first(), first);
        read(&mut retained, first);
    }

    #[test]
    fn without_a_spill_the_ring_alone_is_kept() {
        let (_dir, mut retained) = retained(0);
        push(&mut retained, 50_000, 1);
        let first = retained.first();
        assert!(retained.end() - first >= 2048, "{first}");
        read(&mut retained, first);
    }

    #[test]
    fn what_the_disk_does_not_give_back_is_gone_without_harm() {
        let (dir, mut retained) = retained(100_000);
        push(&mut retained, 20_000, 1);
        std::fs::write(dir.path().join("spill"), "").unwrap();
        assert_eq!(retained.read(0, u64::MAX, &mut [0; 9]), None);
        let first = retained.first();
        assert!(first > 0 && first < 20_000);
        read(&mut retained, first);
    }

    #[test]
    fn resizes_have_times_of_their_own_and_go_with_their_bytes() {
        let (_dir, mut retained) = retained(0);
        retained.resize(5, 40, 120);
        retained.resize(5, 41, 121);
        push(&mut retained, 10, 5);
        retained.resize(4, 42, 122);
        let first = retained.resize_after(0, 0).unwrap();
        assert_eq!((first.offset, first.ms, first.rows), (0, 5, 40));
        let second = retained.resize_after(0, first.ms).unwrap();
        assert_eq!((second.offset, second.ms, second.rows), (0, 6, 41));
        let third = retained.resize_after(0, second.ms).unwrap();
        assert_eq!((third.offset, third.ms, third.rows), (10, 7, 42));
        assert_eq!(retained.resize_after(10, 0), Some(third));
        assert_eq!(retained.resize_after(0, third.ms), None);
        retained.forget(10);
        assert_eq!(retained.resize_after(0, 0), Some(third));
        for _ in 0..3 * RESIZES {
            retained.resize(8, 2, 2);
        }
        assert_eq!(retained.resizes.len(), RESIZES);
    }

    #[test]
    fn times_are_bounded() {
        let (_dir, mut retained) = retained(1_000_000);
        for ms in 0..20_000 {
            push(&mut retained, 3, ms);
        }
        assert!(retained.times.len() <= TIMES + 1);
        let times = read(&mut retained, 0);
        assert!(times.windows(2).all(|w| w[0].1 < w[1].1));
        assert_eq!(times.last(), Some(&(59_997, 19_999)));
    }
}
