//! The side channel of a pane's program: its stream of events on a thread of its own, decisions and
//! interrupts on their way back.
//!
//! A channel that is down leaves its asks open: the CLI goes on waiting, and what was decided
//! meanwhile is delivered when it is up again. A program that never opens its channel asks on its
//! screen.

mod hear;
mod stream;
mod way;

use super::house::{House, lock};
use super::pane::Pane;
use crate::core::ask::{Ask, AskState};
use crate::core::command::Command;
use crate::core::id::AskId;
use crate::probe::client::Client;
use crate::probe::http;
use crate::runtime::channel::{Channel, Incoming, Request, Say, Way};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use stream::Stream;

pub(crate) use way::keep;

/// How long a request may take.
const REQUEST: Duration = Duration::from_secs(10);
/// How soon a channel is tried again.
const AGAIN: Duration = Duration::from_millis(100);
/// And how seldom, after a while.
const SELDOM: Duration = Duration::from_secs(2);

/// The channel of one pane.
pub(crate) struct Side {
    way: Way,
    channel: Mutex<Box<dyn Channel>>,
    up: AtomicBool,
    asks: Mutex<HashMap<AskId, Asked>>,
    /// Held from the first byte of an answer until it is noted that the program has it.
    answering: Mutex<()>,
    /// The client that runs, where lines go to one.
    client: Mutex<Option<Arc<Client>>>,
}

/// An ask that the channel told of.
struct Asked {
    request: String,
    since: Instant,
    /// Somebody else has answered it.
    gone: bool,
}

impl Side {
    /// Whether its stream is open, and what it says is better than what the screen shows.
    pub(crate) fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire) && lock(&self.channel).speaks()
    }

    /// Ends its client, where it has one.
    pub(crate) fn end(&self) {
        if let Some(client) = lock(&self.client).take() {
            client.end();
        }
    }

    /// Says something to the program; its status and what it said, 0 when it did not hear. A line
    /// that was written is heard, and its answer comes with the stream.
    fn say(&self, say: &Say) -> (u16, String) {
        let line = match say {
            Say::Http(request) => return self.ask(request),
            Say::Line(line) => line,
        };
        let client = lock(&self.client).clone();
        match client.map(|client| client.say(line)) {
            Some(Ok(())) => (200, String::new()),
            Some(Err(error)) => (0, error.to_string()),
            None => (0, "its client does not run".to_owned()),
        }
    }

    fn ask(&self, say: &Request) -> (u16, String) {
        let headers = lock(&self.channel).headers();
        let request = http::Request {
            method: &say.method,
            path: &say.path,
            headers: &headers,
            body: say.body.as_deref(),
        };
        let answer = http::ask(self.way.port, request, REQUEST).and_then(|answer| {
            let status = answer.status;
            Ok((status, answer.text()?))
        });
        answer.unwrap_or_else(|error| {
            tracing::debug!(path = say.path, %error, "a side channel did not answer");
            (0, String::new())
        })
    }
}

impl House {
    /// Takes up the side channel of a pane, where its start has one.
    pub(crate) fn take_side(self: &Arc<Self>, pane: &Arc<Pane>) {
        let Some(way) = way::read(&pane.dir) else {
            return;
        };
        let Some(channel) = pane.runtime.channel(&way) else {
            return;
        };
        let side = Arc::new(Side {
            way,
            channel: Mutex::new(channel),
            up: AtomicBool::new(false),
            asks: Mutex::default(),
            answering: Mutex::default(),
            client: Mutex::default(),
        });
        if pane.side.set(Arc::clone(&side)).is_err() {
            return;
        }
        let (house, weak) = (Arc::clone(self), Arc::downgrade(pane));
        let thread = std::thread::Builder::new().name(format!("side {}", pane.session));
        if let Err(error) = thread.spawn(move || run(&house, &weak, &side)) {
            tracing::error!(%error, "no thread for a side channel");
        }
    }

    /// Whether the ask is one of a side channel, whose program still runs.
    pub(crate) fn side_asks(&self, id: &AskId) -> bool {
        let ask = self.engine.read(|world| world.ask(id).cloned());
        ask.is_some_and(|ask| ask.hook_key.is_some() && self.side_of(&ask).is_some())
    }

