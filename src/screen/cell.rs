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

/// The line under a glyph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Underline {
    /// None.
    #[default]
    None,
    /// One.
    Single,
    /// Two.
    Double,
    /// A wave.
    Curly,
    /// Dots.
    Dotted,
    /// Dashes.
    Dashed,
}

/// How a cell is painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Style {
    /// Colour of the glyph.
    pub fg: Color,
    /// Colour behind it.
    pub bg: Color,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: Underline,
    /// Colours exchanged.
    pub inverse: bool,
    /// Not to be seen.
    pub hidden: bool,
    /// Struck out.
    pub strike: bool,
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
            (self.underline == Underline::Single, ";4"),
            (self.underline == Underline::Double, ";4:2"),
            (self.underline == Underline::Curly, ";4:3"),
            (self.underline == Underline::Dotted, ";4:4"),
            (self.underline == Underline::Dashed, ";4:5"),
            (self.inverse, ";7"),
            (self.hidden, ";8"),
            (self.strike, ";9"),
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

    /// The style of a cell as far as the emulator knows it; [`super::marks`] has the rest.
    pub(super) fn of_cell(cell: &vt100::Cell) -> Style {
        Style {
            fg: cell.fgcolor().into(),
            bg: cell.bgcolor().into(),
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            underline: Underline::plain(cell.underline()),
            inverse: cell.inverse(),
            ..Style::default()
        }
    }

    /// The style the next glyph would get, as far as the emulator knows it.
    pub(super) fn current(screen: &vt100::Screen) -> Style {
        Style {
            fg: screen.fgcolor().into(),
            bg: screen.bgcolor().into(),
            bold: screen.bold(),
            dim: screen.dim(),
            italic: screen.italic(),
            underline: Underline::plain(screen.underline()),
            inverse: screen.inverse(),
            ..Style::default()
        }
    }
}

impl Underline {
    /// The one with this number behind SGR's `4:`.
    pub(super) fn kind(number: u16) -> Underline {
        match number {
            0 => Underline::None,
            2 => Underline::Double,
            3 => Underline::Curly,
            4 => Underline::Dotted,
            5 => Underline::Dashed,
            _ => Underline::Single,
        }
    }

    /// The usual one, or none.
    pub(super) fn plain(on: bool) -> Underline {
        if on {
            Underline::Single
        } else {
            Underline::None
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
