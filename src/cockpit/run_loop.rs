//! The loop: one thread that waits for keys, the daemon, signals and the time, and draws.
//!
//! A key goes from the read to the encoded write without a hop, and what the daemon sends is fed
//! and painted where it was read.

use super::copying;
use super::link::{Dialling, Link};
use super::look::{self, Dress};
use super::model::{Focus, Model, Size};
use super::outer::Asked;
use super::pacing::Pacing;
use super::panes::PaneState;
use super::reload::Reload;
use super::remember::Remembered;
use super::screens::{HOLD, Screens};
use super::settings;
use super::telling;
use super::terminal::clipboard;
use super::terminal::facts::{Facts, Keys};
use super::terminal::input::{Input, Parser};
use super::terminal::out::{self, Keyboard, MouseLevel, Taken};
use super::terminal::painter::{Cursor, Painter};
use super::update::{Effect, Msg, Tag, next_tick, update};
use super::view::{self, Drawn};
use crate::core::state::Millis;
use crate::dial::{Connection, Incoming};
use crate::platform::clock::{Clock, SystemClock};
use crate::platform::paths::Paths;
use crate::platform::terminal::{self, For, Signal, Signals};
use crate::screen::{Modes, MouseProtocol};
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, ErrorView};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// A lone Esc is an Esc when nothing follows it for so long.
const ESC: Duration = Duration::from_millis(30);
/// A pane that was just asked for is usually here before this; until then the old frame stands.
const OPENING: Duration = Duration::from_millis(40);

/// So long after a key its echo is waited for without going to sleep: being woken again costs more
/// than all the rest of its way.
const AWAKE: Duration = Duration::from_micros(400);

/// So much is typed ahead at most.
const EARLY: usize = 256;

/// Everything the loop holds.
pub struct Client<'a> {
    paths: &'a Paths,
    model: Model,
    dress: Dress,
    reload: Option<Reload>,
    outer: Option<Asked>,
    link: Option<Link>,
    dialling: Option<Dialling>,
    screens: Screens,
    painter: Painter,
    pacing: Pacing,
    parser: Parser,
    taken: Taken,
    signals: Signals,
    /// The model changed since the chrome was drawn.
    stale: bool,
    /// A frame was put off.
    put_off: bool,
    /// Since when places are to change that programs are still drawing in.
    changing: Option<Instant>,
    /// The terminal has no room for a frame.
    full: bool,
    drawn: Drawn,
    /// When something was asked for that a frame is better drawn with.
    opened: Instant,
    /// What was typed into a pane that is not there yet.
    early: Vec<(String, Input)>,
    /// The pane whose program was told that it has the focus.
    focused: Option<u32>,
    /// What was written down last.
    left: Remembered,
    /// When the model wants to be told the time.
    deadline: Option<Millis>,
    /// A key was typed whose echo may come before this.
    echo: Option<Instant>,
    quit: Option<i32>,
}

fn failed(e: &io::Error) -> ErrorView {
    ErrorView::new(
        ErrorKind::Failed,
        format!("the terminal cannot be used: {e}"),
    )
    .hint("run it in a terminal, or use the verbs: `pult ls`, `pult inbox`")
}

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

