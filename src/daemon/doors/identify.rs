//! From a socket to where its client stands, and from there to what the door says.

use super::{Registry, Shared, Tamper};
use crate::core::ask::{Surface, Who};
use crate::core::id::SessionId;
use crate::platform::ancestry::{self, agent_above, in_words, keeper_above};
use crate::platform::mark;
use crate::wire::hello::{Caller, ClientKind};
use std::os::unix::net::UnixStream;

/// What was found out about the process at the other end.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub pid: u32,
    pub uid: u32,
    /// The chain in words.
    pub chain: String,
    pub tty: Option<String>,
    pub standing: Standing,
    /// A keeper of this user is above it, known or not.
    pub keeper: bool,
    pub no_new_privs: bool,
    /// A known agent's program among the ancestors.
    pub agent: Option<String>,
}

/// Where a process stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing speaks for a pane.
    Outside,
    /// In a pane: below a keeper, or with the worker's mark.
    Pane(Option<SessionId>),
    /// In the pane of a session with the profile `none`, and unmarked.
    Unconfined(SessionId),
}

/// Looks at the process at the other end.
pub(super) fn look(stream: &UnixStream, registry: &dyn Registry) -> Result<Facts, String> {
    let peer = ancestry::of_peer(stream)?;
    let first = peer.chain.first().ok_or("the process tree is empty")?;
    let gone = |e: std::io::Error| format!("the caller changed while it was looked at: {e}");
    let marked = mark::is_on(first.pid).map_err(gone)?;
    let (_, no_new_privs) = first.uid_and_no_new_privs().map_err(gone)?;
    let keepers = registry.keeper_sessions();
    let session = peer
        .chain
        .iter()
        .find_map(|p| keepers.get(&(p.pid, p.start)).cloned());
    let keeper = keeper_above(&peer.chain, peer.uid).map_err(gone)?;
    let agent = agent_above(&peer.chain, |name| registry.is_agent_name(name));
    let standing = match session {
        Some(s) if !marked && !no_new_privs && registry.is_unconfined(&s) => {
            Standing::Unconfined(s)
        }
        session if session.is_some() || keeper.is_some() || marked => Standing::Pane(session),
        _ => Standing::Outside,
    };
    let facts = Facts {
        pid: first.pid,
        uid: peer.uid,
        chain: in_words(&peer.chain),
        tty: first.tty_path(),
        standing,
        keeper: keeper.is_some(),
        no_new_privs,
        agent: agent.map(|process| process.name.clone()),
    };
    match peer.lives() {
        true => Ok(facts),
        false => Err("the caller is dead".to_owned()),
    }
}

impl Facts {
    /// As it is kept with a decision.
    pub fn who(&self, kind: ClientKind) -> Who {
        Who {
            uid: self.uid,
            chain: self.chain.clone(),
            tty: self.tty.clone(),
            surface: match kind {
                ClientKind::Cockpit => Surface::Cockpit,
                ClientKind::Verb | ClientKind::Hook => Surface::Cli,
            },
        }
    }
}

/// What a door says to a hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Come in.
    Serve {
        caller: Caller,
        session: Option<SessionId>,
        may_not_decide: Option<String>,
    },
    /// `NotAWorker` at the worker door: dial the other one.
    Onwards,
    /// No.
    Refuse {
        caller: Caller,
        session: Option<SessionId>,
        /// One line: what; what to do.
        why: String,
        /// Whether it is an attempt on what only the operator may.
        tamper: bool,
    },
}

