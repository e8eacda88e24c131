//! The same table through the cockpit: what its painter writes to a terminal by another hand is
//! what the pane's screen holds, and nothing beside the pane is touched.

use pult::cockpit::screens::{HOLD, Screens};
use pult::cockpit::terminal::painter::Painter;
use pult::screen::Screen;
use ratatui::layout::Rect;
use std::time::Instant;

use super::cases::CASES;
use super::fidelity::glyphs;
use super::oracle::{Glyph, Oracle};

const ROWS: u16 = 6;
const COLS: u16 = 12;

/// A pane inside a terminal of 8 x 20 that is full of `#`.
const HOLE: Rect = Rect::new(3, 1, COLS, ROWS);

/// The pane's screen, and a terminal that its cockpit paints on.
struct Painted {
    screens: Screens,
    inner: Screen,
    painter: Painter,
    outer: Oracle,
}

impl Painted {
    fn new() -> Painted {
        let mut screens = Screens::default();
        screens.show(1, Some(Screen::new(ROWS, COLS)));
        Painted {
            screens,
            inner: Screen::new(ROWS, COLS),
            painter: Painter::new(20, 8),
            outer: Oracle::new(8, 20),
        }
    }

    fn feed(&mut self, bytes: &[u8], cover: Option<Rect>) {
        self.screens.feed(1, bytes);
        self.inner.feed(bytes);
        // Half frames are not held back here.
        let late = Instant::now() + HOLD;
        self.screens
            .paint(&mut self.painter, (1, HOLE), cover, late);
        let frame = self.painter.finish(None).unwrap_or_default();
        self.outer.feed(&frame);
    }

    /// What differs in the pane, except under `cover`.
    fn differs(&self, cover: Option<Rect>) -> Option<String> {
        for y in 0..ROWS {
            let mut want = glyphs(self.inner.cells(y));
            let mut got: Vec<Glyph> = self.outer.glyphs(HOLE.y + y);
            let place = usize::from(HOLE.x)..usize::from(HOLE.right());
            got.retain(|glyph| place.contains(&glyph.col));
            got.iter_mut().for_each(|glyph| glyph.col -= place.start);
            for glyph in want.iter_mut().chain(&mut got) {
                // At the end of a cell it joins nothing, and a terminal might join the next one.
                glyph.text = glyph.text.trim_end_matches('\u{200d}').to_owned();
            }
            let free = |glyph: &Glyph| {
                let at = |col: usize| (HOLE.x + col as u16, HOLE.y + y).into();
                let wide = want
                    .iter()
                    .all(|w| w.col <= glyph.col || w.col >= glyph.col + 2);
                let last = glyph.col + usize::from(wide && glyph.col + 1 < place.len());
                !cover.is_some_and(|c| c.contains(at(glyph.col)) || c.contains(at(last)))
            };
            let stale = got.iter().find(|glyph| {
                let there = want.iter().any(|w| {
                    let wide = want.iter().all(|n| n.col <= w.col || n.col >= w.col + 2);
                    w.col == glyph.col || (wide && w.col + 1 == glyph.col && glyph.text == " ")
                });
                !there && cover.is_none()
            });
            if let Some(stale) = stale {
                return Some(format!("row {y}: {stale:?} is left over"));
            }
            let want: Vec<_> = want.iter().filter(|g| free(g)).collect();
            for glyph in want {
                if !got.contains(glyph) {
                    return Some(format!("row {y}: {glyph:?} is not in {got:?}"));
                }
            }
        }
        None
    }
}

#[test]
fn what_is_painted_is_what_the_pane_holds_however_it_was_cut() {
    let mut wrong = Vec::new();
    for case in CASES {
        let bytes = case.bytes.as_bytes();
        for size in [1, 3, 7, bytes.len()] {
            let mut painted = Painted::new();
            for part in bytes.chunks(size) {
                painted.feed(part, None);
            }
            if let Some(differs) = painted.differs(None) {
                wrong.push(format!("{} by {size}: {differs}", case.name));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_page_over_a_pane_covers_whole_glyphs_and_leaves_the_rest() {
    let text = "漢字漢字漢字\r\na漢字漢字漢x\r\n🙂🙂🙂e\u{301}☀\u{fe0f}z\x1b[41m漢漢\x1b[m";
    for x in 3..15 {
        for width in 1..6 {
            let cover = Some(Rect::new(x, 0, width, 8));
            let mut painted = Painted::new();
            painted.feed(b"abcdefghijkl", None);
            painted.feed(b"\x1b[H", cover);
            painted.feed(text.as_bytes(), cover);
            assert_eq!(
                painted.differs(cover),
                None,
                "covered from {x}, {width} wide"
            );
        }
    }
}

#[test]
fn one_text_over_another_leaves_nothing_of_it() {
    let mut painted = Painted::new();
    for (n, case) in CASES.iter().chain(CASES.iter().rev()).enumerate() {
        painted.feed(b"\x1bc\x1b#8", None);
        let text = ["\x1bc", case.bytes].concat();
        painted.feed(text.as_bytes(), None);
        assert_eq!(painted.differs(None), None, "{} as number {n}", case.name);
    }
}
