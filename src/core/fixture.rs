//! Worlds and commands for the tests of the machines.

use super::ask::{Answer, AskKind, Call, Risk, Surface, Verb, Who};
use super::command::{Command, NewAsk, NewPeer};
use super::decide::decide;
use super::event::Event;
use super::id::{AskId, PeerId, SessionId};
use super::refusal::Refusal;
use super::session::{Launch, Session};
use super::stamp::{Actor, Stamp};
use super::state::{Evidence, Exit, Millis, Shown, Source, Turn};
use super::world::World;

pub fn pr(n: u8) -> PeerId {
    PeerId::from_entropy([n, n / 27, 3, 4, 5, 6, 7, 8])
}

pub fn ss(n: u8) -> SessionId {
    SessionId::from_entropy([n, n / 27, 3, 4, 5, 6, 7, 8])
}

pub fn ak(n: u8) -> AskId {
    AskId::from_entropy([n, n / 27, 3, 4, 5, 6, 7, 8])
}

pub fn evidence(text: &str, at: Millis) -> Evidence {
    Evidence {
        source: Source::Protocol,
        text: text.to_owned(),
        at,
    }
}

pub fn who() -> Who {
    Who {
        uid: 0,
        chain: "7 pult, 3 bash".to_owned(),
        tty: Some("/dev/pts/3".to_owned()),
        surface: Surface::Cli,
    }
}

pub fn call(object: &str) -> Call {
    Call {
        verb: Verb::Run,
        object: object.to_owned(),
        cwd: Some("/src".to_owned()),
        tool: "Bash".to_owned(),
        input: format!("{{\"command\":{object:?}}}"),
        reason: None,
        digest: format!("digest of {object}"),
        risk: Risk::Normal,
    }
}

pub fn new_peer(n: u8, name: &str) -> NewPeer {
    NewPeer {
        peer: pr(n),
        session: ss(n),
        name: name.to_owned(),
        circle: "main".to_owned(),
        runtime: "shell".to_owned(),
        model: None,
        profile: "full".to_owned(),
        cwd: "/src".to_owned(),
        worktree: None,
        launch: Launch {
            command: vec!["make".to_owned()],
            prompt: None,
            size: Some((24, 80)),
        },
        native_id: None,
        limits: Vec::new(),
        no_record: false,
        token_hash: "00".to_owned(),
        origin: None,
        template: None,
        tag: None,
    }
}

pub fn new_ask(n: u8, session: u8) -> NewAsk {
    NewAsk {
        id: ak(n),
        session: ss(session),
        kind: AskKind::Approval,
        call: call("make clean"),
        hook_key: Some(format!("hook {n}")),
        call_key: None,
    }
}

/// A world that commands are played on, a second apart.
#[derive(Default)]
pub struct Play {
    pub world: World,
    pub now: Millis,
}

impl Play {
    /// Peer 1 `fixer` in session 1, alive.
    pub fn alive() -> Self {
        let mut play = Self::default();
        play.did(Command::Create(new_peer(1, "fixer")));
        play.start(1);
        play
    }

    pub fn start(&mut self, n: u8) {
        let session = self.session(n);
        let (session, attempt) = (session.id.clone(), session.attempt);
        self.did(Command::AttemptStarted {
            session,
            attempt,
            pid: 100,
        });
    }

    pub fn session(&self, n: u8) -> &Session {
        self.world.session(&ss(n)).expect("the session is there")
    }

    pub fn shown(&self, n: u8) -> Shown {
        self.world.shown(self.session(n))
    }

    pub fn try_it(&mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        self.now += 1_000;
        let stamp = Stamp {
            at: self.now,
            awake_ms: self.now.unsigned_abs(),
            actor: Actor::Operator,
        };
        let events = decide(&self.world, &stamp, command)?;
        for event in &events {
            self.world.apply(self.now, event);
        }
        Ok(events)
    }

    /// The command is done; the kinds of what happened.
    pub fn did(&mut self, command: Command) -> Vec<&'static str> {
        let said = format!("{command:?}");
        match self.try_it(command) {
            Ok(events) => events.iter().map(Event::kind).collect(),
            Err(refusal) => panic!("{said} was refused: {refusal:?}"),
        }
    }

    /// The command is refused and changes nothing; what is said.
    pub fn no(&mut self, command: Command) -> String {
        let before = self.world.clone();
        let said = format!("{command:?}");
        match self.try_it(command) {
            Ok(events) => panic!("{said} was done: {events:?}"),
            Err(refusal) => {
                assert_eq!(self.world, before);
                refusal.what
            }
        }
    }

    pub fn exited(&self, attempt: u32, code: i32) -> Command {
        Command::AttemptExited {
            session: ss(1),
            attempt,
            exit: Exit {
                code: Some(code),
                signal: None,
            },
        }
    }

    pub fn turn(&self, turn: Turn) -> Command {
        Command::ObserveTurn {
            session: ss(1),
            turn,
            evidence: evidence("it said so", self.now),
        }
    }

    pub fn answer(&self, n: u8, answer: Answer) -> Command {
        Command::Decide {
            ask: ak(n),
            digest: None,
            answer,
            note: None,
            who: who(),
        }
    }
}
