//! The keys in force as a table: help page, `pult help keys`, manual and README are made from it.

use super::action::{ROWS, Row};
use super::keymap::{Keymap, SECTIONS, Section};

/// One line: an action and what is pressed for it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its keys, as a screen shows them; without any it is found in the palette.
    pub keys: Vec<String>,
    /// The action.
    pub row: &'static Row,
}

/// The lines of one section.
#[derive(Clone, Debug)]
pub struct Group {
    /// Where they hold.
    pub place: &'static str,
    /// The lines, in the order of the table of actions.
    pub lines: Vec<Line>,
}

/// The keys of `keymap`: every action once where it holds everywhere, then what other places change.
pub fn table(keymap: &Keymap) -> Vec<Group> {
    let mut groups = Vec::new();
    for section in SECTIONS {
        let everywhere = section.is == Section::Command;
        let lines = ROWS.iter().filter_map(|row| {
            let keys = keymap.keys(section.is, row.action);
            // What has no key at all is told once, in the first group.
            let wanted = !keys.is_empty() || (everywhere && keymap.any_key(row.action).is_none());
            wanted.then_some(Line { keys, row })
        });
        let group = Group {
            place: section.place,
            lines: lines.collect(),
        };
        groups.extend(Some(group).filter(|g| !g.lines.is_empty()));
    }
    groups
}

/// The table as text, `width` cells for the keys at least.
pub fn text(keymap: &Keymap) -> String {
    let groups = table(keymap);
    let all = || groups.iter().flat_map(|g| &g.lines);
    let shown = |line: &Line| match line.keys.is_empty() {
        true => "(palette)".to_owned(),
        false => line.keys.join("  "),
    };
    let wide = all()
        .map(|l| super::view::words::width(&shown(l)))
        .max()
        .unwrap_or(0);
    let named = all().map(|l| l.row.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for group in &groups {
        out.push_str(&format!("\n{}\n", capital(group.place)));
        for line in &group.lines {
            let keys = shown(line);
            let pad = " ".repeat(wide - super::view::words::width(&keys));
            let (name, doc) = (line.row.name, line.row.doc);
            out.push_str(&format!("  {keys}{pad}  {name:<named$}  {doc}\n"));
        }
    }
    out.trim_start_matches('\n').to_owned()
}

/// With a capital at the beginning.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cockpit::keymap::KEYMAPS;
    use std::collections::BTreeSet;

    #[test]
    fn every_action_is_in_the_table_of_every_keymap() {
        for (name, _) in KEYMAPS.shipped {
            let (keymap, _) = Keymap::load(None, name).unwrap();
            let told: BTreeSet<&str> = table(&keymap)
                .iter()
                .flat_map(|g| &g.lines)
                .map(|l| l.row.name)
                .collect();
            let there: BTreeSet<&str> = ROWS.iter().map(|r| r.name).collect();
            assert_eq!(told, there, "{name}");
        }
    }

    #[test]
    fn the_text_names_keys_action_and_what_it_does() {
        let (keymap, _) = Keymap::load(None, "vim").unwrap();
        let text = text(&keymap);
        let line = text.lines().find(|l| l.contains("peer.stop")).unwrap();
        let words: Vec<&str> = line
            .split("  ")
            .map(str::trim)
            .filter(|w| !w.is_empty())
            .collect();
        assert_eq!(
            words,
            ["d d", "peer.stop", "Stop the peer; it can be resumed"]
        );
        assert!(text.starts_with("Everywhere but in a pane\n"));
        assert!(text.contains("(palette)"));
    }
}
