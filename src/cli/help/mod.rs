//! `pult help [TOPIC]`: what is worth knowing besides the verbs.

mod manual;

use super::shell::{Shell, print};
use crate::cockpit::keymap::Keymap;
use crate::cockpit::{keys, look};
use crate::config::runtimes::load;
use crate::config::templates::{self, Template};
use crate::runtime::{self, Runtime, declared};
use crate::wire::view::{ErrorKind, ErrorView};
use serde::Serialize;
use std::path::Path;

/// Print what is worth knowing about a topic, or how a verb is used
#[derive(Debug, clap::Args)]
pub struct Help {
    /// keys, profiles, asks, runtimes, runtime-files, templates, troubleshooting, or a verb
    topic: Option<String>,
    /// With keys: of this keymap instead of the one in force
    #[arg(long, value_name = "NAME")]
    keymap: Option<String>,
}

/// What may stand in the file of a runtime.
const RUNTIME_FILES: &str = include_str!("runtime-files.md");

/// A topic: its name, what it is about, and its text.
const TOPICS: &[(&str, &str, &str)] = &[
    (
        "keys",
        "the cockpit's keys and keymaps",
        include_str!("keys.md"),
    ),
    (
        "profiles",
        "what a worker may do",
        include_str!("profiles.md"),
    ),
    (
        "asks",
        "what comes to the inbox and how it is decided",
        include_str!("asks.md"),
    ),
    (
        "runtimes",
        "the agent CLIs and other programs",
        include_str!("runtimes.md"),
    ),
    (
        "runtime-files",
        "how a CLI is added without code",
        RUNTIME_FILES,
    ),
    (
        "templates",
        "how a kind of peer is started, written once",
        include_str!("templates.md"),
    ),
    (
        "troubleshooting",
        "what to do when something is wrong",
        include_str!("troubleshooting.md"),
    ),
];

/// A topic as `--json` prints it.
#[derive(Serialize)]
struct Page<'a> {
    topic: &'a str,
    text: String,
}

impl Help {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let Some(wanted) = self.topic.as_deref() else {
            print(&contents());
            return Ok(());
        };
        let mut command = super::command();
        if let Some(verb) = command.find_subcommand_mut(wanted) {
            let mut verb = verb.clone().bin_name(format!("pult {wanted}"));
            print(&verb.render_long_help().to_string());
            return Ok(());
        }
        let Some((topic, _, text)) = TOPICS.iter().find(|(name, ..)| *name == wanted) else {
            return Err(unknown(wanted));
        };
        let more = match *topic {
            "keys" => keys_of(shell, self.keymap.as_deref())?,
            "runtimes" => runtimes(&shell.paths.config),
            "runtime-files" => shipped_runtimes(),
            "templates" => shipped_templates(),
            _ => String::new(),
        };
        let page = Page {
            topic,
            text: format!("{text}\n{more}").trim_end().to_owned(),
        };
        shell.show(&page, |page, _| page.text.clone());
        Ok(())
    }
}

fn contents() -> String {
    let mut out = super::command().render_help().to_string();
    out.push_str("\nTopics:\n");
    for (name, about, _) in TOPICS {
        out.push_str(&format!("  {name:<16} {about}\n"));
    }
    out.push_str("\n`pult help TOPIC` prints one, `pult help VERB` says how a verb is used.\n");
    out
}

fn unknown(wanted: &str) -> ErrorView {
    let names: Vec<&str> = TOPICS.iter().map(|(name, ..)| *name).collect();
    let what = format!("there is no topic and no verb `{wanted}`");
    let hint = format!("topics are {}", names.join(", "));
    ErrorView::new(ErrorKind::Usage, what).hint(hint)
}

/// The table of a keymap: the one of that name, or the one in force with the operator's own lines.
fn keys_of(shell: &Shell, name: Option<&str>) -> Result<String, ErrorView> {
    let config = &shell.paths.config;
    let Some(name) = name else {
        let read = look::read(config, None, false);
        for mistake in &read.mistakes {
            eprintln!("pult: {mistake}");
        }
        let title = format!("Keymap {}.\n\n", read.settings.keymap);
        return Ok(title + &keys::text(&read.keymap));
    };
    table_of(Some(config), name).ok_or_else(|| {
        let known = crate::config::layers::names(crate::cockpit::keymap::KEYMAPS, config);
        let what = format!("there is no keymap `{name}`");
        ErrorView::new(ErrorKind::Usage, what).hint(format!("there are {}", known.join(", ")))
    })
}

fn table_of(config: Option<&Path>, name: &str) -> Option<String> {
    let (keymap, mistakes) = Keymap::load(config, name)?;
    for mistake in &mistakes {
        eprintln!("pult: {mistake}");
    }
    Some(format!("Keymap {name}.\n\n{}", keys::text(&keymap)))
}

