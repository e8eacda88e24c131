//! Sessions that were started by hand in other terminals: asked for behind the first frame, listed
//! below the peers, read and imported, and never changed.

use super::action::Action;
use super::form::{Form, Of};
use super::key::{Code, Key};
use super::model::{Model, Page, Peer};
use super::update::{Effect, Tag};
use super::{filter, moving, world};
use crate::core::state::{Millis, Process};
use crate::core::text::short_id;
use crate::wire::request::Request;
use crate::wire::view::{ErrorView, PeerRow};
use serde_json::Value;

/// After the daemon's first word they are asked for so much later, in ms: the frame goes first.
pub const FIRST: Millis = 200;
/// How often they are asked for while somebody presses keys, and while nobody does, in ms.
const OFTEN: Millis = 10_000;
const SELDOM: Millis = 300_000;
/// So long after the last key somebody is still there, in ms.
const THERE: Millis = 60_000;
/// How often while the list of them is open, in ms.
const OPEN: Millis = 2_000;
/// How many of them stand below the peers at most.
pub const SOME: usize = 5;
/// One that nothing runs of stands there so long after it was written to last, in ms.
const RECENT: Millis = 24 * 3_600_000;

/// What is known of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elsewhere {
    /// Those that run first, then the ones that were written to last.
    pub rows: Vec<Peer>,
    /// Which runtimes could not be looked through, and why.
    pub gaps: Vec<String>,
    /// The daemon has said which there are.
    pub told: bool,
    asking: bool,
    pub(super) due: Option<Millis>,
}

/// Whether a session was found elsewhere.
pub fn is(peer: &Peer) -> bool {
    peer.row.name.is_none()
}

/// Whether a program runs of it.
pub fn runs(peer: &Peer) -> bool {
    peer.row.process == Process::Alive
}

/// What it is called: the runtime and the beginning of its id.
pub fn called(peer: &Peer) -> String {
    format!("{} {}", peer.row.runtime, short_id(&peer.row.session))
}

/// The one under the cursor.
pub fn under(model: &Model) -> Option<&Peer> {
    let at = model.peer_at.as_deref()?;
    let rows = &model.elsewhere.rows;
    rows.iter().find(|peer| peer.row.session == at)
}

/// Why nothing is done to the one under the cursor; `None` when there is none.
pub fn untouched(model: &Model) -> Option<String> {
    let peer = under(model)?;
    let key = model.keymap.any_key(Action::Import);
    let key = key.unwrap_or_else(|| ":".into());
    Some(format!(
        "{} was started elsewhere: it is read and never changed; {key} makes a peer of yours from it",
        called(peer)
    ))
}

/// Those that stand below the peers: a few that run or were just written to, and the one under the
/// cursor.
pub fn listed(model: &Model) -> Vec<&Peer> {
    let at = model.peer_at.as_deref();
    let recent = |p: &&Peer| runs(p) || model.now - p.since < RECENT;
    let mut some = 0;
    let rows = filter::found(model, &model.filters.peers);
    let stands = |p: &&Peer| {
        some += usize::from(recent(p));
        (recent(p) && some <= SOME) || at == Some(p.row.session.as_str())
    };
    rows.into_iter().filter(stands).collect()
}

/// All that fit what is typed over the open list.
pub fn shown(model: &Model) -> Vec<&Peer> {
    filter::found(model, &model.filters.elsewhere)
}

/// Opens the list of all of them.
pub fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    model.open_over(Page::Elsewhere);
    if under(model).is_none()
        && let Some(first) = model.elsewhere.rows.first()
    {
        model.peer_at = Some(first.row.session.clone());
    }
    ask(model, effects);
}

/// Opens the form that makes a peer from the one under the cursor.
pub fn import(model: &mut Model) {
    let Some(peer) = under(model) else { return };
    let of = Of {
        reference: peer.row.session.clone(),
        called: called(peer),
        runtime: peer.row.runtime.clone(),
    };
    let cwd = peer.row.cwd.clone();
    let left = model.drafts.left(Some(&of), &model.runtimes);
    let new = || Form::going_on(&model.runtimes, &cwd, of);
    let form = left.unwrap_or_else(new);
    model.open_over(Page::Form(form));
}

