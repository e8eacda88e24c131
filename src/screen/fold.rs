//! The emulator and what it lacks: every unit of the stream is folded in here, translated where
//! vt100 would misread it or not read it at all.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use vt100::capture::{BasicFormattedCaptureState, RowContents};

use super::csi::Csi;
use super::damage::Touched;
use super::keyboard::Keyboard;
use super::marks::Pen;
use super::modes::Modes;
use super::pending::Pending;
use super::row::GOES_ON;
use super::split::Unit;
use super::tabs::Tabs;
use super::{SCROLLBACK, ScreenEvent, answer, cell::Style, marks, sgr};

/// What vt100 gives away while it parses.
#[derive(Debug, Default)]
pub(super) struct Sink {
    /// Rows that left the scrollback of the main screen.
    pub rows: Vec<String>,
    /// How many did, ever.
    pub total: u64,
    /// The bell rang.
    pub bell: bool,
    /// Nobody will want the rows: they are counted and not written.
    pub unwanted: bool,
}

impl Sink {
    /// One more row has left.
    pub fn left(&mut self, row: impl FnOnce() -> String) {
        self.total = self.total.saturating_add(1);
        if !self.unwanted {
            self.rows.push(row());
        }
    }
}

impl vt100::Callbacks for Sink {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bell = true;
    }

    fn on_scroll(&mut self, contents: RowContents<'_>, alternate_screen: bool) {
        if alternate_screen {
            return;
        }
        // As long as the one before: it is seldom made longer on the way.
        let length = self.rows.last().map_or(80, |row| row.len() + 16);
        self.left(|| {
            let mut row = String::with_capacity(length);
            // Writing to a String cannot fail.
            let mut state = BasicFormattedCaptureState::new();
            let _ = contents.write_formatted_basic(&mut row, &mut state);
            // Before the row behind one that ends a line the emulator would write a line feed.
            let mut next = First(None);
            let _ = contents.write_formatted_basic(&mut next, &mut state);
            let goes_on = next.0.is_some_and(|first| first != b'\n');
            marks::row(closed(row, goes_on))
        });
    }
}

/// Takes the first byte written and refuses the rest.
struct First(Option<u8>);

impl std::fmt::Write for First {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 = self.0.or(text.bytes().next());
        if self.0.is_some() {
            return Err(std::fmt::Error);
        }
        Ok(())
    }
}

/// A row, its style closed; without trailing blanks of the default style unless it goes on in the
/// next.
pub(super) fn closed(mut row: String, goes_on: bool) -> String {
    let plain = |row: &str| {
        row.rfind("\x1b[")
            .is_none_or(|at| row[at..].starts_with("\x1b[m"))
    };
    if !plain(&row) {
        row.push_str("\x1b[m");
    } else if !goes_on {
        row.truncate(row.trim_end_matches(' ').len());
    }
    if goes_on {
        row.push(GOES_ON);
    }
    row
}

/// VARIATION SELECTOR-16: the glyph before it is an emoji, two columns wide.
const WIDENING: &str = "\u{fe0f}";

/// A character set chosen by `ESC (` or `ESC )`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Charsets {
    /// The two sets; true is DEC line drawing.
    drawing: [bool; 2],
    /// Which of them is in use; true is the second.
    shifted: bool,
}

impl Charsets {
    pub(super) fn drawing(self) -> bool {
        self.drawing[usize::from(self.shifted)]
    }
}

/// What is kept beside vt100.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Own {
    pub modes: Modes,
    pub charsets: Charsets,
    /// The character sets that `ESC 7` kept.
    pub saved_charsets: Charsets,
    /// The last character printed, for REP.
    pub last_char: Option<char>,
    pub title: Option<String>,
    pub tabs: Tabs,
    pub keyboard: Keyboard,
    pub pen: Pen,
    /// The pen that `ESC 7` kept.
    pub saved_pen: Pen,
    /// First and last row of the scroll region of the main and of the alternate screen.
    pub margins: [Option<(u16, u16)>; 2],
}

/// The emulator, what is kept beside it, and what it wants to say.
pub(super) struct Fold {
    pub parser: vt100::Parser<Sink>,
    pub own: Own,
    pub replies: Vec<u8>,
    pub events: Vec<ScreenEvent>,
    /// Rows at which the program said that a prompt begins.
    pub prompts: Vec<u64>,
    /// Since somebody last looked.
    pub touched: Touched,
    /// What the emulator has not been given; whoever looks at it settles that first.
    pub pending: Pending,
}

