//! The line at the bottom: what just happened, or the keys that matter here.

use super::canvas::{Bit, Canvas};
use super::{commands, copy, pane, words};
use crate::cockpit::act::disabled;
use crate::cockpit::action::Action;
use crate::cockpit::copying::Copying;
use crate::cockpit::elsewhere;
use crate::cockpit::layout;
use crate::cockpit::model::{Focus, Model};
use crate::cockpit::view::words::glyph;
use crate::core::state::Shown;
use ratatui::layout::{Position, Rect};

/// Draws it; gives back where the cursor of what is typed in it is.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    if let Some(copying) = &model.copying.open {
        return copy::footer(model, copying, canvas, area);
    }
    if model.attach.is_some() {
        attached(model, canvas, area);
        return None;
    }
    let typing = model.focus == Focus::Pane && model.page.is_none();
    // What happened has the whole line where it needs it.
    let long = |text: &str| words::width(text) + 2 > usize::from(area.width) * 2 / 3;
    let right = match &model.notice {
        Some(notice) if long(&notice.text) => Vec::new(),
        _ if typing => vec![("key.doc", format!("{0} {0} sends it", model.keymap.leave()))],
        // A page has keys of its own, in its frame.
        _ if !commands(model) => Vec::new(),
        _ => hints(model, &[Action::Help, Action::Palette]),
    };
    let from = canvas.bits_right(
        area.right().saturating_sub(1),
        area.y,
        area.width / 2,
        &right,
    );
    let room = from.saturating_sub(area.x + 2);
    let left = match &model.notice {
        Some(notice) => {
            let role = if notice.bad { "notice.bad" } else { "notice" };
            vec![(role, notice.text.clone())]
        }
        None if typing && model.down.is_some() => {
            vec![(
                "notice.bad",
                "keys go nowhere until there is a daemon".into(),
            )]
        }
        None if typing => {
            let name = model
                .peer()
                .map(|p| p.name().to_owned())
                .unwrap_or_default();
            vec![("text.dim", format!("every key goes to {name}"))]
        }
        None if model.filters.editing.is_some() && model.page.is_none() => vec![
            ("key", "⏎".into()),
            ("key.doc", " keep".into()),
            ("key", "   esc".into()),
            ("key.doc", " all".into()),
        ],
        None if !commands(model) => Vec::new(),
        None => fitting(hints(model, actions(model)), room),
    };
    canvas.bits(area.x + 1, area.y, room, &left);
    None
}

/// So many lines are taken by what happened at most.
const MOST: u16 = 4;

/// What happened where it needs more than the line: its lines, and the place above the line and on it.
pub fn raised(model: &Model, footer: Rect) -> Option<(Rect, Vec<String>)> {
    let typed = |c: &Copying| c.typing.is_some();
    // How a run of keys goes on is told before what happened.
    if !model.begun.is_empty() {
        return None;
    }
    if model.attach.is_some() || model.copying.open.as_deref().is_some_and(typed) {
        return None;
    }
    let notice = model.notice.as_ref()?;
    let width = usize::from(footer.width.saturating_sub(2));
    let mut lines = words::wrap(&notice.text, width);
    let most = usize::from(MOST.min(footer.y));
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).concat();
        lines.push(words::cut(&rest, width));
    }
    let height = u16::try_from(lines.len()).ok().filter(|n| *n > 1)?;
    let y = footer.bottom() - height;
    Some((
        Rect {
            y,
            height,
            ..footer
        },
        lines,
    ))
}

/// Draws that.
pub fn raise(model: &Model, canvas: &mut Canvas<'_>, area: Rect, lines: &[String]) {
    canvas.clear(area);
    let bad = model.notice.as_ref().is_some_and(|notice| notice.bad);
    let role = if bad { "notice.bad" } else { "notice" };
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        canvas.text(area.x + 1, y, area.width.saturating_sub(1), role, line);
    }
}

fn actions(model: &Model) -> &'static [Action] {
    match (model.focus, model.peers.is_empty()) {
        (Focus::Pane, _) => &[],
        (Focus::Inbox, _) if model.asks.is_empty() => &[Action::Back, Action::Detach],
        (Focus::Inbox, _) => &[
            Action::AskPeer,
            Action::Message,
            Action::Back,
            Action::Detach,
        ],
        (Focus::Peers, _) if elsewhere::under(model).is_some() => &[
            Action::Conversation,
            Action::Import,
            Action::Elsewhere,
            Action::New,
            Action::Detach,
        ],
        (Focus::Peers, true) => &[Action::New, Action::Detach],
        (Focus::Peers, false) if layout::is_phone(model.size) && !model.asks.is_empty() => &[
            Action::InboxFocus,
            Action::PaneEnter,
            Action::New,
            Action::Detach,
        ],
        (Focus::Peers, false) if model.panes.open.len() > 1 => &[
            Action::PaneEnter,
            Action::Resume,
            Action::PaneNext,
            Action::Arrange,
            Action::Zoom,
            Action::New,
            Action::Message,
            Action::Detach,
        ],
        (Focus::Peers, false) => &[
            Action::PaneEnter,
            Action::Resume,
            Action::New,
            Action::Message,
            Action::Zoom,
            Action::Why,
            Action::Stop,
            Action::Detach,
        ],
    }
}

fn hints(model: &Model, actions: &[Action]) -> Vec<Bit> {
    let mut bits: Vec<Bit> = Vec::new();
    for action in actions {
        let can = match action {
            Action::PaneEnter if elsewhere::under(model).is_none() => pane::takes_keys(model),
            _ => disabled(model, *action).is_none(),
        };
        let key = model.key_here(*action);
        if let Some(key) = key.filter(|_| can) {
            let gap = if bits.is_empty() { "" } else { "   " };
            bits.push(("key", format!("{gap}{key}")));
            bits.push(("key.doc", format!(" {}", action.row().short)));
        }
    }
    bits
}

/// Whole hints only: as many as fit.
fn fitting(bits: Vec<Bit>, room: u16) -> Vec<Bit> {
    let mut used = 0;
    let mut kept = Vec::new();
    for pair in bits.chunks(2) {
        used += pair.iter().map(|(_, t)| words::width(t)).sum::<usize>();
        if used > usize::from(room) {
            break;
        }
        kept.extend_from_slice(pair);
    }
    kept
}

/// Under `attach` this line is all there is besides the pane.
fn attached(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let leave = model.keymap.leave();
    let way = match (model.left, model.down) {
        (Some(_), _) => format!(" {leave} again sends it "),
        (None, Some(_)) => format!(" no daemon · {leave} leaves "),
        (None, None) => format!(" {leave} leaves "),
    };
    let from = canvas.bits_right(area.right(), area.y, area.width, &[("title.pane", way)]);
    let Some(peer) = model.peer() else {
        return;
    };
    let mut bits: Vec<Bit> = vec![
        ("text.strong", format!(" {} ", peer.name())),
        (
            words::role(peer.row.shown),
            format!("{} {}", glyph(peer.row.shown), words::word(peer.row.shown)),
        ),
    ];
    let asks = model
        .asks
        .iter()
        .find(|a| a.gone.is_none() && a.row.session == peer.row.session);
    if let Some(ask) = asks {
        let text = format!(
            " to {} {}",
            words::verb(ask.row.verb),
            ask.row.object.replace('\n', " ")
        );
        bits.push((words::role(Shown::Asks), text));
    }
    canvas.bits(area.x, area.y, from.saturating_sub(area.x + 1), &bits);
}
