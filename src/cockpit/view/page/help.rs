//! The keys, a row each.

use super::{Lines, paragraph};
use crate::cockpit::action::ROWS;
use crate::cockpit::keymap::Section;
use crate::cockpit::model::Model;
use crate::cockpit::view::canvas::Bit;
use crate::cockpit::view::words;

/// The keys in force and what they do.
pub fn lines(model: &Model, width: usize) -> Lines {
    let row = |keys: String, doc: &str, column: usize| -> Vec<Bit> {
        let text = words::cut(doc, column.saturating_sub(14));
        let pad = column.saturating_sub(14 + words::width(&text));
        vec![
            ("key", format!("{keys:>11}  ")),
            ("text.soft", format!("{text}{}", " ".repeat(pad + 1))),
        ]
    };
    let two = width >= 110;
    let column = if two { width / 2 } else { width };
    let mut all: Lines = Vec::new();
    for r in ROWS {
        let mut keys = model.keymap.keys(Section::Command, r.action);
        if keys.is_empty() {
            keys.extend(model.keymap.any_key(r.action));
        }
        keys.truncate(3);
        all.push(row(keys.join(" "), r.doc, column));
    }
    let mut lines = Vec::new();
    let leave = model.keymap.leave();
    let intro = format!(
        "In a pane every key goes to the worker but {leave}. Everywhere else letters are commands."
    );
    paragraph(&mut lines, "text", &intro, width);
    lines.push(vec![]);
    if two {
        let half = all.len().div_ceil(2);
        let right = all.split_off(half);
        for (n, mut left) in all.into_iter().enumerate() {
            left.extend(right.get(n).cloned().unwrap_or_default());
            lines.push(left);
        }
    } else {
        lines.extend(all);
    }
    lines
}
