//! One message in, the model changed, and what must be done outside out. No clock, no I/O.

use super::act;
use super::action::Action;
use super::encode::from_screen;
use super::follow::follow;
use super::inbox;
use super::key::{Code, Key};
use super::keymap::{Found, Section};
use super::model::{Model, NOTICE_MS, Notice, SETTLE_MS, STRAY_MS, Size, Wants};
use super::outer::{self, Outer};
use super::panes::PaneState;
use super::terminal::facts::Keys;
use super::terminal::input::{Input, Mouse};
use super::typing;
use super::view::words;
use super::{
    alerts, clock, conversation, copying, elsewhere, layout, look, palette, pointing, project,
    spent, templates, world,
};
use crate::alert::Alert;
use crate::config::templates::Loaded;
use crate::core::state::Millis;
use crate::screen::{KeyEvent, Stroke};
use crate::wire::request::{Push, Request};
use crate::wire::view::ErrorView;
use serde_json::Value;

/// What can happen to the cockpit.
#[derive(Clone, Debug)]
pub enum Msg {
    /// Something came from the terminal.
    Input(Input),
    /// The daemon pushed something.
    Push(Box<Push>),
    /// The daemon answered.
    Answer(Tag, Result<Value, ErrorView>),
    /// The daemon went away before it answered this, or was away when it was asked.
    Unanswered(Tag),
    /// The rows of the pane that is to stand still.
    Frozen(Box<copying::book::Frozen>),
    /// The worker does not take this mouse event, in the pane's own cells.
    Unwanted(Mouse),
    /// The state of a pane came: it can be drawn.
    PaneState(u32),
    /// The terminal has another size.
    Resized(Size),
    /// The machine's clock was set forward by so many ms; the model has the new time already.
    ClockSet(Millis),
    /// Time went by.
    Tick,
    /// The daemon is gone.
    Down,
    /// The daemon is back.
    Up,
    /// What a directory that is being typed can go on with.
    Completed(Vec<String>),
    /// A directory belongs to this repository, and this branch is checked out there.
    Located(String, String, Option<String>),
    /// The multiplexer outside said which key it takes.
    Outer(Outer),
    /// The operator's files were read again.
    Read(Box<look::Read>),
    /// The templates were read; and the root of the repository here, where that has some.
    Templates(Option<String>, Loaded),
}

/// What an answer of the daemon is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Nothing has to be said about it unless it fails.
    Quiet,
    /// A pane was asked for.
    Open(u32),
    /// A request was answered.
    Decide(String),
    /// Something that was typed was sent.
    Sent(Wants),
    /// A request was asked for whole.
    Show(String),
    /// The reasons of a state were asked for.
    Why(String),
    /// Copy mode asked.
    Copying(copying::Asked),
    /// The sessions found elsewhere were asked for.
    Elsewhere,
    /// A part of a conversation was asked for, by this address.
    Conversation(String, conversation::Want),
    /// This text was looked for in all conversations.
    Search(String),
    /// What this peer has used was asked for; absent = what all have, today.
    Spent(Option<String>),
    /// A new peer was asked for.
    New,
    /// The branches of this directory were asked for.
    Branches(String),
    /// What was said of which repository was asked for.
    Trusted,
    /// The operator's word on a repository was given.
    Trust,
    /// Something was done to a peer; what to say when it went well.
    Done(String),
}

/// What the loop must do.
// Few of them live at once, and each only for a moment.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask the daemon.
    Ask(Tag, Request),
    /// Encode this for the pane's program and send it.
    Type(Input),
    /// Find the directories that this path begins.
    Complete(String),
    /// Find the repository of a directory, and its branch.
    Locate(String),
    /// Read the templates, those of this repository too.
    Templates(Option<String>),
    /// Tell what is on the screen of this pane, and above it.
    Freeze(u32),
    /// Put this on the clipboard.
    Copy(String),
    /// The program of that pane takes the size of its place: the operator is about to type.
    Fit(u32),
    /// Pane mode begins in this pane.
    Enter(u32),
    /// Draw everything again.
    Redraw,
    /// Write a line of `cockpit.toml`: the setting and its value, as TOML.
    Remember(&'static str, String),
    /// Tell an operator who does not look.
    Alert(Alert),
    /// What was told under this id is over.
    Withdraw(String),
    /// Start a daemon and dial it.
    StartDaemon,
    /// End the cockpit.
    Quit(i32),
}

