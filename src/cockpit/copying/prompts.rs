//! From prompt to prompt: where the program says that it asks, or where the operator pressed Enter.

use super::walk::Place;
use super::{Asked, room};
use crate::cockpit::model::Model;
use crate::cockpit::update::{Effect, Tag};
use crate::wire::request::Request;

/// Goes to the prompt before the cursor or to the next one; the first time it is asked where they
/// are.
pub(super) fn step(model: &mut Model, back: bool, effects: &mut Vec<Effect>) {
    let (height, _) = room(model);
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let Some(prompts) = &copying.prompts else {
        effects.push(Effect::Ask(
            Tag::Copying(Asked::Prompts(copying.entry, back)),
            Request::Prompts {
                name: copying.address.clone(),
            },
        ));
        return;
    };
    let here = copying.at.row;
    let (first, end) = (copying.book.first(), copying.book.end());
    let known = || prompts.iter().filter(|row| (first..end).contains(row));
    let next = match back {
        true => known().rfind(|row| **row < here),
        false => known().find(|row| **row > here),
    };
    let Some(row) = next.copied() else {
        let none = known().next().is_none();
        return model.tell(match (none, back) {
            (true, _) => "no prompt is known here: the program marks none, and nothing was sent",
            (false, true) => "there is no prompt above",
            (false, false) => "there is no prompt below",
        });
    };
    copying.go(Place { row, col: 0 });
    // What came of it is to be seen below it.
    copying.top = row.saturating_sub(1);
    copying.keep_in_sight(height);
}
