//! An independent emulator, and what it shows, in the words of ours.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, Term};
use alacritty_terminal::vte::ansi::Processor;

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
