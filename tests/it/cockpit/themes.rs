//! Every role that a view names resolves in the theme that ships.

use pult::cockpit::theme::Theme;
use std::path::Path;

/// The dotted words in quotes that stand in the sources of the views and begin like a role.
fn named_roles(dir: &Path, roots: &[&str], out: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            named_roles(&path, roots, out);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for word in text.split('"').skip(1).step_by(2) {
            let root = word.split('.').next().unwrap_or("");
            let dotted =
                word.contains('.') && word.chars().all(|c| c.is_ascii_lowercase() || c == '.');
            if dotted && roots.contains(&root) {
                out.push(word.to_owned());
            }
        }
    }
}

#[test]
fn every_role_of_a_view_is_in_the_theme() {
    let (theme, _) = Theme::shipped();
    let roots = [
        "text", "border", "title", "cursor", "key", "status", "risk", "notice", "input",
    ];
    let mut roles = Vec::new();
    let views = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cockpit/view");
    named_roles(&views, &roots, &mut roles);
    assert!(roles.len() > 40, "{roles:?}");
    roles.extend(roots.map(str::to_owned));
    roles.extend(["banner", "badge", "match"].map(str::to_owned));
    let missing: Vec<&String> = roles.iter().filter(|r| !theme.names(r)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn no_view_names_a_colour() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cockpit/view")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(
                !text.contains("Color::") && !text.contains("now()"),
                "{}",
                path.display()
            );
        }
    }
}
