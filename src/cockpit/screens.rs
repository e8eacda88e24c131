//! The screens of the panes that are shown: the same fold of the same bytes as the daemon's, painted
//! from its damage, and the keys in the encoding that its program has asked for.

use super::copying::book::Frozen;
use super::encode;
use super::terminal::input::Input;
use super::terminal::painter::{Cursor, Look, Painter, Shown};
use crate::screen::{Damage, Modes, Screen, ScreenEvent};
use ratatui::layout::{Position, Rect};
use std::time::{Duration, Instant};

/// More bytes at once are no echo of a key.
const ECHO: usize = 32;
/// The longest that half a frame of a program is held back.
pub const HOLD: Duration = Duration::from_millis(150);

/// The screens of the panes that are open, by their numbers.
#[derive(Default)]
pub struct Screens {
    all: Vec<(u32, One)>,
}

/// One pane's screen.
#[derive(Default)]
struct One {
    /// Meant for the clipboard, in base64.
    copied: Option<String>,
    screen: Option<Screen>,
    /// The program's output changed something, perhaps anywhere.
    fed: bool,
    /// Rows that are known to have changed.
    rows: Vec<u16>,
    /// Rows painted since the whole screen was compared: to the comparison they may look untouched.
    aside: Vec<u16>,
    /// Everything must be painted.
    all: bool,
    /// Since when the program is inside a frame of its own.
    synchronized: Option<Instant>,
    /// Rows of a screen taller than its place that are not shown above: the cursor's row is.
    above: u16,
    /// The cursor as it was shown last.
    cursor: Option<Cursor>,
}

impl Screens {
    /// Starts pane `pane` again from a checkpoint; bytes that are none leave it empty.
    pub fn restore(&mut self, pane: u32, state: &[u8]) {
        self.show(pane, Screen::of_likeness(state).ok());
    }

    /// Shows `screen` as pane `pane`.
    pub fn show(&mut self, pane: u32, screen: Option<Screen>) {
        self.close(pane);
        let mut one = One {
            screen,
            all: true,
            fed: true,
            ..One::default()
        };
        // The daemon has the history.
        if let Some(screen) = &mut one.screen {
            screen.forget_history();
        }
        self.all.push((pane, one));
    }

    /// Forgets pane `pane`.
    pub fn close(&mut self, pane: u32) {
        self.all.retain(|(number, _)| *number != pane);
    }

    fn one(&self, pane: u32) -> Option<&One> {
        self.all
            .iter()
            .find(|(n, _)| *n == pane)
            .map(|(_, one)| one)
    }

    fn one_mut(&mut self, pane: u32) -> Option<&mut One> {
        let all = self.all.iter_mut();
        all.into_iter()
            .find(|(n, _)| *n == pane)
            .map(|(_, one)| one)
    }

    /// Takes output of pane `pane`; that of one that is not open is not shown.
    pub fn feed(&mut self, pane: u32, bytes: &[u8]) {
        if let Some(one) = self.one_mut(pane) {
            one.feed(bytes);
        }
    }

    /// What is on the screen of pane `pane`, and above it as far as it is kept here.
    pub fn frozen(&self, pane: u32) -> Option<Frozen> {
        let one = self.one(pane)?;
        let screen = one.screen.as_ref()?;
        let alternate = screen.modes().alternate_screen;
        let (height, _) = screen.size();
        let mut rows = screen.main_rows();
        if alternate {
            while rows.last().is_some_and(String::is_empty) {
                rows.pop();
            }
            rows.extend((0..height).map(|row| screen.row_sgr(row)));
        }
        Some(Frozen {
            from: screen.scrolled_total(),
            rows,
            height,
            cursor: screen.cursor(),
            above: one.above,
            alternate,
            top: screen.top(),
        })
    }

    /// The number of the first row of pane `pane`; `None` while its program has the whole screen.
    pub fn top(&self, pane: u32) -> Option<u64> {
        self.one(pane)?.screen.as_ref()?.top()
    }

