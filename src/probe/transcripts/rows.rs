//! Conversations in a database, row by row: in the order in which they were said they are lines.

use super::{Found, Sieve, Spot};
use crate::probe::sqlite::{Cell, Database};
use crate::runtime::transcript::{Table, Tables};
use std::collections::HashSet;
use std::io;
use std::path::Path;

/// Longest id of one, bytes.
const LONGEST_ID: usize = 200;

/// The conversations, the newest first, `most` at most.
///
/// # Errors
/// The database is not as `tables` has it.
pub fn find(
    database: &Database,
    tables: &Tables,
    path: &Path,
    most: usize,
) -> io::Result<Vec<Found>> {
    let Table {
        name, id, of, at, ..
    } = tables.conversations;
    let mut found = Vec::new();
    database.scan(name, &[id, of, at], |row| {
        if let [id, Cell::Null, at] = &row[..]
            && let Some(id) = id.text().filter(|id| id.len() <= LONGEST_ID)
        {
            if found.len() > 2 * most {
                newest(&mut found, most);
            }
            found.push(Found {
                spot: Spot {
                    path: path.to_owned(),
                    row: Some(id.to_owned()),
                },
                written: at.int().unwrap_or(0),
                length: 0,
            });
        }
        true
    })?;
    newest(&mut found, most);
    Ok(found)
}

fn newest(found: &mut Vec<Found>, most: usize) {
    found.sort_by_key(|one| std::cmp::Reverse(one.written));
    found.truncate(most);
}

/// The lines of a conversation, as [`Tables`] describes them, until `take` has enough.
///
/// # Errors
/// The database is not as `tables` has it, or there is no such conversation.
pub fn lines(
    database: &Database,
    tables: &Tables,
    id: &str,
    mut take: impl FnMut(&[u8]) -> bool,
) -> io::Result<()> {
    let table = &tables.conversations;
    let mut head = None;
    database.scan(table.name, &columns(table), |row| {
        let this = row[1].text() == Some(id);
        head = this.then_some(row);
        !this
    })?;
    let head = head.ok_or(io::ErrorKind::NotFound)?;
    let mut line = Line::default();
    line.key(table.name);
    line.row(table, &head);
    if !take(line.end()) {
        return Ok(());
    }
    for message in with(database, &tables.messages, tables.messages.of, id)? {
        let parts = match message[1].text() {
            Some(id) => with(database, &tables.parts, tables.parts.of, id)?,
            None => Vec::new(),
        };
        let mut line = Line::default();
        line.key(tables.messages.name);
        line.row(&tables.messages, &message);
        line.key(tables.parts.name);
        line.list(&tables.parts, &parts);
        if !take(line.end()) {
            return Ok(());
        }
    }
    Ok(())
}

/// The conversations with a part that passes `sieve`.
///
/// # Errors
/// The database is not as `tables` has it.
pub fn passing(
    database: &Database,
    tables: &Tables,
    sieve: Sieve<'_>,
) -> io::Result<HashSet<String>> {
    let (parts, messages) = (&tables.parts, &tables.messages);
    let mut of = HashSet::new();
    let passes = |record: &[u8]| sieve(record).is_some();
    database.scan_if(parts.name, &[parts.of], &passes, |row| {
        of.extend(row[0].text().map(str::to_owned));
        true
    })?;
    let mut found = HashSet::new();
    if of.is_empty() {
        return Ok(found);
    }
    database.scan(messages.name, &[messages.id, messages.of], |row| {
        if row[0].text().is_some_and(|id| of.contains(id)) {
            found.extend(row[1].text().map(str::to_owned));
        }
        true
    })?;
    Ok(found)
}

/// What is read of a row: time, id, and what a line has besides.
fn columns(table: &Table) -> Vec<&'static str> {
    [&[table.at, table.id], table.plain, table.json].concat()
}

/// The rows of a table whose `column` is `key`, in order.
fn with(database: &Database, table: &Table, column: &str, key: &str) -> io::Result<Vec<Vec<Cell>>> {
    let mut rows = database.with(table.name, column, key, &columns(table))?;
    rows.sort_by(|a, b| {
        let at = |row: &Vec<Cell>| (row[0].int(), row[1].text().map(str::to_owned));
        at(a).cmp(&at(b))
    });
    Ok(rows)
}

/// A line of JSON.
#[derive(Default)]
struct Line {
    bytes: Vec<u8>,
}

impl Line {
    fn key(&mut self, name: &str) {
        let before = if self.bytes.is_empty() { b'{' } else { b',' };
        self.bytes.push(before);
        self.text(name);
        self.bytes.push(b':');
    }

    fn text(&mut self, text: &str) {
        self.bytes
            .extend(serde_json::Value::from(text).to_string().as_bytes());
    }

    fn list(&mut self, table: &Table, rows: &[Vec<Cell>]) {
        self.bytes.push(b'[');
        for (n, row) in rows.iter().enumerate() {
            if n > 0 {
                self.bytes.push(b',');
            }
            self.row(table, row);
        }
        self.bytes.push(b']');
    }

    fn row(&mut self, table: &Table, row: &[Cell]) {
        let mut object = Line::default();
        let names = [&["at", "id"], table.plain, table.json].concat();
        for (n, (name, cell)) in names.iter().zip(row).enumerate() {
            object.key(name);
            match cell {
                // As it is: that it is JSON shows when the line is taken apart.
                Cell::Text(json) if n >= 2 + table.plain.len() => {
                    object.bytes.extend(json.iter().map(|byte| match byte {
                        b'\n' => b' ',
                        byte => *byte,
                    }));
                }
                Cell::Text(text) => object.text(&String::from_utf8_lossy(text)),
                Cell::Int(number) => object.bytes.extend(number.to_string().as_bytes()),
                Cell::Real(number) if number.is_finite() => {
                    object.bytes.extend(number.to_string().as_bytes());
                }
                Cell::Real(_) | Cell::Null => object.bytes.extend(b"null"),
            }
        }
        self.bytes.extend(object.end());
    }

    fn end(&mut self) -> &[u8] {
        self.bytes.push(b'}');
        &self.bytes
    }
}
