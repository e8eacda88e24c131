//! `pult cost`: what was used, by peer, session, turn or day.

use crate::config::prices::Prices;
use crate::core::event::{Event, USAGE};
use crate::core::id::SessionId;
use crate::core::state::Millis;
use crate::core::text::line;
use crate::core::usage::Used;
use crate::daemon::house::{House, error, lock};
use crate::wire::cost::{By, CostRow, CostView, Wish};
use crate::wire::view::{ErrorKind, ErrorView, time};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the transcripts may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A turn of a conversation of a session.
type Key = (SessionId, String, u32);

/// Where a row stands: day or peer, when it began, conversation, turn; what does not count is empty.
type Place = (String, Millis, String, u32);

/// Whose a session is.
#[derive(Clone)]
struct Owner {
    address: String,
    runtime: String,
}

impl House {
    /// What was used, with that of turns that go on.
    ///
    /// # Errors
    /// The store cannot be read; no such time zone.
    pub(crate) fn cost(
        self: &Arc<Self>,
        wish: &Wish,
        of: Option<&SessionId>,
    ) -> Result<CostView, ErrorView> {
        let zone = TimeZone::get(&wish.zone).map_err(|_| {
            let what = format!("there is no time zone {}", line(&wish.zone));
            ErrorView::new(ErrorKind::Refused, what)
        })?;
        self.refresh_usages(Instant::now() + PATIENCE);
        let mut all: BTreeMap<Key, Used> = BTreeMap::new();
        let mut keep = |session: &SessionId, used: Used| {
            if of.is_none_or(|of| of == session) {
                let key = (session.clone(), used.native_id.clone(), used.turn);
                all.insert(key, used);
            }
        };
        let read = self.engine.log_each(USAGE, |line| {
            if let Event::UsageCounted { session, used } = line.record.event {
                keep(&session, used);
            }
            ControlFlow::Continue(())
        });
        read.map_err(error)?;
        let owners = self.owners()?;
        let mut gaps = Vec::new();
        {
            let usages = lock(&self.usages);
            for (session, known) in &usages.known {
                let used = known.used.iter().cloned();
                used.for_each(|used| keep(session, used));
            }
            let meant = |(session, _): &(&SessionId, &String)| of.is_none_or(|of| of == *session);
            for (session, why) in usages.gaps.iter().filter(meant) {
                let address = owners.get(session).map_or("", |owner| &owner.address);
                gaps.push(format!("{address}: {why}"));
            }
        }
        gaps.sort();
        let view = table(all, &owners, &self.prices(), wish, &zone);
        Ok(CostView { gaps, ..view })
    }

    fn owners(&self) -> Result<HashMap<SessionId, Owner>, ErrorView> {
        let pairs = self.engine.peers_ever().map_err(error)?;
        let owner = |(peer, row): (crate::core::peer::Peer, crate::core::session::Session)| {
            let address = match peer.retired_at {
                None => peer.address(),
                Some(_) => peer.at_incarnation(),
            };
            let runtime = row.runtime.clone();
            (row.id, Owner { address, runtime })
        };
        Ok(pairs.into_iter().map(owner).collect())
    }
}

fn table(
    all: BTreeMap<Key, Used>,
    owners: &HashMap<SessionId, Owner>,
    prices: &Prices,
    wish: &Wish,
    zone: &TimeZone,
) -> CostView {
    let mut groups: BTreeMap<Place, Vec<(SessionId, Used)>> = BTreeMap::new();
    let mut begun: HashMap<(SessionId, String), Millis> = HashMap::new();
    for ((session, native_id, _), used) in &all {
        let first = begun
            .entry((session.clone(), native_id.clone()))
            .or_insert(used.at);
        *first = used.at.min(*first);
    }
    for ((session, native_id, turn), used) in &all {
        let address = owners.get(session).map_or("", |owner| &owner.address);
        let conversation = || format!("{session} {native_id}");
        let key = match wish.by {
            By::Day => (day(used.at, zone), 0, String::new(), 0),
            By::Peer => (address.to_owned(), 0, String::new(), 0),
            By::Session => {
                let first = begun.get(&(session.clone(), native_id.clone()));
                (
                    String::new(),
                    first.copied().unwrap_or(used.at),
                    conversation(),
                    0,
                )
            }
            By::Turn => (String::new(), used.at, conversation(), *turn),
        };
        let group = groups.entry(key).or_default();
        group.push((session.clone(), used.clone()));
    }
    let more = groups.len() > wish.most as usize;
    let skipped = groups.len().saturating_sub(wish.most as usize);
    let rows = groups.into_iter().skip(skipped);
    let rows = rows.map(|(key, group)| row(key.0, group, owners, prices, wish.by));
    let rows: Vec<CostRow> = rows.collect();
    let last = all.into_iter().map(|((session, ..), used)| (session, used));
    let mut whole = row(String::new(), last.collect(), owners, prices, By::Day);
    whole.day = None;
    whole.runtime = None;
    CostView {
        by: wish.by,
        rows,
        total: whole,
        more,
        gaps: Vec::new(),
    }
}

fn row(
    name: String,
    group: Vec<(SessionId, Used)>,
    owners: &HashMap<SessionId, Owner>,
    prices: &Prices,
    by: By,
) -> CostRow {
    let spent = prices.spent(group.iter().map(|(_, used)| used));
    let mut models: Vec<String> = group
        .iter()
        .filter_map(|(_, used)| used.model.as_deref().map(line))
        .collect();
    models.sort();
    models.dedup();
    let first = group.iter().min_by_key(|(_, used)| used.at);
    let owner = first.and_then(|(session, _)| owners.get(session));
    let one = matches!(by, By::Session | By::Turn);
    let one = first.filter(|_| one);
    CostRow {
        day: (by == By::Day).then_some(name),
        peer: owner
            .filter(|_| by != By::Day)
            .map(|owner| owner.address.clone()),
        session: one.map(|(session, _)| session.to_string()),
        native_id: one.map(|(_, used)| line(&used.native_id)),
        turn: one.filter(|_| by == By::Turn).map(|(_, used)| used.turn),
        at: first.map(|(_, used)| time(used.at)),
        runtime: owner.map(|owner| owner.runtime.clone()),
        models,
        turns: group.len() as u64,
        tokens: spent.tokens,
        all: spent.tokens.all(),
        cost: spent.cost,
        cost_estimated: spent.estimated,
        unpriced: spent.unpriced,
    }
}

fn day(at: Millis, zone: &TimeZone) -> String {
    let stamp = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    let day = stamp.to_zoned(zone.clone());
    day.strftime("%Y-%m-%d").to_string()
}
