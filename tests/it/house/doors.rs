//! One door per third-party crate, one room that knows the operating system, no clock in the mind.

use super::{has_word, nothing_breaks, root, sources};

/// Where each dependency may be named: rooms, or single files where a room has one door in it.
const DOORS: &[(&str, &[&str])] = &[
    ("anyhow", &["cli", "main"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    // cli: the size of the terminal that a verb runs in; demo: a scripted agent's raw mode.
    ("crossterm", &["cockpit", "cli", "demo"]),
    ("etcetera", &["platform"]),
    ("getrandom", &["platform"]),
    // Times on the wire are text; whoever makes or shows one needs the calendar, and platform reads the
    // zone of this machine.
    (
        "jiff",
        &["core", "wire", "platform", "daemon", "cli", "cockpit"],
    ),
    ("landlock", &["platform"]),
    ("libc", &["platform"]),
    // store: closed segments; screen: the rows of a checkpoint.
    ("lz4_flex", &["store", "screen"]),
    ("memchr", &["screen", "cockpit", "daemon", "store", "probe"]),
    ("nucleo_matcher", &["cockpit"]),
    ("portable_pty", &["keeper"]),
    ("postcard", &["store", "core", "screen", "wire"]),
    ("ratatui", &["cockpit"]),
    ("redb", &["store"]),
    ("rustix", &["platform"]),
    ("seccompiler", &["platform"]),
    ("sha2", &["config", "store", "git", "runtime", "daemon"]),
    ("toml", &["cockpit", "config", "daemon"]),
    ("tracing_subscriber", &["daemon"]),
    ("unicode_width", &["screen", "cockpit", "cli", "chat"]),
    ("vt100", &["screen"]),
];

/// Files outside `platform/` that may name its crates or say `unsafe`, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

#[test]
fn each_crate_has_one_door() {
    let mut broken = Vec::new();
    for source in sources("src") {
        for (n, line) in source.product() {
            for (name, rooms) in DOORS {
                let names = has_word(line, name) && line.contains(&format!("{name}::"));
                let names = names || line.trim() == format!("use {name};");
                let excepted = EXCEPTIONS.iter().any(|(path, _)| *path == source.path);
                if names && !rooms.contains(&source.room()) && !excepted {
                    broken.push(format!("{}:{n} names {name}", source.path));
                }
            }
        }
    }
    nothing_breaks("a crate is named outside its door", &broken);
}

#[test]
fn every_dependency_has_a_door_or_is_everywhere() {
    const EVERYWHERE: &[&str] = &["serde", "serde_json", "thiserror", "tracing"];
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let manifest: toml::Table = manifest.parse().expect("Cargo.toml is TOML");
    let mut names: Vec<String> = Vec::new();
    let mut collect = |table: Option<&toml::Value>| {
        let table = table.and_then(toml::Value::as_table);
        let keys = table.into_iter().flat_map(|t| t.keys());
        names.extend(keys.map(|k| k.replace('-', "_")));
    };
    collect(manifest.get("dependencies"));
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    for target in targets.into_iter().flat_map(|t| t.values()) {
        collect(target.get("dependencies"));
    }
    let lost: Vec<String> = names
        .into_iter()
        .filter(|name| !EVERYWHERE.contains(&name.as_str()))
        .filter(|name| !DOORS.iter().any(|(door, _)| door == name))
        .collect();
    nothing_breaks("a dependency without a door", &lost);
}

#[test]
fn only_the_ground_knows_the_operating_system() {
    let mut broken = Vec::new();
    for source in sources("src") {
        let excepted = EXCEPTIONS.iter().any(|(path, _)| *path == source.path);
        if source.room() == "platform" || excepted {
            continue;
        }
        for (n, line) in source.code() {
            if has_word(line, "unsafe") || line.contains("target_os") {
                broken.push(format!("{}:{n} {}", source.path, line.trim()));
            }
        }
    }
    nothing_breaks("unsafe or target_os outside platform/", &broken);
}

#[test]
fn the_mind_has_no_clock_and_touches_nothing() {
    const FORBIDDEN: &[&str] = &[
        "SystemTime",
        "Instant",
        "now()",
        "std::fs",
        "std::process",
        "std::net",
        "std::env",
        "std::thread",
        "getrandom",
        "tokio",
    ];
    let mut broken = Vec::new();
    for source in sources("src/core").iter().chain(&sources("src/runtime")) {
        for (n, line) in source.code() {
            for word in FORBIDDEN {
                if line.contains(word) {
                    broken.push(format!("{}:{n} {word}", source.path));
                }
            }
        }
    }
    nothing_breaks("a clock, a file or a process in the pure floors", &broken);
}

#[test]
fn every_exception_is_still_needed() {
    let stale: Vec<String> = EXCEPTIONS
        .iter()
        .filter(|(path, _)| !root().join(path).exists())
        .map(|(path, why)| format!("{path}: {why}"))
        .collect();
    nothing_breaks("an exception for a file that is gone", &stale);
}