/// Whether the list is open.
pub fn is_open(model: &Model) -> bool {
    model.page == Some(Page::Elsewhere)
}

/// Takes a key of the list's filter while it is typed.
pub fn key(model: &mut Model, key: Key) -> bool {
    // What moves the cursor ends the typing, as in the other lists.
    let moves = matches!(key.code, Code::PageDown | Code::PageUp);
    if moves {
        model.filters.editing = None;
    }
    !moves && filter::key(model, key)
}

fn ask(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.elsewhere.asking {
        model.elsewhere.asking = true;
        effects.push(Effect::Ask(Tag::Elsewhere, Request::Elsewhere));
    }
}

/// Asks for them when it is time to.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if !is_open(model) && model.filters.editing == Some(filter::Over::Elsewhere) {
        model.filters.editing = None;
    }
    if model.attach.is_some() {
        return;
    }
    if model.down.is_some() || !model.told {
        (model.elsewhere.asking, model.elsewhere.due) = (false, None);
        return;
    }
    let due = *model.elsewhere.due.get_or_insert(model.now + FIRST);
    // Somebody is back: what was known is old.
    let back = model.now - model.alerts.touched < THERE && due - model.now > OFTEN;
    if (due <= model.now || back) && model.looked_at {
        ask(model, effects);
    }
}

/// When they are to be asked for next.
pub fn next(model: &Model) -> Option<Millis> {
    let waits = !model.elsewhere.asking && model.looked_at && model.down.is_none();
    model.elsewhere.due.filter(|_| waits)
}

/// Takes what the daemon says of them. Under the cursor nothing moves.
pub fn answered(model: &mut Model, answer: Result<Value, ErrorView>) {
    let pressed = model.now - model.alerts.touched < THERE;
    let pause = match (is_open(model), pressed) {
        (true, _) => OPEN,
        (false, true) => OFTEN,
        (false, false) => SELDOM,
    };
    (model.elsewhere.asking, model.elsewhere.due) = (false, Some(model.now + pause));
    let rows = match answer {
        Ok(body) => serde_json::from_value::<Vec<PeerRow>>(body).unwrap_or_default(),
        // A survey that fails is made again; what was known stands.
        Err(_) => return,
    };
    model.elsewhere.told = true;
    let (rows, gaps): (Vec<_>, Vec<_>) = rows.into_iter().partition(|r| r.native_id.is_some());
    let gap = |row: PeerRow| {
        let why = row.title.unwrap_or_default();
        format!("{}: {why}", row.runtime)
    };
    model.elsewhere.gaps = gaps.into_iter().map(gap).collect();
    let fresh = rows.into_iter().map(|row| Peer {
        since: world::millis(&row.since),
        row,
    });
    let mut fresh: Vec<Peer> = fresh.collect();
    let stands = is_open(model) || under(model).is_some();
    if stands && !model.elsewhere.rows.is_empty() {
        let known = &model.elsewhere.rows;
        let place = |p: &Peer| known.iter().position(|k| k.row.session == p.row.session);
        fresh.sort_by_key(|p| place(p).unwrap_or(usize::MAX));
    } else {
        fresh.sort_by_key(|p| (!runs(p), std::cmp::Reverse(p.since)));
    }
    let before = under(model).is_some();
    model.elsewhere.rows = fresh;
    if before && under(model).is_none() {
        let near = match is_open(model) {
            true => model.elsewhere.rows.first().or(model.peers.first()),
            false => model.peers.first(),
        };
        model.peer_at = near.map(|p| p.row.session.clone());
        moving::held(model);
    } else if is_open(model) && !before {
        let first = model.elsewhere.rows.first();
        model.peer_at = first.map(|p| p.row.session.clone());
    }
}
