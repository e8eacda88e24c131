//! Do anything: every action and every peer, found by a few letters of its name.

use super::act::disabled;
use super::action::{Action, ROWS};
use super::choices;
use super::filter::Over;
use super::fuzzy::Letters;
use super::line::Line;
use super::look::Look;
use super::model::{Model, Page};
use crate::core::tag::Tag;
use std::cmp::Reverse;

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
    /// Puts the selected peer aside for so many ms; 0 brings it back.
    Snooze(u64),
    /// Gives the selected peer a colour, or none.
    Tag(Option<Tag>),
    /// Reads this session found elsewhere.
    Read(String),
    /// Opens the form of a new peer, filled in by this template.
    Template(String),
    /// Shows only the rows of a list that fit.
    Filter(Over, String),
}

/// So many letters of its beginning call an entry by its name.
const NAME: usize = 3;

/// The page, with `typed` on its line.
pub fn page(typed: &str) -> Page {
    Page::Palette {
        line: Line::new(typed),
        at: 0,
        marked: None,
    }
}

/// After every message: what can be done has changed, perhaps, and with it the order of the rows.
/// The one that is marked stays marked, wherever it stands now.
pub fn follow(model: &mut Model) {
    if !matches!(model.page, Some(Page::Palette { .. })) {
        return;
    }
    let rows = rows(model);
    let Some(Page::Palette { at, marked, .. }) = &mut model.page else {
        return;
    };
    let there = rows
        .iter()
        .position(|row| Some(&row.does) == marked.as_ref());
    *at = there.unwrap_or((*at).min(rows.len().saturating_sub(1)));
    *marked = rows.into_iter().nth(*at).map(|row| row.does);
}

/// Whether the palette has an entry for `action`: all but moving, and what only a pane's keys do.
pub fn offers(action: Action) -> bool {
    let hidden = [Action::Palette, Action::PanePass, Action::PaneLeave];
    !hidden.contains(&action) && !action.row().name.starts_with("move.")
}

/// Themes and keymaps, the one that was chosen marked.
fn looks(look: &Look) -> impl Iterator<Item = (Does, String)> {
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
    let typed = line.text().trim();
    let letters = Letters::new(typed);
    let chooses = |action| matches!(action, Action::ThemeChoose | Action::KeymapChoose);
    let choosing = typed.starts_with("theme") || typed.starts_with("keymap");
    // Once the choices of one thing are looked for, there is nothing else.
    let begins = |action: Action| line.text().starts_with(&format!("{} ", action.row().short));
    let things = [
        Action::Snooze,
        Action::Tag,
        Action::ThemeChoose,
        Action::KeymapChoose,
    ];
    let only = things.into_iter().find(|a| begins(*a));
    let wanted = |does: &Does| match only {
        Some(Action::Snooze) => matches!(does, Does::Snooze(_)),
        Some(Action::Tag) => matches!(does, Does::Tag(_)),
        Some(Action::ThemeChoose) => matches!(does, Does::Theme(_)),
        Some(Action::KeymapChoose) => matches!(does, Does::Keymap(_)),
        _ => true,
    };
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
    let mut found: Vec<(u32, Entry)> = actions
        .chain(peers)
        .chain(looks(&model.look))
        .chain(choices::rows(model))
        .chain(choices::elsewhere(model))
        .chain(choices::templates(model))
        .filter(|(does, _)| wanted(does))
        .filter_map(|(does, text)| {
            let (score, found) = letters.find(&text)?;
            let (key, disabled) = match &does {
                Does::Act(action) => (model.keymap.any_key(*action), disabled(model, *action)),
                Does::Snooze(_) => (None, disabled(model, Action::Snooze)),
                Does::Tag(_) => (None, disabled(model, Action::Tag)),
                Does::Read(_) => (None, disabled(model, Action::Elsewhere)),
                Does::Template(_) => (None, disabled(model, Action::New)),
                Does::Go(_) | Does::Theme(_) | Does::Keymap(_) | Does::Filter(..) => (None, None),
            };
            Some((
                score,
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
    // What is called by its name goes first, also where it cannot be done: Enter says why, and does
    // nothing else instead. Then what can be done; among equals the order of the tables stands.
    let name = typed.to_lowercase();
    let named = |entry: &Entry| name.len() >= NAME && entry.text.to_lowercase().starts_with(&name);
    found.sort_by_key(|(score, entry)| {
        let named = named(entry);
        (!named, !named && entry.disabled.is_some(), Reverse(*score))
    });
    found.into_iter().map(|(_, entry)| entry).collect()
}
