//! One terminal screen: the fold of a program's output.
//!
//! A [`Screen`] takes bytes however they are cut, and gives rows, cells, modes, what the program
//! wants to know of its terminal ([`Screen::take_replies`]) and what it tells
//! ([`Screen::take_events`]). The emulator behind it is vt100, and this room is the only door to it.
//!
//! The main screen keeps up to [`SCROLLBACK`] rows above it, so that a screen made smaller and
//! larger again shows what it showed. Rows beyond those are history: [`Screen::drain_scrolled`].

mod answer;
mod cell;
mod checkpoint;
mod csi;
mod damage;
mod erasing;
mod fold;
pub mod input;
mod joined;
mod key_names;
mod keyboard;
mod keys;
mod kitty;
mod marks;
mod modes;
mod mouse;
mod packed;
mod pending;
mod printing;
mod prompts;
mod redraw;
mod row;
mod sgr;
mod snapshot;
mod split;
mod tabs;

use std::cell::{Ref, RefCell};
use std::num::NonZeroU16;

pub use cell::{Cell, Color, Style, Underline};
pub use checkpoint::RestoreError;
pub use damage::Damage;
pub use input::{
    Key, KeyCode, KeyEvent, Stroke, encode_focus, encode_key, encode_paste, encode_stroke,
};
pub use joined::Joined;
pub use key_names::parse_key_names;
pub use modes::{Modes, MouseEncoding, MouseProtocol};
pub use mouse::{MouseEvent, MouseKind, encode_mouse};
pub use row::{Row, goes_on, plain};

use damage::{Seen, Touched};
use fold::{Fold, Own, Sink};
use pending::Pending;
use split::Splitter;

/// Rows kept above the main screen.
pub const SCROLLBACK: usize = 100;

/// The smallest screen, rows and columns.
pub const SMALLEST: u16 = 2;

/// The largest screen, rows and columns.
pub const LARGEST: u16 = 1024;

/// What a program told its terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScreenEvent {
    /// The window title (OSC 0 and 2), without control characters.
    Title(String),
    /// Another operating system command: 7, 9, 99, 133, 777, 7501 and whatever is not known.
    Osc {
        /// Its number.
        number: u32,
        /// What stands behind the first semicolon.
        rest: String,
    },
    /// The bell.
    Bell,
    /// Text for the clipboard (OSC 52), in base64 as it came.
    Clipboard(String),
}

/// One terminal screen.
pub struct Screen {
    splitter: Splitter,
    /// Whoever looks at the emulator settles what is pending first: [`Screen::look`].
    fold: RefCell<Fold>,
    seen: Seen,
    replay: bool,
    /// For each reply that was not taken: after how many bytes of a feed it was asked for, and
    /// its length.
    asked: Vec<(usize, usize)>,
}

fn clamped(size: u16) -> NonZeroU16 {
    NonZeroU16::new(size.clamp(SMALLEST, LARGEST)).unwrap_or(NonZeroU16::MIN)
}

impl Screen {
    /// A blank screen of `rows` x `cols`, each clamped to [`SMALLEST`]..=[`LARGEST`].
    pub fn new(rows: u16, cols: u16) -> Screen {
        let parser = vt100::Parser::new_with_callbacks(
            clamped(rows),
            clamped(cols),
            SCROLLBACK,
            Sink::default(),
        );
        Screen::of(parser, Own::default(), Splitter::default())
    }

    /// `bound` says whether margins may be set, on the main screen and on the other.
    fn of(parser: vt100::Parser<Sink>, own: Own, splitter: Splitter) -> Screen {
        let fold = Fold {
            parser,
            own,
            replies: Vec::new(),
            events: Vec::new(),
            prompts: Vec::new(),
            touched: Touched::default(),
            pending: Pending::default(),
        };
        Screen {
            splitter,
            fold: RefCell::new(fold),
            seen: Seen::default(),
            replay: false,
            asked: Vec::new(),
        }
    }

    /// Takes the next bytes of the program's output, cut anywhere.
    pub fn feed(&mut self, bytes: &[u8]) {
        let Screen {
            splitter,
            fold,
            asked,
            ..
        } = self;
        let fold = fold.get_mut();
        let mut rest = bytes;
        while !rest.is_empty() {
            let known = fold.replies.len();
            rest = splitter.step(rest, |unit| fold.unit(unit, bytes.len()));
            if fold.replies.len() > known {
                asked.push((bytes.len() - rest.len(), fold.replies.len() - known));
            }
        }
        if self.replay {
            self.take_replies();
        }
    }

