//! Everything that can be done, by a few letters.

use super::place;
use crate::cockpit::line::Line;
use crate::cockpit::model::Model;
use crate::cockpit::palette;
use crate::cockpit::view::canvas::{Bit, Canvas};
use crate::cockpit::view::{input, words};
use ratatui::layout::{Position, Rect};

/// Draws the typed line and what it finds; gives back its cursor, and which row the list is at.
pub fn draw(
    model: &Model,
    canvas: &mut Canvas<'_>,
    inner: Rect,
    line: &Line,
    at: usize,
) -> (Position, Vec<Bit>) {
    let cursor = input::draw(
        canvas,
        inner.x + 1,
        inner.y,
        inner.width.saturating_sub(2),
        line,
        "type a few letters",
    );
    let rows = palette::rows(model);
    let list = Rect {
        y: inner.y + 2,
        height: inner.height.saturating_sub(2),
        ..inner
    };
    if rows.is_empty() {
        canvas.text(
            list.x + 1,
            list.y,
            list.width,
            "text.dim",
            "nothing is called like that",
        );
    }
    let at = at.min(rows.len().saturating_sub(1));
    let first = words::first_row(at, rows.len(), list.height.into());
    for (n, (y, row)) in (list.y..list.bottom())
        .zip(rows.iter().skip(first))
        .enumerate()
    {
        let chosen = n + first == at;
        if chosen {
            canvas.text(list.x, y, 1, "cursor.mark", "▸");
        }
        let role = if row.disabled.is_some() {
            "key.disabled"
        } else {
            "text"
        };
        let key = row.key.clone().unwrap_or_default();
        let from = canvas.bits_right(list.right().saturating_sub(1), y, 12, &[("key", key)]);
        let room = from.saturating_sub(list.x + 3);
        let why = row.disabled.as_ref().map(|why| format!(" ({why})"));
        let whole = format!("{}{}", row.text, why.unwrap_or_default());
        let text = row.text.chars().count();
        // Cut as one: letter by letter nothing would say that there is more.
        let shown = words::cut(&whole, room.into());
        let bits: Vec<Bit> = (shown.chars().enumerate())
            .map(|(i, c)| {
                let role = match row.found.contains(&i) {
                    true => "match",
                    false if i >= text => "key.disabled",
                    false => role,
                };
                (role, c.to_string())
            })
            .collect();
        canvas.bits(list.x + 2, y, room, &bits);
        if chosen {
            canvas.wash(
                Rect {
                    y,
                    height: 1,
                    ..list
                },
                "cursor",
            );
        }
    }
    (cursor, place(at, rows.len(), list.height))
}
