//! The loop: one thread that waits for keys, the daemon, signals and the time, and draws.
//!
//! A key goes from the read to the encoded write without a hop, and what the daemon sends is fed
//! and painted where it was read.

mod draw;
mod talk;

use super::clock::SET_MS;
use super::link::{Dialling, Link};
use super::look::{self, Dress};
use super::model::{Focus, Model, Size};
use super::outer::Asked;
use super::pacing::Pacing;
use super::reload::Reload;
use super::remember::Remembered;
use super::screens::Screens;
use super::terminal::input::{Input, Parser};
use super::terminal::out::Taken;
use super::terminal::painter::Painter;
use super::update::{Effect, Msg, Tag, next_tick, update, watch};
use super::view::Drawn;
use crate::core::state::Millis;
use crate::dial::Connection;
use crate::platform::clock::{Clock, SystemClock};
use crate::platform::memory;
use crate::platform::paths::Paths;
use crate::platform::terminal::{self, For, Signal, Signals};
use crate::wire::request::Request;
use crate::wire::view::{ErrorKind, ErrorView};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

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
    /// When the model was told the time.
    told_at: Instant,
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
    quit: Option<i32>,
    /// The first pane, when it was asked for with the first words to the daemon.
    ahead: Option<Ahead>,
}

/// A request that is out, with its number.
type Ahead = (u64, Request);

fn failed(e: &io::Error) -> ErrorView {
    ErrorView::new(
        ErrorKind::Failed,
        format!("the terminal cannot be used: {e}"),
    )
    .hint("run it in a terminal, or use the verbs: `pult ls`, `pult inbox`")
}

/// Takes the terminal and runs until the operator leaves; gives back the exit code. Under `attach`
/// the daemon has been asked already to be watched and, as `ahead`, for the pane.
pub fn run(
    paths: &Paths,
    model: Model,
    dress: Dress,
    connection: Connection,
    ahead: Option<Ahead>,
) -> Result<i32, ErrorView> {
    memory::share_heaps(1);
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
        painter: Painter::new(model.size.cols, model.size.rows)
            .keeps(model.look.facts.ability)
            .underlines(model.look.facts.underlines),
        model: Model {
            now: SystemClock.wall_ms(),
            ..model
        },
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
        told_at: Instant::now(),
        opened: Instant::now(),
        early: Vec::new(),
        focused: None,
        left: Remembered::load(&paths.state),
        deadline: None,
        quit: None,
        ahead,
    };
    if client.model.attach.is_none() {
        client.effects(vec![Effect::Ask(Tag::Quiet, watch(&client.model))]);
    }
    if let Some(why) = client.reload.as_mut().and_then(Reload::trouble) {
        client.model.warn(format!("{why}; pult doctor says more"));
    }
    client.take_said();
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
        let ready = terminal::wait(&fds, timeout)?;
        let (keys, told) = (ready[0], ready[1]);
        let said = self.link.is_some() && ready[2];
        self.tell_time();
        if told {
            self.signalled()?;
        }
        if keys {
            self.keys()?;
        } else {
            let mut inputs = Vec::new();
            self.parser.flush(Instant::now(), &mut inputs);
            if !inputs.is_empty() {
                self.inputs(inputs);
            }
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

    /// Takes the time. A clock that goes on by anything but the time that went by was set.
    fn tell_time(&mut self) {
        let (wall, steady) = (SystemClock.wall_ms(), Instant::now());
        let passed = steady.duration_since(self.told_at).as_millis();
        let passed = Millis::try_from(passed).unwrap_or(Millis::MAX / 2);
        let off = wall - (self.model.now + passed);
        (self.model.now, self.told_at) = (wall, steady);
        if off.abs() >= SET_MS {
            self.take(Msg::ClockSet(off));
        }
    }

    fn timeout(&self, next: Option<Millis>) -> Option<Duration> {
        let now = Instant::now();
        let tick = next.map(|ms| Duration::from_millis(ms.unsigned_abs()));
        let esc = self.parser.wait(now);
        let frame = (self.put_off && !self.full).then(|| self.frame_due(now));
        [tick, esc, frame].into_iter().flatten().min()
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
        let read = look::read(
            &self.paths.config,
            Some(standing),
            self.model.attach.is_none(),
        );
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
        self.parser.feed(&bytes[..n], Instant::now(), &mut inputs);
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
}
