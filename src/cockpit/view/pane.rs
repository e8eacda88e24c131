//! The frame around a pane, and what stands in it while there is no screen to show.

use super::canvas::{Bit, Canvas, Edge};
use super::{about, commands, copy, found, words};
use crate::cockpit::action::Action;
use crate::cockpit::copying;
use crate::cockpit::elsewhere;
use crate::cockpit::keymap::Section;
use crate::cockpit::layout::{self, Slot};
use crate::cockpit::model::{Focus, Model, Peer};
use crate::cockpit::panes::{Pane, PaneState};
use crate::core::text::short_id;
use ratatui::layout::Rect;

/// The peer of a place.
fn peer_of<'a>(model: &'a Model, slot: &Slot) -> Option<&'a Peer> {
    let session = slot.session.as_deref()?;
    let mut all = model.peers.iter().chain(&model.elsewhere.rows);
    all.find(|p| p.row.session == session)
}

/// Draws the frame of a place. In pane mode it changes colour and says how to leave; with several
/// the focused one is marked.
pub fn frame(model: &Model, canvas: &mut Canvas<'_>, area: Rect, slot: &Slot, several: bool) {
    let focused = slot.session == model.peer_at;
    let copying = slot.session.as_deref().and_then(|s| model.copying.of(s));
    let typing = focused && copying::typing_into_pane(model);
    let (border, title_role) = match (typing, focused && several) {
        _ if copying.is_some() => ("border.copy", "title.copy"),
        (true, _) => ("border.pane", "title.pane"),
        (false, true) => ("border", "title.focused"),
        (false, false) => ("border", "title"),
    };
    let peer = peer_of(model, slot);
    let phone = layout::is_phone(model.size);
    let status = match copying {
        Some(copying) => {
            let named = peer.map_or(0, |peer| words::width(peer.name()));
            let room = usize::from(area.width).saturating_sub(named + 10);
            let long = copy::status(model, copying);
            let taken: usize = long.iter().map(|(_, text)| words::width(text)).sum();
            match phone || taken > room {
                true => copy::short_status(model, copying),
                false => long,
            }
        }
        None => peer.map(|p| about::state(model, p)).unwrap_or_default(),
    };
    let below_right = match copying {
        Some(_) => copy::way(model),
        None if focused => way(model, typing),
        None => vec![],
    };
    let title = |room: u16| -> Vec<Bit> {
        let Some(peer) = peer else { return vec![] };
        let mark = if focused && several { "▸ " } else { "" };
        let name = match elsewhere::is(peer) {
            true => short_id(&peer.row.session),
            false => peer.name().to_owned(),
        };
        let room = usize::from(room);
        let cells = room.saturating_sub(words::width(mark) + 2);
        let name = format!(" {mark}{} ", words::name(&name, cells));
        let room = room.saturating_sub(words::width(&name) + 3);
        let about = about::about(model, peer, room);
        let mut bits = vec![(title_role, name)];
        if !about.is_empty() {
            bits.push((border, "─ ".into()));
            bits.extend(about);
            bits.push(("text.soft", " ".into()));
        }
        bits
    };
    if phone {
        // One line instead of a frame: every cell of a phone counts.
        let way = if typing || copying.is_some() {
            below_right
        } else {
            vec![]
        };
        let right: Vec<Bit> = status.into_iter().chain(way).collect();
        let from = canvas.bits_right(area.right(), area.y, area.width, &right);
        let room = from.saturating_sub(area.x + 1);
        canvas.bits(area.x, area.y, room, &title(room));
        return;
    }
    let below: usize = below_right.iter().map(|(_, t)| words::width(t)).sum();
    let said = said(
        model,
        peer,
        usize::from(area.width).saturating_sub(below + 8),
    );
    let taken: usize = status.iter().map(|(_, t)| words::width(t)).sum();
    let title = title(area.width.saturating_sub(6 + taken as u16));
    let edge = Edge {
        title: &title,
        status: &status,
        below: &said,
        below_right: &below_right,
    };
    canvas.frame(area, border, edge);
}

/// What it has used, and what the program says of itself, where it may: how far it is, its title.
fn said(model: &Model, peer: Option<&Peer>, room: usize) -> Vec<Bit> {
    let allowed = &model.look.settings.workers;
    let row = peer.map(|peer| &peer.row);
    let progress = row
        .and_then(|row| row.progress)
        .filter(|_| allowed.progress);
    let title = row
        .and_then(|row| row.title.as_deref())
        .filter(|_| allowed.titles);
    // What one found elsewhere began with stands inside.
    let title = title.filter(|_| !peer.is_some_and(elsewhere::is));
    let mut bits = Vec::new();
    bits.extend(
        row.and_then(|row| about::used(row, room))
            .map(|used| ("text.soft", format!(" {used} "))),
    );
    bits.extend(progress.map(|percent| ("text.soft", format!(" {percent}% "))));
    let taken: usize = bits.iter().map(|(_, text)| words::width(text)).sum();
    // A word of it says nothing.
    let fits = |title: &&str| words::width(title).min(8) + 4 + taken <= room;
    if let Some(title) = title.filter(|title| !title.is_empty()).filter(fits) {
        bits.push(("text.dim", format!(" “{title}” ")));
    }
    bits
}

