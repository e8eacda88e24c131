//! Cells to bytes: what is on the operator's terminal is remembered, and only what differs is
//! written. Chrome and panes go through here; nothing a worker wrote passes otherwise.

use super::widths::agreed;
use crate::cockpit::theme::colour::{self, Depth};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};
use std::io::Write;

/// A colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// The terminal's own.
    #[default]
    Own,
    /// One of the 256.
    Index(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a cell looks. `bits` are [`BOLD`] and its kin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Look {
    pub fg: Ink,
    pub bg: Ink,
    pub bits: u8,
}

/// Bold.
pub const BOLD: u8 = 1;
/// Dim.
pub const DIM: u8 = 2;
/// Italic.
pub const ITALIC: u8 = 4;
/// Underlined.
pub const UNDERLINE: u8 = 8;
/// Foreground and background change places.
pub const REVERSE: u8 = 16;
/// Struck out.
pub const STRIKE: u8 = 32;
/// Not to be seen.
pub const HIDDEN: u8 = 64;

const SGR: [(u8, &str); 7] = [
    (BOLD, "1"),
    (DIM, "2"),
    (ITALIC, "3"),
    (UNDERLINE, "4"),
    (REVERSE, "7"),
    (STRIKE, "9"),
    (HIDDEN, "8"),
];

/// The most bytes of one cell's text that are kept.
const TEXT: usize = 22;

/// What one cell shows. The right half of a wide character is a cell of its own, without text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    len: u8,
    text: [u8; TEXT],
    /// Cells it takes: 1 or 2; 0 for the right half of a wide one.
    width: u8,
    look: Look,
}

impl Shown {
    /// A cell of `width` 1 or 2 with `text`; empty text is a blank. Control characters are blanks:
    /// whatever comes here is written to the terminal as it is.
    pub fn new(text: &str, width: u8, look: Look) -> Self {
        let mut cell = Self {
            len: 1,
            text: [0; TEXT],
            width: width.clamp(1, 2),
            look,
        };
        cell.text[0] = b' ';
        let text = text.trim_end_matches('\u{200d}'); // or a terminal may join the next cell to it
        if text.is_empty() || text.chars().any(char::is_control) {
            cell.width = 1;
            return cell;
        }
        let mut end = text.len().min(TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        cell.text = [0; TEXT];
        cell.text[..end].copy_from_slice(&text.as_bytes()[..end]);
        cell.len = end as u8;
        cell
    }

    /// A blank.
    pub fn blank(look: Look) -> Self {
        Self::new("", 1, look)
    }

    fn tail(look: Look) -> Self {
        Self {
            len: 0,
            text: [0; TEXT],
            width: 0,
            look,
        }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.len)]).unwrap_or_default()
    }

    fn is_own_blank(&self) -> bool {
        self.len == 1 && self.text[0] == b' ' && self.look == Look::default()
    }
}

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
    /// How many colours the terminal keeps.
    depth: Depth,
}

