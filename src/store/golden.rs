//! The stored bytes, held still: one line for each kind of event and row. A line that changes is
//! a store that an older or newer pult cannot read; kinds are only added, at the end.

use super::codec::{Stored, decode, encode};
use crate::core::ask::{Answer, Ask, AskKind, AskState, Call, ClosedBy, Decision, Risk, Surface};
use crate::core::ask::{Noted, Verb, Who};
use crate::core::command::Origin;
use crate::core::conversation::Tokens;
use crate::core::entry::Record;
use crate::core::event::{Event, Refs};
use crate::core::id::{AskId, PeerId, SessionId};
use crate::core::peer::Peer;
use crate::core::session::{Launch, Session};
use crate::core::stamp::{Actor, Stamp};
use crate::core::state::{Attention, Evidence, Exit, Process, Source, Turn};
use crate::core::tag::Tag;
use crate::core::template::TemplateRef;
use crate::core::trust::Trust;
use crate::core::usage::Used;
use crate::core::world::Holder;

use std::fmt::Write;

/// `kind hex`, a line each, events in the order of the enum, then rows.
const GOLDEN: &str = include_str!("golden.txt");

fn peer() -> PeerId {
    PeerId::from_entropy([1; 8])
}

fn session() -> SessionId {
    SessionId::from_entropy([2; 8])
}

fn ask() -> AskId {
    AskId::from_entropy([3; 8])
}

fn evidence() -> Evidence {
    Evidence {
        source: Source::Osc,
        text: "ev".to_owned(),
        at: 300,
    }
}

fn call() -> Call {
    Call {
        verb: Verb::Write,
        object: "/f".to_owned(),
        cwd: Some("/d".to_owned()),
        tool: "Edit".to_owned(),
        input: "{}".to_owned(),
        reason: Some("why".to_owned()),
        digest: "ab".to_owned(),
        risk: Risk::High,
    }
}

fn who() -> Who {
    Who {
        uid: 1000,
        chain: "1 a".to_owned(),
        tty: Some("pts/1".to_owned()),
        surface: Surface::Cli,
    }
}

fn decision() -> Decision {
    Decision {
        answer: Answer::Deny,
        note: Some("no".to_owned()),
        who: who(),
        at: -1,
    }
}

fn exit() -> Exit {
    Exit {
        code: Some(-1),
        signal: Some(15),
    }
}

fn launch() -> Launch {
    Launch {
        command: vec!["sh".to_owned()],
        prompt: Some("p".to_owned()),
        size: Some((24, 300)),
    }
}

fn template() -> TemplateRef {
    TemplateRef {
        name: "n".to_owned(),
        sha: "ab".to_owned(),
    }
}

