//! The cursor: through lists, and through the lines of a page.

use super::action::Action;
use super::model::{Ask, Focus, Model, Page, Peer};
use super::view::page;
use super::{conversation, elsewhere, filter, inbox, layout, palette};
use crate::core::ask::AskState;
use crate::core::state::Millis;

/// How long the order of the peers stands still after the cursor moved, in ms.
const HOLD_MS: Millis = 1_500;

/// Moves as `action` says.
pub fn go(model: &mut Model, action: Action) {
    if elsewhere::is_open(model) {
        return to_row(model, action, elsewhere::shown);
    }
    if model.page.is_some() {
        return scroll(model, action);
    }
    match model.focus {
        Focus::Peers => {
            to_row(model, action, |model| {
                let found = elsewhere::listed(model);
                filter::peers(model).into_iter().chain(found).collect()
            });
        }
        Focus::Inbox if inbox::beside(model) && (model.inbox.reading || pages(model, action)) => {
            inbox::scroll(model, action);
        }
        Focus::Inbox => {
            let rows = filter::asks(model);
            let at = |a: &&Ask| Some(&a.row.id) == model.ask_at.as_ref();
            let at = rows.iter().position(at);
            if let Some(next) = step(at, rows.len(), 10, action) {
                model.ask_at = Some(rows[next].row.id.clone());
                model.ask_moved = 0;
            }
        }
        Focus::Pane => {}
    }
}

/// Goes to another of the peers or sessions in `rows`.
fn to_row(model: &mut Model, action: Action, rows: impl Fn(&Model) -> Vec<&Peer>) {
    let rows = rows(model);
    let at = |p: &&Peer| Some(&p.row.session) == model.peer_at.as_ref();
    let at = rows.iter().position(at);
    if let Some(next) = step(at, rows.len(), 10, action) {
        model.peer_at = Some(rows[next].row.session.clone());
        held(model);
    }
}

/// After another peer was selected: the order of the peers stands still for a while.
pub fn held(model: &mut Model) {
    model.hold = model.now + HOLD_MS;
    mark_ask_of(model);
}

/// Whether it goes by pages: beside the list, that is through the request.
fn pages(model: &Model, action: Action) -> bool {
    !layout::is_phone(model.size) && matches!(action, Action::PageDown | Action::PageUp)
}

/// The request of the selected peer is the one that is marked, so that there is one thing to decide.
pub fn mark_ask_of(model: &mut Model) {
    let at = model.peer_at.as_deref();
    let ask = model
        .asks
        .iter()
        .find(|a| a.gone.is_none() && Some(a.row.session.as_str()) == at);
    if let Some(id) = ask.map(|a| a.row.id.clone()) {
        model.ask_at = Some(id);
        model.ask_moved = 0;
    }
}

fn step(at: Option<usize>, len: usize, page: usize, action: Action) -> Option<usize> {
    let last = len.checked_sub(1)?;
    let at = at.unwrap_or(0);
    Some(match action {
        Action::Down => (at + 1).min(last),
        Action::Up => at.saturating_sub(1),
        Action::PageDown => (at + page).min(last),
        Action::PageUp => at.saturating_sub(page),
        Action::First => 0,
        _ => last,
    })
}

fn scroll(model: &mut Model, action: Action) {
    let height = page_height(model);
    let lines = page::line_count(model);
    let matches = palette::rows(model).len();
    match &mut model.page {
        Some(Page::Help { scroll } | Page::Look { scroll, .. } | Page::Why { scroll, .. }) => {
            let last = lines.saturating_sub(height);
            *scroll = step(Some(*scroll), last + 1, height.max(1), action).unwrap_or(0);
        }
        Some(Page::Conversation(one)) => {
            let last = lines.saturating_sub(height);
            let page = height.saturating_sub(1).max(1);
            one.scroll = step(Some(one.scroll), last + 1, page, action).unwrap_or(0);
            conversation::moved(model);
        }
        Some(Page::Palette { at, marked, .. }) => {
            *at = step(Some(*at), matches, height.max(1), action).unwrap_or(0);
            *marked = None;
        }
        _ => {}
    }
    scrolled(model);
}

/// How many lines of the open page are on the screen.
pub fn page_height(model: &Model) -> usize {
    let area = layout::areas(model).page;
    area.map_or(0, |a| layout::inside(a).height.into())
}

/// Notes when all that a request would do has been on the screen.
pub fn scrolled(model: &mut Model) {
    let height = page_height(model);
    let needed = page::needed(model);
    if let Some(Page::Look {
        detail: Some(_),
        scroll,
        seen,
        ..
    }) = &mut model.page
    {
        *seen |= *scroll + height >= needed;
    }
}

/// After an answer: the cursor goes to the next request shown that still waits.
pub fn to_next_open(model: &mut Model) {
    let rows = filter::asks(model);
    let at = |a: &&Ask| Some(&a.row.id) == model.ask_at.as_ref();
    let at = rows.iter().position(at).unwrap_or(0);
    let waits = |ask: &&&Ask| ask.gone.is_none() && !ask.sent && ask.row.state == AskState::Asked;
    let mut after = rows.iter().skip(at + 1).chain(rows.iter().take(at));
    if let Some(id) = after.find(waits).map(|ask| ask.row.id.clone()) {
        model.ask_at = Some(id);
        model.ask_moved = model.now;
    }
}
