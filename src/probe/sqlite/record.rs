//! Records: the values of a row, or of an entry of an index.

/// Most values of a record: SQLite has no tables with more columns
/// (<https://www.sqlite.org/limits.html>).
pub const MOST_VALUES: usize = 32_767;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing, or bytes that are no text.
    Null,
    /// A whole number.
    Int(i64),
    /// Another number.
    Real(f64),
    /// Text as it is stored, which should be UTF-8.
    Text(Vec<u8>),
}

impl Cell {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Cell::Text(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn int(&self) -> Option<i64> {
        match self {
            Cell::Int(number) => Some(*number),
            _ => None,
        }
    }
}

/// A number of one to nine bytes at `at`, and where it ends.
pub fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (n, byte) in bytes.get(at..)?.iter().take(9).enumerate() {
        if n == 8 {
            return Some((value << 8 | u64::from(*byte), at + 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + n + 1));
        }
    }
    None
}

/// The values at `places` of a record; those that it does not have are null. `None` when it is not
/// one.
pub fn cells(record: &[u8], places: &[usize]) -> Option<Vec<Cell>> {
    let (head, mut at) = varint(record, 0)?;
    let head = usize::try_from(head).ok().filter(|n| *n <= record.len())?;
    let mut bodies = Vec::new();
    let mut body = head;
    while at < head {
        let (kind, next) = varint(record, at)?;
        let end = body.checked_add(length(kind)?)?;
        bodies.push((kind, body, end));
        if bodies.len() > MOST_VALUES {
            return None;
        }
        (at, body) = (next, end);
    }
    let cell = |place: &usize| match bodies.get(*place) {
        Some((kind, from, to)) => value(*kind, record.get(*from..*to)?),
        None => Some(Cell::Null),
    };
    places.iter().map(cell).collect()
}

/// The bytes that a value of a kind takes.
fn length(kind: u64) -> Option<usize> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(kind).ok(),
        5 => Some(6),
        6 | 7 => Some(8),
        10 | 11 => None,
        kind => usize::try_from((kind - 12) / 2).ok(),
    }
}

fn value(kind: u64, bytes: &[u8]) -> Option<Cell> {
    Some(match kind {
        8 => Cell::Int(0),
        9 => Cell::Int(1),
        1..=6 => {
            let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
            let begin = if negative { -1 } else { 0 };
            let add = |sum: i64, byte: &u8| sum << 8 | i64::from(*byte);
            Cell::Int(bytes.iter().fold(begin, add))
        }
        7 => Cell::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
        kind if kind >= 13 && kind % 2 == 1 => Cell::Text(bytes.to_vec()),
        _ => Cell::Null,
    })
}
