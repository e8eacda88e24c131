//! A row as a line of text with SGR: how it is kept, and how it becomes cells again.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::cell::{Cell, Color, Style, Underline};

/// Stands at the end of a row that goes on in the next one: no row holds a control character else.
pub(super) const GOES_ON: char = '\u{b}';

/// Added to the number of a kind of underline, above all of SGR.
const UNDERLINE: u16 = 10_000;

/// One row of cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// From the left, without trailing blanks of the default style.
    pub cells: Vec<Cell>,
    /// The line was too long and goes on in the next row.
    pub goes_on: bool,
}

impl Row {
    /// Reads a row as [`super::Screen::drain_scrolled`] gives it. What is no SGR is left out.
    pub fn parse(row: &str) -> Row {
        let goes_on = row.ends_with(GOES_ON);
        let mut rest = row.strip_suffix(GOES_ON).unwrap_or(row);
        let mut style = Style::default();
        let mut cells = Vec::new();
        while !rest.is_empty() {
            let (text, after) = rest.split_once("\x1b[").unwrap_or((rest, ""));
            glyphs(text, |text, width| {
                let text = text.to_owned();
                cells.push(Cell { text, width, style });
            });
            rest = match after.split_once('m') {
                Some((params, after)) => {
                    style.take(params);
                    after
                }
                None => "",
            };
        }
        Row { cells, goes_on }
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.text.as_str()).collect()
    }

    /// How many columns it fills.
    pub fn columns(&self) -> u16 {
        self.cells.iter().map(|cell| u16::from(cell.width)).sum()
    }
}

/// A row of text with SGR, as [`super::Screen::drain_scrolled`] gives it, without the SGR.
pub fn plain(row: &str) -> String {
    let mut text = String::with_capacity(row.len());
    let mut rest = row.strip_suffix(GOES_ON).unwrap_or(row);
    while let Some((before, after)) = rest.split_once("\x1b[") {
        text.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

/// Whether such a row goes on in the next.
pub fn goes_on(row: &str) -> bool {
    row.ends_with(GOES_ON)
}

/// How many columns `text` takes, counted as [`Row::parse`] counts.
pub fn columns(text: &str) -> u16 {
    if text.is_ascii() {
        return u16::try_from(text.len()).unwrap_or(u16::MAX);
    }
    let mut columns = 0_u16;
    glyphs(text, |_, width| {
        columns = columns.saturating_add(width.into());
    });
    columns
}

/// Calls `each` with every glyph, its combining characters with it, and its width of 1 or 2.
fn glyphs(text: &str, mut each: impl FnMut(&str, u8)) {
    let mut from = 0;
    let mut at = 0;
    for c in text.chars() {
        if at > from && c.width() != Some(0) {
            glyph(&text[from..at], &mut each);
            from = at;
        }
        at += c.len_utf8();
    }
    if at > from {
        glyph(&text[from..at], &mut each);
    }
}

fn glyph(text: &str, each: &mut impl FnMut(&str, u8)) {
    each(text, if text.width() >= 2 { 2 } else { 1 });
}

/// A row as text with SGR: trailing blanks of the default style are left out unless the row goes
/// on, and a row with any style ends with a reset.
pub(super) fn write(cells: &[Cell], goes_on: bool) -> String {
    let blank = |c: &Cell| {
        let empty = if goes_on {
            c.text.is_empty()
        } else {
            c.text.trim().is_empty()
        };
        c.style == Style::default() && empty
    };
    let end = cells.iter().rposition(|c| !blank(c)).map_or(0, |i| i + 1);
    let mut out = String::new();
    let mut style = Style::default();
    for cell in &cells[..end] {
        if cell.style != style {
            style = cell.style;
            out.push_str(&if style == Style::default() {
                "\x1b[m".into()
            } else {
                style.sgr()
            });
        }
        out.push_str(if cell.text.is_empty() {
            " "
        } else {
            &cell.text
        });
    }
    if style != Style::default() {
        out.push_str("\x1b[m");
    }
    if goes_on {
        out.push(GOES_ON);
    }
    out
}

impl Style {
    /// Changes as the parameters of one SGR sequence say.
    fn take(&mut self, params: &str) {
        // One digit stands behind a colon: the kind of underline.
        let number = |n: &str| match n.strip_prefix("4:") {
            Some(kind) => UNDERLINE.saturating_add(kind.parse().unwrap_or(0)),
            None => n.parse().unwrap_or(0),
        };
        let mut numbers = params.split(';').map(number);
        let mut before = 0;
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Style::default(),
                1 => (self.bold, self.dim) = (true, false),
                2 => (self.bold, self.dim) = (before == 1, true),
                3 => self.italic = true,
                4 => self.underline = Underline::Single,
                7 => self.inverse = true,
                8 => self.hidden = true,
                9 => self.strike = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                24 => self.underline = Underline::None,
                27 => self.inverse = false,
                UNDERLINE.. => self.underline = Underline::kind(number - UNDERLINE),
                30..=37 => self.fg = Color::Indexed((number - 30) as u8),
                40..=47 => self.bg = Color::Indexed((number - 40) as u8),
                90..=97 => self.fg = Color::Indexed((number - 82) as u8),
                100..=107 => self.bg = Color::Indexed((number - 92) as u8),
                38 => self.fg = colour(&mut numbers),
                39 => self.fg = Color::Default,
                48 => self.bg = colour(&mut numbers),
                49 => self.bg = Color::Default,
                _ => {}
            }
            before = number;
        }
    }
}

