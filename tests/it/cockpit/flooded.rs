//! How much of a flood reaches the operator's terminal: the streams of the benchmark at the speeds it
//! finds, in a time that is counted and not waited for.

#[path = "../../../benches/side_by_side/streams.rs"]
mod streams;

use pult::cockpit::pacing::Pacing;
use pult::cockpit::screens::Screens;
use pult::cockpit::terminal::painter::Painter;
use pult::screen::Screen;
use ratatui::layout::Rect;
use std::time::{Duration, Instant};

/// MB a second of each stream, as README's table has it.
const SPEEDS: [f64; 5] = [53.0, 44.0, 50.0, 64.0, 86.0];
/// Outer bytes for each that a program writes, at most.
const MOST: f64 = 0.02;
/// Blocks of 1 MB: the beginning of a flood, where frames are nearest to each other.
const BLOCKS: usize = 3;

/// Bytes written to the terminal, and frames.
fn flood(block: &[u8], speed: f64) -> (usize, usize) {
    let hole = Rect::new(0, 0, 200, 49);
    let mut screens = Screens::default();
    screens.show(1, Some(Screen::new(hole.height, hole.width)));
    let mut painter = Painter::new(200, 50);
    let (mut pacing, mut put_off) = (Pacing::default(), false);
    let start = Instant::now();
    // The flood begins with a key.
    pacing.typed(start);
    let (mut fed, mut out, mut frames) = (0, 0, 0);
    for chunk in std::iter::repeat_n(block, BLOCKS).flat_map(|block| block.chunks(16 * 1024)) {
        screens.feed(1, chunk);
        fed += chunk.len();
        let now = start + Duration::from_secs_f64(fed as f64 / speed / 1e6);
        let held = screens.held(now).is_some_and(|held| !held.is_zero());
        if held || !pacing.wait(now).is_zero() {
            put_off = true;
            continue;
        }
        screens.paint(&mut painter, (1, hole), None, now);
        let wrote = painter.finish(None).map_or(0, |bytes| bytes.len());
        pacing.drawn(now, std::mem::take(&mut put_off), wrote);
        out += wrote;
        frames += 1;
    }
    (out, frames)
}

#[test]
fn little_of_a_flood_reaches_the_terminal() {
    for (stream, speed) in streams::STREAMS.into_iter().zip(SPEEDS) {
        let block = streams::block(stream);
        let (out, frames) = flood(&block, speed);
        let part = out as f64 / (block.len() * BLOCKS) as f64;
        assert!(part <= MOST, "{stream}: {part:.4} in {frames} frames");
        assert!(frames > 0, "{stream}");
    }
}
