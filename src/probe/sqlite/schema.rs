//! What tables and indexes there are, from the statements that made them.

use super::odd;
use super::pages::Reader;
use super::record::{Cell, cells};
use std::collections::HashMap;
use std::io;

/// Words that begin a part of a table that is no column.
const NO_COLUMN: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];

/// The tables, and the indexes by table and first column.
pub struct Schema {
    tables: HashMap<String, Table>,
    indexes: HashMap<(String, String), u32>,
}

/// A table.
pub struct Table {
    /// Its first page.
    pub root: u32,
    columns: Vec<String>,
}

impl Table {
    /// Where in a record these columns are.
    ///
    /// # Errors
    /// One of them is not there.
    pub fn places(&self, columns: &[&str]) -> io::Result<Vec<usize>> {
        let place = |name: &&str| {
            let place = self.columns.iter().position(|column| column == name);
            place.ok_or_else(|| odd(&format!("there is no column {name}")))
        };
        columns.iter().map(place).collect()
    }
}

impl Schema {
    /// Reads it from the first page on.
    ///
    /// # Errors
    /// The pages make no sense.
    pub fn read(reader: &mut Reader<'_>) -> io::Result<Self> {
        let mut schema = Self {
            tables: HashMap::new(),
            indexes: HashMap::new(),
        };
        // Of each: type, name, table, first page, statement.
        reader.rows(1, &mut |_, record| {
            if let Some(row) = cells(record, &[0, 2, 3, 4]) {
                schema.take(&row);
            }
            true
        })?;
        Ok(schema)
    }

    fn take(&mut self, row: &[Cell]) -> Option<()> {
        let [kind, table, root, made] = row else {
            return None;
        };
        let table = table.text()?.to_owned();
        let root = u32::try_from(root.int()?).ok()?;
        let (parts, rest) = parts(made.text()?)?;
        match kind.text()? {
            "table" if !has_word(rest, "without") => {
                let names = parts.iter().filter_map(|part| first_word(part));
                let names = names.filter(|name| !NO_COLUMN.contains(&name.as_str()));
                let columns = names.collect();
                self.tables.insert(table, Table { root, columns });
            }
            // One over some rows only would hide the others.
            "index" if !has_word(rest, "where") => {
                let first = first_word(parts.first()?)?;
                self.indexes.insert((table, first), root);
            }
            _ => {}
        }
        Some(())
    }

    /// A table by name.
    ///
    /// # Errors
    /// There is none that could be read.
    pub fn table(&self, name: &str) -> io::Result<&Table> {
        let table = self.tables.get(name);
        table.ok_or_else(|| odd(&format!("there is no table {name}")))
    }

    /// The first page of an index that begins with a column.
    ///
    /// # Errors
    /// There is none.
    pub fn index(&self, table: &str, column: &str) -> io::Result<u32> {
        let key = (table.to_owned(), column.to_owned());
        let root = self.indexes.get(&key).copied();
        root.ok_or_else(|| odd(&format!("there is no index of {table} by {column}")))
    }
}

/// What stands between the outer parentheses of a statement, at its commas, and what follows.
fn parts(statement: &str) -> Option<(Vec<&str>, &str)> {
    let open = statement.find('(')?;
    let (mut depth, mut quoted, mut begin) = (0, None, open + 1);
    let mut parts = Vec::new();
    for (at, c) in statement[open..].char_indices() {
        let at = open + at;
        match (quoted, c) {
            (Some(end), c) if c == end => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quoted = Some(c),
            (None, '[') => quoted = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 1 => {
                parts.push(&statement[begin..at]);
                return Some((parts, &statement[at + 1..]));
            }
            (None, ')') => depth -= 1,
            (None, ',') if depth == 1 => {
                parts.push(&statement[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// The name that a part begins with, in small letters and without its quotes.
fn first_word(part: &str) -> Option<String> {
    let part = part.trim_start();
    let word = match part.chars().next()? {
        quote @ ('"' | '`' | '\'') => part[1..].split(quote).next(),
        '[' => part[1..].split(']').next(),
        _ => part.split(|c: char| c.is_whitespace() || c == '(').next(),
    };
    word.map(str::to_lowercase)
}

fn has_word(text: &str, word: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.into_iter().any(|one| one.eq_ignore_ascii_case(word))
}