    /// Whether there may be something to paint.
    pub fn damaged(&self) -> bool {
        self.all.iter().any(|(_, one)| one.damaged())
    }

    /// Everything must be painted again.
    pub fn damage_all(&mut self) {
        for (_, one) in &mut self.all {
            one.all = true;
        }
    }

    /// How long what there is to paint is still held back: half frames of the programs.
    pub fn held(&self, now: Instant) -> Option<Duration> {
        let damaged = self.all.iter().filter(|(_, one)| one.damaged());
        damaged.map(|(_, one)| one.held(now)).min()
    }

    /// How long it takes until no pane is inside half a frame that is held back.
    pub fn longest_held(&self, now: Instant) -> Duration {
        let held = self.all.iter().map(|(_, one)| one.held(now));
        held.max().unwrap_or_default()
    }

    /// Paints what changed of pane `pane` into `hole`, except under `cover`, unless it is held back.
    pub fn paint(
        &mut self,
        painter: &mut Painter,
        (pane, hole): (u32, Rect),
        cover: Option<Rect>,
        now: Instant,
    ) {
        match self.one_mut(pane) {
            Some(one) if one.all || (one.damaged() && one.held(now).is_zero()) => {
                one.paint(painter, hole, cover);
            }
            Some(_) => {}
            None => One::default().paint(painter, hole, cover),
        }
    }

    /// What changed in panes that are not among `shown` need not be painted: they are painted whole
    /// when they are.
    pub fn clean(&mut self, shown: &[(u32, Rect)]) {
        for (number, one) in &mut self.all {
            if !shown.iter().any(|(n, _)| n == number) {
                (one.fed, one.all) = (false, false);
                one.rows.clear();
            }
        }
    }

    /// The cursor of pane `pane` on the terminal, when its program shows one inside `hole`; that of
    /// a half frame is not shown either.
    pub fn cursor(&mut self, pane: u32, hole: Rect, now: Instant) -> Option<Cursor> {
        let one = self.one_mut(pane)?;
        if one.held(now).is_zero() {
            one.cursor = one.cursor(hole);
        }
        one.cursor.filter(|c| hole.contains(c.at))
    }

    /// What a program has asked to be put on the clipboard since the last call: its pane, base64.
    pub fn take_copied(&mut self) -> Option<(u32, String)> {
        let mut panes = self.all.iter_mut();
        panes.find_map(|(pane, one)| Some((*pane, one.copied.take()?)))
    }

    /// What came in, as the program of pane `pane` wants it; empty when it does not.
    pub fn encode(&self, pane: u32, input: &Input) -> Vec<u8> {
        let one = self.one(pane);
        let modes = one.and_then(|one| Some((one.screen.as_ref()?.modes(), one.above)));
        modes.map_or_else(Vec::new, |(modes, above)| {
            encode::encode(input, &modes, above)
        })
    }

    /// The modes that the program of pane `pane` has set.
    pub fn modes(&self, pane: u32) -> Option<Modes> {
        Some(self.one(pane)?.screen.as_ref()?.modes())
    }
}

