//! What people edit: TOML files that ship compiled in and are overridden entry by entry.
//!
//! A mistake never stops a start: it names file, line and key, and everything else in the file
//! still loads.

pub mod layers;
pub mod policy;
pub mod prices;
pub mod repository;
pub mod runtimes;
pub mod templates;

use std::path::Path;
use toml::de::{DeTable, DeValue};

/// One value of a file: `[section] key = value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The section, without brackets; empty at the top.
    pub section: String,
    /// The key, unquoted.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Its line, from 1.
    pub line: usize,
}

/// The shapes of value that our files have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A number with a fraction, as it is written.
    Fraction(String),
    /// `true` or `false`.
    Switch(bool),
    /// A list of strings.
    List(Vec<String>),
    /// An inline table.
    Table(Vec<(String, Value)>),
    /// Anything else, such as a date: the name of its type.
    Other(&'static str),
}

/// Something in a file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as it is called in messages.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong, naming section and key.
    pub what: String,
    /// The section and key that it is about, where that is known: what stood there before goes on.
    pub entry: Option<(String, String)>,
}

impl Mistake {
    /// Something wrong with one entry.
    pub fn of(file: &str, entry: &Entry, what: String) -> Self {
        Self {
            file: file.to_owned(),
            line: entry.line,
            what,
            entry: Some((entry.section.clone(), entry.key.clone())),
        }
    }
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.what),
            line => write!(f, "{} line {line}: {}", self.file, self.what),
        }
    }
}

/// All entries of `text` in the order of their lines, and what could not be read.
pub fn entries(file: &str, text: &str) -> (Vec<Entry>, Vec<Mistake>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    let mistakes: Vec<Mistake> = errors
        .iter()
        .map(|e| {
            let at = e.span().map_or(0, |s| s.start);
            Mistake {
                file: file.to_owned(),
                line: lines.at(at),
                what: e.message().to_owned(),
                entry: meant(text, lines.at(at)),
            }
        })
        .collect();
    let mut entries = Vec::new();
    for (key, value) in table.get_ref() {
        let line = lines.at(key.span().start);
        match value.get_ref() {
            DeValue::Table(section) if !is_inline(text, value.span().start) => {
                entries.extend(section.iter().map(|(inner, value)| Entry {
                    section: key.get_ref().to_string(),
                    key: inner.get_ref().to_string(),
                    value: read(value.get_ref()),
                    line: lines.at(inner.span().start),
                }));
            }
            other => entries.push(Entry {
                section: String::new(),
                key: key.get_ref().to_string(),
                value: read(other),
                line,
            }),
        }
    }
    // What the parser makes of a line that it cannot read is not what somebody wrote.
    entries.retain(|e: &Entry| mistakes.iter().all(|m: &Mistake| m.line != e.line));
    entries.sort_by_key(|e| e.line);
    (entries, mistakes)
}

/// The text of a file that may be absent; a mistake when it is there and cannot be read.
pub fn optional(path: &Path) -> Result<Option<String>, Mistake> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Mistake {
            file: path.display().to_string(),
            line: 0,
            what: format!("cannot be read: {e}"),
            entry: None,
        }),
    }
}

fn is_inline(text: &str, at: usize) -> bool {
    text.as_bytes().get(at) == Some(&b'{')
}

/// Where the lines of a text end.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, from 1.
    fn at(&self, byte: usize) -> usize {
        1 + self.0.partition_point(|end| *end < byte)
    }
}

/// The section and key of a line that could not be read, as far as they are to be seen.
fn meant(text: &str, line: usize) -> Option<(String, String)> {
    let mut section = "";
    for (n, content) in text.lines().enumerate().take(line) {
        let content = content.trim();
        if n + 1 < line {
            let header = content.strip_prefix('[').and_then(|c| c.split(']').next());
            section = header.unwrap_or(section);
            continue;
        }
        let key = content.split_once('=')?.0.trim();
        return Some((section.to_owned(), key.trim_matches('"').to_owned()));
    }
    None
}

fn read(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(on) => Value::Switch(*on),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("integer out of range"), Value::Number),
        DeValue::Float(number) => Value::Fraction(number.as_str().to_owned()),
        DeValue::Array(items) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<Vec<String>>>()
            .map_or(
                Value::Other("list of other things than strings"),
                Value::List,
            ),
        DeValue::Table(table) => Value::Table(
            table
                .iter()
                .map(|(k, v)| (k.get_ref().to_string(), read(v.get_ref())))
                .collect(),
        ),
        other => Value::Other(other.type_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_in_order_with_their_lines() {
        let (entries, mistakes) = entries(
            "x.toml",
            "schema = 1\n\n[pane]\n\"ctrl-q\" = \"pane.leave\"\n[role]\n\"a.b\" = { fg = \"red\", add = [\"bold\"] }\n",
        );
        assert_eq!(mistakes, []);
        let short: Vec<_> = entries
            .iter()
            .map(|e| (e.section.as_str(), e.key.as_str(), e.line))
            .collect();
        assert_eq!(
            short,
            [("", "schema", 1), ("pane", "ctrl-q", 4), ("role", "a.b", 6)]
        );
        assert_eq!(entries[0].value, Value::Number(1));
        assert!(matches!(&entries[2].value, Value::Table(t) if t.len() == 2));
    }

    #[test]
    fn a_broken_line_is_named_and_the_rest_still_loads() {
        let (entries, mistakes) = entries("x.toml", "[pane]\na = \nb = \"pane.leave\"\n");
        assert_eq!(mistakes[0].line, 2);
        assert!(mistakes[0].to_string().starts_with("x.toml line 2: "));
        assert_eq!(mistakes[0].entry, Some(("pane".into(), "a".into())));
        let keys: Vec<&str> = entries.iter().map(|e| e.key.as_str()).collect();
        assert_eq!(keys, ["b"]);
    }
}
