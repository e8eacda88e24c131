//! Which keymap and theme are in force, and how that comes about: the terminal, `cockpit.toml`,
//! the command line, and what is tried on in the palette.

use super::action::Action;
use super::keymap::{KEYMAPS, Keymap};
use super::model::{Model, Page, RuntimeChoice};
use super::palette::{self, Does};
use super::settings::{Glyphs, Settings};
use super::terminal::facts::Facts;
use super::theme::colour::Depth;
use super::theme::{THEMES, Theme};
use crate::config::{Mistake, layers};
use std::path::Path;

/// What the model knows about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What the terminal can show.
    pub facts: Facts,
    /// What the operator chose.
    pub settings: Settings,
    /// The themes there are.
    pub themes: Vec<String>,
    /// The keymaps there are.
    pub keymaps: Vec<String>,
    /// A theme that is tried on.
    pub tried: Option<String>,
}

impl Look {
    /// The theme to draw with.
    pub fn theme(&self) -> &str {
        let chosen = self.settings.theme.as_str();
        match (&self.tried, self.facts.depth) {
            (Some(tried), _) => tried,
            (None, Depth::Mono) => "mono",
            (None, _) if chosen != "auto" => chosen,
            (None, Depth::Sixteen) => "ansi",
            (None, _) if self.facts.light == Some(true) => "light",
            (None, _) => "dark",
        }
    }

    /// Whether the theme depends on the terminal's background, and the terminal may be asked.
    pub fn asks_background(&self) -> bool {
        let by_terminal = self.settings.theme == "auto" && self.facts.depth >= Depth::Indexed;
        by_terminal && self.facts.answers
    }

    /// Whether only the oldest signs are drawn.
    pub fn plain(&self) -> bool {
        match self.settings.glyphs {
            Glyphs::Auto => self.facts.plain,
            Glyphs::Unicode => false,
            Glyphs::Plain => true,
        }
    }
}

/// What the operator's files say, read anew.
#[derive(Clone, Debug)]
pub struct Read {
    /// The settings.
    pub settings: Settings,
    /// The keys.
    pub keymap: Keymap,
    /// The themes there are.
    pub themes: Vec<String>,
    /// The keymaps there are.
    pub keymaps: Vec<String>,
    /// What new peers can be made of.
    pub runtimes: Vec<RuntimeChoice>,
    /// What could not be used.
    pub mistakes: Vec<Mistake>,
}

/// Reads settings and keymap, and with `runtimes` looks for the programs that new peers can be made
/// of. What cannot be read stays as it is in `old`.
pub fn read(config: &Path, old: Option<(&Settings, &Keymap)>, runtimes: bool) -> Read {
    let standing = old
        .map(|(settings, _)| settings.clone())
        .unwrap_or_default();
    let (mut settings, mut mistakes) = Settings::load(config, &standing);
    let (themes, keymaps) = (
        layers::names(THEMES, config),
        layers::names(KEYMAPS, config),
    );
    let file = super::settings::path(config).display().to_string();
    let mut unknown = |key: &str, name: &str, known: &[String]| {
        mistakes.push(Mistake {
            file: file.clone(),
            line: 0,
            what: format!(
                "{key} is \"{name}\", which is not one of {}",
                known.join(", ")
            ),
            entry: None,
        });
    };
    if settings.theme != "auto" && !themes.contains(&settings.theme) {
        unknown("theme", &settings.theme, &themes);
        settings.theme = standing.theme;
    }
    if !keymaps.contains(&settings.keymap) {
        unknown("keymap", &settings.keymap, &keymaps);
        settings.keymap = standing.keymap;
    }
    let loaded = Keymap::load(Some(config), &settings.keymap);
    let (mut keymap, more) = loaded.unwrap_or_else(Keymap::shipped);
    if let Some((_, old)) = old {
        keymap.keep(old, &more);
    }
    mistakes.extend(more);
    if let Some(key) = settings.leave {
        keymap.leave_by(key);
    }
    let found = runtimes.then(|| super::start::runtimes(config));
    let (runtimes, more) = found.unwrap_or_default();
    mistakes.extend(more);
    Read {
        settings,
        keymap,
        themes,
        keymaps,
        runtimes,
        mistakes,
    }
}

/// Takes what was read.
pub fn take(model: &mut Model, read: Read) {
    if model.look.settings.mouse != read.settings.mouse {
        model.mouse = read.settings.mouse;
    }
    model.look.settings = read.settings;
    (model.look.themes, model.look.keymaps) = (read.themes, read.keymaps);
    model.keymap = read.keymap;
    if let Some(Page::Form(form)) = &mut model.page {
        form.keep_runtime(&model.runtimes, &read.runtimes);
    }
    model.runtimes = read.runtimes;
    model.begun.clear();
    model.report(&read.mistakes);
}

/// Tries on the theme that is marked in the palette, and takes it off again.
pub fn follow(model: &mut Model) {
    let Some(Page::Palette { at, .. }) = &model.page else {
        model.look.tried = None;
        return;
    };
    let at = *at;
    let rows = palette::rows(model);
    let marked = rows.into_iter().nth(at).map(|row| row.does);
    model.look.tried = match marked {
        Some(Does::Theme(name)) if name != "auto" => Some(name),
        _ => None,
    };
}

/// The theme that is drawn with, and its name.
#[derive(Debug, Default)]
pub struct Dress {
    worn: Option<(String, Depth, bool)>,
    whole: Theme,
    stale: bool,
    /// The styles in force.
    pub theme: Theme,
}

impl Dress {
    /// Puts on what `look` wants; says whether anything changed, and what could not be used.
    pub fn wear(&mut self, config: &Path, look: &Look) -> (bool, Vec<Mistake>) {
        let wanted = (look.theme().to_owned(), look.facts.depth, look.plain());
        let stale = std::mem::take(&mut self.stale);
        if self.worn.as_ref() == Some(&wanted) && !stale {
            return (false, Vec::new());
        }
        let same = self
            .worn
            .as_ref()
            .is_some_and(|(name, ..)| *name == wanted.0);
        let loaded = Theme::load(Some(config), &wanted.0);
        let (mut theme, mistakes) = loaded.unwrap_or_else(Theme::shipped);
        if same {
            theme.keep(&self.whole, &mistakes);
        }
        self.theme = theme.fit(wanted.1).plain(wanted.2);
        self.whole = theme;
        self.worn = Some(wanted);
        (true, mistakes)
    }

    /// The files changed: the next [`Dress::wear`] reads them again.
    pub fn stale(&mut self) {
        self.stale = true;
    }
}

/// Opens the palette at what can be chosen.
pub fn choose(model: &mut Model, action: Action) {
    model.open_over(palette::page(match action {
        Action::ThemeChoose => "theme ",
        _ => "keymap ",
    }));
}
