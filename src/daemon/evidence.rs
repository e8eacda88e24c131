//! From signals to what is believed: the fusion decides, this submits it and settles asks.

use super::house::House;
use super::pane::Pane;
use crate::core::ask::{Ask, AskKind, AskState, Call, Risk, Verb};
use crate::core::command::{Command, Facts, NewAsk};
use crate::core::id::{AskId, SessionId};
use crate::core::limit::Ends;
use crate::core::state::{Evidence, Millis, Turn};
use crate::core::status::{Change, Says, Signal};
use crate::core::text;
use crate::platform::entropy;
use crate::runtime::Approval;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;

/// How long a dialog may stand without a request in the inbox before it is said that it must be
/// answered in the pane, in ms.
const UNANNOUNCED: u64 = 3_000;

impl House {
    /// Takes signals about a pane's session; `call_key` is the tool call that they are about.
    pub(crate) fn signals(
        self: &Arc<Self>,
        pane: &Arc<Pane>,
        signals: Vec<Signal>,
        call_key: Option<&str>,
    ) {
        let now = self.now();
        for mut signal in signals {
            if let Says::Limited(ends) = &signal.says {
                let until = ends.resolve(now, &self.zone_of(&pane.session));
                signal.says = Says::Limited(until.map_or(Ends::Unknown, Ends::At));
            }
            let changes = pane.fuse(|fusion| fusion.observe(signal, now));
            self.believe(pane, changes, call_key);
        }
        self.schedule(pane, now);
    }

    /// The time zone that a session's program tells times in.
    pub(crate) fn zone_of(&self, session: &SessionId) -> TimeZone {
        let env = self.session_env(session);
        let named = env.get("TZ").and_then(|name| TimeZone::get(name).ok());
        named.unwrap_or_else(TimeZone::system)
    }

    /// A prompt is about to be given to a pane's agent.
    pub(crate) fn prompted(self: &Arc<Self>, pane: &Arc<Pane>) {
        if pane.runtime.capabilities().agent {
            let now = self.now();
            let changes = pane.fuse(|fusion| fusion.prompted(now));
            self.believe(pane, changes, None);
            self.schedule(pane, now);
        }
    }

    /// Lets time pass for a pane.
    pub(crate) fn tick(self: &Arc<Self>, pane: &Arc<Pane>) {
        let now = self.now();
        let changes = pane.fuse(|fusion| fusion.tick(now));
        self.believe(pane, changes, None);
        self.schedule(pane, now);
    }

    fn schedule(self: &Arc<Self>, pane: &Arc<Pane>, now: Millis) {
        let Some(due) = pane.fuse(|fusion| fusion.next_deadline()) else {
            return;
        };
        if !pane.schedule(due) {
            return;
        }
        let (house, pane) = (Arc::clone(self), Arc::downgrade(pane));
        let wait = u64::try_from(due - now).unwrap_or(0).max(10);
        // The wall clock may be set, and a machine may sleep.
        let wait = Duration::from_millis(wait).min(super::house::NAP);
        self.ticker.after(wait, move || {
            if let Some(pane) = pane.upgrade() {
                pane.scheduled();
                house.tick(&pane);
            }
        });
    }

    fn believe(self: &Arc<Self>, pane: &Arc<Pane>, changes: Vec<Change>, call_key: Option<&str>) {
        let session = &pane.session;
        for change in changes {
            match change {
                Change::Limited(until, evidence) => {
                    self.observe(Command::ObserveLimit {
                        session: session.clone(),
                        until,
                        evidence,
                    });
                    self.count_soon(session);
                }
                Change::Turn(turn, evidence) => {
                    self.observe(Command::ObserveTurn {
                        session: session.clone(),
                        turn,
                        evidence,
                    });
                    if turn == Turn::Settled {
                        self.count_soon(session);
                    }
                }
                Change::DialogOpen(_) => self.watch_dialog(pane),
                Change::DialogAsks(kind, call) => self.dialog_asks(pane, kind, *call),
                Change::DialogGone(evidence) => {
                    for ask in self.open_asks(pane) {
                        self.settled_without_us(&ask, &evidence);
                    }
                }
                Change::WentOn(evidence) => self.went_on(pane, &evidence, call_key),
                Change::NativeId(id) => self.learn(
                    pane,
                    Facts {
                        native_id: Some(id),
                        ..Facts::default()
                    },
                ),
                Change::Model(model) => self.learn(
                    pane,
                    Facts {
                        model: Some(model),
                        ..Facts::default()
                    },
                ),
                Change::StartScreen(what, _) => self.start_screen(pane, &what),
                Change::Started(evidence) => {
                    let start = |ask: &Ask| ask.kind == AskKind::Start;
                    for ask in self.open_asks(pane).into_iter().filter(start) {
                        let why = evidence.text.clone();
                        self.observe(Command::EffectSeen { ask: ask.id, why });
                    }
                }
            }
        }
    }

    fn learn(&self, pane: &Pane, facts: Facts) {
        self.observe(Command::Learn {
            session: pane.session.clone(),
            facts,
        });
    }

    fn open_asks(&self, pane: &Pane) -> Vec<Ask> {
        self.engine
            .read(|world| world.open_asks(&pane.session).cloned().collect())
    }

