//! Which rows changed since somebody looked.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::cell::Style;
use super::split::Unit;

/// What must be painted again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Every row.
    All,
    /// These rows, from 0, ascending.
    Rows(Vec<u16>),
    /// Nothing.
    None,
}

/// What was last looked at: one hash a row.
#[derive(Debug, Default)]
pub(super) struct Seen {
    shape: Option<(u16, u16, bool)>,
    rows: Vec<u64>,
    moved: i16,
}

/// Which rows may look different; what is not known for sure touches all of them.
#[derive(Debug, Default)]
pub(super) struct Touched {
    all: bool,
    rows: Vec<u16>,
}

impl Touched {
    /// Every row may.
    pub fn everything(&mut self) {
        self.all = true;
    }

    /// `unit` was taken in: the cursor stood at `before`, row and column, and stands in row `after`.
    pub fn by(&mut self, unit: &Unit<'_>, before: (u16, u16), after: u16, cols: u16) {
        if self.all {
            return;
        }
        let (row, col) = before;
        match unit {
            Unit::Text(text) => match lines_inside(text, col, cols) {
                // Each line feed went down one row, so nothing has scrolled.
                Some(feeds) if row.checked_add(feeds) == Some(after) => {
                    // A mark without width may go to the end of the row above.
                    let first = row.saturating_sub(u16::from(!text.is_ascii()));
                    (first..=after).for_each(|row| self.row(row));
                }
                _ => self.all = true,
            },
            Unit::Csi(body) => match body {
                [b'0'..=b'9' | b';', .., b'K' | b'P' | b'X' | b'@']
                | [b'K' | b'P' | b'X' | b'@'] => {
                    self.row(row);
                }
                [
                    ..,
                    b'A'..=b'G' | b'H' | b'`' | b'a' | b'd' | b'e' | b'f' | b'm' | b'n' | b'c',
                ] => {}
                [b'?', numbers @ .., b'h' | b'l'] => {
                    let screens: [&[u8]; 4] = [b"3", b"47", b"1047", b"1049"];
                    self.all |= numbers.split(|b| *b == b';').any(|n| screens.contains(&n));
                }
                _ => self.all = true,
            },
            Unit::Control(0x07 | 0x08 | 0x0d | 0x0e | 0x0f) | Unit::Osc(..) | Unit::Dcs(_) => {}
            Unit::Control(_) | Unit::Escape(_) => self.all = true,
        }
    }

    /// This row may.
    pub fn row(&mut self, row: u16) {
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
    }
}

/// How many line feeds are in `text`, when none of its lines can be longer than the screen is wide,
/// the first beginning at column `col`, and no control does anything else to other rows.
fn lines_inside(text: &str, col: u16, cols: u16) -> Option<u16> {
    let tame = |b: u8| b >= 0x20 || matches!(b, 0x07 | 0x08 | b'\r' | b'\n');
    if !text.bytes().all(tame) {
        return None;
    }
    let mut room = cols.saturating_sub(col);
    let mut feeds = 0_u16;
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let cells = if line.is_ascii() { 1 } else { 2 } * line.len();
        if cells > usize::from(room) {
            return None;
        }
        if lines.peek().is_some() {
            feeds = feeds.checked_add(1)?;
            room = if line.ends_with('\r') {
                cols
            } else {
                room - cells as u16
            };
        }
    }
    Some(feeds)
}

impl Seen {
    /// Looks at what was touched of the screen and tells what is new.
    pub fn compare(&mut self, screen: &vt100::Screen, touched: Touched) -> Damage {
        let (rows, cols) = screen.size();
        self.moved = 0;
        let same = self.shape == Some((rows.get(), cols.get(), screen.alternate_screen()));
        if same && !touched.all {
            let mut changed = touched.rows;
            changed.retain(|row| {
                let now = hash(screen, *row, cols.get());
                let seen = self.rows.get_mut(usize::from(*row));
                seen.is_some_and(|seen| std::mem::replace(seen, now) != now)
            });
            changed.sort_unstable();
            return match changed.is_empty() {
                true => Damage::None,
                false => Damage::Rows(changed),
            };
        }
        let hashes: Vec<u64> = (0..rows.get())
            .map(|row| hash(screen, row, cols.get()))
            .collect();
        let shape = Some((rows.get(), cols.get(), screen.alternate_screen()));
        let before = std::mem::replace(&mut self.rows, hashes);
        if std::mem::replace(&mut self.shape, shape) != shape {
            return Damage::All;
        }
        self.moved = moved(&before, &self.rows);
        let changed: Vec<u16> = (0..rows.get())
            .zip(before.iter().zip(&self.rows))
            .filter(|(_, (a, b))| a != b)
            .map(|(r, _)| r)
            .collect();
        match changed.len() {
            0 => Damage::None,
            n if n == self.rows.len() => Damage::All,
            _ => Damage::Rows(changed),
        }
    }
}

