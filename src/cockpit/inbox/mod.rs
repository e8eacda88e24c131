//! The inbox over the whole screen: requests left, the one under the cursor whole at the right.

pub mod same;

use super::action::Action;
use super::agentic;
use super::layout;
use super::model::{Ask, Model, SETTLE_MS};
use super::update::{Effect, Tag};
use super::view::inbox::detail;
use crate::core::ask::AskState;
use crate::core::state::Millis;
use crate::wire::request::Request;
use crate::wire::view::AskDetail;
use ratatui::layout::Rect;

/// How long an answer that was given to the agent may go without any effect before that is said,
/// in ms.
pub const EFFECT_MS: Millis = 10_000;

/// What the screen knows beyond the list of requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inbox {
    /// It has the whole screen.
    pub open: bool,
    /// The keys that move go through the request at the right instead of the list.
    pub reading: bool,
    /// What `show` said of the request under the cursor.
    pub detail: Option<Box<AskDetail>>,
    /// When that came.
    pub came: Millis,
    /// Its first line shown.
    pub scroll: usize,
    /// Which request was asked for, as it was then.
    wanted: Option<Wanted>,
    /// The id and digest of what has been on the screen to its end.
    seen: Option<(String, String)>,
}

/// A request in the state in which it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    id: String,
    digest: String,
    state: AskState,
    gone: bool,
}

/// Opens the screen.
pub fn open(model: &mut Model) {
    model.page = None;
    model.zoom = false;
    model.focus = super::model::Focus::Inbox;
    model.inbox = Inbox {
        open: true,
        ..Inbox::default()
    };
}

/// Whether the request under the cursor stands whole beside the list.
pub fn beside(model: &Model) -> bool {
    model.inbox.open || agentic::on(model)
}

/// Goes one step back; says whether there was one.
pub fn back(model: &mut Model) -> bool {
    if !beside(model) {
        return false;
    }
    if model.inbox.reading {
        model.inbox.reading = false;
        return true;
    }
    close(model);
    false
}

/// Gives the whole screen back; where requests always stand whole, they go on to.
pub fn close(model: &mut Model) {
    if model.inbox.open || !agentic::on(model) {
        model.inbox = Inbox::default();
    }
    model.inbox.reading = false;
}

/// Asks for the request under the cursor when it is another, or has become another.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if !beside(model) || model.down.is_some() {
        return;
    }
    let wanted = model.ask().map(|ask| Wanted {
        id: ask.row.id.clone(),
        digest: ask.row.digest.clone(),
        state: ask.row.state,
        gone: ask.gone.is_some(),
    });
    if wanted != model.inbox.wanted {
        let what =
            |wanted: &Option<Wanted>| wanted.as_ref().map(|w| (w.id.clone(), w.digest.clone()));
        if what(&wanted) != what(&model.inbox.wanted) {
            model.inbox.detail = None;
            model.inbox.scroll = 0;
            model.inbox.seen = None;
            model.inbox.reading &= wanted.is_some() && layout::is_phone(model.size);
        }
        if let Some(wanted) = &wanted {
            let id = wanted.id.clone();
            effects.push(Effect::Ask(Tag::Show(id.clone()), Request::Show { id }));
        }
        model.inbox.wanted = wanted;
    }
    look(model);
}

/// What was asked for when the daemon went away is asked for again.
pub fn ask_again(model: &mut Model) {
    if model.inbox.detail.is_none() {
        model.inbox.wanted = None;
    }
}

/// Takes what `show` said of a request.
pub fn shown(model: &mut Model, detail: &AskDetail) {
    if !beside(model) || model.ask_at.as_deref() != Some(detail.row.id.as_str()) {
        return;
    }
    if model.inbox.detail.is_none() {
        model.inbox.came = model.now;
    }
    model.inbox.detail = Some(Box::new(detail.clone()));
}

/// How many lines of the request are on the screen, how many there are, and how many of them have to
/// be seen before it is allowed.
fn lines(model: &Model) -> (usize, usize, usize) {
    let Some(area) = layout::areas(model).detail else {
        return (0, 0, 0);
    };
    let inner = layout::inside(area);
    let whole = detail::current(model, inner.width.into());
    (inner.height.into(), whole.lines.len(), whole.needed)
}

/// Notes when all that the request would do has been on the screen, and keeps the scroll within it.
fn look(model: &mut Model) {
    let (height, count, needed) = lines(model);
    model.inbox.scroll = model.inbox.scroll.min(count.saturating_sub(height));
    let Some(detail) = &model.inbox.detail else {
        return;
    };
    if height > 0 && model.inbox.scroll + height >= needed {
        model.inbox.seen = Some((detail.row.id.clone(), detail.row.digest.clone()));
    }
}

/// Scrolls the request as `action` says.
pub fn scroll(model: &mut Model, action: Action) {
    let (height, count, _) = lines(model);
    let last = count.saturating_sub(height);
    let page = height.saturating_sub(1).max(1);
    let at = model.inbox.scroll;
    model.inbox.scroll = match action {
        Action::Down => at + 1,
        Action::Up => at.saturating_sub(1),
        Action::PageDown => at + page,
        Action::PageUp => at.saturating_sub(page),
        Action::First => 0,
        _ => last,
    }
    .min(last);
    look(model);
}

/// Whether this request stood on the screen whole, long enough to be read at all.
pub fn read(model: &Model, ask: &Ask) -> bool {
    let is = |(id, digest): &(String, String)| *id == ask.row.id && *digest == ask.row.digest;
    beside(model)
        && model.inbox.seen.as_ref().is_some_and(is)
        && model.now - model.inbox.came >= SETTLE_MS
}

/// Since when the agent has had an answer that shows no effect; `None` while that is not long.
pub fn no_effect(now: Millis, ask: &Ask) -> Option<Millis> {
    let at = super::world::millis(ask.row.delivered_at.as_deref()?);
    let stuck = ask.gone.is_none() && ask.row.state == AskState::Delivered;
    (stuck && now - at >= EFFECT_MS).then_some(at)
}

/// Where the list and the request beside it go, each with its frame; one at a time on a phone.
pub fn places(model: &Model, body: Rect) -> (Option<Rect>, Option<Rect>) {
    let inbox = &model.inbox;
    if layout::is_phone(model.size) {
        return match inbox.reading {
            true => (None, Some(body)),
            false => (Some(body), None),
        };
    }
    let list = (body.width * 2 / 5).clamp(30, 58);
    let left = Rect {
        width: list,
        ..body
    };
    let right = Rect {
        x: body.x + list,
        width: body.width - list,
        ..body
    };
    (Some(left), Some(right))
}