impl One {
    fn feed(&mut self, bytes: &[u8]) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        if bytes.len() > ECHO {
            // Looking where the cursor is would have all of it painted into the screen now.
            screen.feed(bytes);
            self.fed = true;
        } else {
            let before = screen.cursor();
            screen.feed(bytes);
            match typed(bytes, before, screen.cursor()) {
                Some(row) if !self.rows.contains(&row) => self.rows.push(row),
                Some(_) => {}
                None => self.fed = true,
            }
        }
        // Answers to the program are the daemon's to give; titles and the like come in its rows.
        screen.take_replies();
        for event in screen.take_events() {
            if let ScreenEvent::Clipboard(base64) = event {
                self.copied = Some(base64);
            }
        }
        self.synchronized = match (screen.modes().synchronized, self.synchronized) {
            (false, _) => None,
            (true, since) => since.or_else(|| Some(Instant::now())),
        };
    }

    fn damaged(&self) -> bool {
        self.fed || self.all || !self.rows.is_empty()
    }

    /// How long the program's half frame is still held back.
    fn held(&self, now: Instant) -> Duration {
        let since = self.synchronized;
        since.map_or(Duration::ZERO, |since| {
            (since + HOLD).saturating_duration_since(now)
        })
    }

    fn paint(&mut self, painter: &mut Painter, hole: Rect, cover: Option<Rect>) {
        let all = std::mem::take(&mut self.all);
        let fed = std::mem::take(&mut self.fed);
        let known = std::mem::take(&mut self.rows);
        let Some(screen) = &mut self.screen else {
            for y in 0..hole.height {
                painter.row(hole, y, std::iter::empty(), cover);
            }
            return;
        };
        let above = above(screen, hole.height, self.above);
        let all = all || above != self.above;
        self.above = above;
        let damage = if fed || all {
            match screen.take_damage() {
                Damage::All => Damage::All,
                Damage::Rows(rows) => Damage::Rows(joined(rows, std::mem::take(&mut self.aside))),
                Damage::None => Damage::Rows(std::mem::take(&mut self.aside)),
            }
        } else {
            self.aside = joined(std::mem::take(&mut self.aside), known.clone());
            Damage::Rows(known)
        };
        // Rows that are the same as before may have been moved away.
        let whole = fed && !all && cover.is_none();
        let moved = whole && painter.scroll(hole, screen.moved());
        let (rows, _) = screen.size();
        let wanted: Vec<u16> = match damage {
            _ if all || moved => (0..hole.height).collect(),
            Damage::All => (0..hole.height).collect(),
            Damage::Rows(rows) => {
                let shown = rows.into_iter().filter_map(|row| row.checked_sub(above));
                shown.filter(|y| *y < hole.height).collect()
            }
            Damage::None => Vec::new(),
        };
        for y in wanted {
            let row = y.saturating_add(above);
            let cells = if row < rows {
                screen.cells(row)
            } else {
                Vec::new()
            };
            let shown = cells
                .iter()
                .map(|c| Shown::new(&c.text, c.width, Look::from(&c.style)));
            painter.row(hole, y, shown, cover);
        }
    }

    fn cursor(&self, hole: Rect) -> Option<Cursor> {
        let screen = self.screen.as_ref().filter(|s| s.cursor_visible())?;
        let (row, col) = screen.cursor();
        let at = Position::new(
            hole.x + col.min(hole.width.checked_sub(1)?),
            hole.y.checked_add(row.checked_sub(self.above)?)?,
        );
        let shape = screen.modes().cursor_shape;
        hole.contains(at).then_some(Cursor { at, shape })
    }
}

