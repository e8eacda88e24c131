//! What the operator chose for good: `cockpit.toml` in the configuration directory.

use super::key::Key;
use super::policy::{AlertSettings, WorkerSettings};
use crate::config::{self, Entry, Mistake, Value};
use std::io;
use std::path::{Path, PathBuf};

/// The settings, each with what holds when nothing is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The keymap.
    pub keymap: String,
    /// The theme; `auto` goes by the terminal.
    pub theme: String,
    /// The key that leaves a pane; absent = the keymap's.
    pub leave: Option<Key>,
    /// The mouse is the cockpit's.
    pub mouse: bool,
    /// Which signs are drawn.
    pub glyphs: Glyphs,
    /// How an operator who does not look is told.
    pub alerts: AlertSettings,
    /// What becomes of what workers tell their terminals.
    pub workers: WorkerSettings,
}

/// Which signs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// By what the terminal is.
    Auto,
    /// All.
    Unicode,
    /// Letters and lines that the oldest fonts have.
    Plain,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keymap: "default".into(),
            theme: "auto".into(),
            leave: None,
            mouse: true,
            glyphs: Glyphs::Auto,
            alerts: AlertSettings::default(),
            workers: WorkerSettings::default(),
        }
    }
}

/// Where they are.
pub fn path(config: &Path) -> PathBuf {
    config.join("cockpit.toml")
}

impl Settings {
    /// Reads them; what cannot be read stays as it is in `old`.
    pub fn load(config: &Path, old: &Self) -> (Self, Vec<Mistake>) {
        let path = path(config);
        let text = match config::optional(&path) {
            Ok(text) => text.unwrap_or_default(),
            Err(mistake) => return (old.clone(), vec![mistake]),
        };
        Self::parse(&path.display().to_string(), &text, old)
    }

    fn parse(file: &str, text: &str, old: &Self) -> (Self, Vec<Mistake>) {
        let (entries, mut mistakes) = config::entries(file, text);
        let mut settings = Self::default();
        for entry in &entries {
            if let Err(what) = settings.set(entry) {
                mistakes.push(Mistake::of(file, entry, what));
            }
        }
        for (section, key) in mistakes.iter().filter_map(|m| m.entry.as_ref()) {
            match key.as_str() {
                _ if section == "alerts" => settings.alerts.clone_from(&old.alerts),
                _ if section == "workers" => settings.workers.clone_from(&old.workers),
                "keymap" => settings.keymap.clone_from(&old.keymap),
                "theme" => settings.theme.clone_from(&old.theme),
                "leave" => settings.leave = old.leave,
                "mouse" => settings.mouse = old.mouse,
                "glyphs" => settings.glyphs = old.glyphs,
                _ => {}
            }
        }
        (settings, mistakes)
    }

    fn set(&mut self, entry: &Entry) -> Result<(), String> {
        let wrong = |shape: &str| Err(format!("{} is not {shape}", entry.key));
        match (entry.section.as_str(), entry.key.as_str(), &entry.value) {
            ("", "schema", Value::Number(1)) => {}
            ("", "schema", _) => return wrong("1, the only one there is"),
            ("", "keymap", Value::Text(name)) => self.keymap.clone_from(name),
            ("", "keymap", _) => return wrong("the name of a keymap in quotes"),
            ("", "theme", Value::Text(name)) => self.theme.clone_from(name),
            ("", "theme", _) => return wrong("\"auto\" or the name of a theme in quotes"),
            ("", "mouse", Value::Switch(on)) => self.mouse = *on,
            ("", "mouse", _) => return wrong("true or false"),
            ("", "leave", Value::Text(text)) if leaving(text).is_some() => {
                self.leave = leaving(text)
            }
            ("", "leave", _) => {
                return wrong("a key with ctrl or alt, or a function key, such as \"ctrl-q\"");
            }
            ("", "glyphs", Value::Text(name)) => {
                self.glyphs = match name.as_str() {
                    "auto" => Glyphs::Auto,
                    "unicode" => Glyphs::Unicode,
                    "plain" => Glyphs::Plain,
                    _ => return wrong("one of \"auto\", \"unicode\", \"plain\""),
                }
            }
            ("", "glyphs", _) => return wrong("one of \"auto\", \"unicode\", \"plain\""),
            ("alerts", key, value) => self.alerts.set(key, value)?,
            ("workers", key, value) => self.workers.set(key, value)?,
            (section, key, _) => {
                let name = [section, key].join(if section.is_empty() { "" } else { "." });
                return Err(format!(
                    "there is no setting `{name}`; there are keymap, theme, leave, mouse, glyphs, and the sections alerts and workers"
                ));
            }
        }
        Ok(())
    }
}

