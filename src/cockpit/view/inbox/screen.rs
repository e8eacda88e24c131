//! The inbox over the whole screen: the frame of the request at the right, and the keys.

use super::detail;
use crate::cockpit::act::disabled;
use crate::cockpit::action::Action;
use crate::cockpit::inbox::{beside, no_effect, same};
use crate::cockpit::layout;
use crate::cockpit::model::Model;
use crate::cockpit::view::canvas::{Bit, Canvas, Edge};
use crate::cockpit::view::{commands, words};
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
    let keys = match phone {
        _ if !commands(model) => Vec::new(),
        true => keys(model),
        false => reads(model, lines.len() > inner.height.into()),
    };
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
    let can = |(action, _): &&(Action, String)| disabled(model, *action).is_none();
    let bits = actions.iter().filter(can).filter_map(|(action, doc)| {
        let (keymap, section) = (&model.keymap, model.section());
        let own = keymap.key(section, *action);
        let key = own.or_else(|| keymap.key_there(section, *action))?;
        let key = ("key", format!(" {key}"));
        Some([key, ("key.doc", format!(" {doc} "))])
    });
    bits.flatten().collect()
}

/// How the request at the right is gone through.
fn reads(model: &Model, more: bool) -> Vec<Bit> {
    let word = |action: Action| (action, action.row().short.to_owned());
    match model.inbox.reading {
        _ if model.ask().is_none() => Vec::new(),
        true => hints(model, &[(Action::Back, "list".to_owned())]),
        false if !more => Vec::new(),
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

/// What can be done with the request under the cursor, where it stands.
pub fn keys(model: &Model) -> Vec<Bit> {
    let Some(ask) = model.ask() else {
        return Vec::new();
    };
    let word = |action: Action| (action, action.row().short.to_owned());
    let mut actions = Vec::new();
    let waits = words::decided(model.now, ask).is_none();
    if ask.row.state == AskState::Decided || no_effect(model.now, ask).is_some() {
        actions.push(word(Action::Retry));
    } else if waits && ask.row.kind == AskKind::Approval {
        actions.extend([word(Action::Allow), word(Action::Reject)]);
    }
    // It does not stand whole beside the list, or there is nothing beside it.
    let phone = layout::is_phone(model.size) && !model.inbox.reading;
    if !beside(model) || phone {
        actions.push(word(Action::Look));
    }
    let count = same::same(model, ask).len();
    if waits && count > 1 {
        actions.push((Action::AllowSame, format!("allow all {count}")));
        actions.push((Action::RejectSame, format!("reject all {count}")));
    }
    hints(model, &actions)
}
