//! Cells to bytes: what is on the operator's terminal is remembered, and only what differs is
//! written. Chrome and panes go through here; nothing a worker wrote passes otherwise.

mod cell;
mod pen;
mod scroll;

pub use cell::{Ink, Look, Shown};

use super::widths::agreed;
use crate::cockpit::theme::colour::Depth;
use pen::Able;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::io::Write;

/// The cursor, as it is to be left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Where.
    pub at: Position,
    /// DECSCUSR's number; 0 is the terminal's own.
    pub shape: u8,
}

/// What is on the terminal, and the bytes that will change it.
#[derive(Debug)]
pub struct Painter {
    cols: u16,
    rows: u16,
    shown: Vec<Shown>,
    /// False until everything was written once.
    known: bool,
    out: Vec<u8>,
    pen: Look,
    at: Option<Position>,
    cursor: Option<Cursor>,
    hidden: bool,
    able: Able,
}

/// A frame shorter than this is one write to the terminal anyway and needs no brackets.
const ATOMIC: usize = 192;
/// So many blanks are cheaper to erase than to write.
const ERASE: usize = 6;
/// Bytes of the shortest move to the right over more than one column, less one.
const SHORTEST: usize = 3;

impl Painter {
    /// A terminal about which nothing is known yet.
    pub fn new(cols: u16, rows: u16) -> Self {
        let mut painter = Self {
            cols: 0,
            rows: 0,
            shown: Vec::new(),
            known: false,
            out: Vec::new(),
            pen: Look::default(),
            at: None,
            cursor: None,
            hidden: false,
            able: Able {
                depth: Depth::True,
                underlines: true,
            },
        };
        painter.reset(cols, rows);
        painter
    }

    /// For a terminal with so many colours: others are written as the nearest of them.
    pub fn keeps(mut self, depth: Depth) -> Self {
        self.able.depth = depth;
        self
    }

    /// For a terminal that tells the kinds of underline apart, or shows one for all.
    pub fn underlines(mut self, kinds: bool) -> Self {
        self.able.underlines = kinds;
        self
    }

    /// Forgets what is shown: the next frame writes everything.
    pub fn reset(&mut self, cols: u16, rows: u16) {
        (self.cols, self.rows) = (cols, rows);
        self.shown = vec![Shown::blank(Look::default()); usize::from(cols) * usize::from(rows)];
        self.known = false;
    }

    /// The size it paints at.
    pub fn size(&self) -> crate::cockpit::model::Size {
        crate::cockpit::model::Size {
            cols: self.cols,
            rows: self.rows,
        }
    }

    fn begin(&mut self) {
        if !self.known {
            self.known = true;
            self.out.extend_from_slice(b"\x1b[m\x1b[2J\x1b[?25l");
            self.pen = Look::default();
            self.at = None;
            self.hidden = true;
            self.cursor = None;
        }
    }

    /// Writes what differs of `buffer`, except the cells of the `holes` that `cover` leaves free.
    pub fn chrome(&mut self, buffer: &Buffer, holes: &[(u32, Rect)], cover: Option<Rect>) {
        self.begin();
        let area = buffer.area;
        for y in 0..area.height.min(self.rows) {
            let mut skip = 0_u8;
            for x in 0..area.width.min(self.cols) {
                let here = Position::new(x, y);
                let free = holes.iter().any(|(_, hole)| hole.contains(here))
                    && !cover.is_some_and(|c| c.contains(here));
                if free {
                    skip = 0;
                    continue;
                }
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let Some(cell) = buffer.cell(here) else {
                    continue;
                };
                let width = if cell.symbol().len() == 1 {
                    1
                } else {
                    crate::cockpit::view::words::width(cell.symbol()).min(2) as u8
                };
                let look = Look::of(cell.fg, cell.bg, cell.modifier);
                self.put(here, Shown::new(cell.symbol(), width, look));
                skip = width.saturating_sub(1);
            }
        }
    }

    /// Writes one row of a pane into `area`'s row `y`, counted from its top, except under `cover`.
    /// The right half of a wide character must not be among `cells`.
    pub fn row(
        &mut self,
        area: Rect,
        y: u16,
        cells: impl Iterator<Item = Shown>,
        cover: Option<Rect>,
    ) {
        self.begin();
        let mut x = area.x;
        let y = area.y + y;
        if y >= area.bottom() {
            return;
        }
        let cells: Vec<Shown> = cells.collect();
        if cover.is_none() {
            let blank = cells.iter().rev().take_while(|c| c.is_own_blank()).count();
            let filled: u16 = cells[..cells.len() - blank]
                .iter()
                .map(|c| u16::from(c.width))
                .sum();
            self.erase(y, area.x.saturating_add(filled), area.right());
        }
        for mut cell in cells {
            if x >= area.right() {
                break;
            }
            if x + u16::from(cell.width) > area.right() {
                // A wide character whose right half is cut off.
                cell = Shown::blank(cell.look);
            }
            let covered = |x| cover.is_some_and(|c| c.contains(Position::new(x, y)));
            match (covered(x), covered(x + u16::from(cell.width) - 1)) {
                (false, false) => self.put(Position::new(x, y), cell),
                (false, true) => self.put(Position::new(x, y), Shown::blank(cell.look)),
                (true, false) => self.put(Position::new(x + 1, y), Shown::blank(cell.look)),
                (true, true) => {}
            }
            x += u16::from(cell.width);
        }
        for x in x..area.right() {
            let at = Position::new(x, y);
            if !cover.is_some_and(|c| c.contains(at)) {
                self.put(at, Shown::blank(Look::default()));
            }
        }
    }

