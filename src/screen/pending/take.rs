//! Taking text and sequences, as far as they are understood.

use unicode_width::UnicodeWidthChar as _;

use super::row::Row;
use super::{Emulator, Pending, Place, style};
use crate::screen::cell::Style;

/// A row is not written over again and again without end, in bytes.
const LONGEST_ROW: usize = 16 * 1024;

/// Columns a glyph takes; `None` for what the emulator treats in a way of its own.
fn width(c: char) -> Option<u16> {
    match c {
        ' '..='~' => Some(1),
        '\u{0}'..='\u{9f}' | '\u{fffd}' => None,
        _ => match c.width() {
            Some(n @ 1..=2) => Some(n as u16),
            _ => None,
        },
    }
}

impl Pending {
    /// Takes text from its beginning, as far as it is understood; how many bytes. Only with
    /// [`Pending::any`].
    pub fn text(&mut self, text: &str, emulator: &mut Emulator) -> usize {
        let Some(mut at) = self.at else { return 0 };
        let mut rest = text;
        while let Some(first) = rest.bytes().next() {
            let n = match first {
                b'\r' => {
                    at.cursor.1 = 0;
                    1
                }
                b'\n' if at.cursor.1 == 0 && self.feed_line(&mut at, emulator) => 1,
                b'\t' if self.tab(&mut at) => 1,
                b' '..=b'~' | 0x80.. => {
                    let n = self.glyphs(&mut at, rest, emulator);
                    if n == 0 {
                        break;
                    }
                    n
                }
                _ => break,
            };
            rest = &rest[n..];
        }
        self.at = Some(at);
        let n = text.len() - rest.len();
        self.taken += n;
        n
    }

    /// The row of the cursor, if there is one here.
    fn row(&mut self, at: &Place, row: u16) -> &mut Option<Row> {
        let top = self.rows.len() - usize::from(at.size.0);
        &mut self.rows[top + usize::from(row)]
    }

    /// Whether the row above goes on in this one: then this one is not begun again here.
    fn runs_into(&mut self, at: &Place, row: u16) -> bool {
        let n = self.rows.len() - usize::from(at.size.0) + usize::from(row);
        let above = n.checked_sub(1).and_then(|above| self.rows[above].as_ref());
        above.is_some_and(|above| above.runs_on)
    }

    fn feed_line(&mut self, at: &mut Place, emulator: &mut Emulator) -> bool {
        if at.cursor.0 + 1 < at.size.0 {
            at.cursor.0 += 1;
            return true;
        }
        self.may_scroll(at) && self.scroll(*at, emulator)
    }

    /// Whether the row that would go to history next is known in full.
    fn may_scroll(&self, at: &Place) -> bool {
        let leaves = self.alone && self.rows.len() >= usize::from(at.size.0) + at.kept;
        !leaves || matches!(self.rows.front(), Some(Some(row)) if row.whole())
    }

    /// The row of the cursor, ready to be written at the cursor.
    fn open(&mut self, at: &Place) -> Option<&mut Row> {
        let (row, col) = at.cursor;
        if col == 0 {
            let into = self.runs_into(at, row);
            let slot = self.row(at, row);
            if slot.as_ref().is_none_or(|row| row.width() > 0) && into {
                return None;
            }
            let row = slot.get_or_insert_with(Row::over_emulator);
            return (row.len() < LONGEST_ROW && !row.runs_on && row.again()).then_some(row);
        }
        let row = self.row(at, row).as_mut()?;
        (row.width() == col).then_some(row)
    }

    /// Takes a stretch of glyphs; how many bytes.
    fn glyphs(&mut self, at: &mut Place, text: &str, emulator: &mut Emulator) -> usize {
        let (mut style, cols) = (at.style, at.size.1);
        let mut done = 0;
        loop {
            let room = cols - at.cursor.1;
            let (n, columns) = fitting(&text[done..], room);
            if n > 0 {
                let Some(row) = self.open(at) else { break };
                row.push(&text[done..done + n], style, columns);
                at.cursor.1 += columns;
                done += n;
            }
            // What comes next is no glyph, or does not fit.
            let next = text[done..].chars().next().and_then(width);
            if next.is_none_or(|width| at.cursor.1 + width <= cols || width > cols) {
                break;
            }
            if !self.go_on(at, emulator) {
                break;
            }
            style = at.style;
        }
        done
    }

    /// Goes over the edge of the cursor's row into the next one, where a glyph follows.
    fn go_on(&mut self, at: &mut Place, emulator: &mut Emulator) -> bool {
        let (row, col) = at.cursor;
        let full = |slot: &Option<Row>| {
            let full = |row: &Row| row.width() == col && !row.runs_on;
            slot.as_ref().is_some_and(full)
        };
        if !full(self.row(at, row)) {
            return false;
        }
        if row + 1 < at.size.0 {
            let next = self.row(at, row + 1).get_or_insert_with(Row::over_emulator);
            // What runs on is not erased before it is written.
            let colored = next
                .ground()
                .is_some_and(|ground| ground.fill() != Style::default());
            if colored || next.runs_on || next.len() >= LONGEST_ROW || !next.again() {
                return false;
            }
        } else if style::bare(at.style) != Style::default() || !self.may_scroll(at) {
            return false;
        }
        if let Some(row) = self.row(at, row) {
            row.runs_on = true;
        }
        at.cursor.1 = 0;
        self.feed_line(at, emulator)
    }

