//! Which key does what: the files in `keymaps/`, and the operator's own lines over them.

use super::action::{Action, ROWS};
use super::key::Key;
use crate::config::layers::{self, Kind};
use crate::config::{self, Entry, Mistake, Value};
use std::path::Path;

/// The keymaps that ship; the others stand on the first.
pub const KEYMAPS: Kind = Kind {
    dir: "keymaps",
    word: "keymap",
    shipped: &[
        ("default", include_str!("../../keymaps/default.toml")),
        ("vim", include_str!("../../keymaps/vim.toml")),
        ("emacs", include_str!("../../keymaps/emacs.toml")),
    ],
};

/// Where a key means what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Everywhere but in a pane.
    Command,
    /// The inbox has the focus; falls back to `Command`.
    Inbox,
    /// Keys go to a worker.
    Pane,
    /// A pane is in copy mode.
    Copy,
    /// A page of text is open: help, look, why; falls back to `Command`.
    Page,
    /// A list is open over the panels; falls back to `Command`.
    List,
}

/// A section of a keymap.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// As a keymap calls it.
    pub name: &'static str,
    /// The section.
    pub is: Section,
    /// Where its keys hold.
    pub place: &'static str,
}

/// All sections; a key is shown from the first that has it.
pub const SECTIONS: &[Place] = &[
    Place {
        name: "command",
        is: Section::Command,
        place: "everywhere but in a pane",
    },
    Place {
        name: "inbox",
        is: Section::Inbox,
        place: "in the inbox",
    },
    Place {
        name: "pane",
        is: Section::Pane,
        place: "in a pane, where every other key goes to the worker",
    },
    Place {
        name: "copy",
        is: Section::Copy,
        place: "in copy mode",
    },
    Place {
        name: "page",
        is: Section::Page,
        place: "on a page of text",
    },
    Place {
        name: "list",
        is: Section::List,
        place: "on a list over the panels",
    },
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

/// One line of a keymap.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    section: Section,
    keys: Vec<Key>,
    action: Action,
}

