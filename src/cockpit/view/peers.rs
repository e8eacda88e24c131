//! The list of peers: mark, glyph, name, word, age.

use super::canvas::{Bit, Canvas, Edge};
use super::words;
use crate::cockpit::action::Action;
use crate::cockpit::elsewhere;
use crate::cockpit::filter::{self, Over};
use crate::cockpit::layout::{self, WIDE};
use crate::cockpit::model::{Focus, Model, Peer};
use crate::cockpit::project;
use crate::core::state::Attention;
use ratatui::layout::Rect;

/// The room of a name before the program's title, where there is room for one.
const NAME: u16 = 15;

/// Draws it.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let focused = model.focus == Focus::Peers && model.page.is_none();
    let (border, title) = if focused {
        ("border.focused", "title.focused")
    } else {
        ("border", "title")
    };
    let rows = rows(model);
    let filter = filter_bits(model, Over::Peers);
    let count = match filter.is_empty() {
        true => String::new(),
        false => {
            let fit = filter::fitting(model, Over::Peers);
            format!("{fit} of {} ", model.peers.len())
        }
    };
    let inner = list(model, area);
    let first = first_row(model, &rows, inner.height.into());
    let more = match filter.is_empty() {
        true => below(rows.len(), first, inner.height),
        false => Vec::new(),
    };
    let edge = Edge {
        title: &[(title, format!(" Peers {count}"))],
        below: &filter,
        below_right: &more,
        ..Edge::default()
    };
    canvas.frame(area, border, edge);
    if model.peers.is_empty() {
        empty(model, canvas, layout::inside(area));
    }
    for (y, one) in (inner.y..inner.bottom()).zip(rows.into_iter().skip(first)) {
        let line = Rect {
            y,
            height: 1,
            ..inner
        };
        match one {
            Row::Head(root) => {
                let name = root.rsplit('/').find(|p| !p.is_empty()).unwrap_or("/");
                canvas.text(line.x + 1, y, line.width - 1, "text.soft", name);
            }
            Row::Peer(peer) => row(model, canvas, line, peer, focused),
            Row::Elsewhere(here) => elsewhere_head(model, canvas, line, here),
            Row::Found(peer) => found(model, canvas, line, peer, focused),
        }
    }
}

/// How many of `count` rows are out of sight below; empty where none are.
pub fn below(count: usize, first: usize, height: u16) -> Vec<Bit> {
    match count.saturating_sub(first + usize::from(height)) {
        0 => Vec::new(),
        n => vec![("text.dim", format!(" {n} more below "))],
    }
}

