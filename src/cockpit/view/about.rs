//! Who a pane belongs to, in as many cells as its frame has.

use super::canvas::Bit;
use super::words;
use crate::cockpit::elsewhere;
use crate::cockpit::model::{Model, Peer};

/// Runtime, model, profile, and worktree or directory, in at most `room` cells. With less room the
/// place is said by its last name, then the model goes, then the place, then the profile; an
/// ellipsis says that something is missing.
pub fn about(model: &Model, peer: &Peer, room: usize) -> Vec<Bit> {
    let row = &peer.row;
    let place = row.worktree.as_deref().unwrap_or(&row.cwd);
    let place = words::path(place, &model.home);
    let last = match place.rsplit_once('/') {
        Some((before, last)) if !before.is_empty() && !last.is_empty() => format!("…/{last}"),
        _ => place.clone(),
    };
    let word = |text: &str| ("text.soft", text.to_owned());
    let profile = match row.profile.as_str() {
        _ if elsewhere::is(peer) => word("read-only"),
        "none" => ("badge", row.profile.clone()),
        known => word(known),
    };
    let runtime = word(&row.runtime);
    let which: Vec<Bit> = row.model.iter().map(|m| word(m)).collect();
    let whole = |place: &str| {
        let mut words = vec![runtime.clone()];
        words.extend(which.iter().cloned());
        words.extend([profile.clone(), word(place)]);
        words
    };
    let mut ways = vec![whole(&place), whole(&last)];
    if !which.is_empty() {
        ways.push(vec![
            runtime.clone(),
            profile.clone(),
            word("…"),
            word(&last),
        ]);
    }
    let more = |(role, text): &Bit| (*role, format!("{text}…"));
    ways.push(vec![runtime.clone(), more(&profile)]);
    ways.push(vec![more(&runtime)]);
    let fits = |bits: &Vec<Bit>| bits.iter().map(|(_, t)| words::width(t)).sum::<usize>() <= room;
    ways.into_iter().map(dotted).find(fits).unwrap_or_default()
}

fn dotted(words: Vec<Bit>) -> Vec<Bit> {
    let mut bits = Vec::with_capacity(words.len() * 2);
    for (i, word) in words.into_iter().enumerate() {
        if i > 0 {
            bits.push(("text.soft", " · ".to_owned()));
        }
        bits.push((word.0, words::clean(&word.1)));
    }
    bits
}

/// Glyph, word and age of a peer's state.
pub fn state(model: &Model, peer: &Peer) -> Vec<Bit> {
    let shown = peer.row.shown;
    if elsewhere::is(peer) {
        let word = match elsewhere::runs(peer) {
            true => words::word(shown),
            false => "over",
        };
        let age = words::coarse(model.now, peer.since);
        return vec![
            (words::role(shown), format!(" · {word}")),
            ("text.dim", format!(" {age} ")),
        ];
    }
    let word = if peer.snoozed() {
        "snoozed"
    } else {
        words::word(shown)
    };
    let age = words::age(model.now, peer.since);
    vec![
        (
            words::role(shown),
            format!(" {} {word}", words::glyph(shown)),
        ),
        ("text.dim", format!(" {age} ")),
    ]
}
