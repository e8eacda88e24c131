//! The template that the form of a new peer is filled from.

use super::view::words;
use crate::config::templates::{Template, Whose};
use crate::core::role::Role;
use crate::core::text::line;

/// What there is to choose from, and what was chosen. It stays as it was when it was shown: what is
/// started is what stood there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    all: Vec<Template>,
    at: Option<usize>,
}

impl Chosen {
    /// The one that was chosen.
    pub fn get(&self) -> Option<&Template> {
        self.all.get(self.at?)
    }

    /// The names, and which of them is chosen: 0 for none.
    pub fn names(&self) -> (Vec<&str>, usize) {
        let names = self.all.iter().map(|t| t.name.as_str());
        let names = std::iter::once("none").chain(names).collect();
        (names, self.at.map_or(0, |at| at + 1))
    }

    /// Takes what there is now; the one that is chosen stays what it is.
    pub fn offer(&mut self, all: &[Template]) {
        let stays = self.get().cloned();
        self.all = all.to_vec();
        self.at = stays.map(|stays| {
            let place = self.all.iter().position(|t| t.name == stays.name);
            let place = place.unwrap_or_else(|| {
                self.all.push(stays.clone());
                self.all.len() - 1
            });
            self.all[place] = stays;
            place
        });
    }

    /// Chooses the one of that name.
    pub fn choose(&mut self, name: &str) {
        self.at = self.all.iter().position(|t| t.name == name);
    }

    /// Goes on to the next, or back.
    pub fn step(&mut self, back: bool) {
        let n = self.all.len() + 1;
        let by = if back { n - 1 } else { 1 };
        let at = (self.at.map_or(0, |at| at + 1) + by) % n;
        self.at = at.checked_sub(1);
    }

    /// Goes on to the next whose name begins with `c`.
    pub fn begin(&mut self, c: char) {
        let from = self.at.map_or(0, |at| at + 1);
        let order = (from..self.all.len()).chain(0..from.min(self.all.len()));
        let begins = |n: &usize| self.all[*n].name.starts_with(c);
        if let Some(next) = order.into_iter().find(begins) {
            self.at = Some(next);
        }
    }

    /// What others have it start, whole, in lines of `width` cells.
    pub fn starts(&self, width: usize) -> Vec<String> {
        let programs = self.get().map(Template::starts).unwrap_or_default();
        let line = |program: &String| words::wrap(&format!("starts {program}"), width);
        programs.iter().flat_map(line).collect()
    }

    /// What is to be said of the one that is chosen, in lines of `width` cells.
    pub fn said(&self, width: usize) -> Vec<String> {
        /// So many lines of its prompt.
        const PROMPT: usize = 2;
        let Some(template) = self.get() else {
            return Vec::new();
        };
        let theirs = template.whose == Whose::Repository;
        let mut parts = vec![match (theirs, template.description.as_str()) {
            (true, "") => "of this repository".to_owned(),
            (true, text) => format!("of this repository: {text}"),
            (false, text) => text.to_owned(),
        }];
        parts.extend(template.circle.iter().map(|c| format!("circle {c}")));
        parts.extend(template.tag.map(|tag| format!("tag {}", tag.word())));
        if template.role == Some(Role::Orchestrator) {
            parts.push("as orchestrator".to_owned());
        }
        parts.retain(|part| !part.is_empty());
        let mut said = words::wrap(&parts.join(" · "), width);
        if let Some(prompt) = &template.prompt {
            let prompt = line(prompt)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let lines = words::wrap(&format!("“{prompt}”"), width);
            let cut = lines.len() > PROMPT;
            said.extend(lines.into_iter().take(PROMPT));
            if let Some(last) = said.last_mut().filter(|_| cut) {
                *last = format!("{}…", words::cut(last, width.saturating_sub(1)));
            }
        }
        said.retain(|line| !line.is_empty());
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::templates;
    use std::path::Path;

    fn shipped() -> Chosen {
        let mut chosen = Chosen::default();
        chosen.offer(&templates::load(Path::new("/nowhere"), None).templates);
        chosen
    }

    #[test]
    fn one_or_none_is_chosen_and_stays_as_it_was_shown() {
        let mut chosen = shipped();
        assert_eq!(chosen.names(), (vec!["none", "reviewer", "scout"], 0));
        chosen.step(true);
        assert_eq!(chosen.names().1, 2);
        chosen.step(false);
        assert!(chosen.get().is_none());
        chosen.begin('s');
        let shown = chosen.get().cloned().expect("it begins so");
        let mut changed = shown.clone();
        changed.prompt = Some("another".to_owned());
        chosen.offer(&[changed]);
        assert_eq!(chosen.get(), Some(&shown));
        chosen.offer(&[]);
        assert_eq!(chosen.get(), Some(&shown), "nor does it go");
        chosen.begin('x');
        assert_eq!(chosen.get(), Some(&shown));
    }

    #[test]
    fn programs_of_others_are_said_whole() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = dir.path().join(".pult/templates");
        std::fs::create_dir_all(&place).expect("a directory");
        let long = format!("/opt/notes {}", "--all ".repeat(20));
        let text = format!(
            "prompt = \"{}\"\ncircle = \"docs\"\nmcp = [\"notes={long}\"]",
            "go on ".repeat(99)
        );
        std::fs::write(place.join("theirs.toml"), text).expect("a file");
        let mut chosen = Chosen::default();
        chosen.offer(&templates::load(Path::new("/nowhere"), Some(dir.path())).templates);
        chosen.choose("theirs");
        let starts = chosen.starts(40);
        assert!(
            starts.iter().all(|line| words::width(line) <= 40),
            "{starts:?}"
        );
        assert_eq!(starts.join(" ").matches("--all").count(), 20, "{starts:?}");
        let said = chosen.said(40);
        assert!(said.iter().all(|line| words::width(line) <= 40), "{said:?}");
        assert_eq!(
            (said[0].as_str(), said.len()),
            ("of this repository · circle docs", 3)
        );
        assert!(said[2].ends_with('…'), "{said:?}");
    }
}
