//! The loop: wait, read, answer.

use super::child::Child;
use super::connection::{Connection, Heard};
use super::put;
use super::retain::Retained;
use super::tree::Ending;
use super::typed::Typed;
use crate::platform::clock::{Clock, SystemClock};
use crate::platform::lock::Lock;
use crate::platform::poll::{PollFd, PollFlags, wait};
use crate::platform::process::{End, Reaped, Signals, reap};
use crate::platform::pty::{Got, Terminal};
use crate::platform::rest::{Rest, STEP};
use crate::wire::keeper::{self as words, Ended, ExitRecord, Flags, LaunchSpec, Registry};
use portable_pty::SlavePty;
use std::fs;
use std::io;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// More connections are not taken at a time.
const CONNECTIONS: usize = 8;
/// How much is read from the terminal before everybody else has a turn, in bytes.
const TURN: usize = 64 * 1024;
/// A terminal that has more gives at least so much at a time, in bytes.
const SHORT: usize = 2048;
/// How much may still come out of a terminal after its child's end, in bytes: more than the kernel
/// holds, less than what a grandchild that goes on printing would make of it.
const DRAIN: u64 = 1024 * 1024;
/// What a tree gets that outlives the child.
const REST: Duration = Duration::from_secs(2);
/// What the child gets when the keeper itself is to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// The wall clock.
pub(super) fn wall_ms() -> u64 {
    u64::try_from(SystemClock.wall_ms()).unwrap_or(0)
}

/// A terminal that still has something to say, or may be written to.
pub(super) struct Open {
    pub terminal: Terminal,
    _slave: Box<dyn SlavePty + Send>,
}

/// What a wait ended with.
struct Ready {
    signals: bool,
    listener: bool,
    terminal: bool,
    connections: [bool; CONNECTIONS],
}

/// The attached daemon.
pub(super) struct Attached {
    /// Its place in the connections.
    pub at: usize,
    /// Where its stream began.
    pub from: u64,
    /// The next byte to say.
    pub cursor: u64,
    /// The last resize that was said.
    pub resized_ms: u64,
    /// The terminal is read up to here.
    pub credit: u64,
    pub told_exit: bool,
}

pub(super) struct Server {
    pub dir: PathBuf,
    _lock: Lock,
    pub key: [u8; 16],
    pub keep_tree: bool,
    pub registry: Registry,
    pub started_ms: u64,
    pub size: (u16, u16),
    pub open: Option<Open>,
    pub signals: Signals,
    pub listener: UnixListener,
    pub connections: [Option<Connection>; CONNECTIONS],
    pub attached: Option<Attached>,
    pub generation: u64,
    pub retained: Retained,
    pub durable: u64,
    pub typed: Typed,
    pub ending: Ending,
    /// When the second half of a jiggle is due.
    pub jiggle: Option<Instant>,
    rest: Rest,
    /// Until when the terminal is not read: the daemon does not read either, nobody looks.
    resting: Option<Instant>,
    /// When acknowledgements that wait for company go out without it.
    pub ack_due: Option<Instant>,
    /// How the child ended, when, and how much may still be drained.
    pub reaped: Option<(Ended, u64, u64)>,
    pub exit: Option<ExitRecord>,
    pub alone: bool,
    pub released: bool,
}

impl Server {
    pub fn new(
        dir: PathBuf,
        lock: Lock,
        spec: &LaunchSpec,
        registry: Registry,
        child: Child,
        signals: Signals,
        listener: UnixListener,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let ring = usize::try_from(spec.ring).unwrap_or(usize::MAX);
        let mut retained = Retained::new(ring, dir.join(words::SPILL), spec.spill_limit)?;
        let size = (spec.rows.max(2), spec.cols.max(2));
        let started_ms = wall_ms();
        retained.resize(started_ms, size.0, size.1);
        Ok(Self {
            dir,
            _lock: lock,
            key: spec.key,
            keep_tree: spec.flags.has(Flags::KEEP_TREE),
            registry,
            started_ms,
            size,
            open: Some(Open {
                terminal: child.terminal,
                _slave: child.slave,
            }),
            signals,
            listener,
            connections: std::array::from_fn(|_| None),
            attached: None,
            generation: 0,
            retained,
            durable: 0,
            typed: Typed::default(),
            ending: Ending::default(),
            jiggle: None,
            rest: Rest::default(),
            resting: None,
            ack_due: None,
            reaped: None,
            exit: None,
            alone: false,
            released: false,
        })
    }

