//! Text and frames by role, cut with an ellipsis where they do not fit.

use super::plain::plain;
use super::words;
use crate::cockpit::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use std::borrow::Cow;

/// A piece of text and the role it is drawn in.
pub type Bit = (&'static str, String);

/// Where views draw.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
}

impl<'a> Canvas<'a> {
    /// Draws into `buffer` by `theme`.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Self {
        let mut canvas = Self { buffer, theme };
        canvas.wash(canvas.area(), "base");
        canvas
    }

    /// What is drawn for `text`. What somebody is asked to allow stays as it was written.
    fn signs<'t>(&self, role: &str, text: &'t str) -> Cow<'t, str> {
        match role {
            "text.code" | "risk.high" | "input" => Cow::Borrowed(text),
            _ if self.theme.is_plain() => plain(text),
            _ => Cow::Borrowed(text),
        }
    }

    /// The whole terminal.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Writes `text` into `width` cells from (x, y); gives back how many it took.
    pub fn text(&mut self, x: u16, y: u16, width: u16, role: &str, text: &str) -> u16 {
        let area = self.buffer.area;
        if y >= area.bottom() || x >= area.right() {
            return 0;
        }
        let width = width.min(area.right() - x);
        let text = words::cut(&self.signs(role, text), width.into());
        let text = self.signs(role, &text);
        // What stood there before leaves its background and nothing else, such as a dim frame's dim.
        let (clean, base) = (Style::reset(), self.theme.style("base"));
        let clean = Style { bg: None, ..clean };
        let clean = clean.patch(Style { bg: None, ..base });
        let style = clean.patch(self.theme.style(role));
        let (end, _) = self.buffer.set_stringn(x, y, &text, width.into(), style);
        if role == "key" {
            // The blanks before a key are not the key.
            let blanks = text.chars().take_while(|c| *c == ' ').count() as u16;
            let gap = Rect::new(x, y, blanks.min(end - x), 1);
            let plain = Style::new().remove_modifier(Modifier::UNDERLINED);
            self.buffer.set_style(gap, plain);
        }
        end - x
    }

    /// Writes pieces one behind the other; gives back how many cells they took.
    pub fn bits(&mut self, x: u16, y: u16, width: u16, bits: &[Bit]) -> u16 {
        let mut used = 0;
        for (role, text) in bits {
            if used >= width {
                break;
            }
            used += self.text(x + used, y, width - used, role, text);
        }
        used
    }

    /// Writes pieces so that they end before `right`; gives back where they begin.
    pub fn bits_right(&mut self, right: u16, y: u16, width: u16, bits: &[Bit]) -> u16 {
        let widths = bits
            .iter()
            .map(|(role, t)| words::width(&self.signs(role, t)));
        let total: usize = widths.sum();
        let total = u16::try_from(total).unwrap_or(u16::MAX).min(width);
        let x = right.saturating_sub(total);
        self.bits(x, y, total, bits);
        x
    }

    /// Writes one glyph in a style of its own, with that of `role` over it.
    pub fn glyph(&mut self, at: Position, text: &str, style: Style, role: Option<&str>) {
        let marked = |role| {
            let style = style.remove_modifier(Modifier::REVERSED);
            style.patch(self.theme.style(role))
        };
        let style = role.map_or(style, marked);
        let text = if text.is_empty() { " " } else { text };
        self.buffer.set_string(at.x, at.y, text, style);
    }

    /// Gives the area the background and style of `role`, its text untouched.
    pub fn wash(&mut self, area: Rect, role: &str) {
        let style = self.theme.style(role);
        self.buffer
            .set_style(area.intersection(self.buffer.area), style);
    }

    /// Empties the area.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
        self.wash(area, "base");
    }

    /// Draws a frame with pieces in its upper edge, left and right, and in its lower edge.
    pub fn frame(&mut self, area: Rect, role: &str, edge: Edge<'_>) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        let line = "─".repeat(usize::from(area.width - 2));
        self.text(area.x, area.y, area.width, role, &format!("╭{line}╮"));
        self.text(area.x, bottom, area.width, role, &format!("╰{line}╯"));
        for y in area.y + 1..bottom {
            self.text(area.x, y, 1, role, "│");
            self.text(right, y, 1, role, "│");
        }
        let room = area.width.saturating_sub(4);
        for (y, left, end) in [
            (area.y, edge.title, edge.status),
            (bottom, edge.below, edge.below_right),
        ] {
            let mut left_room = room;
            if !end.is_empty() && room > 6 {
                let from = self.bits_right(right - 1, y, room, end);
                left_room = from.saturating_sub(area.x + 4);
            }
            let left = whole(left, left_room);
            let total: usize = left.iter().map(|(_, t)| words::width(t)).sum();
            if total <= usize::from(left_room) {
                self.bits(area.x + 2, y, left_room, left);
                continue;
            }
            // A blank between what is cut and the line that goes on.
            let used = self.bits(area.x + 2, y, left_room.saturating_sub(1), left);
            self.text(area.x + 2 + used, y, left_room.min(1), role, " ");
        }
    }
}

/// Hints, each from its key on: as many whole ones as fit, the first at least.
fn whole(bits: &[Bit], room: u16) -> &[Bit] {
    let width = |bits: &[Bit]| -> usize { bits.iter().map(|(_, t)| words::width(t)).sum() };
    let ends = (1..bits.len()).filter(|at| bits[*at].0 == "key");
    let ends = ends.chain([bits.len()]);
    let mut fitting = ends
        .clone()
        .filter(|end| width(&bits[..*end]) <= usize::from(room));
    let end = fitting.next_back().or_else(|| ends.clone().next());
    &bits[..end.unwrap_or(0)]
}

/// What stands in the edges of a frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edge<'a> {
    /// Above, left.
    pub title: &'a [Bit],
    /// Above, right.
    pub status: &'a [Bit],
    /// Below, left.
    pub below: &'a [Bit],
    /// Below, right.
    pub below_right: &'a [Bit],
}
