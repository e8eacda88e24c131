//! The sessions that were found elsewhere, a row each.

use super::place;
use crate::cockpit::elsewhere;
use crate::cockpit::filter::{self, Over};
use crate::cockpit::model::{Model, Peer};
use crate::cockpit::view::canvas::{Bit, Canvas};
use crate::cockpit::view::peers::filter_bits;
use crate::cockpit::view::words;
use crate::core::text::short_id;
use ratatui::layout::Rect;

/// From this width on a row has its model too.
const ROOMY: u16 = 110;
/// Below this width it has no id: how it began tells more.
const MIDDLE: u16 = 90;
/// Below this width little is said of its place.
const NARROW: u16 = 70;

/// How many there are, and how many of them fit what is typed.
pub fn title(model: &Model) -> String {
    let all = model.elsewhere.rows.len();
    match filter::fitting(model, Over::Elsewhere) {
        fit if model.filters.on(Over::Elsewhere) => format!(" Found elsewhere {fit} of {all} "),
        _ if all > 0 => format!(" Found elsewhere {all} "),
        _ => " Found elsewhere ".to_owned(),
    }
}

/// What is typed over them.
pub fn filter(model: &Model) -> Vec<Bit> {
    filter_bits(model, Over::Elsewhere)
}

/// Draws them, with what could not be looked through below; gives back which row the list is at.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, inner: Rect) -> Vec<Bit> {
    let rows = elsewhere::shown(model);
    let gaps = &model.elsewhere.gaps;
    let below = (gaps.len() as u16).min(inner.height / 3);
    let list = Rect {
        height: inner.height - below,
        ..inner
    };
    if rows.is_empty() {
        empty(model, canvas, list);
    }
    let at = |p: &&Peer| model.peer_at.as_deref() == Some(p.row.session.as_str());
    let at = rows.iter().position(at);
    let first = words::first_row(at.unwrap_or(0), rows.len(), list.height.into());
    for (n, (y, peer)) in (list.y..list.bottom())
        .zip(rows.iter().skip(first))
        .enumerate()
    {
        let line = Rect {
            y,
            height: 1,
            ..list
        };
        let chosen = Some(n + first) == at;
        if chosen {
            canvas.text(line.x, y, 1, "cursor.mark", "▸");
        }
        row(model, canvas, line, peer);
        if chosen {
            canvas.wash(line, "cursor");
        }
    }
    for (y, gap) in (list.bottom()..inner.bottom()).zip(gaps) {
        canvas.text(
            inner.x + 1,
            y,
            inner.width.saturating_sub(2),
            "notice.bad",
            gap,
        );
    }
    place(at.unwrap_or(0), rows.len(), list.height)
}

fn row(model: &Model, canvas: &mut Canvas<'_>, line: Rect, peer: &Peer) {
    let row = &peer.row;
    let id = short_id(&row.session);
    let role = words::role(row.shown);
    let words_of = |text: &str, cells: usize| {
        let text = words::cut(text, cells);
        let pad = cells.saturating_sub(words::width(&text));
        text + &" ".repeat(pad + 2)
    };
    let place = words::path(&row.cwd, &model.home);
    let mut bits: Vec<Bit> = vec![
        (role, format!("· {}", words_of(state(peer), 7))),
        (
            "text.dim",
            format!("{:>3}  ", words::coarse(model.now, peer.since)),
        ),
        ("text.strong", words_of(&row.runtime, 8)),
    ];
    if line.width >= MIDDLE {
        bits.push(("text.dim", words_of(&id, 8)));
    }
    if line.width >= ROOMY {
        bits.push((
            "text.soft",
            words_of(row.model.as_deref().unwrap_or("-"), 16),
        ));
    }
    let cells = if line.width >= NARROW { 24 } else { 12 };
    bits.push(("text.soft", words_of(&tail(&place, cells), cells)));
    if let Some(title) = row.title.as_deref().filter(|title| !title.is_empty()) {
        bits.push(("text", format!("“{}”", words::clean(title))));
    }
    canvas.bits(line.x + 1, line.y, line.width.saturating_sub(2), &bits);
}

/// The word of its state: of one that nothing runs of, that it is over.
fn state(peer: &Peer) -> &'static str {
    match elsewhere::runs(peer) {
        true => words::word(peer.row.shown),
        false => "over",
    }
}

/// The end of a path, which tells most.
fn tail(path: &str, cells: usize) -> String {
    let width = words::width(path);
    if width <= cells {
        return path.to_owned();
    }
    let mut kept = String::new();
    for c in path.chars().rev() {
        if words::width(&kept) + 2 > cells {
            break;
        }
        kept.insert(0, c);
    }
    format!("…{kept}")
}

fn empty(model: &Model, canvas: &mut Canvas<'_>, list: Rect) {
    let text = match (model.elsewhere.told, model.filters.on(Over::Elsewhere)) {
        (false, _) => "looking through what the agent CLIs keep",
        (true, true) => "nothing is like that",
        (true, false) => {
            "none: an agent CLI that you start by hand, in any terminal, shows up here to be read"
        }
    };
    let lines = words::wrap(text, list.width.saturating_sub(2).into());
    for (y, text) in (list.y..list.bottom()).zip(lines) {
        canvas.text(list.x + 1, y, list.width, "text.dim", &text);
    }
}
