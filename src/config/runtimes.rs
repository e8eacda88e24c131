//! `runtimes/NAME.toml`: runtimes of the operator's own, and those that ship. `pult help
//! runtime-files` says what may stand in one.

use super::{Entry, Mistake, Value, entries, optional};
use crate::runtime::declared::{self, HookFile, PLACES, Pages, Row, places};
use crate::runtime::draft::Drawn;
use crate::runtime::ready::Version;
use crate::runtime::{self, Fails};
use crate::screen::{Modes, encode_key, parse_key_names};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Reads what is declared in the configuration directory again whenever a file of it changed.
#[derive(Default)]
pub struct Runtimes {
    seen: Mutex<Option<Seen>>,
}

struct Seen {
    files: Vec<(PathBuf, Option<SystemTime>, u64)>,
    mistakes: Vec<Mistake>,
}

impl Runtimes {
    /// Declares the runtimes as they are now; returns the mistakes, and whether the files were read
    /// because they changed.
    pub fn refresh(&self, config: &Path) -> (Vec<Mistake>, bool) {
        let files = stamps(config);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen.as_ref().filter(|seen| seen.files == files) {
            return (seen.mistakes.clone(), false);
        }
        let (rows, mistakes) = load(config);
        declared::declare(rows);
        *seen = Some(Seen {
            files,
            mistakes: mistakes.clone(),
        });
        (mistakes, true)
    }
}

/// The files of `runtimes/`, by name, with what changes when they do.
fn stamps(config: &Path) -> Vec<(PathBuf, Option<SystemTime>, u64)> {
    let dir = std::fs::read_dir(config.join("runtimes"));
    let mut files: Vec<_> = dir
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "toml"))
        .map(|entry| {
            let file = std::fs::metadata(entry.path()).ok();
            let len = file.as_ref().map_or(0, std::fs::Metadata::len);
            (
                entry.path(),
                file.and_then(|file| file.modified().ok()),
                len,
            )
        })
        .collect();
    files.sort();
    files
}

/// Every runtime that is declared, by name, and what could not be used.
pub fn load(config: &Path) -> (Vec<Row>, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    let mut names: BTreeSet<String> = declared::SHIPPED
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let dir = config.join("runtimes");
    for (path, _, _) in stamps(config) {
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let wrong = if runtime::is_built_in(&name) {
            format!("{name} is a runtime of pult's own; give the file another name")
        } else if !is_name(&name) {
            "the file's name is no runtime's: a letter, then letters, digits and dashes".to_owned()
        } else {
            names.insert(name);
            continue;
        };
        mistakes.push(mistake(&path.display().to_string(), 1, wrong));
    }
    let rows = names.iter().filter_map(|name| {
        let shipped = declared::SHIPPED.iter().find(|(known, _)| known == name);
        let mut all = shipped.map_or_else(Vec::new, |(_, text)| entries(name, text).0);
        let path = dir.join(format!("{name}.toml"));
        let file = path.display().to_string();
        match optional(&path) {
            Ok(Some(text)) => {
                let (own, wrong) = entries(&file, &text);
                let broken = !wrong.is_empty();
                let lost = match shipped {
                    Some(_) => "stays as it ships",
                    None => "is not offered",
                };
                mistakes.extend(wrong.into_iter().map(|wrong| Mistake {
                    what: format!("{}; the runtime {name} {lost}", wrong.what),
                    ..wrong
                }));
                if broken && shipped.is_none() {
                    return None;
                }
                // Half a file might be the half that does not ask.
                if !broken {
                    all.retain(|old| {
                        !own.iter()
                            .any(|new| new.section == old.section && new.key == old.key)
                    });
                    all.extend(own);
                }
            }
            Ok(None) => {}
            Err(wrong) => mistakes.push(wrong),
        }
        read(name, &file, &all, &mut mistakes)
    });
    let rows = rows.collect();
    (rows, mistakes)
}

/// Sections of which an entry that cannot be used takes nothing else away.
const MINOR: [&str; 7] = [
    "",
    "screen",
    "start",
    "title",
    "prompt",
    "transcript",
    "usage",
];

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && name.len() <= 32
}

fn mistake(file: &str, line: usize, what: String) -> Mistake {
    Mistake {
        file: file.to_owned(),
        line,
        what,
        entry: None,
    }
}

