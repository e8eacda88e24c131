//! The README says what is so.

use super::root;
use pult::cockpit::action::Action;
use pult::cockpit::key::Key;
use pult::cockpit::keymap::{Found, Keymap, Section};
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
fn its_table_of_keys_is_the_keymap_and_the_table_of_actions() {
    let text = readme();
    let (keymap, _) = Keymap::shipped();
    let table = text
        .lines()
        .skip_while(|line| *line != "| key | action | does |");
    let lines: Vec<&str> = table.skip(2).take_while(|l| l.starts_with('|')).collect();
    for line in &lines {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let key = Key::parse(cells[1].trim_matches('`')).expect(line);
        let action = Action::by_name(cells[2].trim_matches('`')).expect(line);
        let found = keymap.find(Section::Command, &[key]);
        assert_eq!(found, Found::Does(action), "{line}");
        assert_eq!(cells[3], action.row().doc, "{line}");
    }
    assert!(lines.len() > 5, "the table of keys is gone");
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
