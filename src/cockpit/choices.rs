//! What the palette offers beyond actions and peers: how long to snooze, which colour, what to show.

use super::elsewhere as found;
use super::filter::Over;
use super::model::{Model, Peer};
use super::palette::Does;
use super::view::words;
use crate::core::state::Shown;
use crate::core::tag::TAGS;
use std::collections::BTreeSet;

const HOUR: u64 = 3_600_000;

/// How long a peer can be put aside, in ms; the usual one first.
const SNOOZES: [(&str, u64); 5] = [
    ("1 hour", HOUR),
    ("15 minutes", HOUR / 4),
    ("4 hours", 4 * HOUR),
    ("1 day", 24 * HOUR),
    ("3 days", 72 * HOUR),
];

/// All of them, a line each.
pub fn rows(model: &Model) -> Vec<(Does, String)> {
    let mut rows = Vec::new();
    if let Some(peer) = model.peer() {
        of_peer(peer, &mut rows);
    }
    shown(model, &mut rows);
    rows
}

/// The sessions found elsewhere, a line each.
pub fn elsewhere(model: &Model) -> impl Iterator<Item = (Does, String)> {
    model.elsewhere.rows.iter().map(|peer| {
        let place = words::path(&peer.row.cwd, &model.home);
        let about = match peer.row.title.as_deref() {
            Some(title) => format!(": “{title}”"),
            None => String::new(),
        };
        let text = format!("Read {} in {place}{about}", found::called(peer));
        (Does::Read(peer.row.session.clone()), words::clean(&text))
    })
}

/// What a new peer can be made from, a line each.
pub fn templates(model: &Model) -> impl Iterator<Item = (Does, String)> {
    model.templates.all.iter().map(|template| {
        let about = match template.description.as_str() {
            "" => String::new(),
            text => format!(": {text}"),
        };
        let text = format!("New peer from {}{about}", template.name);
        (Does::Template(template.name.clone()), text)
    })
}

fn of_peer(peer: &Peer, rows: &mut Vec<(Does, String)>) {
    let name = peer.name();
    for (word, ms) in SNOOZES {
        rows.push((Does::Snooze(ms), format!("Snooze {name} for {word}")));
    }
    if peer.snoozed() {
        rows.push((Does::Snooze(0), format!("Snooze {name} no longer")));
    }
    for tag in TAGS {
        rows.push((Does::Tag(Some(tag)), format!("Tag {name} {}", tag.word())));
    }
    if peer.row.tag.is_some() {
        rows.push((Does::Tag(None), format!("Tag {name} no more")));
    }
}

fn shown(model: &Model, rows: &mut Vec<(Does, String)>) {
    let mut show = |over, text: String, doc: String| rows.push((Does::Filter(over, text), doc));
    for (over, what) in [(Over::Peers, "peers"), (Over::Inbox, "requests")] {
        if model.filters.on(over) {
            show(over, String::new(), format!("Show all {what} again"));
        }
    }
    let states = [
        Shown::Asks,
        Shown::Done,
        Shown::Working,
        Shown::Idle,
        Shown::Unknown,
        Shown::Failed,
        Shown::Exited,
    ];
    for word in states.into_iter().map(words::word) {
        let doc = format!("Show only peers: {word}");
        show(Over::Peers, format!("state:{word}"), doc);
    }
    let circles: BTreeSet<&str> = model.peers.iter().map(|p| p.row.circle.as_str()).collect();
    if circles.len() > 1 {
        for circle in circles {
            let doc = format!("Show only peers of circle {circle}");
            show(Over::Peers, format!("circle:{circle}"), doc);
            let doc = format!("Show only requests of circle {circle}");
            show(Over::Inbox, format!("circle:{circle}"), doc);
        }
    }
    let tags: BTreeSet<_> = model.peers.iter().filter_map(|p| p.row.tag).collect();
    for word in tags.into_iter().map(|tag| tag.word()) {
        let doc = format!("Show only peers tagged {word}");
        show(Over::Peers, format!("tag:{word}"), doc);
    }
    let doc = "Show only requests that wait for an answer";
    show(Over::Inbox, "state:asks".to_owned(), doc.to_owned());
}
