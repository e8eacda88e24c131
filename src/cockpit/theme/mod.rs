//! What things look like: roles with dotted fallback, from the files in `themes/` and the
//! operator's own lines over them. Views name roles, never colours.

pub mod colour;

use crate::config::layers::{self, Kind, Layer};
use crate::config::{Entry, Mistake, Value};
use colour::Depth;
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use std::path::Path;

/// The themes that ship; the others stand on the first.
pub const THEMES: Kind = Kind {
    dir: "themes",
    word: "theme",
    shipped: &[
        ("dark", include_str!("../../../themes/dark.toml")),
        ("light", include_str!("../../../themes/light.toml")),
        ("ansi", include_str!("../../../themes/ansi.toml")),
        (
            "high-contrast",
            include_str!("../../../themes/high-contrast.toml"),
        ),
        ("mono", include_str!("../../../themes/mono.toml")),
    ],
};

/// The styles in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    palette: BTreeMap<String, Color>,
    roles: BTreeMap<String, Style>,
    plain: bool,
}

impl Theme {
    /// The first theme that ships.
    pub fn shipped() -> (Self, Vec<Mistake>) {
        Self::load(None, "dark").unwrap_or_default()
    }

    /// The theme of that name, with the operator's own lines where there is a configuration;
    /// `None` when there is none of that name.
    pub fn load(config: Option<&Path>, name: &str) -> Option<(Self, Vec<Mistake>)> {
        let pile = layers::pile(THEMES, config, name)?;
        let (theme, mistakes) = Self::of(&pile.layers);
        Some((theme, [pile.mistakes, mistakes].concat()))
    }

    /// The colours of all layers first: a role takes them by name, and a later file may give the
    /// name another colour.
    fn of(layers: &[Layer]) -> (Self, Vec<Mistake>) {
        let mut theme = Self::default();
        let mut mistakes = Vec::new();
        let every = || {
            let each = |layer: &'_ Layer| -> Vec<(String, Entry)> {
                let entries = layer.entries.iter().cloned();
                entries.map(|e| (layer.file.clone(), e)).collect()
            };
            layers.iter().flat_map(each)
        };
        for colours in [true, false] {
            for (file, entry) in every().filter(|(_, e)| (e.section == "palette") == colours) {
                if let Err(what) = theme.set(&entry) {
                    mistakes.push(Mistake::of(&file, &entry, what));
                }
            }
        }
        (theme, mistakes)
    }

    fn set(&mut self, entry: &Entry) -> Result<(), String> {
        let Entry { section, key, .. } = entry;
        match (section.as_str(), &entry.value) {
            ("palette", Value::Text(text)) => {
                let colour = colour::parse(text).ok_or_else(|| {
                    format!("[palette] {key} is \"{text}\", which is not a colour such as \"#8aadf4\" or \"red\"")
                })?;
                self.palette.insert(key.clone(), colour);
                Ok(())
            }
            ("role", Value::Table(fields)) => {
                let style = self.style_of(key, fields)?;
                self.roles.insert(key.clone(), style);
                Ok(())
            }
            ("role", _) => Err(format!(
                "[role] \"{key}\" is not a table such as {{ fg = \"red\" }}"
            )),
            _ => Err(format!("[{section}] {key} is not something a theme has")),
        }
    }

    fn style_of(&self, role: &str, fields: &[(String, Value)]) -> Result<Style, String> {
        let mut style = Style::new();
        for (field, value) in fields {
            match (field.as_str(), value) {
                ("fg" | "bg", Value::Text(name)) => {
                    let colour = self.palette.get(name).copied();
                    let colour = colour.or_else(|| colour::parse(name)).ok_or_else(|| {
                        format!("[role] \"{role}\": {field} is \"{name}\", which is neither in [palette] nor a colour")
                    })?;
                    style = match field.as_str() {
                        _ if colour == Color::Reset => style,
                        "fg" => style.fg(colour),
                        _ => style.bg(colour),
                    };
                }
                ("add", Value::List(words)) => {
                    for word in words {
                        style = style.add_modifier(modifier(word).ok_or_else(|| {
                            format!("[role] \"{role}\": add has \"{word}\", which is not one of bold, dim, italic, underline, reverse")
                        })?);
                    }
                }
                _ => {
                    return Err(format!(
                        "[role] \"{role}\": {field} is not fg, bg or add, or has the wrong shape"
                    ));
                }
            }
        }
        Ok(style)
    }

    /// What stood in `old` at the entries that could not be read goes on.
    pub fn keep(&mut self, old: &Self, mistakes: &[Mistake]) {
        for (section, key) in mistakes.iter().filter_map(|m| m.entry.as_ref()) {
            if section == "role"
                && let Some(style) = old.roles.get(key)
            {
                self.roles.insert(key.clone(), *style);
            }
        }
    }

    /// The same with the nearest colours that a terminal of that depth has.
    pub fn fit(&self, depth: Depth) -> Self {
        let mut theme = self.clone();
        for style in theme.roles.values_mut() {
            // A background is what marks a cursor; without colours, reverse does.
            if depth == Depth::Mono && style.bg.is_some() {
                *style = style.add_modifier(Modifier::REVERSED);
            }
            let fit = |colour: Option<Color>| {
                let colour = colour.map(|c| colour::fit(c, depth));
                colour.filter(|c| *c != Color::Reset)
            };
            (style.fg, style.bg) = (fit(style.fg), fit(style.bg));
        }
        theme
    }

    /// The same with letters and lines of the oldest fonts only, or with all signs.
    pub fn plain(mut self, plain: bool) -> Self {
        self.plain = plain;
        self
    }

    /// Whether only letters and lines of the oldest fonts are drawn.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// The style of `role`, or of its nearest dotted ancestor, or the terminal's own.
    pub fn style(&self, role: &str) -> Style {
        let mut name = role;
        loop {
            if let Some(style) = self.roles.get(name) {
                return *style;
            }
            match name.rsplit_once('.') {
                Some((ancestor, _)) => name = ancestor,
                None => return Style::new(),
            }
        }
    }

    /// Every role that the theme names, with its style.
    pub fn roles(&self) -> impl Iterator<Item = (&str, Style)> {
        self.roles
            .iter()
            .map(|(name, style)| (name.as_str(), *style))
    }

    /// The colours by their names; `background` is the one that the theme is made for.
    pub fn palette(&self) -> &BTreeMap<String, Color> {
        &self.palette
    }

    /// Whether `role` is named by the theme itself, not only through an ancestor.
    pub fn names(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }
}

fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first theme with these lines over it.
    fn with(text: &str) -> (Theme, Vec<Mistake>) {
        let pile = layers::pile(THEMES, None, "dark").unwrap();
        let (entries, mistakes) = crate::config::entries("mine.toml", text);
        assert_eq!(mistakes, []);
        let own = Layer {
            file: "mine.toml".into(),
            entries,
        };
        Theme::of(&[pile.layers, vec![own]].concat())
    }

    #[test]
    fn every_theme_that_ships_parses() {
        for (name, _) in THEMES.shipped {
            let (theme, mistakes) = Theme::load(None, name).unwrap();
            assert_eq!(mistakes, [], "{name}");
            assert!(theme.palette.contains_key("background"), "{name}");
        }
        assert_eq!(Theme::load(None, "sepia"), None);
    }

    #[test]
    fn a_role_falls_back_to_its_ancestors() {
        let (theme, _) = Theme::shipped();
        assert_eq!(theme.style("status.never.heard"), theme.style("status"));
        assert_eq!(theme.style("nothing"), Style::new());
    }

    #[test]
    fn another_colour_of_a_name_reaches_every_role_that_takes_it() {
        let (theme, mistakes) = with("[palette]\namber = \"#010203\"\n");
        assert_eq!(mistakes, []);
        assert_eq!(theme.style("status.asks").fg, Some(Color::Rgb(1, 2, 3)));
        assert_eq!(theme.style("badge").fg, Some(Color::Rgb(1, 2, 3)));
    }

    #[test]
    fn a_mistake_names_file_line_and_role_and_the_rest_loads() {
        let (mut theme, mistakes) = with(
            "[palette]\nsun = \"yelow\"\n[role]\n\"text\" = { fg = \"sun\" }\n\"key\" = { fg = \"bright-red\" }\n\"title\" = \"red\"\n",
        );
        let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("mine.toml line 2: [palette] sun"));
        assert!(said[1].contains("line 4") && said[1].contains("\"text\""));
        assert!(said[2].contains("line 6") && said[2].contains("\"title\""));
        assert_eq!(theme.style("key").fg, Some(Color::Indexed(9)));
        let (old, _) = with("[role]\ntext = { fg = \"green\" }\n\"key\" = { fg = \"blue\" }\n");
        theme.keep(&old, &mistakes);
        assert_eq!(theme.style("text"), old.style("text"));
        assert_eq!(theme.style("key").fg, Some(Color::Indexed(9)));
    }

    #[test]
    fn without_colours_the_shapes_stay() {
        let theme = Theme::shipped().0.fit(Depth::Mono);
        let asks = theme.style("status.asks");
        assert_eq!(asks, Style::new().add_modifier(Modifier::BOLD));
        let cursor = theme.style("cursor");
        assert_eq!(cursor, Style::new().add_modifier(Modifier::REVERSED));
    }
}
