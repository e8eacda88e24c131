//! A snapshot put into a fresh emulator by the sequences that lead there.

use super::cell::Style;
use super::fold::Sink;
use super::packed::{PackedCell, PackedRow};
use super::snapshot::{Grid, Snapshot};
use super::{SCROLLBACK, clamped};

/// An emulator in the state of `snapshot`, as far as sequences reach; `None` when its rows are not
/// rows. The caller compares.
pub(super) fn redraw(snapshot: &Snapshot) -> Option<vt100::Parser<Sink>> {
    let (rows, cols) = (clamped(snapshot.rows), clamped(snapshot.cols));
    let mut parser = vt100::Parser::new_with_callbacks(rows, cols, SCROLLBACK, Sink::default());
    for row in &snapshot.kept {
        let cells = row.cells()?;
        let length = u16::try_from(cells.len()).ok()?;
        let width = if row.wrapped {
            clamped(length)
        } else {
            cols.max(clamped(length))
        };
        parser.set_size(rows, width);
        let mut pen = Pen::new(width.get());
        pen.row(0, &cells, row.wrapped);
        pen.style(Style::default());
        pen.csi("S");
        parser.process(pen.out.as_bytes());
    }
    parser.set_size(rows, cols);
    for (number, grid) in [(0, &snapshot.main), (1, &snapshot.alternate)] {
        let mut pen = Pen::new(cols.get());
        pen.csi(if number == 0 { "?47l" } else { "?47h" });
        pen.grid(grid, rows.get(), snapshot.saved_style)?;
        parser.process(pen.out.as_bytes());
    }
    if !snapshot.on_alternate {
        parser.process(b"\x1b[?47l");
    }
    parser.process(snapshot.style.sgr().as_bytes());
    *parser.callbacks_mut() = Sink {
        total: snapshot.total,
        ..Sink::default()
    };
    Some(parser)
}

/// Writes sequences.
struct Pen {
    out: String,
    cols: u16,
    style: Style,
}

impl Pen {
    fn new(cols: u16) -> Pen {
        Pen {
            out: "\x1b[m".to_owned(),
            cols,
            style: Style::default(),
        }
    }

    fn csi(&mut self, body: &str) {
        self.out.push_str("\x1b[");
        self.out.push_str(body);
    }

    fn style(&mut self, style: Style) {
        if self.style != style {
            self.style = style;
            self.out.push_str(&style.sgr());
        }
    }

    /// Row and column from 0, whatever the margins.
    fn go(&mut self, row: u16, col: u16) {
        self.go_row(row);
        self.csi(&format!("{}G", col.saturating_add(1)));
    }

    /// Only the row: a pending wrap stays pending.
    fn go_row(&mut self, row: u16) {
        self.csi(&format!("{}d", row.saturating_add(1)));
    }

    /// Everything of one grid but the current style; the grid is blank and shown.
    fn grid(&mut self, grid: &Grid, height: u16, saved_style: Style) -> Option<()> {
        self.saved(grid, saved_style);
        let rows = grid
            .rows
            .iter()
            .map(PackedRow::cells)
            .collect::<Option<Vec<_>>>()?;
        for ((at, cells), packed) in (0..height).zip(&rows).zip(&grid.rows) {
            self.row(at, cells, packed.wrapped && at + 1 < height);
        }
        if grid.margins != (0, height - 1) {
            self.csi(&format!(
                "{};{}r",
                grid.margins.0.saturating_add(1),
                grid.margins.1.saturating_add(1)
            ));
        }
        if grid.origin {
            self.csi("?6h");
        }
        if grid.cursor.1 < self.cols {
            self.go(grid.cursor.0, grid.cursor.1);
        } else {
            self.pending(grid.cursor.0, &rows);
        }
        Some(())
    }

    /// The saved cursor, while the grid is blank and has no margins.
    fn saved(&mut self, grid: &Grid, style: Style) {
        self.csi("r");
        self.csi(if grid.saved_origin { "?6h" } else { "?6l" });
        self.go(grid.saved.0, grid.saved.1.min(self.cols - 1));
        let pending = grid.saved.1 >= self.cols;
        if pending {
            self.out.push('x');
        }
        self.style(style);
        self.out.push_str("\x1b7");
        self.style(Style::default());
        self.csi("?6l");
        if pending {
            self.go(grid.saved.0, self.cols - 1);
            self.csi("X");
        }
    }

    /// One row, on a blank one.
    fn row(&mut self, at: u16, cells: &[PackedCell<'_>], wrapped: bool) {
        if cells.is_empty() {
            return;
        }
        self.go(at, 0);
        let mut pen = 0u16;
        let mut col = 0u16;
        for run in cells.chunk_by(|a, b| a == b && a.text.is_empty()) {
            let cell = &run[0];
            // A row is at most as long as a u16 counts: the caller's rows are.
            let length = run.len() as u16;
            if !cell.continuation && (!cell.text.is_empty() || cell.style != Style::default()) {
                if pen != col {
                    self.csi(&format!("{}G", col + 1));
                    pen = col;
                }
                self.style(cell.style);
                if cell.text.is_empty() {
                    self.csi(&format!("{length}X"));
                } else {
                    self.out.push_str(cell.text);
                    pen += if cell.wide { 2 } else { 1 };
                }
            }
            col = col.saturating_add(length);
        }
        if wrapped && pen == self.cols {
            // The next glyph wraps and marks the row; then it is taken away.
            self.out.push('x');
            self.style(Style::default());
            self.go(at + 1, 0);
            self.csi("X");
        }
    }

    /// The cursor behind the last column of `row`. Only printing leads there: what stands at the end
    /// of some row is printed again, or a blank row is drawn again; then the cursor goes to its row.
    fn pending(&mut self, row: u16, rows: &[Vec<PackedCell<'_>>]) {
        let width = usize::from(self.cols);
        let full = |cells: &Vec<PackedCell<'_>>| {
            cells.len() == width
                && cells
                    .last()
                    .is_some_and(|c| c.continuation || !c.text.is_empty())
        };
        let even = |cells: &Vec<PackedCell<'_>>| {
            cells.is_empty()
                || (cells.len() == width
                    && cells.iter().all(|c| *c == cells[0] && c.text.is_empty()))
        };
        let near = usize::from(row);
        if let Some(at) = Some(near)
            .filter(|at| rows.get(*at).is_some_and(full))
            .or_else(|| rows.iter().position(full))
        {
            let cells = &rows[at];
            let back = if cells[width - 1].continuation { 2 } else { 1 };
            self.go(at as u16, self.cols - back);
            let cell = cells[width - usize::from(back)];
            self.style(cell.style);
            self.out.push_str(cell.text);
        } else if let Some(at) = rows.iter().position(even) {
            self.go(at as u16, self.cols - 1);
            self.out.push('x');
            self.style(rows[at].first().map_or(Style::default(), |c| c.style));
            self.csi("2K");
        }
        self.go_row(row);
    }
}
