//! What one cell of a screen looks like, in words of our own.

use serde::{Deserialize, Serialize};

/// A colour of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Color {
    /// The terminal's own.
    #[default]
    Default,
    /// An entry of the palette: 0–15 the named ones, 16–255 the cube and the greys.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a cell is painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Style {
    /// Colour of the glyph.
    pub fg: Color,
    /// Colour behind it.
    pub bg: Color,
    /// Bold; never together with `dim`.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined, whatever the kind of line.
    pub underline: bool,
    /// Colours exchanged.
    pub inverse: bool,
}

impl Style {
    /// The SGR sequence that gives this style whatever went before.
    pub fn sgr(&self) -> String {
        use std::fmt::Write as _;
        let mut out = String::from("\x1b[0");
        for (set, code) in [
            (self.bold, ";1"),
            (self.dim, ";2"),
            (self.italic, ";3"),
            (self.underline, ";4"),
            (self.inverse, ";7"),
        ] {
            if set {
                out.push_str(code);
            }
        }
        for (color, base) in [(self.fg, 38), (self.bg, 48)] {
            // Writing to a String cannot fail.
            let _ = match color {
                Color::Default => Ok(()),
                Color::Indexed(i) => write!(out, ";{base};5;{i}"),
                Color::Rgb(r, g, b) => write!(out, ";{base};2;{r};{g};{b}"),
            };
        }
        out.push('m');
        out
    }

    pub(super) fn of_cell(cell: &vt100::Cell) -> Style {
        Style {
            fg: cell.fgcolor().into(),
            bg: cell.bgcolor().into(),
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            underline: cell.underline(),
            inverse: cell.inverse(),
        }
    }

    /// The style the next glyph would get.
    pub(super) fn current(screen: &vt100::Screen) -> Style {
        Style {
            fg: screen.fgcolor().into(),
            bg: screen.bgcolor().into(),
            bold: screen.bold(),
            dim: screen.dim(),
            italic: screen.italic(),
            underline: screen.underline(),
            inverse: screen.inverse(),
        }
    }
}

impl From<vt100::Color> for Color {
    fn from(color: vt100::Color) -> Color {
        match color {
            vt100::Color::Default => Color::Default,
            vt100::Color::Idx(i) => Color::Indexed(i),
            vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
        }
    }
}

/// One cell. A wide glyph is one `Cell` of width 2, so a row has at most as many cells as columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The glyph with its combining characters; empty for a cell nothing was printed in.
    pub text: String,
    /// Columns it takes: 1 or 2.
    pub width: u8,
    /// How it is painted.
    pub style: Style,
}
