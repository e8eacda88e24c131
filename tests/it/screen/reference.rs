//! What recorded agents show, against another terminal emulator.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, Term};
use alacritty_terminal::vte::ansi::Processor;
use pult::screen::Screen;

use super::checkpoint::captures;

struct Size;

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        40
    }
    fn screen_lines(&self) -> usize {
        40
    }
    fn columns(&self) -> usize {
        120
    }
}

fn rows(term: &Term<VoidListener>) -> Vec<String> {
    (0..40)
        .map(|line| {
            let mut text = String::new();
            for col in 0..120 {
                let cell = &term.grid()[Line(line)][Column(col)];
                if !cell
                    .flags
                    .intersects(Flags::WIDE_CHAR_SPACER | Flags::LEADING_WIDE_CHAR_SPACER)
                {
                    text.push(cell.c);
                    text.extend(cell.zerowidth().into_iter().flatten());
                }
            }
            text.trim_end().to_owned()
        })
        .collect()
}

#[test]
fn recorded_agents_show_the_text_that_another_emulator_shows() {
    for (name, bytes) in captures() {
        let mut screen = Screen::new(40, 120);
        let mut term = Term::new(Config::default(), &Size, VoidListener);
        let mut processor: Processor = Processor::new();
        for (number, piece) in bytes.chunks(4096).enumerate() {
            screen.feed(piece);
            processor.advance(&mut term, piece);
            // Half a synchronized update is held back by the other.
            if !screen.modes().synchronized {
                assert_eq!(
                    screen.text_rows(),
                    rows(&term),
                    "{name}, after piece {number}"
                );
            }
        }
    }
}