/// The worker door: a session's token and the process tree must agree; a client without a token is
/// told where it stands.
pub(super) fn at_worker_door(
    facts: &Result<Facts, String>,
    kind: ClientKind,
    token: &str,
    about: &str,
    registry: &dyn Registry,
) -> Verdict {
    let facts = match facts {
        Ok(facts) => facts,
        Err(why) => return unknown(why, false),
    };
    let stands = match &facts.standing {
        Standing::Outside => None,
        Standing::Pane(session) => session.clone(),
        Standing::Unconfined(session) => Some(session.clone()),
    };
    if kind != ClientKind::Hook {
        return match &facts.standing {
            Standing::Pane(session) => refuse(
                Caller::Worker(pane_name(session.as_ref(), registry)),
                session.clone(),
                "a pane is no place for an operator",
                is_deciding(about),
            ),
            Standing::Outside | Standing::Unconfined(_) => Verdict::Onwards,
        };
    }
    let Some(session) = registry.session_of_token(token) else {
        let why = "no session has this token; hooks are for sessions of pult";
        return refuse(Caller::NotAWorker, stands, why, false);
    };
    match (&stands, &facts.standing) {
        (Some(found), _) if *found == session => Verdict::Serve {
            caller: Caller::Worker(pane_name(Some(&session), registry)),
            session: Some(session),
            may_not_decide: Some("a worker never decides".to_owned()),
        },
        (Some(_), _) => {
            let why = "the token is another session's";
            refuse(Caller::NotAWorker, stands, why, true)
        }
        // Its keeper runs and has not reported yet: worth another try.
        (None, Standing::Pane(_)) if facts.keeper => {
            unknown("no known keeper is above this process", false)
        }
        // An orphan of a keeper that is gone.
        (None, Standing::Pane(_)) => {
            let why = "the keeper of this session is gone; resume the session";
            refuse(Caller::NotAWorker, Some(session), why, false)
        }
        (None, _) => {
            let why = "this process is not below the keeper of its token's session";
            refuse(Caller::NotAWorker, Some(session), why, true)
        }
    }
}

/// The operator door: nobody who could be a worker, and only with the key.
pub(super) fn at_operator_door(
    facts: &Result<Facts, String>,
    kind: ClientKind,
    key: &str,
    shared: &Shared,
) -> Verdict {
    let registry = shared.registry.as_ref();
    let facts = match facts {
        Ok(facts) => facts,
        Err(why) => return unknown(why, true),
    };
    let no = |why: &str| refuse(Caller::NotAWorker, None, why, true);
    if let Standing::Pane(session) = &facts.standing {
        let caller = Caller::Worker(pane_name(session.as_ref(), registry));
        let why = "a pane is no place for an operator; use a terminal outside";
        return refuse(caller, session.clone(), why, true);
    }
    if facts.no_new_privs {
        return no("NoNewPrivs is set on this process, as on a worker; use an ordinary terminal");
    }
    if let Some(agent) = &facts.agent {
        return no(&format!(
            "this process was started by the agent {agent}; use a terminal outside of it"
        ));
    }
    if !same(key.as_bytes(), shared.key.as_bytes()) {
        let why = "the operator's key is not right; run it again";
        return refuse(Caller::NotAWorker, None, why, false);
    }
    if kind == ClientKind::Hook {
        let why = "a hook has no business at the operator door; use the worker door";
        return refuse(Caller::NotAWorker, None, why, false);
    }
    Verdict::Serve {
        caller: Caller::NotAWorker,
        session: None,
        may_not_decide: may_not_decide(facts, kind, shared),
    }
}

/// Where the kernel does not keep workers from the operator door, only the cockpit decides.
fn may_not_decide(facts: &Facts, kind: ClientKind, shared: &Shared) -> Option<String> {
    let registry = shared.registry.as_ref();
    match &facts.standing {
        Standing::Unconfined(session) => {
            let name = pane_name(Some(session), registry);
            Some(format!(
                "this is a pane of {name}, whose profile is none; decide in a cockpit outside"
            ))
        }
        _ if kind == ClientKind::Cockpit => None,
        _ if !shared.scoped => Some(
            "this kernel does not keep workers from the operator door (pult doctor says more); decide in the cockpit"
                .to_owned(),
        ),
        _ if registry.any_unconfined() => Some(
            "a session with the profile none is alive and could impersonate you; decide in the cockpit"
                .to_owned(),
        ),
        _ => None,
    }
}

