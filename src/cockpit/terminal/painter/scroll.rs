//! Rows that the terminal moves itself, where that is less than writing them again.

use super::{Look, Painter, Shown};
use ratatui::layout::{Position, Rect};
use std::io::Write;

/// Cells beside the place that may have to be written again for each row that comes in: a frame's
/// sides. More would be seen to jump, and cost what scrolling saves.
const BESIDE: usize = 4;

impl Painter {
    /// Moves what is shown in `area` up by `by` rows, down where that is negative, where it is as
    /// wide as the terminal but for the sides of a frame; else nothing happens, and this is false.
    /// Rows that come in are blank. Only margins and line feeds are used, which every terminal knows; left and right
    /// margins are not safe to use.
    pub fn scroll(&mut self, area: Rect, by: i16) -> bool {
        let (by, up) = (by.unsigned_abs(), by > 0);
        let inside = area.right() <= self.cols && area.bottom() <= self.rows;
        if !self.known || by == 0 || by >= area.height || !inside {
            return false;
        }
        let Some(beside) = self.beside(area, by, up) else {
            return false;
        };
        self.set_pen(Look::default());
        let (top, bottom) = (area.y + 1, area.bottom());
        let (edge, feed): (_, &[u8]) = match up {
            true => (bottom, b"\n"),
            false => (top, b"\x1bM"),
        };
        let _ = write!(self.out, "\x1b[{top};{bottom}r\x1b[{edge};1H");
        self.out.extend(feed.repeat(usize::from(by)));
        self.out.extend_from_slice(b"\x1b[r");
        self.at = None;
        self.rotate(area, by, up);
        for (at, cell) in beside {
            self.put(at, cell);
        }
        true
    }

    /// The same on what is remembered.
    fn rotate(&mut self, area: Rect, by: u16, up: bool) {
        let cols = usize::from(self.cols);
        let all = usize::from(area.y) * cols..usize::from(area.bottom()) * cols;
        let rows = &mut self.shown[all];
        let gone = usize::from(by) * cols;
        let blank = Shown::blank(Look::default());
        if up {
            rows.rotate_left(gone);
            let from = rows.len() - gone;
            rows[from..].fill(blank);
        } else {
            rows.rotate_right(gone);
            rows[..gone].fill(blank);
        }
    }

    /// What stands beside `area` and would look otherwise; `None` when that is too much.
    fn beside(&self, area: Rect, by: u16, up: bool) -> Option<Vec<(Position, Shown)>> {
        let cell = |x: u16, y: u16| {
            let index = usize::from(y) * usize::from(self.cols) + usize::from(x);
            self.shown.get(index).copied()
        };
        let most = BESIDE * usize::from(by);
        let mut mend = Vec::new();
        for y in area.top()..area.bottom() {
            let from = match up {
                true => Some(y + by),
                false => y.checked_sub(by),
            };
            let from = from.filter(|y| (area.top()..area.bottom()).contains(y));
            for x in (0..area.x).chain(area.right()..self.cols) {
                let stays = cell(x, y)?;
                let comes = match from {
                    Some(from) => cell(x, from)?,
                    None => Shown::blank(Look::default()),
                };
                if stays != comes {
                    let whole = stays.width == 1 && stays.len > 0 && comes.width == 1;
                    mend.push((Position::new(x, y), stays));
                    if !whole || mend.len() > most {
                        return None;
                    }
                }
            }
        }
        Some(mend)
    }
}