/// What stands behind 38 or 48.
fn colour(numbers: &mut impl Iterator<Item = u16>) -> Color {
    let kind = numbers.next();
    let mut next = || numbers.next().unwrap_or(0).min(255) as u8;
    match kind {
        Some(5) => Color::Indexed(next()),
        Some(2) => Color::Rgb(next(), next(), next()),
        _ => Color::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Screen;
    use super::*;

    #[test]
    fn a_row_becomes_the_cells_that_it_was() {
        let text = "\x1b[31mred \x1b[1;44mbold\x1b[m plain \x1b[38;5;200m漢\x1b[48;2;1;2;3me\u{301}\x1b[0;2;3;4;7m x\x1b[95;106my\x1b[m❤\u{fe0f}.\x1b[9;8ms\x1b[0;1;2mw\x1b[4:3mu\x1b[4:5md";
        let mut screen = Screen::new(4, 60);
        screen.feed(text.as_bytes());
        let mut cells = screen.cells(0);
        let end = cells.iter().rposition(|c| !c.text.is_empty()).unwrap();
        cells.truncate(end + 1);
        assert_eq!(Row::parse(&screen.row_sgr(0)).cells, cells);
        // And by the emulator's own hand, when it leaves the screen.
        screen.feed("\r\n".repeat(200).as_bytes());
        let gone = screen.drain_scrolled();
        assert_eq!(Row::parse(&gone[0]).cells, cells);
        assert_eq!(
            plain(&gone[0]),
            "red bold plain 漢e\u{301} xy❤\u{fe0f}.swud"
        );
    }

    #[test]
    fn a_line_over_several_rows_is_known_as_one() {
        let mut screen = Screen::new(3, 4);
        screen.feed("ab \x1b[31mcd  ef\r\nab漢漢x\r\nend".as_bytes());
        let text = |rows: &[String]| -> Vec<(String, bool)> {
            let rows = rows.iter().map(|row| Row::parse(row));
            rows.map(|row| (row.text(), row.goes_on)).collect()
        };
        let expected = |rows: &[(&str, bool)]| -> Vec<(String, bool)> {
            rows.iter().map(|(t, on)| ((*t).to_owned(), *on)).collect()
        };
        let above = expected(&[("ab c", true), ("d  e", true), ("f", false)]);
        assert_eq!(text(&screen.kept_rows()), above);
        let all = [
            ("ab c", true),
            ("d  e", true),
            ("f", false),
            ("ab漢", true),
            ("漢x", false),
        ];
        assert_eq!(text(&screen.main_rows())[..5], expected(&all));
        screen.feed("\r\n".repeat(110).as_bytes());
        assert_eq!(text(&screen.drain_scrolled())[..5], expected(&all));
    }

    #[test]
    fn columns_are_counted_as_cells_are() {
        for text in ["abc", "漢字", "e\u{301}x", "❤\u{fe0f}", ""] {
            assert_eq!(columns(text), Row::parse(text).columns(), "{text}");
        }
        assert_eq!(columns("漢a"), 3);
    }
}
