//! Every role that a view names resolves in every theme that ships; no view names a colour.

use super::harness::Cockpit;
use pult::cockpit::action::Action;
use pult::cockpit::theme::{THEMES, Theme};
use std::path::{Path, PathBuf};

/// The sources of the views.
fn views() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cockpit/view")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

/// The dotted words in quotes that stand in the sources of the views: roles, or names of actions.
fn named_roles() -> Vec<String> {
    let mut found = Vec::new();
    for path in views() {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
        for word in code.split('"').skip(1).step_by(2) {
            let letters = |part: &str| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            };
            let dotted = word.contains('.') && word.split('.').all(letters);
            if dotted && Action::by_name(word).is_none() && !word.ends_with(".rs") {
                found.push(word.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_role_of_a_view_is_in_every_theme() {
    let roles = named_roles();
    assert!(roles.len() > 40, "{roles:?}");
    for (name, _) in THEMES.shipped {
        let (theme, _) = Theme::load(None, name).unwrap();
        let roots = roles.iter().filter_map(|r| r.split('.').next());
        let roots: Vec<&str> = roots.chain(["banner", "badge", "match"]).collect();
        let named = roles.iter().map(String::as_str).chain(roots);
        let missing: Vec<&str> = named.filter(|r| !theme.names(r)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn no_view_names_a_colour() {
    for path in views() {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            !text.contains("Color::") && !text.contains("now()"),
            "{}",
            path.display()
        );
    }
}

/// A cockpit in that theme, with a request looked at.
fn in_theme(name: &str, plain: bool) -> Cockpit {
    let mut cockpit = Cockpit::shop(120, 36);
    cockpit.theme = Theme::load(None, name).unwrap().0.plain(plain);
    cockpit.press("i j");
    cockpit
}

#[test]
fn every_theme_looks_like_itself() {
    for (name, _) in THEMES.shipped {
        in_theme(name, false).looks_like(&format!("theme_{name}"));
    }
}

#[test]
fn an_old_font_gets_letters_and_lines() {
    let mut cockpit = in_theme("ansi", true);
    cockpit.looks_like("theme_plain");
    let text = cockpit.terminal().text_rows().join("\n");
    let strange: String = text
        .chars()
        .filter(|c| !c.is_ascii() && !"·─│┌┐└┘".contains(*c))
        .collect();
    assert_eq!(strange, "");
}
