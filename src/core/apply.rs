//! What an event does to the world. Total: an event about a row that is not here changes nothing,
//! so that a log can always be replayed.

use super::ask::{Ask, AskKind, AskState, Noted};
use super::event::Event;
use super::fusion::UNHEARD;
use super::id::SessionId;
use super::peer::Peer;
use super::session::Session;
use super::state::{Attention, Evidence, Millis, Process, Source, Turn};
use super::trust::Trust;
use super::world::{Holder, World};

fn keeper(at: Millis, text: impl Into<String>) -> Evidence {
    Evidence {
        source: Source::Keeper,
        text: text.into(),
        at,
    }
}

fn silence(at: Millis, text: &str) -> Evidence {
    Evidence {
        source: Source::Silence,
        text: text.to_owned(),
        at,
    }
}

impl World {
    /// Applies one event that happened at `at`.
    pub fn apply(&mut self, at: Millis, event: &Event) {
        let session = event.refs(self).session;
        let before = self.word_of(session.as_ref());
        self.change(at, event);
        let session = session.or_else(|| event.refs(self).session);
        let after = self.word_of(session.as_ref());
        if before != after
            && let Some(row) = session.and_then(|id| self.sessions.get_mut(&id))
        {
            row.since = at;
        }
    }

    fn word_of(&self, session: Option<&SessionId>) -> Option<super::state::Shown> {
        Some(self.shown(self.sessions.get(session?)?))
    }

    /// Forgets what is over: closed asks, retired peers and their sessions, once no program of
    /// theirs runs. Names stay.
    pub fn forget_closed(&mut self) {
        self.forget_closed_asks();
        let peers = &self.peers;
        self.sessions
            .retain(|_, row| is_open(peers.get(&row.peer), row));
        let sessions = &self.sessions;
        self.peers
            .retain(|_, peer| peer.retired_at.is_none() || sessions.contains_key(&peer.session));
    }

    /// Whether a session's row belongs in memory: its peer lives or its program does.
    pub fn is_open_session(&self, row: &Session) -> bool {
        is_open(self.peers.get(&row.peer), row)
    }

    fn change(&mut self, at: Millis, event: &Event) {
        match event {
            Event::PeerCreated {
                peer,
                name,
                circle,
                incarnation,
                session,
            } => {
                let holder = Holder {
                    incarnation: *incarnation,
                    live: Some(peer.clone()),
                };
                self.names.insert((circle.clone(), name.clone()), holder);
                let row = Peer {
                    id: peer.clone(),
                    name: name.clone(),
                    circle: circle.clone(),
                    incarnation: *incarnation,
                    session: session.clone(),
                    created_at: at,
                    retired_at: None,
                    snoozed_until: None,
                    tag: None,
                };
                self.peers.insert(peer.clone(), row);
            }
            Event::SessionCreated { session, .. } => {
                if let Some(row) = new_session(at, event) {
                    self.sessions.insert(session.clone(), row);
                }
            }
            Event::PeerRetired { peer } => {
                if let Some(row) = self.peers.get_mut(peer) {
                    row.retired_at = Some(at);
                    row.snoozed_until = None;
                    let name = (row.circle.clone(), row.name.clone());
                    if let Some(holder) = self.names.get_mut(&name) {
                        holder.live = None;
                    }
                }
            }
            Event::PeerTagged { peer, tag } => {
                if let Some(row) = self.peers.get_mut(peer) {
                    row.tag = *tag;
                }
            }
            Event::PeerSnoozed { peer, until } => {
                self.attend(
                    peer,
                    Some(*until),
                    Attention::Snoozed,
                    keeper(at, "put aside"),
                );
            }
            Event::PeerUnsnoozed { peer } => {
                self.attend(
                    peer,
                    None,
                    Attention::Unseen,
                    keeper(at, "no longer put aside"),
                );
            }
            Event::PeerSeen { peer } => {
                self.attend(peer, None, Attention::Seen, keeper(at, "looked at"));
            }
            Event::TrustGiven {
                directory,
                trusted,
                who,
            } => self.put_trust(Trust {
                directory: directory.clone(),
                trusted: *trusted,
                at,
                who: who.clone(),
            }),
            Event::AskOpened { .. } => self.open_ask(at, event),
            Event::AskDecided { ask, decision } => {
                if let Some(row) = self.asks.get_mut(ask) {
                    row.state = AskState::Decided;
                    row.decision = Some(decision.clone());
                }
            }
            Event::AskDelivered { ask } => {
                if let Some(row) = self.asks.get_mut(ask) {
                    row.state = AskState::Delivered;
                    row.delivered_at = Some(at);
                }
            }
            Event::AskRetried { ask } => {
                if let Some(row) = self.asks.get_mut(ask) {
                    row.state = AskState::Decided;
                    row.delivered_at = None;
                }
            }
            Event::AskClosed { ask, by, why } => {
                self.close_ask(ask, *by, at, why);
            }
            Event::NoteSettled { ask, given } => {
                if let Some(row) = self.asks.get_mut(ask) {
                    row.noted = Some(match given {
                        true => Noted::Given(at),
                        false => Noted::Dropped(at),
                    });
                }
            }
            Event::TamperRefused { .. }
            | Event::SessionInterrupted { .. }
            | Event::SessionTakenOver { .. }
            | Event::SessionGivenBack { .. }
            | Event::SessionForked { .. }
            | Event::UsageCounted { .. }
            | Event::TextSent { .. }
            | Event::DaemonStarted { .. }
            | Event::ClockBackwards { .. } => {}
            _ => {
                let id = event.refs(self).session;
                if let Some(row) = id.and_then(|id| self.sessions.get_mut(&id)) {
                    change_session(row, at, event);
                }
            }
        }
    }

