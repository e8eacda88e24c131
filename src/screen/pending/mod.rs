//! What the emulator has not been given yet.
//!
//! Most of what programs print is text written row by row, and most of that has scrolled off or is
//! written over before anybody looks. So rows are kept as what was written into them, and the
//! emulator gets those that are left when somebody looks: [`Pending::settled`] says what brings it
//! there. Rows that go to history are written down without it.
//!
//! Only what is understood in full is taken; whatever else comes is for the emulator, after what is
//! pending. Then nothing can be told from a screen that was given every byte at once.

mod begin;
mod row;
mod style;
mod take;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use super::cell::Style;
use super::fold::Sink;
use row::Row;

type Emulator = vt100::Parser<Sink>;

/// Where the emulator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Rows and columns.
    pub size: (u16, u16),
    /// Row and column of the cursor; a column equal to the width waits behind the edge.
    pub cursor: (u16, u16),
    pub style: Style,
    /// Rows that leave are kept, so many at most; 0 where they are lost.
    pub kept: usize,
}

/// Rows that the emulator does not have, and where the cursor stands in them.
#[derive(Debug, Default)]
pub(super) struct Pending {
    at: Option<Place>,
    /// The rows of the emulator's screen and those that came after, down to the last one of the
    /// screen as it should be. `None` is what the emulator has there.
    rows: VecDeque<Option<Row>>,
    /// The emulator's screen is blank and it keeps nothing above: all rows are here.
    alone: bool,
    /// How much was taken since the emulator was last asked for, in bytes.
    taken: usize,
    /// So much goes to the emulator before anything is taken again, in bytes.
    pause: usize,
    /// The last such pause.
    last_pause: usize,
}

/// When less than this was taken before the emulator was needed, taking does not pay.
const PAYS: usize = 2048;
/// So many screens of rows that belong together are put off at most.
const MOST: usize = 8;
/// The longest pause after that, in bytes.
const LONGEST_PAUSE: usize = 64 * 1024;

impl Pending {
    /// Whether there is anything.
    pub fn any(&self) -> bool {
        self.at.is_some()
    }

    /// Whether it would pay to begin.
    pub fn pays(&self) -> bool {
        self.pause == 0
    }

    /// How many bytes go to the emulator before it pays to begin.
    pub fn pause(&self) -> usize {
        self.pause
    }

    /// So many bytes went to the emulator.
    pub fn paused(&mut self, bytes: usize) {
        self.pause = self.pause.saturating_sub(bytes);
    }

    /// Something came that is the emulator's: when that is often, nothing is put off for a while.
    pub fn refused(&mut self) {
        if self.any() {
            self.last_pause = match self.taken {
                n if n >= PAYS => 0,
                _ => (self.last_pause * 2).clamp(256, LONGEST_PAUSE),
            };
            self.pause = self.last_pause;
        }
    }

    /// Begins where the emulator stands.
    pub fn begin(&mut self, place: Place) {
        self.rows.clear();
        self.rows.extend((0..place.size.0).map(|_| None));
        self.alone = false;
        self.taken = 0;
        self.at = Some(place);
    }

    /// Ends with the sequences that bring the emulator to where it should stand, and whether more
    /// than the rows that `touched` is told has changed.
    pub fn settled(&mut self, mut touched: impl FnMut(u16)) -> Option<(String, bool)> {
        let at = self.at.take()?;
        let height = usize::from(at.size.0);
        let lag = self.rows.len() - height;
        for (row, slot) in (0..at.size.0).zip(self.rows.iter().skip(lag)) {
            if slot.is_some() {
                touched(row);
            }
        }
        let mut pen = Pen::new(at.size.0);
        pen.erase(self.rows.iter().take(height), self.alone);
        pen.rows(self.rows.iter());
        pen.scroll_to(lag);
        self.place(&mut pen, at, lag);
        let everything = self.alone || lag > 0;
        self.rows.clear();
        self.alone = false;
        Some((pen.out, everything))
    }

    /// Puts the cursor where it belongs.
    fn place(&self, pen: &mut Pen, at: Place, lag: usize) {
        let (row, col) = at.cursor;
        pen.go(row, col.min(at.size.1 - 1));
        if col >= at.size.1 {
            // Only printing leads behind the edge.
            pen.go(row, 0);
            if let Some(Some(slot)) = self.rows.get(lag + usize::from(row)) {
                slot.write_top(&mut pen.out);
            }
        }
        pen.out.push_str(&at.style.sgr());
    }

