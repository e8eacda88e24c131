//! The README says what is so.

use super::root;
use std::collections::BTreeSet;

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("README.md")
}

/// The lines of its code blocks.
fn commands(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            found.push(line);
        }
    }
    found
}

#[test]
fn it_names_exactly_the_two_commands() {
    let text = readme();
    let cargo: Vec<&str> = commands(&text)
        .into_iter()
        .filter(|line| line.starts_with("cargo "))
        .collect();
    assert_eq!(cargo, ["cargo run --release -- demo", "cargo test"]);
}

#[test]
fn its_table_of_verbs_is_the_command_line() {
    let text = readme();
    let told: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `pult "))
        .filter_map(|rest| rest.split('`').next().map(str::to_owned))
        .collect();
    let command = pult::cli::command();
    let there: BTreeSet<String> = command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set())
        .map(|sub| sub.get_name().to_owned())
        .collect();
    assert_eq!(told, there);
}

#[test]
fn every_verb_it_mentions_exists() {
    let text = readme();
    let command = pult::cli::command();
    let known: BTreeSet<&str> = command
        .get_subcommands()
        .map(|sub| sub.get_name())
        .collect();
    let mut mentioned = Vec::new();
    for (at, _) in text.match_indices("`pult ") {
        mentioned.push(&text[at + 6..]);
    }
    for line in commands(&text) {
        mentioned.extend(line.split("pult ").skip(1));
    }
    for rest in mentioned {
        let end = rest.find(|c: char| !c.is_ascii_lowercase());
        let word = &rest[..end.unwrap_or(rest.len())];
        assert!(word.is_empty() || known.contains(word), "pult {word} …");
    }
}

#[test]
fn its_table_of_keys_is_the_keymap() {
    let text = readme();
    let path = root().join("keymaps/default.toml");
    let keymap = std::fs::read_to_string(path).expect("the keymap that ships");
    let keymap: toml::Table = keymap.parse().expect("a keymap is TOML");
    let command = keymap["command"].as_table().expect("[command]");
    let mut rows = 0;
    let mut lines = text
        .lines()
        .skip_while(|line| *line != "| key | action | does |");
    for line in lines
        .by_ref()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
    {
        let cells: Vec<&str> = line
            .split('|')
            .map(|c| c.trim().trim_matches('`'))
            .collect();
        let action = command.get(cells[1]).and_then(toml::Value::as_str);
        assert_eq!(action, Some(cells[2]), "key {}", cells[1]);
        rows += 1;
    }
    assert!(rows > 5, "the table of keys is gone");
}

#[test]
fn every_file_it_names_is_there() {
    let text = readme();
    for word in text.split('`').skip(1).step_by(2) {
        let path = word.trim_end_matches('/');
        let file = path.contains('/') || path.starts_with('.') || path.starts_with("LICENSE");
        let plain = path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "./_-".contains(c));
        if file && plain && !path.ends_with(".new") && !path.contains("cart") {
            let rooms = root().join("src").join(path).exists();
            assert!(rooms || root().join(path).exists(), "{word} is not there");
        }
    }
}