    fn attend(
        &mut self,
        peer: &super::id::PeerId,
        snoozed_until: Option<Millis>,
        attention: Attention,
        evidence: Evidence,
    ) {
        let Some(row) = self.peers.get_mut(peer) else {
            return;
        };
        row.snoozed_until = snoozed_until;
        if let Some(session) = self.sessions.get_mut(&row.session) {
            session.attention = attention;
            session.attention_evidence = evidence;
        }
    }

    fn open_ask(&mut self, at: Millis, event: &Event) {
        let Event::AskOpened {
            ask,
            kind,
            session,
            call,
            hook_key,
            call_key,
        } = event
        else {
            return;
        };
        let row = Ask {
            id: ask.clone(),
            kind: *kind,
            session: session.clone(),
            call: call.clone(),
            state: AskState::Asked,
            asked_at: at,
            decision: None,
            delivered_at: None,
            closed: None,
            closed_why: None,
            hook_key: hook_key.clone(),
            call_key: call_key.clone(),
            noted: None,
        };
        self.put_ask(row);
        if let Some(session) = self.sessions.get_mut(session) {
            let what = match kind {
                AskKind::Start => "a start screen came up",
                _ => "it asked",
            };
            unsee(session, at, what);
        }
    }
}

fn is_open(peer: Option<&Peer>, row: &Session) -> bool {
    row.is_live() || peer.is_some_and(|peer| peer.retired_at.is_none())
}

/// Something came that the operator has not looked at; a snooze stands.
fn unsee(row: &mut Session, at: Millis, what: &str) {
    if row.attention == Attention::Seen {
        row.attention = Attention::Unseen;
        row.attention_evidence = keeper(at, what);
    }
}