/// So long after it left a pane the leave key is pressed a second time, in ms.
pub const AGAIN_MS: Millis = 1_500;
/// How long the leave key waits for its second press under `attach`, in ms.
pub const TWICE_MS: Millis = 250;

/// Takes one message.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Input(input) => take(model, input, &mut effects),
        Msg::Push(push) => world::push(model, *push, &mut effects),
        Msg::Answer(tag, answer) => act::answered(model, tag, answer, &mut effects),
        Msg::Unanswered(tag) => act::unanswered(model, tag, &mut effects),
        Msg::Frozen(frozen) => copying::frozen(model, &frozen, &mut effects),
        Msg::Unwanted(mouse) => pointing::unwanted(model, mouse, &mut effects),
        Msg::PaneState(number) => {
            if let Some(pane) = model.panes.numbered(number)
                && pane.state == PaneState::Opening
            {
                pane.state = PaneState::Live;
            }
        }
        Msg::Completed(names) => {
            if let Some(super::model::Page::Form(form)) = &mut model.page {
                form.completed(&names);
            }
        }
        Msg::Located(place, root, branch) => {
            match branch {
                Some(branch) => model.branches.insert(place.clone(), branch),
                None => model.branches.remove(&place),
            };
            model.projects.insert(place, root);
            if model.now >= model.hold {
                project::arrange(&model.projects, &mut model.peers);
            }
        }
        Msg::Resized(size) => model.size = size,
        Msg::ClockSet(by) => clock::set(model, by),
        Msg::Tick => tick(model, &mut effects),
        Msg::Down => {
            model.down.get_or_insert(model.now);
        }
        Msg::Up => {
            model.down = None;
            model.told = false;
            // What was said of it is no longer so.
            model
                .notice
                .take_if(|notice| notice.text.starts_with(act::NO_DAEMON));
            model.panes.open.clear();
            copying::lost(model);
            effects.push(Effect::Ask(Tag::Quiet, watch(model)));
            act::ask_again(model, &mut effects);
        }
        Msg::Outer(outer) => outer::offer(model, outer),
        Msg::Read(read) => look::take(model, *read),
        Msg::Templates(own, loaded) => templates::took(model, own, loaded),
    }
    // Whatever closed the page, nothing comes back that it was opened from.
    if model.page.is_none() {
        model.behind.clear();
    }
    templates::follow(model, &mut effects);
    follow(model, &mut effects);
    project::look_again(model, &mut effects);
    inbox::follow(model, &mut effects);
    palette::follow(model);
    look::follow(model);
    copying::follow(model, &mut effects);
    elsewhere::follow(model, &mut effects);
    spent::follow(model, &mut effects);
    conversation::follow(model, &mut effects);
    alerts::follow(model, &mut effects);
    effects
}

/// The request to be told of what the model shows.
pub fn watch(model: &Model) -> Request {
    match &model.attach {
        Some(name) => Request::WatchPeer { name: name.clone() },
        None => Request::Watch,
    }
}

fn tick(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    // What came while the cursor was moving left the rows where they were.
    if now >= model.hold {
        project::arrange(&model.projects, &mut model.peers);
    }
    if model.notice.as_ref().is_some_and(|n| n.until <= now) {
        model.notice = None;
    }
    if model.down.is_none() {
        act::settle(model, now, effects);
    }
    world::tidy(model);
    copying::mouse::tick(model);
    if model.attach.is_some() && model.left.is_some_and(|at| now - at >= TWICE_MS) {
        effects.push(Effect::Quit(0));
    }
}