impl Seen {
    /// By how many rows what was there has moved up; down where it is negative.
    pub fn moved(&self) -> i16 {
        self.moved
    }
}

/// The move that leaves most rows with what they are to show, counted without blank ones; 0 when
/// none is worth it.
fn moved(before: &[u64], now: &[u64]) -> i16 {
    let rows = now.len();
    let gain = |by: usize, up: bool| {
        let (from, to) = if up { (by, 0) } else { (0, by) };
        let helped = (0..rows - by)
            .filter(|n| now[to + n] == before[from + n])
            .filter(|n| now[to + n] & BLANK == 0 && now[to + n] != before[to + n])
            .count();
        let spoilt = (0..rows)
            .filter(|n| now[*n] == before[*n] && now[*n] & BLANK == 0)
            .filter(|n| {
                let source = if up {
                    n.checked_add(by)
                } else {
                    n.checked_sub(by)
                };
                source.and_then(|at| before.get(at)) != Some(&now[*n])
            })
            .count();
        helped.saturating_sub(spoilt)
    };
    let moves = (1..rows).flat_map(|by| [(gain(by, true), by, 1), (gain(by, false), by, -1)]);
    // Of equals the shortest.
    let best = moves.rev().max_by_key(|(gain, ..)| *gain);
    let best = best.filter(|(gain, ..)| *gain >= PAYS);
    best.map_or(0, |(_, by, way)| i16::try_from(by).unwrap_or(0) * way)
}

/// Set in the hash of a blank row.
const BLANK: u64 = 1;
/// Rows that a move must save.
const PAYS: usize = 2;

fn hash(screen: &vt100::Screen, row: u16, cols: u16) -> u64 {
    let mut blank = true;
    let mut hasher = DefaultHasher::new();
    let mut style = Style::default();
    for col in 0..cols {
        let Some(cell) = screen.cell(row, col) else {
            break;
        };
        let now = Style::of_cell(cell);
        blank &= now == Style::default() && cell.contents().trim().is_empty();
        if now != style {
            style = now;
            hasher.write_u8(0xff);
            style.hash(&mut hasher);
        }
        hasher.write(cell.contents().as_bytes());
        hasher.write_u8(if cell.is_wide() { 0xfd } else { 0xfe });
    }
    hasher.finish() & !BLANK | if blank { BLANK } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::Screen;
    use super::*;

    /// What programs write, and what is rare and moves rows.
    const PIECES: [&str; 42] = [
        "a",
        "word ",
        "\r\n",
        "\n",
        "\r",
        "世界",
        "e\u{301}",
        "long text that is wider than it all",
        "\x08",
        "\t",
        "\x1b[K",
        "\x1b[1K",
        "\x1b[2K",
        "\x1b[J",
        "\x1b[1J",
        "\x1b[31m",
        "\x1b[7;44m",
        "\x1b[m",
        "\x1b[9m",
        "\x1b[1;2;4:3m",
        "\x1b[A",
        "\x1b[9B",
        "\x1b[3;5H",
        "\x1b[H",
        "\x1b[9;1H",
        "\x1b[2P",
        "\x1b[2@",
        "\x1b[3X",
        "\x1b[L",
        "\x1b[M",
        "\x1b[S",
        "\x1b[T",
        "\x1b[2;4r",
        "\x1b[r",
        "\x1bM",
        "\x1bD",
        "\x1b7",
        "\x1b8",
        "\x1b[?25l",
        "\x1b[?6h",
        "\x1b[?1049h",
        "\x1b[5b",
    ];

    #[test]
    fn no_change_of_a_row_is_overlooked() {
        let mut seed = 1_u32;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize % below
        };
        for _ in 0..300 {
            let mut screen = Screen::new(6, 14);
            screen.take_damage();
            for _ in 0..60 {
                let before: Vec<_> = (0..6).map(|row| screen.cells(row)).collect();
                for _ in 0..=next(3) {
                    screen.feed(PIECES[next(PIECES.len())].as_bytes());
                }
                let damage = screen.take_damage();
                for row in 0..6 {
                    let told = match &damage {
                        Damage::All => true,
                        Damage::Rows(rows) => rows.contains(&row),
                        Damage::None => false,
                    };
                    let same = screen.cells(row) == before[usize::from(row)];
                    assert!(told || same, "row {row} of {screen:?}");
                }
            }
        }
    }

    #[test]
    fn a_key_touches_one_row() {
        let mut screen = Screen::new(6, 14);
        screen.feed(b"\x1b[3;5H");
        screen.take_damage();
        screen.feed(b"\x1b[?25lx\x1b[K\x1b[?25h");
        let touched = &screen.fold.get_mut().touched;
        assert_eq!(touched.rows, [2]);
        assert!(!touched.all);
        assert_eq!(screen.take_damage(), Damage::Rows(vec![2]));
        assert_eq!(screen.take_damage(), Damage::None);
    }
}