/// Makes a row of a file's entries; `None` when a mistake takes the runtime away.
pub fn read(name: &str, file: &str, all: &[Entry], mistakes: &mut Vec<Mistake>) -> Option<Row> {
    let mut row = Row {
        name: name.to_owned(),
        interrupt: b"\x1b".to_vec(),
        ..Row::default()
    };
    let mut usable = true;
    for entry in all {
        let Err(why) = take(&mut row, entry) else {
            continue;
        };
        let place = match entry.section.as_str() {
            "" => entry.key.clone(),
            section => format!("[{section}] {}", entry.key),
        };
        // A section that is not known may be one of these.
        let vital = !MINOR.contains(&entry.section.as_str()) || entry.key == "program";
        usable &= !vital;
        let lost = if vital {
            format!("; the runtime {name} is not offered")
        } else {
            String::new()
        };
        mistakes.push(mistake(file, entry.line, format!("{place} {why}{lost}")));
    }
    let missing = if row.programs.is_empty() && usable {
        Some("there is no program = [\"…\"]")
    } else if row
        .hooks
        .as_ref()
        .is_some_and(|hooks| hooks.file.is_empty())
    {
        Some("[hooks] has no file = \"…\"")
    } else {
        None
    };
    if let Some(what) = missing {
        usable = false;
        mistakes.push(mistake(
            file,
            1,
            format!("{what}; the runtime {name} is not offered"),
        ));
    }
    if row
        .pages
        .as_ref()
        .is_some_and(|pages| pages.root.is_empty() || pages.suffix.is_empty())
    {
        row.pages = None;
        let what = "[transcript] needs root and suffix; its transcripts are not read";
        mistakes.push(mistake(file, 1, what.to_owned()));
    }
    if row
        .drawn
        .as_ref()
        .is_some_and(|drawn| [&drawn.top, &drawn.bottom, &drawn.mark].contains(&&String::new()))
    {
        row.drawn = None;
        let what = "[prompt] needs top, bottom and mark; what stands in it is not seen";
        mistakes.push(mistake(file, 1, what.to_owned()));
    }
    usable.then_some(row)
}

/// Takes one entry; the error goes on after the key's name.
fn take(row: &mut Row, entry: &Entry) -> Result<(), String> {
    let value = &entry.value;
    let hooks = |row: &mut Row| {
        let none = HookFile {
            file: String::new(),
            ms: false,
            fails: Fails::Open,
            waits: None,
        };
        row.hooks.take().unwrap_or(none)
    };
    match (entry.section.as_str(), entry.key.as_str()) {
        ("", "schema") if *value == Value::Number(1) => {}
        ("", "schema") => return Err("is not 1".to_owned()),
        ("", "program") => row.programs = programs(value)?,
        ("", "install") => row.install = text(value)?,
        ("", "interrupt") => row.interrupt = keys(&text(value)?)?,
        ("version", "args") => row.version_args = list(value)?,
        ("version", "at-least") => {
            let version = Version::find(&text(value)?);
            row.at_least = version.ok_or("is no version such as \"1.2.0\"")?;
        }
        ("launch", "args") => row.args = words(value)?,
        ("launch", "model") => row.model = words(value)?,
        ("launch", "new") => row.new = words(value)?,
        ("launch", "resume") => row.resume = words(value)?,
        ("launch", "prompt") => row.prompt = words(value)?,
        ("launch", "mcp") => row.mcp = words(value)?,
        ("env", name) if !name.starts_with("PULT_") => {
            let value = placed(text(value)?)?;
            row.env.push((name.to_owned(), value));
        }
        ("env", _) => return Err("is pult's own; it is set anyway".to_owned()),
        ("hooks", "file") => {
            let file = text(value)?;
            let plain = !file.is_empty() && !file.starts_with('.') && !file.contains('/');
            row.hooks = Some(HookFile { file, ..hooks(row) });
            plain.then_some(()).ok_or("is no plain file name")?;
        }
        ("hooks", "unit") => {
            let ms = one_of(value, &["s", "ms"])? == 1;
            row.hooks = Some(HookFile { ms, ..hooks(row) });
        }
        ("hooks", "fails") => {
            let fails = [Fails::Closed, Fails::Open][one_of(value, &["closed", "open"])?];
            row.hooks = Some(HookFile {
                fails,
                ..hooks(row)
            });
        }
        ("hooks", "waits") => {
            let waits = match value {
                Value::Number(seconds @ 1..=86_400) => Some(*seconds as u32),
                _ => return Err("is no number of seconds from 1 to 86400".to_owned()),
            };
            row.hooks = Some(HookFile {
                waits,
                ..hooks(row)
            });
        }
        ("transcript", "depth") => match value {
            Value::Number(depth @ 0..=8) => pages(row).depth = *depth as u8,
            _ => return Err("is no number from 0 to 8".to_owned()),
        },
        (section @ ("transcript" | "usage"), key) => {
            let given = text(value)?;
            let pages = pages(row);
            let place = match (section, key) {
                ("transcript", "root") => {
                    let begins = given.starts_with('/') || given.starts_with('{');
                    let closed = places(&given).is_some();
                    (begins && closed)
                        .then_some(())
                        .ok_or("is no absolute directory")?;
                    &mut pages.root
                }
                ("transcript", "suffix") => &mut pages.suffix,
                ("transcript", "id") => &mut pages.id,
                ("transcript", "cwd") => &mut pages.cwd,
                ("transcript", "at") => &mut pages.at,
                ("transcript", "model") => &mut pages.model,
                ("transcript", "kind") => &mut pages.kind,
                ("transcript", "operator") => &mut pages.operator,
                ("transcript", "agent") => &mut pages.agent,
                ("transcript", "text") => &mut pages.text,
                ("transcript", "tool") => &mut pages.tool,
                ("transcript", "input") => &mut pages.called_with,
                ("usage", "input") => &mut pages.input,
                ("usage", "output") => &mut pages.output,
                ("usage", "cached") => &mut pages.cached,
                ("usage", "request") => &mut pages.request,
                _ => return Err("is nothing that a runtime has".to_owned()),
            };
            *place = given;
        }
        ("prompt", "top") => drawn(row).top = text(value)?,
        ("prompt", "bottom") => drawn(row).bottom = text(value)?,
        ("prompt", "mark") => drawn(row).mark = text(value)?,
        ("prompt", "empty") => drawn(row).empty = list(value)?,
        ("prompt", "clear") => {
            let names = text(value)?;
            keys(&names)?;
            drawn(row).clear = names;
        }
        ("start", pattern) => row.start.push((pattern.to_owned(), text(value)?)),
        (section @ ("screen" | "title"), key) => {
            let patterns = if section == "screen" {
                &mut row.screen
            } else {
                &mut row.title
            };
            let place = match key {
                "asks" => &mut patterns.asks,
                "works" => &mut patterns.works,
                "rests" => &mut patterns.rests,
                _ => return Err("is none of asks, works, rests".to_owned()),
            };
            *place = list(value)?;
        }
        _ => return Err("is nothing that a runtime has".to_owned()),
    }
    Ok(())
}