    /// Moves right to column `to`; what is skipped in a row that is being written is a gap in it.
    fn advance(&mut self, at: &mut Place, to: u16) {
        let (row, col) = at.cursor;
        let style = at.style;
        if let Some(row) = self.row(at, row).as_mut().filter(|row| row.width() == col) {
            // Where a gap cannot be, nothing will be written behind it.
            row.skip(to - col, style);
        }
        at.cursor.1 = to;
    }

    fn tab(&mut self, at: &mut Place) -> bool {
        let (col, last) = (at.cursor.1, at.size.1 - 1);
        let inside = col <= last;
        if inside {
            self.advance(at, (col - col % 8 + 8).min(last));
        }
        inside
    }

    /// Takes `CSI body`; false when it is not understood here. Only with [`Pending::any`].
    pub fn csi(&mut self, body: &[u8]) -> bool {
        let Some(mut at) = self.at else { return false };
        if let Some(style) = style::after(at.style, body) {
            at.style = style;
        } else if !self.command(&mut at, body) {
            return false;
        }
        self.at = Some(at);
        self.taken += body.len() + 2;
        true
    }

    fn command(&mut self, at: &mut Place, body: &[u8]) -> bool {
        let Some((last, params)) = body.split_last() else {
            return false;
        };
        let mut numbers = [0_u16; 2];
        let mut given = params.split(|b| *b == b';');
        for number in &mut numbers {
            match given.next().map(small) {
                Some(Some(n)) => *number = n,
                Some(None) => return false,
                None => break,
            }
        }
        let (bottom, edge) = (at.size.0 - 1, at.size.1 - 1);
        let (first, second) = (numbers[0], numbers[1]);
        let (row, col) = at.cursor;
        let one = given.next().is_none() && !params.contains(&b';');
        match last {
            b'H' | b'f' if given.next().is_none() => {
                at.cursor.0 = (first.max(1) - 1).min(bottom);
                at.cursor.1 = (second.max(1) - 1).min(edge);
            }
            b'G' | b'`' if one => at.cursor.1 = (first.max(1) - 1).min(edge),
            // Behind the edge these have rules of their own.
            _ if !one || col > edge => return false,
            b'A' => at.cursor.0 = row.saturating_sub(first.max(1)),
            b'B' => at.cursor.0 = row.saturating_add(first.max(1)).min(bottom),
            b'C' => self.advance(at, col.saturating_add(first.max(1)).min(edge)),
            b'd' => at.cursor.0 = (first.max(1) - 1).min(bottom),
            b'K' if first == 0 => return self.erase_rest(at),
            b'K' if first == 2 => return self.erase(at, row),
            b'J' if first == 0 => {
                return self.erase_rest(at) && (row + 1..=bottom).all(|row| self.erase(at, row));
            }
            b'J' if first == 2 && !self.runs_into(at, 0) => {
                // From below, so that nothing runs into what is erased.
                return (0..=bottom).rev().all(|row| self.erase_row(at, row));
            }
            _ => return false,
        }
        true
    }

    fn erase_rest(&mut self, at: &Place) -> bool {
        let (row, col) = at.cursor;
        if col == 0 {
            return self.erase(at, row);
        }
        let fill = style::bare(at.style);
        let colored = fill != Style::default();
        if colored && self.runs_into(at, row) {
            return false;
        }
        let slot = self.row(at, row).as_mut();
        let Some(row) = slot.filter(|row| row.width() == col && !(colored && row.has_gaps()))
        else {
            return false;
        };
        row.erase_rest(fill);
        row.runs_on = false;
        true
    }

    fn erase(&mut self, at: &Place, row: u16) -> bool {
        !self.runs_into(at, row) && self.erase_row(at, row)
    }

    fn erase_row(&mut self, at: &Place, row: u16) -> bool {
        let fill = style::bare(at.style);
        self.row(at, row).get_or_insert_default().erase(fill);
        true
    }
}

/// At most four digits; none are 0.
fn small(digits: &[u8]) -> Option<u16> {
    let digit = |n: u16, b: &u8| b.is_ascii_digit().then(|| n * 10 + u16::from(b - b'0'));
    match digits.len() {
        0..=4 => digits.iter().try_fold(0, digit),
        _ => None,
    }
}

/// How many bytes of glyphs from the beginning fit into `room` columns, and how many they take.
fn fitting(text: &str, room: u16) -> (usize, u16) {
    let most = usize::from(room);
    let plain = text.bytes().take(most);
    let plain = plain.take_while(|b| (b' '..=b'~').contains(b)).count();
    let (mut n, mut columns) = (plain, plain as u16);
    for c in text[plain..].chars() {
        match width(c) {
            Some(width) if columns + width <= room => {
                n += c.len_utf8();
                columns += width;
            }
            _ => break,
        }
    }
    (n, columns)
}