    /// The CLI went on: with a key about that one call, without one about all decided asks.
    fn went_on(self: &Arc<Self>, pane: &Arc<Pane>, evidence: &Evidence, call_key: Option<&str>) {
        for ask in self.open_asks(pane) {
            let same = call_key.is_some() && ask.call_key.as_deref() == call_key;
            if same && ask.state == AskState::Asked && self.ran_undecided(pane, &ask.id) {
                self.decided_by_nobody(pane, &ask.id, true);
            } else if same {
                self.settled_without_us(&ask, evidence);
            } else if call_key.is_none() && ask.state != AskState::Asked {
                self.observe(Command::EffectSeen {
                    ask: ask.id,
                    why: evidence.text.clone(),
                });
            }
        }
    }

    /// What waited on the CLI's side waits no more: the effect of our answer, or somebody else's.
    fn settled_without_us(&self, ask: &Ask, evidence: &Evidence) {
        if ask.kind == AskKind::Start {
            return;
        }
        let why = evidence.text.clone();
        match ask.state {
            AskState::Delivered => self.observe(Command::EffectSeen {
                ask: ask.id.clone(),
                why,
            }),
            // Said to the CLI, and the receipt is on its way: the effect comes with the next event.
            AskState::Decided if !Self::by_key(ask) && !self.hook_waits(&ask.id) => {
                self.observe(Command::Delivered {
                    ask: ask.id.clone(),
                });
                self.observe(Command::EffectSeen {
                    ask: ask.id.clone(),
                    why,
                });
            }
            _ => {
                let why = format!("answered in the pane: {why}");
                self.observe(Command::Withdraw {
                    ask: ask.id.clone(),
                    why,
                });
            }
        }
    }

    /// The hook of an ask is gone, and with it the way of a decision: the agent asks in its pane,
    /// and so it is said.
    pub(crate) fn asks_by_itself(self: &Arc<Self>, id: AskId, why: &str) {
        let ask = self.engine.read(|world| world.ask(&id).cloned());
        let why = why.to_owned();
        self.observe(Command::Withdraw { ask: id, why });
        let Some((pane, ask)) = ask.and_then(|ask| Some((self.pane(&ask.session)?, ask))) else {
            return;
        };
        pane.fuse(|fusion| fusion.asks_by_itself(ask.call.object));
        self.watch_dialog(&pane);
    }

    /// A dialog that no request announced is an ask of its own: it can only be answered there.
    fn watch_dialog(self: &Arc<Self>, pane: &Arc<Pane>) {
        let (house, weak) = (Arc::clone(self), Arc::downgrade(pane));
        self.ticker
            .after(Duration::from_millis(UNANNOUNCED), move || {
                let Some(pane) = weak.upgrade() else { return };
                let announced = house
                    .open_asks(&pane)
                    .iter()
                    .any(|ask| ask.kind != AskKind::Start);
                if pane.dialog_open() && !announced {
                    let lost = pane.fuse(|fusion| fusion.lost().map(str::to_owned));
                    let what = match (lost, pane.runtime.capabilities().approval) {
                        (Some(call), _) => {
                            &format!("its hook is gone; decide in the pane: {call}")
                        }
                        (None, Approval::Pane) => "a dialog is open; answer it in the pane",
                        (None, _) => {
                            "a dialog is open and its hook did not reach pult; answer it in the pane"
                        }
                    };
                    house.ask_in_pane(&pane, AskKind::Question, what);
                }
            });
    }

    /// A start screen is up; the one before it is gone.
    fn start_screen(&self, pane: &Pane, what: &str) {
        let object = text::line(what);
        let before = |ask: &Ask| ask.kind == AskKind::Start && ask.call.object != object;
        for ask in self.open_asks(pane).into_iter().filter(before) {
            let why = "its screen shows something else now".to_owned();
            self.observe(Command::Withdraw { ask: ask.id, why });
        }
        self.ask_in_pane(pane, AskKind::Start, what);
    }

    /// What a dialog on the screen asks for; what it asked for before is gone from it.
    fn dialog_asks(&self, pane: &Pane, kind: AskKind, call: Call) {
        let on_screen = |ask: &Ask| ask.hook_key.is_none() && ask.kind != AskKind::Start;
        let mut asked = false;
        for ask in self.open_asks(pane).into_iter().filter(on_screen) {
            if ask.call.digest == call.digest {
                asked = true;
            } else {
                let why = "its dialog shows something else now".to_owned();
                let id = ask.id;
                self.observe(match ask.state {
                    // Our key was taken, and the next request follows at once.
                    AskState::Delivered => Command::EffectSeen { ask: id, why },
                    _ => Command::Withdraw { ask: id, why },
                });
            }
        }
        if !asked {
            self.open_in_pane(pane, kind, call);
        }
    }

    fn ask_in_pane(&self, pane: &Pane, kind: AskKind, what: &str) {
        let object = text::line(what);
        let call = Call {
            verb: Verb::Answer,
            digest: super::house::hash(&object),
            object,
            cwd: None,
            tool: "pane".to_owned(),
            input: "{}".to_owned(),
            reason: None,
            risk: Risk::Normal,
        };
        self.open_in_pane(pane, kind, call);
    }

    fn open_in_pane(&self, pane: &Pane, kind: AskKind, call: Call) {
        let Ok(entropy) = entropy::bytes::<8>() else {
            tracing::error!("no randomness for an ask's id");
            return;
        };
        self.observe(Command::OpenAsk(NewAsk {
            id: AskId::from_entropy(entropy),
            session: pane.session.clone(),
            kind,
            call,
            hook_key: None,
            call_key: None,
        }));
    }
}