/// A key that may leave a pane: none that a worker is typed at with.
fn leaving(text: &str) -> Option<Key> {
    let key = Key::parse(text)?;
    let function = matches!(key.code, super::key::Code::F(_));
    (key.ctrl || key.alt || function).then_some(key)
}

/// Writes one setting; the other lines of the file stay as they are. Gives back the file.
///
/// # Errors
/// When the file cannot be written.
pub fn remember(config: &Path, key: &str, value: &str) -> io::Result<PathBuf> {
    let path = path(config);
    // A file that is a link, as of a collection of settings, stays one.
    let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    let text = match std::fs::read_to_string(&real) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e),
    };
    if let Some(dir) = real.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let fresh = real.with_extension("toml.new");
    std::fs::write(&fresh, with_line(&text, key, value))?;
    std::fs::rename(&fresh, &real)?;
    Ok(path)
}

/// `text` with `key = value` in the place of the line that sets it now, else before any section.
fn with_line(text: &str, key: &str, value: &str) -> String {
    let wanted = format!("{key} = {value}");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let top = lines.iter().position(|l| l.trim_start().starts_with('['));
    let top = top.unwrap_or(lines.len());
    let sets = |line: &String| {
        let name = line.split_once('=').map(|(name, _)| name.trim());
        name.is_some_and(|name| name.trim_matches('"') == key)
    };
    match lines[..top].iter().position(sets) {
        Some(at) => {
            let comment = lines[at]
                .find(" #")
                .map(|from| lines[at][from..].to_owned());
            lines[at] = wanted + &comment.unwrap_or_default();
        }
        None => {
            let blank = lines[..top].iter().rposition(|l| !l.trim().is_empty());
            lines.insert(blank.map_or(0, |n| n + 1), wanted);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, old: &Settings) -> (Settings, Vec<String>) {
        let (settings, mistakes) = Settings::parse("c.toml", text, old);
        (settings, mistakes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_said_holds_and_what_is_not_is_the_default() {
        let (settings, mistakes) = read(
            "keymap = \"vim\"\nmouse = false\nleave = \"ctrl-]\"\n",
            &Settings::default(),
        );
        assert_eq!(mistakes, Vec::<String>::new());
        let want = Settings {
            keymap: "vim".into(),
            mouse: false,
            leave: Some(Key::ctrl(']')),
            ..Settings::default()
        };
        assert_eq!(settings, want);
    }

    #[test]
    fn a_mistake_names_its_line_and_what_held_before_goes_on() {
        let old = Settings {
            mouse: false,
            theme: "light".into(),
            keymap: "vim".into(),
            ..Settings::default()
        };
        let (settings, mistakes) = read("mouse = 1\ntheme = \nleave = \"q\"\n[a]\nb = 1\n", &old);
        assert_eq!((settings.mouse, settings.theme.as_str()), (false, "light"));
        assert_eq!(settings.keymap, "default");
        assert_eq!(mistakes.len(), 4, "{mistakes:?}");
        assert!(mistakes.contains(&"c.toml line 1: mouse is not true or false".to_owned()));
        assert!(mistakes.iter().any(|m| m.starts_with("c.toml line 2: ")));
        assert!(
            mistakes
                .iter()
                .any(|m| m.starts_with("c.toml line 3: leave is not a key with"))
        );
        assert!(
            mistakes
                .iter()
                .any(|m| m.starts_with("c.toml line 5: there is no setting `a.b`"))
        );
    }

    #[test]
    fn one_line_is_written_and_the_others_stay() {
        for (before, after) in [
            ("", "theme = \"light\"\n"),
            (
                "# mine\nmouse = true\n",
                "# mine\nmouse = true\ntheme = \"light\"\n",
            ),
            (
                "theme = \"dark\" # at night\nmouse = true",
                "theme = \"light\" # at night\nmouse = true\n",
            ),
            (
                "a = 1\n\n[b]\ntheme = 1\n",
                "a = 1\ntheme = \"light\"\n\n[b]\ntheme = 1\n",
            ),
        ] {
            assert_eq!(with_line(before, "theme", "\"light\""), after);
        }
    }

    #[test]
    fn a_link_stays_a_link_and_a_missing_directory_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        remember(&config, "keymap", "\"vim\"").unwrap();
        let real = dir.path().join("dotfiles.toml");
        std::fs::rename(path(&config), &real).unwrap();
        std::os::unix::fs::symlink(&real, path(&config)).unwrap();
        remember(&config, "mouse", "false").unwrap();
        assert!(path(&config).is_symlink());
        let (settings, mistakes) = Settings::load(&config, &Settings::default());
        assert_eq!(mistakes, []);
        assert_eq!((settings.keymap.as_str(), settings.mouse), ("vim", false));
    }
}
