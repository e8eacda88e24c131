//! Rows of the tables as clients get them. Everything is stripped of control characters here.

use super::house::House;
use crate::core::ask::{Answer, Ask, AskKind, ClosedBy, Who};
use crate::core::entry::LogEntry;
use crate::core::id::SessionId;
use crate::core::peer::Peer;
use crate::core::session::Session;
use crate::core::state::{Evidence, Millis, Process, Source};
use crate::core::text::{line, natural, shown, shown_line, strip};
use crate::core::trust::Trust;
use crate::core::world::World;
use crate::runtime::{call, risk};
use crate::wire::view::{
    AskDetail, AskRow, CoveredView, DecidedView, EvidenceView, LogLine, PeerRow, TrustRow,
    WhyAnswer, WhyView, time,
};

/// A peer's row; `title` is its pane's.
pub(crate) fn peer_row(
    world: &World,
    peer: &Peer,
    row: &Session,
    title: Option<String>,
) -> PeerRow {
    PeerRow {
        name: Some(peer.name.clone()),
        circle: peer.circle.clone(),
        incarnation: peer.incarnation,
        runtime: row.runtime.clone(),
        model: row.model.as_deref().map(line),
        origin: "owned".to_owned(),
        profile: row.profile.clone(),
        shown: world.shown(row),
        process: row.process,
        turn: row.turn,
        ask: world.asking(&row.id),
        attention: row.attention,
        since: time(row.since),
        evidence: Some(evidence(&world.evidence(row))),
        exit: row.exit,
        limit_until: row.limit_until.map(time),
        limit_used: None,
        session: row.id.to_string(),
        native_id: row.native_id.as_deref().map(line),
        cwd: line(&row.cwd),
        worktree: row.worktree.as_deref().map(line),
        template: row.template.clone(),
        pid: row.pid.filter(|_| row.process == Process::Alive),
        tokens: None,
        usage_gap: None,
        cost: None,
        cost_estimated: false,
        context: None,
        limits: row.limits.iter().map(|limit| line(limit)).collect(),
        title: title.as_deref().map(line),
        progress: None,
        note: None,
        retired: peer.retired_at.is_some(),
        tag: peer.tag,
        snoozed_until: peer.snoozed_until.map(time),
    }
}

/// An ask's row; `peer` is its address.
pub(crate) fn ask_row(ask: &Ask, peer: String) -> AskRow {
    AskRow {
        id: ask.id.to_string(),
        kind: ask.kind,
        peer,
        session: ask.session.to_string(),
        verb: ask.call.verb,
        object: shown(&ask.call.object),
        digest: ask.call.digest.clone(),
        risk: ask.call.risk,
        state: ask.state,
        asked_at: time(ask.asked_at),
        parks_at: None,
        options: match ask.kind {
            AskKind::Approval => vec!["allow".to_owned(), "deny".to_owned()],
            _ => Vec::new(),
        },
        decided: ask.decision.as_ref().map(|decision| DecidedView {
            by: by(&decision.who),
            surface: decision.who.surface,
            at: time(decision.at),
            answer: decision.answer,
            rule: None,
        }),
        delivered_at: ask.delivered_at.map(time),
        closed: ask.closed.map(|(how, _)| closed(how).to_owned()),
    }
}

/// An ask, whole.
pub(crate) fn ask_detail(ask: &Ask, peer: String) -> AskDetail {
    let input: serde_json::Value = serde_json::from_str(&ask.call.input).unwrap_or_default();
    let files = call::files(&ask.call.tool, &input);
    // A start screen and a dialog have no call that could come again.
    let covers = match ask.kind {
        AskKind::Approval => call::covers(&ask.call.tool, &input, ask.call.cwd.as_deref()),
        _ => Vec::new(),
    };
    let covered = |(name, value): (String, serde_json::Value)| CoveredView {
        name: shown_line(&name),
        value,
    };
    let covers = covers.into_iter().map(covered).collect();
    AskDetail {
        row: ask_row(ask, peer),
        tool: line(&ask.call.tool),
        cwd: ask.call.cwd.as_deref().map(shown_line),
        files: files.iter().map(|file| shown_line(file)).collect(),
        reason: ask.call.reason.as_deref().map(strip),
        risk_why: risk::why(ask.call.verb, &ask.call.object),
        covers,
        input,
        note: ask
            .decision
            .as_ref()
            .and_then(|d| d.note.as_deref())
            .map(strip),
        closed_why: ask.closed_why.as_deref().map(line),
    }
}

/// The operator's word on a repository.
pub(crate) fn trust_row(row: &Trust) -> TrustRow {
    TrustRow {
        directory: line(&row.directory),
        trusted: row.trusted,
        at: time(row.at),
        by: by(&row.who),
    }
}

/// A line of the log.
pub(crate) fn log_line(entry: &LogEntry) -> LogLine {
    LogLine {
        seq: entry.seq,
        at: time(entry.record.stamp.at),
        actor: entry.record.stamp.actor.word().to_owned(),
        kind: entry.kind().to_owned(),
        refs: entry.record.refs.ids(),
        cause: entry.record.cause,
        body: entry.body(),
    }
}

/// Evidence as it is printed.
pub(crate) fn evidence(evidence: &Evidence) -> EvidenceView {
    EvidenceView {
        source: evidence.source,
        text: line(&evidence.text),
        at: time(evidence.at),
    }
}