fn take(model: &mut Model, input: Input, effects: &mut Vec<Effect>) {
    use Input::{Key, Mouse, Paste, Stroke};
    if matches!(input, Key(_) | Mouse(_) | Paste(_) | Stroke(_)) {
        model.alerts.touched = model.now;
    }
    if matches!(input, Mouse(_) | Paste(_)) {
        // Between two keys of a run something else was done.
        model.begun.clear();
        model.left = model.left.filter(|_| model.attach.is_some());
    }
    match input {
        Input::Focus(on) => {
            model.looked_at = on;
            model.alerts.says_focus = true;
        }
        Input::Kitty => model.look.facts.keys = Keys::Kitty,
        Input::Terminal if model.look.facts.keys == Keys::Unknown => {
            model.look.facts.keys = Keys::Usual;
        }
        Input::Terminal => {}
        Input::Stroke(stroke) => take_stroke(model, *stroke, effects),
        Input::Light(on) => model.look.facts.light = Some(on),
        Input::Mouse(mouse) => pointing::mouse(model, mouse, effects),
        Input::Paste(bytes) if in_pane(model) => effects.push(Effect::Type(Input::Paste(bytes))),
        Input::Paste(bytes) if copying::has_keys(model) => {
            copying::typed::paste(model, &String::from_utf8_lossy(&bytes), effects);
        }
        Input::Paste(bytes) => typing::paste(model, &String::from_utf8_lossy(&bytes)),
        Input::Key(key) if in_pane(model) => pane_key(model, key, effects),
        Input::Key(key) if unseen(model) => blind(model, key, effects),
        Input::Key(key) if copying::has_keys(model) => {
            copying::act::key(model, typing::as_esc(model, key), effects);
        }
        Input::Key(key) if astray(model, key) => {}
        Input::Key(key) => {
            if !typing::key(model, typing::as_esc(model, key), effects) {
                command(model, key, effects);
            }
        }
    }
}

/// A key of which the terminal tells more: to the cockpit it is a key like any other, the worker
/// gets it whole.
fn take_stroke(model: &mut Model, stroke: Stroke, effects: &mut Vec<Effect>) {
    let pressed = stroke.event != KeyEvent::Release;
    let key = stroke.as_typed().filter(|_| pressed);
    let key = key.and_then(|key| from_screen(&key));
    let first = effects.len();
    match key {
        Some(key) => take(model, Input::Key(key), effects),
        None if in_pane(model) => {
            return effects.push(Effect::Type(Input::Stroke(Box::new(stroke))));
        }
        None => return,
    }
    for effect in &mut effects[first..] {
        if let Effect::Type(typed @ Input::Key(_)) = effect {
            *typed = Input::Stroke(Box::new(stroke.clone()));
        }
    }
}

fn in_pane(model: &Model) -> bool {
    copying::typing_into_pane(model)
}

/// What the operator has bound in pane mode to get about without leaving it.
fn between_panes(model: &Model, key: Key) -> Option<Action> {
    use Action::{Arrange, PaneNext, PanePrevious, Zoom};
    match model.keymap.find(Section::Pane, &[key]) {
        Found::Does(action @ (PaneNext | PanePrevious | Arrange | Zoom)) => Some(action),
        _ => None,
    }
    .filter(|_| model.attach.is_none())
}

fn pane_key(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let state = model.pane().map(|p| p.state.clone());
    if let Some(action) = between_panes(model, key) {
        return act::perform(model, action, effects);
    }
    if !model.keymap.leaves(key) {
        if model.left.take().is_some() && model.attach.is_some() {
            // Another key right behind the leave key: it was meant to leave.
            effects.push(Effect::Quit(0));
            return;
        }
        if let (Some(PaneState::Ended), Some(peer)) = (state, model.peer()) {
            let (name, leave) = (peer.name().to_owned(), model.keymap.leave());
            let resume = model.keymap.any_key(Action::Resume).unwrap_or_default();
            model.tell(format!(
                "{name}'s program has ended: {leave} leaves, then {resume} resumes it"
            ));
            return;
        }
        uncover(model);
        effects.push(Effect::Type(Input::Key(key)));
        return;
    }
    if model.attach.is_some() {
        match model.left.take() {
            Some(_) => effects.push(Effect::Type(Input::Key(key))),
            None => model.left = Some(model.now),
        }
        return;
    }
    model.focus = model.back_to;
    model.left = Some(model.now);
}

/// What was told over several lines may stand where the worker is typed into: once it could be
/// read, typing goes on there.
fn uncover(model: &mut Model) {
    const READ: Millis = 1_500;
    let stood = |notice: &Notice| model.now - (notice.until - NOTICE_MS) >= READ;
    let wide = |notice: &Notice| words::width(&notice.text) + 2 > usize::from(model.size.cols);
    if model.notice.as_ref().is_some_and(|n| stood(n) && wide(n)) {
        model.notice = None;
    }
}

