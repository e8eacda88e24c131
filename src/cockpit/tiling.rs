//! How panes share a place: rows of equal panes, each of a size that a program can be used in.

use super::model::Size;
use ratatui::layout::Rect;

/// The least that a pane takes, with its frame: 40 by 8 cells inside.
pub const LEAST: Size = Size { cols: 42, rows: 10 };
/// A size that most programs are comfortable in, with the frame.
const GOOD: Size = Size { cols: 62, rows: 16 };

/// How many panes have room in `size`; at least one.
pub fn room(size: Size) -> usize {
    (usize::from(size.cols / LEAST.cols) * usize::from(size.rows / LEAST.rows)).max(1)
}

/// How many columns `count` panes are laid in when they have `size`: so that the smallest side of
/// each is as comfortable as can be, and side by side where that makes no difference.
fn columns(size: Size, count: usize) -> usize {
    let most = usize::from((size.cols / LEAST.cols).max(1)).min(count);
    let rows = usize::from((size.rows / LEAST.rows).max(1));
    let comfort = |columns: usize| {
        let share = |whole: u16, parts: usize, good: u16| {
            (usize::from(whole) * 100 / parts / usize::from(good)).min(100)
        };
        let across = share(size.cols, columns, GOOD.cols);
        across.min(share(size.rows, count.div_ceil(columns), GOOD.rows))
    };
    let fits = |columns: &usize| count.div_ceil(*columns) <= rows;
    (1..=most)
        .filter(fits)
        .max_by_key(|columns| comfort(*columns))
        .unwrap_or(most)
}

/// Cuts `area` into `count` parts, row by row. How they lie depends on `size` alone, which is the
/// part of `area` that is always free: what comes and goes below does not move a pane aside.
pub fn tiles(area: Rect, size: Size, count: usize) -> Vec<Rect> {
    let count = count.max(1);
    let columns = columns(size, count);
    let rows = count.div_ceil(columns);
    let mut tiles = Vec::with_capacity(count);
    for row in 0..rows {
        let here = columns.min(count - row * columns);
        let (y, height) = part(area.y, area.height, row, rows);
        for column in 0..here {
            let (x, width) = part(area.x, area.width, column, here);
            tiles.push(Rect::new(x, y, width, height));
        }
    }
    tiles
}

/// The `at`th of `parts` parts of a length: where it begins and how long it is. The first ones get
/// what cannot be shared.
fn part(from: u16, length: u16, at: usize, parts: usize) -> (u16, u16) {
    let (at, parts) = (at as u16, parts as u16);
    let (each, over) = (length / parts, length % parts);
    (from + at * each + at.min(over), each + u16::from(at < over))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(cols: u16, rows: u16, count: usize) -> Vec<(u16, u16)> {
        let tiles = tiles(Rect::new(0, 0, cols, rows), Size { cols, rows }, count);
        tiles.iter().map(|t| (t.width, t.height)).collect()
    }

    #[test]
    fn wide_places_are_cut_side_by_side_and_narrow_ones_one_above_the_other() {
        assert_eq!(laid(128, 38, 2), [(64, 38), (64, 38)]);
        assert_eq!(laid(88, 26, 2), [(88, 13), (88, 13)]);
        assert_eq!(laid(128, 38, 3), [(64, 19), (64, 19), (128, 19)]);
        assert_eq!(laid(74, 20, 2), [(74, 10), (74, 10)]);
    }

    #[test]
    fn parts_cover_the_whole_and_none_is_too_small() {
        for (cols, rows) in [(42, 10), (83, 21), (84, 20), (128, 38), (301, 97)] {
            let size = Size { cols, rows };
            for count in 1..=room(size) {
                let tiles = tiles(Rect::new(3, 2, cols, rows), size, count);
                let cells: u32 = tiles.iter().map(|t| t.area()).sum();
                assert_eq!(cells, u32::from(cols) * u32::from(rows), "{size:?} {count}");
                let good = |t: &Rect| t.width >= LEAST.cols && t.height >= LEAST.rows;
                assert!(tiles.iter().all(good), "{size:?} {count}: {tiles:?}");
                for (i, a) in tiles.iter().enumerate() {
                    assert!(!tiles[i + 1..].iter().any(|b| a.intersects(*b)));
                }
            }
        }
    }
}