    /// Whether a decision would reach the program now.
    pub(crate) fn side_reaches(&self, id: &AskId) -> bool {
        let ask = self.engine.read(|world| world.ask(id).cloned());
        let side = ask.and_then(|ask| self.side_of(&ask));
        side.is_some_and(|(_, side)| side.is_up() && lock(&side.asks).contains_key(id))
    }

    fn side_of(&self, ask: &Ask) -> Option<(Arc<Pane>, Arc<Side>)> {
        let pane = self.pane(&ask.session)?;
        pane.keeper()?;
        let side = Arc::clone(pane.side.get()?);
        Some((pane, side))
    }

    /// Carries the decision of an ask to the program that asked, when it came over a channel.
    pub(crate) fn deliver_aside(self: &Arc<Self>, ask: &Ask) {
        let open = matches!(ask.state, AskState::Decided | AskState::Delivered);
        let decision = ask.decision.clone().filter(|_| open);
        let (Some((_, side)), Some(decision)) = (self.side_of(ask), decision) else {
            return;
        };
        let known = lock(&side.asks)
            .get(&ask.id)
            .map(|asked| asked.request.clone());
        let say = known.and_then(|request| {
            lock(&side.channel).answer(&request, decision.answer, decision.note.as_deref())
        });
        let Some(say) = say else { return };
        let (house, id) = (Arc::clone(self), ask.id.clone());
        // Other decisions do not wait for this program.
        let thread = std::thread::Builder::new().name("answer".into());
        let sent = thread.spawn(move || {
            let _answering = lock(&side.answering);
            let (status, said) = side.say(&say);
            tracing::debug!(ask = %id, status, "a decision went over a side channel");
            match status {
                200..=299 => house.observe(Command::Delivered { ask: id }),
                // It is not there any more; the stream says what became of it.
                404 => tracing::info!(ask = %id, said, "a request waits no more"),
                _ => tracing::warn!(ask = %id, status, said, "a decision was not taken"),
            }
        });
        if let Err(error) = sent {
            tracing::error!(%error, "no thread for a decision");
        }
    }

    /// Interrupts over the channel; false when there is none that is up.
    pub(crate) fn interrupt_aside(&self, pane: &Pane) -> bool {
        let Some(side) = pane.side.get().filter(|side| side.is_up()) else {
            return false;
        };
        for id in lock(&side.asks).keys() {
            let (ask, why) = (id.clone(), "the turn was interrupted".to_owned());
            self.observe(Command::Withdraw { ask, why });
        }
        let steps = lock(&side.channel).interrupt();
        let mut done = !steps.is_empty();
        for step in steps {
            // A request that was answered in between is no reason to stop.
            done &= side.say(&step).0 != 0;
        }
        done
    }
}

/// Holds the stream for as long as the program runs.
fn run(house: &Arc<House>, pane: &Weak<Pane>, side: &Arc<Side>) {
    let mut pause = AGAIN;
    loop {
        let Some(now) = pane.upgrade().filter(|pane| pane.keeper().is_some()) else {
            return;
        };
        if house.stopping() {
            return;
        }
        let opened = Stream::open(house, &now, side);
        drop(now);
        match opened {
            Ok(stream) => {
                pause = AGAIN;
                side.up.store(true, Ordering::Release);
                let broke = listen(house, pane, side, stream);
                side.up.store(false, Ordering::Release);
                side.end();
                tracing::debug!(?broke, "a side channel ended");
                if let Some(pane) = pane.upgrade() {
                    hear::lost(house, &pane);
                }
            }
            Err(error) => tracing::trace!(%error, "a side channel is not there"),
        }
        std::thread::sleep(pause);
        pause = (pause * 11 / 10).min(SELDOM);
    }
}

fn listen(
    house: &Arc<House>,
    pane: &Weak<Pane>,
    side: &Arc<Side>,
    mut stream: Stream,
) -> io::Result<()> {
    let gone = || io::Error::from(io::ErrorKind::NotFound);
    let now = pane.upgrade().ok_or_else(gone)?;
    let known = house
        .engine
        .read(|world| world.session(&now.session)?.native_id.clone());
    let heard = lock(&side.channel).hear(Incoming::Open(known.as_deref()));
    hear::take(house, &now, side, heard);
    drop(now);
    while let Some(data) = stream.next(pane)? {
        let pane = pane.upgrade().ok_or_else(gone)?;
        let heard = lock(&side.channel).hear(Incoming::Event(&data));
        hear::take(house, &pane, side, heard);
    }
    Ok(())
}
