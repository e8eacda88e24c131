//! Printing where vt100 needs help: no wrapping at the edge (DECAWM off), insert mode (IRM), tab
//! stops of the program's own, and what moves from behind the last column.

use unicode_width::UnicodeWidthChar as _;

use super::fold::Fold;

impl Fold {
    /// Whether a text can not be given to vt100 as it is.
    fn needs_care(&self, text: &str) -> bool {
        !self.own.modes.autowrap
            || self.own.modes.insert
            || memchr::memchr(0x08, text.as_bytes()).is_some()
            || (self.own.tabs.changed() && memchr::memchr(b'\t', text.as_bytes()).is_some())
            || (self.colored() && self.may_scroll(text))
    }

    /// Whether a text may bring a new row in.
    fn may_scroll(&self, text: &str) -> bool {
        let (row, col) = self.parser.screen().cursor_position();
        let cols = usize::from(self.parser.screen().size().1.get());
        let down = (usize::from(col) + 2 * text.len()) / cols;
        let bottom = self.region().1;
        let over = row <= bottom && usize::from(row) + down > usize::from(bottom);
        memchr::memchr3(b'\n', 0x0b, 0x0c, text.as_bytes()).is_some() || over
    }

    /// Prints a text: whole characters and C0 controls.
    pub(super) fn print(&mut self, text: &str) {
        if !self.needs_care(text) {
            return self.put_text(text);
        }
        let apart = !self.own.modes.autowrap || self.own.modes.insert || self.colored();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let end = match first {
                '\t' | '\x08' | '\n' | '\x0b' | '\x0c' => 1,
                _ if apart => first.len_utf8(),
                _ => rest
                    .find(['\t', '\x08', '\n', '\x0b', '\x0c'])
                    .unwrap_or(rest.len()),
            };
            let (part, behind) = rest.split_at(end);
            match first {
                '\t' => self.tab_forward(1),
                '\x08' => {
                    self.leave_the_edge();
                    self.put(b"\x08");
                }
                '\n' | '\x0b' | '\x0c' => self.line_feed(),
                _ if apart => self.print_one(first, part),
                _ => self.put_text(part),
            }
            rest = behind;
        }
    }

    fn print_one(&mut self, c: char, text: &str) {
        let width = u16::try_from(c.width().unwrap_or(0)).unwrap_or(0);
        let screen = self.parser.screen();
        let (cols, col) = (screen.size().1.get(), screen.cursor_position().1);
        if width == 0 {
            return self.put_text(text);
        }
        if col + width > cols {
            if self.own.modes.autowrap {
                return self.print_wrapped(text, width);
            } else if width == 1 {
                self.leave_the_edge();
            } else {
                // Half a glyph cannot be shown.
                return;
            }
        }
        self.make_room(width);
        self.put_text(text);
    }

    /// Prints a glyph in the next row; a row that is scrolled in for it has the pen's background.
    fn print_wrapped(&mut self, text: &str, width: u16) {
        if self.own.modes.insert {
            self.put(b"\r");
            self.line_feed();
            self.make_room(width);
            return self.put_text(text);
        }
        let new = self.colored() && self.cursor().0 == self.region().1;
        self.put_text(text);
        if new {
            self.fill_behind();
        }
    }

    /// In insert mode, pushes aside what is at the cursor.
    fn make_room(&mut self, width: u16) {
        let screen = self.parser.screen();
        let room = screen.size().1.get() - screen.cursor_position().1.min(screen.size().1.get());
        if self.own.modes.insert && width < room {
            self.put_csi(&format!("{width}@"));
        }
    }

    /// A cursor that waits behind the last column is put on it, as other terminals count before
    /// they move or erase.
    pub(super) fn leave_the_edge(&mut self) {
        let screen = self.parser.screen();
        let cols = screen.size().1.get();
        if screen.cursor_position().1 >= cols {
            self.put_csi(&format!("{cols}G"));
        }
    }

    /// Moves over `count` tab stops.
    pub(super) fn tab_forward(&mut self, count: u16) {
        let last = self.parser.screen().size().1.get() - 1;
        if self.parser.screen().cursor_position().1 <= last {
            let col = self.own.tabs.forward(self.cursor().1, count, last);
            self.put_csi(&format!("{}G", col + 1));
        }
    }

    /// Moves back over `count` tab stops.
    pub(super) fn tab_backward(&mut self, count: u16) {
        let col = self.own.tabs.backward(self.cursor().1, count);
        self.put_csi(&format!("{}G", col + 1));
    }

    /// Puts the cursor somewhere, from 0, whatever the margins and the origin.
    pub(super) fn place(&mut self, (row, col): (u16, u16)) {
        self.put_csi(&format!("{}d", row + 1));
        self.put_csi(&format!("{}G", col + 1));
    }
}