/// Whether there is no room to show what a key would do.
fn unseen(model: &Model) -> bool {
    model.attach.is_none() && layout::too_small(model.size)
}

/// Takes a key that nobody sees the effect of: it leaves, or waits for room.
fn blind(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let panels = model.page.is_none() && model.copying.open.is_none();
    let found = model.keymap.find(model.section(), &[key]);
    if panels && found == Found::Does(Action::Detach) {
        act::perform(model, Action::Detach, effects);
    }
}

/// Whether a key was meant for a pane that went away under it.
fn astray(model: &mut Model, key: Key) -> bool {
    let Some(last) = model.strays.take() else {
        return false;
    };
    let leaves = key.code == Code::Esc || model.keymap.leaves(key);
    let stray = !leaves && model.page.is_none() && model.now - last < STRAY_MS;
    model.strays = stray.then_some(model.now);
    stray
}

fn command(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let left = model.left.take();
    let left = left.filter(|at| model.now - at < AGAIN_MS);
    if model.attach.is_some() {
        return;
    }
    if left.is_some() && model.keymap.leaves(key) && model.page.is_none() {
        // Pressed twice: the worker gets it once.
        act::perform(model, Action::PaneEnter, effects);
        effects.push(Effect::Type(Input::Key(key)));
        return;
    }
    let free = |model: &Model| {
        let found = model.keymap.find(model.section(), &[key]);
        model.begun.is_empty() && found == Found::Nothing
    };
    if key == Key::ctrl('c') && free(model) {
        let keys = &model.keymap;
        let leave = keys.any_key(Action::Detach).unwrap_or_else(|| ":".into());
        model.tell(format!("{leave} detaches; nothing stops"));
        return;
    }
    if key.code == Code::Esc && !model.begun.is_empty() {
        model.begun.clear();
        return;
    }
    model.begun.push(key);
    match model.leads(&model.begun) {
        Found::Begins => {}
        Found::Nothing => {
            let run: Vec<String> = model.begun.drain(..).map(|k| k.to_string()).collect();
            let typed = key.typed().is_some_and(|c| !c.is_control());
            if run.len() > 1 || typed {
                let all = model.keymap.any_key(Action::Help);
                let all = all
                    .map(|key| format!("; {key} shows all"))
                    .unwrap_or_default();
                model.tell(format!("{} is no key here{all}", run.join(" ")));
            }
        }
        Found::Does(action) => {
            model.begun.clear();
            act::perform(model, action, effects);
        }
    }
}

/// What the mouse did to the worker's pane, in its own cells; `None` outside it.
pub fn in_pane_cells(model: &Model, mouse: Mouse) -> Option<Mouse> {
    let areas = layout::areas(model);
    let inner = areas.pane_of(model.peer_at.as_deref()?)?.inner;
    let col = mouse
        .col
        .checked_sub(inner.x)
        .filter(|c| *c < inner.width)?;
    let row = mouse
        .row
        .checked_sub(inner.y)
        .filter(|r| *r < inner.height)?;
    Some(Mouse { col, row, ..mouse })
}

/// Whether the row under the cursor has stood long enough to be answered.
pub fn settled(model: &Model) -> bool {
    model.ask().is_some_and(|ask| {
        let since = ask.changed.max(model.ask_moved);
        model.now - since >= SETTLE_MS
    })
}

/// When the model wants to be told the time next, in ms; `None` when nothing waits for it.
pub fn next_tick(model: &Model) -> Option<Millis> {
    let mut times = vec![
        model.notice.as_ref().map(|n| n.until),
        Some(model.hold).filter(|at| *at > model.now),
        model
            .undo
            .iter()
            .map(|u| u.until)
            .min()
            .filter(|_| model.down.is_none()),
        copying::mouse::next_tick(model),
        alerts::next(model),
        elsewhere::next(model),
        templates::next(model),
        spent::next(model),
        conversation::next(model),
        (model.attach.is_some())
            .then(|| model.left.map(|at| at + TWICE_MS))
            .flatten(),
        model
            .asks
            .iter()
            .filter_map(|a| a.gone.map(|g| g + super::model::GHOST_MS))
            .filter(|t| *t > model.now)
            .min(),
    ];
    if model.attach.is_none() {
        times.push(super::view::words::next_change(model));
    }
    let next = times.into_iter().flatten().min()?;
    Some((next - model.now).max(1))
}
