//! What comes in over a channel becomes asks and signals.

use super::{Asked, Side, way};
use crate::core::ask::{Answer, Ask, AskKind, AskState, Call};
use crate::core::command::{Command, Facts, NewAsk};
use crate::core::id::AskId;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::core::text;
use crate::daemon::house::{House, lock};
use crate::daemon::pane::Pane;
use crate::platform::entropy;
use crate::runtime::channel::{Heard, Incoming, Say};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Open asks of one session; what it asks beyond them it asks in its own pane.
const MOST_ASKS: usize = 64;
/// How long is waited for a process that is not ready yet.
const SHORT_WHILE: Duration = Duration::from_millis(200);

/// Does what follows from something heard, and from the replies to what that made us ask.
pub(super) fn take(house: &Arc<House>, pane: &Arc<Pane>, side: &Arc<Side>, heard: Vec<Heard>) {
    let mut todo = VecDeque::from(heard);
    while let Some(one) = todo.pop_front() {
        match one {
            Heard::Signals(signals) => {
                let over = |one: &Signal| one.says == Says::Turn(Turn::Settled);
                let over = signals.iter().any(over);
                house.signals(pane, signals, None);
                if over {
                    house.usage_moved(&pane.session);
                    house.forget_copies();
                }
            }
            Heard::Asked(request, kind, call) => asked(house, pane, side, request, kind, call),
            Heard::Gone(request, why) => gone(house, pane, side, &request, &why),
            Heard::Settled(request, answer, why) => {
                settled(house, pane, side, &request, answer, &why);
            }
            Heard::Waiting(requests) => still(house, pane, side, &requests),
            Heard::Later(say) => {
                std::thread::sleep(SHORT_WHILE);
                todo.push_front(Heard::Say(say));
            }
            Heard::Say(say) => {
                let (status, body) = side.say(&say);
                let Say::Http(request) = &say else { continue };
                let incoming = Incoming::Reply(request, status, &body);
                let more = lock(&side.channel).hear(incoming);
                more.into_iter().rev().for_each(|one| todo.push_front(one));
            }
            Heard::First => first(house, pane, side),
            Heard::Limit(what) => house.end_of_way(pane, &what),
        }
    }
}

/// Asks what is asked once, unless that was done before.
fn first(house: &House, pane: &Pane, side: &Side) {
    for say in way::take_first(&pane.dir) {
        let (status, said) = side.say(&say);
        if !(200..=299).contains(&status) {
            tracing::warn!(session = %pane.session, status, said, "a first request was not taken");
            house.end_of_way(pane, "its prompt was not taken; type it in the pane");
        }
    }
}

/// The stream has ended: work that it told of is believed for as long as any other claim.
pub(super) fn lost(house: &Arc<House>, pane: &Arc<Pane>) {
    if pane.fuse(|fusion| fusion.turn()) == Turn::Working {
        let says = Says::Turn(Turn::Working);
        house.signals(pane, vec![signal(says, "its side channel is silent")], None);
    }
}

fn asked(
    house: &Arc<House>,
    pane: &Arc<Pane>,
    side: &Arc<Side>,
    request: String,
    kind: AskKind,
    call: Call,
) {
    let open: Vec<Ask> = house
        .engine
        .read(|world| world.open_asks(&pane.session).cloned().collect());
    let known = open
        .iter()
        .any(|ask| ask.hook_key.as_deref() == Some(&request));
    if !known && open.len() >= MOST_ASKS {
        tracing::warn!(session = %pane.session, "asks too much; it is asked in its pane");
        return;
    }
    // What the screen alone had told of is this.
    let shown = |ask: &&Ask| ask.hook_key.is_none() && ask.kind == AskKind::Question;
    for ask in open.iter().filter(shown) {
        let (ask, why) = (ask.id.clone(), "its channel tells what it asks".to_owned());
        house.observe(Command::Withdraw { ask, why });
    }
    let signals = vec![
        signal(Says::Started, "it asks"),
        signal(Says::DialogOpen, "it asks"),
    ];
    house.signals(pane, signals, None);
    let Ok(entropy) = entropy::bytes::<8>() else {
        tracing::error!("no randomness for an ask's id");
        return;
    };
    let opened = house.engine.submit(
        house.engine.stamp(house.worker(&pane.session)),
        Command::OpenAsk(NewAsk {
            id: AskId::from_entropy(entropy),
            session: pane.session.clone(),
            kind,
            call,
            hook_key: Some(request.clone()),
            call_key: Some(request.clone()),
        }),
    );
    let id = match opened {
        Ok(outcome) => outcome.ask,
        Err(refusal) => {
            tracing::warn!(session = %pane.session, what = refusal.what, "an ask was not opened");
            None
        }
    };
    let Some(id) = id else { return };
    let since = Instant::now();
    let fresh = Asked {
        request,
        since,
        gone: false,
    };
    lock(&side.asks).entry(id.clone()).or_insert(fresh);
    // It may have been decided while the channel was down.
    house.deliver(&id);
}

