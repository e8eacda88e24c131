//! What recorded agents show, against another terminal emulator.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Config, Term};
use alacritty_terminal::vte::ansi::Processor;
use pult::screen::Screen;

use super::checkpoint::captures;

/// The end of a synchronized update.
const FRAME_END: &[u8] = b"\x1b[?2026l";

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
    let mut compared = 0;
    for (name, bytes) in captures() {
        let mut screen = Screen::new(40, 120);
        let mut term = Term::new(Config::default(), &Size, VoidListener);
        let mut processor: Processor = Processor::new();
        let mut fed = 0;
        // Where a frame ends: in the middle of one the other emulator holds it back.
        let frames: Vec<usize> = memchr::memmem::find_iter(&bytes, FRAME_END)
            .map(|at| at + FRAME_END.len())
            .collect();
        let stride = frames.len().div_ceil(40).max(1);
        for at in frames.into_iter().step_by(stride).chain([bytes.len()]) {
            screen.feed(&bytes[fed..at]);
            processor.advance(&mut term, &bytes[fed..at]);
            fed = at;
            if !screen.modes().synchronized {
                compared += 1;
                assert_eq!(screen.text_rows(), rows(&term), "{name}, at {at}");
            }
        }
    }
    assert!(compared > 100, "only {compared} places were compared");
}
