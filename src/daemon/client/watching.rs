//! A cockpit's view of the world, and `log -f`.

use super::{Answer, Served, view};
use crate::daemon::house::{House, error};
use crate::daemon::rows::log_line;
use crate::wire::request::{FromDaemon, Push};
use crate::wire::view::AskRow;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Between two pushes of the world to one client.
const SPACING: Duration = Duration::from_millis(20);
/// How long one wait for a change is.
const LOOK_UP: Duration = Duration::from_secs(30);
/// Log lines in one read.
const LINES: usize = 1_000;

impl Served {
    /// Pushes the world now and after each change, on a thread of its own; a slow client gets the
    /// newest only.
    pub(super) fn watch(&self) -> Answer {
        let push = |house: &House| Push::World {
            peers: house.peer_rows(),
            inbox: house.inbox_rows(),
            banner: house.engine.banner(),
        };
        self.push_on(0, push)
    }

    /// As [`Served::watch`], of one peer. What it costs does not grow with the number of peers, and
    /// its first push is out when this returns.
    pub(super) fn watch_peer(&self, name: String) -> Answer {
        let (_, row) = self.peer(&name)?;
        let seen = self.house.engine.generation();
        let push = move |house: &House| world_of(house, &name);
        self.outbox.say(&FromDaemon::Push(push(&self.house)));
        self.push_on(seen, push)?;
        self.row_of(&row)
    }

    /// Pushes what `push` says after each change later than `seen`.
    fn push_on(&self, seen: u64, push: impl Fn(&House) -> Push + Send + 'static) -> Answer {
        let (house, outbox) = (Arc::clone(&self.house), Arc::clone(&self.outbox));
        spawn(move || {
            let mut seen = seen;
            loop {
                if !outbox.wait_drained() || house.stopping() {
                    return;
                }
                let now = house.engine.generation();
                if now != seen {
                    seen = now;
                    outbox.say(&FromDaemon::Push(push(&house)));
                    std::thread::sleep(SPACING);
                }
                house.engine.wait_change(seen, LOOK_UP);
            }
        })
    }

    pub(super) fn log(&self, last: u32, follow: bool) -> Answer {
        let lines = self.house.engine.log_newest(last as usize).map_err(error)?;
        let mut next = match lines.last() {
            Some(line) => line.seq + 1,
            None => self.house.engine.last_seq().map_err(error)? + 1,
        };
        if follow {
            let (house, outbox) = (Arc::clone(&self.house), Arc::clone(&self.outbox));
            spawn(move || {
                let mut seen = 0;
                while outbox.wait_drained() && !house.stopping() {
                    let now = house.engine.generation();
                    let Ok(lines) = house.engine.log_from(next, LINES) else {
                        return;
                    };
                    for line in &lines {
                        next = line.seq + 1;
                        outbox.say(&FromDaemon::Push(Push::Log(log_line(line))));
                    }
                    if lines.is_empty() {
                        seen = house.engine.wait_change(seen.max(now), LOOK_UP);
                    }
                }
            })?;
        }
        view(&lines.iter().map(log_line).collect::<Vec<_>>())
    }
}

/// The world as far as it is about the live peer of that name.
fn world_of(house: &House, name: &str) -> Push {
    let session = house.engine.read(|world| {
        let peer = world.find_peer(name).ok()?;
        Some(peer.session.clone())
    });
    let row = session.and_then(|session| house.peer_row(&session));
    let mine = |ask: &AskRow| row.as_ref().is_some_and(|row| row.session == ask.session);
    let mut inbox = house.inbox_rows();
    inbox.retain(mine);
    Push::World {
        inbox,
        peers: row.into_iter().collect(),
        banner: house.engine.banner(),
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Answer {
    let thread = std::thread::Builder::new().name("client-watch".into());
    match thread.spawn(work) {
        Ok(_) => Ok(Value::Null),
        Err(error) => Err(crate::wire::view::ErrorView::new(
            crate::wire::view::ErrorKind::Failed,
            format!("no thread: {error}"),
        )),
    }
}
