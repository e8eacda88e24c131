//! Tokens, cost and fullness of the context of our own sessions, derived from what their runtimes
//! write down. What a turn used is kept once it is over: transcripts may go.

mod cost;
mod sum;

use super::keeping_of;
use super::reading::Source;
use crate::config::prices::Prices;
use crate::core::command::{Command, Facts};
use crate::core::event::{Event, USAGE};
use crate::core::id::SessionId;
use crate::core::session::Session;
use crate::core::state::Source as From;
use crate::core::status::{Says, Signal};
use crate::core::text::line;
use crate::core::usage::Used;
use crate::core::world::World;
use crate::daemon::house::{House, lock};
use crate::probe::transcripts::{Cursor, Spot};
use crate::runtime::transcript::Limited;
use crate::wire::view::PeerRow;
use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use sum::Sum;
pub(super) use sum::millis;

/// How long a transcript that is not there yet is not looked for again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long after the end of a turn its last lines are waited for.
const WRITTEN: Duration = Duration::from_secs(1);
/// How long the end of a session waits until what it used is counted.
const AT_END: Duration = Duration::from_secs(2);

/// What is known of the sessions.
#[derive(Default)]
pub(crate) struct Usages {
    tails: HashMap<SessionId, Tail>,
    known: HashMap<SessionId, Known>,
    /// Whose turn is over, so that all of it counts.
    over: HashSet<SessionId>,
    /// Why that of a session is not known, or only what it was before.
    gaps: HashMap<SessionId, String>,
    /// What is kept of each conversation, by the number of the turn; read once.
    counted: Option<HashMap<(SessionId, String), HashMap<u32, Used>>>,
}

/// One transcript, read as far as it goes.
#[derive(Default)]
struct Tail {
    native_id: String,
    spot: Option<Spot>,
    looked: Option<Instant>,
    cursor: Cursor,
    sum: Sum,
    /// When the session was made: what was used before is not its own.
    since: i64,
    /// The limit that was told.
    limit: Option<Limited>,
}

impl Tail {
    fn used(&self) -> Vec<Used> {
        let turns = self.sum.turns(self.since);
        turns
            .map(|turn| turn.used(&self.native_id, self.since))
            .collect()
    }

    fn known(&self) -> Known {
        let share = self.sum.quota.map(|quota| quota.used.clamp(0.0, 100.0));
        Known {
            used: self.used(),
            limit_used: share.map(|percent| percent as u8),
            model: self.sum.model().map(str::to_owned),
            context: self.sum.context,
        }
    }
}

/// What the last reading has come to: it is told while the next one goes on.
#[derive(Default)]
struct Known {
    used: Vec<Used>,
    limit_used: Option<u8>,
    model: Option<String>,
    context: Option<(u64, Option<u64>)>,
}

impl Known {
    fn tell(&self, prices: &Prices, row: &mut PeerRow) {
        row.limit_used = self.limit_used;
        if self.used.is_empty() {
            return;
        }
        let spent = prices.spent(self.used.iter());
        row.tokens = Some(spent.tokens.all());
        row.cost = spent.cost.filter(|_| spent.unpriced == 0);
        row.cost_estimated = spent.estimated && row.cost.is_some();
        let price = self.model.as_deref().and_then(|model| prices.of(model));
        row.context = self.context.and_then(|(used, window)| {
            let window = window.or(price?.window).filter(|window| *window > 0)?;
            u8::try_from((used.saturating_mul(100) / window).min(100)).ok()
        });
    }
}

/// By which name a session's transcript is read.
fn name(session: &SessionId) -> String {
    format!("usage of {session}")
}

impl House {
    /// Reads on in the transcripts of all sessions that are open, those that answer by `end`.
    pub(crate) fn refresh_usages(self: &Arc<Self>, end: Instant) {
        let live = |world: &World| world.sessions().map(|row| row.id.clone()).collect();
        let sessions: Vec<SessionId> = self.engine.read(live);
        for session in &sessions {
            self.usage_moved(session);
        }
        for session in &sessions {
            self.usage_by(session, end);
        }
    }