/// What a new peer gets from here; what is not text cannot be sent.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Takes the terminal and runs until the operator leaves; gives back the exit code.
pub fn run(
    paths: &Paths,
    model: Model,
    dress: Dress,
    connection: Connection,
) -> Result<i32, ErrorView> {
    let link = Link::new(connection).map_err(|e| failed(&e))?;
    let signals = Signals::watch().map_err(|e| failed(&e))?;
    let taken = Taken::take().map_err(|e| failed(&e))?;
    if model.look.asks_background() {
        taken.ask_background().map_err(|e| failed(&e))?;
    }
    if model.look.facts.answers {
        taken.ask_keyboard().map_err(|e| failed(&e))?;
    }
    let mut client = Client {
        paths,
        painter: Painter::new(model.size.cols, model.size.rows).keeps(model.look.facts.ability),
        model,
        dress,
        outer: signals.waker().ok().and_then(Asked::begin),
        reload: signals
            .waker()
            .ok()
            .map(|w| Reload::watch(&paths.config, w)),
        link: Some(link),
        dialling: None,
        screens: Screens::default(),
        pacing: Pacing::default(),
        parser: Parser::default(),
        taken,
        signals,
        stale: true,
        put_off: false,
        changing: None,
        full: false,
        drawn: Drawn::default(),
        opened: Instant::now(),
        early: Vec::new(),
        focused: None,
        left: Remembered::load(&paths.state),
        deadline: None,
        echo: None,
        quit: None,
    };
    client.effects(vec![Effect::Ask(Tag::Quiet, Request::Watch)]);
    let code = client.go().map_err(|e| failed(&e));
    client.remember();
    drop(client);
    code
}