    /// Changes the size, clamped as in [`Screen::new`]. Rows come back from above when there are
    /// any; they are never blank ones.
    pub fn resize(&mut self, rows: u16, cols: u16) {
        let size = (clamped(rows), clamped(cols));
        self.settle();
        let fold = self.fold.get_mut();
        fold.touched.everything();
        if fold.parser.screen().size() != size {
            fold.own.margins = Default::default();
        }
        fold.guarded(|fold| resize(&mut fold.parser, size));
        if fold.parser.screen().size() != size {
            // Only after a failure: it left a blank screen of the old size.
            fold.parser.screen_mut().set_size(size.0, size.1);
        }
    }

    /// Rows and columns.
    pub fn size(&self) -> (u16, u16) {
        let (rows, cols) = self.fold.borrow().parser.screen().size();
        (rows.get(), cols.get())
    }

    /// Row and column of the cursor, from 0.
    pub fn cursor(&self) -> (u16, u16) {
        self.look().cursor()
    }

    /// Whether the cursor is shown.
    pub fn cursor_visible(&self) -> bool {
        self.fold.borrow().own.modes.cursor_visible
    }

    /// The text of one row, from 0, without trailing blanks; empty beyond the last.
    pub fn row_text(&self, row: u16) -> String {
        let mut text = String::new();
        for cell in self.cells(row) {
            text.push_str(if cell.text.is_empty() {
                " "
            } else {
                &cell.text
            });
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// The text of every row.
    pub fn text_rows(&self) -> Vec<String> {
        (0..self.size().0).map(|row| self.row_text(row)).collect()
    }

    /// One row, from 0, as text with SGR, without trailing blanks; [`Row::parse`] reads it.
    pub fn row_sgr(&self, row: u16) -> String {
        row::write(&self.cells(row), self.row_wrapped(row))
    }

    /// Whether a row, from 0, goes on in the next.
    pub fn row_wrapped(&self, row: u16) -> bool {
        self.vt().row_wrapped(row)
    }

    /// The cells of one row, from 0; empty beyond the last.
    pub fn cells(&self, row: u16) -> Vec<Cell> {
        cells_of(&self.vt(), row)
    }

    /// The title the program gave last.
    pub fn title(&self) -> Option<String> {
        self.fold.borrow().own.title.clone()
    }

    /// The modes the program has set.
    pub fn modes(&self) -> Modes {
        self.fold.borrow().own.modes
    }

    /// Rows that left the main screen and the rows kept above it since the last call, oldest first,
    /// each once, as text with SGR. What is still kept: [`Screen::kept_rows`]. A row may come later
    /// than it left; after [`Screen::settle`] all have come.
    pub fn drain_scrolled(&mut self) -> Vec<String> {
        std::mem::take(&mut self.fold.get_mut().parser.callbacks_mut().rows)
    }

    /// From now on rows that leave are counted only, and [`Screen::drain_scrolled`] has none: for
    /// whoever keeps no history, to whom writing them down would be a third of the work.
    pub fn forget_history(&mut self) {
        let sink = self.fold.get_mut().parser.callbacks_mut();
        sink.unwanted = true;
        sink.rows.clear();
    }

    /// The number of the first row of the main screen, counted from the first that ever was; `None`
    /// while the alternate screen is shown.
    pub fn top(&self) -> Option<u64> {
        let kept = self.vt().scrollback_len() as u64;
        (!self.vt().alternate_screen()).then(|| self.scrolled_total() + kept)
    }

    /// How many rows [`Screen::drain_scrolled`] has had to give since the first byte.
    pub fn scrolled_total(&self) -> u64 {
        self.look().parser.callbacks().total
    }

    /// The rows kept above the main screen, oldest first, as text with SGR. They have not been
    /// drained and may come back on the screen when it grows.
    pub fn kept_rows(&self) -> Vec<String> {
        let mut copy = self.copy();
        copy.process(b"\x1b[?47l");
        self.kept_by(&mut copy)
    }

    /// The rows kept above the main screen and those of the main screen, oldest first, as text with
    /// SGR, also while the alternate screen is shown. The first has number
    /// [`Screen::scrolled_total`], and a row keeps its number for as long as there is one.
    pub fn main_rows(&self) -> Vec<String> {
        let mut copy = self.copy();
        copy.process(b"\x1b[?47l");
        let mut rows = self.kept_by(&mut copy);
        copy.screen_mut().set_scrollback(0);
        let main = 0..self.size().0;
        rows.extend(main.map(|row| written(copy.screen(), row)));
        rows
    }

    fn kept_by(&self, copy: &mut vt100::Parser<()>) -> Vec<String> {
        let height = usize::from(self.size().0);
        let mut left = copy.screen().scrollback_len();
        let mut rows = Vec::with_capacity(left);
        while left > 0 {
            copy.screen_mut().set_scrollback(left);
            let count = left.min(height);
            // `count` is at most the height, which is a u16.
            rows.extend((0..count as u16).map(|row| written(copy.screen(), row)));
            left -= count;
        }
        rows
    }

    /// While replaying what was answered once, nothing is answered.
    pub fn set_replay(&mut self, on: bool) {
        self.replay = on;
    }

    /// Bytes for the program's input: answers to what it asked. They are given once.
    pub fn take_replies(&mut self) -> Vec<u8> {
        self.asked.clear();
        std::mem::take(&mut self.fold.get_mut().replies)
    }

    /// As [`Screen::take_replies`], one by one, each with the number of bytes of its
    /// [`Screen::feed`] after which it was asked for: the same place however the bytes are cut.
    pub fn take_answers(&mut self) -> Vec<(usize, Vec<u8>)> {
        let replies = std::mem::take(&mut self.fold.get_mut().replies);
        let mut rest = replies.as_slice();
        let asked = std::mem::take(&mut self.asked).into_iter();
        let mut answers = Vec::with_capacity(asked.len());
        for (after, length) in asked {
            let (answer, left) = rest.split_at(length.min(rest.len()));
            answers.push((after, answer.to_vec()));
            rest = left;
        }
        answers
    }

    /// What the program told since the last call, in order.
    pub fn take_events(&mut self) -> Vec<ScreenEvent> {
        std::mem::take(&mut self.fold.get_mut().events)
    }

    /// The rows at which the program has said since the last call that a prompt begins (OSC 133 A),
    /// counted as [`Screen::main_rows`] counts.
    pub fn take_prompts(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.fold.get_mut().prompts)
    }

    /// The row that the cursor is in, counted likewise; `None` on the alternate screen.
    pub fn cursor_row(&mut self) -> Option<u64> {
        self.fold.get_mut().row()
    }

    /// Which rows look different from when this was last asked; all of them the first time and
    /// after a change of size or screen.
    pub fn take_damage(&mut self) -> Damage {
        self.settle();
        let fold = self.fold.get_mut();
        let touched = std::mem::take(&mut fold.touched);
        self.seen.compare(fold.parser.screen(), touched)
    }

    /// By how many rows what had been there moved up before [`Screen::take_damage`] was asked last;
    /// down where it is negative, 0 when nothing did. A hint: who follows it saves work, and the
    /// rows of the damage are right without.
    pub fn moved(&self) -> i16 {
        self.seen.moved()
    }

    /// Finishes what was put off, so that looking costs nothing more.
    pub fn settle(&mut self) {
        self.fold.get_mut().settle();
    }

    /// The fold with nothing pending.
    fn look(&self) -> Ref<'_, Fold> {
        if self.fold.borrow().pending.any() {
            self.fold.borrow_mut().settle();
        }
        self.fold.borrow()
    }

