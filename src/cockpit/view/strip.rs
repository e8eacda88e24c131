//! The peers on one line, those that need the operator first.

use super::canvas::{Bit, Canvas};
use super::words;
use crate::cockpit::filter;
use crate::cockpit::layout;
use crate::cockpit::model::{Model, Peer};
use ratatui::layout::Rect;

/// What one peer takes.
fn item(model: &Model, peer: &Peer) -> Vec<Bit> {
    let shown = peer.row.shown;
    let name = match model.peer_at.as_ref() == Some(&peer.row.session) {
        true => "text.strong",
        false => "text.soft",
    };
    let mut bits = vec![
        (words::role(shown), words::glyph(shown).to_owned()),
        (name, format!(" {}", words::clean(peer.name()))),
    ];
    if !layout::is_phone(model.size) {
        let age = words::age(model.now, peer.since);
        bits.push((words::role(shown), format!(" {}", words::word(shown))));
        bits.push(("text.dim", format!(" {age}")));
    }
    let gap = if layout::is_phone(model.size) { 2 } else { 4 };
    if let Some((_, last)) = bits.last_mut() {
        last.push_str(&" ".repeat(gap));
    }
    bits
}

fn width(bits: &[Bit]) -> usize {
    bits.iter().map(|(_, text)| words::width(text)).sum()
}

/// The items that are shown, from the first one that lets the selected peer be among them.
fn shown(model: &Model, room: usize) -> (usize, Vec<Vec<Bit>>) {
    let peers = filter::peers(model);
    let items: Vec<Vec<Bit>> = peers.iter().map(|p| item(model, p)).collect();
    let at = |p: &&Peer| model.peer_at.as_ref() == Some(&p.row.session);
    let selected = peers.iter().position(at).unwrap_or(0);
    let (mut first, mut used) = (selected, 0);
    for i in (0..=selected).rev() {
        used += items.get(i).map_or(0, |item| width(item));
        if used > room.saturating_sub(2) && i < selected {
            break;
        }
        first = i;
    }
    (first, items.into_iter().skip(first).collect())
}

/// The cells before the first item: an ellipsis where peers are out of sight there.
fn margin(first: usize) -> u16 {
    if first > 0 { 3 } else { 1 }
}

/// Draws it.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let room = area.width.saturating_sub(2);
    let (first, items) = shown(model, room.into());
    let mut bits: Vec<Bit> = items.into_iter().flatten().collect();
    if let Some((_, last)) = bits.last_mut() {
        last.truncate(last.trim_end().len());
    }
    let total = width(&bits);
    let margin = margin(first);
    let room = room.saturating_sub(margin - 1);
    let used = canvas.bits(area.x + margin, area.y, room, &bits);
    if total > usize::from(room) && used >= room {
        canvas.text(area.x + margin + room - 1, area.y, 1, "text.dim", "…");
    }
    if first > 0 {
        canvas.text(area.x + 1, area.y, 1, "text.dim", "…");
    }
}

/// The session at column `col` of the line in `area`.
pub fn at_col(model: &Model, area: Rect, col: u16) -> Option<String> {
    let (first, items) = shown(model, area.width.saturating_sub(2).into());
    let mut end = usize::from(area.x + margin(first));
    let hit = items.iter().position(|item| {
        end += width(item);
        usize::from(col) < end
    })?;
    let peer = *filter::peers(model).get(first + hit)?;
    Some(peer.row.session.clone())
}
