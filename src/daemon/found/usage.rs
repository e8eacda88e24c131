//! Tokens, cost and fullness of the context of our own sessions, derived from what their runtimes
//! write down. Nothing of it is stored: it can be read again.

use super::keeping;
use super::reading::Source;
use crate::core::id::SessionId;
use crate::core::session::Session;
use crate::daemon::house::{House, lock};
use crate::daemon::prices::Prices;
use crate::probe::transcripts::{Cursor, Spot};
use crate::runtime::transcript::{Said, TokenKey, Tokens};
use crate::wire::view::PeerRow;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long a transcript that is not there yet is not looked for again.
const AGAIN: Duration = Duration::from_secs(1);

/// What is known of the sessions.
#[derive(Default)]
pub(crate) struct Usages {
    tails: HashMap<SessionId, Tail>,
}

/// One transcript, read as far as it goes.
#[derive(Default)]
struct Tail {
    native_id: String,
    spot: Option<Spot>,
    looked: Option<Instant>,
    cursor: Cursor,
    sum: Sum,
}

/// What its lines come to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sum {
    requests: HashMap<String, Tokens>,
    total: Option<Tokens>,
    cost: Option<f64>,
    /// Tokens in the context, and how many fit when that is said.
    context: Option<(u64, Option<u64>)>,
    model: Option<String>,
}

impl Sum {
    fn take(&mut self, said: Said) {
        match said.tokens {
            Some((TokenKey::Request(id), tokens)) => drop(self.requests.insert(id, tokens)),
            Some((TokenKey::Total, tokens)) => self.total = Some(tokens),
            None => {}
        }
        self.cost = said.cost.or(self.cost);
        self.context = said.context.or(self.context);
        self.model = said.about.model.or(self.model.take());
    }

    fn tokens(&self) -> Option<Tokens> {
        if self.total.is_some() || self.requests.is_empty() {
            return self.total;
        }
        let mut sum = Tokens::default();
        for tokens in self.requests.values() {
            sum += *tokens;
        }
        Some(sum)
    }

    fn tell(&self, prices: &Prices, row: &mut PeerRow) {
        let Some(tokens) = self.tokens() else { return };
        let price = self.model.as_deref().and_then(|model| prices.of(model));
        row.tokens = Some(tokens.all());
        row.cost = self.cost.or_else(|| Some(price?.cost(tokens)));
        row.cost_estimated = self.cost.is_none() && row.cost.is_some();
        row.context = self.context.and_then(|(used, window)| {
            let window = window.or(price?.window).filter(|window| *window > 0)?;
            u8::try_from((used.saturating_mul(100) / window).min(100)).ok()
        });
    }
}

impl House {
    /// Reads on in the transcript of a session.
    pub(crate) fn refresh_usage(&self, row: &Session) {
        let Some(native_id) = row.native_id.clone() else {
            return;
        };
        let mut tail = lock(&self.usages).tails.remove(&row.id).unwrap_or_default();
        if tail.native_id != native_id {
            tail = Tail {
                native_id,
                ..Tail::default()
            };
        }
        self.read_on(row, &mut tail);
        lock(&self.usages).tails.insert(row.id.clone(), tail);
    }

    fn read_on(&self, row: &Session, tail: &mut Tail) {
        let Some(of) = keeping().find(|of| of.runtime.name() == row.runtime) else {
            return;
        };
        if tail.spot.is_none() && tail.looked.is_none_or(|at| at.elapsed() >= AGAIN) {
            tail.looked = Some(Instant::now());
            let source = self.transcript_of(String::new(), row);
            tail.spot = source.ok().map(|Source { spot, .. }| spot);
        }
        let Some(spot) = &tail.spot else { return };
        let before = tail.cursor.clone();
        let mut more = Vec::new();
        let take = |_, said| {
            more.push(said);
            true
        };
        let read = self
            .library
            .read(of.transcripts, spot, &mut tail.cursor, take);
        if let Err(error) = read {
            tracing::debug!(path = %spot.path.display(), %error, "a transcript cannot be read");
            tail.spot = None;
            return;
        }
        if tail.cursor.line < before.line {
            // It was written anew.
            tail.sum = Sum::default();
        }
        more.into_iter().for_each(|said| tail.sum.take(said));
    }

    /// Reads on in the transcript that a hook of `session` has just told about.
    pub(crate) fn usage_moved(&self, session: &SessionId) {
        let row = self.engine.read(|world| world.session(session).cloned());
        if let Some(row) = row {
            self.refresh_usage(&row);
        }
    }

    /// Puts what is known of its session into a row.
    pub(crate) fn tell_usage(&self, row: &mut PeerRow) {
        let Some(session) = SessionId::parse(&row.session) else {
            return;
        };
        if let Some(tail) = lock(&self.usages).tails.get(&session) {
            tail.sum.tell(&self.prices, row);
        }
    }
}
