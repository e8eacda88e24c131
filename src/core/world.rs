//! The rows that are open: what decisions are made from. Closed rows are only in the tables.

use super::ask::{Ask, AskKind, AskState, ClosedBy};
use super::id::{AskId, PeerId, SessionId};
use super::peer::{DEFAULT_CIRCLE, Peer};
use super::refusal::Refusal;
use super::session::Session;
use super::state::{self, Asking, Evidence, Millis, Shown, Source};
use super::text;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who has or had a name of a circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The last incarnation that was given out.
    pub incarnation: u32,
    /// Its peer, while that lives.
    pub live: Option<PeerId>,
}

/// Peers that live, their sessions, sessions whose program still runs, asks that are open, and
/// every name ever given out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    pub(super) peers: BTreeMap<PeerId, Peer>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) asks: BTreeMap<AskId, Ask>,
    pub(super) names: BTreeMap<(String, String), Holder>,
    /// The open asks of each session.
    open: BTreeMap<SessionId, BTreeSet<AskId>>,
    /// The asks by the hook that opened them.
    hooks: BTreeMap<(SessionId, String), AskId>,
}

impl World {
    /// A world from the rows of the tables.
    pub fn from_rows(
        peers: Vec<Peer>,
        sessions: Vec<Session>,
        asks: Vec<Ask>,
        names: Vec<((String, String), Holder)>,
    ) -> Self {
        let mut world = Self {
            peers: peers.into_iter().map(|row| (row.id.clone(), row)).collect(),
            sessions: sessions
                .into_iter()
                .map(|row| (row.id.clone(), row))
                .collect(),
            names: names.into_iter().collect(),
            ..Self::default()
        };
        for ask in asks {
            world.put_ask(ask);
        }
        world
    }

    pub(super) fn put_ask(&mut self, ask: Ask) {
        if ask.is_open() {
            let open = self.open.entry(ask.session.clone()).or_default();
            open.insert(ask.id.clone());
        }
        if let Some(key) = &ask.hook_key {
            self.hooks
                .insert((ask.session.clone(), key.clone()), ask.id.clone());
        }
        self.asks.insert(ask.id.clone(), ask);
    }

    pub(super) fn close_ask(&mut self, id: &AskId, by: ClosedBy, at: Millis, why: &str) {
        let Some(ask) = self.asks.get_mut(id) else {
            return;
        };
        ask.state = AskState::Closed;
        ask.closed = Some((by, at));
        ask.closed_why = Some(why.to_owned());
        if let Some(open) = self.open.get_mut(&ask.session) {
            open.remove(id);
            if open.is_empty() {
                self.open.remove(&ask.session);
            }
        }
    }

    pub(super) fn forget_closed_asks(&mut self) {
        self.asks.retain(|_, ask| ask.is_open());
        let asks = &self.asks;
        self.hooks.retain(|_, id| asks.contains_key(id));
    }

    /// A peer by its id.
    pub fn peer(&self, id: &PeerId) -> Option<&Peer> {
        self.peers.get(id)
    }

