//! When the operator who does not look is told, and of what: once per request, and taken back when
//! it is answered elsewhere. Pure: the loop does the telling.

use super::model::Model;
use super::update::Effect;
use super::view::words;
use crate::alert::Alert;
use crate::core::ask::AskKind;
use crate::core::state::{Attention, Millis, Shown};
use crate::wire::view::AskRow;
use std::collections::BTreeMap;

/// A terminal that never says whether it has the focus is not looked at when nobody has touched it
/// for so long, in ms.
const IDLE_MS: Millis = 60_000;

/// What one worker says is told so often at most, in ms: the line below is not its own.
const NOTE_MS: Millis = 30_000;

/// When the operator is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// While the cockpit is not looked at.
    #[default]
    Away,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What has been told, and what is known of whether anybody looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// The terminal has said once whether it has the focus.
    pub says_focus: bool,
    /// When a key or the mouse was last touched.
    pub touched: Millis,
    /// The open requests that are dealt with, and whether something was told.
    asks: BTreeMap<String, bool>,
    /// The word of each session when it was last looked at.
    shown: BTreeMap<String, Shown>,
    /// When each session's last notification came that was told, and when that was.
    pub(super) notes: BTreeMap<String, (String, Millis)>,
    /// What was there at the start is no news.
    begun: bool,
}

/// Whether nobody looks at the cockpit.
fn away(model: &Model) -> bool {
    match model.alerts.says_focus {
        true => !model.looked_at,
        false => model.now - model.alerts.touched >= IDLE_MS,
    }
}

/// Looks at what is new.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.told || model.down.is_some() {
        return;
    }
    if !model.alerts.begun {
        model.alerts.touched = model.alerts.touched.max(model.now);
    }
    follow_asks(model, effects);
    follow_peers(model, effects);
    model.alerts.begun = true;
}

fn follow_asks(model: &mut Model, effects: &mut Vec<Effect>) {
    let settings = &model.look.settings.alerts;
    let tells = match settings.when {
        When::Never => false,
        When::Always => true,
        When::Away => away(model),
    };
    // With an unknown focus a request that is young may still find nobody here.
    let settled = !model.alerts.begun || model.alerts.says_focus || settings.when != When::Away;
    let mut dealt = model.alerts.asks.clone();
    for ask in model.asks.iter().filter(|ask| ask.gone.is_none()) {
        if dealt.contains_key(&ask.row.id) || !concerns(model, &ask.row) {
            continue;
        }
        if tells && settings.asks && model.alerts.begun {
            effects.push(Effect::Alert(of_ask(&ask.row)));
            dealt.insert(ask.row.id.clone(), true);
        } else if settled {
            dealt.insert(ask.row.id.clone(), false);
        }
    }
    let open = |id: &String| {
        model
            .asks
            .iter()
            .any(|a| a.gone.is_none() && a.row.id == *id)
    };
    dealt.retain(|id, told| {
        let stays = open(id);
        if !stays && *told {
            effects.push(Effect::Withdraw(id.clone()));
        }
        stays
    });
    model.alerts.asks = dealt;
}

/// Over one pane only what its own peer needs is told: the cockpit tells the rest.
fn concerns(model: &Model, row: &AskRow) -> bool {
    let mine = model
        .peer()
        .is_some_and(|peer| peer.row.session == row.session);
    let snoozed = model
        .peers
        .iter()
        .any(|p| p.row.session == row.session && p.row.attention == Attention::Snoozed);
    !snoozed && (model.attach.is_none() || mine)
}

fn of_ask(row: &AskRow) -> Alert {
    let verb = match row.kind {
        AskKind::Approval | AskKind::Merge => format!("asks to {}", words::verb(row.verb)),
        AskKind::Question | AskKind::Choice => "has a question".to_owned(),
        AskKind::Plan => "has a plan to approve".to_owned(),
        AskKind::Start => "waits at its start screen".to_owned(),
        AskKind::Escalation => "needs a decision".to_owned(),
    };
    // What is no call is the model's own sentence.
    let object = match row.kind {
        AskKind::Approval | AskKind::Merge => row.object.as_str(),
        _ => "",
    };
    Alert::new(&row.id, &row.peer, &verb, object)
}

fn follow_peers(model: &mut Model, effects: &mut Vec<Effect>) {
    let tells = match model.look.settings.alerts.when {
        When::Never => false,
        When::Always => true,
        When::Away => away(model),
    };
    let settings = &model.look.settings.alerts;
    let typing = model.focus == super::model::Focus::Pane && model.page.is_none();
    let here = model.peer_at.clone().filter(|_| typing && model.looked_at);
    let mut said = None;
    let (mut shown, mut notes) = (BTreeMap::new(), BTreeMap::new());
    for peer in &model.peers {
        let session = peer.row.session.clone();
        let before = model.alerts.shown.get(&session);
        let verb = match peer.row.shown {
            Shown::Failed if settings.failed => Some("has failed"),
            Shown::Lost if settings.failed => Some("is lost"),
            Shown::Done if settings.done => Some("is done"),
            _ => None,
        };
        let news = before.is_some_and(|before| *before != peer.row.shown);
        if let (Some(verb), true, true, None) = (verb, news, tells, &model.attach) {
            effects.push(Effect::Alert(Alert::new(&session, peer.name(), verb, "")));
        }
        if let Some(note) = &peer.row.note {
            let told = model.alerts.notes.get(&session);
            let heard = told.is_some_and(|(at, _)| *at == note.at);
            let often = told.is_some_and(|(_, told)| model.now - told < NOTE_MS);
            let told = match (heard, told) {
                // Seen in its own pane, or there before anybody looked.
                _ if !model.alerts.begun || here.as_ref() == Some(&session) => (note.at.clone(), 0),
                (true, Some(told)) => told.clone(),
                // It waits: what pult says itself stands until it was read.
                (_, told) if often || said.is_some() || model.notice.is_some() => {
                    told.cloned().unwrap_or_default()
                }
                _ => {
                    said = Some(format!("{} says “{}”", peer.name(), note.text));
                    (note.at.clone(), model.now)
                }
            };
            notes.insert(session.clone(), told);
        }
        shown.insert(session, peer.row.shown);
    }
    if let Some(said) = said.filter(|_| model.look.settings.workers.notes) {
        model.tell(said);
    }
    (model.alerts.shown, model.alerts.notes) = (shown, notes);
}

/// When an open request finds nobody here, if that is not known yet.
pub fn next(model: &Model) -> Option<Millis> {
    let waits = |ask: &super::model::Ask| {
        ask.gone.is_none() && !model.alerts.asks.contains_key(&ask.row.id)
    };
    let alerts = &model.alerts;
    let unknown = !alerts.says_focus && model.look.settings.alerts.when == When::Away;
    (unknown && model.asks.iter().any(waits)).then_some(alerts.touched + IDLE_MS)
}
