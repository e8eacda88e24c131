//! What can be done is the same set on every surface: keys or palette, verbs, help.

use super::nothing_breaks;
use pult::cockpit::action::{Kind, ROWS};
use pult::cockpit::keymap::{KEYMAPS, Keymap};
use pult::cockpit::keys;
use std::collections::BTreeSet;

/// Verbs that ask the daemon and have no action in the cockpit, each with its reason.
const NO_ACTION: &[(&str, &str)] = &[
    (
        "inbox",
        "the inbox is always on the screen while it holds something",
    ),
    (
        "attach",
        "a client of its own; in the cockpit a pane is entered",
    ),
    (
        "cost",
        "a table over all peers, retired ones too; the cockpit shows a peer's on its page and today's above",
    ),
    (
        "wait",
        "for scripts: the cockpit shows each change as it happens",
    ),
    ("export", "writes a file where the command line says"),
    (
        "log",
        "follows in a terminal; the cockpit has no timeline yet",
    ),
    ("db", "checks the store; nothing to do with a peer"),
    (
        "shutdown",
        "ends every worker: wants a whole word, not a key",
    ),
];

/// Verbs that ask no daemon, or are clients themselves.
const NO_DAEMON: &[&str] = &["help", "completions", "man", "doctor", "demo"];

fn verbs() -> BTreeSet<String> {
    let command = pult::cli::command();
    let all = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    all.map(|sub| sub.get_name().to_owned()).collect()
}

#[test]
fn every_action_has_a_key_or_a_palette_entry_and_a_row_of_help() {
    for (name, _) in KEYMAPS.shipped {
        let (keymap, _) = Keymap::load(None, name).expect(name);
        let told = keys::text(&keymap);
        let lost: Vec<&str> = ROWS
            .iter()
            .filter(|row| !told.contains(row.name) || !told.contains(row.doc))
            .map(|row| row.name)
            .collect();
        nothing_breaks("an action without a row of help", &owned(&lost));
        let hidden: Vec<&str> = ROWS
            .iter()
            .filter(|row| !pult::cockpit::palette::offers(row.action))
            .filter(|row| keymap.any_key(row.action).is_none())
            .map(|row| row.name)
            .collect();
        nothing_breaks("an action without key and palette entry", &owned(&hidden));
    }
}

#[test]
fn every_action_on_the_daemon_has_its_verb() {
    let verbs = verbs();
    let lost: Vec<&str> = ROWS
        .iter()
        .filter(|row| row.kind == Kind::State && !verbs.contains(row.verb))
        .map(|row| row.name)
        .collect();
    nothing_breaks("an action whose verb is not there", &owned(&lost));
}

#[test]
fn every_verb_on_the_daemon_has_its_action_or_a_reason() {
    let acted: BTreeSet<&str> = ROWS.iter().map(|row| row.verb).collect();
    let excepted = |verb: &str| NO_ACTION.iter().any(|(name, _)| *name == verb);
    let mut broken = Vec::new();
    for verb in &verbs() {
        let verb = verb.as_str();
        match (
            acted.contains(verb),
            excepted(verb),
            NO_DAEMON.contains(&verb),
        ) {
            (true, false, false) | (false, true, false) | (false, false, true) => {}
            (false, false, false) => broken.push(format!("{verb}: neither action nor reason")),
            _ => broken.push(format!("{verb}: in more than one list")),
        }
    }
    let verbs = verbs();
    let named = NO_ACTION
        .iter()
        .map(|(name, _)| *name)
        .chain(NO_DAEMON.iter().copied());
    broken.extend(
        named
            .filter(|n| !verbs.contains(*n))
            .map(|n| format!("{n}: no such verb")),
    );
    nothing_breaks("verbs and actions that differ", &broken);
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
