//! Trees of pages: rows of a table by row id, entries of an index by value.

use super::odd;
use super::pages::Reader;
use super::record::{Cell, MOST_VALUES, cells, varint};
use std::cmp::Ordering;
use std::io;

/// Deeper than any tree of as many pages as fit in a file.
const DEEPEST: u8 = 24;
/// The longest record that is taken, bytes.
const LONGEST: u64 = 256 * 1024 * 1024;

/// Kinds of pages.
const INDEX_INSIDE: u8 = 2;
const TABLE_INSIDE: u8 = 5;
const INDEX_LEAF: u8 = 10;
const TABLE_LEAF: u8 = 13;

/// What a page of a tree says of itself.
struct Node {
    kind: u8,
    /// Where its cells begin, in order.
    cells: Vec<usize>,
    /// The page after its last cell, of an inner one.
    last: u32,
}

fn node(number: u32, page: &[u8]) -> io::Result<Node> {
    // The first page has the file's header before its own.
    let at = if number == 1 { 100 } else { 0 };
    let kind = page.get(at).copied().unwrap_or(0);
    let inside = matches!(kind, INDEX_INSIDE | TABLE_INSIDE);
    if !inside && !matches!(kind, INDEX_LEAF | TABLE_LEAF) {
        return Err(odd("a page is no part of a tree"));
    }
    let begin = at + if inside { 12 } else { 8 };
    let count = short(page, at + 3)?;
    let cells = (0..count).map(|n| short(page, begin + 2 * n));
    Ok(Node {
        kind,
        cells: cells.collect::<io::Result<_>>()?,
        last: if inside { long(page, at + 8)? } else { 0 },
    })
}

fn short(page: &[u8], at: usize) -> io::Result<usize> {
    let two = page.get(at..at + 2).and_then(|two| two.try_into().ok());
    let two = two.ok_or_else(|| odd("a page is too short"))?;
    Ok(usize::from(u16::from_be_bytes(two)))
}

fn long(page: &[u8], at: usize) -> io::Result<u32> {
    let four = page.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map(u32::from_be_bytes)
        .ok_or_else(|| odd("a page is too short"))
}

fn number(page: &[u8], at: usize) -> io::Result<(u64, usize)> {
    varint(page, at).ok_or_else(|| odd("a cell is too short"))
}

/// A row id: the number as it is, however it was stored.
fn row_id(page: &[u8], at: usize) -> io::Result<(i64, usize)> {
    let (id, at) = number(page, at)?;
    Ok((id.cast_signed(), at))
}

type Take<'t> = &'t mut dyn FnMut(i64, &[u8]) -> bool;

