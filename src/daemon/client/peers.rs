//! Making, ending and minding peers.

use super::{Answer, Served, view};
use crate::core::command::{Command, Origin};
use crate::core::entry::LogEntry;
use crate::core::event::Event;
use crate::core::peer::Peer;
use crate::core::session::Session;
use crate::core::state::{Millis, Process};
use crate::core::tag::Tag;
use crate::daemon::found::PATIENCE;
use crate::daemon::house::error;
use crate::daemon::rows::peer_row;
use crate::wire::request::NewPeer;
use crate::wire::view::{ErrorKind, ErrorView};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a verb waits to see what it did.
const OBSERVE: Duration = Duration::from_secs(15);
/// How long a program may take to end before it is killed, ms.
const GRACE_MS: u64 = 5_000;

impl Served {
    pub(super) fn new_peer(&self, wish: NewPeer) -> Answer {
        self.new_from(wish, None, None)
    }

    /// A new peer, which may go on from another conversation. A branch that is made for it begins
    /// where its directory was at `then`, in ms since 1970, or is now.
    pub(super) fn new_from(
        &self,
        wish: NewPeer,
        origin: Option<Origin>,
        then: Option<Millis>,
    ) -> Answer {
        let session = self.house.create(wish, origin, then)?;
        let row = self
            .house
            .engine
            .read(|world| world.session(&session).cloned());
        let row = row.ok_or_else(|| ErrorView::new(ErrorKind::Failed, "its session is gone"))?;
        self.observed(&row, |row| row.process != Process::Starting);
        self.row_of(&row)
    }

    pub(super) fn ls(&self, all: bool) -> Answer {
        self.house.forget_copies();
        let end = Instant::now() + PATIENCE;
        let house = Arc::clone(&self.house);
        // Both may hang, and one time is for both.
        let survey = all.then(|| std::thread::spawn(move || house.surveyor.survey()));
        self.house.refresh_usages(end);
        if !all {
            return view(&self.house.peer_rows());
        }
        let pairs = self.house.engine.peers_ever().map_err(error)?;
        let mut rows = self.house.engine.read(|world| {
            let rows = pairs
                .iter()
                .map(|(peer, row)| peer_row(world, peer, row, None));
            rows.collect::<Vec<_>>()
        });
        for row in &mut rows {
            row.title = self.house.title_of(&row.session);
            self.house.tell_told(row);
            self.house.tell_usage(row);
        }
        let ours = rows
            .iter()
            .filter_map(|row| row.native_id.clone())
            .collect();
        let survey = survey.and_then(|survey| survey.join().ok());
        let survey = survey.unwrap_or_default();
        rows.extend(self.house.elsewhere(&ours, survey));
        view(&rows)
    }

    pub(super) fn stop(&self, name: &str) -> Answer {
        let row = self.session_row(name)?;
        self.house.operate(Command::Stop {
            session: row.id.clone(),
            grace_ms: GRACE_MS,
        })?;
        self.observed(&row, |row| !row.is_live());
        self.row_of(&row)
    }

    pub(super) fn resume(&self, name: &str, prompt: Option<String>) -> Answer {
        let row = self.session_row(name)?;
        let session = row.id.clone();
        self.begin(&row, Command::Resume { session, prompt })
    }

    pub(super) fn replay(&self, name: &str) -> Answer {
        let row = self.session_row(name)?;
        let (session, mut prompt) = (row.id.clone(), None);
        let first = |entry: LogEntry| {
            let Event::SessionCreated { launch, .. } = entry.record.event else {
                return ControlFlow::Continue(());
            };
            prompt = launch.prompt;
            ControlFlow::Break(())
        };
        let log = self.house.engine.log_each(session.as_str(), first);
        log.map_err(error)?;
        self.begin(&row, Command::Replay { session, prompt })
    }

    /// Starts the program again.
    fn begin(&self, row: &Session, command: Command) -> Answer {
        if !row.is_live() {
            self.house.still_there(row)?;
        }
        self.house.operate(command)?;
        self.observed(row, |now| now.process != Process::Starting);
        self.row_of(row)
    }

    pub(super) fn retire(&self, name: &str) -> Answer {
        let (peer, row) = self.peer(name)?;
        self.house.operate(Command::Retire {
            peer: peer.id.clone(),
            grace_ms: GRACE_MS,
        })?;
        self.observed(&row, |row| !row.is_live());
        let peers = self.house.engine.peer(&peer.id).map_err(error)?;
        let row = self.house.engine.session(&row.id).map_err(error)?;
        let (Some(peer), Some(row)) = (peers, row) else {
            return Err(ErrorView::new(ErrorKind::Failed, "its row is gone"));
        };
        let retired = self
            .house
            .engine
            .read(|world| peer_row(world, &peer, &row, None));
        if !row.is_live() {
            self.house.drop_pane(&row.id);
        }
        view(&retired)
    }

    pub(super) fn snooze(&self, name: &str, for_ms: u64) -> Answer {
        let (peer, row) = self.peer(name)?;
        let command = match i64::try_from(for_ms) {
            Ok(0) => Command::Unsnooze { peer: peer.id },
            Ok(ms) => Command::Snooze {
                peer: peer.id,
                until: self.house.now().saturating_add(ms),
            },
            Err(_) => return Err(ErrorView::new(ErrorKind::Usage, "that is too long")),
        };
        self.house.operate(command)?;
        self.house.wake_snoozed();
        self.row_of(&row)
    }

    pub(super) fn tag(&self, name: &str, tag: Option<Tag>) -> Answer {
        let (peer, row) = self.peer(name)?;
        self.house.operate(Command::Tag { peer: peer.id, tag })?;
        self.row_of(&row)
    }

    pub(super) fn seen(&self, name: &str) -> Answer {
        let (peer, row) = self.peer(name)?;
        self.house.operate(Command::Seen { peer: peer.id })?;
        self.row_of(&row)
    }

    /// The live peer of that name and its session.
    pub(super) fn peer(&self, name: &str) -> Result<(Peer, Session), ErrorView> {
        let found = self.house.engine.read(|world| {
            let peer = world.find_peer(name).map_err(error)?;
            let row = world.session(&peer.session);
            let row =
                row.ok_or_else(|| ErrorView::new(ErrorKind::Failed, "its session is gone"))?;
            Ok((peer.clone(), row.clone()))
        });
        // A session found elsewhere is known by its id, and nothing is done to it.
        found.map_err(|nobody: ErrorView| match nobody.kind {
            ErrorKind::NotFound => self.house.not_ours(name).unwrap_or(nobody),
            _ => nobody,
        })
    }

    pub(super) fn session_row(&self, name: &str) -> Result<Session, ErrorView> {
        self.peer(name).map(|(_, row)| row)
    }

    /// The row as it is now.
    pub(super) fn row_of(&self, row: &Session) -> Answer {
        let gone = || ErrorView::new(ErrorKind::Failed, "its peer is gone");
        view(&self.house.peer_row(&row.id).ok_or_else(gone)?)
    }

    /// Waits until the session is as wanted, or long enough.
    fn observed(&self, row: &Session, wanted: impl Fn(&Session) -> bool) {
        let end = Instant::now() + OBSERVE;
        let mut seen = self.house.engine.generation();
        loop {
            let there = self
                .house
                .engine
                .read(|world| world.session(&row.id).is_none_or(&wanted));
            let now = Instant::now();
            if there || now >= end || self.house.stopping() {
                return;
            }
            seen = self.house.engine.wait_change(seen, end - now);
        }
    }
}
