//! Do anything: every action and every peer, found by a few letters of its name.

use super::act::disabled;
use super::action::{Action, ROWS};
use super::look::Look;
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

/// Whether the palette has an entry for `action`: all but moving, and what only a pane's keys do.
pub fn offers(action: Action) -> bool {
    let hidden = [Action::Palette, Action::PanePass, Action::PaneLeave];
    !hidden.contains(&action) && !action.row().name.starts_with("move.")
}

/// Themes and keymaps, the one that was chosen marked.
fn choices(look: &Look) -> impl Iterator<Item = (Does, String)> {
    let now = |is: bool| if is { " (now)" } else { "" };
    let chosen = &look.settings;
    let auto = [("auto".to_owned(), "auto: by the terminal")].into_iter();
    let themes = look.themes.iter().map(|name| (name.clone(), name.as_str()));
    // With nothing to choose from there is nothing to leave to the terminal either.
    let auto = auto.filter(|_| !look.themes.is_empty());
    let themes = auto.chain(themes).map(move |(name, text)| {
        let text = format!("Theme {text}{}", now(name == chosen.theme));
        (Does::Theme(name), text)
    });
    let keymaps = look.keymaps.iter().map(move |name| {
        let text = format!("Keymap {name}{}", now(*name == chosen.keymap));
        (Does::Keymap(name.clone()), text)
    });
    themes.chain(keymaps)
}

/// What the palette shows for what was typed, best first; everything for nothing typed.
pub fn rows(model: &Model) -> Vec<Entry> {
    let Some(Page::Palette { line, .. }) = &model.page else {
        return Vec::new();
    };
    let typed = line.text().trim().to_lowercase();
    let chooses = |action| matches!(action, Action::ThemeChoose | Action::KeymapChoose);
    let choosing = typed.starts_with("theme") || typed.starts_with("keymap");
    let actions = ROWS
        .iter()
        .filter(|r| offers(r.action) && !(choosing && chooses(r.action)))
        .map(|r| (Does::Act(r.action), r.doc.to_owned()));
    let peers = model.peers.iter().map(|p| {
        (
            Does::Go(p.row.session.clone()),
            format!("Go to {}", p.name()),
        )
    });
    let mut found: Vec<(usize, Entry)> = actions
        .chain(peers)
        .chain(choices(&model.look))
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
