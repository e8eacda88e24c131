//! What was used: today by all, and by one peer since it has its name.

use super::elsewhere;
use super::model::{Model, Page, Peer};
use super::update::{Effect, Tag};
use crate::core::state::Millis;
use crate::wire::cost::{By, CostRow, CostView, Wish};
use crate::wire::request::Request;
use crate::wire::view::ErrorView;
use serde_json::Value;

/// How often today's sum is asked for while somebody presses keys, and while nobody does, in ms.
const OFTEN: Millis = 20_000;
const SELDOM: Millis = 300_000;

/// What is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spent {
    /// Today's, by all.
    pub today: Option<CostRow>,
    /// That of the peer whose page is open: its address, and what it used.
    pub peer: Option<(String, CostRow)>,
    asking: bool,
    pub(super) due: Option<Millis>,
}

fn ask(model: &Model, name: Option<String>, by: By) -> Effect {
    let zone = model.zone.iana_name().unwrap_or("UTC").to_owned();
    let wish = Wish {
        name: name.clone(),
        by,
        zone,
        most: 1,
    };
    Effect::Ask(Tag::Spent(name), Request::Cost(wish))
}

/// Asks for today's when it is time to. Nobody who does not look asks.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.attach.is_some() {
        return;
    }
    if model.down.is_some() || !model.told {
        (model.spent.asking, model.spent.due) = (false, None);
        return;
    }
    let due = *model.spent.due.get_or_insert(model.now + elsewhere::FIRST);
    if due <= model.now && model.looked_at && !model.spent.asking {
        model.spent.asking = true;
        effects.push(ask(model, None, By::Day));
    }
}

/// Asks for that of one peer.
pub fn of(model: &Model, peer: &Peer) -> Effect {
    ask(model, Some(peer.address()), By::Peer)
}

/// When today's is to be asked for next.
pub fn next(model: &Model) -> Option<Millis> {
    let waits = !model.spent.asking && model.looked_at && model.down.is_none();
    model.spent.due.filter(|_| waits)
}

/// Takes what the daemon says of it.
pub fn answered(model: &mut Model, name: Option<String>, answer: Result<Value, ErrorView>) {
    let view = answer
        .ok()
        .and_then(|body| serde_json::from_value::<CostView>(body).ok());
    let row = view.and_then(|mut view| view.rows.pop());
    match name {
        None => {
            let pressed = model.now - model.alerts.touched < SELDOM;
            let pause = if pressed { OFTEN } else { SELDOM };
            (model.spent.asking, model.spent.due) = (false, Some(model.now + pause));
            let today = super::view::words::day(model, model.now);
            // The newest day on which something was used may be another.
            model.spent.today = row.filter(|row| row.day == Some(today));
        }
        Some(name) => {
            let open = matches!(&model.page, Some(Page::Why { name: open, .. }) if *open == name);
            if open {
                model.spent.peer = row.map(|row| (name, row));
            }
        }
    }
}