fn new_session(at: Millis, event: &Event) -> Option<Session> {
    let Event::SessionCreated {
        session,
        peer,
        runtime,
        model,
        profile,
        cwd,
        worktree,
        launch,
        native_id,
        limits,
        no_record,
        token_hash,
    } = event
    else {
        return None;
    };
    Some(Session {
        id: session.clone(),
        peer: peer.clone(),
        runtime: runtime.clone(),
        model: model.clone(),
        profile: profile.clone(),
        cwd: cwd.clone(),
        worktree: worktree.clone(),
        launch: launch.clone(),
        native_id: native_id.clone(),
        transcript: None,
        attempt: 0,
        pid: None,
        process: Process::Starting,
        turn: Turn::Unknown,
        attention: Attention::Unseen,
        exit: None,
        start_failed: false,
        ended_on_purpose: false,
        limits: limits.clone(),
        limit_until: None,
        no_record: *no_record,
        token_hash: token_hash.clone(),
        created_at: at,
        since: at,
        process_evidence: keeper(at, "it was made"),
        turn_evidence: silence(at, UNHEARD),
        attention_evidence: keeper(at, "it is new"),
        template: None,
    })
}

fn change_session(row: &mut Session, at: Millis, event: &Event) {
    match event {
        Event::AttemptBegun {
            attempt, prompt, ..
        } => {
            if *attempt > 1 {
                row.launch.prompt = prompt.clone();
            }
            row.attempt = *attempt;
            row.pid = None;
            row.process = Process::Starting;
            row.exit = None;
            row.start_failed = false;
            row.ended_on_purpose = false;
            row.limit_until = None;
            row.process_evidence = keeper(at, format!("attempt {attempt} was begun"));
            hush(row, at, UNHEARD);
        }
        Event::AttemptStarted { pid, .. } => {
            row.process = Process::Alive;
            row.pid = Some(*pid);
            row.process_evidence = keeper(at, format!("it runs as process {pid}"));
        }
        Event::AttemptFailed { why, .. } => {
            row.start_failed = true;
            end(
                row,
                at,
                Process::Exited,
                format!("it could not be started: {why}"),
            );
        }
        Event::AttemptExited { exit, .. } => {
            row.exit = Some(*exit);
            let how = match (exit.code, exit.signal) {
                (_, Some(signal)) => format!("ended by signal {signal}"),
                (Some(code), None) => format!("ended with code {code}"),
                (None, None) => "ended".to_owned(),
            };
            end(row, at, Process::Exited, how);
        }
        Event::AttemptLost { why, .. } => end(row, at, Process::Lost, why.clone()),
        Event::ResumeFailed { why, .. } => {
            let how = &row.process_evidence.text;
            row.process_evidence = keeper(at, format!("resume failed: {why} ({how})"));
        }
        Event::StopRequested { .. } => row.ended_on_purpose = true,
        Event::ConversationLeft { .. } => {
            row.native_id = None;
            row.transcript = None;
        }
        Event::SessionTemplated { template, .. } => row.template = Some(template.clone()),
        Event::FactsLearned {
            native_id,
            model,
            transcript,
            limits,
            ..
        } => {
            row.native_id = native_id.clone().or_else(|| row.native_id.take());
            row.model = model.clone().or_else(|| row.model.take());
            row.transcript = transcript.clone().or_else(|| row.transcript.take());
            if let Some(limits) = limits {
                row.limits = limits.clone();
            }
        }
        Event::TurnChanged { turn, evidence, .. } => {
            row.turn = *turn;
            row.turn_evidence = evidence.clone();
            if *turn != Turn::Limited {
                row.limit_until = None;
            }
            if *turn == Turn::Settled {
                unsee(row, at, "its turn was over");
            }
        }
        Event::LimitSeen {
            until, evidence, ..
        } => {
            row.turn = Turn::Limited;
            row.limit_until = *until;
            row.turn_evidence = evidence.clone();
            unsee(row, at, "a limit was reached");
        }
        _ => {}
    }
}

fn hush(row: &mut Session, at: Millis, text: &str) {
    row.turn = Turn::Unknown;
    row.turn_evidence = silence(at, text);
}

fn end(row: &mut Session, at: Millis, process: Process, text: String) {
    row.process = process;
    row.pid = None;
    row.limit_until = None;
    row.process_evidence = keeper(at, text);
    hush(row, at, "its process is gone");
    unsee(row, at, "its process ended");
}
