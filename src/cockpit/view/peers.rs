//! The list of peers: mark, glyph, name, word, age.

use super::canvas::{Canvas, Edge};
use super::words;
use crate::cockpit::action::Action;
use crate::cockpit::layout::{self, WIDE};
use crate::cockpit::model::{Focus, Model, Peer};
use crate::core::state::Attention;
use ratatui::layout::Rect;

/// Draws it.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let focused = model.focus == Focus::Peers && model.page.is_none();
    let (border, title) = if focused {
        ("border.focused", "title.focused")
    } else {
        ("border", "title")
    };
    let edge = Edge {
        title: &[(title, " Peers ".into())],
        ..Edge::default()
    };
    canvas.frame(area, border, edge);
    let inner = layout::inside(area);
    if model.peers.is_empty() {
        return empty(model, canvas, inner);
    }
    let first = first_row(model, inner.height.into());
    for (y, peer) in (inner.y..inner.bottom()).zip(model.peers.iter().skip(first)) {
        row(
            model,
            canvas,
            Rect {
                y,
                height: 1,
                ..inner
            },
            peer,
            focused,
        );
    }
}

fn row(model: &Model, canvas: &mut Canvas<'_>, area: Rect, peer: &Peer, focused: bool) {
    let selected = model.peer_at.as_deref() == Some(peer.row.session.as_str());
    let shown = peer.row.shown;
    let age = words::age(model.now, peer.since);
    let wide = model.size.cols >= WIDE || layout::is_phone(model.size);
    let word = match peer.row.attention {
        Attention::Snoozed => "snoozed",
        _ => words::word(shown),
    };
    let y = area.y;
    let mut x = area.x;
    if selected {
        let role = if focused {
            "cursor.mark"
        } else {
            "cursor.faint"
        };
        canvas.text(x, y, 1, role, "▸");
    }
    x += 1;
    canvas.text(x, y, 1, words::role(shown), words::glyph(shown));
    x += 2;
    let age_at = area.right().saturating_sub(4);
    let word_at = if wide {
        age_at.saturating_sub(9)
    } else {
        age_at
    };
    let name_role = if selected { "text.strong" } else { "text" };
    canvas.text(x, y, word_at.saturating_sub(x + 1), name_role, peer.name());
    if wide {
        canvas.text(word_at, y, 8, words::role(shown), word);
    }
    canvas.bits_right(area.right(), y, 4, &[("text.dim", age)]);
    if selected && focused {
        canvas.wash(area, "cursor");
    }
}

fn empty(model: &Model, canvas: &mut Canvas<'_>, inner: Rect) {
    let text = if model.told {
        "none yet"
    } else {
        "asking the daemon"
    };
    canvas.text(
        inner.x + 1,
        inner.y,
        inner.width.saturating_sub(1),
        "text.dim",
        text,
    );
    let key = model.keymap.any_key(Action::New).filter(|_| model.told);
    if let (Some(key), true) = (key, inner.height > 1) {
        let bits = [("key", key), ("text.dim", " starts one".into())];
        canvas.bits(
            inner.x + 1,
            inner.y + 1,
            inner.width.saturating_sub(1),
            &bits,
        );
    }
}

/// The first row on the screen: as high as the cursor allows.
fn first_row(model: &Model, height: usize) -> usize {
    let at = model
        .peers
        .iter()
        .position(|p| model.peer_at.as_deref() == Some(p.row.session.as_str()));
    words::first_row(at.unwrap_or(0), model.peers.len(), height)
}

/// The session on screen row `row` of the list in `area`.
pub fn at_row(model: &Model, area: Rect, row: u16) -> Option<String> {
    let inner = layout::inside(area);
    let at = usize::from(row.checked_sub(inner.y).filter(|r| *r < inner.height)?);
    let peer = model
        .peers
        .get(first_row(model, inner.height.into()) + at)?;
    Some(peer.row.session.clone())
}
