//! What vt100 cannot store of a style: strike, hidden, the kind of underline, bold and dim at once.
//! Each glyph printed with one of these carries a mark, a character without width that no text has,
//! so it is scrolled, shifted and erased with its glyph.

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar as _;

use super::cell::{Style, Underline};
use super::row::Row;

/// Unassigned and without width; the marks are this and the 63 behind it.
const FIRST: u32 = 0xE0200;
const LAST: u32 = FIRST + 63;
/// The first byte of each mark in UTF-8.
const LEAD: u8 = 0xf3;

const STRIKE: u8 = 1;
const HIDDEN: u8 = 2;
const DIM_TOO: u8 = 4;
/// Above these: the kind of underline, 0 the plain one.
const KIND: u8 = 8;

/// The part of the pen's style that vt100 does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pen(u8);

impl Pen {
    /// Nothing vt100 would not know.
    pub fn is_plain(self) -> bool {
        self.0 == 0
    }

    fn set(&mut self, bit: u8, on: bool) {
        self.0 = if on { self.0 | bit } else { self.0 & !bit };
    }

    /// SGR 9 and 29.
    pub fn strike(&mut self, on: bool) {
        self.set(STRIKE, on);
    }

    /// SGR 8 and 28.
    pub fn hidden(&mut self, on: bool) {
        self.set(HIDDEN, on);
    }

    /// Dim beside bold.
    pub fn dim_too(&mut self, on: bool) {
        self.set(DIM_TOO, on);
    }

    /// SGR 4: 2 double, 3 curly, 4 dotted, 5 dashed, others plain.
    pub fn underline(&mut self, kind: u16) {
        let kind = if (2..=5).contains(&kind) {
            kind as u8 - 1
        } else {
            0
        };
        self.0 = (self.0 % KIND) | (kind * KIND);
    }

    /// `text` with the mark of this pen behind each glyph.
    pub fn mark(self, text: &str) -> String {
        let mark = char::from_u32(FIRST + u32::from(self.0)).unwrap_or_default();
        let mut marked = String::with_capacity(text.len() * 5);
        for c in text.chars() {
            marked.push(c);
            if c.width().unwrap_or(0) > 0 {
                marked.push(mark);
            }
        }
        marked
    }
}

fn is_mark(c: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(c))
}

/// Whether there may be marks in a text.
pub(super) fn may_be_in(text: &str) -> bool {
    memchr::memchr(LEAD, text.as_bytes()).is_some()
}

/// A text without marks: a program's own are none of ours.
pub(super) fn without(text: &str) -> String {
    text.chars().filter(|c| !is_mark(*c)).collect()
}

/// What a cell of the emulator shows: its text, and its style with what the mark adds.
pub(super) fn read(contents: &str, style: Style) -> (String, Style) {
    if !may_be_in(contents) {
        return (contents.to_owned(), style);
    }
    let Some(mark) = contents.chars().find(|c| is_mark(*c)) else {
        return (contents.to_owned(), style);
    };
    let bits = (u32::from(mark) - FIRST) as u8;
    let mut style = Style {
        strike: bits & STRIKE != 0,
        hidden: bits & HIDDEN != 0,
        dim: style.dim || bits & DIM_TOO != 0,
        ..style
    };
    if style.underline != Underline::None {
        style.underline = Underline::kind(u16::from(bits / KIND) + 1);
    }
    (without(contents), style)
}

/// A row of history as the emulator wrote it, with the marks turned into SGR.
pub(super) fn row(raw: String) -> String {
    if !may_be_in(&raw) {
        return raw;
    }
    let mut row = Row::parse(&raw);
    for cell in &mut row.cells {
        (cell.text, cell.style) = read(&cell.text, cell.style);
    }
    super::row::write(&row.cells, row.goes_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_have_no_width_and_are_told_from_text() {
        for bits in 0..=63 {
            let mark = char::from_u32(FIRST + bits).expect("a character");
            assert_eq!(mark.width(), Some(0));
            assert_eq!(mark.len_utf8(), 4);
            assert!(may_be_in(mark.encode_utf8(&mut [0; 4])));
        }
        let mut pen = Pen::default();
        pen.strike(true);
        pen.underline(3);
        assert_eq!(without(&pen.mark("a漢e\u{301}")), "a漢e\u{301}");
        let plain = Style {
            underline: Underline::Single,
            ..Style::default()
        };
        let (text, style) = read(&pen.mark("a"), plain);
        assert_eq!((text.as_str(), style.strike), ("a", true));
        assert_eq!(style.underline, Underline::Curly);
    }
}