    fn vt(&self) -> Ref<'_, vt100::Screen> {
        Ref::map(self.look(), |fold| fold.parser.screen())
    }

    /// The emulator again, to feed sequences to without any effect here.
    fn copy(&self) -> vt100::Parser<()> {
        copy_of(&self.vt())
    }
}

/// An emulator of its own that shows what `screen` does.
fn copy_of(screen: &vt100::Screen) -> vt100::Parser<()> {
    // Its own screen is thrown away: it is made as small as can be.
    let mut copy = vt100::Parser::new_with_callbacks(NonZeroU16::MIN, NonZeroU16::MIN, 0, ());
    *copy.screen_mut() = screen.clone();
    copy
}

/// Changes the size without bringing back rows that vt100 no longer has.
fn resize(parser: &mut vt100::Parser<Sink>, (rows, cols): (NonZeroU16, NonZeroU16)) {
    let alternate = parser.screen().alternate_screen();
    if alternate {
        parser.process(b"\x1b[?47l");
    }
    let now = parser.screen().size().0.get();
    let kept = u16::try_from(parser.screen().scrollback_len()).unwrap_or(u16::MAX);
    if rows.get() > now.saturating_add(kept) {
        // vt100 counts rows it no longer has and would bring blank ones back for them.
        parser.set_size(clamped(now.saturating_add(kept)), cols);
        parser.screen_mut().clear_scrollback();
    }
    parser.set_size(rows, cols);
    if alternate {
        parser.process(b"\x1b[?47h");
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen")
            .field("size", &self.size())
            .field("cursor", &self.cursor())
            .finish_non_exhaustive()
    }
}

fn written(screen: &vt100::Screen, row: u16) -> String {
    row::write(&cells_of(screen, row), screen.row_wrapped(row))
}

fn cells_of(screen: &vt100::Screen, row: u16) -> Vec<Cell> {
    let cols = screen.size().1.get();
    let mut cells = Vec::with_capacity(usize::from(cols));
    for col in 0..cols {
        let Some(cell) = screen.cell(row, col) else {
            break;
        };
        if !cell.is_wide_continuation() {
            let (text, style) = marks::read(cell.contents(), Style::of_cell(cell));
            cells.push(Cell {
                text,
                width: if cell.is_wide() { 2 } else { 1 },
                style,
            });
        }
    }
    cells
}

#[cfg(test)]
mod tests;
