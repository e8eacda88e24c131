//! A line that is being typed.

use super::canvas::Canvas;
use super::words;
use crate::cockpit::line::Line;
use ratatui::layout::Position;

/// Draws `line` into `width` cells, the part around its cursor; gives back where the cursor is.
pub fn draw(
    canvas: &mut Canvas<'_>,
    x: u16,
    y: u16,
    width: u16,
    line: &Line,
    hint: &str,
) -> Position {
    let area = ratatui::layout::Rect::new(x, y, width, 1);
    let role = if line.text().is_empty() {
        "input.hint"
    } else {
        "input"
    };
    let room = usize::from(width.saturating_sub(1));
    // What is before the cursor stays in sight; its beginning goes first.
    let mut from = 0;
    // A line end is a sign of its own here.
    let (whole, before) = (
        line.text().replace('\n', "⏎"),
        line.before().replace('\n', "⏎"),
    );
    // However much stands before the cursor, no more of it than can be seen is measured.
    let last = before.char_indices().rev().nth(2 * room + 64);
    from = last.map_or(from, |(at, _)| at);
    while words::width(&before[from..]) > room {
        from += before[from..].chars().next().map_or(1, char::len_utf8);
    }
    let text = if line.text().is_empty() {
        hint
    } else {
        &whole[from..]
    };
    canvas.text(x, y, width, role, text);
    canvas.wash(area, role);
    Position::new(x + words::width(&before[from..]) as u16, y)
}
