//! The inbox over the whole screen: the frame of the request at the right, and the keys.

use super::detail;
use crate::cockpit::action::Action;
use crate::cockpit::inbox::{beside, no_effect, same};
use crate::cockpit::keymap::Section;
use crate::cockpit::layout;
use crate::cockpit::model::Model;
use crate::cockpit::view::canvas::{Bit, Canvas, Edge};
use crate::cockpit::view::words;
use crate::core::ask::{AskKind, AskState};
use ratatui::layout::Rect;

/// Draws the request under the cursor, whole.
pub fn detail(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let reading = model.inbox.reading && model.page.is_none();
    let (border, title) = match reading {
        true => ("border.focused", "title.focused"),
        false => ("border", "title"),
    };
    let inner = layout::inside(area);
    let lines = detail::current(model, inner.width.into()).lines;
    let scroll = model.inbox.scroll;
    let below = lines
        .len()
        .saturating_sub(scroll + usize::from(inner.height));
    let name = model.ask().map(|ask| format!(" Request {} ", ask.row.id));
    let more = match below {
        0 => vec![],
        n => vec![("text.strong", format!(" {n} more below "))],
    };
    let phone = layout::is_phone(model.size);
    let keys = if phone { keys(model) } else { reads(model) };
    let edge = Edge {
        title: &[(title, name.unwrap_or_default())],
        below: &keys,
        below_right: &more,
        ..Edge::default()
    };
    canvas.frame(area, border, edge);
    for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(scroll)) {
        canvas.bits(inner.x, y, inner.width, line);
    }
}

fn hints(model: &Model, actions: &[(Action, String)]) -> Vec<Bit> {
    let key = |action| {
        let inbox = model.keymap.key(Section::Inbox, action);
        inbox.or_else(|| model.keymap.any_key(action))
    };
    let bits = actions.iter().filter_map(|(action, doc)| {
        let key = ("key", format!(" {}", key(*action)?));
        Some([key, ("key.doc", format!(" {doc} "))])
    });
    bits.flatten().collect()
}

/// How the request at the right is gone through.
fn reads(model: &Model) -> Vec<Bit> {
    let word = |action: Action| (action, action.row().short.to_owned());
    match model.inbox.reading {
        _ if model.ask().is_none() => Vec::new(),
        true => hints(model, &[(Action::Back, "list".to_owned())]),
        false => hints(
            model,
            &[
                (Action::Look, "read".to_owned()),
                word(Action::PageDown),
                word(Action::PageUp),
            ],
        ),
    }
}

/// What can be done with the request under the cursor.
pub fn keys(model: &Model) -> Vec<Bit> {
    let Some(ask) = model.ask() else {
        return Vec::new();
    };
    let word = |action: Action| (action, action.row().short.to_owned());
    // Over the whole screen the last row says it.
    let peer = (!beside(model)).then(|| word(Action::AskPeer));
    if ask.row.kind != AskKind::Approval {
        return hints(model, peer.as_slice());
    }
    let decided = words::decided(model.now, ask).is_some();
    if ask.row.state == AskState::Decided || no_effect(model.now, ask).is_some() {
        let again = [word(Action::Retry)];
        return hints(model, &again.into_iter().chain(peer).collect::<Vec<_>>());
    }
    if decided {
        return Vec::new();
    }
    let mut actions = vec![word(Action::Allow), word(Action::Reject)];
    let count = same::same(model, ask).len();
    if count > 1 {
        actions.push((Action::AllowSame, format!("allow all {count}")));
        actions.push((Action::RejectSame, format!("reject all {count}")));
    }
    hints(model, &actions)
}
