//! Looking for text: above by the daemon, in the rows that are here by ourselves.

use super::book::Book;
use super::walk::Place;
use crate::core::find::Needle;
use crate::screen::Joined;
use crate::wire::view::SearchView;

/// Hits asked for on either side; more than a row can hold, so that there is always a next one.
pub const MOST: u32 = 1_100;

/// A search and what it has found.
#[derive(Clone, Debug)]
pub struct Search {
    /// What was typed.
    pub text: String,
    needle: Needle,
    /// Which way `n` goes: up.
    pub back: bool,
    /// Counts the searches, so that a late answer is known.
    pub number: u64,
    /// Hits above the rows that are here, once they are known.
    above: Option<SearchView>,
    /// Hits in the rows that are here.
    here: Vec<Place>,
    /// The jump that waits for an answer.
    pub waits: Option<Jump>,
}

/// A way from one hit to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// From where.
    pub from: Place,
    /// Up instead of down.
    pub back: bool,
    /// A hit that stands right there counts.
    pub here_too: bool,
    /// It went round the end already.
    pub round: bool,
    /// The other screens of a full-screen program were asked for already.
    pub screens: bool,
}

/// Where a search leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// There, and whether it is round the end.
    At(Place, bool),
    /// The hits around this row have to be asked for first; then this jump.
    Ask(u64, Jump),
    /// The text is nowhere.
    Nowhere,
}

impl Search {
    /// Looks in the rows that are here; `None` when there is nothing to look for.
    pub fn new(text: &str, back: bool, number: u64, book: &Book) -> Option<Self> {
        let needle = Needle::new(text)?;
        let above = (book.tail_from() == 0).then_some(SearchView {
            count: 0,
            before: 0,
            near: Vec::new(),
        });
        let mut search = Self {
            text: text.to_owned(),
            needle,
            back,
            number,
            above,
            here: Vec::new(),
            waits: None,
        };
        search.look_again(book);
        Some(search)
    }

    /// Looks again in the rows that are here: they are others.
    pub fn look_again(&mut self, book: &Book) {
        let Self { needle, here, .. } = self;
        here.clear();
        lines(book, book.tail_from(), book.end(), |line| {
            let found = needle.within(line.text()).into_iter();
            here.extend(found.map(|bytes| place(line.place(bytes.start))));
        });
    }

    /// Takes the daemon's hits.
    pub fn take(&mut self, above: SearchView) {
        self.above = Some(above);
    }

    /// How many hits there are, once it is known.
    pub fn count(&self) -> Option<u64> {
        let above = self.above.as_ref()?;
        Some(above.count + self.here.len() as u64)
    }

    /// Which of them stands at a place, from 1.
    pub fn ordinal(&self, place: Place) -> Option<u64> {
        let above = self.above.as_ref()?;
        let at = (place.row, place.col);
        if let Ok(n) = above.near.binary_search(&at) {
            return Some(above.before + n as u64 + 1);
        }
        let n = self.here.binary_search(&place).ok()?;
        Some(above.count + n as u64 + 1)
    }

    /// Where a jump leads to, round the end where there is nothing more on its way.
    pub fn next(&self, jump: Jump) -> Next {
        let Some(above) = &self.above else {
            return Next::Ask(jump.from.row, jump);
        };
        if above.count == 0 && self.here.is_empty() {
            return Next::Nowhere;
        }
        let found = match jump.back {
            true => self.up(above, jump),
            false => self.down(above, jump),
        };
        let (row, col) = match jump.back {
            true => (u64::MAX, u16::MAX),
            false => (0, 0),
        };
        match found {
            Ok(hit) => Next::At(hit, jump.round),
            Err(true) => Next::Ask(jump.from.row, jump),
            // Nothing is missing on this way: it goes on from the other end, once.
            Err(false) if jump.round => Next::Nowhere,
            Err(false) => self.next(Jump {
                from: Place { row, col },
                here_too: true,
                round: true,
                ..jump
            }),
        }
    }

    /// The first hit on the way down, or whether some on it are not known yet.
    fn down(&self, above: &SearchView, jump: Jump) -> Result<Place, bool> {
        let behind = |hit: &Place| match jump.here_too {
            true => *hit < jump.from,
            false => *hit <= jump.from,
        };
        let near = &above.near;
        let n = near.partition_point(|hit| behind(&place(*hit)));
        let unseen = above.before + (near.len() as u64) < above.count;
        let inside = n < near.len() || !unseen;
        if self.here.first().is_none_or(|hit| !behind(hit)) {
            if !inside || (n == 0 && above.before > 0) {
                return Err(true);
            }
            if let Some(hit) = near.get(n) {
                return Ok(place(*hit));
            }
        }
        let n = self.here.partition_point(behind);
        self.here.get(n).copied().ok_or(false)
    }

    /// The first hit on the way up, or whether some on it are not known yet.
    fn up(&self, above: &SearchView, jump: Jump) -> Result<Place, bool> {
        let before = |hit: &Place| match jump.here_too {
            true => *hit <= jump.from,
            false => *hit < jump.from,
        };
        let n = self.here.partition_point(before);
        if let Some(n) = n.checked_sub(1) {
            return Ok(self.here[n]);
        }
        let near = &above.near;
        let n = near.partition_point(|hit| before(&place(*hit)));
        let unseen = above.before + (near.len() as u64) < above.count;
        if (n == near.len() && unseen) || (n == 0 && above.before > 0) {
            return Err(true);
        }
        let hit = n.checked_sub(1).map(|n| place(near[n]));
        hit.ok_or(false)
    }

