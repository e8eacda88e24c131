//! What things look like: roles with dotted fallback, from `themes/dark.toml` and the operator's
//! own lines over it. Views name roles, never colours.

use crate::config::{self, Entry, Mistake, Value};
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use std::path::Path;

/// The file that ships.
pub const DARK: &str = include_str!("../../themes/dark.toml");

/// The styles in force.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    palette: BTreeMap<String, Color>,
    roles: BTreeMap<String, Style>,
    plain: bool,
}

impl Theme {
    /// The theme that ships.
    pub fn shipped() -> (Self, Vec<Mistake>) {
        let mut theme = Self::default();
        let mistakes = theme.overlay("themes/dark.toml", DARK);
        (theme, mistakes)
    }

    /// The theme that ships with the operator's own lines over it.
    pub fn load(config: &Path) -> (Self, Vec<Mistake>) {
        let (mut theme, mut mistakes) = Self::shipped();
        let path = config.join("themes").join("dark.toml");
        match config::optional(&path) {
            Ok(Some(text)) => mistakes.extend(theme.overlay(&path.display().to_string(), &text)),
            Ok(None) => {}
            Err(mistake) => mistakes.push(mistake),
        }
        (theme, mistakes)
    }

    /// Without colours, for `NO_COLOR`: bold, dim, italic and reverse stay.
    pub fn without_colour(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Puts the lines of `text` over what there is.
    pub fn overlay(&mut self, file: &str, text: &str) -> Vec<Mistake> {
        let (entries, mut mistakes) = config::entries(file, text);
        // The palette first, wherever it stands in the file.
        let (palette, rest): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|e| e.section == "palette");
        for entry in palette.into_iter().chain(rest) {
            if let Err(what) = self.set(entry) {
                mistakes.push(Mistake {
                    file: file.to_owned(),
                    line: entry.line,
                    what,
                });
            }
        }
        mistakes
    }

    fn set(&mut self, entry: &Entry) -> Result<(), String> {
        let Entry { section, key, .. } = entry;
        match (section.as_str(), &entry.value) {
            ("", Value::Number(1)) if key == "schema" => Ok(()),
            ("palette", Value::Text(text)) => {
                let colour = colour(text).ok_or_else(|| {
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
                    let colour = self.palette.get(name).copied().or_else(|| colour(name));
                    let colour = colour.ok_or_else(|| {
                        format!("[role] \"{role}\": {field} is \"{name}\", which is neither in [palette] nor a colour")
                    })?;
                    style = if field == "fg" {
                        style.fg(colour)
                    } else {
                        style.bg(colour)
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

    /// The style of `role`, or of its nearest dotted ancestor, or the terminal's own.
    pub fn style(&self, role: &str) -> Style {
        let mut name = role;
        let style = loop {
            if let Some(style) = self.roles.get(name) {
                break *style;
            }
            match name.rsplit_once('.') {
                Some((ancestor, _)) => name = ancestor,
                None => break Style::new(),
            }
        };
        if !self.plain {
            return style;
        }
        // A background is what marks a cursor; without colours, reverse does.
        let mark = if style.bg.is_some() {
            Modifier::REVERSED
        } else {
            Modifier::empty()
        };
        Style::new().add_modifier(style.add_modifier | mark)
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

fn colour(text: &str) -> Option<Color> {
    if let Some(hex) = text.strip_prefix('#') {
        let value = u32::from_str_radix(hex, 16)
            .ok()
            .filter(|_| hex.len() == 6)?;
        let [_, r, g, b] = value.to_be_bytes();
        return Some(Color::Rgb(r, g, b));
    }
    const NAMES: [&str; 16] = [
        "black",
        "red",
        "green",
        "yellow",
        "blue",
        "magenta",
        "cyan",
        "white",
        "bright-black",
        "bright-red",
        "bright-green",
        "bright-yellow",
        "bright-blue",
        "bright-magenta",
        "bright-cyan",
        "bright-white",
    ];
    let index = NAMES.iter().position(|n| *n == text)?;
    Some(Color::Indexed(index as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_theme_parses() {
        let (theme, mistakes) = Theme::shipped();
        assert_eq!(mistakes, []);
        assert_eq!(
            theme.style("status.asks").fg,
            Some(Color::Rgb(0xf0, 0xb4, 0x5a))
        );
    }

    #[test]
    fn a_role_falls_back_to_its_ancestors() {
        let (theme, _) = Theme::shipped();
        assert_eq!(theme.style("status.never.heard"), theme.style("status"));
        assert_eq!(theme.style("nothing"), Style::new());
    }

    #[test]
    fn a_mistake_names_file_line_and_role_and_the_rest_loads() {
        let (mut theme, _) = Theme::shipped();
        let mistakes = theme.overlay(
            "mine.toml",
            "[palette]\nsun = \"yelow\"\n[role]\n\"text\" = { fg = \"sun\" }\n\"key\" = { fg = \"bright-red\" }\n\"title\" = \"red\"\n",
        );
        let said: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("mine.toml line 2: [palette] sun"));
        assert!(said[1].contains("line 4") && said[1].contains("\"text\""));
        assert!(said[2].contains("line 6") && said[2].contains("\"title\""));
        assert_eq!(theme.style("key").fg, Some(Color::Indexed(9)));
    }

    #[test]
    fn without_colour_the_shapes_stay() {
        let theme = Theme::shipped().0.without_colour();
        assert_eq!(
            theme.style("status.asks"),
            Style::new().add_modifier(Modifier::BOLD)
        );
        assert_eq!(
            theme.style("cursor"),
            Style::new().add_modifier(Modifier::REVERSED)
        );
    }
}