impl Reader<'_> {
    /// All rows of a table, until `take` has enough.
    ///
    /// # Errors
    /// Its pages make no sense.
    pub fn rows(&mut self, root: u32, take: Take<'_>) -> io::Result<()> {
        self.rows_below(root, DEEPEST, take).map(drop)
    }

    fn rows_below(&mut self, at: u32, depth: u8, take: Take<'_>) -> io::Result<bool> {
        let page = self.next(at)?;
        let node = node(at, &page)?;
        let below = depth
            .checked_sub(1)
            .ok_or_else(|| odd("a tree has no end"))?;
        for cell in node.cells {
            let on = match node.kind {
                TABLE_INSIDE => self.rows_below(long(&page, cell)?, below, take)?,
                TABLE_LEAF => {
                    let (length, next) = number(&page, cell)?;
                    let (id, next) = row_id(&page, next)?;
                    let payload = self.payload(&page, next, length, true)?;
                    take(id, &payload)
                }
                _ => return Err(odd("a table has a page of an index")),
            };
            if !on {
                return Ok(false);
            }
        }
        match node.kind {
            TABLE_INSIDE => self.rows_below(node.last, below, take),
            _ => Ok(true),
        }
    }

    /// The record of a row, if there is one.
    ///
    /// # Errors
    /// The pages make no sense.
    pub fn row(&mut self, root: u32, id: i64) -> io::Result<Option<Vec<u8>>> {
        let mut at = root;
        for _ in 0..DEEPEST {
            let page = self.page(at)?;
            let node = node(at, &page)?;
            match node.kind {
                TABLE_INSIDE => {
                    at = node.last;
                    for cell in node.cells {
                        if id <= row_id(&page, cell + 4)?.0 {
                            at = long(&page, cell)?;
                            break;
                        }
                    }
                }
                TABLE_LEAF => {
                    for cell in node.cells {
                        let (length, next) = number(&page, cell)?;
                        let (this, next) = row_id(&page, next)?;
                        if this == id {
                            return self.payload(&page, next, length, true).map(Some);
                        }
                    }
                    return Ok(None);
                }
                _ => return Err(odd("a table has a page of an index")),
            }
        }
        Err(odd("a tree has no end"))
    }

    /// The row ids of the entries of an index whose first value is this text.
    ///
    /// # Errors
    /// The pages make no sense.
    pub fn equal(&mut self, root: u32, key: &[u8]) -> io::Result<Vec<i64>> {
        let mut found = Vec::new();
        self.equal_below(root, DEEPEST, key, &mut found)?;
        Ok(found)
    }

    fn equal_below(
        &mut self,
        at: u32,
        depth: u8,
        key: &[u8],
        found: &mut Vec<i64>,
    ) -> io::Result<()> {
        let page = self.next(at)?;
        let node = node(at, &page)?;
        let below = depth
            .checked_sub(1)
            .ok_or_else(|| odd("a tree has no end"))?;
        let inside = match node.kind {
            INDEX_INSIDE => true,
            INDEX_LEAF => false,
            _ => return Err(odd("an index has a page of a table")),
        };
        for cell in node.cells {
            let (length, next) = number(&page, if inside { cell + 4 } else { cell })?;
            let entry = self.payload(&page, next, length, false)?;
            let (order, row) = compared(&entry, key)?;
            if order == Ordering::Less {
                continue;
            }
            // What lies before an entry that is not too small may be equal, too.
            if inside {
                self.equal_below(long(&page, cell)?, below, key, found)?;
            }
            if order == Ordering::Greater {
                return Ok(());
            }
            found.push(row);
        }
        if inside {
            self.equal_below(node.last, below, key, found)?;
        }
        Ok(())
    }

    /// A record of `length` bytes that begins at `at`, and goes on in other pages when it is long.
    /// One that is far too long is empty.
    fn payload(&mut self, page: &[u8], at: usize, length: u64, row: bool) -> io::Result<Vec<u8>> {
        if length > LONGEST {
            return Ok(Vec::new());
        }
        let short = || odd("a record is cut off");
        let length = usize::try_from(length).map_err(|_| short())?;
        let usable = self.usable();
        let share = |of: usize| (usable - 12) * of / 255 - 23;
        let most = if row { usable - 35 } else { share(64) };
        if length <= most {
            let all = page.get(at..at + length).ok_or_else(short)?;
            return Ok(all.to_vec());
        }
        let least = share(32);
        let some = least + (length - least) % (usable - 4);
        let here = if some <= most { some } else { least };
        let mut all = page.get(at..at + here).ok_or_else(short)?.to_vec();
        let mut next = long(page, at + here)?;
        while all.len() < length {
            let page = self.next(next)?;
            let more = (length - all.len()).min(usable - 4);
            all.extend(page.get(4..4 + more).ok_or_else(short)?);
            next = long(&page, 0)?;
        }
        Ok(all)
    }
}

/// How an entry of an index stands to a text, and the row that it is of: its last value.
fn compared(entry: &[u8], key: &[u8]) -> io::Result<(Ordering, i64)> {
    let bad = || odd("an entry of an index is none");
    let values = count(entry).ok_or_else(bad)?;
    let cells = cells(entry, &[0, values.checked_sub(1).ok_or_else(bad)?]).ok_or_else(bad)?;
    let order = match &cells[0] {
        Cell::Text(text) => text.as_slice().cmp(key),
        // Nothing and numbers come before text.
        _ => Ordering::Less,
    };
    Ok((order, cells[1].int().unwrap_or(0)))
}

/// How many values a record has.
fn count(record: &[u8]) -> Option<usize> {
    let (head, mut at) = varint(record, 0)?;
    let head = usize::try_from(head).ok()?;
    let mut values = 0;
    while at < head && values <= MOST_VALUES {
        (_, at) = varint(record, at)?;
        values += 1;
    }
    (values <= MOST_VALUES).then_some(values)
}
