//! Files that stand on others: `inherits = "default"`, and the operator's file over the shipped one.

use super::{Entry, Mistake, Value, entries, optional};
use std::path::{Path, PathBuf};

/// One kind of file: the keymaps, or the themes.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The directory, in the repository and in the configuration.
    pub dir: &'static str,
    /// What one is called in messages.
    pub word: &'static str,
    /// The files that ship, by name; the first is what everything stands on in the end.
    pub shipped: &'static [(&'static str, &'static str)],
}

/// One file of the pile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The file, as it is called in messages.
    pub file: String,
    /// Its entries, without `schema` and `inherits`.
    pub entries: Vec<Entry>,
}

/// The files that make up one keymap or theme, the lowest first, and what could not be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pile {
    /// The files.
    pub layers: Vec<Layer>,
    /// What is wrong in them.
    pub mistakes: Vec<Mistake>,
}

/// The names that can be chosen: those that ship, then the operator's own in alphabetical order.
pub fn names(kind: Kind, config: &Path) -> Vec<String> {
    let mut own: Vec<String> = std::fs::read_dir(config.join(kind.dir))
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            let name = name.strip_suffix(".toml")?;
            (!name.is_empty() && !name.starts_with('.')).then(|| name.to_owned())
        })
        .filter(|name| kind.shipped.iter().all(|(shipped, _)| shipped != name))
        .collect();
    own.sort();
    let shipped = kind.shipped.iter().map(|(name, _)| (*name).to_owned());
    shipped.chain(own).collect()
}

/// The pile of `name`; `None` when there is no such file. Without `config`, of what ships only.
pub fn pile(kind: Kind, config: Option<&Path>, name: &str) -> Option<Pile> {
    let mut stack = Stack {
        kind,
        config,
        open: Vec::new(),
        pile: Pile::default(),
    };
    stack.add(name, false).then_some(stack.pile)
}

struct Stack<'a> {
    kind: Kind,
    config: Option<&'a Path>,
    /// The files whose base is being looked for: name, and whether it is the shipped one.
    open: Vec<(String, bool)>,
    pile: Pile,
}

