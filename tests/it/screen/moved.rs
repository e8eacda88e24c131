//! Panes as wide as the terminal: what scrolls in them is moved by the terminal, and whatever comes
//! before and after, a terminal by another hand shows what the pane and what is around it hold.

use pult::cockpit::screens::{HOLD, Screens};
use pult::cockpit::terminal::painter::Painter;
use pult::screen::{Screen, Underline};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::time::Instant;

use super::fidelity::glyphs;
use super::oracle::{Glyph, Oracle};

/// What programs write, and what moves rows.
const PIECES: [&str; 44] = [
    "a",
    "word ",
    "\r\n",
    "\n",
    "line\r\n",
    "more of it\r\n",
    "one\r\ntwo\r\n\r\nthree\r\n",
    "世界",
    "e\u{301}",
    "long text that is wider than it all",
    "\x08",
    "\x1b[K",
    "\x1b[1K",
    "\x1b[2K",
    "\x1b[J",
    "\x1b[31m",
    "\x1b[7;44m",
    "\x1b[44m\r\n",
    "\x1b[m",
    "\x1b[9m",
    "\x1b[8m",
    "\x1b[1;2m",
    "\x1b[22m",
    "\x1b[3m",
    "\x1b[4m",
    "\x1b[4:3m",
    "\x1b[24m",
    "\x1b[38;2;1;2;3m",
    "\x1b[A",
    "\x1b[9B",
    "\x1b[3;5H",
    "\x1b[H",
    "\x1b[99H",
    "\x1b[2P",
    "\x1b[2@",
    "\x1b[3X",
    "\x1b[L",
    "\x1b[M",
    "\x1b[2S",
    "\x1b[T",
    "\x1b[2;5r",
    "\x1b[r",
    "\x1bM",
    "\x1b[?1049h",
];

/// A terminal with a pane in it, a row above, a row below and so many columns at each side.
struct Outer {
    screens: Screens,
    inner: Screen,
    painter: Painter,
    terminal: Oracle,
    hole: Rect,
    around: Buffer,
    underlines: bool,
    /// Bytes of the last frame.
    frame: Vec<u8>,
}

impl Outer {
    fn new(inner: Screen, side: u16, numbered: bool, underlines: bool) -> Outer {
        let (rows, cols) = inner.size();
        let area = Rect::new(0, 0, cols + 2 * side, rows + 2);
        let mut around = Buffer::empty(area);
        for y in 0..area.height {
            let text = if numbered { y.to_string() } else { "|".into() };
            for x in 0..area.width {
                around[(x, y)].set_symbol(&text[..1]);
            }
        }
        let mut outer = Outer {
            screens: Screens::default(),
            painter: Painter::new(area.width, area.height).underlines(underlines),
            terminal: Oracle::new(area.height, area.width),
            hole: Rect::new(side, 1, cols, rows),
            inner,
            around,
            underlines,
            frame: Vec::new(),
        };
        let there = Screen::of_likeness(&outer.inner.likeness());
        outer.screens.show(1, there.ok());
        outer.paint(true);
        outer
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.screens.feed(1, bytes);
        self.inner.feed(bytes);
    }

    fn paint(&mut self, chrome: bool) {
        if chrome {
            self.painter.chrome(&self.around, &[(1, self.hole)], None);
        }
        let late = Instant::now() + HOLD;
        self.screens
            .paint(&mut self.painter, (1, self.hole), None, late);
        self.frame = self.painter.finish(None).unwrap_or_default();
        self.terminal.feed(&self.frame);
    }

    /// The row that is to be seen.
    fn row(&self, y: u16) -> Vec<Glyph> {
        let mut row: Vec<Glyph> = Vec::new();
        let beside = |x: u16| Glyph {
            col: usize::from(x),
            text: self.around[(x, y)].symbol().to_owned(),
            style: Default::default(),
        };
        if y < self.hole.top() || y >= self.hole.bottom() {
            return (0..self.around.area.width).map(beside).collect();
        }
        row.extend((0..self.hole.x).map(beside));
        for mut glyph in glyphs(self.inner.cells(y - self.hole.y)) {
            glyph.col += usize::from(self.hole.x);
            if !self.underlines && glyph.style.underline != Underline::None {
                glyph.style.underline = Underline::Single;
            }
            row.push(glyph);
        }
        row.extend((self.hole.right()..self.around.area.width).map(beside));
        row
    }

    #[track_caller]
    fn compare(&self, told: &str) {
        for y in 0..self.around.area.height {
            assert_eq!(self.terminal.glyphs(y), self.row(y), "row {y}: {told}");
        }
    }

    /// Whether the last frame set margins.
    fn moved(&self) -> bool {
        memchr::memmem::find(&self.frame, b"\x1b[r").is_some()
    }
}

fn numbers(mut seed: u32) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    }
}

#[test]
fn no_soup_leaves_anything_else_on_the_terminal() {
    let mut moves = 0;
    for round in 0..160 {
        let mut next = numbers(round);
        let side = [0, 0, 1, 2][next(4)];
        let (numbered, underlines) = (next(2) == 0, next(3) > 0);
        let mut outer = Outer::new(Screen::new(7, 14), side, numbered, underlines);
        let mut told = format!("round {round}, {side} beside: ");
        // Some rounds are mostly of lines.
        let kinds = [PIECES.len(), 9][next(2)];
        for _ in 0..25 {
            for _ in 0..=next(4) {
                let piece = PIECES[next(kinds)];
                told.push_str(&format!("{piece:?} "));
                outer.feed(piece.as_bytes());
            }
            if next(20) == 0 {
                let (rows, cols) = (3 + next(7) as u16, 4 + next(14) as u16);
                told.push_str(&format!("to {rows}x{cols} "));
                outer.inner.resize(rows, cols);
                outer = Outer::new(outer.inner, side, numbered, underlines);
            } else {
                outer.paint(next(5) == 0);
            }
            told.push_str("| ");
            outer.compare(&told);
            moves += usize::from(outer.moved());
        }
    }
    assert!(moves > 300, "only {moves} frames moved rows");
}

#[test]
fn a_line_at_the_bottom_costs_a_line() {
    for side in [0, 1] {
        let mut outer = Outer::new(Screen::new(20, 60), side, false, true);
        for n in 0..40 {
            outer.feed(format!("{n}: {}\r\n", "text of a row ".repeat(3)).as_bytes());
        }
        outer.paint(false);
        outer.feed(b"and one more\r\n");
        outer.paint(false);
        outer.compare("a line");
        assert!(outer.moved(), "{:?}", outer.frame);
        assert!(outer.frame.len() < 80, "{} bytes", outer.frame.len());
        // And back, as an editor scrolls.
        outer.feed(b"\x1b[H\x1bMone at the top");
        outer.paint(false);
        outer.compare("a line above");
        assert!(outer.moved() && outer.frame.len() < 80);
    }
}

#[test]
fn what_is_beside_a_pane_never_jumps() {
    let mut outer = Outer::new(Screen::new(20, 30), 15, true, true);
    for n in 0..60 {
        outer.feed(format!("{n} is the number of the row\r\n").as_bytes());
        outer.paint(false);
        outer.compare("rows beside others");
        assert!(!outer.moved());
    }
}