fn pages(row: &mut Row) -> &mut Pages {
    row.pages.get_or_insert_with(Pages::default)
}

fn drawn(row: &mut Row) -> &mut Drawn {
    row.drawn.get_or_insert_with(Drawn::default)
}

fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        _ => Err("is no string".to_owned()),
    }
}

fn list(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::List(words) => Ok(words.clone()),
        _ => Err("is no list of strings".to_owned()),
    }
}

fn one_of(value: &Value, words: &[&str]) -> Result<usize, String> {
    let given = text(value)?;
    let at = words.iter().position(|word| *word == given);
    at.ok_or_else(|| format!("is neither {}", words.join(" nor ")))
}

fn programs(value: &Value) -> Result<Vec<String>, String> {
    let programs = list(value)?;
    let plain = |program: &String| !program.is_empty() && !program.contains('/');
    if programs.is_empty() || !programs.iter().all(plain) {
        return Err("is no list of file names to look for on the PATH".to_owned());
    }
    Ok(programs)
}

fn words(value: &Value) -> Result<Vec<String>, String> {
    list(value)?.into_iter().map(placed).collect()
}

/// A word whose braces are known.
fn placed(word: String) -> Result<String, String> {
    let known = || format!("known are {{{}}}", PLACES.join("}, {"));
    let Some(found) = places(&word) else {
        return Err(format!("has a brace that is not closed; {}", known()));
    };
    match found.iter().find(|place| !PLACES.contains(place)) {
        Some(place) => Err(format!("has {{{place}}}, which is nothing; {}", known())),
        None => Ok(word),
    }
}