/// A frame shorter than this is one write to the terminal anyway and needs no brackets.
const ATOMIC: usize = 192;
/// So many blanks are cheaper to erase than to write.
const ERASE: usize = 6;

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
            depth: Depth::True,
        };
        painter.reset(cols, rows);
        painter
    }

    /// For a terminal with so many colours: others are written as the nearest of them.
    pub fn keeps(mut self, depth: Depth) -> Self {
        self.depth = depth;
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
            self.out.extend_from_slice(b"\x1b[0m\x1b[2J\x1b[?25l");
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
                let look = look(cell.fg, cell.bg, cell.modifier);
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
                if by == 1 {
                    write!(self.out, "\x1b[C")
                } else {
                    write!(self.out, "\x1b[{by}C")
                }
            }
            _ => write!(self.out, "\x1b[{};{}H", to.y + 1, to.x + 1),
        };
        self.at = Some(to);
    }

    fn set_pen(&mut self, look: Look) {
        if self.pen == look {
            return;
        }
        let mut parts: Vec<String> = Vec::new();
        let mut from = self.pen;
        if from.bits & !look.bits != 0 {
            parts.push("0".into());
            from = Look::default();
        }
        for (bit, code) in SGR {
            if look.bits & !from.bits & bit != 0 {
                parts.push(code.into());
            }
        }
        if from.fg != look.fg {
            parts.push(ink(fit(look.fg, self.depth), 30));
        }
        if from.bg != look.bg {
            parts.push(ink(fit(look.bg, self.depth), 40));
        }
        let _ = write!(self.out, "\x1b[{}m", parts.join(";"));
        self.pen = look;
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
        let _ = write!(self.out, "\x1b[{}X", span.len());
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

/// The nearest colour that a terminal of that depth keeps.
fn fit(ink: Ink, depth: Depth) -> Ink {
    let parts = match ink {
        _ if depth == Depth::True => return ink,
        Ink::Own => return ink,
        Ink::Index(n @ 16..) => colour::rgb(n),
        Ink::Index(_) if depth == Depth::Mono => return Ink::Own,
        Ink::Index(_) => return ink,
        Ink::Rgb(r, g, b) => (r, g, b),
    };
    match (depth, ink) {
        (Depth::Mono, _) => Ink::Own,
        (Depth::Sixteen, _) => Ink::Index(colour::sixteen(parts)),
        (_, Ink::Rgb(..)) => Ink::Index(colour::indexed(parts)),
        _ => ink,
    }
}

fn ink(ink: Ink, base: u8) -> String {
    match ink {
        Ink::Own => (base + 9).to_string(),
        Ink::Index(n @ 0..=7) => (base + n).to_string(),
        Ink::Index(n @ 8..=15) => (base + 60 + n - 8).to_string(),
        Ink::Index(n) => format!("{};5;{n}", base + 8),
        Ink::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
    }
}

fn look(fg: Color, bg: Color, modifier: Modifier) -> Look {
    let ink = |colour| match colour {
        Color::Indexed(n) => Ink::Index(n),
        Color::Rgb(r, g, b) => Ink::Rgb(r, g, b),
        _ => Ink::Own,
    };
    let pairs = [
        (Modifier::BOLD, BOLD),
        (Modifier::DIM, DIM),
        (Modifier::ITALIC, ITALIC),
        (Modifier::UNDERLINED, UNDERLINE),
        (Modifier::REVERSED, REVERSE),
        (Modifier::CROSSED_OUT, STRIKE),
        (Modifier::HIDDEN, HIDDEN),
    ];
    let bits = pairs
        .iter()
        .filter(|(m, _)| modifier.contains(*m))
        .fold(0, |bits, (_, b)| bits | b);
    Look {
        fg: ink(fg),
        bg: ink(bg),
        bits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Screen;

    /// A terminal behind a painter.
    struct Outer {
        painter: Painter,
        screen: Screen,
    }

    const AREA: Rect = Rect::new(0, 0, 10, 2);

    impl Outer {
        fn new() -> Self {
            let mut outer = Self {
                painter: Painter::new(10, 2),
                screen: Screen::new(2, 10),
            };
            outer.row("");
            outer
        }

        /// Paints one row; gives back how many bytes it took.
        fn row(&mut self, text: &str) -> usize {
            let cells = text.chars().map(|c| {
                let width = unicode_width::UnicodeWidthChar::width(c).unwrap_or(1) as u8;
                Shown::new(c.encode_utf8(&mut [0; 4]), width, Look::default())
            });
            self.painter.row(AREA, 0, cells, None);
            let bytes = self.painter.finish(None).unwrap_or_default();
            self.screen.feed(&bytes);
            bytes.len()
        }
    }

    #[test]
    fn a_poorer_terminal_is_told_colours_that_it_keeps() {
        let look = Look {
            fg: Ink::Rgb(255, 0, 0),
            bg: Ink::Index(18),
            bits: BOLD,
        };
        for (depth, want) in [
            (Depth::True, "38;2;255;0;0;48;5;18"),
            (Depth::Indexed, "38;5;196;48;5;18"),
            (Depth::Sixteen, "91;44"),
            (Depth::Mono, "1;39;49m"),
        ] {
            let mut painter = Painter::new(4, 1).keeps(depth);
            painter.row(
                Rect::new(0, 0, 4, 1),
                0,
                [Shown::new("x", 1, look)].into_iter(),
                None,
            );
            let bytes = painter.finish(None).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            assert!(text.contains(want), "{depth:?}: {text:?}");
            assert!(depth != Depth::Mono || !text.contains("38;"), "{text:?}");
        }
    }

    #[test]
    fn only_what_differs_is_written() {
        let mut outer = Outer::new();
        outer.row("hello");
        assert_eq!(outer.row("hello"), 0);
        assert_eq!(outer.row("hellO"), "O".len() + "\x1b[1;5H".len());
        assert_eq!(outer.screen.row_text(0), "hellO");
    }

    #[test]
    fn wide_and_narrow_replace_each_other() {
        let mut outer = Outer::new();
        for text in [
            "漢字",
            "a字",
            "漢字",
            " 漢字",
            "ab",
            "漢b",
            "abcdefghij",
            "漢漢漢漢漢",
            "x",
            "",
        ] {
            outer.row(text);
            assert_eq!(outer.screen.row_text(0), text.trim_end(), "{text}");
        }
    }

    #[test]
    fn nothing_hostile_gets_through() {
        let mut outer = Outer::new();
        let cells =
            ["\x1b]0;x\x07", "\u{9b}31m", "a\nb"].map(|t| Shown::new(t, 1, Look::default()));
        outer.painter.row(AREA, 0, cells.into_iter(), None);
        let bytes = outer.painter.finish(None).unwrap_or_default();
        assert!(
            !bytes.windows(2).any(|w| w == b"\x1b]" || w == b"\xc2\x9b"),
            "{bytes:?}"
        );
        assert!(!bytes.contains(&b'\n'));
    }

    #[test]
    fn a_cover_stays_untouched() {
        let mut outer = Outer::new();
        outer.row("aaaaaaaaaa");
        let cells = vec![Shown::new("漢", 2, Look::default()); 5];
        let cover = Some(Rect::new(3, 0, 4, 1));
        outer.painter.row(AREA, 0, cells.into_iter(), cover);
        let bytes = outer.painter.finish(None).unwrap_or_default();
        outer.screen.feed(&bytes);
        assert_eq!(outer.screen.row_text(0), "漢 aaaa 漢");
    }
}
