//! Which key does what: `keymaps/default.toml`, and the operator's own lines over it.

use super::action::{Action, ROWS};
use super::key::Key;
use crate::config::{self, Entry, Mistake, Value};
use std::path::Path;

/// The file that ships.
pub const DEFAULT: &str = include_str!("../../keymaps/default.toml");

/// Where a key means what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Everywhere but in a pane.
    Command,
    /// The inbox has the focus; falls back to `Command`.
    Inbox,
    /// Keys go to a worker.
    Pane,
    /// A page of text is open: help, look, why; falls back to `Command`.
    Page,
}

const SECTIONS: &[(&str, Section)] = &[
    ("command", Section::Command),
    ("inbox", Section::Inbox),
    ("pane", Section::Pane),
    ("page", Section::Page),
];

/// What a key, or a run of keys, leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing begins like this.
    Nothing,
    /// A longer run begins like this.
    Begins,
    /// This.
    Does(Action),
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<(Section, Vec<Key>, Action)>,
}

impl Keymap {
    /// The keys that ship.
    pub fn shipped() -> (Self, Vec<Mistake>) {
        let mut map = Self {
            bindings: Vec::new(),
        };
        let mistakes = map.overlay("keymaps/default.toml", DEFAULT);
        (map, mistakes)
    }

    /// The keys that ship with the operator's own lines over them.
    pub fn load(config: &Path) -> (Self, Vec<Mistake>) {
        let (mut map, mut mistakes) = Self::shipped();
        let path = config.join("keymaps").join("default.toml");
        match config::optional(&path) {
            Ok(Some(text)) => mistakes.extend(map.overlay(&path.display().to_string(), &text)),
            Ok(None) => {}
            Err(mistake) => mistakes.push(mistake),
        }
        (map, mistakes)
    }

    /// Puts the lines of `text` over what there is.
    pub fn overlay(&mut self, file: &str, text: &str) -> Vec<Mistake> {
        let (entries, mut mistakes) = config::entries(file, text);
        for entry in entries {
            if let Err(what) = self.bind(&entry) {
                mistakes.push(Mistake {
                    file: file.to_owned(),
                    line: entry.line,
                    what,
                });
            }
        }
        mistakes
    }

    fn bind(&mut self, entry: &Entry) -> Result<(), String> {
        let Entry { section, key, .. } = entry;
        if section.is_empty() {
            return match (key.as_str(), &entry.value) {
                ("schema", Value::Number(1)) => Ok(()),
                ("schema", _) => Err("schema is not 1, the only one there is".into()),
                _ => Err(format!("`{key}` is in no section")),
            };
        }
        let place = SECTIONS
            .iter()
            .find(|(name, _)| name == section)
            .ok_or_else(|| format!("[{section}] is not one of command, inbox, pane, page"))?
            .1;
        let keys: Option<Vec<Key>> = key.split(' ').map(Key::parse).collect();
        let keys = keys.ok_or_else(|| format!("[{section}] \"{key}\" is not a key"))?;
        let Value::Text(name) = &entry.value else {
            return Err(format!(
                "[{section}] \"{key}\" is not the name of an action in quotes"
            ));
        };
        let action = match name.as_str() {
            "" => None,
            name => Some(Action::by_name(name).ok_or_else(|| {
                format!("[{section}] \"{key}\" runs \"{name}\", which is not an action")
            })?),
        };
        self.bindings.retain(|(s, k, _)| (*s, k) != (place, &keys));
        self.bindings
            .extend(action.map(|action| (place, keys, action)));
        Ok(())
    }

    /// What `keys` lead to in `section`.
    pub fn find(&self, section: Section, keys: &[Key]) -> Found {
        let own = self.find_in(section, keys);
        match (own, section) {
            (Found::Nothing, Section::Inbox | Section::Page) => {
                self.find_in(Section::Command, keys)
            }
            _ => own,
        }
    }

    fn find_in(&self, section: Section, keys: &[Key]) -> Found {
        let mut found = Found::Nothing;
        for (place, bound, action) in &self.bindings {
            if *place != section || !bound.starts_with(keys) {
                continue;
            }
            if bound.len() == keys.len() {
                return Found::Does(*action);
            }
            found = Found::Begins;
        }
        found
    }

    /// The first key for `action` in `section`, as a screen shows it; `None` when it has none.
    pub fn key(&self, section: Section, action: Action) -> Option<String> {
        self.keys(section, action).into_iter().next()
    }

