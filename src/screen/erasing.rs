//! Erasing and scrolling as terminals do it: what becomes blank keeps the background of the pen,
//! and nothing else of its style. vt100 alone keeps all of it, or none.

use vt100::Color;

use super::cell::Style;
use super::csi::Csi;
use super::fold::Fold;

impl Fold {
    /// Whether new blanks are other than the terminal's own.
    pub(super) fn colored(&self) -> bool {
        self.parser.screen().bgcolor() != Color::Default
    }

    /// Runs `work` with nothing left of the pen but its background.
    fn with_bare_pen(&mut self, work: impl FnOnce(&mut Fold)) {
        let style = Style::current(self.parser.screen());
        let bare = Style {
            bg: style.bg,
            ..Style::default()
        };
        if style == bare {
            return work(self);
        }
        self.put(bare.sgr().as_bytes());
        work(self);
        self.put(style.sgr().as_bytes());
    }

    /// ED, EL and ECH.
    pub(super) fn erase(&mut self, body: &[u8]) {
        self.with_bare_pen(|fold| {
            fold.put(b"\x1b[");
            fold.put(body);
        });
    }

    /// ICH and DCH.
    pub(super) fn shift(&mut self, csi: &Csi) {
        let count = csi.arg(0, 1);
        let insert = csi.last == b'@';
        self.put_csi(&format!("{count}{}", char::from(csi.last)));
        if !self.colored() {
            return;
        }
        let col = self.cursor().1;
        let cols = self.parser.screen().size().1.get();
        let from = if insert {
            col
        } else {
            cols.saturating_sub(count).max(col)
        };
        self.with_bare_pen(|fold| {
            fold.put_csi(&format!("{}G", from + 1));
            fold.put_csi(&format!("{count}X"));
            fold.put_csi(&format!("{}G", col + 1));
        });
    }

    /// IL, DL, SU and SD.
    pub(super) fn scroll(&mut self, csi: &Csi) {
        let count = csi.arg(0, 1);
        self.put_csi(&format!("{count}{}", char::from(csi.last)));
        if !self.colored() {
            return;
        }
        let ((top, bottom), row) = (self.region(), self.cursor().0);
        let first = match csi.last {
            b'L' | b'M' if !(top..=bottom).contains(&row) => return,
            b'L' => row,
            b'T' => top,
            b'M' => (bottom + 1).saturating_sub(count).max(row),
            _ => (bottom + 1).saturating_sub(count).max(top),
        };
        let last = first.saturating_add(count - 1).min(bottom);
        self.fill(first, last);
    }

    /// Goes down a row; at the bottom margin what is above goes up.
    pub(super) fn line_feed(&mut self) {
        let at_bottom = self.cursor().0 == self.region().1;
        self.put(b"\n");
        if at_bottom && self.colored() {
            let row = self.cursor().0;
            self.fill(row, row);
        }
    }

    /// Goes up a row; at the top margin what is below goes down.
    pub(super) fn reverse_feed(&mut self) {
        let at_top = self.cursor().0 == self.region().0;
        self.put(b"\x1bM");
        if at_top && self.colored() {
            let row = self.cursor().0;
            self.fill(row, row);
        }
    }

    /// The text just printed went on in a row that was scrolled in: the rest of it is blank.
    pub(super) fn fill_behind(&mut self) {
        let left = self.parser.screen().size().1.get() - self.cursor().1;
        self.with_bare_pen(|fold| fold.put_csi(&format!("{left}X")));
    }

    /// Makes whole rows blank. The column, and a wrap that is pending, stay.
    fn fill(&mut self, first: u16, last: u16) {
        let row = self.parser.screen().cursor_position().0;
        self.with_bare_pen(|fold| {
            for row in first..=last {
                fold.put_csi(&format!("{}d", row + 1));
                fold.put_csi("2K");
            }
            fold.put_csi(&format!("{}d", row + 1));
        });
    }

    /// First and last row of the scroll region of the screen that is shown.
    pub(super) fn region(&self) -> (u16, u16) {
        let screen = self.parser.screen();
        let margins = self.own.margins[usize::from(screen.alternate_screen())];
        margins.unwrap_or((0, screen.size().0.get() - 1))
    }
}
