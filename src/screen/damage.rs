//! Which rows changed since somebody looked.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::cell::Style;

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
}

impl Seen {
    /// Looks at the screen and tells what is new.
    pub fn compare(&mut self, screen: &vt100::Screen) -> Damage {
        let (rows, cols) = screen.size();
        let hashes: Vec<u64> = (0..rows.get())
            .map(|row| hash(screen, row, cols.get()))
            .collect();
        let shape = Some((rows.get(), cols.get(), screen.alternate_screen()));
        let before = std::mem::replace(&mut self.rows, hashes);
        if std::mem::replace(&mut self.shape, shape) != shape {
            return Damage::All;
        }
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

fn hash(screen: &vt100::Screen, row: u16, cols: u16) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut style = Style::default();
    for col in 0..cols {
        let Some(cell) = screen.cell(row, col) else {
            break;
        };
        let now = Style::of_cell(cell);
        if now != style {
            style = now;
            hasher.write_u8(0xff);
            style.hash(&mut hasher);
        }
        hasher.write(cell.contents().as_bytes());
        hasher.write_u8(if cell.is_wide() { 0xfd } else { 0xfe });
    }
    hasher.finish()
}