/// A line of the list.
enum Row<'m> {
    /// The repository of those below it.
    Head(&'m str),
    Peer(&'m Peer),
    /// Above those that were found elsewhere: how many of them stand below.
    Elsewhere(usize),
    Found(&'m Peer),
}

/// The lines of the list: a head above the peers of each repository where there are several.
fn rows(model: &Model) -> Vec<Row<'_>> {
    let peers = filter::peers(model);
    let of = |peer| project::of(&model.projects, peer);
    let one = peers.windows(2).all(|pair| of(pair[0]) == of(pair[1]));
    let mut rows = Vec::new();
    let mut last = None;
    for peer in peers {
        let project = of(peer);
        if !one && last.replace(project) != Some(project) {
            rows.push(Row::Head(project));
        }
        rows.push(Row::Peer(peer));
    }
    if !model.elsewhere.rows.is_empty() {
        let some = elsewhere::listed(model);
        rows.push(Row::Elsewhere(some.len()));
        rows.extend(some.into_iter().map(Row::Found));
    }
    rows
}

/// The lines of the list: below what is said where there is no peer.
fn list(model: &Model, area: Rect) -> Rect {
    let inner = layout::inside(area);
    let said = match (model.peers.is_empty(), layout::is_phone(model.size)) {
        (false, _) => 0,
        (true, false) => 2,
        (true, true) => 3,
    };
    let said = inner.height.min(said);
    Rect {
        y: inner.y + said,
        height: inner.height - said,
        ..inner
    }
}

/// Above the sessions found elsewhere: how many there are, and the key that lists all of them where
/// not all stand below.
fn elsewhere_head(model: &Model, canvas: &mut Canvas<'_>, line: Rect, here: usize) {
    let all = model.elsewhere.rows.len();
    let mut right: Vec<Bit> = Vec::new();
    if here < all {
        right.push(("text.dim", all.to_string()));
        let key = model.keymap.any_key(Action::Elsewhere);
        right.extend(key.map(|key| ("key", format!(" {key}"))));
    }
    let from = canvas.bits_right(line.right() - 1, line.y, line.width, &right);
    let room = from.saturating_sub(line.x + 2);
    let whole = "found elsewhere";
    let text = match words::width(whole) <= usize::from(room) {
        true => whole,
        false => "elsewhere",
    };
    canvas.text(line.x + 1, line.y, room, "text.soft", text);
}

/// One that was found elsewhere: the runtime and the directory are its name.
fn found(model: &Model, canvas: &mut Canvas<'_>, area: Rect, peer: &Peer, focused: bool) {
    let selected = model.peer_at.as_deref() == Some(peer.row.session.as_str());
    let (row, y) = (&peer.row, area.y);
    if selected {
        let role = match focused {
            true => "cursor.mark",
            false => "cursor.faint",
        };
        canvas.text(area.x, y, 1, role, "▸");
    }
    canvas.text(area.x + 1, y, 1, words::role(row.shown), "·");
    let age = words::coarse(model.now, peer.since);
    let age_at = area.right().saturating_sub(4);
    let wide = model.size.cols >= WIDE || layout::is_phone(model.size);
    let word_at = match wide && elsewhere::runs(peer) {
        true => age_at.saturating_sub(9),
        false => age_at,
    };
    let (x, name) = (area.x + 3, if selected { "text.strong" } else { "text" });
    let place = row.cwd.rsplit('/').find(|part| !part.is_empty());
    let bits = [
        (name, row.runtime.clone()),
        ("text.dim", format!(" {}", place.unwrap_or("/"))),
    ];
    canvas.bits(x, y, word_at.saturating_sub(x + 1), &bits);
    if word_at < age_at {
        canvas.text(
            word_at,
            y,
            8,
            words::role(row.shown),
            words::word(row.shown),
        );
    }
    canvas.bits_right(area.right() - 1, y, 4, &[("text.dim", age)]);
    if selected && focused {
        canvas.wash(area, "cursor");
    }
}

/// What is typed over a list, and how all of it is shown again; empty where nothing is.
pub fn filter_bits(model: &Model, over: Over) -> Vec<Bit> {
    let editing = model.filters.editing == Some(over);
    if !editing && !model.filters.on(over) {
        return Vec::new();
    }
    let line = model.filters.line(over);
    // What is typed stays in sight, in the narrowest list too.
    let room = if over == Over::Peers { 14 } else { 22 };
    let text = match editing {
        true => format!("/{}_", words::end(line.text(), room)),
        false => format!("/{}", line.text()),
    };
    let mut bits = vec![("match", format!(" {text} "))];
    // While it is typed over a panel the last row of the screen says the keys.
    if !editing || over == Over::Elsewhere {
        bits.extend([("key", " esc".to_owned()), ("key.doc", " all ".to_owned())]);
    }
    bits
}

fn row(model: &Model, canvas: &mut Canvas<'_>, area: Rect, peer: &Peer, focused: bool) {
    let selected = model.peer_at.as_deref() == Some(peer.row.session.as_str());
    let shown = peer.row.shown;
    let age = words::age(model.now, peer.since);
    let wide = model.size.cols >= WIDE || layout::is_phone(model.size);
    let word = match peer.row.attention {
        Attention::Snoozed => "snoozed",
        _ if model.retires(peer) => "retiring",
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
    let room = word_at.saturating_sub(x + 1);
    let named = match peer.row.tag {
        Some(tag) => {
            let name = room.saturating_sub(2);
            let text = words::name(peer.name(), name.into());
            let used = canvas.text(x, y, name, name_role, &text);
            // A letter too: the colour alone says nothing on a terminal without colours.
            canvas.text(x + used + 1, y, 1, words::tag(tag), &tag.word()[..1]);
            true
        }
        None => false,
    };
    if !named {
        let text = words::name(peer.name(), room.into());
        canvas.text(x, y, room, name_role, &text);
    }
    if wide {
        let at = x + NAME.max(words::width(peer.name()) as u16 + 2);
        let title = peer.row.title.as_deref().filter(|t| !t.is_empty());
        if let (Some(title), true) = (title, word_at > at + NAME) {
            let title = format!("“{title}”");
            canvas.text(at, y, word_at - at - 2, "text.dim", &title);
        }
        canvas.text(word_at, y, 8, words::role(shown), word);
    }
    canvas.bits_right(area.right() - 1, y, 4, &[("text.dim", age)]);
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
    // Where there is room for a pane it says so there.
    let alone = layout::is_phone(model.size) && model.told;
    let key = model.keymap.any_key(Action::New).filter(|_| alone);
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

/// The first line on the screen: as high as the cursor allows.
fn first_row(model: &Model, rows: &[Row<'_>], height: usize) -> usize {
    let session = |row: &Row<'_>| match row {
        Row::Peer(peer) | Row::Found(peer) => Some(peer.row.session.clone()),
        Row::Head(_) | Row::Elsewhere(_) => None,
    };
    let at = rows
        .iter()
        .position(|row| model.peer_at.is_some() && session(row) == model.peer_at);
    words::first_row(at.unwrap_or(0), rows.len(), height)
}

/// The session on screen row `row` of the list in `area`.
pub fn at_row(model: &Model, area: Rect, row: u16) -> Option<String> {
    let inner = list(model, area);
    let at = usize::from(row.checked_sub(inner.y).filter(|r| *r < inner.height)?);
    let rows = rows(model);
    match rows.get(first_row(model, &rows, inner.height.into()) + at)? {
        Row::Peer(peer) | Row::Found(peer) => Some(peer.row.session.clone()),
        Row::Head(_) | Row::Elsewhere(_) => None,
    }
}
