//! The line at the top: where this is, and how many need what. A condition of the house takes it.

use super::canvas::{Bit, Canvas};
use super::{about, strip, words};
use crate::cockpit::action::Action;
use crate::cockpit::keymap::Section;
use crate::cockpit::layout;
use crate::cockpit::model::{Focus, Model, Page};
use crate::core::state::Shown;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// Draws it.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) {
    let most = usize::from(area.width).saturating_sub(2);
    if let Some(text) = condition(model, most) {
        canvas.text(area.x, area.y, area.width, "banner", &format!(" {text}"));
        canvas.wash(area, "banner");
        return;
    }
    if layout::is_phone(model.size) && !model.peers.is_empty() {
        return strip::draw(model, canvas, area);
    }
    let place = words::path(&model.cwd, &model.home);
    let short = place
        .rsplit('/')
        .find(|p| !p.is_empty())
        .unwrap_or("/")
        .to_owned();
    let counts = counts(model);
    let from = canvas.bits_right(area.right().saturating_sub(1), area.y, area.width, &counts);
    let room = from.saturating_sub(area.x + 3);
    if let Some(guide) = &model.guide {
        canvas.bits(area.x + 1, area.y, room, &[("text.strong", guide.clone())]);
        return;
    }
    let place = if usize::from(room) >= words::width(&place) + 10 {
        place
    } else {
        short
    };
    let mut bits = vec![("text.strong", place)];
    if let Some(branch) = model.branches.get(&model.cwd) {
        bits.push(("text.soft", format!(" · {}", words::clean(branch))));
    }
    canvas.bits(area.x + 1, area.y, room, &bits);
}

/// What holds of the house, in the most words that have room; what mends it always has.
fn condition(model: &Model, room: usize) -> Option<String> {
    let Some(since) = model.down else {
        return model.banner.clone();
    };
    let keys = &model.keymap;
    let key = keys
        .any_key(Action::DaemonStart)
        .unwrap_or_else(|| ":".into());
    let age = words::age(model.now, since);
    let first = first(model).map(|key| format!("{key}, then "));
    let first = first.unwrap_or_default();
    let said = [
        ": the workers go on, nothing can be decided",
        ": nothing can be decided",
        "",
    ];
    let mut said = said.map(|what| format!("no daemon for {age}{what} · {first}{key} starts it"));
    let fits = said.iter().position(|text| words::width(text) <= room);
    Some(std::mem::take(&mut said[fits.unwrap_or(2)]))
}

/// The key that has to be pressed before letters are commands; `None` where they are.
fn first(model: &Model) -> Option<String> {
    let typed = matches!(
        model.page,
        Some(
            Page::Palette { .. }
                | Page::Form(_)
                | Page::Prompt { .. }
                | Page::Confirm(_)
                | Page::Search(_)
        )
    );
    let copying = model.copying.open.as_ref().filter(|_| model.page.is_none());
    let searches = copying.is_some_and(|copying| copying.typing.is_some());
    if typed || searches || model.filters.editing.is_some() {
        return Some("esc".into());
    }
    if copying.is_some() {
        return model.keymap.key(Section::Copy, Action::CopyLeave);
    }
    let pane = model.focus == Focus::Pane && model.page.is_none();
    pane.then(|| model.keymap.leave())
}

/// How many ask: `1 asks`, `2 ask`.
pub fn asking(asks: usize) -> String {
    format!("{asks} {}", word_of(asks))
}

fn word_of(asks: usize) -> &'static str {
    if asks == 1 { "asks" } else { "ask" }
}

fn counts(model: &Model) -> Vec<Bit> {
    let count = |shown: &[Shown]| {
        model
            .peers
            .iter()
            .filter(|p| shown.contains(&p.row.shown))
            .count()
    };
    let asks = model.open_asks();
    let mut bits: Vec<Bit> = Vec::new();
    if let Some(text) = today(model) {
        bits.push(("text.soft", text));
    }
    if let Some(text) = limits(model) {
        let gap = if bits.is_empty() { "" } else { "   " };
        let text = format!("{gap}{text}");
        bits.push((words::role(Shown::Limited), text));
    }
    let rows = [
        (asks, Shown::Asks, word_of(asks)),
        (
            count(&[Shown::Failed, Shown::Lost]),
            Shown::Failed,
            "failed",
        ),
        (count(&[Shown::Done]), Shown::Done, "done"),
        (
            count(&[Shown::Working, Shown::Starting]),
            Shown::Working,
            "working",
        ),
    ];
    for (n, shown, word) in rows {
        if n > 0 {
            let gap = if bits.is_empty() { "" } else { "   " };
            let text = format!("{gap}{} {n} {word}", words::glyph(shown));
            bits.push((words::role(shown), text));
        }
    }
    bits
}

/// The runtimes that are limited, each with when that is over; the longest counts.
fn limits(model: &Model) -> Option<String> {
    let mut until: BTreeMap<&str, (&str, String)> = BTreeMap::new();
    for peer in &model.peers {
        let Some(resets) = words::resets(model.now, &peer.row) else {
            continue;
        };
        let at = peer.row.limit_until.as_deref().unwrap_or_default();
        let known = until.entry(peer.row.runtime.as_str()).or_default();
        if known.0 < at {
            *known = (at, resets);
        }
    }
    let glyph = words::glyph(Shown::Limited);
    let words = until
        .iter()
        .map(|(runtime, (_, resets))| format!("{glyph} {runtime} {resets}"));
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join("   "))
}

/// What all have used today, where there is room for it.
fn today(model: &Model) -> Option<String> {
    if model.size.cols < layout::WIDE {
        return None;
    }
    let today = model.spent.today.as_ref()?;
    let cost = about::cost(today.cost, today.cost_estimated);
    let used = cost.unwrap_or_else(|| format!("{} tokens", words::count(today.all)));
    Some(format!("{used} today"))
}
