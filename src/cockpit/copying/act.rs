//! What the keys of copy mode do.

use super::search::{Jump, Next};
use super::select::Shape;
use super::walk::Place;
use super::{
    After, LONGEST, Typing, ask_for_hits, frames, freeze, has_keys, leave, prompts, room, typed,
};
use crate::cockpit::action::Action;
use crate::cockpit::key::Key;
use crate::cockpit::keymap::{Found, Section};
use crate::cockpit::line::Line;
use crate::cockpit::model::Model;
use crate::cockpit::panes::PaneState;
use crate::cockpit::update::Effect;
use crate::core::text::counted;

/// Takes a key of copy mode.
pub fn key(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    if typed::key(model, key, effects) {
        return;
    }
    model.left = None;
    model.begun.push(key);
    match model.keymap.find(Section::Copy, &model.begun) {
        Found::Begins => {}
        Found::Nothing => model.begun.clear(),
        Found::Does(action) => {
            model.begun.clear();
            crate::cockpit::act::perform(model, action, effects);
        }
    }
}

/// Does an action where it is one of copy mode; says whether it was.
pub fn perform(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
    if action == Action::CopyEnter {
        enter(model, effects);
        return true;
    }
    if !has_keys(model) {
        return false;
    }
    let (height, _) = room(model);
    let Some(copying) = &mut model.copying.open else {
        return false;
    };
    if copying.walk(action, height) {
        return true;
    }
    match action {
        Action::CopySelect => mark(model, Shape::Text),
        Action::CopySelectLines => mark(model, Shape::Lines),
        Action::CopySelectBlock => mark(model, Shape::Block),
        Action::CopyOtherEnd => {
            if let Some((place, _)) = &mut copying.mark {
                let there = std::mem::replace(place, copying.at);
                copying.go(there);
                copying.keep_in_sight(height);
            }
        }
        Action::CopyTake => match copying.mark {
            Some(_) => copying.copies = true,
            None => model.tell("nothing is selected"),
        },
        Action::CopySearch => type_search(model, false),
        Action::CopySearchBack => type_search(model, true),
        Action::CopyScreenBack => frames::step(model, true, effects),
        Action::CopyScreenOn => frames::step(model, false, effects),
        Action::CopyPromptBack => prompts::step(model, true, effects),
        Action::CopyPromptOn => prompts::step(model, false, effects),
        Action::CopyNext => again(model, false, effects),
        Action::CopyPrevious => again(model, true, effects),
        // The first one takes back a selection.
        Action::CopyLeave => match copying.mark.take() {
            Some(_) => copying.copies = false,
            None => leave(model),
        },
        _ => return false,
    }
    true
}

fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.pane().map(|pane| &pane.state) {
        Some(PaneState::Live | PaneState::Ended) => freeze(model, After::Stay, effects),
        Some(PaneState::Refused(why)) => model.warn(why.clone()),
        // It begins when the screen is here; where there is room for one panel, that is shown first.
        Some(PaneState::Opening) | None => {
            model.zoom |= model.pane().is_none();
            model.copying.wanted = model.peer_at.clone();
        }
    }
}

fn mark(model: &mut Model, shape: Shape) {
    if let Some(copying) = &mut model.copying.open {
        copying.mark = match copying.mark {
            Some((_, now)) if now == shape => None,
            Some((from, _)) => Some((from, shape)),
            None => Some((copying.at, shape)),
        };
    }
}

/// Copies the selection once all of its rows are here.
pub fn copy_when_here(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let selection = copying.selection().filter(|_| copying.copies);
    let Some(selection) = selection else { return };
    let (first, last) = selection.rows();
    if !copying.book.has(first, last + 1) {
        return;
    }
    copying.copies = false;
    let text = selection.text(&copying.book);
    if text.len() > LONGEST {
        let kb = text.len().div_ceil(1024);
        let most = LONGEST / 1024;
        model.warn(format!(
            "not copied: {kb} KB are too much for a terminal; {most} KB is the most"
        ));
        return;
    }
    let dragged = std::mem::replace(&mut copying.dragged, false);
    if text.is_empty() {
        model.tell("nothing to copy: only blanks are selected");
        if dragged {
            leave(model);
        }
        return;
    }
    let said = match text.lines().count() {
        1 => counted(text.chars().count(), "character", "characters"),
        lines => counted(lines, "line", "lines"),
    };
    effects.push(Effect::Copy(text));
    model.tell(format!("copied {said}"));
    leave(model);
}

fn type_search(model: &mut Model, back: bool) {
    if let Some(copying) = &mut model.copying.open {
        copying.typing = Some(Typing {
            line: Line::default(),
            back,
            from: (copying.at, copying.top),
            before: copying.search.clone(),
        });
    }
}

/// The next hit, or the one before, in the direction of the search.
fn again(model: &mut Model, other_way: bool, effects: &mut Vec<Effect>) {
    let Some(copying) = &model.copying.open else {
        return;
    };
    let Some(search) = &copying.search else {
        model.tell("nothing was looked for yet");
        return;
    };
    let jump = Jump {
        from: copying.at,
        back: search.back != other_way,
        here_too: false,
        round: false,
        screens: false,
    };
    self::jump(model, jump, effects);
}

/// Goes where a jump leads, or asks for what is missing on its way.
pub fn jump(model: &mut Model, jump: Jump, effects: &mut Vec<Effect>) {
    let (height, _) = room(model);
    let Some(copying) = &mut model.copying.open else {
        return;
    };
    let Some(mut search) = copying.search.take() else {
        return;
    };
    let next = search.next(jump);
    let typing = copying.typing.is_some();
    if copying.through_screens(jump, next) {
        let text = Some(search.text.clone());
        effects.extend(copying.ask_for_screen(jump.back, text));
        let screens = true;
        search.waits = Some(Jump { screens, ..jump });
        copying.search = Some(search);
        return;
    }
    match next {
        Next::At(Place { row, col }, round) => {
            copying.go_to_hit(Place { row, col }, height);
            if round && !typing {
                let edge = if jump.back { "bottom" } else { "top" };
                model.tell(format!("went round: on from the {edge}"));
            }
        }
        Next::Ask(near, jump) => {
            search.waits = Some(jump);
            effects.push(ask_for_hits(copying, &search, near));
        }
        Next::Nowhere => {
            if let Some(typing) = &copying.typing {
                (copying.at, copying.top) = typing.from;
            } else {
                let text = format!("“{}” is nowhere", search.text);
                model.warn(text);
            }
        }
    }
    if let Some(copying) = &mut model.copying.open {
        copying.search = Some(search);
    }
}

impl super::Copying {
    /// Puts the cursor on a hit; one out of sight comes into the middle.
    fn go_to_hit(&mut self, to: Place, height: u16) {
        let shown = self.top..self.top + u64::from(height);
        if !shown.contains(&to.row) {
            self.top = to.row.saturating_sub(u64::from(height) / 2);
        }
        // Its row may be on its way; the column is known all the same.
        self.at = to;
        self.wish = to.col;
        self.keep_in_sight(height);
    }
}
