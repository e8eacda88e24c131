//! One row as what was written into it, from its first column on.

use std::fmt::Write as _;

use super::style;
use crate::screen::cell::Style;
use crate::screen::fold::closed;

/// What was there before.
#[derive(Debug, Default)]
enum Under {
    /// Nothing but what the row was erased with.
    #[default]
    Blank,
    /// What the emulator has in this row.
    Emulator,
    /// Another row, some of which may show.
    Row(Box<Row>),
}

/// A stretch of one style; it ends where the next begins.
#[derive(Debug)]
struct Run {
    /// Where its text begins.
    at: usize,
    style: Style,
    /// Columns left out before it.
    gap: u16,
}

/// A row that is written from its first column on, without going back.
#[derive(Debug, Default)]
pub(super) struct Row {
    under: Under,
    text: String,
    runs: Vec<Run>,
    /// Columns written.
    width: u16,
    /// What the row was erased with, for the columns behind.
    fill: Style,
    /// Its text goes on in the next row.
    pub runs_on: bool,
}

impl Row {
    /// A row that lets shine through what the emulator has.
    pub fn over_emulator() -> Row {
        Row {
            under: Under::Emulator,
            ..Row::default()
        }
    }

    /// Erases it; its memory is used again.
    pub fn erase(&mut self, fill: Style) {
        self.under = Under::Blank;
        self.text.clear();
        self.runs.clear();
        self.width = 0;
        self.fill = fill;
        self.runs_on = false;
    }

    /// Columns written, gaps counted.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// What the columns behind are erased with.
    pub fn fill(&self) -> Style {
        self.fill
    }

    /// Begins again at the first column. False when too much is under it already.
    pub fn again(&mut self) -> bool {
        if self.runs.is_empty() {
            return true;
        }
        let gaps = self.has_gaps();
        let hidden = match &self.under {
            Under::Blank => false,
            Under::Emulator => true,
            Under::Row(under) => {
                let covered = !gaps
                    && under.width <= self.width
                    && under.fill == Style::default()
                    && matches!(under.under, Under::Blank);
                if covered {
                    self.under = Under::Blank;
                }
                !covered
            }
        };
        if hidden {
            return false;
        }
        let under = std::mem::take(self);
        self.under = Under::Row(Box::new(under));
        true
    }

    /// Appends text, `width` columns of it.
    pub fn push(&mut self, text: &str, style: Style, width: u16) {
        if self.runs.last().is_none_or(|run| run.style != style) {
            self.run(style, 0);
        }
        self.text.push_str(text);
        self.width += width;
    }

    fn run(&mut self, style: Style, gap: u16) {
        let at = self.text.len();
        self.runs.push(Run { at, style, gap });
    }

    /// Leaves columns out. False where that would show what is not known here.
    pub fn skip(&mut self, gap: u16, style: Style) -> bool {
        let clear = matches!(self.under, Under::Blank) && self.fill == Style::default();
        if clear && gap > 0 {
            self.run(style, gap);
            self.width += gap;
        }
        clear
    }

    /// Whether columns were left out.
    pub fn has_gaps(&self) -> bool {
        self.runs.iter().any(|run| run.gap > 0)
    }

    /// Erases everything behind what was written: nothing under it shows any more.
    pub fn erase_rest(&mut self, fill: Style) {
        self.under = Under::Blank;
        self.fill = fill;
    }

    /// The row that nothing is under, if it does not begin with what the emulator has.
    pub fn ground(&self) -> Option<&Row> {
        match &self.under {
            Under::Blank => Some(self),
            Under::Emulator => None,
            Under::Row(under) => under.ground(),
        }
    }

    /// How much there is to write, in bytes, about.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Each run with its text.
    fn stretches(&self) -> impl Iterator<Item = (&Run, &str)> {
        let ends = self.runs.iter().skip(1).map(|run| run.at);
        let ends = ends.chain([self.text.len()]);
        let runs = self.runs.iter().zip(ends);
        runs.map(|(run, end)| (run, &self.text[run.at..end]))
    }

    /// Appends the sequences that write it, all but what erases it first. The cursor stands before
    /// it, or waits behind the edge of the row before it.
    pub fn write(&self, out: &mut String) {
        if let Under::Row(under) = &self.under {
            under.write(out);
            out.push('\r');
        }
        self.write_top(out);
    }

    /// As [`Row::write`], without what is under it.
    pub fn write_top(&self, out: &mut String) {
        for (run, text) in self.stretches() {
            if run.gap > 0 {
                // Writing to a String cannot fail.
                let _ = write!(out, "\x1b[{}C", run.gap);
            }
            if !text.is_empty() {
                out.push_str(&run.style.sgr());
                out.push_str(text);
            }
        }
    }

    /// The row as history has it: what the emulator would write down for these cells.
    pub fn history(&self, cols: u16) -> String {
        let mut out = String::with_capacity(self.text.len() + self.runs.len() * 8);
        let mut now = Style::default();
        let mut left_out = 0;
        for (run, text) in self.stretches() {
            left_out += run.gap;
            if !text.is_empty() {
                (0..std::mem::take(&mut left_out)).for_each(|_| out.push(' '));
                style::change(&mut out, now, run.style);
                now = run.style;
                out.push_str(text);
            }
        }
        if self.fill != Style::default() {
            style::change(&mut out, now, self.fill);
            (self.width..cols).for_each(|_| out.push(' '));
        }
        closed(out, self.runs_on && self.width == cols)
    }

    /// Whether everything in it is known here.
    pub fn whole(&self) -> bool {
        matches!(self.under, Under::Blank)
    }
}
