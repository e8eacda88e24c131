//! An independent emulator, and what it shows, in the words of ours.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::term::{Config, Term, TermMode};
use alacritty_terminal::vte::ansi::{Color as TheirColor, NamedColor, Processor};
use pult::screen::{Color, Style, Underline};

struct Size {
    rows: usize,
    cols: usize,
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.rows
    }

    fn screen_lines(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.cols
    }
}

/// One glyph where it stands; blanks too.
#[derive(PartialEq)]
pub struct Glyph {
    pub col: usize,
    pub text: String,
    pub style: Style,
}

impl std::fmt::Debug for Glyph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Glyph { col, text, style } = self;
        write!(f, "{col}{text:?}")?;
        match *style == Style::default() {
            true => Ok(()),
            false => write!(f, "{}", style.sgr().trim_start_matches("\x1b[0;")),
        }
    }
}

/// A screen by another hand.
pub struct Oracle {
    term: Term<VoidListener>,
    parser: Processor,
}

impl Oracle {
    pub fn new(rows: u16, cols: u16) -> Oracle {
        let size = Size {
            rows: rows.into(),
            cols: cols.into(),
        };
        Oracle {
            term: Term::new(Config::default(), &size, VoidListener),
            parser: Processor::new(),
        }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.term, bytes);
    }

    /// Ends a synchronized update that the bytes left open, so that what came in it is seen.
    pub fn settle(&mut self) {
        self.parser.stop_sync(&mut self.term);
    }

    /// The rows above the screen, oldest first.
    pub fn history(&self) -> Vec<String> {
        let above = self.term.grid().history_size() as i32;
        (-above..0).map(|line| self.line(line)).collect()
    }

    pub fn text_rows(&self) -> Vec<String> {
        (0..self.term.screen_lines() as i32)
            .map(|line| self.line(line))
            .collect()
    }

    pub fn cursor(&self) -> (u16, u16) {
        let point = self.term.grid().cursor.point;
        (point.line.0 as u16, point.column.0 as u16)
    }

    pub fn cursor_visible(&self) -> bool {
        self.term.mode().contains(TermMode::SHOW_CURSOR)
    }

    /// The glyphs of one row.
    pub fn glyphs(&self, row: u16) -> Vec<Glyph> {
        let cells = &self.term.grid()[Line(row.into())];
        let mut glyphs = Vec::new();
        for col in 0..self.term.columns() {
            let cell = &cells[Column(col)];
            if cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
                continue;
            }
            let mut text = String::from(if cell.c == '\t' { ' ' } else { cell.c });
            text.extend(cell.zerowidth().into_iter().flatten());
            glyphs.push(Glyph {
                col,
                text,
                style: style(cell),
            });
        }
        glyphs
    }

    fn line(&self, line: i32) -> String {
        let row = &self.term.grid()[Line(line)];
        let mut text = String::new();
        for col in 0..self.term.columns() {
            let cell = &row[Column(col)];
            if cell
                .flags
                .intersects(Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER)
            {
                continue;
            }
            text.push(if cell.c == '\t' { ' ' } else { cell.c });
            text.extend(cell.zerowidth().into_iter().flatten());
        }
        text.truncate(text.trim_end().len());
        text
    }
}

fn style(cell: &Cell) -> Style {
    let has = |flag| cell.flags.contains(flag);
    Style {
        fg: color(cell.fg),
        bg: color(cell.bg),
        bold: has(Flags::BOLD),
        dim: has(Flags::DIM),
        italic: has(Flags::ITALIC),
        underline: underline(cell.flags),
        inverse: has(Flags::INVERSE),
        hidden: has(Flags::HIDDEN),
        strike: has(Flags::STRIKEOUT),
    }
}

fn color(color: TheirColor) -> Color {
    match color {
        TheirColor::Named(NamedColor::Foreground | NamedColor::Background) => Color::Default,
        TheirColor::Named(name) => Color::Indexed(name as u8),
        TheirColor::Indexed(index) => Color::Indexed(index),
        TheirColor::Spec(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
    }
}

fn underline(flags: Flags) -> Underline {
    let kinds = [
        (Flags::UNDERLINE, Underline::Single),
        (Flags::DOUBLE_UNDERLINE, Underline::Double),
        (Flags::UNDERCURL, Underline::Curly),
        (Flags::DOTTED_UNDERLINE, Underline::Dotted),
        (Flags::DASHED_UNDERLINE, Underline::Dashed),
    ];
    let kind = kinds.iter().find(|(flag, _)| flags.contains(*flag));
    kind.map_or(Underline::None, |(_, kind)| *kind)
}