/// One of each kind, in the order of the enum.
fn events() -> Vec<Event> {
    let some = |text: &str| Some(text.to_owned());
    let text = |text: &str| text.to_owned();
    let (session, peer, ask) = (session(), peer(), ask());
    let attempt = 2;
    vec![
        Event::PeerCreated {
            peer: peer.clone(),
            name: text("n"),
            circle: text("c"),
            incarnation: 300,
            session: session.clone(),
        },
        Event::SessionCreated {
            session: session.clone(),
            peer: peer.clone(),
            runtime: text("r"),
            model: some("m"),
            profile: text("full"),
            cwd: text("/c"),
            worktree: some("/w"),
            launch: launch(),
            native_id: some("i"),
            limits: vec![text("l")],
            no_record: true,
            token_hash: text("t"),
        },
        Event::AttemptBegun {
            session: session.clone(),
            attempt,
            prompt: some("p"),
        },
        Event::AttemptStarted {
            session: session.clone(),
            attempt,
            pid: 70_000,
        },
        Event::AttemptFailed {
            session: session.clone(),
            attempt,
            why: text("w"),
        },
        Event::AttemptExited {
            session: session.clone(),
            attempt,
            exit: exit(),
        },
        Event::AttemptLost {
            session: session.clone(),
            attempt,
            why: text("w"),
        },
        Event::StopRequested {
            session: session.clone(),
            attempt,
            grace_ms: 5_000,
        },
        Event::PeerRetired { peer: peer.clone() },
        Event::PeerSnoozed {
            peer: peer.clone(),
            until: 1_700_000_000_000,
        },
        Event::PeerUnsnoozed { peer: peer.clone() },
        Event::PeerSeen { peer: peer.clone() },
        Event::FactsLearned {
            session: session.clone(),
            native_id: some("i"),
            model: None,
            transcript: some("/t"),
            limits: Some(vec![text("l")]),
        },
        Event::TurnChanged {
            session: session.clone(),
            turn: Turn::Settled,
            evidence: evidence(),
        },
        Event::LimitSeen {
            session: session.clone(),
            until: Some(5),
            evidence: evidence(),
        },
        Event::AskOpened {
            ask: ask.clone(),
            kind: AskKind::Start,
            session: session.clone(),
            call: call(),
            hook_key: some("h"),
            call_key: some("k"),
        },
        Event::AskDecided {
            ask: ask.clone(),
            decision: decision(),
        },
        Event::AskDelivered { ask: ask.clone() },
        Event::AskClosed {
            ask: ask.clone(),
            by: ClosedBy::Retired,
            why: text("w"),
        },
        Event::TamperRefused {
            verb: text("approve"),
            reference: text("ak-x"),
            chain: text("1 a"),
            session: Some(session.clone()),
        },
        Event::SessionInterrupted {
            session: session.clone(),
        },
        Event::TextSent {
            session,
            length: 300,
            forced: true,
        },
        Event::DaemonStarted {
            pid: 9,
            version: text("0"),
        },
        Event::ClockBackwards { by_ms: 300 },
        Event::NoteSettled {
            ask: ask.clone(),
            given: true,
        },
        Event::AskRetried { ask },
        Event::PeerTagged {
            peer,
            tag: Some(Tag::Blue),
        },
        Event::SessionForked {
            session: SessionId::from_entropy([2; 8]),
            origin: Origin {
                parent: Some(SessionId::from_entropy([2; 8])),
                runtime: text("r"),
                native_id: text("i"),
                line: Some(300),
                native: true,
            },
        },
        Event::UsageCounted {
            session: SessionId::from_entropy([2; 8]),
            used: Used {
                native_id: text("i"),
                turn: 300,
                at: 300,
                model: Some(text("m")),
                tokens: Tokens {
                    input: 1,
                    cached: 2,
                    stored: 3,
                    output: 300,
                },
                cost: Some(4),
            },
        },
        Event::SessionTakenOver {
            session: SessionId::from_entropy([2; 8]),
        },
        Event::SessionGivenBack {
            session: SessionId::from_entropy([2; 8]),
        },
        Event::SessionTemplated {
            session: SessionId::from_entropy([2; 8]),
            template: template(),
        },
        Event::TrustGiven {
            directory: text("/d"),
            trusted: true,
            who: who(),
        },
        Event::ConversationLeft {
            session: SessionId::from_entropy([2; 8]),
        },
        Event::ResumeFailed {
            session: SessionId::from_entropy([2; 8]),
            attempt: 2,
            why: "w".to_owned(),
        },
    ]
}

fn row_of_peer() -> Peer {
    Peer {
        id: peer(),
        name: "n".to_owned(),
        circle: "c".to_owned(),
        incarnation: 2,
        session: session(),
        created_at: 1,
        retired_at: Some(2),
        snoozed_until: Some(3),
        tag: Some(Tag::Green),
    }
}

fn row_of_session() -> Session {
    Session {
        id: session(),
        peer: peer(),
        runtime: "r".to_owned(),
        model: Some("m".to_owned()),
        profile: "full".to_owned(),
        cwd: "/c".to_owned(),
        worktree: None,
        launch: launch(),
        native_id: Some("i".to_owned()),
        transcript: Some("/t".to_owned()),
        attempt: 3,
        pid: Some(4),
        process: Process::Lost,
        turn: Turn::Limited,
        attention: Attention::Snoozed,
        exit: Some(exit()),
        start_failed: true,
        ended_on_purpose: true,
        limits: vec!["l".to_owned()],
        limit_until: Some(5),
        no_record: true,
        token_hash: "t".to_owned(),
        created_at: 6,
        since: 7,
        process_evidence: evidence(),
        turn_evidence: evidence(),
        attention_evidence: evidence(),
        template: Some(template()),
    }
}

fn row_of_ask() -> Ask {
    Ask {
        id: ask(),
        kind: AskKind::Question,
        session: session(),
        call: call(),
        state: AskState::Closed,
        asked_at: 1,
        decision: Some(decision()),
        delivered_at: Some(2),
        closed: Some((ClosedBy::Superseded, 3)),
        closed_why: Some("w".to_owned()),
        hook_key: Some("h".to_owned()),
        call_key: Some("k".to_owned()),
        noted: Some(Noted::Given(4)),
    }
}