    /// Row, first column and the column behind the last, of every hit in rows `from..to`.
    pub fn spans(&self, book: &Book, from: u64, to: u64) -> Vec<(u64, u16, u16)> {
        let mut spans = Vec::new();
        // A line may have begun a few rows above.
        let begin = (0..8).fold(from, |row, _| {
            let above = row.checked_sub(1).and_then(|row| book.text(row));
            match above.is_some_and(crate::screen::goes_on) {
                true => row - 1,
                false => row,
            }
        });
        lines(book, begin, to, |line| {
            for bytes in self.needle.within(line.text()) {
                line.spans(bytes, |row, a, b| {
                    if row >= from {
                        spans.push((row, a, b));
                    }
                });
            }
        });
        spans
    }
}

fn place((row, col): (u64, u16)) -> Place {
    Place { row, col }
}

/// Calls `each` with every line of the rows that are here.
fn lines(book: &Book, from: u64, to: u64, mut each: impl FnMut(&Joined)) {
    let mut line = Joined::default();
    let mut begun = false;
    for row in from..to {
        let Some(text) = book.text(row) else {
            line.clear();
            begun = false;
            continue;
        };
        begun = !line.push(row, text);
        if !begun {
            each(&line);
            line.clear();
        }
    }
    if begun {
        each(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::super::book::Frozen;
    use super::*;

    fn at(row: u64, col: u16) -> Place {
        Place { row, col }
    }

    fn jump(row: u64, col: u16, back: bool) -> Jump {
        Jump {
            from: at(row, col),
            back,
            here_too: false,
            round: false,
            screens: false,
        }
    }

    /// Rows 100 to 103 are here.
    fn searched(text: &str, above: &[(u64, u16)], before: u64, count: u64) -> (Search, Book) {
        let rows = ["a word", "two words wo\u{b}", "rd", "nothing"];
        let book = Book::new(&Frozen {
            from: 100,
            rows: rows.map(str::to_owned).to_vec(),
            ..Frozen::default()
        });
        let mut search = Search::new(text, false, 1, &book).unwrap();
        let first = jump(100, 0, false);
        assert_eq!(search.next(first), Next::Ask(100, first));
        search.take(SearchView {
            count,
            before,
            near: above.to_vec(),
        });
        (search, book)
    }

    #[test]
    fn n_goes_through_all_of_them_and_round() {
        let (search, _) = searched("word", &[(3, 1), (50, 0)], 0, 2);
        assert_eq!(search.count(), Some(5));
        let order = [(3, 1), (50, 0), (100, 2), (101, 4), (101, 10)];
        for (n, pair) in order.windows(2).enumerate() {
            let ((a, b), (c, d)) = (pair[0], pair[1]);
            assert_eq!(search.next(jump(a, b, false)), Next::At(at(c, d), false));
            assert_eq!(search.next(jump(c, d, true)), Next::At(at(a, b), false));
            assert_eq!(search.ordinal(at(a, b)), Some(n as u64 + 1));
        }
        assert_eq!(search.next(jump(101, 10, false)), Next::At(at(3, 1), true));
        assert_eq!(search.next(jump(3, 1, true)), Next::At(at(101, 10), true));
        assert_eq!(search.ordinal(at(7, 7)), None);
        let typed = Jump {
            here_too: true,
            ..jump(50, 0, true)
        };
        assert_eq!(search.next(typed), Next::At(at(50, 0), false));
    }

    #[test]
    fn what_is_not_known_yet_is_asked_for() {
        let (mut search, _) = searched("word", &[(40, 0), (50, 0)], 7, 12);
        let asked = |jump: Jump| Next::Ask(jump.from.row, jump);
        for unknown in [jump(40, 0, true), jump(50, 0, false), jump(99, 0, true)] {
            assert_eq!(search.next(unknown), asked(unknown));
        }
        assert_eq!(search.next(jump(45, 0, true)), Next::At(at(40, 0), false));
        let known = search.next(jump(100, 2, false));
        assert_eq!(known, Next::At(at(101, 4), false));
        assert_eq!(search.ordinal(at(50, 0)), Some(9));
        // Round the end, and the answer leads on.
        let Next::Ask(0, round) = search.next(jump(103, 0, false)) else {
            panic!("the first hits are known");
        };
        search.take(SearchView {
            count: 12,
            before: 0,
            near: vec![(2, 5), (3, 0)],
        });
        assert_eq!(search.next(round), Next::At(at(2, 5), true));
    }

    #[test]
    fn a_text_that_is_nowhere_is_nowhere() {
        let (search, _) = searched("xyzzy", &[], 0, 0);
        assert_eq!(search.next(jump(0, 0, false)), Next::Nowhere);
        assert_eq!(search.count(), Some(0));
        let (search, _) = searched("xyzzy", &[(9, 0)], 0, 1);
        assert_eq!(search.next(jump(9, 0, false)), Next::At(at(9, 0), true));
        assert_eq!(search.next(jump(9, 0, true)), Next::At(at(9, 0), true));
    }

    #[test]
    fn spans_reach_over_the_rows_of_a_line() {
        let (search, book) = searched("word", &[], 0, 0);
        let all = search.spans(&book, 100, 104);
        assert_eq!(all, [(100, 2, 6), (101, 4, 8), (101, 10, 12), (102, 0, 2)]);
        assert_eq!(search.spans(&book, 102, 104), [(102, 0, 2)]);
    }
}
