//! The frame: when it is drawn, and what of it.

use super::Client;
use crate::cockpit::copying;
use crate::cockpit::model::Size;
use crate::cockpit::panes::PaneState;
use crate::cockpit::screens::HOLD;
use crate::cockpit::terminal::facts::{Facts, Keys};
use crate::cockpit::terminal::input::Input;
use crate::cockpit::terminal::out::{self, Keyboard, MouseLevel};
use crate::cockpit::terminal::painter::Cursor;
use crate::cockpit::view;
use crate::platform::terminal;
use crate::screen::{Modes, MouseProtocol};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::io;
use std::time::{Duration, Instant};

/// A pane that was just asked for is usually here before this; until then the old frame stands.
const OPENING: Duration = Duration::from_millis(40);

/// How the terminal is to tell keys while they go to a program in `modes`, or to the cockpit.
fn keyboard(facts: &Facts, modes: Option<&Modes>) -> Keyboard {
    /// Keys that cannot be told apart otherwise: all that the cockpit wants.
    const APART: u8 = 1;
    match facts.keys {
        Keys::Kitty => Keyboard::Kitty(APART | modes.map_or(0, |modes| modes.kitty)),
        Keys::Usual if facts.other_keys => Keyboard::Other,
        Keys::Usual | Keys::Unknown => Keyboard::Usual,
    }
}

impl Client<'_> {
    /// Forgets what is on the terminal.
    pub(super) fn repaint(&mut self) {
        self.painter
            .reset(self.model.size.cols, self.model.size.rows);
        self.screens.damage_all();
        self.stale = true;
    }

    /// How long a frame that is wanted has to wait.
    pub(super) fn frame_due(&self, now: Instant) -> Duration {
        let pane = self.model.pane();
        let coming = !self.model.told || pane.is_some_and(|p| p.state == PaneState::Opening);
        let opening = coming.then(|| (self.opened + OPENING).saturating_duration_since(now));
        let held = match self.changing {
            Some(since) => {
                let over = (since + HOLD).saturating_duration_since(now);
                Some(self.screens.longest_held(now).min(over))
            }
            None if self.stale => None,
            None => self.screens.held(now),
        };
        [Some(self.pacing.wait(now)), opening, held]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or_default()
    }

    /// Draws what changed, if its time has come.
    pub(super) fn draw(&mut self) -> io::Result<()> {
        if !self.stale && !self.screens.damaged() {
            (self.put_off, self.full) = (false, false);
            return Ok(());
        }
        let now = Instant::now();
        if !self.frame_due(now).is_zero() {
            self.put_off = true;
            return Ok(());
        }
        self.full = !terminal::can_write();
        if self.full {
            self.put_off = true;
            return Ok(());
        }
        if self.stale && !self.chrome(now)? {
            return Ok(());
        }
        let waited = std::mem::replace(&mut self.put_off, false);
        let mut cursor = self.drawn.cursor.map(|at| Cursor { at, shape: 0 });
        let focused = self.typing();
        for (pane, hole) in &self.drawn.holes {
            let cover = self.drawn.cover;
            self.screens
                .paint(&mut self.painter, (*pane, *hole), cover, now);
            if focused == Some(*pane) {
                cursor = self.screens.cursor(*pane, *hole, now);
            }
        }
        self.screens.clean(&self.drawn.holes);
        // What is held back is painted when its time has come.
        self.put_off = self.screens.damaged();
        let bytes = self.painter.finish(cursor).unwrap_or_default();
        if !bytes.is_empty() {
            out::write(&bytes)?;
        }
        self.follow_program()?;
        self.pacing.drawn(Instant::now(), waited, bytes.len());
        Ok(())
    }

    /// Makes the terminal tell as much of keys and mouse as the program that is typed at wants.
    fn follow_program(&mut self) -> io::Result<()> {
        let modes = self.typing().and_then(|pane| self.screens.modes(pane));
        self.taken
            .keyboard(keyboard(&self.model.look.facts, modes.as_ref()))?;
        let moves = modes.is_some_and(|modes| modes.mouse == MouseProtocol::Any);
        self.taken.mouse(match (self.model.mouse, moves) {
            (false, _) => MouseLevel::Off,
            (true, false) => MouseLevel::Drags,
            (true, true) => MouseLevel::Moves,
        })?;
        self.tell_focus();
        Ok(())
    }

    /// The pane that keys go to.
    pub(super) fn typing(&self) -> Option<u32> {
        let typing = copying::typing_into_pane(&self.model);
        let pane = self.model.pane().filter(|_| typing)?;
        Some(pane.number)
    }

    /// Tells programs which of them has the focus.
    pub(super) fn tell_focus(&mut self) {
        let typing = self.typing().filter(|_| self.model.looked_at);
        let focus = typing.filter(|pane| self.screens.modes(*pane).is_some());
        let before = std::mem::replace(&mut self.focused, focus);
        if before != focus {
            for (pane, on) in [(before, false), (focus, true)] {
                let Some(pane) = pane else { continue };
                let bytes = self.screens.encode(pane, &Input::Focus(on));
                if let Some(link) = self.link.as_mut().filter(|_| !bytes.is_empty())
                    && link.input(pane, &bytes).is_err()
                {
                    self.lost();
                }
            }
        }
    }

    /// Draws everything but the panes; false when it has to wait for the end of a program's frame,
    /// because the panes would have to be painted whole with it.
    fn chrome(&mut self, now: Instant) -> io::Result<bool> {
        let (changed, mistakes) = self.dress.wear(&self.paths.config, &self.model.look);
        if changed {
            self.model.report(&mistakes);
        }
        let Size { cols, rows } = self.model.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, cols, rows));
        let drawn = view::draw(&self.model, &self.dress.theme, &mut buffer);
        if (&drawn.holes, drawn.cover) != (&self.drawn.holes, self.drawn.cover) {
            let held = self.screens.longest_held(now);
            let since = *self.changing.get_or_insert(now);
            if !held.is_zero() && now < since + HOLD {
                self.put_off = true;
                return Ok(false);
            }
            self.screens.damage_all();
        }
        self.changing = None;
        if !self.left.looks_like(&self.model) {
            self.remember();
        }
        self.painter.chrome(&buffer, &drawn.holes, drawn.cover);
        self.drawn = drawn;
        self.stale = false;
        Ok(true)
    }
}
