//! One word per thing, and the names of agent CLIs only where they are adapted.

use super::{files, has_word, nothing_breaks, sources};

/// Agent CLIs that pult knows or will know.
const CLIS: &[&str] = &[
    "claude", "codex", "gemini", "opencode", "grok", "qwen", "ollama",
];

#[test]
fn the_name_of_a_cli_stands_in_runtime_only() {
    let mut broken = Vec::new();
    for source in sources("src") {
        if source.room() == "runtime" {
            continue;
        }
        for (n, line) in source.product() {
            let lower = line.to_lowercase();
            if CLIS.iter().any(|cli| has_word(&lower, cli)) {
                broken.push(format!("{}:{n} {}", source.path, line.trim()));
            }
        }
    }
    nothing_breaks("a CLI's name outside runtime/", &broken);
}

/// Words that the glossary replaces by another, as far as nobody else's interface uses them.
const NOT_OURS: &[(&str, &str)] = &[
    ("admin", "operator"),
    ("bot", "peer"),
    ("harness", "runtime"),
    ("plugin", "adapter"),
    ("subagent", "worker"),
    ("workspace", "worktree"),
    ("playbook", "skill"),
    ("persona", "a later floor"),
    ("kanban", "board"),
    ("cron", "schedule"),
    ("ticket", "job or issue"),
    ("todo", "nothing: do it"),
];

#[test]
fn what_we_name_is_named_by_the_glossary() {
    const DEFINES: &[&str] = &[
        "struct", "enum", "trait", "fn", "mod", "type", "const", "static",
    ];
    let mut broken = Vec::new();
    for source in sources("src") {
        for (n, line) in source.product() {
            let words: Vec<&str> = line.split_whitespace().collect();
            for pair in words.windows(2) {
                if !DEFINES.contains(&pair[0]) {
                    continue;
                }
                let end = pair[1].find(|c: char| !c.is_alphanumeric() && c != '_');
                let name = &pair[1][..end.unwrap_or(pair[1].len())];
                for (word, instead) in NOT_OURS {
                    if parts(name).iter().any(|part| part == word) {
                        broken.push(format!("{}:{n} {name}: say {instead}", source.path));
                    }
                }
            }
        }
    }
    nothing_breaks("a name that the glossary does not know", &broken);
}

/// The words of an identifier: `OpenAsk` and `open_ask` are `open`, `ask`.
fn parts(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            words.push(String::new());
        }
        if c != '_' {
            words
                .last_mut()
                .expect("never empty")
                .extend(c.to_lowercase());
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

#[test]
fn identifiers_are_taken_apart() {
    assert_eq!(parts("OpenAsk"), ["open", "ask"]);
    assert_eq!(parts("open_ask2"), ["open", "ask2"]);
}

#[test]
fn every_file_that_people_write_is_toml() {
    let mut broken = Vec::new();
    let kinds = ["themes", "keymaps", "runtimes", "templates"];
    for path in kinds.map(files).concat() {
        let text = std::fs::read_to_string(&path).expect("it is text");
        if let Err(e) = text.parse::<toml::Table>() {
            broken.push(format!("{}: {e}", super::relative(&path)));
        }
    }
    nothing_breaks(
        "a file of a kind that people write, and that does not parse",
        &broken,
    );
}