    /// All keys for `action` in `section`, as a screen shows them.
    pub fn keys(&self, section: Section, action: Action) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|(s, _, a)| (*s, *a) == (section, action))
            .map(|(_, keys, _)| {
                let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
                keys.join(" ")
            })
            .collect()
    }

    /// The key for `action` where it is first bound: command, inbox, pane, page.
    pub fn any_key(&self, action: Action) -> Option<String> {
        SECTIONS
            .iter()
            .find_map(|(_, section)| self.key(*section, action))
    }

    /// The key that leaves a pane, as a screen shows it. There is always one.
    pub fn leave(&self) -> String {
        self.key(Section::Pane, Action::PaneLeave)
            .unwrap_or_else(|| "^Q".into())
    }

    /// Whether `key` leaves a pane; with none bound it is Ctrl-Q, so that there is a way out.
    pub fn leaves(&self, key: Key) -> bool {
        match self.find_in(Section::Pane, &[key]) {
            Found::Does(action) => action == Action::PaneLeave,
            _ => key == Key::ctrl('q') && self.key(Section::Pane, Action::PaneLeave).is_none(),
        }
    }

    /// Actions without any key: they are in the palette only.
    pub fn palette_only(&self) -> Vec<Action> {
        ROWS.iter()
            .map(|r| r.action)
            .filter(|a| self.any_key(*a).is_none())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_keymap_parses_and_reaches_every_action() {
        let (map, mistakes) = Keymap::shipped();
        assert_eq!(mistakes, []);
        assert_eq!(map.palette_only(), []);
        assert_eq!(map.leave(), "^Q");
    }

    #[test]
    fn a_section_shadows_and_falls_back() {
        let (map, _) = Keymap::shipped();
        let find = |s, k: &str| map.find(s, &[Key::parse(k).unwrap()]);
        assert_eq!(find(Section::Command, "enter"), Found::Does(Action::Open));
        assert_eq!(find(Section::Inbox, "enter"), Found::Does(Action::Look));
        assert_eq!(find(Section::Inbox, "j"), Found::Does(Action::Down));
        assert_eq!(find(Section::Pane, "j"), Found::Nothing);
    }

    #[test]
    fn a_mistake_names_file_line_and_key_and_the_rest_loads() {
        let (mut map, _) = Keymap::shipped();
        let mistakes = map.overlay(
            "mine.toml",
            "[command]\n\"a\" = \"ask.alow\"\n\"hyper-x\" = \"undo\"\n\"Z\" = \"pane.zoom\"\n\"x\" = \"\"\n[nowhere]\n\"b\" = \"undo\"\n[command.q]\n",
        );
        let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert!(
            said.contains(
                &"mine.toml line 2: [command] \"a\" runs \"ask.alow\", which is not an action"
                    .to_owned()
            ),
            "{said:?}"
        );
        assert!(
            said.iter()
                .any(|s| s.contains("line 3") && s.contains("hyper-x"))
        );
        assert!(said.iter().any(|s| s.contains("[nowhere]")));
        assert_eq!(map.keys(Section::Command, Action::Zoom), ["z", "Z"]);
        assert_eq!(map.key(Section::Command, Action::Stop), None);
        assert_eq!(
            map.find(Section::Command, &[Key::char('a')]),
            Found::Does(Action::Allow)
        );
    }

    #[test]
    fn runs_of_keys_wait_for_the_rest() {
        let (mut map, _) = Keymap::shipped();
        assert_eq!(map.overlay("m", "[command]\n\"y y\" = \"undo\"\n"), []);
        let y = Key::char('y');
        assert_eq!(map.find(Section::Command, &[y]), Found::Begins);
        assert_eq!(
            map.find(Section::Command, &[y, y]),
            Found::Does(Action::Undo)
        );
        assert_eq!(
            map.key(Section::Command, Action::Undo).as_deref(),
            Some("u")
        );
    }

    #[test]
    fn there_is_always_a_way_out_of_a_pane() {
        let (mut map, _) = Keymap::shipped();
        assert_eq!(map.overlay("m", "[pane]\n\"ctrl-q\" = \"\"\n"), []);
        assert!(map.leaves(Key::ctrl('q')));
        assert_eq!(
            map.overlay("m", "[pane]\n\"ctrl-b\" = \"pane.leave\"\n"),
            []
        );
        assert!(map.leaves(Key::ctrl('b')) && !map.leaves(Key::ctrl('q')));
        assert_eq!(map.leave(), "^B");
    }
}
