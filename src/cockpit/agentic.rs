//! The layout for an evening of many agents: the requests first and whole, the peers on one line,
//! the pane of the peer that asks below.

use super::layout::{self, Areas};
use super::model::{Focus, Model, Size};
use super::{inbox, tiling};
use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};

/// How the screen is shared between requests, peers and panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Peers and panes, with the requests in a drawer.
    #[default]
    Classic,
    /// Requests first.
    Agentic,
}

/// The rows of the peers.
const STRIP: u16 = 1;

/// Whether this layout is in force: with room for one panel at a time, or for the pane alone, all
/// layouts are one.
pub fn on(model: &Model) -> bool {
    model.layout == Layout::Agentic
        && model.attach.is_none()
        && !model.zoom
        && !layout::is_phone(model.size)
}

/// The rows of the panes: two fifths; none where the requests would have too little.
fn below(size: Size) -> u16 {
    let rows = size.rows.saturating_sub(2 + STRIP);
    match (rows * 2 / 5).max(tiling::LEAST.rows) {
        pane if rows >= pane + tiling::LEAST.rows / 2 => pane,
        _ => 0,
    }
}

/// What the panes have in a terminal of `size`.
pub fn room(size: Size) -> Size {
    Size {
        cols: size.cols,
        rows: below(size),
    }
}

/// Puts everything but header and footer into `body`; gives back what is left for panes.
pub fn places(model: &Model, body: Rect, areas: &mut Areas) -> Option<Rect> {
    areas.strip = Some(Rect {
        height: STRIP,
        ..body
    });
    let rest = Rect {
        y: body.y + STRIP,
        height: body.height - STRIP,
        ..body
    };
    let below = below(model.size);
    if below == 0 && model.focus == Focus::Pane {
        return Some(rest);
    }
    let above = Rect {
        height: rest.height - below,
        ..rest
    };
    (areas.inbox, areas.detail) = inbox::places(model, above);
    if model.asks.is_empty() {
        // Nothing waits: what the peers have come to stands there instead.
        areas.peers = areas.detail.take();
    }
    let panes = Rect {
        y: above.bottom(),
        height: below,
        ..rest
    };
    (below > 0).then_some(panes)
}

/// Keeps the pane with the request under the cursor while the keys go there.
pub fn follow(model: &mut Model) {
    if !on(model) || model.focus != Focus::Inbox {
        model.panes.asked = None;
        return;
    }
    if model.panes.asked == model.ask_at {
        return;
    }
    model.panes.asked.clone_from(&model.ask_at);
    let session = model.ask().map(|ask| ask.row.session.clone());
    let known = |s: &String| model.peers.iter().any(|p| p.row.session == *s);
    if let Some(session) = session.filter(known) {
        model.peer_at = Some(session);
    }
}

/// Takes the other layout.
pub fn turn(model: &mut Model) {
    model.zoom = false;
    model.layout = match model.layout {
        Layout::Classic => Layout::Agentic,
        Layout::Agentic => Layout::Classic,
    };
    model.inbox = inbox::Inbox::default();
    if model.layout == Layout::Agentic && !model.asks.is_empty() {
        model.focus = Focus::Inbox;
    } else if model.layout == Layout::Classic {
        model.focus = Focus::Peers;
    }
    if layout::is_phone(model.size) {
        let least = layout::PHONE;
        model.tell(format!(
            "requests first needs {least} columns, not {}",
            model.size.cols
        ));
    }
}
