//! Rows of cells as bytes.

use serde::{Deserialize, Serialize};

use super::cell::{Color, Style, Underline};

const WIDE: u8 = 0x80;
const CONTINUATION: u8 = 0x40;
const STYLED: u8 = 0x20;
const LENGTH: u8 = 0x1f;

/// A row, without the untouched cells at its end. Each cell is a byte of flags and the length of its
/// text, the style when it differs from the cell before, and the text.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PackedRow {
    /// It goes on in the next row.
    pub wrapped: bool,
    cells: Vec<u8>,
}

/// One cell of a packed row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PackedCell<'a> {
    pub text: &'a str,
    pub wide: bool,
    /// The second half of a wide glyph.
    pub continuation: bool,
    pub style: Style,
}

impl PackedRow {
    /// Reads a row of the emulator, also what lies beyond the screen's width.
    pub fn read(screen: &vt100::Screen, row: u16) -> PackedRow {
        let mut cells = Vec::new();
        let mut end = 0;
        let mut style = Style::default();
        for col in 0.. {
            let Some(cell) = screen.cell(row, col) else {
                break;
            };
            let now = Style::of_cell(cell);
            let mut head = cell.contents().len() as u8 & LENGTH;
            head |= if cell.is_wide() { WIDE } else { 0 };
            head |= if cell.is_wide_continuation() {
                CONTINUATION
            } else {
                0
            };
            if now == style {
                cells.push(head);
            } else {
                cells.push(head | STYLED);
                put_style(&mut cells, now);
                style = now;
            }
            cells.extend_from_slice(cell.contents().as_bytes());
            if head != 0 || now != Style::default() {
                end = cells.len();
            }
        }
        cells.truncate(end);
        PackedRow {
            wrapped: screen.row_wrapped(row),
            cells,
        }
    }

    /// Its cells, or `None` when the bytes are none, or hold control characters.
    pub fn cells(&self) -> Option<Vec<PackedCell<'_>>> {
        let mut rest = &self.cells[..];
        let mut style = Style::default();
        let mut cells = Vec::new();
        while let Some((&head, after)) = rest.split_first() {
            rest = after;
            if head & STYLED != 0 {
                style = take_style(&mut rest)?;
            }
            let (text, after) = rest.split_at_checked(usize::from(head & LENGTH))?;
            rest = after;
            let text = std::str::from_utf8(text).ok()?;
            if text.chars().any(char::is_control) {
                return None;
            }
            let (wide, continuation) = (head & WIDE != 0, head & CONTINUATION != 0);
            cells.push(PackedCell {
                text,
                wide,
                continuation,
                style,
            });
        }
        Some(cells)
    }
}

fn put_style(out: &mut Vec<u8>, style: Style) {
    let flags = [
        style.bold,
        style.dim,
        style.italic,
        style.underline != Underline::None,
        style.inverse,
    ];
    out.push(
        flags
            .iter()
            .enumerate()
            .fold(0, |n, (bit, set)| n | u8::from(*set) << bit),
    );
    for color in [style.fg, style.bg] {
        match color {
            Color::Default => out.push(0),
            Color::Indexed(i) => out.extend([1, i]),
            Color::Rgb(r, g, b) => out.extend([2, r, g, b]),
        }
    }
}

fn take_style(rest: &mut &[u8]) -> Option<Style> {
    let mut take = || {
        let (first, after) = rest.split_first()?;
        *rest = after;
        Some(*first)
    };
    let flags = take()?;
    let mut color = || {
        Some(match take()? {
            0 => Color::Default,
            1 => Color::Indexed(take()?),
            2 => Color::Rgb(take()?, take()?, take()?),
            _ => return None,
        })
    };
    let (fg, bg) = (color()?, color()?);
    let set = |bit: u8| flags & (1 << bit) != 0;
    Some(Style {
        fg,
        bg,
        bold: set(0),
        dim: set(1),
        italic: set(2),
        underline: Underline::plain(set(3)),
        inverse: set(4),
        ..Style::default()
    })
}