    /// Lets the oldest row go, and makes room for one at the bottom. False when there are too many.
    fn scroll(&mut self, at: Place, emulator: &mut Emulator) -> bool {
        let height = usize::from(at.size.0);
        let mut fresh = Row::default();
        if self.alone && self.rows.len() >= height + at.kept {
            if let Some(Some(row)) = self.rows.pop_front() {
                if at.kept > 0 {
                    emulator.callbacks_mut().left(|| row.history(at.size.1));
                }
                fresh = row;
            }
        } else if !self.alone && self.rows.len() >= 2 * height + at.kept {
            if self.rows.len() > MOST * (height + at.kept) {
                return false;
            }
            self.give_up(at, emulator);
        }
        fresh.erase(style::bare(at.style));
        self.rows.push_back(Some(fresh));
        true
    }

    /// Makes the emulator give up all that it has, if that is older than what is kept.
    fn give_up(&mut self, at: Place, emulator: &mut Emulator) {
        let height = usize::from(at.size.0);
        // Not in the middle of a line: how it goes on is seen by what follows.
        let ends = |n: &usize| !matches!(&self.rows[n - 1], Some(row) if row.runs_on);
        let last = self.rows.len() - height - at.kept;
        let Some(count) = (height..=last).find(ends) else {
            return;
        };
        let mut pen = Pen::new(at.size.0);
        if at.kept > 0 {
            pen.erase(self.rows.iter().take(height), false);
            pen.rows(self.rows.iter().take(count));
            pen.scroll_to(count);
            pen.out.push_str("\x1b[3J");
        } else {
            pen.out.push_str("\x1b[m\x1b[2J");
        }
        emulator.process(pen.out.as_bytes());
        self.rows.drain(..count);
        self.alone = true;
    }
}

/// Writes rows for the emulator.
struct Pen {
    out: String,
    height: usize,
    /// How far it has scrolled.
    scrolled: usize,
}

impl Pen {
    fn new(height: u16) -> Pen {
        Pen {
            out: String::with_capacity(8 * 1024),
            height: usize::from(height),
            scrolled: 0,
        }
    }

    fn go(&mut self, row: u16, col: u16) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(self.out, "\x1b[{};{}H", row + 1, col + 1);
    }

    /// Goes to the beginning of row `n`, counted from the first; it is on the screen.
    fn go_to(&mut self, n: usize) {
        // At most the height, which is a u16.
        self.go((n - self.scrolled) as u16, 0);
    }

    fn scroll_to(&mut self, scrolled: usize) {
        if scrolled > self.scrolled {
            self.go_to(self.scrolled + self.height - 1);
            (self.scrolled..scrolled).for_each(|_| self.out.push('\n'));
            self.scrolled = scrolled;
        }
    }

    /// Erases those that do not show what was there before; on a blank screen only in colour.
    fn erase<'a>(&mut self, rows: impl Iterator<Item = &'a Option<Row>>, blank: bool) {
        for (n, slot) in rows.enumerate() {
            if let Some(ground) = slot.as_ref().and_then(Row::ground) {
                self.erase_one(n, ground, blank);
            }
        }
    }

    fn erase_one(&mut self, n: usize, ground: &Row, blank: bool) {
        if !blank || ground.fill() != Style::default() {
            self.go_to(n);
            self.out.push_str(&ground.fill().sgr());
            self.out.push_str("\x1b[2K\x1b[m");
        }
    }

    /// Writes them, scrolling as it must.
    fn rows<'a>(&mut self, rows: impl Iterator<Item = &'a Option<Row>>) {
        let mut runs_on = false;
        for (n, slot) in rows.enumerate() {
            let Some(row) = slot else {
                runs_on = false;
                continue;
            };
            if runs_on {
                // The next glyph goes over the edge, and scrolls at the bottom.
                self.scrolled = self.scrolled.max((n + 1).saturating_sub(self.height));
            } else {
                self.scroll_to((n + 1).saturating_sub(self.height));
                if let Some(ground) = row.ground().filter(|_| n >= self.height) {
                    self.erase_one(n, ground, true);
                }
                self.go_to(n);
            }
            row.write(&mut self.out);
            runs_on = row.runs_on;
        }
    }
}
