//! Who a pane belongs to, in as many cells as its frame has.

use super::canvas::Bit;
use super::words;
use crate::cockpit::elsewhere;
use crate::cockpit::model::{Model, Peer};
use crate::wire::view::PeerRow;

/// Runtime, model, profile, directory and branch, in at most `room` cells; of a worktree no
/// directory. With less room the
/// directory is said by its last name, then the branch stands for it, then the model goes, then the
/// profile, then the place; an ellipsis says that something is missing.
pub fn about(model: &Model, peer: &Peer, room: usize) -> Vec<Bit> {
    let row = &peer.row;
    let place = row.worktree.as_deref().unwrap_or(&row.cwd);
    let place = words::path(place, &model.home);
    let last = match place.rsplit_once('/') {
        // Where it would not be shorter, it says nothing less either.
        Some((before, last)) if before.chars().count() > 1 && !last.is_empty() => {
            format!("…/{last}")
        }
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
    let branch = model
        .branches
        .get(&row.cwd)
        .map(|b| ("text.strong", b.clone()));
    let whole = |place: Option<&str>| {
        let mut words = vec![runtime.clone()];
        words.extend(which.iter().cloned());
        words.push(profile.clone());
        words.extend(place.map(word));
        words.extend(branch.clone());
        words
    };
    // A worktree is known by its branch, and where it lies is on the peer's page.
    let placed = branch.is_none() || row.worktree.is_none();
    let mut ways = match placed {
        true => vec![whole(Some(&place)), whole(Some(&last))],
        false => vec![],
    };
    ways.extend(branch.is_some().then(|| whole(None)));
    if !which.is_empty() {
        let place = branch.clone().unwrap_or_else(|| word(&last));
        ways.push(vec![runtime.clone(), word("…"), profile.clone(), place]);
    }
    ways.extend(branch.clone().map(|b| vec![runtime.clone(), word("…"), b]));
    let more = |(role, text): &Bit| (*role, format!("{text}…"));
    ways.push(vec![runtime.clone(), more(&profile)]);
    ways.push(vec![more(&runtime)]);
    let fits = |bits: &Vec<Bit>| bits.iter().map(|(_, t)| words::width(t)).sum::<usize>() <= room;
    ways.into_iter().map(dotted).find(fits).unwrap_or_default()
}

/// US dollars, with `≈` where they are ours to reckon.
pub fn cost(cost: Option<f64>, estimated: bool) -> Option<String> {
    let about = if estimated { "≈" } else { "" };
    cost.map(|cost| format!("{about}${cost:.2}"))
}

/// What it has used, as far as that is known and has room: tokens, cost, how full its context is.
pub fn used(row: &PeerRow, room: usize) -> Option<String> {
    let tokens = row.tokens.map(|n| format!("{} tokens", words::count(n)));
    let cost = cost(row.cost, row.cost_estimated);
    let context = row.context.map(|full| format!("{full}% of context"));
    let parts: Vec<_> = [tokens, cost, context].into_iter().flatten().collect();
    // What comes later changes what the operator does next, and stays longest.
    let ways = (0..parts.len()).map(|from| parts[from..].join(" · "));
    let fits = |text: &String| words::width(text) <= room;
    ways.into_iter().find(fits)
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
    let age = match words::resets(model.now, &peer.row) {
        Some(resets) => format!(", {resets} "),
        None => format!(" {} ", words::age(model.now, peer.since)),
    };
    vec![
        (
            words::role(shown),
            format!(" {} {word}", words::glyph(shown)),
        ),
        ("text.dim", age),
    ]
}
