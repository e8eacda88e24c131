//! The inbox: one line a request, with the keys that answer it.

pub mod detail;
pub mod screen;

use super::canvas::{Bit, Canvas, Edge};
use super::peers::{below, filter_bits};
use super::{commands, words};
use crate::cockpit::filter::{self, Over};
use crate::cockpit::inbox::{beside, no_effect};
use crate::cockpit::layout;
use crate::cockpit::model::{Ask, Focus, Model};
use crate::core::ask::{AskKind, AskState, Risk};
use ratatui::layout::Rect;

/// The widths of the columns, without the blanks between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Columns {
    pub peer: usize,
    pub verb: usize,
    pub object: usize,
    pub tail: usize,
    /// Whether the end of a row is said in its last word.
    pub short: bool,
}

/// The columns in `width` cells.
pub fn columns(model: &Model, width: u16) -> Columns {
    let longest = |f: &dyn Fn(&Ask) -> usize| model.asks.iter().map(f).max().unwrap_or(0);
    let width = usize::from(width);
    let peer = longest(&|a| words::width(&a.row.peer)).clamp(4, (width / 5).clamp(7, 16));
    let verb = longest(&|a| words::width(verb(a)));
    let tails = |short| longest(&|a| words::width(&tail(model, a, short)));
    // Beside a request that is shown whole there is room for the last word only.
    let short = beside(model) || tails(false) > width / 3;
    let tail = tails(short).min(width / 2);
    let object = width.saturating_sub(2 + peer + 1 + verb + 1 + 2 + tail + 1);
    Columns {
        peer,
        verb,
        object,
        tail,
        short,
    }
}

/// What is asked for, in a word.
fn verb(ask: &Ask) -> &'static str {
    match ask.row.kind {
        AskKind::Start => "start",
        _ => words::verb(ask.row.verb),
    }
}

/// What stands at the end of a row: how long it waits, or what has become of it.
fn tail(model: &Model, ask: &Ask, short: bool) -> String {
    match words::decided(model.now, ask) {
        Some(text) if short => match text.split_once(", ") {
            Some((_, last)) => last.to_owned(),
            None => text,
        },
        Some(text) => text,
        None => words::age(model.now, ask.asked),
    }
}

/// Draws it.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let focused = model.focus == Focus::Inbox && model.page.is_none() && !model.inbox.reading;
    let (border, title) = if focused {
        ("border.focused", "title.focused")
    } else {
        ("border.ask", "title")
    };
    let rows = filter::asks(model);
    let filter = filter_bits(model, Over::Inbox);
    let text = match (filter.is_empty(), model.open_asks()) {
        (false, all) => {
            let fit = filter::fitting(model, Over::Inbox);
            format!(" Inbox {fit} of {all} ")
        }
        (true, 0) => " Inbox ".to_owned(),
        (true, n) => format!(" Inbox {n} "),
    };
    let title: Vec<Bit> = [(title, text)].into_iter().chain(filter).collect();
    let keys = screen::keys(model);
    let inner = layout::inside(area);
    let first = first_row(model, inner.height.into());
    let more = below(rows.len(), first, inner.height);
    let edge = Edge {
        below_right: &more,
        title: &title,
        below: if commands(model) { &keys } else { &[] },
        ..Edge::default()
    };
    canvas.frame(area, border, edge);
    if model.asks.is_empty() {
        let text = "nothing waits for you; requests of your peers come here";
        let lines = words::wrap(text, inner.width.saturating_sub(2).into());
        for (y, line) in (inner.y..inner.bottom()).zip(lines) {
            canvas.text(inner.x + 1, y, inner.width - 1, "text.dim", &line);
        }
        return;
    }
    let columns = columns(model, inner.width);
    for (y, ask) in (inner.y..inner.bottom()).zip(rows.into_iter().skip(first)) {
        row(
            model,
            canvas,
            Rect {
                y,
                height: 1,
                ..inner
            },
            ask,
            columns,
            focused,
        );
    }
}

fn row(
    model: &Model,
    canvas: &mut Canvas<'_>,
    area: Rect,
    ask: &Ask,
    columns: Columns,
    focused: bool,
) {
    let selected = model.ask_at.as_deref() == Some(ask.row.id.as_str());
    let over = ask.gone.is_some();
    let high = ask.row.risk == Risk::High;
    let y = area.y;
    if selected {
        let role = if model.focus == Focus::Pane {
            "cursor.faint"
        } else {
            "cursor.mark"
        };
        canvas.text(area.x, y, 1, role, "▸");
    }
    if high && !over {
        canvas.text(area.x + 1, y, 1, "risk.high", "!");
    }
    let (peer, object) = (columns.peer as u16, columns.object as u16);
    let mut x = area.x + 2;
    let role = |open: &'static str| if over { "text.gone" } else { open };
    let name = words::name(&ask.row.peer, peer.into());
    canvas.text(x, y, peer, role("text.strong"), &name);
    x += peer + 1;
    let verb_role = if high { "risk.high" } else { "risk" };
    canvas.text(x, y, columns.verb as u16, role(verb_role), verb(ask));
    x += columns.verb as u16 + 1;
    canvas.text(x, y, object, role("text.code"), &one_line(&ask.row.object));
    let stuck = ask.row.state == AskState::Decided || no_effect(model.now, ask).is_some();
    let tail_role = match words::decided(model.now, ask) {
        Some(_) if stuck => "notice.bad",
        Some(_) => "notice",
        None => "text.dim",
    };
    let tail = tail(model, ask, columns.short);
    canvas.bits_right(
        area.right().saturating_sub(1),
        y,
        columns.tail as u16,
        &[(role(tail_role), tail)],
    );
    if selected && focused {
        canvas.wash(area, "cursor");
    }
}

/// The first line of a text, with an ellipsis when there are more.
fn one_line(text: &str) -> String {
    match text.trim_end().split_once('\n') {
        Some((first, _)) => format!("{} …", first.trim_end()),
        None => text.to_owned(),
    }
}

fn first_row(model: &Model, height: usize) -> usize {
    let rows = filter::asks(model);
    let at = |a: &&Ask| model.ask_at.as_deref() == Some(a.row.id.as_str());
    let at = rows.iter().position(at);
    words::first_row(at.unwrap_or(0), rows.len(), height)
}

/// The request on screen row `row` of the inbox in `area`.
pub fn at_row(model: &Model, area: Rect, row: u16) -> Option<String> {
    let inner = layout::inside(area);
    let at = usize::from(row.checked_sub(inner.y).filter(|r| *r < inner.height)?);
    let rows = filter::asks(model);
    let ask = rows.get(first_row(model, inner.height.into()) + at)?;
    Some(ask.row.id.clone())
}