    fn put(&mut self, at: Position, cell: Shown) {
        if at.x >= self.cols || at.y >= self.rows {
            return;
        }
        let index = usize::from(at.y) * usize::from(self.cols) + usize::from(at.x);
        let wide = cell.width == 2;
        let tail_there = !wide || self.shown.get(index + 1).is_some_and(|c| c.width == 0);
        if self.shown[index] == cell && tail_there {
            return;
        }
        // Writing over one half of a wide character blanks the other on the terminal.
        if self.shown[index].width == 2 && !wide {
            self.forget(index + 1);
        }
        if self.shown[index].width == 0 && at.x > 0 {
            self.forget(index - 1);
        }
        if wide && self.shown.get(index + 1).is_some_and(|c| c.width == 2) {
            self.forget(index + 2);
        }
        self.shown[index] = cell;
        if wide && let Some(tail) = self.shown.get_mut(index + 1) {
            *tail = Shown::tail(cell.look);
        }
        self.move_to(at);
        self.set_pen(cell.look);
        let plain = cell.len == 1 || agreed(cell.text(), cell.width);
        // A terminal that draws it narrower must not leave there what was.
        let blanked: &[u8] = if wide && !plain { b"\x1b[2X" } else { b"" };
        let text = &cell.text[..usize::from(cell.len)];
        self.out.extend([blanked, text].into_iter().flatten());
        let next = at.x + u16::from(cell.width);
        // Behind the last column, and behind text whose width terminals disagree about, the cursor
        // is anywhere.
        self.at = (next < self.cols && plain).then_some(Position::new(next, at.y));
    }

    /// The cell there is unknown: whatever comes next is written.
    fn forget(&mut self, index: usize) {
        if let Some(cell) = self.shown.get_mut(index) {
            cell.len = 0;
            cell.width = 1;
        }
    }

    fn move_to(&mut self, to: Position) {
        if self.at == Some(to) {
            return;
        }
        let _ = match self.at {
            Some(at) if at.y == to.y && to.x > at.x => {
                let by = to.x - at.x;
                match self.again(at, by) {
                    Some(text) => self.out.write_all(&text),
                    None if by == 1 => write!(self.out, "\x1b[C"),
                    None => write!(self.out, "\x1b[{by}C"),
                }
            }
            _ => write!(self.out, "\x1b[{};{}H", to.y + 1, to.x + 1),
        };
        self.at = Some(to);
    }

    /// What stands in the `by` cells from `at` on, when writing it again is shorter than a move.
    fn again(&self, at: Position, by: u16) -> Option<Vec<u8>> {
        if usize::from(by) > SHORTEST {
            return None;
        }
        let from = usize::from(at.y) * usize::from(self.cols) + usize::from(at.x);
        let cells = self.shown.get(from..from + usize::from(by))?;
        let same = |cell: &&Shown| cell.len == 1 && self.able.fit(cell.look) == self.pen;
        let text: Vec<u8> = cells.iter().take_while(same).map(|c| c.text[0]).collect();
        (text.len() == cells.len()).then_some(text)
    }

    fn set_pen(&mut self, look: Look) {
        let look = self.able.fit(look);
        if self.pen != look {
            let change = self.able.change(self.pen, look);
            self.out.extend_from_slice(change.as_bytes());
            self.pen = look;
        }
    }

    /// Blank cells from `from` to before `to` on row `y`, cheaply.
    fn erase(&mut self, y: u16, from: u16, to: u16) {
        if y >= self.rows || from >= to.min(self.cols) {
            return;
        }
        let start = usize::from(y) * usize::from(self.cols);
        let span = start + usize::from(from)..start + usize::from(to.min(self.cols));
        let different = self.shown[span.clone()]
            .iter()
            .filter(|c| !c.is_own_blank())
            .count();
        if different < ERASE {
            return;
        }
        self.move_to(Position::new(from, y));
        self.set_pen(Look::default());
        let _ = match to < self.cols {
            true => write!(self.out, "\x1b[{}X", span.len()),
            false => write!(self.out, "\x1b[K"),
        };
        self.shown[span].fill(Shown::blank(Look::default()));
    }

    /// Ends the frame: puts the cursor where it belongs and takes the bytes to write, if any.
    pub fn finish(&mut self, cursor: Option<Cursor>) -> Option<Vec<u8>> {
        match cursor {
            None if !self.hidden => {
                self.out.extend_from_slice(b"\x1b[?25l");
                self.hidden = true;
            }
            Some(cursor) => {
                let moved = self.at != Some(cursor.at);
                if moved {
                    self.move_to(cursor.at);
                }
                if self.cursor.map(|c| c.shape) != Some(cursor.shape) {
                    let _ = write!(self.out, "\x1b[{} q", cursor.shape);
                }
                if self.hidden {
                    self.out.extend_from_slice(b"\x1b[?25h");
                    self.hidden = false;
                }
            }
            None => {}
        }
        self.cursor = cursor;
        if self.out.is_empty() {
            return None;
        }
        let body = std::mem::take(&mut self.out);
        if body.len() < ATOMIC {
            return Some(body);
        }
        let mut bytes = Vec::with_capacity(body.len() + 32);
        bytes.extend_from_slice(b"\x1b[?2026h");
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(b"\x1b[?2026l");
        Some(bytes)
    }
}

#[cfg(test)]
mod tests;