/// Whether the selected pane can be typed into: its program runs and can be reached.
pub fn takes_keys(model: &Model) -> bool {
    let refused = |pane: &Pane| matches!(pane.state, PaneState::Refused(_));
    let runs = model.peer().is_some_and(|peer| !peer.ended());
    runs && model.down.is_none() && !model.pane().is_some_and(refused)
}

/// How to get in or out.
fn way(model: &Model, typing: bool) -> Vec<Bit> {
    if typing {
        let leave = model.keymap.leave();
        return vec![("title.pane", format!(" {leave} leaves "))];
    }
    let section = match model.focus {
        Focus::Inbox => Section::Inbox,
        _ => Section::Command,
    };
    let key = model.keymap.key_there(section, Action::PaneEnter);
    match (model.peer(), key) {
        _ if !commands(model) || elsewhere::under(model).is_some() => vec![],
        (Some(peer), _) if peer.ended() => match model.keymap.key_there(section, Action::Resume) {
            Some(key) => vec![
                ("key", format!(" {key}")),
                ("key.doc", " resumes it ".into()),
            ],
            None => vec![],
        },
        (Some(_), Some(key)) if takes_keys(model) => vec![
            ("key", format!(" {key}")),
            ("key.doc", " types here ".into()),
        ],
        _ => vec![],
    }
}

/// Draws what stands inside; gives back the pane's number and cells when the painter has a screen.
pub fn inner(model: &Model, canvas: &mut Canvas<'_>, slot: &Slot) -> Option<(u32, Rect)> {
    let area = slot.inner;
    let pane = slot.session.as_deref().and_then(|s| model.panes.of(s));
    match pane.map(|p| (&p.state, p.number)) {
        Some((PaneState::Live | PaneState::Ended, number)) => return Some((number, area)),
        Some((PaneState::Refused(why), _)) => {
            let lines = words::wrap(why, area.width.saturating_sub(4).into());
            let lines: Vec<Vec<Bit>> = lines.into_iter().map(|l| vec![("text.soft", l)]).collect();
            middle(canvas, area, &lines);
        }
        Some((PaneState::Opening, _)) => {}
        None if peer_of(model, slot).is_some_and(elsewhere::is) => {
            if let Some(peer) = peer_of(model, slot) {
                found::card(model, canvas, area, peer);
            }
        }
        None if model.attach.is_some() || !model.told || slot.session.is_some() => {}
        None => middle(canvas, area, &welcome(model)),
    }
    None
}

fn welcome(model: &Model) -> Vec<Vec<Bit>> {
    let keys = &model.keymap;
    let line = |key: String, text: &str| -> Vec<Bit> {
        vec![
            ("key", format!("{key:>10}")),
            ("text.soft", format!("  {text}")),
        ]
    };
    let title = format!("{:12}No peers yet", "");
    let mut lines = vec![vec![("text.strong", title)], vec![]];
    if let Some(key) = keys.any_key(Action::New) {
        lines.push(line(key, "starts a peer; its screen is here"));
    }
    lines.push(line("pult demo".into(), "shows the loop; scripted agents"));
    if let Some(key) = keys.any_key(Action::Help) {
        lines.push(line(key, "shows all keys"));
    }
    if !model.runtimes.is_empty() {
        lines.push(vec![]);
        for runtime in &model.runtimes {
            let (role, text) = match (runtime.found, runtime.login) {
                _ if runtime.own => ("text.soft", "our own chat; wants a model server here"),
                (true, _) if runtime.command => ("text.soft", "any program, such as a shell"),
                (true, true) => ("text.soft", "ready to start"),
                (true, false) => ("text.soft", "installed; needs a login first"),
                (false, _) => ("text.dim", "not found on the PATH"),
            };
            lines.push(vec![
                ("text", format!("{:>10}", runtime.name)),
                (role, format!("  {text}")),
            ]);
        }
    }
    lines
}

/// Writes lines into the middle, aligned with each other.
fn middle(canvas: &mut Canvas<'_>, area: Rect, lines: &[Vec<Bit>]) {
    let width = |line: &Vec<Bit>| line.iter().map(|(_, t)| words::width(t)).sum::<usize>();
    let widest = lines
        .iter()
        .map(width)
        .max()
        .unwrap_or(0)
        .min(area.width.into()) as u16;
    let height = (lines.len() as u16).min(area.height);
    let x = area.x + (area.width - widest) / 2;
    let y = area.y + (area.height - height) / 2;
    for (y, line) in (y..area.bottom()).zip(lines) {
        canvas.bits(x, y, area.right() - x, line);
    }
}
