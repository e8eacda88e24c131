use super::cell::{BOLD, Ink, Look};
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
        ..Look::default()
    };
    for (depth, want) in [
        (Depth::True, "38;2;255;0;0;48;5;18"),
        (Depth::Indexed, "38;5;196;48;5;18"),
        (Depth::Sixteen, "91;44"),
        (Depth::Mono, "\x1b[0;1mx"),
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
    let cells = ["\x1b]0;x\x07", "\u{9b}31m", "a\nb"].map(|t| Shown::new(t, 1, Look::default()));
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
