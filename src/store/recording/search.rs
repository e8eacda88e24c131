//! Looking for text in history rows, from files that are being appended to, without holding up
//! whoever appends.

use super::history::History;
use super::{name, numbers};
use crate::core::find::Needle;
use crate::screen::Joined;
use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The history of one recording as it can be read from anywhere.
#[derive(Clone, Debug)]
pub struct Past(Place);

#[derive(Clone, Debug)]
enum Place {
    Disk(PathBuf),
    /// The number of the first row, and the rows.
    Memory(u64, Vec<Vec<u8>>),
}

/// Where a text stands: the number of its first row and the column, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The row.
    pub row: u64,
    /// The column.
    pub col: u16,
}

/// What a search has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// How often the text was found in all.
    pub count: u64,
    /// How many hits come before those in `near`.
    pub before: u64,
    /// The hits around the place that was given, in order.
    pub near: Vec<Hit>,
}

impl Past {
    pub(super) fn of(history: &History) -> Self {
        Self(match history {
            History::Memory { first, rows } => {
                Place::Memory(*first, rows.iter().cloned().collect())
            }
            History::Disk { dir, .. } => Place::Disk(dir.clone()),
        })
    }

    /// Looks for `needle` in all rows below number `until`; of what is found, up to `most` hits on
    /// either side of row `near` are told. A line that goes on over several rows is one text.
    ///
    /// # Errors
    /// What the system said.
    pub fn search(&self, needle: &Needle, until: u64, near: u64, most: usize) -> io::Result<Hits> {
        let mut seeker = Seeker {
            needle,
            near,
            most,
            line: Joined::default(),
            back: VecDeque::new(),
            on: Vec::new(),
            above: 0,
            count: 0,
        };
        match &self.0 {
            Place::Memory(first, rows) => {
                for (number, row) in (*first..until).zip(rows) {
                    seeker.row(number, row);
                }
            }
            Place::Disk(dir) => {
                for first in numbers(dir, ".rows")? {
                    part(dir, first, until, &mut seeker)?;
                }
            }
        }
        seeker.end_line();
        Ok(seeker.hits())
    }
}

/// Reads one pair of files; one that was dropped meanwhile has no rows.
fn part(dir: &Path, first: u64, until: u64, seeker: &mut Seeker<'_>) -> io::Result<()> {
    // The ends first: the rows that they end are there already.
    let read = |suffix| match fs::read(dir.join(name(first, suffix))) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    };
    let ends = read(".ends")?;
    let rows = read(".rows")?;
    let mut start = 0;
    for (number, end) in (first..until).zip(ends.chunks_exact(4)) {
        let end = u32::from_le_bytes([end[0], end[1], end[2], end[3]]) as usize;
        let Some(row) = rows.get(start..end) else {
            break;
        };
        seeker.row(number, row);
        start = end;
    }
    Ok(())
}

struct Seeker<'a> {
    needle: &'a Needle,
    near: u64,
    most: usize,
    line: Joined,
    /// The last hits above row `near`.
    back: VecDeque<Hit>,
    /// The first hits from row `near` on.
    on: Vec<Hit>,
    /// How many hits there are above row `near`.
    above: u64,
    count: u64,
}