fn record() -> Record {
    Record {
        stamp: Stamp {
            at: 1_700_000_000_000,
            awake_ms: 300,
            actor: Actor::Peer("n@2".to_owned()),
        },
        cause: Some(7),
        refs: Refs {
            peer: Some(peer()),
            session: Some(session()),
            ask: Some(ask()),
        },
        event: Event::PeerSeen { peer: peer() },
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A line of the golden file; the value comes back from its bytes.
fn line<T>(kind: &str, value: &T) -> String
where
    T: Stored + PartialEq + std::fmt::Debug,
{
    let bytes = encode(value).expect("it can be written");
    let back: T = decode(&bytes, kind).expect("it can be read");
    assert_eq!(&back, value);
    format!("{kind} {}\n", hex(&bytes))
}

#[test]
fn stored_bytes_never_change() {
    let mut lines = String::new();
    for event in events() {
        lines += &line(event.kind(), &event);
    }
    lines += &line("record", &record());
    lines += &line("peer", &row_of_peer());
    lines += &line("session", &row_of_session());
    lines += &line("ask", &row_of_ask());
    let holder = Holder {
        incarnation: 2,
        live: Some(peer()),
    };
    lines += &line("holder", &holder);
    let trust = Trust {
        directory: "/d".to_owned(),
        trusted: true,
        at: 1,
        who: who(),
    };
    lines += &line("trust", &trust);
    let now: String = GOLDEN
        .split_inclusive('\n')
        .filter(|line| {
            !line
                .split(' ')
                .next()
                .is_some_and(|kind| kind.ends_with(".v1"))
        })
        .collect();
    for (found, golden) in lines.lines().zip(now.lines()) {
        assert_eq!(found, golden);
    }
    assert_eq!(lines, now, "every kind has its line:\n{lines}");
}

/// The bytes of one line.
fn golden(kind: &str) -> Vec<u8> {
    let mut lines = GOLDEN.lines().filter_map(|line| line.split_once(' '));
    let (_, text) = lines.find(|(k, _)| *k == kind).expect("its line");
    let nibbles = text.chars().map(|c| c.to_digit(16).expect("hex") as u8);
    let nibbles: Vec<u8> = nibbles.collect();
    nibbles.chunks(2).map(|n| n[0] << 4 | n[1]).collect()
}

#[test]
fn a_row_of_an_earlier_version_is_read_as_it_was_meant() {
    // Version 1, before a peer had a colour.
    let row: Peer = decode(&golden("peer.v1"), "peer").expect("it can be read");
    assert_eq!(
        row,
        Peer {
            tag: None,
            ..row_of_peer()
        }
    );
    // Version 1, before a session knew its template.
    let row: Session = decode(&golden("session.v1"), "session").expect("it can be read");
    assert_eq!(
        row,
        Session {
            template: None,
            ..row_of_session()
        }
    );
    // Version 1, before an ask knew what became of its note.
    let row: Ask = decode(&golden("ask.v1"), "ask").expect("it can be read");
    assert_eq!(
        row,
        Ask {
            noted: None,
            ..row_of_ask()
        }
    );
    let mut newer = encode(&row).expect("it can be written");
    newer[0] = 3;
    let said = decode::<Ask>(&newer, "ask").expect_err("nobody knows it yet");
    assert!(said.to_string().contains("has version 3"), "{said}");
}

#[test]
fn every_kind_of_event_has_a_line() {
    let events = events();
    for (nth, event) in events.iter().enumerate() {
        let bytes = encode(event).expect("it can be written");
        assert_eq!(
            usize::from(bytes[1]),
            nth,
            "{} is in its place",
            event.kind()
        );
    }
    // The next number is no event: a new kind needs a line.
    let mut beyond = vec![0; 200];
    beyond[0] = 1;
    beyond[1] = u8::try_from(events.len()).expect("few kinds");
    let read = decode::<Event>(&beyond, "x").expect_err("there is no such kind");
    assert!(read.to_string().contains("is damaged"), "{read}");
}

#[test]
fn bytes_that_are_no_row_are_said_so() {
    let good = encode(&record()).expect("it can be written");
    let read = |bytes: &[u8]| decode::<Record>(bytes, "x").map_err(|error| error.to_string());
    for cut in 1..good.len() {
        assert!(read(&good[..cut]).is_err_and(|said| said.contains("is damaged")));
    }
    let mut longer = good.clone();
    longer.push(0);
    assert!(read(&longer).is_err_and(|said| said.contains("1 bytes too many")));
    let mut newer = good;
    newer[0] = 2;
    assert!(read(&newer).is_err_and(|said| said.contains("has version 2")));
    assert!(read(&[]).is_err_and(|said| said.contains("is empty")));
}