impl Stack<'_> {
    /// Adds the file of that name and what it stands on; says whether there is one.
    fn add(&mut self, name: &str, shipped: bool) -> bool {
        let own = if shipped { None } else { self.own(name) };
        let is_own = own.is_some();
        let text = own.or_else(|| {
            let text = self.kind.shipped.iter().find(|(n, _)| *n == name)?.1;
            let file = format!("{}/{name}.toml", self.kind.dir);
            Some((file, text.to_owned()))
        });
        let Some((file, text)) = text else {
            return false;
        };
        self.open.push((name.to_owned(), !is_own));
        let (all, mistakes) = entries(&file, &text);
        self.pile.mistakes.extend(mistakes);
        let mut base = None;
        let mut rest = Vec::new();
        for entry in all {
            match (entry.section.as_str(), entry.key.as_str(), &entry.value) {
                ("", "schema", Value::Number(1)) => {}
                ("", "schema", _) => self.wrong(
                    &file,
                    &entry,
                    "schema is not 1, the only one there is".into(),
                ),
                ("", "inherits", Value::Text(_)) => base = Some(entry),
                ("", "inherits", _) => self.wrong(
                    &file,
                    &entry,
                    format!("inherits is not the name of a {} in quotes", self.kind.word),
                ),
                _ => rest.push(entry),
            }
        }
        self.add_base(name, is_own, &file, base);
        self.pile.layers.push(Layer {
            file,
            entries: rest,
        });
        self.open.pop();
        true
    }

    /// Adds what the file stands on: what it says, else the shipped one of its name, else the first.
    fn add_base(&mut self, name: &str, is_own: bool, file: &str, base: Option<Entry>) {
        let ships = |name: &str| self.kind.shipped.iter().any(|(n, _)| *n == name);
        let (ships, first) = (
            ships(name),
            self.kind.shipped.first().map_or("", |(n, _)| n),
        );
        if let Some(entry) = base
            && let Value::Text(wanted) = &entry.value
        {
            let itself = wanted == name;
            let shipped = itself || !self.has_own(wanted);
            let what = if self.open.contains(&(wanted.clone(), shipped)) {
                format!("inherits \"{wanted}\", which stands on this file itself")
            } else if self.add(wanted, shipped) {
                return;
            } else {
                let known = match self.config {
                    Some(config) => names(self.kind, config),
                    None => names(self.kind, Path::new("")),
                };
                format!(
                    "inherits \"{wanted}\", which is not one of {}",
                    known.join(", ")
                )
            };
            self.wrong(file, &entry, what);
        }
        if is_own && ships {
            self.add(name, true);
            return;
        }
        let own_first = (first.to_owned(), false);
        let shipped = !self.has_own(first) || self.open.contains(&own_first);
        if name != first && !self.open.contains(&(first.to_owned(), shipped)) {
            self.add(first, shipped);
        }
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let config = self.config.filter(|_| !name.contains(['/', '\0']))?;
        Some(config.join(self.kind.dir).join(format!("{name}.toml")))
    }

    fn has_own(&self, name: &str) -> bool {
        self.path(name).is_some_and(|path| path.exists())
    }

    fn wrong(&mut self, file: &str, entry: &Entry, what: String) {
        self.pile.mistakes.push(Mistake::of(file, entry, what));
    }

    /// The operator's file of that name. A name that leaves the directory is none.
    fn own(&mut self, name: &str) -> Option<(String, String)> {
        let path = self.path(name)?;
        match optional(&path) {
            Ok(text) => Some((path.display().to_string(), text?)),
            Err(mistake) => {
                self.pile.mistakes.push(mistake);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind {
        dir: "keymaps",
        word: "keymap",
        shipped: &[
            ("default", "schema = 1\n[a]\nx = \"1\"\n"),
            (
                "vim",
                "schema = 1\ninherits = \"default\"\n[a]\nx = \"2\"\n",
            ),
        ],
    };

    /// The files of the pile of `name`, and its mistakes, with `own` files in the configuration.
    fn piled(own: &[(&str, &str)], name: &str) -> (Vec<String>, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("keymaps")).unwrap();
        for (name, text) in own {
            let file = dir.path().join("keymaps").join(format!("{name}.toml"));
            std::fs::write(file, text).unwrap();
        }
        let short = |text: &str| text.replace(&dir.path().display().to_string(), "~");
        let pile = pile(KIND, Some(dir.path()), name).unwrap_or_default();
        (
            pile.layers.iter().map(|l| short(&l.file)).collect(),
            pile.mistakes
                .iter()
                .map(|m| short(&m.to_string()))
                .collect(),
        )
    }

    #[test]
    fn each_file_stands_on_what_it_names() {
        let none = Vec::<String>::new();
        assert_eq!(
            piled(&[], "vim"),
            (
                vec!["keymaps/default.toml".into(), "keymaps/vim.toml".into()],
                none.clone()
            )
        );
        let (files, mistakes) = piled(
            &[("default", "a.y = \"3\""), ("mine", "inherits = \"vim\"")],
            "mine",
        );
        assert_eq!(mistakes, none);
        assert_eq!(
            files,
            [
                "keymaps/default.toml",
                "~/keymaps/default.toml",
                "keymaps/vim.toml",
                "~/keymaps/mine.toml"
            ]
        );
        let (files, _) = piled(&[("vim", ""), ("mine", "")], "vim");
        assert_eq!(
            files,
            [
                "keymaps/default.toml",
                "keymaps/vim.toml",
                "~/keymaps/vim.toml"
            ]
        );
        let (files, _) = piled(&[("mine", "")], "mine");
        assert_eq!(files, ["keymaps/default.toml", "~/keymaps/mine.toml"]);
        assert_eq!(piled(&[], "nano").0, none);
        assert_eq!(piled(&[], "../keymaps/vim").0, none);
    }

    #[test]
    fn a_base_that_is_missing_or_goes_in_a_circle_is_named_and_the_shipped_one_is_taken() {
        let (files, mistakes) = piled(&[("mine", "\ninherits = \"nano\"")], "mine");
        assert_eq!(files, ["keymaps/default.toml", "~/keymaps/mine.toml"]);
        assert_eq!(
            mistakes,
            [
                "~/keymaps/mine.toml line 2: inherits \"nano\", which is not one of default, vim, mine"
            ]
        );
        let (files, mistakes) = piled(&[("default", "inherits = \"vim\"")], "default");
        assert_eq!(
            files,
            [
                "keymaps/default.toml",
                "keymaps/vim.toml",
                "~/keymaps/default.toml"
            ]
        );
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        let (files, mistakes) = piled(&[("a", "inherits = \"b\""), ("b", "inherits = \"a\"")], "a");
        assert_eq!(
            files,
            [
                "keymaps/default.toml",
                "~/keymaps/b.toml",
                "~/keymaps/a.toml"
            ]
        );
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    }
}
