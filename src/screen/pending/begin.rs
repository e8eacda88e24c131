//! When rows are put off, and when the emulator gets them.

use super::Place;
use crate::screen::cell::Style;
use crate::screen::fold::Fold;
use crate::screen::split::Unit;
use crate::screen::{SCROLLBACK, answer, csi};

/// Bytes of a feed below which nothing is put off.
const PUTS_OFF: usize = 48;

impl Fold {
    /// Takes one unit in, of a feed of so many bytes: puts it off where that does no harm.
    pub fn unit(&mut self, unit: Unit<'_>, fed: usize) {
        match unit {
            Unit::Text(text) if fed >= PUTS_OFF || self.pending.any() => {
                return self.text_unit(text);
            }
            Unit::Csi(body @ [.., last]) if fed >= PUTS_OFF => {
                self.pending.paused(body.len());
                if matches!(last, b'H' | b'f' | b'G') {
                    self.put_off();
                }
            }
            _ => {}
        }
        match unit {
            _ if !self.pending.any() => self.at_once(unit),
            Unit::Csi(body) if self.pending.csi(body) => {}
            Unit::Csi(body) if csi::is_of_no_cell(body) => self.take(unit),
            Unit::Osc(body, _) if answer::is_of_no_cell(body) => self.take(unit),
            _ => self.at_once(unit),
        }
    }

    /// From here on rows are pending, if that pays and the emulator is in a state that is understood.
    fn put_off(&mut self) {
        let screen = self.parser.screen();
        let (rows, cols) = screen.size();
        let (size, cursor) = ((rows.get(), cols.get()), screen.cursor_position());
        let alternate = screen.alternate_screen();
        let modes = &self.own.modes;
        let usual = modes.autowrap && !modes.insert && !modes.origin;
        let usual = usual && !self.own.charsets.drawing() && !self.own.tabs.changed();
        let whole = self.region() == (0, size.0 - 1);
        let usual = usual && whole && self.own.pen.is_plain() && cursor.1 < size.1;
        if usual && self.pending.pays() && !self.pending.any() {
            self.pending.begin(Place {
                size,
                cursor,
                style: Style::current(screen),
                kept: if alternate { 0 } else { SCROLLBACK },
            });
        }
    }

    /// Takes text in; what is not understood goes to the emulator, to the end of its line.
    fn text_unit(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            if !self.pending.any() && self.parser.screen().cursor_position().1 == 0 {
                self.put_off();
            }
            if self.pending.any() {
                let n = self.pending.text(rest, &mut self.parser);
                let (taken, left) = rest.split_at(n);
                self.printed(taken);
                rest = left;
                if rest.is_empty() {
                    return;
                }
            }
            let least = self.pending.pause().min(rest.len());
            let end = memchr::memchr(b'\n', &rest.as_bytes()[least..]);
            let (line, left) = rest.split_at(end.map_or(rest.len(), |at| least + at + 1));
            self.at_once(Unit::Text(line));
            self.pending.paused(line.len());
            rest = left;
        }
    }

    /// Remembers the last character of a text that was put off.
    fn printed(&mut self, text: &str) {
        if let Some(last) = text.chars().rev().find(|c| *c >= ' ') {
            self.own.last_char = Some(last);
        }
    }

    /// Gives the emulator what is pending.
    pub fn settle(&mut self) {
        let Fold {
            pending, touched, ..
        } = self;
        let Some((sequences, everything)) = pending.settled(|row| touched.row(row)) else {
            return;
        };
        if everything {
            touched.everything();
        }
        self.guarded(|fold| fold.put(sequences.as_bytes()));
    }
}
