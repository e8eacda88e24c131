//! Do anything: every action and every peer, found by a few letters of its name.

use super::act::disabled;
use super::action::{Action, ROWS};
use super::model::{Model, Page};

/// One thing that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub does: Does,
    /// One line that says so; the letters are looked for in it.
    pub text: String,
    /// Its key, when it has one.
    pub key: Option<String>,
    /// Why it cannot be done now.
    pub disabled: Option<String>,
    /// Which characters of `text` were found, by index.
    pub found: Vec<usize>,
}

/// What choosing an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// An action.
    Act(Action),
    /// Selects this session.
    Go(String),
    /// Draws by this theme from now on.
    Theme(String),
    /// Takes this keymap from now on.
    Keymap(String),
}

/// What the palette shows for what was typed, best first; everything for nothing typed.
pub fn rows(model: &Model) -> Vec<Entry> {
    let Some(Page::Palette { line, .. }) = &model.page else {
        return Vec::new();
    };
    let typed = line.text().trim().to_lowercase();
    let hidden = [Action::Palette, Action::PanePass, Action::PaneLeave];
    let actions = ROWS
        .iter()
        .filter(|r| !hidden.contains(&r.action) && !r.name.starts_with("move."))
        .map(|r| (Does::Act(r.action), r.doc.to_owned()));
    let peers = model.peers.iter().map(|p| {
        (
            Does::Go(p.row.session.clone()),
            format!("Go to {}", p.name()),
        )
    });
    let look = &model.look;
    let themes = look.themes.iter();
    let themes = themes.map(|name| {
        let now = if *name == look.settings.theme {
            " (now)"
        } else {
            ""
        };
        (Does::Theme(name.clone()), format!("Theme {name}{now}"))
    });
    let keymaps = look.keymaps.iter().map(|name| {
        let now = if *name == look.settings.keymap {
            " (now)"
        } else {
            ""
        };
        (Does::Keymap(name.clone()), format!("Keymap {name}{now}"))
    });
    let mut found: Vec<(usize, Entry)> = actions
        .chain(peers)
        .chain(themes)
        .chain(keymaps)
        .filter_map(|(does, text)| {
            let (cost, found) = matches(&text, &typed)?;
            let (key, disabled) = match &does {
                Does::Act(action) => (model.keymap.any_key(*action), disabled(model, *action)),
                Does::Go(_) | Does::Theme(_) | Does::Keymap(_) => (None, None),
            };
            let cost = cost + if disabled.is_some() { 1000 } else { 0 };
            Some((
                cost,
                Entry {
                    does,
                    text,
                    key,
                    disabled,
                    found,
                },
            ))
        })
        .collect();
    found.sort_by_key(|(cost, _)| *cost);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// Where the letters of `typed` are in `text`, in order, and how far apart; `None` when they are not.
fn matches(text: &str, typed: &str) -> Option<(usize, Vec<usize>)> {
    let lower: Vec<char> = text.to_lowercase().chars().collect();
    if typed.is_empty() {
        return Some((0, Vec::new()));
    }
    let letters: Vec<char> = typed.chars().filter(|c| *c != ' ').collect();
    let starts = (0..lower.len()).filter(|i| Some(&lower[*i]) == letters.first());
    starts
        .filter_map(|start| {
            let mut found = vec![start];
            for letter in &letters[1..] {
                let from = found.last()? + 1;
                found.push(from + lower.get(from..)?.iter().position(|c| c == letter)?);
            }
            let spread = found.last()? - start + 1 - letters.len();
            let inside = start > 0 && lower[start - 1].is_alphanumeric();
            Some((spread * 4 + usize::from(inside) * 8 + start.min(7), found))
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_the_nearest() {
        let cost = |text: &str, typed: &str| matches(text, typed).map(|(cost, _)| cost);
        assert!(cost("Stop the peer", "stop") < cost("Show the whole stop", "stop"));
        assert!(cost("New peer", "np").is_some());
        assert_eq!(cost("New peer", "pn"), None);
        assert_eq!(matches("Go to fixer", "fx").map(|m| m.1), Some(vec![6, 8]));
        assert_eq!(cost("anything", ""), Some(0));
    }
}