impl House {
    /// Rows of the live peers, by circle and name, `p2` before `p10`.
    pub(crate) fn peer_rows(&self) -> Vec<PeerRow> {
        let mut rows = self.engine.read(|world| {
            let pairs = world
                .live_peers()
                .filter_map(|p| Some((p, world.session(&p.session)?)));
            pairs
                .map(|(peer, row)| peer_row(world, peer, row, None))
                .collect::<Vec<_>>()
        });
        rows.sort_by(|a, b| {
            let (one, other) = (a.name.as_deref(), b.name.as_deref());
            let names = natural(one.unwrap_or_default(), other.unwrap_or_default());
            a.circle.cmp(&b.circle).then(names)
        });
        for row in &mut rows {
            row.title = self.title_of(&row.session);
            self.tell_told(row);
            self.tell_usage(row);
        }
        rows
    }

    /// The row of one session's peer.
    pub(crate) fn peer_row(&self, session: &crate::core::id::SessionId) -> Option<PeerRow> {
        let title = self.title_of(session.as_str());
        let mut row = self.engine.read(|world| {
            let row = world.session(session)?;
            Some(peer_row(world, world.peer(&row.peer)?, row, title))
        })?;
        self.tell_told(&mut row);
        self.tell_usage(&mut row);
        Some(row)
    }

    /// What its program told, into a peer's row.
    pub(crate) fn tell_told(&self, row: &mut PeerRow) {
        let pane = SessionId::parse(&row.session).and_then(|session| self.pane(&session));
        let Some(told) = pane.map(|pane| pane.told()) else {
            return;
        };
        row.progress = told.progress.filter(|_| row.process == Process::Alive);
        row.note = told.note.map(|(text, at)| heard(Source::Osc, &text, at));
    }

    /// The title of a session's pane, while it has one.
    pub(crate) fn title_of(&self, session: &str) -> Option<String> {
        let session = crate::core::id::SessionId::parse(session)?;
        self.pane(&session)?.title().as_deref().map(line)
    }

    /// The open asks, high risk first, then oldest first.
    pub(crate) fn inbox_rows(&self) -> Vec<AskRow> {
        self.engine.read(|world| {
            let rows = world.inbox().into_iter();
            rows.map(|ask| ask_row(ask, asker(world, ask))).collect()
        })
    }

    /// The address of whoever asks, also when its session is over.
    pub(crate) fn asker(&self, ask: &Ask) -> String {
        self.address_of(&ask.session)
    }

    /// The address of a session's peer, also when it is over.
    pub(crate) fn address_of(&self, session: &SessionId) -> String {
        let known = self
            .engine
            .read(|world| world.session(session).map(|row| world.address_of(row)));
        known.unwrap_or_else(|| {
            let row = self.engine.session(session).ok().flatten();
            let peer = row.and_then(|row| self.engine.peer(&row.peer).ok().flatten());
            peer.map_or_else(|| session.to_string(), |peer| peer.at_incarnation())
        })
    }

    /// The four answers about a session, and what the log says of it.
    pub(crate) fn why(&self, row: &Session, log: Vec<LogLine>) -> WhyView {
        let (subject, asking, asked) = self.engine.read(|world| {
            (
                world.address_of(row),
                world.asking(&row.id),
                world.asking_evidence(&row.id),
            )
        });
        let answer = |question: &str, answer: String, why: Option<&Evidence>| WhyAnswer {
            question: question.to_owned(),
            answer,
            evidence: why.map(evidence),
        };
        let told = self.pane(&row.id).map(|pane| pane.told());
        let told = told.unwrap_or_default();
        let heard = |question: &str, answer: String, text: &str, at: Millis| WhyAnswer {
            question: question.to_owned(),
            answer,
            evidence: Some(heard(Source::Osc, text, at)),
        };
        let note = told
            .note
            .as_ref()
            .map(|(text, at)| heard("told", "notification".to_owned(), &format!("“{text}”"), *at));
        let bell = told
            .bell
            .map(|at| heard("bell", "rang".to_owned(), "BEL", at));
        let mut answers = vec![
            answer("process", word(&row.process), Some(&row.process_evidence)),
            answer("turn", turn_of(row), Some(&row.turn_evidence)),
            answer("ask", word(&asking), asked.as_ref()),
            answer(
                "attention",
                word(&row.attention),
                Some(&row.attention_evidence),
            ),
        ];
        answers.extend(note.into_iter().chain(bell));
        WhyView {
            subject,
            answers,
            log,
        }
    }
}

/// What it does, and until when it is limited.
fn turn_of(row: &Session) -> String {
    let until = row.limit_until.map(|at| format!(" until {}", time(at)));
    word(&row.turn) + &until.unwrap_or_default()
}

/// What was heard or done, as evidence.
pub(super) fn heard(source: Source, text: &str, at: Millis) -> EvidenceView {
    EvidenceView {
        source,
        text: text.to_owned(),
        at: time(at),
    }
}

/// The four answers as one word each, as JSON spells them.
pub(crate) fn word(answer: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(answer).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn asker(world: &World, ask: &Ask) -> String {
    let row = world.session(&ask.session);
    row.map_or_else(|| ask.session.to_string(), |row| world.address_of(row))
}

fn by(who: &Who) -> String {
    format!("{} ({})", crate::core::asking::by(who), line(&who.chain))
}

fn closed(how: ClosedBy) -> &'static str {
    match how {
        ClosedBy::Effect => "effect",
        ClosedBy::Withdrawn => "withdrawn",
        ClosedBy::Superseded => "superseded",
        ClosedBy::Expired => "expired",
        ClosedBy::Retired => "retired",
    }
}

/// `approve` or `reject`, for sentences.
pub(crate) fn deed(answer: Answer) -> &'static str {
    match answer {
        Answer::Allow => "approve",
        Answer::Deny => "reject",
    }
}