    /// All peers here: the live ones, and retired ones whose program still runs.
    pub fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.peers.values()
    }

    /// The live peers, by circle and name.
    pub fn live_peers(&self) -> impl Iterator<Item = &Peer> {
        let live = self
            .names
            .values()
            .filter_map(|holder| holder.live.as_ref());
        live.filter_map(|id| self.peers.get(id))
    }

    /// A session by its id.
    pub fn session(&self, id: &SessionId) -> Option<&Session> {
        self.sessions.get(id)
    }

    /// All sessions here.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// An ask by its id.
    pub fn ask(&self, id: &AskId) -> Option<&Ask> {
        self.asks.get(id)
    }

    /// All asks here.
    pub fn asks(&self) -> impl Iterator<Item = &Ask> {
        self.asks.values()
    }

    /// The open asks: high risk first, then oldest first.
    pub fn inbox(&self) -> Vec<&Ask> {
        let mut open: Vec<_> = self.asks.values().filter(|ask| ask.is_open()).collect();
        open.sort_by_key(|ask| (std::cmp::Reverse(ask.call.risk), ask.asked_at, &ask.id));
        open
    }

    /// The open asks of a session.
    pub fn open_asks(&self, session: &SessionId) -> impl Iterator<Item = &Ask> {
        let ids = self.open.get(session).into_iter().flatten();
        ids.filter_map(|id| self.asks.get(id))
    }

    /// The ask that a hook of a session opened under `key`.
    pub fn ask_by_hook(&self, session: &SessionId, key: &str) -> Option<&Ask> {
        let id = self.hooks.get(&(session.clone(), key.to_owned()))?;
        self.asks.get(id)
    }

    /// Who has or had a name.
    pub fn holder(&self, circle: &str, name: &str) -> Option<&Holder> {
        self.names.get(&(circle.to_owned(), name.to_owned()))
    }

    /// All names ever given out: circle, name, holder.
    pub fn names(&self) -> impl Iterator<Item = (&(String, String), &Holder)> {
        self.names.iter()
    }

    /// The address of a session's peer, for sentences; its id when the peer is not here.
    pub fn address_of(&self, session: &Session) -> String {
        self.peers
            .get(&session.peer)
            .map_or_else(|| session.id.to_string(), Peer::address)
    }

    /// The next snooze that ends: submit an unsnooze then.
    pub fn next_snooze(&self) -> Option<(PeerId, Millis)> {
        self.live_peers()
            .filter_map(|peer| Some((peer.id.clone(), peer.snoozed_until?)))
            .min_by_key(|(_, until)| *until)
    }

    /// Whether a session waits for somebody: an ask that is not decided yet.
    pub fn asking(&self, session: &SessionId) -> Asking {
        match self.waiting_ask(session).map(|ask| ask.kind) {
            None => Asking::None,
            Some(AskKind::Question | AskKind::Choice | AskKind::Start) => Asking::Question,
            Some(_) => Asking::Approval,
        }
    }

    /// The oldest ask of a session that waits, approvals before questions.
    fn waiting_ask(&self, session: &SessionId) -> Option<&Ask> {
        let question = |kind| matches!(kind, AskKind::Question | AskKind::Choice | AskKind::Start);
        self.open_asks(session)
            .filter(|ask| ask.waits())
            .min_by_key(|ask| (question(ask.kind), ask.asked_at, &ask.id))
    }

    /// The one word that a session is shown by; since when is [`Session::since`].
    pub fn shown(&self, session: &Session) -> Shown {
        if session.start_failed && !session.ended_on_purpose {
            return Shown::Failed;
        }
        state::shown(
            session.process,
            session.turn,
            self.asking(&session.id),
            session.attention,
            session.exit,
            session.ended_on_purpose,
        )
    }

    /// Why the shown word is believed.
    pub fn evidence(&self, session: &Session) -> Evidence {
        match self.shown(session) {
            Shown::Asks => self
                .asking_evidence(&session.id)
                .unwrap_or_else(|| session.process_evidence.clone()),
            Shown::Limited | Shown::Unknown | Shown::Working | Shown::Done | Shown::Idle => {
                session.turn_evidence.clone()
            }
            _ => session.process_evidence.clone(),
        }
    }

    /// Why a session is believed to wait; `None` when it does not.
    pub fn asking_evidence(&self, session: &SessionId) -> Option<Evidence> {
        self.waiting_ask(session).map(|ask| Evidence {
            source: if ask.kind == AskKind::Start {
                Source::Screen
            } else {
                Source::Protocol
            },
            text: format!("{} waits: {}", ask.id, text::line(&ask.call.object)),
            at: ask.asked_at,
        })
    }

    /// The live peer that `NAME`, `circle/NAME` or `NAME@incarnation` means. A bare name is the
    /// default circle's when there is one, else that of the only circle that has it.
    ///
    /// # Errors
    /// Not found, or in several circles: with the candidates.
    pub fn find_peer(&self, reference: &str) -> Result<&Peer, Refusal> {
        let (address, incarnation) = match reference.split_once('@') {
            Some((address, number)) => (address, Some(number)),
            None => (reference, None),
        };
        let (circle, name) = match address.split_once('/') {
            Some((circle, name)) => (Some(circle), name),
            None => (None, address),
        };
        let fits = |peer: &&Peer| {
            peer.name == name
                && circle.is_none_or(|circle| peer.circle == circle)
                && incarnation.is_none_or(|n| peer.incarnation.to_string() == n)
        };
        let found: Vec<_> = self.live_peers().filter(fits).collect();
        let main = found.iter().find(|peer| peer.circle == DEFAULT_CIRCLE);
        match (found.as_slice(), main) {
            ([one], _) => Ok(one),
            (_, Some(main)) if circle.is_none() => Ok(main),
            ([], _) => Err(self.no_peer(&text::line(reference), name)),
            (several, _) => {
                let names: Vec<_> = several.iter().map(|peer| peer.address()).collect();
                Err(
                    Refusal::not_found(format!("{name} is the name of a peer in several circles"))
                        .hint(format!("say which: {}", names.join(", "))),
                )
            }
        }
    }

    fn no_peer(&self, reference: &str, name: &str) -> Refusal {
        let refusal = Refusal::not_found(format!("there is no live peer {reference}"));
        let near: Vec<_> = self
            .live_peers()
            .filter(|peer| {
                !name.is_empty() && (peer.name.contains(name) || name.contains(&peer.name))
            })
            .take(5)
            .map(Peer::address)
            .collect();
        if !near.is_empty() {
            refusal.hint(format!("did you mean {}", near.join(", ")))
        } else if self.live_peers().next().is_none() {
            refusal.hint("make one: pult new NAME")
        } else {
            refusal.hint("see who there is: pult ls")
        }
    }

    /// The open ask whose id begins with `prefix`.
    ///
    /// # Errors
    /// None, or more than one: with the candidates.
    pub fn find_ask(&self, prefix: &str) -> Result<&Ask, Refusal> {
        let open = || self.asks.values().filter(|ask| ask.is_open());
        let found: Vec<_> = open()
            .filter(|ask| !prefix.is_empty() && ask.id.as_str().starts_with(prefix))
            .collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => {
                let refusal =
                    Refusal::not_found(format!("there is no open ask {}", text::line(prefix)));
                Err(match candidates(open()) {
                    None => refusal.hint("nothing is open"),
                    Some(ids) => refusal.hint(format!("open are: {ids}")),
                })
            }
            several => Err(Refusal::not_found(format!(
                "{} is the beginning of several asks",
                text::line(prefix)
            ))
            .hint(candidates(several.iter().copied()).unwrap_or_default())),
        }
    }
}

/// Up to six ids in a row.
fn candidates<'w>(asks: impl Iterator<Item = &'w Ask>) -> Option<String> {
    let ids: Vec<_> = asks.map(|ask| ask.id.to_string()).collect();
    let more = if ids.len() > 6 { ", …" } else { "" };
    (!ids.is_empty()).then(|| format!("{}{more}", ids[..ids.len().min(6)].join(", ")))
}