impl Client<'_> {
    fn go(&mut self) -> io::Result<i32> {
        loop {
            self.draw()?;
            if let Some(code) = self.quit {
                return Ok(code);
            }
            self.turn()?;
        }
    }

    /// Writes down what the next cockpit begins with. Nobody is told when it cannot be.
    fn remember(&mut self) {
        if self.model.attach.is_none() {
            self.left = Remembered::of(&self.model);
            let _ = self.left.save(&self.paths.state);
        }
    }

    /// Waits for what comes next and takes it in.
    fn turn(&mut self) -> io::Result<()> {
        let next = next_tick(&self.model);
        self.deadline = next.map(|ms| self.model.now + ms);
        let timeout = self.timeout(next);
        let (stdin, stdout, signals) = (io::stdin(), io::stdout(), self.signals.as_fd());
        let mut fds = vec![(stdin.as_fd(), For::Reading), (signals, For::Reading)];
        if let Some(link) = &self.link {
            fds.push((link.reader.as_fd(), For::Reading));
        }
        if self.full {
            fds.push((stdout.as_fd(), For::Writing));
        }
        let ready = match self.echo.take() {
            Some(until) => terminal::wait_awake(&fds, until, timeout)?,
            None => terminal::wait(&fds, timeout)?,
        };
        let (keys, told) = (ready[0], ready[1]);
        let said = self.link.is_some() && ready[2];
        self.model.now = SystemClock.wall_ms();
        if told {
            self.signalled()?;
        }
        if keys {
            self.keys()?;
        } else if self.parser.waiting() && !said {
            let mut inputs = Vec::new();
            self.parser.flush(&mut inputs);
            self.inputs(inputs);
        }
        if said {
            self.said();
        }
        if self.deadline.is_some_and(|at| at <= self.model.now) {
            self.take(Msg::Tick);
        }
        if self.model.size != self.painter.size() {
            self.repaint();
        }
        Ok(())
    }

    /// Forgets what is on the terminal.
    fn repaint(&mut self) {
        self.painter
            .reset(self.model.size.cols, self.model.size.rows);
        self.screens.damage_all();
        self.stale = true;
    }

    fn timeout(&self, next: Option<Millis>) -> Option<Duration> {
        let now = Instant::now();
        let tick = next.map(|ms| Duration::from_millis(ms.unsigned_abs()));
        let esc = self.parser.waiting().then_some(ESC);
        let frame = (self.put_off && !self.full).then(|| self.frame_due(now));
        [tick, esc, frame].into_iter().flatten().min()
    }

    /// How long a frame that is wanted has to wait.
    fn frame_due(&self, now: Instant) -> Duration {
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

    fn signalled(&mut self) -> io::Result<()> {
        for signal in self.signals.take() {
            match signal {
                Signal::Resized => {
                    if let Some((rows, cols)) = terminal::size() {
                        let (cols, rows) = (cols.max(1), rows.max(1));
                        self.take(Msg::Resized(Size { cols, rows }));
                    }
                }
                Signal::Suspend => {
                    self.taken.give_back();
                    terminal::stop_self();
                    self.taken.again()?;
                    self.effects(vec![Effect::Redraw]);
                }
                Signal::Continued => self.effects(vec![Effect::Redraw]),
                Signal::End => self.quit = Some(0),
            }
        }
        if let Some(outer) = self.outer.as_ref().and_then(Asked::result) {
            self.outer = None;
            self.take(Msg::Outer(outer));
        }
        if self.reload.as_mut().is_some_and(Reload::changed) {
            self.read_again();
        }
        let Some(result) = self.dialling.as_ref().and_then(Dialling::result) else {
            return Ok(());
        };
        self.dialling = None;
        match result.and_then(|c| Link::new(c).map_err(|e| failed(&e))) {
            Ok(link) => {
                self.link = Some(link);
                self.take(Msg::Up);
            }
            Err(error) => {
                self.model.refused(&error);
                self.stale = true;
                self.dial(false);
            }
        }
        Ok(())
    }

    /// Reads the operator's files; what is broken in them stays as it was.
    fn read_again(&mut self) {
        let standing = (&self.model.look.settings, &self.model.keymap);
        let read = look::read(&self.paths.config, Some(standing));
        self.dress.stale();
        self.take(Msg::Read(Box::new(read)));
    }

    fn keys(&mut self) -> io::Result<()> {
        let mut bytes = [0_u8; 16 * 1024];
        let n = io::stdin().lock().read(&mut bytes)?;
        if n == 0 {
            // The terminal is gone.
            self.quit = Some(0);
            return Ok(());
        }
        let mut inputs = Vec::new();
        self.parser.feed(&bytes[..n], &mut inputs);
        self.inputs(inputs);
        Ok(())
    }

    fn inputs(&mut self, inputs: Vec<Input>) {
        for input in inputs {
            let fast = self.model.focus == Focus::Pane
                && self.model.page.is_none()
                && self.model.left.is_none();
            let effects = update(&mut self.model, Msg::Input(input));
            // A key that only goes to the worker changes nothing of the frame.
            self.stale |= !(fast && matches!(effects[..], [Effect::Type(_)]));
            self.tell_focus();
            self.effects(effects);
        }
        self.pacing.typed(Instant::now());
    }

    fn said(&mut self) {
        let open = match self.link.as_mut().map(|l| l.reader.fill()) {
            Some(Ok(open)) => open,
            Some(Err(_)) => false,
            None => return,
        };
        while let Some(link) = self.link.as_mut() {
            match link.take() {
                Ok(None) => break,
                Ok(Some(Incoming::Reply { n, body })) => {
                    let tag = link.tag(n);
                    self.take(Msg::Answer(tag, Ok(body)));
                }
                Ok(Some(Incoming::Error { n, error })) => {
                    let tag = link.tag(n);
                    self.take(Msg::Answer(tag, Err(error)));
                }
                Ok(Some(Incoming::Push(push))) => self.take(Msg::Push(Box::new(push))),
                Ok(Some(Incoming::PaneBytes { pane, bytes, .. })) => {
                    self.screens.feed(pane, &bytes);
                    let top = self.screens.top(pane);
                    self.stale |= copying::came(&mut self.model, pane, top);
                }
                Ok(Some(Incoming::PaneState { pane, state, .. })) => {
                    if self.model.panes.numbered(pane).is_some() {
                        self.screens.restore(pane, &state);
                        self.take(Msg::PaneState(pane));
                        self.type_early(pane);
                    }
                }
                Err(_) => return self.lost(),
            }
        }
        while let Some((pane, base64)) = self.screens.take_copied() {
            let typing = self.typing();
            let told = telling::copied(&mut self.model, pane, &base64, typing);
            self.stale |= told.is_ok();
        }
        if !open {
            self.lost();
        }
    }

    fn lost(&mut self) {
        self.link = None;
        self.take(Msg::Down);
        self.dial(false);
    }

    fn dial(&mut self, start: bool) {
        if let Ok(waker) = self.signals.waker() {
            self.dialling = Some(Dialling::begin(self.paths, start, waker));
        }
    }

    fn take(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg);
        self.stale = true;
        self.effects(effects);
    }

    fn effects(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let sent = match effect {
                Effect::Ask(tag, mut request) => {
                    if let Request::New(new) | Request::Fork { new, .. } = &mut request {
                        new.env = environment();
                        new.size = self.model.pane().map(|p| (p.size.rows, p.size.cols));
                    }
                    match &request {
                        Request::Open { .. } => self.opened = Instant::now(),
                        Request::Close { pane } => self.screens.close(*pane),
                        _ => {}
                    }
                    self.link.as_mut().map_or(Ok(()), |l| l.ask(tag, request))
                }
                Effect::Type(input) => self.type_in(&input),
                Effect::Complete(typed) => {
                    let names = super::complete::directories(&typed);
                    self.take(Msg::Completed(names));
                    Ok(())
                }
                Effect::Locate(place) => {
                    let root = super::project::root(&place);
                    self.take(Msg::Located(place, root));
                    Ok(())
                }
                Effect::Freeze(pane) => {
                    if let Some(frozen) = self.screens.frozen(pane) {
                        self.take(Msg::Frozen(Box::new(frozen)));
                    }
                    Ok(())
                }
                Effect::Copy(text) => clipboard::copy(&text),
                // Typing nothing is typing all the same.
                Effect::Fit(pane) => self.link.as_mut().map_or(Ok(()), |l| l.input(pane, &[])),
                Effect::Redraw => {
                    self.repaint();
                    Ok(())
                }
                Effect::Remember(key, value) => {
                    if let Err(e) = settings::remember(&self.paths.config, key, &value) {
                        let why = format!("cockpit.toml cannot be written: {e}");
                        self.model.warn(why);
                    }
                    self.read_again();
                    Ok(())
                }
                Effect::Alert(alert) => telling::tell(&mut self.model, &alert),
                Effect::Withdraw(id) => telling::withdraw(&mut self.model, &id),
                Effect::StartDaemon => {
                    self.dial(true);
                    Ok(())
                }
                Effect::Quit(code) => {
                    self.quit = Some(code);
                    Ok(())
                }
            };
            if sent.is_err() && self.link.is_some() {
                self.lost();
            }
        }
    }

    fn type_in(&mut self, input: &Input) -> io::Result<()> {
        let number = match self.model.pane().map(|p| (&p.state, p.number)) {
            Some((PaneState::Live, number)) => number,
            // Its modes are not known yet; what is typed ahead waits for them.
            Some((PaneState::Opening, _)) | None if self.early.len() < EARLY => {
                let session = self.model.peer_at.clone().unwrap_or_default();
                self.early.push((session, input.clone()));
                return Ok(());
            }
            _ => return Ok(()),
        };
        let bytes = self.screens.encode(number, input);
        if let (true, Input::Mouse(mouse)) = (bytes.is_empty(), input) {
            self.take(Msg::Unwanted(*mouse));
            return Ok(());
        }
        match &mut self.link {
            Some(link) if !bytes.is_empty() => {
                self.echo = Some(Instant::now() + AWAKE);
                link.input(number, &bytes)
            }
            _ => Ok(()),
        }
    }

    /// Types what was typed before the focused pane was there; what was meant for another is dropped.
    fn type_early(&mut self, number: u32) {
        let Some(pane) = self.model.pane().filter(|p| p.number == number) else {
            return;
        };
        let (session, focused) = (pane.session.clone(), self.model.focus == Focus::Pane);
        for (meant_for, input) in std::mem::take(&mut self.early) {
            if focused && meant_for == session && self.type_in(&input).is_err() {
                return self.lost();
            }
        }
    }

    /// Draws what changed, if its time has come.
    fn draw(&mut self) -> io::Result<()> {
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
    fn typing(&self) -> Option<u32> {
        let typing = copying::typing_into_pane(&self.model);
        let pane = self.model.pane().filter(|_| typing)?;
        Some(pane.number)
    }

    /// Tells programs which of them has the focus.
    fn tell_focus(&mut self) {
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
