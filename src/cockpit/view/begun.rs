//! How a run of keys that has begun can go on.

use super::canvas::{Bit, Canvas, Edge};
use super::words;
use crate::cockpit::layout::Areas;
use crate::cockpit::model::Model;
use ratatui::layout::Rect;

/// Draws the keys that may come next over a corner, and gives back which.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, areas: &Areas) -> Option<Rect> {
    if model.begun.is_empty() {
        return None;
    }
    let rest = model.keymap.continuations(model.section(), &model.begun);
    let wide = rest.iter().map(|(keys, _)| words::width(keys)).max()?;
    let lines: Vec<Vec<Bit>> = rest
        .iter()
        .map(|(keys, action)| {
            vec![
                ("key", format!(" {keys:>wide$}  ")),
                ("text.soft", format!("{} ", action.row().doc)),
            ]
        })
        .collect();
    let inner = lines
        .iter()
        .map(|line| line.iter().map(|(_, text)| words::width(text)).sum());
    let inner: usize = inner.max()?;
    let room = match (areas.page, areas.footer) {
        (Some(page), _) => page,
        (None, footer) => {
            let below = footer.map_or(0, |f| f.height);
            let all = canvas.area();
            Rect {
                height: all.height.saturating_sub(below),
                ..all
            }
        }
    };
    let fit = |wanted: usize, most: u16| u16::try_from(wanted + 2).unwrap_or(most).min(most);
    let (width, height) = (
        fit(inner.max(12), room.width),
        fit(lines.len(), room.height),
    );
    let area = Rect::new(room.right() - width, room.bottom() - height, width, height);
    canvas.clear(area);
    let begun: Vec<String> = model.begun.iter().map(ToString::to_string).collect();
    let edge = Edge {
        title: &[("key", format!(" {} ", begun.join(" ")))],
        below: &[("key", " esc".into()), ("key.doc", " back ".into())],
        ..Edge::default()
    };
    canvas.frame(area, "border.page", edge);
    for (y, line) in (area.y + 1..area.bottom().saturating_sub(1)).zip(&lines) {
        canvas.bits(area.x + 1, y, area.width.saturating_sub(2), line);
    }
    Some(area)
}
