//! What the daemon tells, put into the model without moving anything under the cursor.

use super::model::{Ask, Focus, GHOST_MS, Model, Peer};
use super::panes::PaneState;
use super::update::Effect;
use super::{agentic, elsewhere, layout, project};
use crate::core::ask::Risk;
use crate::core::state::Millis;
use crate::wire::request::Push;
use crate::wire::view::{AskRow, PeerRow};

/// A time of the wire as ms; 0 for one that cannot be read.
pub fn millis(time: &str) -> Millis {
    time.parse::<jiff::Timestamp>()
        .map_or(0, jiff::Timestamp::as_millisecond)
}

/// Takes one push.
pub fn push(model: &mut Model, push: Push, effects: &mut Vec<Effect>) {
    match push {
        Push::World {
            peers,
            inbox,
            banner,
        } => {
            model.banner = banner;
            take_peers(model, peers);
            project::ask(model, effects);
            take_asks(model, inbox);
            model.told = true;
            let first = !std::mem::replace(&mut model.met, true);
            let free = model.page.is_none() && model.focus == Focus::Peers;
            if first && free && model.open_asks() > 0 && model.attach.is_none() {
                if layout::is_phone(model.size) {
                    super::inbox::open(model);
                } else if agentic::on(model) {
                    model.focus = Focus::Inbox;
                }
            }
        }
        Push::PaneEnded { pane } => {
            if let Some(pane) = model.panes.numbered(pane) {
                pane.state = PaneState::Ended;
            }
        }
        Push::Log(_) => {}
    }
}

fn take_peers(model: &mut Model, rows: Vec<PeerRow>) {
    let place = |peers: &[Peer], session: &str| peers.iter().position(|p| p.row.session == session);
    let at = model
        .peer_at
        .as_deref()
        .and_then(|s| place(&model.peers, s));
    let mut peers: Vec<Peer> = rows
        .into_iter()
        .filter(|row| !row.retired)
        .map(|row| Peer {
            since: millis(&row.since),
            row,
        })
        .collect();
    // The order there was, newcomers behind; then what needs the operator first. Both are stable.
    peers.sort_by_key(|p| place(&model.peers, &p.row.session).unwrap_or(usize::MAX));
    if model.now >= model.hold {
        project::arrange(&model.projects, &mut peers);
    }
    model.peers = peers;
    if let Some(name) = &model.expected
        && let Some(peer) = model.peers.iter().find(|p| p.name() == name)
    {
        // Keys never go on into another peer's pane.
        if model.focus != Focus::Pane {
            model.peer_at = Some(peer.row.session.clone());
        }
        model.expected = None;
    }
    if let Some(address) = model.panes.begin_with.take()
        && let Some(peer) = model.peers.iter().find(|p| p.address() == address)
    {
        model.peer_at = Some(peer.row.session.clone());
    }
    if model.peer().is_none() && elsewhere::under(model).is_none() {
        let near = at.unwrap_or(0).min(model.peers.len().saturating_sub(1));
        model.peer_at = model.peers.get(near).map(|p| p.row.session.clone());
    }
    if let Some(name) = &model.attach {
        let peer = model
            .peers
            .iter()
            .find(|p| p.address() == *name || p.name() == name);
        model.peer_at = peer.map(|p| p.row.session.clone()).or(model.peer_at.take());
    }
}

fn take_asks(model: &mut Model, rows: Vec<AskRow>) {
    let now = model.now;
    for ask in &mut model.asks {
        if ask.gone.is_none() && !rows.iter().any(|r| r.id == ask.row.id) {
            ask.gone = Some(now);
        }
    }
    let mut fresh = Vec::new();
    for row in rows {
        match model.asks.iter_mut().find(|a| a.row.id == row.id) {
            Some(ask) => {
                if (&ask.row.digest, &ask.row.object, ask.row.risk)
                    != (&row.digest, &row.object, row.risk)
                {
                    ask.changed = now;
                }
                ask.gone = None;
                ask.row = row;
            }
            None => fresh.push(Ask {
                asked: millis(&row.asked_at),
                changed: now,
                gone: None,
                sent: false,
                row,
            }),
        }
    }
    fresh.sort_by_key(|a| (risk_first(a), a.asked));
    for ask in fresh {
        insert(model, ask);
    }
    tidy(model);
}

fn risk_first(ask: &Ask) -> u8 {
    match ask.row.risk {
        Risk::High => 0,
        Risk::Normal => 1,
        Risk::Low => 2,
    }
}

/// By age within risk, and never above the row under the cursor.
fn insert(model: &mut Model, ask: Ask) {
    let key = (risk_first(&ask), ask.asked);
    let cursor = model
        .ask_at
        .as_ref()
        .and_then(|id| model.asks.iter().position(|a| a.row.id == *id));
    let sorted = model
        .asks
        .iter()
        .position(|a| (risk_first(a), a.asked) > key)
        .unwrap_or(model.asks.len());
    let at = cursor.map_or(sorted, |c| sorted.max(c + 1));
    model.asks.insert(at.min(model.asks.len()), ask);
}

/// Lets closed requests go, except from under the cursor.
pub fn tidy(model: &mut Model) {
    let now = model.now;
    let none_open = model.open_asks() == 0;
    let at = model.ask_at.clone();
    model.asks.retain(|a| {
        let over = a.gone.is_some_and(|gone| now - gone >= GHOST_MS);
        !over || (!none_open && at.as_ref() == Some(&a.row.id))
    });
    if model.ask().is_none() {
        let first = model
            .asks
            .iter()
            .find(|a| a.gone.is_none())
            .or(model.asks.first());
        model.ask_at = first.map(|a| a.row.id.clone());
        model.ask_moved = now;
    }
    if model.asks.is_empty() && model.focus == Focus::Inbox && !model.inbox.open {
        model.focus = Focus::Peers;
    }
    if model.asks.is_empty() && model.back_to == Focus::Inbox {
        model.back_to = Focus::Peers;
    }
}