    /// Waits until what a session used is read, but not longer than until `end`.
    fn usage_by(&self, session: &SessionId, end: Instant) {
        if let Err(late) = self.readers.quiet(&name(session), end) {
            let why = format!("its transcript: {late}");
            lock(&self.usages).gaps.insert(session.clone(), why);
        }
    }

    /// Reads on in the transcript of a session, and keeps the turns that are over.
    fn refresh_usage(self: &Arc<Self>, session: &SessionId) {
        let Some(row) = self.engine.read(|world| world.session(session).cloned()) else {
            return;
        };
        let over = lock(&self.usages).over.remove(session);
        let read = self.read_usage(&row, over);
        {
            let gaps = &mut lock(&self.usages).gaps;
            match read {
                Ok(()) => gaps.remove(session),
                Err(why) => gaps.insert(session.clone(), why),
            };
        }
        self.tell_limit(&row);
    }

    /// A limit that its transcript tells of.
    fn tell_limit(self: &Arc<Self>, row: &Session) {
        let news = lock(&self.usages).tails.get_mut(&row.id).and_then(|tail| {
            let news = tail.sum.limit != tail.limit;
            tail.limit = tail.sum.limit.clone();
            tail.limit.clone().filter(|_| news)
        });
        let (Some(limit), Some(pane)) = (news, self.pane(&row.id)) else {
            return;
        };
        // A time of day is meant as it was when it was said: the transcript may be an old one.
        let now = self.now();
        let said = limit.at.as_deref().and_then(millis).unwrap_or(now);
        let ahead = limit.ends.ahead(said, now, &self.zone_of(&row.id));
        // One that is over since is no news.
        if let Some(ends) = ahead.filter(|_| row.is_live()) {
            let limit = Signal {
                source: From::File,
                says: Says::Limited(ends),
                text: format!("transcript: {}", line(&limit.words)),
            };
            self.signals(&pane, vec![limit], None);
        }
    }

    /// Reads on in the transcript of a session whose turn is over, and keeps what it used. A disk
    /// that hangs is not waited for.
    pub(crate) fn count_usage(self: &Arc<Self>, session: &SessionId) {
        lock(&self.usages).over.insert(session.clone());
        self.usage_moved(session);
        self.usage_by(session, Instant::now() + AT_END);
    }

    /// Counts what the turn that has just ended used, once its last lines are written.
    pub(crate) fn count_soon(self: &Arc<Self>, session: &SessionId) {
        let (house, session) = (Arc::clone(self), session.clone());
        self.ticker.after(WRITTEN, move || {
            lock(&house.usages).over.insert(session.clone());
            house.usage_moved(&session);
        });
    }

    /// # Errors
    /// Why its transcript is not read on, in words.
    fn read_usage(&self, row: &Session, over: bool) -> Result<(), String> {
        let begun = self.begun(row);
        if let Some(start) = &begun
            && row.native_id.as_ref() != Some(&start.native_id)
        {
            // It is read under its own id the next time.
            self.observe(Command::Learn {
                session: row.id.clone(),
                facts: Facts {
                    native_id: Some(start.native_id.clone()),
                    ..Facts::default()
                },
            });
            return Ok(());
        }
        let Some(native_id) = row.native_id.clone() else {
            return Ok(());
        };
        let since = begun.and_then(|start| start.at).unwrap_or(row.created_at);
        let mut tail = lock(&self.usages).tails.remove(&row.id).unwrap_or_default();
        if tail.native_id != native_id {
            tail = Tail {
                native_id,
                since,
                ..Tail::default()
            };
        }
        let read = self.read_on(row, &mut tail);
        self.keep(row, &tail, over);
        let mut usages = lock(&self.usages);
        usages.known.insert(row.id.clone(), tail.known());
        usages.tails.insert(row.id.clone(), tail);
        read
    }

