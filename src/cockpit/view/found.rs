//! What stands where a pane would be while a session found elsewhere is selected.

use super::canvas::{Bit, Canvas};
use super::words;
use crate::cockpit::action::Action;
use crate::cockpit::elsewhere;
use crate::cockpit::model::{Model, Peer};
use ratatui::layout::Rect;

/// The cells of a label.
const LABEL: usize = 9;

/// Draws what is known of it, and what can be done with it.
pub fn card(model: &Model, canvas: &mut Canvas<'_>, area: Rect, peer: &Peer) {
    let width = area.width.saturating_sub(4).into();
    let mut lines = lines(model, peer, width);
    let keys = keys(model, peer, width);
    // Where there is no room for all of them the last row of the screen says them.
    if lines.len() + keys.len() <= area.height.into() {
        lines.extend(keys);
    }
    let from = area.y + area.height.saturating_sub(lines.len() as u16) / 3;
    for (y, line) in (from..area.bottom()).zip(&lines) {
        canvas.bits(area.x + 2, y, area.width.saturating_sub(4), line);
    }
}

fn lines(model: &Model, peer: &Peer, width: usize) -> Vec<Vec<Bit>> {
    let row = &peer.row;
    let called = elsewhere::called(peer);
    let how = "started by hand, in another terminal";
    let mut out = match words::width(&called) + words::width(how) + 2 <= width {
        true => vec![vec![
            ("text.strong", called),
            ("text.soft", format!(": {how}")),
        ]],
        false => vec![
            vec![("text.strong", called)],
            vec![("text.soft", how.to_owned())],
        ],
    };
    out.push(vec![]);
    let mut said = |label: &str, role: &'static str, text: &str| {
        let lines = words::wrap(text, width.saturating_sub(LABEL));
        for (n, line) in lines.into_iter().take(4).enumerate() {
            let label = if n == 0 { label } else { "" };
            out.push(vec![("text.dim", format!("{label:<LABEL$}")), (role, line)]);
        }
    };
    if let Some(title) = row.title.as_deref().filter(|title| !title.is_empty()) {
        said("began", "text", &format!("“{title}”"));
    }
    let state = match elsewhere::runs(peer) {
        true => words::word(row.shown).to_owned(),
        false => "over".to_owned(),
    };
    let why = row.evidence.as_ref().map(|why| why.text.as_str());
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    said("state", words::role(row.shown), &format!("{state}{why}"));
    said("written", "text", &words::when(model, peer.since));
    if let Some(model) = &row.model {
        said("model", "text", model);
    }
    said("in", "text", &words::path(&row.cwd, &model.home));
    said("id", "text.soft", &row.session);
    out
}

/// What can be done with it.
fn keys(model: &Model, peer: &Peer, width: usize) -> Vec<Vec<Bit>> {
    let mut out = vec![vec![]];
    let keys = &model.keymap;
    let rows = [
        (
            Action::Open,
            match elsewhere::runs(peer) {
                true => "reads its conversation, live",
                false => "reads its conversation",
            },
        ),
        (
            Action::Import,
            "makes a peer of yours that goes on from it; this one stays as it is",
        ),
        (Action::Elsewhere, "lists all that were found"),
    ];
    for (action, text) in rows {
        let Some(key) = keys.any_key(action) else {
            continue;
        };
        for (n, line) in words::wrap(text, width.saturating_sub(LABEL))
            .into_iter()
            .enumerate()
        {
            let key = if n == 0 { key.as_str() } else { "" };
            out.push(vec![("key", format!("{key:<LABEL$}")), ("text.soft", line)]);
        }
    }
    out
}
