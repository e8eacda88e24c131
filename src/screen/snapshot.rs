//! The whole state of a screen as plain values. What vt100 does not show is had from copies of it,
//! by feeding them sequences and looking at what they do.

use serde::{Deserialize, Serialize};

use super::cell::Style;
use super::fold::Own;
use super::packed::PackedRow;
use super::split::Splitter;
use super::{Screen, clamped, copy_of};

/// Lower screens have no room for margins that tell how rows are counted.
const FLAT: u16 = 4;

/// A copy to try things on.
type Copy = vt100::Parser<()>;

/// One of the two grids.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grid {
    pub rows: Vec<PackedRow>,
    /// Row and column of the cursor; a column equal to the width is a pending wrap.
    pub cursor: (u16, u16),
    pub origin: bool,
    /// What `ESC 8` would bring back.
    pub saved: (u16, u16),
    pub saved_origin: bool,
    /// First and last row of the scroll region.
    pub margins: (u16, u16),
}

/// A screen.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Snapshot {
    pub rows: u16,
    pub cols: u16,
    /// Rows kept above the main grid, oldest first. They may be wider than the screen.
    pub kept: Vec<PackedRow>,
    pub main: Grid,
    pub alternate: Grid,
    /// The alternate grid is shown.
    pub on_alternate: bool,
    pub style: Style,
    pub saved_style: Style,
    pub own: Own,
    pub splitter: Splitter,
    /// Rows that were drained or wait for it.
    pub total: u64,
}

impl Snapshot {
    /// Reads a screen.
    pub fn of(screen: &Screen) -> Snapshot {
        let fold = screen.look();
        let vt = fold.parser.screen();
        let (rows, cols) = screen.size();
        let kept = match (vt.alternate_screen(), vt.scrollback_len()) {
            (false, 0) => Vec::new(),
            _ => {
                let mut copy = screen.copy();
                copy.process(b"\x1b[?47l");
                kept(&mut copy)
            }
        };
        // Copies of the rest need not carry them along.
        let mut copy = screen.copy();
        copy.process(b"\x1b[?47l");
        copy.screen_mut().clear_scrollback();
        let mut probe = copy_of(copy.screen());
        let (main, saved_style) = grid(&mut copy, &mut probe);
        copy.process(b"\x1b[?47h");
        if rows < FLAT {
            probe = copy_of(copy.screen());
        }
        probe.process(b"\x1b[?47h");
        let (alternate, _) = grid(&mut copy, &mut probe);
        Snapshot {
            rows,
            cols,
            kept,
            main,
            alternate,
            on_alternate: vt.alternate_screen(),
            style: Style::current(vt),
            saved_style,
            own: fold.own.clone(),
            splitter: screen.splitter.clone(),
            total: screen.scrolled_total(),
        }
    }
}

fn kept(copy: &mut Copy) -> Vec<PackedRow> {
    let (height, _) = copy.screen().size();
    // Rows that come into view are made as wide as the screen: it is made too narrow to matter.
    copy.screen_mut()
        .set_size(height, std::num::NonZeroU16::MIN);
    let mut left = copy.screen().scrollback_len();
    let mut rows = Vec::with_capacity(left);
    while left > 0 {
        copy.screen_mut().set_scrollback(left);
        let count = left.min(usize::from(height.get()));
        // `count` is at most the height, which is a u16.
        rows.extend((0..count as u16).map(|row| PackedRow::read(copy.screen(), row)));
        left -= count;
    }
    rows
}

/// The grid that `copy` and `probe` show, and the style that `ESC 8` would bring back. Spoils that
/// grid in both, and the other one too where a screen is lower than [`FLAT`].
fn grid(copy: &mut Copy, probe: &mut Copy) -> (Grid, Style) {
    let screen = copy.screen();
    let rows = (0..screen.size().0.get())
        .map(|row| PackedRow::read(screen, row))
        .collect();
    probe.process(b"\x1b[?6h\x1b[H");
    let top = probe.screen().cursor_position().0;
    probe.process(b"\x1b[65535H");
    let bottom = probe.screen().cursor_position().0;
    probe.process(b"\x1b8");
    let saved = probe.screen().cursor_position();
    let saved_style = Style::current(probe.screen());
    let saved_origin = self::origin(probe);
    let cursor = screen.cursor_position();
    // In one that is made higher for it, the other grid would be another one.
    let origin = match screen.size().0.get() {
        0..FLAT => origin(&mut copy_of(screen)),
        _ => origin(copy),
    };
    (
        Grid {
            rows,
            cursor,
            origin,
            saved,
            saved_origin,
            margins: (top, bottom),
        },
        saved_style,
    )
}

/// Whether rows are counted from the top margin. Spoils the copy.
fn origin(copy: &mut Copy) -> bool {
    let (rows, cols) = copy.screen().size();
    copy.screen_mut().set_size(rows.max(clamped(FLAT)), cols);
    copy.process(b"\x1b[2;3r\x1b[H");
    copy.screen().cursor_position().0 == 1
}