fn joined(mut rows: Vec<u16>, more: Vec<u16>) -> Vec<u16> {
    rows.extend(more);
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The row that `bytes` went to when they were nothing but that many characters printed one behind
/// the other: the echo of what is typed. Everything else is found by comparing the whole screen.
fn typed(bytes: &[u8], before: (u16, u16), after: (u16, u16)) -> Option<u16> {
    let moved = usize::from(after.1.checked_sub(before.1)?);
    let printed = bytes.iter().all(|b| (0x20..0x7f).contains(b));
    (printed && before.0 == after.0 && moved == bytes.len()).then_some(after.0)
}

/// How many rows of a screen stay out of sight above a place of `height` rows: as many as `before`
/// while the cursor's row is to be seen; else so many that what leads up to the cursor is.
fn above(screen: &Screen, height: u16, before: u16) -> u16 {
    let most = screen.size().0.saturating_sub(height);
    let cursor = screen.cursor().0;
    let least = (cursor + 1).saturating_sub(height);
    match (least..=cursor).contains(&before) {
        true => before.min(most),
        false => least.min(most),
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::{Code, Key};
    use super::super::terminal::input::{Mouse, MouseKind};
    use super::*;

    fn shown(chunks: &[&str]) -> (Vec<String>, Vec<String>) {
        let area = Rect::new(0, 0, 12, 4);
        let mut screens = Screens::default();
        screens.show(1, Some(Screen::new(4, 12)));
        let mut painter = Painter::new(12, 4);
        let (mut outer, mut inner) = (Screen::new(4, 12), Screen::new(4, 12));
        for chunk in chunks {
            screens.feed(1, chunk.as_bytes());
            inner.feed(chunk.as_bytes());
            screens.paint(&mut painter, (1, area), None, Instant::now());
            outer.feed(&painter.finish(None).unwrap_or_default());
        }
        (outer.text_rows(), inner.text_rows())
    }

    #[test]
    fn what_is_painted_is_what_the_program_wrote_however_it_was_cut() {
        for text in [
            "hello world, this wraps and\r\nscrolls\r\nfar\r\nenough\r\n",
            "abc\x1b[2Jdef\x1b[1;1Hxy\x1b[1Cz\x1b[3;1Habc\x1b[1;3Hq\x1b[Lrow",
            "漢字漢字漢字漢\x08\x08x\tend\x1b[1K\x1b[4hins\x1b(0qqq\x1b(Bq",
        ] {
            for size in 1..6 {
                let chars: Vec<char> = text.chars().collect();
                let chunks: Vec<String> = chars.chunks(size).map(|c| c.iter().collect()).collect();
                let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
                let (outer, inner) = shown(&chunks);
                assert_eq!(outer, inner, "{text:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn any_mixture_is_painted_right() {
        const PIECES: [&str; 20] = [
            "a",
            "hello ",
            "漢",
            "🙂",
            "\r\n",
            "\r",
            "\x08",
            "\x1b[K",
            "\x1b[1K",
            "\x1b[2J",
            "\x1b[H",
            "\x1b[2;5H",
            "\x1b[4;12H",
            "\x1b[31m",
            "\x1b[m",
            "\x1b[L",
            "\x1b[M",
            "\x1b[3P",
            "\x1b[2@",
            "\x1b[3X",
        ];
        let mut state = 7_u64;
        for round in 0..200 {
            let pieces: Vec<&str> = (0..40)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    PIECES[(state >> 33) as usize % PIECES.len()]
                })
                .collect();
            for end in (4..=pieces.len()).step_by(4) {
                let (outer, inner) = shown(&pieces[..end]);
                assert_eq!(outer, inner, "round {round}: {:?}", &pieces[..end]);
            }
        }
    }

    #[test]
    fn what_was_typed_and_taken_back_is_gone() {
        let (outer, _) = shown(&["$ ", "abc", "\x08\x08\x08\x1b[K"]);
        assert_eq!(outer[0], "$");
        let (outer, _) = shown(&["$ ", "abc", "d\x08\x1b[K", "\x08\x08\x08\x1b[K", "x"]);
        assert_eq!(outer[0], "$ x");
    }

    #[test]
    fn a_place_smaller_than_the_screen_follows_the_cursor() {
        let place = Rect::new(0, 0, 12, 3);
        let mut screens = Screens::default();
        screens.show(1, Some(Screen::new(8, 12)));
        let mut painter = Painter::new(12, 3);
        let mut outer = Screen::new(3, 12);
        let mut after = |text: &str| {
            screens.feed(1, text.as_bytes());
            screens.paint(&mut painter, (1, place), None, Instant::now());
            outer.feed(&painter.finish(None).unwrap_or_default());
            let cursor = screens
                .cursor(1, place, Instant::now())
                .map(|cursor| cursor.at.y);
            (outer.text_rows().join(" "), cursor)
        };
        let seen = after("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8");
        assert_eq!(seen, ("6 7 8".into(), Some(2)));
        assert_eq!(after("\x1b[6Hsix"), ("six 7 8".into(), Some(0)));
        assert_eq!(after("\x1b[5Hfive"), ("3 4 five".into(), Some(2)));
        assert_eq!(after("\x1b[1Hone"), ("one 2 3".into(), Some(0)));
        assert_eq!(after("\x1b[8Hend"), ("six 7 end".into(), Some(2)));
        screens.feed(1, b"\x1b[?1000h\x1b[?1006h");
        let mouse = Mouse {
            kind: MouseKind::Press,
            button: 0,
            col: 0,
            row: 2,
            modifiers: 0,
        };
        let encoded = screens.encode(1, &Input::Mouse(mouse));
        assert_eq!(encoded, b"\x1b[<0;1;8M");
    }

    #[test]
    fn half_a_frame_of_one_program_holds_no_other_back() {
        let (left, right) = (Rect::new(0, 0, 6, 2), Rect::new(6, 0, 6, 2));
        let mut screens = Screens::default();
        for pane in [1, 2] {
            screens.show(pane, Some(Screen::new(2, 6)));
        }
        let mut painter = Painter::new(12, 2);
        let mut outer = Screen::new(2, 12);
        let mut frame = |screens: &mut Screens, now: Instant| {
            for (pane, hole) in [(1, left), (2, right)] {
                screens.paint(&mut painter, (pane, hole), None, now);
            }
            let cursor = screens.cursor(1, left, now).map(|c| c.at.x);
            outer.feed(&painter.finish(None).unwrap_or_default());
            (outer.row_text(0), cursor)
        };
        let start = Instant::now();
        assert_eq!(frame(&mut screens, start), ("".into(), Some(0)));
        screens.feed(1, b"\x1b[?2026hhalf");
        screens.feed(2, b"whole");
        let now = Instant::now();
        assert_eq!(screens.held(now), Some(Duration::ZERO));
        assert_eq!(frame(&mut screens, now), ("      whole".into(), Some(0)));
        assert!(screens.held(now) > Some(Duration::ZERO));
        assert_eq!(
            screens.longest_held(now),
            screens.held(now).unwrap_or_default()
        );
        screens.feed(1, b"-done\x1b[?2026l");
        assert_eq!(frame(&mut screens, now).0, "half-dwhole");
        assert_eq!(screens.held(now), None);
    }

    #[test]
    fn typing_is_known_to_touch_one_row() {
        assert_eq!(typed(b"ab", (1, 3), (1, 5)), Some(1));
        assert_eq!(typed(b"2Jab", (1, 3), (1, 5)), None);
        assert_eq!(typed(b"a", (1, 11), (1, 11)), None);
        assert_eq!(typed(b"\x08", (1, 3), (1, 2)), None);
    }

    #[test]
    fn keys_and_the_wheel_come_as_the_program_wants_them() {
        let mut screens = Screens::default();
        screens.show(1, Some(Screen::new(4, 12)));
        let up = Input::Key(Key::plain(Code::Up));
        let wheel = |kind| {
            Input::Mouse(Mouse {
                kind,
                button: 0,
                col: 1,
                row: 2,
                modifiers: 0,
            })
        };
        assert_eq!(screens.encode(1, &up), b"\x1b[A");
        assert_eq!(screens.encode(1, &wheel(MouseKind::WheelUp)), b"");
        screens.feed(1, b"\x1b[?1h\x1b[?1049h");
        assert_eq!(screens.encode(1, &up), b"\x1bOA");
        assert_eq!(
            screens.encode(1, &wheel(MouseKind::WheelUp)),
            b"\x1bOA\x1bOA\x1bOA"
        );
        screens.feed(1, b"\x1b[?1000h\x1b[?1006h\x1b[?2004h");
        assert_eq!(screens.encode(1, &wheel(MouseKind::Press)), b"\x1b[<0;2;3M");
        assert_eq!(
            screens.encode(1, &Input::Paste(b"x".to_vec())),
            b"\x1b[200~x\x1b[201~"
        );
    }
}
