//! Actions done, and the daemon's answers to them.

mod answer;
mod ask;
mod pane;
mod peer;

pub use answer::{answered, ask_again, unanswered};
pub use ask::{decidable, decide, shown_whole};
pub use peer::{confirmed, declined, settle, snooze, tag};

use super::action::{Action, Kind, When};
use super::copying;
use super::form::Form;
use super::model::{Confirm, Focus, Model, Page, Peer, Wants};
use super::update::{Effect, Tag};
use super::{agentic, conversation, elsewhere, filter, inbox, moving, palette};
use crate::core::ask::Answer;
use crate::core::state::Millis;
use crate::wire::request::Request;

/// What is said where a daemon is wanted and there is none.
pub const NO_DAEMON: &str = "there is no daemon on the line";

/// Why `action` cannot be done now; `None` when it can.
pub fn disabled(model: &Model, action: Action) -> Option<String> {
    let peer = model.peer();
    let no_peer = || elsewhere::untouched(model).unwrap_or_else(|| "no peer is selected".into());
    let found = || elsewhere::under(model).is_some();
    match action.row().when {
        _ if action.row().kind == Kind::State
            && model.down.is_some()
            && action != Action::DaemonStart =>
        {
            Some(NO_DAEMON.into())
        }
        When::Always => None,
        When::Peer if found() && action == Action::PaneEnter => None,
        When::Peer if found() && action.row().kind == Kind::View => {
            let doc = "it has no pane here: it runs in another terminal, if at all";
            (![Action::PaneNext, Action::PanePrevious].contains(&action)).then(|| doc.into())
        }
        When::Peer => peer.is_none().then(no_peer),
        When::Reads => (peer.is_none() && !found()).then(no_peer),
        When::Found => (!found()).then(|| "no session found elsewhere is selected".into()),
        When::Running => match peer {
            None => Some(no_peer()),
            Some(p) => p.ended().then(|| format!("{} is not running", p.name())),
        },
        When::Ended => match peer {
            None => Some(no_peer()),
            Some(p) => (!p.ended()).then(|| format!("{} is running", p.name())),
        },
        When::Ask => model.ask().is_none().then(|| "the inbox is empty".into()),
        When::Copying => {
            let open = model.copying.open.is_some();
            (!open).then(|| "no pane is in copy mode".into())
        }
        When::Inbox => model.asks.is_empty().then(|| "the inbox is empty".into()),
        When::Own => (model.templates.own.is_none())
            .then(|| "this repository has no templates of its own (.pult/templates)".into()),
        When::Undo => model
            .undo
            .is_empty()
            .then(|| "there is nothing to take back".into()),
        When::Down => model.down.is_none().then(|| "the daemon is running".into()),
        When::Left => Some("press the leave key twice in a pane".into()),
    }
}

/// Whether the daemon is there to be asked; says so where it is not. What was typed stays.
pub fn reachable(model: &mut Model) -> bool {
    if model.down.is_some() {
        model.warn(format!(
            "{NO_DAEMON}: nothing is sent, and what you typed stays"
        ));
    }
    model.down.is_none()
}

/// Opens the form of a new peer, as it was left.
fn new_peer(model: &mut Model) {
    let left = model.drafts.left(None, &model.runtimes);
    if left.is_some() {
        model.tell("as you left it; ^U empties a field");
    }
    let new = || Form::new(&model.runtimes, &model.cwd);
    let form = left.unwrap_or_else(new);
    model.open_over(Page::Form(form));
}

/// Opens the palette on what begins so.
fn choose(model: &mut Model, what: &str) {
    model.open_over(palette::page(what));
}

/// What is done to a peer while a request has the keys is done to the peer that asks, whichever was
/// selected before; false where that one is gone.
fn to_the_asker(model: &mut Model, action: Action) -> bool {
    let row = action.row();
    let about = matches!(
        row.when,
        When::Peer | When::Reads | When::Running | When::Ended
    );
    let ask = match &model.page {
        Some(Page::Look { id, .. }) => model.asks.iter().find(|ask| ask.row.id == *id),
        None if model.focus == Focus::Inbox => model.ask(),
        _ => None,
    };
    let Some(ask) = ask.filter(|_| about && row.kind == Kind::State) else {
        return true;
    };
    let session = ask.row.session.clone();
    let there = model.peers.iter().any(|p| p.row.session == session);
    if there {
        model.peer_at = Some(session);
    }
    there
}

