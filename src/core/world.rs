//! The rows that are open: what decisions are made from. Closed rows are only in the tables.

use super::ask::{Ask, AskKind, AskState, ClosedBy};
use super::id::{AskId, PeerId, SessionId};
use super::peer::{DEFAULT_CIRCLE, Peer};
use super::refusal::Refusal;
use super::session::Session;
use super::state::{self, Asking, Evidence, Millis, Shown, Source};
use super::text;
use super::trust::Trust;
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
    /// The operator's word on repositories, by their roots.
    trust: BTreeMap<String, Trust>,
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

    /// The world with the operator's word on repositories.
    pub fn trusting(mut self, rows: Vec<Trust>) -> Self {
        rows.into_iter().for_each(|row| self.put_trust(row));
        self
    }

    pub(super) fn put_trust(&mut self, row: Trust) {
        self.trust.insert(row.directory.clone(), row);
    }

    /// The operator's word on the repository with that root.
    pub fn trust(&self, root: &str) -> Option<&Trust> {
        self.trust.get(root)
    }

    /// All such words, by the roots.
    pub fn trusts(&self) -> impl Iterator<Item = &Trust> {
        self.trust.values()
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
        self.asks.retain(|_, ask| ask.is_kept());
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

    /// The asks of a session whose note the agent has not been told yet.
    pub fn owed_notes<'w>(&'w self, session: &'w SessionId) -> impl Iterator<Item = &'w Ask> {
        let asks = self.asks.values().filter(|ask| ask.session == *session);
        asks.filter(|ask| ask.owed_note().is_some())
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
        self.waiting_ask(session).map(|ask| {
            let told = ask.hook_key.is_some();
            let how = match (told, ask.kind) {
                (false, AskKind::Approval) => {
                    "; the answer is a key into its dialog, the last resort"
                }
                _ => "",
            };
            let object = text::line(&ask.call.object);
            Evidence {
                source: if told {
                    Source::Protocol
                } else {
                    Source::Screen
                },
                text: format!("{} waits: {object}{how}", ask.id),
                at: ask.asked_at,
            }
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

#[cfg(test)]
mod tests {
    use super::super::ask::Risk;
    use super::super::command::{Command, NewAsk, NewPeer};
    use super::super::fixture::{Play, ak, call, new_ask, new_peer, pr};
    use super::*;

    fn three_circles() -> Play {
        let mut play = Play::default();
        for (n, circle, name) in [
            (1, "main", "fixer"),
            (2, "docs", "fixer"),
            (3, "docs", "writer"),
            (4, "web", "writer"),
            (5, "web", "tester"),
        ] {
            play.did(Command::Create(NewPeer {
                circle: circle.to_owned(),
                ..new_peer(n, name)
            }));
        }
        play
    }

    #[test]
    fn a_peer_is_found_by_the_words_that_mean_one() {
        let play = three_circles();
        for (reference, expected) in [
            ("fixer", pr(1)),
            ("docs/fixer", pr(2)),
            ("main/fixer", pr(1)),
            ("tester", pr(5)),
            ("tester@1", pr(5)),
            ("web/writer@1", pr(4)),
        ] {
            let found = play.world.find_peer(reference).map(|peer| peer.id.clone());
            assert_eq!(found, Ok(expected), "{reference}");
        }
    }

    #[test]
    fn words_that_mean_none_or_several_say_what_there_is() {
        let play = three_circles();
        for (reference, what, hint) in [
            (
                "writer",
                "writer is the name of a peer in several circles",
                "say which: docs/writer, web/writer",
            ),
            (
                "test",
                "there is no live peer test",
                "did you mean web/tester",
            ),
            (
                "fixer@2",
                "there is no live peer fixer@2",
                "did you mean docs/fixer, fixer",
            ),
            (
                "x\u{1b}y",
                "there is no live peer xy",
                "see who there is: pult ls",
            ),
            (
                "web/",
                "there is no live peer web/",
                "see who there is: pult ls",
            ),
        ] {
            let refusal = play.world.find_peer(reference).expect_err(reference);
            assert_eq!(
                (refusal.what.as_str(), refusal.hint.as_deref()),
                (what, Some(hint))
            );
        }
        let nobody = World::default()
            .find_peer("a")
            .expect_err("nobody is there");
        assert_eq!(nobody.hint.as_deref(), Some("make one: pult new NAME"));
    }

    #[test]
    fn an_ask_is_found_by_a_prefix_that_only_it_has() {
        let mut play = Play::alive();
        for n in 1..=2 {
            play.did(Command::OpenAsk(new_ask(n, 1)));
        }
        let whole = ak(1).to_string();
        for prefix in [&whole, &whole[..4]] {
            let found = play.world.find_ask(prefix).map(|ask| ask.id.clone());
            assert_eq!(found, Ok(ak(1)));
        }
        let several = play.world.find_ask("ak-").expect_err("both begin so");
        assert_eq!(several.hint, Some(format!("{}, {}", ak(1), ak(2))));
        for none in ["", "ak-zz", "ss-"] {
            let none = play.world.find_ask(none).expect_err("there is none");
            assert_eq!(none.hint, Some(format!("open are: {}, {}", ak(1), ak(2))));
        }
    }

    #[test]
    fn the_inbox_has_high_risk_first_and_then_the_oldest() {
        let mut play = Play::alive();
        for (n, risk) in [
            (1, Risk::Low),
            (2, Risk::Normal),
            (3, Risk::High),
            (4, Risk::Normal),
        ] {
            let call = Call {
                risk,
                ..call("make")
            };
            play.did(Command::OpenAsk(NewAsk {
                call,
                ..new_ask(n, 1)
            }));
        }
        let order: Vec<_> = play
            .world
            .inbox()
            .iter()
            .map(|ask| ask.id.clone())
            .collect();
        assert_eq!(order, [ak(3), ak(2), ak(4), ak(1)]);
    }

    use super::super::ask::Call;
}