impl Seeker<'_> {
    fn row(&mut self, number: u64, row: &[u8]) {
        if self.line.push(number, &String::from_utf8_lossy(row)) {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        for found in self.needle.within(self.line.text()) {
            self.count += 1;
            let (row, col) = self.line.place(found.start);
            let hit = Hit { row, col };
            if hit.row >= self.near {
                if self.on.len() < self.most {
                    self.on.push(hit);
                }
                continue;
            }
            self.above += 1;
            if self.back.len() == self.most {
                self.back.pop_front();
            }
            self.back.push_back(hit);
        }
        self.line.clear();
    }

    fn hits(self) -> Hits {
        let before = self.above - self.back.len() as u64;
        let mut near: Vec<Hit> = self.back.into();
        near.extend(self.on);
        Hits {
            count: self.count,
            before,
            near,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Recorder;
    use super::*;

    fn needle(text: &str) -> Needle {
        Needle::new(text).unwrap()
    }

    fn hit(row: u64, col: u16) -> Hit {
        Hit { row, col }
    }

    fn both(rows: &[String]) -> [(tempfile::TempDir, Recorder); 2] {
        [true, false].map(|kept| {
            let dir = tempfile::tempdir().unwrap();
            let mut recorder = match kept {
                true => Recorder::open(dir.path(), 64 << 20).unwrap(),
                false => Recorder::none(),
            };
            recorder.history_append(rows).unwrap();
            (dir, recorder)
        })
    }

    #[test]
    fn text_is_found_through_colours_and_over_wrapped_rows() {
        let rows = [
            "nothing",
            "an \x1b[31mERR\x1b[1mor\x1b[m here",
            "漢字 err\u{b}",
            "or and error",
            "error\u{b}",
            "over",
        ]
        .map(str::to_owned);
        for (_dir, recorder) in both(&rows) {
            let past = recorder.past();
            let all = past.search(&needle("error"), 99, 0, 99).unwrap();
            assert_eq!(all.near, [hit(1, 3), hit(2, 5), hit(3, 7), hit(4, 0)]);
            assert_eq!((all.count, all.before), (4, 0));
            // What lies beyond the end that was asked for is not there.
            let until = past.search(&needle("error"), 3, 0, 99).unwrap();
            assert_eq!(until.near, [hit(1, 3)]);
            let exact = past.search(&needle("ERR"), 99, 0, 99).unwrap();
            assert_eq!(exact.near, [hit(1, 3)]);
        }
    }

    #[test]
    fn of_many_hits_those_around_the_place_are_told() {
        let rows: Vec<String> = (0..2_000).map(|n| format!("row {n} row")).collect();
        for (_dir, recorder) in both(&rows) {
            let hits = recorder
                .past()
                .search(&needle("row"), 2_000, 1_000, 3)
                .unwrap();
            assert_eq!((hits.count, hits.before), (4_000, 1_997));
            let near = [hit(998, 8), hit(999, 0), hit(999, 8)];
            assert_eq!(hits.near[..3], near);
            assert_eq!(hits.near[3..], [hit(1000, 0), hit(1000, 9), hit(1001, 0)]);
        }
    }

    #[test]
    fn every_part_is_searched_and_a_cut_history_begins_where_it_begins() {
        let dir = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::open(dir.path(), 8 << 20).unwrap();
        let fill = "x".repeat(1_000);
        let mut next = 0_u64;
        let mut more = |recorder: &mut Recorder, count: u64| {
            let rows: Vec<String> = (next..next + count)
                .map(|n| format!("{fill} number {n}."))
                .collect();
            next += count;
            for rows in rows.chunks(100) {
                recorder.history_append(rows).unwrap();
            }
        };
        more(&mut recorder, 2_500);
        assert!(numbers(dir.path(), ".rows").unwrap().len() >= 2);
        let past = recorder.past();
        for n in [0, 999, 1_100, 2_499] {
            let hits = past
                .search(&needle(&format!("number {n}.")), 9_999, 0, 9)
                .unwrap();
            assert_eq!(hits.near, [hit(n, 1_001)], "{n}");
        }
        // The oldest go; what is left has the numbers it had.
        more(&mut recorder, 3_000);
        let first = recorder.history_first();
        assert!(first > 549);
        let hits = past.search(&needle("number"), 9_999, 0, 9).unwrap();
        assert_eq!((hits.near[0].row, hits.count), (first, 5_500 - first));
        // What a replay makes again is not there until it is made.
        let count = || {
            past.search(&needle("number 54"), 9_999, 0, 9)
                .unwrap()
                .count
        };
        assert_eq!(count(), 100);
        recorder.history_truncate(5_400).unwrap();
        assert_eq!(count(), 0);
    }
}