impl Binding {
    /// Whether one of the two runs of keys would never be reached because of the other.
    fn hides(&self, section: Section, keys: &[Key]) -> bool {
        self.section == section && (self.keys.starts_with(keys) || keys.starts_with(&self.keys))
    }
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Keymap {
    /// The keys that ship.
    pub fn shipped() -> (Self, Vec<Mistake>) {
        Self::load(None, "default").unwrap_or((Self::empty(), Vec::new()))
    }

    /// The keymap of that name, with the operator's own lines where there is a configuration;
    /// `None` when there is none of that name.
    pub fn load(config: Option<&Path>, name: &str) -> Option<(Self, Vec<Mistake>)> {
        let pile = layers::pile(KEYMAPS, config, name)?;
        let mut map = Self::empty();
        let mut mistakes = pile.mistakes;
        for layer in pile.layers {
            mistakes.extend(map.lay(&layer.file, &layer.entries));
        }
        Some((map, mistakes))
    }

    fn empty() -> Self {
        Self {
            bindings: Vec::new(),
        }
    }

    /// Puts the lines of `text` over what there is.
    pub fn overlay(&mut self, file: &str, text: &str) -> Vec<Mistake> {
        let (entries, mut mistakes) = config::entries(file, text);
        mistakes.extend(self.lay(file, &entries));
        mistakes
    }

    fn lay(&mut self, file: &str, entries: &[Entry]) -> Vec<Mistake> {
        let mut fresh = Vec::new();
        let mut mistakes = Vec::new();
        for entry in entries {
            if let Err(what) = self.bind(entry, &mut fresh) {
                mistakes.push(Mistake::of(file, entry, what));
            }
        }
        mistakes
    }

    /// Binds one line; `fresh` are the lines of the same file so far.
    fn bind(&mut self, entry: &Entry, fresh: &mut Vec<Binding>) -> Result<(), String> {
        let Entry { section, key, .. } = entry;
        let (place, keys) = place(section, key)?;
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
        let Some(action) = action else {
            // With the beginning of longer runs, all of them go.
            self.bindings
                .retain(|b| b.section != place || !b.keys.starts_with(&keys));
            return Ok(());
        };
        if let Some(other) = fresh.iter().find(|b| b.hides(place, &keys)) {
            let (run, doc) = (shown(&other.keys), other.action.row().name);
            return Err(format!(
                "[{section}] \"{key}\" and {run}, which runs \"{doc}\", are in each other's way"
            ));
        }
        self.bindings.retain(|b| !b.hides(place, &keys));
        let binding = Binding {
            section: place,
            keys,
            action,
        };
        fresh.push(binding.clone());
        self.bindings.push(binding);
        Ok(())
    }

    /// What stood in `old` at the entries that could not be read goes on.
    pub fn keep(&mut self, old: &Self, mistakes: &[Mistake]) {
        for (section, key) in mistakes.iter().filter_map(|m| m.entry.as_ref()) {
            let Ok((place, keys)) = place(section, key) else {
                continue;
            };
            let same = |b: &&Binding| b.section == place && b.keys == keys;
            if let Some(binding) = old.bindings.iter().find(same)
                && !self.bindings.contains(binding)
            {
                self.bindings.retain(|b| !b.hides(place, &keys));
                self.bindings.push(binding.clone());
            }
        }
    }

    /// Leaves a pane by `key` and no other.
    pub fn leave_by(&mut self, key: Key) {
        use Section::{Command, Pane};
        let leaving = [(Pane, Action::PaneLeave), (Command, Action::PanePass)];
        for (section, action) in leaving {
            self.bindings
                .retain(|b| b.action != action && !b.hides(section, &[key]));
            self.bindings.push(Binding {
                section,
                keys: vec![key],
                action,
            });
        }
    }

    /// What `keys` lead to in `section`.
    pub fn find(&self, section: Section, keys: &[Key]) -> Found {
        let own = self.find_in(section, keys);
        match (own, section) {
            (Found::Nothing, Section::Inbox | Section::Page | Section::List) => {
                self.find_in(Section::Command, keys)
            }
            _ => own,
        }
    }

    fn find_in(&self, section: Section, keys: &[Key]) -> Found {
        let mut found = Found::Nothing;
        for binding in &self.bindings {
            if binding.section != section || !binding.keys.starts_with(keys) {
                continue;
            }
            if binding.keys.len() == keys.len() {
                return Found::Does(binding.action);
            }
            found = Found::Begins;
        }
        found
    }

    /// How the run that begins with `keys` in `section` can go on: the rest, as a screen shows it.
    pub fn continuations(&self, section: Section, keys: &[Key]) -> Vec<(String, Action)> {
        let place = match self.find_in(section, keys) {
            Found::Begins => section,
            _ => Section::Command,
        };
        let longer = self.bindings.iter().filter(|b| b.section == place);
        longer
            .filter_map(|b| Some((b.keys.strip_prefix(keys)?, b.action)))
            .filter(|(rest, _)| !rest.is_empty())
            .map(|(rest, action)| (shown(rest), action))
            .collect()
    }

    /// The first key for `action` in `section`, as a screen shows it; `None` when it has none.
    pub fn key(&self, section: Section, action: Action) -> Option<String> {
        self.of(section, action).next().map(|b| shown(&b.keys))
    }

    /// All keys for `action` in `section`, as a screen shows them.
    pub fn keys(&self, section: Section, action: Action) -> Vec<String> {
        let own = self.of(section, action);
        own.map(|b| shown(&b.keys)).collect()
    }

    fn of(&self, section: Section, action: Action) -> impl Iterator<Item = &Binding> {
        let is = move |b: &&Binding| b.action == action && b.section == section;
        self.bindings.iter().filter(is)
    }

    /// The key for `action` where it is first bound: command, inbox, pane, page.
    pub fn any_key(&self, action: Action) -> Option<String> {
        SECTIONS
            .iter()
            .find_map(|section| self.key(section.is, action))
    }

    /// The key that does `action` while the keys of `section` are in force; `None` when each of its
    /// keys means something else there.
    pub fn key_there(&self, section: Section, action: Action) -> Option<String> {
        let does =
            |b: &&Binding| b.action == action && self.find(section, &b.keys) == Found::Does(action);
        let binding = self.bindings.iter().find(does)?;
        Some(shown(&binding.keys))
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

/// The section and the run of keys that a line is about.
fn place(section: &str, key: &str) -> Result<(Section, Vec<Key>), String> {
    if section.is_empty() {
        return Err(format!("`{key}` is in no section"));
    }
    let Some(place) = SECTIONS.iter().find(|place| place.name == section) else {
        let known: Vec<&str> = SECTIONS.iter().map(|place| place.name).collect();
        return Err(format!("[{section}] is not one of {}", known.join(", ")));
    };
    let keys: Option<Vec<Key>> = key.split(' ').map(Key::parse).collect();
    let keys = keys.ok_or_else(|| format!("[{section}] \"{key}\" is not a key"))?;
    Ok((place.is, keys))
}

fn shown(keys: &[Key]) -> String {
    let keys: Vec<String> = keys.iter().map(Key::to_string).collect();
    keys.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_keymap_parses() {
        let (map, mistakes) = Keymap::shipped();
        assert_eq!(mistakes, []);
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
    fn of_two_runs_in_each_others_way_the_later_file_wins_and_one_file_is_told() {
        let (mut map, _) = Keymap::shipped();
        let first = Key::char('g');
        assert_eq!(
            map.overlay(
                "m",
                "[command]\n\"g g\" = \"undo\"\n\"g h\" = \"help.open\"\n"
            ),
            []
        );
        assert_eq!(map.find(Section::Command, &[first]), Found::Begins);
        let rest = map.continuations(Section::Inbox, &[first]);
        assert_eq!(
            rest,
            [("g".into(), Action::Undo), ("h".into(), Action::Help)]
        );
        assert_eq!(map.overlay("n", "[command]\n\"g\" = \"move.first\"\n"), []);
        assert_eq!(
            map.find(Section::Command, &[first]),
            Found::Does(Action::First)
        );
        let mistakes = map.overlay(
            "o",
            "[command]\n\"y y\" = \"undo\"\n\"y\" = \"pane.zoom\"\n",
        );
        assert_eq!(
            mistakes[0].to_string(),
            "o line 3: [command] \"y\" and y y, which runs \"undo\", are in each other's way"
        );
        assert_eq!(map.find(Section::Command, &[Key::char('y')]), Found::Begins);
    }

    #[test]
    fn a_line_that_cannot_be_read_leaves_what_stood_there() {
        let (mut old, _) = Keymap::shipped();
        assert_eq!(old.overlay("m", "[command]\n\"a\" = \"ask.look\"\n"), []);
        let (mut map, _) = Keymap::shipped();
        let mistakes = map.overlay("m", "[command]\n\"a\" = \"ask.lok\"\n\"j\" = \n");
        assert_eq!(mistakes.len(), 2);
        map.keep(&old, &mistakes);
        // Nor is another of its keys shown first because of it.
        assert_eq!(
            map.key(Section::Command, Action::Down).as_deref(),
            Some("j")
        );
        let find = |c| map.find(Section::Command, &[Key::char(c)]);
        assert_eq!(find('a'), Found::Does(Action::Look));
        assert_eq!(find('j'), Found::Does(Action::Down));
    }

    #[test]
    fn another_leave_key_leaves_everywhere() {
        for (name, _) in KEYMAPS.shipped {
            let (mut map, mistakes) = Keymap::load(None, name).unwrap();
            assert_eq!(mistakes, [], "{name}");
            // What has a key in the first keymap has one in every other.
            let first = Keymap::shipped().0.palette_only();
            let lost = map.palette_only().into_iter().find(|a| !first.contains(a));
            assert_eq!(lost, None, "{name}");
            map.leave_by(Key::ctrl(']'));
            assert!(map.leaves(Key::ctrl(']')) && !map.leaves(Key::ctrl('q')));
            assert_eq!(map.any_key(Action::PanePass).as_deref(), Some("^]"));
        }
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