/// What to log as tampering when it comes from a pane: whatever changes what a worker may do.
fn is_deciding(about: &str) -> bool {
    let mut words = about.split_whitespace();
    match words.next() {
        Some("daemon") => words.next() == Some("stop"),
        Some(verb) => matches!(
            verb,
            "approve"
                | "reject"
                | "revise"
                | "answer"
                | "trust"
                | "rule"
                | "send"
                | "stop"
                | "retire"
                | "shutdown"
        ),
        None => false,
    }
}

fn pane_name(session: Option<&SessionId>, registry: &dyn Registry) -> String {
    match session {
        Some(session) => registry
            .name_of(session)
            .unwrap_or_else(|| session.to_string()),
        None => "an unknown session".to_owned(),
    }
}

fn refuse(caller: Caller, session: Option<SessionId>, why: &str, tamper: bool) -> Verdict {
    Verdict::Refuse {
        caller,
        session,
        why: why.to_owned(),
        tamper,
    }
}

fn unknown(why: &str, tamper: bool) -> Verdict {
    let why = format!("the daemon cannot tell who calls: {why}; run it again");
    refuse(Caller::Unknown, None, &why, tamper)
}

/// Compares in a time that does not depend on where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differ = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differ == 0
}

/// The event for a refusal.
pub(super) fn tamper(
    facts: &Result<Facts, String>,
    session: Option<SessionId>,
    about: &str,
    why: &str,
) -> Tamper {
    let (pid, chain) = match facts {
        Ok(facts) => (facts.pid, facts.chain.clone()),
        Err(why) => (0, why.clone()),
    };
    Tamper {
        about: about.to_owned(),
        pid,
        chain,
        session,
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Client, ProcessKey};
    use super::*;
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    /// Two sessions, `ours` by the token `t`; `loose` says that one with the profile none is alive.
    struct Known {
        loose: bool,
    }

    fn session(byte: u8) -> SessionId {
        SessionId::from_entropy([byte; 8])
    }

    impl Registry for Known {
        fn session_of_token(&self, token: &str) -> Option<SessionId> {
            (token == "t").then(|| session(1))
        }
        fn keeper_sessions(&self) -> HashMap<ProcessKey, SessionId> {
            HashMap::new()
        }
        fn name_of(&self, of: &SessionId) -> Option<String> {
            (*of == session(1)).then(|| "ours".to_owned())
        }
        fn is_unconfined(&self, _: &SessionId) -> bool {
            self.loose
        }
        fn any_unconfined(&self) -> bool {
            self.loose
        }
        fn is_agent_name(&self, _: &str) -> bool {
            false
        }
        fn on_tamper(&self, _: Tamper) {}
        fn serve(&self, _: Client) {}
    }

    fn facts(standing: Standing) -> Facts {
        Facts {
            pid: 9,
            uid: 0,
            chain: "9 x < 1 init".to_owned(),
            tty: None,
            keeper: standing != Standing::Outside,
            standing,
            no_new_privs: false,
            agent: None,
        }
    }

    fn house(loose: bool, scoped: bool) -> Shared {
        Shared {
            registry: Arc::new(Known { loose }),
            key: "key".to_owned(),
            scoped,
            closing: AtomicBool::new(false),
            strangers: Arc::default(),
        }
    }

    fn worker_door(facts: Result<Facts, String>, kind: ClientKind, token: &str) -> Verdict {
        at_worker_door(&facts, kind, token, "approve ak-1", &Known { loose: false })
    }

    /// The caller and whether it counts as tampering, of a refusal.
    fn refused(verdict: &Verdict) -> Option<(Caller, bool)> {
        match verdict {
            Verdict::Refuse { caller, tamper, .. } => Some((caller.clone(), *tamper)),
            _ => None,
        }
    }

    #[test]
    fn a_hook_is_served_only_where_token_and_tree_agree() {
        let hook = |standing, token| worker_door(Ok(facts(standing)), ClientKind::Hook, token);
        let ours = hook(Standing::Pane(Some(session(1))), "t");
        assert!(matches!(ours, Verdict::Serve { session: Some(s), .. } if s == session(1)));
        let theirs = hook(Standing::Pane(Some(session(2))), "t");
        assert_eq!(refused(&theirs), Some((Caller::NotAWorker, true)));
        let nobody = hook(Standing::Outside, "t");
        assert_eq!(refused(&nobody), Some((Caller::NotAWorker, true)));
        let wrong = hook(Standing::Pane(Some(session(1))), "");
        assert_eq!(refused(&wrong), Some((Caller::NotAWorker, false)));
        let early = hook(Standing::Pane(None), "t");
        assert_eq!(refused(&early), Some((Caller::Unknown, false)));
        let orphan = Facts {
            keeper: false,
            ..facts(Standing::Pane(None))
        };
        let orphan = worker_door(Ok(orphan), ClientKind::Hook, "t");
        assert_eq!(refused(&orphan), Some((Caller::NotAWorker, false)));
        let unknown = worker_door(Err("dead".to_owned()), ClientKind::Hook, "t");
        assert_eq!(refused(&unknown), Some((Caller::Unknown, false)));
    }

    #[test]
    fn a_verb_in_a_pane_is_told_so_and_outside_goes_on() {
        let verb = |standing| worker_door(Ok(facts(standing)), ClientKind::Verb, "");
        let ours = verb(Standing::Pane(Some(session(1))));
        assert_eq!(
            refused(&ours),
            Some((Caller::Worker("ours".to_owned()), true))
        );
        let orphan = verb(Standing::Pane(None));
        let unknown = Caller::Worker("an unknown session".to_owned());
        assert_eq!(refused(&orphan), Some((unknown, true)));
        assert_eq!(verb(Standing::Outside), Verdict::Onwards);
        let dead = worker_door(Err("dead".to_owned()), ClientKind::Verb, "");
        assert_eq!(refused(&dead), Some((Caller::Unknown, false)));
    }

    #[test]
    fn the_operator_door_opens_to_nobody_who_could_be_a_worker() {
        let house = house(false, true);
        let at = |facts, key| at_operator_door(&facts, ClientKind::Verb, key, &house);
        let outside = facts(Standing::Outside);
        assert!(matches!(
            at(Ok(outside.clone()), "key"),
            Verdict::Serve {
                caller: Caller::NotAWorker,
                session: None,
                may_not_decide: None
            }
        ));
        let wrong = at(Ok(outside.clone()), "kex");
        assert_eq!(refused(&wrong), Some((Caller::NotAWorker, false)));
        let pane = at(Ok(facts(Standing::Pane(None))), "key");
        assert!(refused(&pane).is_some_and(|(_, tamper)| tamper));
        let bound = Facts {
            no_new_privs: true,
            ..outside.clone()
        };
        assert!(refused(&at(Ok(bound), "key")).is_some_and(|(_, tamper)| tamper));
        let agent = Facts {
            agent: Some("coder".to_owned()),
            ..outside
        };
        assert!(refused(&at(Ok(agent), "key")).is_some_and(|(_, tamper)| tamper));
        let dead = at(Err("dead".to_owned()), "key");
        assert_eq!(refused(&dead), Some((Caller::Unknown, true)));
    }

    #[test]
    fn where_the_door_is_weak_only_the_cockpit_decides() {
        let decides = |standing, kind, house: &Shared| {
            matches!(
                at_operator_door(&Ok(facts(standing)), kind, "key", house),
                Verdict::Serve {
                    may_not_decide: None,
                    ..
                }
            )
        };
        for weak in [house(true, true), house(false, false)] {
            assert!(!decides(Standing::Outside, ClientKind::Verb, &weak));
            assert!(decides(Standing::Outside, ClientKind::Cockpit, &weak));
            let inside = Standing::Unconfined(session(1));
            assert!(!decides(inside, ClientKind::Cockpit, &weak));
        }
    }

    #[test]
    fn looking_at_a_list_is_no_tampering() {
        for verb in ["approve ak-1", "send x", "daemon stop", "shutdown"] {
            assert!(is_deciding(verb), "{verb}");
        }
        for verb in ["", "ls", "daemon status", "read approve"] {
            assert!(!is_deciding(verb), "{verb}");
        }
    }
}