    fn read_on(&self, row: &Session, tail: &mut Tail) -> Result<(), String> {
        let Some(of) = keeping_of(&row.runtime) else {
            return Ok(());
        };
        if tail.spot.is_none() && tail.looked.is_none_or(|at| at.elapsed() >= AGAIN) {
            tail.looked = Some(Instant::now());
            let source = self.transcript_of(String::new(), row);
            tail.spot = source.ok().map(|Source { spot, .. }| spot);
        }
        let Some(spot) = &tail.spot else {
            return Ok(());
        };
        let (mut moved, sum) = (false, &mut tail.sum);
        let take = |line, said| {
            if line == 1 {
                // It is told from its beginning: it was written anew, or is a database.
                *sum = Sum::default();
            }
            moved = true;
            sum.take(said);
            true
        };
        let read = self
            .library
            .read(of.transcripts, spot, &mut tail.cursor, take);
        let Err(error) = read else { return Ok(()) };
        let path = line(&spot.path.to_string_lossy());
        tracing::debug!(path, %error, "a transcript cannot be read");
        tail.spot = None;
        if moved {
            // Half a conversation is none.
            (tail.cursor, tail.sum) = (Cursor::default(), Sum::default());
        }
        match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(format!("{path}: {error}")),
        }
    }

    /// Keeps what is news; of the last turn only when it is `over`.
    fn keep(&self, row: &Session, tail: &Tail, over: bool) {
        let last = tail.sum.last().filter(|_| !over);
        let mut used = tail.used();
        used.retain(|used| Some(used.turn) != last);
        if used.is_empty() {
            return;
        }
        let key = (row.id.clone(), tail.native_id.clone());
        {
            let mut usages = lock(&self.usages);
            let counted = usages.counted.get_or_insert_with(|| self.counted());
            let known = counted.entry(key.clone()).or_default();
            used.retain(|used| known.get(&used.turn) != Some(used));
        }
        if used.is_empty() {
            return;
        }
        let command = Command::CountUsage {
            session: row.id.clone(),
            used: used.clone(),
        };
        let stamp = self.engine.stamp(crate::core::stamp::Actor::Daemon);
        if let Err(refusal) = self.engine.submit(stamp, command) {
            tracing::debug!(what = refusal.what, "what was used is counted later");
            return;
        }
        if let Some(counted) = &mut lock(&self.usages).counted {
            let known = counted.entry(key).or_default();
            known.extend(used.into_iter().map(|used| (used.turn, used)));
        }
    }

    /// What is kept of the sessions that are open.
    fn counted(&self) -> HashMap<(SessionId, String), HashMap<u32, Used>> {
        let mut counted: HashMap<_, HashMap<_, _>> = HashMap::new();
        let read = self.engine.log_each(USAGE, |line| {
            if let Event::UsageCounted { session, used } = line.record.event
                && self.engine.read(|world| world.session(&session).is_some())
            {
                let key = (session, used.native_id.clone());
                counted.entry(key).or_default().insert(used.turn, used);
            }
            ControlFlow::Continue(())
        });
        if let Err(refusal) = read {
            tracing::warn!(what = refusal.what, "what was used before is not known");
        }
        counted
    }

    /// Reads on soon in the transcript that a hook of `session` has just told about.
    pub(crate) fn usage_moved(self: &Arc<Self>, session: &SessionId) {
        let (house, of) = (Arc::clone(self), session.clone());
        self.readers
            .soon(&name(session), move || house.refresh_usage(&of));
    }

    /// Puts what is known of its session into a row.
    pub(crate) fn tell_usage(&self, row: &mut PeerRow) {
        let Some(session) = SessionId::parse(&row.session) else {
            return;
        };
        let prices = self.prices();
        let usages = lock(&self.usages);
        row.usage_gap = usages.gaps.get(&session).cloned();
        if let Some(known) = usages.known.get(&session) {
            known.tell(&prices, row);
        }
    }
}