/// Does `action`, or says why not.
pub fn perform(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    if !to_the_asker(model, action) {
        return model.warn("its peer is not here any more");
    }
    if let Some(why) = disabled(model, action) {
        if action != Action::PanePass {
            model.warn(why);
        }
        return;
    }
    if copying::act::perform(model, action, effects) {
        return;
    }
    let name = model.peer().map(Peer::address).unwrap_or_default();
    let mut done = |text: String, request| effects.push(Effect::Ask(Tag::Done(text), request));
    match action {
        Action::Down
        | Action::Up
        | Action::First
        | Action::Last
        | Action::PageDown
        | Action::PageUp => {
            moving::go(model, action);
        }
        Action::Open => pane::open(model, effects),
        Action::Back => pane::back(model),
        Action::NextPanel => pane::next_panel(model),
        Action::PaneEnter if elsewhere::under(model).is_some() => {
            conversation::open(model, effects)
        }
        Action::PaneEnter => pane::enter_pane(model),
        Action::PaneLeave => model.focus = model.back_to,
        Action::PanePass => {}
        Action::PaneNext => pane::other(model, 1),
        Action::PanePrevious => pane::other(model, -1),
        Action::Arrange => pane::arrange(model),
        Action::Fit => pane::fit(model, effects),
        Action::Zoom => model.zoom = !model.zoom,
        Action::Allow => ask::allow(model, effects),
        Action::Reject => ask::reject(model),
        Action::Look => ask::look(model, effects),
        Action::AllowSame => inbox::same::ask(model, Answer::Allow, effects),
        Action::RejectSame => inbox::same::ask(model, Answer::Deny, effects),
        Action::Retry => ask::retry(model, effects),
        Action::AskPeer => ask::asker(model),
        Action::InboxOpen => inbox::open(model),
        Action::InboxFocus => pane::focus(model, Focus::Inbox),
        Action::PeersFocus => pane::focus(model, Focus::Peers),
        Action::New => new_peer(model),
        Action::Message => {
            let wants = Wants::Message { address: name };
            let line = model.drafts.open(&wants);
            model.open_over(Page::Prompt { wants, line });
        }
        Action::Interrupt => done(
            format!("{name} is interrupted"),
            Request::Interrupt { name },
        ),
        Action::Seen => done(format!("{name} is seen"), Request::Seen { name }),
        Action::Filter => filter::open(model),
        Action::Snooze => choose(model, "snooze "),
        Action::Tag => choose(model, "tag "),
        Action::Stop => model.open_over(Page::Confirm(Confirm::Stop { address: name })),
        Action::Fork => peer::fork(model, effects),
        Action::Retire => model.open_over(Page::Confirm(Confirm::Retire { address: name })),
        Action::Resume => done(
            format!("{name} goes on"),
            Request::Resume { name, prompt: None },
        ),
        Action::Replay => done(format!("{name} begins anew"), Request::Replay { name }),
        Action::Conversation => conversation::open(model, effects),
        Action::Search => super::search::open(model),
        Action::Elsewhere => elsewhere::open(model, effects),
        Action::Import => elsewhere::import(model),
        Action::Why => {
            model.open_over(Page::Why {
                name: name.clone(),
                view: None,
                scroll: 0,
            });
            effects.extend(model.peer().map(|peer| super::spent::of(model, peer)));
            effects.push(Effect::Ask(
                Tag::Why(name.clone()),
                Request::Why { reference: name },
            ));
        }
        Action::Trust => super::templates::ask(model),
        Action::Undo => peer::undo(model, effects),
        Action::Palette => choose(model, ""),
        Action::Help => model.open_over(Page::Help { scroll: 0 }),
        Action::ThemeChoose | Action::KeymapChoose => super::look::choose(model, action),
        Action::Mouse => {
            model.mouse = !model.mouse;
            model.tell(if model.mouse {
                "the mouse works here"
            } else {
                "the mouse is the terminal's again"
            });
        }
        Action::Layout => agentic::turn(model),
        Action::Redraw => effects.push(Effect::Redraw),
        // Done above.
        Action::CopyEnter
        | Action::CopyLeave
        | Action::CopyLeft
        | Action::CopyRight
        | Action::CopyWordNext
        | Action::CopyWordBack
        | Action::CopyWordEnd
        | Action::CopyLineStart
        | Action::CopyLineEnd
        | Action::CopyHalfDown
        | Action::CopyHalfUp
        | Action::CopySelect
        | Action::CopySelectLines
        | Action::CopySelectBlock
        | Action::CopyOtherEnd
        | Action::CopyTake
        | Action::CopySearch
        | Action::CopySearchBack
        | Action::CopyPromptBack
        | Action::CopyPromptOn
        | Action::CopyScreenBack
        | Action::CopyScreenOn
        | Action::CopyNext
        | Action::CopyPrevious => {}
        Action::DaemonStart => effects.push(Effect::StartDaemon),
        Action::Detach => {
            settle(model, Millis::MAX, effects);
            effects.push(Effect::Quit(0));
        }
    }
}