    /// Serves until it is released; the exit code.
    pub fn run(mut self) -> i32 {
        // A child may have ended before the handler was asked.
        self.reap();
        while !self.may_go() {
            if self.turn().is_err() {
                break;
            }
        }
        let _ = fs::remove_file(self.dir.join(words::SOCKET));
        let _ = fs::remove_file(self.dir.join(words::SPILL));
        0
    }

    /// The exit is taken and everything is recorded, and nobody is left below.
    fn may_go(&self) -> bool {
        let taken = self.released && self.durable >= self.retained.end();
        self.exit.is_some() && self.alone && taken
    }

    fn turn(&mut self) -> io::Result<()> {
        let ready = self.wait()?;
        if ready.signals {
            let arrived = self.signals.take();
            if arrived.term {
                self.released = true;
                self.durable = u64::MAX;
                self.ending.begin(FAREWELL);
            }
            if arrived.child {
                self.reap();
            }
        }
        if ready.listener {
            self.accept();
        }
        let over = self.resting.is_some_and(|until| until <= Instant::now());
        if over || ready.listener || ready.signals || ready.connections.contains(&true) {
            self.resting = None;
        }
        // A newcomer is heard at once, whatever slot it got.
        self.hear(|at| ready.listener || ready.connections[at]);
        if let Some(open) = &self.open {
            self.typed.write(&open.terminal);
        }
        if ready.terminal || self.reaped.is_some() {
            self.read();
            let rests = self.rest.is_due() && self.is_unheard();
            self.resting = rests.then(|| Instant::now() + STEP);
        }
        self.finish();
        if self.ack_due.is_some_and(|at| at <= Instant::now()) {
            self.connections
                .iter_mut()
                .flatten()
                .for_each(Connection::hurry);
        }
        self.pump();
        if !self.connections.iter().flatten().any(Connection::has_later) {
            self.ack_due = None;
        }
        self.ending.step();
        if self.jiggle.is_some_and(|at| at <= Instant::now()) {
            self.jiggle = None;
            self.resize(self.size.0, self.size.1);
        }
        Ok(())
    }

    /// Waits until something is to be done.
    fn wait(&self) -> io::Result<Ready> {
        let mut fds = Vec::with_capacity(3 + CONNECTIONS);
        let mut places = [0; CONNECTIONS];
        fds.push(PollFd::new(&self.signals, PollFlags::IN));
        fds.push(PollFd::new(&self.listener, PollFlags::IN));
        for (at, connection) in self.connections.iter().enumerate() {
            if let Some(connection) = connection {
                places[at] = fds.len();
                let mut wanted = PollFlags::IN;
                wanted.set(PollFlags::OUT, connection.waiting() > 0);
                fds.push(PollFd::new(connection, wanted));
            }
        }
        let mut terminal = fds.len();
        if let Some(open) = &self.open {
            let mut wanted = PollFlags::empty();
            wanted.set(PollFlags::IN, self.may_read() && self.resting.is_none());
            wanted.set(PollFlags::OUT, !self.typed.is_empty());
            if wanted.is_empty() {
                // Asked for nothing it would still report a hangup, again and again.
                terminal = usize::MAX;
            } else {
                fds.push(PollFd::new(&open.terminal, wanted));
            }
        }
        let due = [self.ending.due(), self.jiggle, self.ack_due, self.resting];
        let due = due.into_iter().flatten().min();
        // Rounded up, so that a wait for less than the clock's grain does not spin.
        let time = due.map(|at| at.saturating_duration_since(Instant::now()));
        wait(&mut fds, time.map(|t| t + Duration::from_millis(1)))?;
        let is = |at: usize| fds.get(at).is_some_and(|fd| !fd.revents().is_empty());
        Ok(Ready {
            signals: is(0),
            listener: is(1),
            terminal: is(terminal),
            connections: places.map(|at| at > 0 && is(at)),
        })
    }