/// A request waits no more, and was answered by somebody else; how, is told later.
fn gone(house: &Arc<House>, pane: &Arc<Pane>, side: &Side, request: &str, why: &str) {
    let mut asks = lock(&side.asks);
    let mut all = asks.iter_mut();
    let Some((id, asked)) = all.find(|(_, asked)| asked.request == request) else {
        return;
    };
    asked.gone = true;
    let id = id.clone();
    drop(asks);
    let ask = house.engine.read(|world| world.ask(&id).cloned());
    if let Some(ask) = ask.filter(Ask::is_open) {
        settle(house, ask, false, text::line(why));
    }
    went_on(house, pane, side, request);
}

/// A request waits no more, by our answer or by somebody else's.
fn settled(
    house: &Arc<House>,
    pane: &Arc<Pane>,
    side: &Side,
    request: &str,
    answer: Option<Answer>,
    why: &str,
) {
    let of = |asks: &mut std::collections::HashMap<AskId, Asked>| {
        let found = asks.iter().find(|(_, asked)| asked.request == request);
        let id = found.map(|(id, _)| id.clone())?;
        asks.remove(&id).map(|asked| (id, asked.since))
    };
    let Some((id, since)) = of(&mut lock(&side.asks)) else {
        return;
    };
    let Some(ask) = house.engine.read(|world| world.ask(&id).cloned()) else {
        return;
    };
    let ours = ask.decision.as_ref().map(|decision| decision.answer);
    let taken = ours.is_some() && (answer.is_none() || ours == answer);
    let why = text::line(why);
    let yes = ask.kind == AskKind::Approval && answer == Some(Answer::Allow);
    if yes && !taken && !pane.typed_since(since) {
        house.decided_by_nobody(pane, &ask.id, ask.is_open());
    } else if ask.is_open() {
        settle(house, ask, taken, why);
    }
    went_on(house, pane, side, request);
}

fn went_on(house: &Arc<House>, pane: &Arc<Pane>, side: &Side, request: &str) {
    let none_waits = lock(&side.asks).values().all(|asked| asked.gone);
    if none_waits {
        let says = signal(Says::WentOn, "its requests are settled");
        house.signals(pane, vec![says], Some(request));
    }
}

fn settle(house: &House, ask: Ask, taken: bool, why: String) {
    let id = ask.id;
    if !taken {
        let why = match ask.state {
            AskState::Asked => format!("answered in the pane: {why}"),
            _ => format!("answered otherwise in the pane: {why}"),
        };
        return house.observe(Command::Withdraw { ask: id, why });
    }
    if ask.state == AskState::Decided {
        house.observe(Command::Delivered { ask: id.clone() });
    }
    house.observe(Command::EffectSeen { ask: id, why });
}

/// After a gap: open asks that the program does not list were settled while nobody listened.
fn still(house: &Arc<House>, pane: &Pane, side: &Side, requests: &[String]) {
    let approval = |ask: &&Ask| ask.kind == AskKind::Approval && ask.hook_key.is_some();
    // An answer that the program has and nobody has noted yet would look like somebody else's.
    let _noted = lock(&side.answering);
    let open: Vec<Ask> = house.engine.read(|world| {
        let open = world.open_asks(&pane.session).filter(approval);
        open.cloned().collect()
    });
    for ask in open {
        let key = ask.hook_key.as_deref().unwrap_or("");
        if requests.iter().any(|request| request == key) {
            continue;
        }
        lock(&side.asks).remove(&ask.id);
        let delivered = ask.state == AskState::Delivered;
        settle(
            house,
            ask,
            delivered,
            "its program lists it no more".to_owned(),
        );
    }
}

fn signal(says: Says, text: &str) -> Signal {
    Signal::new(Source::Protocol, says, text)
}

impl House {
    /// Notes what does not work of a pane's channel, beside its other limits.
    pub(super) fn end_of_way(&self, pane: &Pane, what: &str) {
        let limits = self.engine.read(|world| {
            let row = world.session(&pane.session)?;
            Some(row.limits.clone())
        });
        let mut limits = limits.unwrap_or_default();
        let what = text::line(what);
        if limits.contains(&what) {
            return;
        }
        limits.push(what);
        self.observe(Command::Learn {
            session: pane.session.clone(),
            facts: Facts {
                limits: Some(limits),
                ..Facts::default()
            },
        });
    }
}
