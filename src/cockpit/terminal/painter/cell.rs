//! What one cell shows, and how it looks.

use crate::screen::{self, Style, Underline};
use ratatui::style::{Color, Modifier};

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
    pub underline: Underline,
}

/// Bold.
pub const BOLD: u8 = 1;
/// Dim.
pub const DIM: u8 = 2;
/// Italic.
pub const ITALIC: u8 = 4;
/// Foreground and background change places.
pub const REVERSE: u8 = 8;
/// Struck out.
pub const STRIKE: u8 = 16;
/// Not to be seen.
pub const HIDDEN: u8 = 32;

/// The most bytes of one cell's text that are kept.
const TEXT: usize = 22;

/// What one cell shows. The right half of a wide character is a cell of its own, without text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub(super) len: u8,
    pub(super) text: [u8; TEXT],
    /// Cells it takes: 1 or 2; 0 for the right half of a wide one.
    pub(super) width: u8,
    pub(super) look: Look,
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

    pub(super) fn tail(look: Look) -> Self {
        Self {
            len: 0,
            text: [0; TEXT],
            width: 0,
            look,
        }
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.len)]).unwrap_or_default()
    }

    pub(super) fn is_own_blank(&self) -> bool {
        self.len == 1 && self.text[0] == b' ' && self.look == Look::default()
    }
}

impl Look {
    /// Of a cell of the chrome.
    pub(super) fn of(fg: Color, bg: Color, modifier: Modifier) -> Self {
        let ink = |colour| match colour {
            Color::Indexed(n) => Ink::Index(n),
            Color::Rgb(r, g, b) => Ink::Rgb(r, g, b),
            _ => Ink::Own,
        };
        let pairs = [
            (Modifier::BOLD, BOLD),
            (Modifier::DIM, DIM),
            (Modifier::ITALIC, ITALIC),
            (Modifier::REVERSED, REVERSE),
            (Modifier::CROSSED_OUT, STRIKE),
            (Modifier::HIDDEN, HIDDEN),
        ];
        Self {
            fg: ink(fg),
            bg: ink(bg),
            bits: bits(pairs.map(|(m, bit)| (modifier.contains(m), bit))),
            underline: match modifier.contains(Modifier::UNDERLINED) {
                true => Underline::Single,
                false => Underline::None,
            },
        }
    }
}

impl From<&Style> for Look {
    fn from(style: &Style) -> Self {
        let ink = |color| match color {
            screen::Color::Default => Ink::Own,
            screen::Color::Indexed(n) => Ink::Index(n),
            screen::Color::Rgb(r, g, b) => Ink::Rgb(r, g, b),
        };
        Self {
            fg: ink(style.fg),
            bg: ink(style.bg),
            bits: bits([
                (style.bold, BOLD),
                (style.dim, DIM),
                (style.italic, ITALIC),
                (style.inverse, REVERSE),
                (style.strike, STRIKE),
                (style.hidden, HIDDEN),
            ]),
            underline: style.underline,
        }
    }
}

fn bits(all: [(bool, u8); 6]) -> u8 {
    let on = all.iter().filter(|(on, _)| *on);
    on.fold(0, |bits, (_, bit)| bits | bit)
}
