//! The keys, a row each.

use super::{Lines, paragraph};
use crate::cockpit::action::Action;
use crate::cockpit::keys::{self, Group};
use crate::cockpit::model::Model;
use crate::cockpit::view::canvas::Bit;
use crate::cockpit::view::words;

/// How wide the keys are, in cells.
const KEYS: usize = 11;

/// The keys in force and what they do.
pub fn lines(model: &Model, width: usize) -> Lines {
    let two = width >= 110;
    let column = if two { width / 2 } else { width };
    let mut lines = Vec::new();
    let leave = model.keymap.leave();
    let intro = format!(
        "In a pane every key goes to the worker but {leave}. Everywhere else letters are commands."
    );
    paragraph(&mut lines, "text", &intro, width);
    lines.push(vec![]);
    let mut all: Lines = Vec::new();
    let by_name = model.keymap.any_key(Action::Palette).unwrap_or_default();
    for (n, group) in keys::table(&model.keymap).iter().enumerate() {
        if n > 0 {
            all.push(blank(column));
            let title = format!(" {}", keys::capital(group.place));
            all.push(vec![("text.strong", padded(&title, column))]);
        }
        all.extend(rows(group, column, &by_name));
    }
    if !two {
        lines.extend(all);
        return lines;
    }
    let right = all.split_off(all.len().div_ceil(2));
    for (n, mut left) in all.into_iter().enumerate() {
        left.extend(right.get(n).cloned().unwrap_or_default());
        lines.push(left);
    }
    lines
}

fn rows<'g>(
    group: &'g Group,
    column: usize,
    by_name: &'g str,
) -> impl Iterator<Item = Vec<Bit>> + 'g {
    let room = column.saturating_sub(KEYS + 2);
    group.lines.iter().flat_map(move |line| {
        // As many of its keys as have room, the first at least.
        let mut shown = String::new();
        for key in &line.keys {
            if !shown.is_empty() && words::width(&shown) + words::width(key) >= KEYS {
                break;
            }
            shown = [shown, key.clone()].join(" ");
        }
        // What has no key of its own is done by its name.
        let shown = match line.keys.is_empty() {
            true => by_name.to_owned(),
            false => shown,
        };
        let keys = words::cut(shown.trim_start(), KEYS);
        let pad = " ".repeat(KEYS - words::width(&keys));
        let mut keys = format!("{pad}{keys}  ");
        let docs = words::wrap(line.row.doc, room.saturating_sub(1));
        docs.into_iter().map(move |doc| {
            let keys = std::mem::replace(&mut keys, " ".repeat(KEYS + 2));
            vec![("key", keys), ("text.soft", padded(&doc, room))]
        })
    })
}

fn blank(column: usize) -> Vec<Bit> {
    vec![("text", " ".repeat(column))]
}

fn padded(text: &str, width: usize) -> String {
    let text = words::cut(text, width);
    let pad = width.saturating_sub(words::width(&text));
    text + &" ".repeat(pad)
}