    /// Takes one connection a turn, so that it is heard before the next: the daemon, which attaches
    /// at once, is never crowded out by those that do not.
    fn accept(&mut self) {
        let Ok((stream, _)) = self.listener.accept() else {
            return;
        };
        let Ok(connection) = Connection::new(stream) else {
            return;
        };
        let attached = self.attached.as_ref().map(|a| a.at);
        let free = self.connections.iter().position(Option::is_none);
        match free.or_else(|| (0..CONNECTIONS).find(|at| Some(*at) != attached)) {
            Some(at) => self.connections[at] = Some(connection),
            None => drop(connection),
        }
    }

    fn hear(&mut self, ready: impl Fn(usize) -> bool) {
        for at in 0..CONNECTIONS {
            let Some(connection) = self.connections[at].as_mut().filter(|_| ready(at)) else {
                continue;
            };
            let (said, over) = match connection.hear() {
                Heard::Said(said) => (said, false),
                Heard::Over(said) => (said, true),
            };
            for frame in said {
                if self.connections[at].is_some() {
                    self.handle(at, frame);
                }
            }
            if over {
                self.drop_connection(at);
            }
        }
    }

    pub fn drop_connection(&mut self, at: usize) {
        self.connections[at] = None;
        if self.attached.as_ref().is_some_and(|a| a.at == at) {
            self.attached = None;
        }
    }

    /// Whether the daemon has not read yet what it was sent.
    fn is_unheard(&self) -> bool {
        let at = self.attached.as_ref().map(|a| a.at);
        let daemon = at.and_then(|at| self.connections[at].as_ref());
        daemon.is_some_and(Connection::is_unheard)
    }

    /// Whether the terminal is read now.
    fn may_read(&self) -> bool {
        if self.exit.is_some() {
            return true;
        }
        let attached = self.attached.as_ref();
        attached.is_none_or(|a| self.retained.end() < a.credit)
    }

    fn read(&mut self) {
        let mut some = [0; 8 * 1024];
        let mut turn = 0;
        while turn < TURN && self.may_read() {
            let Some(open) = &self.open else { return };
            let credit = self.attached.as_ref().map_or(u64::MAX, |a| a.credit);
            let credit = if self.exit.is_some() {
                u64::MAX
            } else {
                credit
            };
            let most = credit - self.retained.end();
            let most = some.len().min(usize::try_from(most).unwrap_or(usize::MAX));
            match open.terminal.read(&mut some[..most]) {
                Ok(Got::Bytes(n)) => {
                    turn += n;
                    self.rest.came(Instant::now(), n);
                    // What a tree prints that outlives its child is nobody's output.
                    if self.exit.is_none() {
                        self.retained.push(wall_ms(), &some[..n]);
                    }
                    if let Some((_, _, drain)) = &mut self.reaped {
                        *drain = drain.saturating_sub(n as u64);
                        if *drain == 0 {
                            return self.drained();
                        }
                    } else if n < SHORT.min(most) {
                        // That was all; asking again would only say so.
                        return;
                    }
                }
                Ok(Got::Nothing) => return self.drained(),
                Ok(Got::Ended) | Err(_) => {
                    self.open = None;
                    return self.drained();
                }
            }
        }
    }

    /// The terminal has nothing more for now: if its child has ended, for ever.
    fn drained(&mut self) {
        if let (None, Some((ended, ms, _))) = (&self.exit, &self.reaped) {
            let record = ExitRecord {
                ended: ended.clone(),
                ms: *ms,
                stream_end: self.retained.end(),
            };
            // On a full disk the frame still tells it, for as long as this keeper stays.
            let _ = put(&self.dir, words::EXIT, &record.to_file());
            self.exit = Some(record);
            if !self.keep_tree {
                self.open = None;
                if !self.alone {
                    self.ending.begin(REST);
                }
            }
        }
    }

    /// A child that has ended and whose terminal is closed already is drained.
    fn finish(&mut self) {
        if self.open.is_none() {
            self.drained();
        }
        if self.alone && self.exit.is_some() {
            self.open = None;
        }
    }

    fn reap(&mut self) {
        loop {
            match reap() {
                Reaped::One(pid, end) => {
                    if pid == self.registry.child.0 && self.reaped.is_none() {
                        let ended = match end {
                            End::Code(code) => Ended::Code(code),
                            End::Signal(signal) => Ended::Signal(signal),
                        };
                        self.reaped = Some((ended, wall_ms(), DRAIN));
                    }
                }
                Reaped::Running => return,
                Reaped::NoneLeft => {
                    self.alone = true;
                    self.ending.over();
                    return;
                }
            }
        }
    }
}