fn keys(names: &str) -> Result<Vec<u8>, String> {
    let keys = parse_key_names(names).map_err(|why| format!("does not read: {why}"))?;
    let modes = Modes::default();
    let bytes: Vec<u8> = keys
        .iter()
        .flat_map(|key| encode_key(key, &modes))
        .collect();
    if bytes.is_empty() {
        return Err("names no key".to_owned());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("runtimes")).unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join("runtimes").join(name), text).unwrap();
        }
        dir
    }

    /// The names that are offered, and the mistakes without their directory.
    fn loaded(files: &[(&str, &str)]) -> (Vec<Row>, Vec<String>) {
        let dir = home(files);
        let (rows, mistakes) = load(dir.path());
        let prefix = format!("{}/runtimes/", dir.path().display());
        let words = mistakes.iter().map(|m| m.to_string().replace(&prefix, ""));
        (rows, words.collect())
    }

    #[test]
    fn what_ships_has_no_mistake() {
        let (rows, mistakes) = loaded(&[]);
        assert_eq!(mistakes, Vec::<String>::new());
        assert_eq!(rows.len(), declared::SHIPPED.len());
        assert!(
            rows.iter()
                .all(|row| row.hooks.as_ref().is_none_or(|h| !h.file.is_empty()))
        );
    }

    #[test]
    fn a_file_adds_a_runtime() {
        let text = "program = [\"mycli\"]\ninterrupt = \"ctrl-c\"\n[version]\nargs = [\"-V\"]\nat-least = \"1.2\"\n\
                    [launch]\nprompt = [\"-i\", \"{prompt}\"]\n[screen]\nrests = [\"$\"]\n";
        let (rows, mistakes) = loaded(&[("my-cli.toml", text)]);
        assert_eq!(mistakes, Vec::<String>::new());
        let row = rows.iter().find(|row| row.name == "my-cli").unwrap();
        assert_eq!(row.programs, ["mycli"]);
        assert_eq!(row.interrupt, b"\x03");
        assert_eq!(row.at_least, Version(1, 2, 0));
        assert_eq!(row.screen.rests, ["$"]);
    }

    #[test]
    fn a_mistake_names_file_line_and_key_and_the_rest_still_loads() {
        let good = "program = [\"good\"]\n";
        let (rows, mistakes) = loaded(&[
            ("claude.toml", good),
            ("Bad.toml", good),
            (
                "asks.toml",
                "program = [\"a\"]\n[launch]\nargs = [\"{promt}\"]\n",
            ),
            ("empty.toml", "install = \"x\"\n"),
            ("half.toml", "program = [\"a\"]\n[launch\nargs = []\n"),
            (
                "soft.toml",
                "program = [\"a\"]\n[screen]\nsleeps = [\"z\"]\nrests = [\">\"]\n\
                 [prompt]\ntop = \"--*\"\nclear = \"ctrl-nothing\"\n",
            ),
        ]);
        let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        let shipped = declared::SHIPPED.iter().map(|(name, _)| *name);
        assert_eq!(names, shipped.chain(["soft"]).collect::<Vec<_>>());
        assert_eq!(rows.last().unwrap().screen.rests, [">"]);
        let said = |start: &str| {
            let line = mistakes.iter().find(|m| m.starts_with(start));
            line.unwrap_or_else(|| panic!("{start}: {mistakes:#?}"))
                .clone()
        };
        assert!(said("claude.toml line 1: ").contains("pult's own"));
        said("Bad.toml line 1: ");
        let asks = said(
            "asks.toml line 3: [launch] args has {promt}, which is nothing; known are {prompt}",
        );
        assert!(
            asks.ends_with("; the runtime asks is not offered"),
            "{asks}"
        );
        said("empty.toml line 1: there is no program");
        said("half.toml line 2: ");
        said("soft.toml line 3: [screen] sleeps is none of asks, works, rests");
        said("soft.toml line 7: [prompt] clear does not read: ");
        said("soft.toml line 1: [prompt] needs top, bottom and mark; ");
        assert_eq!(rows.last().unwrap().drawn, None);
        assert!(mistakes.iter().all(|m| !m.contains('\n')));
    }

    #[test]
    fn what_ships_is_overridden_entry_by_entry() {
        let (name, _) = declared::SHIPPED[0];
        let file = format!("{name}.toml");
        let (rows, mistakes) = loaded(&[(&file, "program = [\"mine\"]\n")]);
        assert_eq!(mistakes, Vec::<String>::new());
        let row = rows.iter().find(|row| row.name == name).unwrap();
        assert_eq!(row.programs, ["mine"]);
        assert!(!row.args.is_empty() && !row.env.is_empty());
        let (rows, mistakes) = loaded(&[(&file, "program = [\n")]);
        assert!(mistakes[0].ends_with("stays as it ships"), "{mistakes:?}");
        assert_ne!(
            rows.iter().find(|row| row.name == name).unwrap().programs,
            ["mine"]
        );
    }

    #[test]
    fn files_are_read_again_when_they_changed() {
        let dir = home(&[("one.toml", "program = [\"one\"]\n")]);
        let runtimes = Runtimes::default();
        assert_eq!(runtimes.refresh(dir.path()), (Vec::new(), true));
        assert_eq!(runtimes.refresh(dir.path()), (Vec::new(), false));
        std::fs::write(dir.path().join("runtimes/two.toml"), "nonsense = 1\n").unwrap();
        let (mistakes, changed) = runtimes.refresh(dir.path());
        assert!(changed && mistakes.len() == 2, "{mistakes:?}");
        std::fs::remove_file(dir.path().join("runtimes/two.toml")).unwrap();
        assert_eq!(runtimes.refresh(dir.path()), (Vec::new(), true));
    }
}