/// A topic's manual page: its file name and its text.
pub fn pages() -> Vec<(String, String)> {
    let page = |(name, about, text): &(&str, &str, &str)| {
        let more = match *name {
            "keys" => keys::text(&Keymap::shipped().0),
            "runtimes" => runtimes(NOWHERE.as_ref()),
            "runtime-files" => shipped_runtimes(),
            "templates" => shipped_templates(),
            _ => String::new(),
        };
        let page = manual::page(name, about, &format!("{text}\n{more}"));
        (format!("pult-{name}.7"), page)
    };
    TOPICS.iter().map(page).collect()
}

/// The sections about the cockpit that `pult.1` ends with.
pub fn sections() -> String {
    let topics = TOPICS
        .iter()
        .map(|(name, about, _)| format!("pult-{name}(7)  {about}"));
    let topics: Vec<String> = topics.collect();
    manual::table("keys", &keys::text(&Keymap::shipped().0))
        + &manual::table("see also", &topics.join("\n"))
}

/// A configuration directory in which nothing stands: what ships is left.
const NOWHERE: &str = "/nowhere";

/// The runtimes and what they can, a line each: pult's own, and those that are files.
fn runtimes(config: &Path) -> String {
    let (files, mistakes) = load(config);
    for mistake in &mistakes {
        eprintln!("pult: {mistake}");
    }
    declared::declare(files);
    let line = |runtime: &dyn Runtime| {
        let abilities = runtime::abilities(runtime);
        let first = abilities.first().map_or("any program", String::as_str);
        let more = abilities.iter().skip(1).map(|more| format!("  - {more}\n"));
        format!(
            "- `{}`: {first}\n{}",
            runtime.name(),
            more.collect::<String>()
        )
    };
    runtime::all().into_iter().map(line).collect()
}

/// The runtime files that ship, whole.
fn shipped_runtimes() -> String {
    let whole = |(name, text): &(&str, &str)| {
        let lines = text.lines().map(|line| format!("    {line}"));
        let lines: Vec<_> = lines.map(|line| line.trim_end().to_owned()).collect();
        format!("`{name}.toml`:\n\n{}\n", lines.join("\n"))
    };
    declared::SHIPPED.iter().map(whole).collect()
}

/// The templates that ship, a line each.
fn shipped_templates() -> String {
    let shipped = templates::load(NOWHERE.as_ref(), None).templates;
    let line = |t: &Template| format!("- `{}`: {}\n", t.name, t.description);
    shipped.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_a_title_and_fits_a_narrow_terminal() {
        for (name, about, text) in TOPICS {
            assert!(text.starts_with("# "), "{name}");
            assert!(!about.is_empty() && !about.ends_with('.'), "{name}");
            let long = text.lines().find(|line| line.chars().count() > 100);
            assert_eq!(long, None, "{name}");
        }
    }

    #[test]
    fn what_is_asked_for_and_not_there_is_told_with_what_is() {
        let said = unknown("cheese").to_string();
        assert!(
            said.contains("`cheese`") && said.contains("keys, profiles, asks"),
            "{said}"
        );
    }

    /// The longest block of lines that stand four blanks in.
    fn example(text: &str) -> String {
        let mut blocks = vec![String::new()];
        for line in text.lines() {
            let inside = line.strip_prefix("    ");
            match (inside, blocks.last_mut()) {
                (Some(inside), Some(block)) => *block += &format!("{inside}\n"),
                (None, Some(block)) if line.is_empty() => block.push('\n'),
                _ => blocks.push(String::new()),
            }
        }
        let longest = blocks.into_iter().max_by_key(String::len);
        longest.unwrap_or_default()
    }

    #[test]
    fn the_example_of_a_runtime_file_reads_and_says_all_that_can_be_said() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("runtimes")).unwrap();
        let file = dir.path().join("runtimes/mycli.toml");
        std::fs::write(file, example(RUNTIME_FILES)).unwrap();
        let (rows, mistakes) = load(dir.path());
        assert_eq!(mistakes, Vec::new());
        let row = rows.iter().find(|row| row.name == "mycli").unwrap();
        let said = format!("{row:?}");
        let unsaid = ["\"\"", "[]", "None", "(0, 0, 0)", "depth: 0"];
        // Its title says nothing of requests and of rest.
        let titles = "title: Patterns { asks: [], works: [\"◐*\"], rests: [] }";
        let said = said.replace(titles, "");
        let unsaid: Vec<_> = unsaid.iter().filter(|none| said.contains(*none)).collect();
        assert_eq!(unsaid, Vec::<&&str>::new(), "{said}");
    }
}