impl Fold {
    /// Takes one unit in.
    pub(super) fn at_once(&mut self, unit: Unit<'_>) {
        self.pending.refused();
        self.settle();
        let screen = self.parser.screen();
        let (before, cols) = (screen.cursor_position(), screen.size().1.get());
        self.guarded(|fold| fold.take(unit));
        let after = self.parser.screen().cursor_position().0;
        self.touched.by(&unit, before, after, cols);
    }

    /// Runs what may fail inside the emulator. After a panic the screen is blank, and goes on.
    pub fn guarded(&mut self, work: impl FnOnce(&mut Fold)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return;
        }
        tracing::error!("the terminal emulator failed; a screen was cleared");
        self.touched.everything();
        let (rows, cols) = self.parser.screen().size();
        let sink = std::mem::take(self.parser.callbacks_mut());
        self.parser = vt100::Parser::new_with_callbacks(rows, cols, SCROLLBACK, sink);
        self.look_at_screen();
        self.pending = Pending::default();
        self.own.modes.origin = false;
        self.own.margins = Default::default();
        self.own.pen = Pen::default();
    }

    pub(super) fn take(&mut self, unit: Unit<'_>) {
        match unit {
            Unit::Text(text) => self.text(text),
            Unit::Control(0x0e) => self.own.charsets.shifted = true,
            Unit::Control(0x0f) => self.own.charsets.shifted = false,
            Unit::Control(byte) => self.print(char::from(byte).encode_utf8(&mut [0; 4])),
            Unit::Escape(body) => self.escape(body),
            Unit::Csi(body) if self.is_plain_sgr(body) => {
                self.put(b"\x1b[");
                self.put(body);
            }
            Unit::Csi(body) => {
                if let Some(csi) = Csi::parse(body) {
                    self.csi(&csi, body);
                }
            }
            Unit::Osc(body, bell) => answer::osc(self, body, bell),
            Unit::Dcs(body) => answer::dcs(self, body),
        }
        if std::mem::take(&mut self.parser.callbacks_mut().bell) {
            self.events.push(ScreenEvent::Bell);
        }
    }

    /// Gives bytes to the emulator: whole sequences only.
    pub fn put(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
    }

    /// Gives `CSI body` to the emulator.
    pub(super) fn put_csi(&mut self, body: &str) {
        self.put(format!("\x1b[{body}").as_bytes());
    }

    fn text(&mut self, text: &str) {
        if marks::may_be_in(text) {
            self.clean_text(&marks::without(text));
        } else {
            self.clean_text(text);
        }
    }

    fn clean_text(&mut self, text: &str) {
        use unicode_width::UnicodeWidthChar as _;
        let last = text.chars().rev().find(|c| match c.width() {
            Some(width) => width > 0 && !matches!(c, '\u{fffd}' | '\u{80}'..'\u{a0}'),
            None => u32::from(*c) >= 256,
        });
        if self.own.charsets.drawing() {
            let drawn: String = text.chars().map(line_drawing).collect();
            self.print(&drawn);
            self.own.last_char = last.map(line_drawing).or(self.own.last_char);
        } else {
            self.print(text);
            self.own.last_char = last.or(self.own.last_char);
        }
    }

    /// Gives text to the emulator, marked with what the emulator does not know of its style.
    pub(super) fn put_text(&mut self, text: &str) {
        match self.own.pen.is_plain() {
            true => self.put_glyphs(text),
            false => self.put_glyphs(&self.own.pen.mark(text)),
        }
    }

    /// A selector that would widen the glyph in the last column is left out: there is no room for it, and vt100
    /// loses its place when it moves such a glyph to the next row.
    fn put_glyphs(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = memchr::memmem::find(rest.as_bytes(), WIDENING.as_bytes()) {
            self.put(&rest.as_bytes()[..at]);
            rest = &rest[at + WIDENING.len()..];
            let screen = self.parser.screen();
            let (row, col) = screen.cursor_position();
            let cols = screen.size().1.get();
            let fits = col < cols
                || screen
                    .cell(row, cols - 1)
                    .is_some_and(vt100::Cell::is_wide_continuation);
            if fits {
                self.put(WIDENING.as_bytes());
            }
        }
        self.put(rest.as_bytes());
    }

    fn escape(&mut self, body: &[u8]) {
        match body {
            b"7" => self.save(),
            b"8" => self.restore(),
            b"M" => self.reverse_feed(),
            b"D" => self.line_feed(),
            b"E" => {
                self.put(b"\r");
                self.line_feed();
            }
            b"=" => self.own.modes.application_keypad = true,
            b">" => self.own.modes.application_keypad = false,
            b"c" => {
                // What is in the scrollback would be lost with the reset.
                self.put(b"\x1b[?47l\x1b[3J\x1bc");
                self.own = Own::default();
            }
            b"#8" => self.alignment(),
            b"H" => {
                let col = self.cursor().1;
                self.own.tabs.set(col);
            }
            [set @ (b'(' | b')'), which] => {
                self.own.charsets.drawing[usize::from(*set == b')')] = *which == b'0';
            }
            _ => {}
        }
    }

    fn save(&mut self) {
        self.put(b"\x1b7");
        self.keep();
    }

    fn restore(&mut self) {
        self.put(b"\x1b8");
        self.bring_back();
    }

    /// Keeps what is saved with the cursor and is not the emulator's.
    fn keep(&mut self) {
        self.own.saved_charsets = self.own.charsets;
        self.own.saved_pen = self.own.pen;
    }

    fn bring_back(&mut self) {
        self.own.charsets = self.own.saved_charsets;
        self.own.pen = self.own.saved_pen;
    }

    fn csi(&mut self, csi: &Csi, body: &[u8]) {
        if csi.prefix == 0
            && matches!(
                csi.last,
                b'@' | b'A' | b'B' | b'D' | b'P' | b'X' | b'd' | b'e'
            )
        {
            self.leave_the_edge();
        }
        match (csi.prefix, csi.intermediate, csi.last) {
            (0, 0, b'm') => {
                for part in sgr::parts(&csi.params) {
                    self.sgr(&part);
                }
            }
            (0, 0, b'T') if csi.params.len() > 1 => {}
            (0, 0, b'@' | b'P') => self.shift(csi),
            (0, 0, b'L' | b'M' | b'S' | b'T') => self.scroll(csi),
            (0 | b'?', 0, b'J' | b'K') | (0, 0, b'X') => self.erase(body),
            (0, 0, b'A'..=b'H' | b'`' | b'f') => {
                self.put(b"\x1b[");
                self.put(body);
            }
            (0, 0, b'r') => self.margins(csi),
            (0, 0, b'd') if self.own.modes.origin => {
                let col = self.cursor().1;
                self.put_csi(&format!("{};{}H", csi.arg(0, 1), col + 1));
            }
            (0, 0, b'd') => self.put_csi(&format!("{}d", csi.arg(0, 1))),
            (0, 0, b'a') => self.put_csi(&format!("{}C", csi.arg(0, 1))),
            (0, 0, b'e') => self.put_csi(&format!("{}B", csi.arg(0, 1))),
            (0, 0, b's') => self.save(),
            (0, 0, b'u') => self.restore(),
            (0, 0, b'b') => self.repeat(csi.arg(0, 1)),
            (0, 0, b'I') => self.tab_forward(csi.arg(0, 1)),
            (0, 0, b'Z') => self.tab_backward(csi.arg(0, 1)),
            (0, 0, b'g') => match csi.arg(0, 0) {
                0 => {
                    let col = self.cursor().1;
                    self.own.tabs.clear(col);
                }
                3 => self.own.tabs.clear_all(),
                _ => {}
            },
            (0, 0, b'h' | b'l') => {
                if csi.params.iter().any(|param| param.number() == 4) {
                    self.own.modes.insert = csi.last == b'h';
                }
            }
            (0, b' ', b'q') => {
                let shape = csi.arg(0, 0);
                if let Ok(shape @ 0..=6) = u8::try_from(shape) {
                    self.own.modes.cursor_shape = shape;
                }
            }
            (b'?', 0, b'h' | b'l') => {
                for param in &csi.params {
                    self.mode(param.number(), csi.last == b'h');
                }
            }
            (0, b'!', b'p') => self.soft_reset(),
            (b'<' | b'=' | b'>', 0, b'u') => {
                let alternate = self.parser.screen().alternate_screen();
                self.own.keyboard.take(csi, alternate);
                self.look_at_screen();
            }
            (b'>', 0, b'm') if csi.params.is_empty() => self.own.modes.modify_other_keys = 0,
            (b'>', 0, b'm') if csi.arg(0, 0) == 4 => {
                self.own.modes.modify_other_keys = csi.arg(1, 0).min(2) as u8;
            }
            _ => answer::csi(self, csi),
        }
    }

    fn mode(&mut self, number: u16, on: bool) {
        // The emulator keeps a cursor for each screen; terminals have one for both.
        let alternate = self.parser.screen().alternate_screen();
        let at = self.cursor();
        match (number, on) {
            (6, _) => self.put_csi(if on { "?6h" } else { "?6l" }),
            (47 | 1047, true) if !alternate => {
                self.put_csi("?47h");
                self.place(at);
            }
            (47 | 1047, false) if alternate => {
                if number == 1047 {
                    self.put_csi("2J");
                }
                self.put_csi("?47l");
                self.place(at);
            }
            (1048, true) => self.save(),
            (1048, false) => self.restore(),
            (1049, true) => {
                self.keep();
                self.put_csi("?1049h");
                self.place(at);
            }
            (1049, false) => {
                self.put_csi("?1049l");
                self.bring_back();
            }
            _ => {}
        }
        self.own.modes.set(number, on);
        self.look_at_screen();
    }

    /// What depends on which of the two screens is shown.
    fn look_at_screen(&mut self) {
        let alternate = self.parser.screen().alternate_screen();
        self.own.modes.alternate_screen = alternate;
        self.own.modes.kitty = self.own.keyboard.flags(alternate);
    }

    /// Repeats the last character, at most one row of it.
    fn repeat(&mut self, count: u16) {
        if let Some(c) = self.own.last_char {
            let count = count.min(self.parser.screen().size().1.get());
            self.put_text(&c.to_string().repeat(usize::from(count)));
        }
    }

    /// DECSTR: all but the cells and the cursor's place.
    fn soft_reset(&mut self) {
        let (row, col) = self.cursor();
        self.put(b"\x1b[?6l\x1b[r\x1b[m\x1b7");
        self.put_csi(&format!("{};{}H", row + 1, col + 1));
        self.own.charsets = Charsets::default();
        self.own.saved_charsets = Charsets::default();
        (self.own.pen, self.own.saved_pen) = Default::default();
        self.set_margins(None);
        let modes = &mut self.own.modes;
        modes.application_cursor = false;
        modes.application_keypad = false;
        modes.cursor_visible = true;
        modes.origin = false;
        modes.autowrap = true;
        modes.insert = false;
    }

    /// Sets the scrolling margins, which puts the cursor home; margins out of order are none.
    fn margins(&mut self, csi: &Csi) {
        let rows = self.parser.screen().size().0.get();
        let (top, bottom) = (csi.arg(0, 1), csi.arg(1, rows).min(rows));
        if top < bottom {
            self.put_csi(&format!("{top};{bottom}r"));
            self.put_csi("H");
            self.set_margins(Some((top - 1, bottom - 1)));
        }
    }

    fn set_margins(&mut self, margins: Option<(u16, u16)>) {
        let shown = usize::from(self.parser.screen().alternate_screen());
        self.own.margins[shown] = margins;
    }

    /// DECALN: the screen full of `E`.
    fn alignment(&mut self) {
        let style = Style::current(self.parser.screen());
        let (rows, cols) = self.parser.screen().size();
        let line = "E".repeat(usize::from(cols.get()));
        self.put(b"\x1b[?6l\x1b[r\x1b[m");
        for row in 1..=rows.get() {
            self.put_csi(&format!("{row}H"));
            self.put(line.as_bytes());
        }
        self.put_csi("H");
        self.put(style.sgr().as_bytes());
        self.own.modes.origin = false;
        self.set_margins(None);
    }

    /// Row and column of the cursor, from 0, inside the screen.
    pub fn cursor(&self) -> (u16, u16) {
        let screen = self.parser.screen();
        let (row, col) = screen.cursor_position();
        (row, col.min(screen.size().1.get() - 1))
    }
}

/// The glyph DEC's line drawing set has for a character.
fn line_drawing(c: char) -> char {
    const GLYPHS: [char; 31] = [
        '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─',
        '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
    ];
    match c {
        '`'..='~' => GLYPHS[usize::from(c as u8 - b'`')],
        '_' => ' ',
        other => other,
    }
}
