//! Earlier screens of a program that has the whole terminal: they stand where its screen stands,
//! below what was there before it.

use super::search::{Jump, Next};
use super::walk::Place;
use super::{Asked, Copying, act, room};
use crate::cockpit::model::Model;
use crate::cockpit::update::{Effect, Tag};
use crate::cockpit::world::millis;
use crate::core::state::Millis;
use crate::wire::request::Request;
use crate::wire::view::FrameView;
use std::collections::VecDeque;

/// What is known of the screens of a full-screen program.
#[derive(Clone, Debug)]
pub(super) struct Frames {
    /// The number of the row that the screen begins with.
    from: u64,
    /// The screen at entry.
    entry: Vec<String>,
    /// The earlier one that is shown: the bytes of the stream in it, and when it stood.
    shown: Option<(u64, Millis)>,
    /// Which ways the keys went while an answer was on its way; the first is the one asked for.
    steps: VecDeque<bool>,
}

impl Frames {
    /// Begins with the screen at entry, which is `rows` from number `from` on.
    pub(super) fn new(from: u64, rows: &[String]) -> Self {
        Self {
            from,
            entry: rows.to_vec(),
            shown: None,
            steps: VecDeque::new(),
        }
    }

    /// No answer comes to the keys that wait for one.
    pub(super) fn forget_steps(&mut self) {
        self.steps.clear();
    }
}

impl Copying {
    /// When the screen that is shown stood, if it is an earlier one.
    pub fn stood(&self) -> Option<Millis> {
        self.frames.as_ref()?.shown.map(|(_, at)| at)
    }

    /// Whether a jump ought to go through other screens before it goes where `next` says.
    pub(super) fn through_screens(&self, jump: Jump, next: Next) -> bool {
        let Some(frames) = &self.frames else {
            return false;
        };
        if jump.screens || self.typing.is_some() || jump.from.row < frames.from {
            return false;
        }
        match next {
            Next::At(place, round) => round || place.row < frames.from,
            Next::Ask(..) | Next::Nowhere => true,
        }
    }

    /// Asks for the next screen up or down the time.
    pub(super) fn ask_for_screen(&self, back: bool, text: Option<String>) -> Option<Effect> {
        let shown = self.frames.as_ref()?.shown;
        Some(Effect::Ask(
            Tag::Copying(Asked::Frame(self.entry, back)),
            Request::Frame {
                name: self.address.clone(),
                from: shown.map_or(u64::MAX, |(offset, _)| offset),
                back,
                text,
            },
        ))
    }

    fn show(&mut self, rows: Vec<String>, shown: Option<(u64, Millis)>, height: u16) {
        let Some(frames) = &mut self.frames else {
            return;
        };
        frames.shown = shown;
        let from = frames.from;
        self.book.replace(from, rows);
        self.mark = None;
        if let Some(search) = &mut self.search {
            search.look_again(&self.book);
        }
        self.top = from;
        let at = self.at.max(Place { row: from, col: 0 });
        self.go(at);
        self.keep_in_sight(height);
    }
}

/// Goes to an earlier or a later screen.
pub(super) fn step(model: &mut Model, back: bool, effects: &mut Vec<Effect>) {
    let frames = model.copying.open.as_mut().and_then(|c| c.frames.as_mut());
    let Some(frames) = frames else {
        return model.tell("all that was printed is above; only a full-screen program has screens");
    };
    frames.steps.push_back(back);
    if frames.steps.len() == 1 {
        next_step(model, effects);
    }
}

/// Asks for the screen that the first waiting key leads to.
fn next_step(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let Some(frames) = &mut copying.frames else {
        return;
    };
    match frames.steps.front().copied() {
        None => {}
        Some(false) if frames.shown.is_none() => {
            frames.steps.clear();
            model.tell("this is the screen as it was when copy mode began");
        }
        Some(back) => effects.extend(copying.ask_for_screen(back, None)),
    }
}

/// Takes the screen that was asked for.
pub(super) fn take(
    model: &mut Model,
    back: bool,
    found: Option<FrameView>,
    effects: &mut Vec<Effect>,
) {
    let (height, _) = room(model);
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let search = copying.search.as_mut();
    let waits = search.and_then(|search| search.waits.take());
    let from = copying.frames.as_ref().map_or(0, |frames| frames.from);
    let stepped = waits.is_none();
    let edge = match back {
        true => (u64::MAX, u16::MAX),
        false => (from, 0),
    };
    let jump = match (found, waits) {
        (Some(found), waits) => {
            let shown = Some((found.offset, millis(&found.at)));
            copying.show(found.rows, shown, height);
            // The text is in it.
            waits.map(|jump| Jump {
                from: Place {
                    row: edge.0,
                    col: edge.1,
                },
                here_too: true,
                ..jump
            })
        }
        (None, Some(jump)) => Some(jump),
        (None, None) if back => {
            if let Some(frames) = &mut copying.frames {
                frames.steps.clear();
            }
            return model.tell("there is no earlier screen in the recording");
        }
        (None, None) => {
            let entry = copying.frames.as_ref().map(|frames| frames.entry.clone());
            copying.show(entry.unwrap_or_default(), None, height);
            None
        }
    };
    if let Some(jump) = jump {
        act::jump(model, jump, effects);
    }
    let frames = model.copying.open.as_mut().and_then(|c| c.frames.as_mut());
    if let Some(frames) = frames.filter(|_| stepped) {
        frames.steps.pop_front();
        next_step(model, effects);
    }
}
