//! Actions done, and the daemon's answers to them.

use super::action::{Action, When};
use super::form::Form;
use super::line::Line;
use super::model::{Confirm, Focus, Model, Page, PaneState, Peer, UNDO_MS, Undo, Undone, Wants};
use super::update::{Effect, Tag, settled};
use super::{layout, moving, view};
use crate::core::ask::{Answer, AskKind, AskState, Risk};
use crate::wire::request::Request;
use crate::wire::view::ErrorView;
use serde_json::Value;

/// How long a peer is put aside, in ms.
const SNOOZE_MS: u64 = 3_600_000;

/// Why `action` cannot be done now; `None` when it can.
pub fn disabled(model: &Model, action: Action) -> Option<String> {
    let peer = model.peer();
    let no_peer = || "no peer is selected".to_owned();
    match action.row().when {
        _ if action.row().kind == super::action::Kind::State
            && model.down.is_some()
            && action != Action::DaemonStart =>
        {
            Some("there is no daemon on the line".into())
        }
        When::Always => None,
        When::Peer => peer.is_none().then(no_peer),
        When::Running => match peer {
            None => Some(no_peer()),
            Some(p) => p.ended().then(|| format!("{} is not running", p.name())),
        },
        When::Ended => match peer {
            None => Some(no_peer()),
            Some(p) => (!p.ended()).then(|| format!("{} is running", p.name())),
        },
        When::Ask => model.ask().is_none().then(|| "the inbox is empty".into()),
        When::Inbox => model.asks.is_empty().then(|| "the inbox is empty".into()),
        When::Undo => model
            .undo
            .is_none()
            .then(|| "there is nothing to take back".into()),
        When::Down => model.down.is_none().then(|| "the daemon is running".into()),
        When::Left => Some("press the leave key twice in a pane".into()),
    }
}

/// Does `action`, or says why not.
pub fn perform(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    if let Some(why) = disabled(model, action) {
        if action != Action::PanePass {
            model.warn(why);
        }
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
        Action::Open => open(model, effects),
        Action::Back => back(model),
        Action::NextPanel => next_panel(model),
        Action::PaneEnter => enter_pane(model),
        Action::PaneLeave => model.focus = model.back_to,
        Action::PanePass => {}
        Action::Zoom => model.zoom = !model.zoom,
        Action::Allow => allow(model, effects),
        Action::Reject => reject(model),
        Action::Look => look(model, effects),
        Action::InboxFocus => focus(model, Focus::Inbox),
        Action::PeersFocus => focus(model, Focus::Peers),
        Action::New => model.page = Some(Page::Form(Form::new(&model.runtimes, &model.cwd))),
        Action::Message => {
            let (wants, line) = (Wants::Message { address: name }, Line::default());
            model.page = Some(Page::Prompt { wants, line });
        }
        Action::Interrupt => done(
            format!("{name} is interrupted"),
            Request::Interrupt { name },
        ),
        Action::Seen => done(format!("{name} is seen"), Request::Seen { name }),
        Action::Snooze => {
            model.undo = Some(Undo {
                address: name.clone(),
                what: Undone::Snoozed,
                until: model.now + UNDO_MS,
            });
            let text = with_undo(model, format!("{name} is put aside for an hour"));
            done(
                text,
                Request::Snooze {
                    name,
                    for_ms: SNOOZE_MS,
                },
            );
        }
        Action::Stop => model.page = Some(Page::Confirm(Confirm::Stop { address: name })),
        Action::Retire => model.page = Some(Page::Confirm(Confirm::Retire { address: name })),
        Action::Resume => done(
            format!("{name} goes on"),
            Request::Resume { name, prompt: None },
        ),
        Action::Why => {
            model.page = Some(Page::Why {
                name: name.clone(),
                view: None,
                scroll: 0,
            });
            effects.push(Effect::Ask(
                Tag::Why(name.clone()),
                Request::Why { reference: name },
            ));
        }
        Action::Undo => undo(model, effects),
        Action::Palette => {
            model.page = Some(Page::Palette {
                line: Line::default(),
                at: 0,
            })
        }
        Action::Help => model.page = Some(Page::Help { scroll: 0 }),
        Action::Mouse => {
            model.mouse = !model.mouse;
            model.tell(if model.mouse {
                "the mouse works here"
            } else {
                "the mouse is the terminal's again"
            });
        }
        Action::Redraw => effects.push(Effect::Redraw),
        Action::DaemonStart => effects.push(Effect::StartDaemon),
        Action::Detach => effects.push(Effect::Quit(0)),
    }
}

fn with_undo(model: &Model, text: String) -> String {
    match model.keymap.any_key(Action::Undo) {
        Some(key) => format!("{text} · {key} takes it back"),
        None => text,
    }
}

fn focus(model: &mut Model, focus: Focus) {
    model.page = None;
    model.focus = focus;
    model.zoom = false;
}

fn enter_pane(model: &mut Model) {
    if let Some(PaneState::Refused(why)) = model.pane.as_ref().map(|p| p.state.clone()) {
        model.warn(why);
        return;
    }
    if model.focus != Focus::Pane {
        model.back_to = model.focus;
    }
    model.page = None;
    model.focus = Focus::Pane;
}

fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.focus {
        Focus::Peers if model.peer().is_some() => enter_pane(model),
        Focus::Peers => perform(model, Action::New, effects),
        Focus::Inbox => perform(model, Action::Look, effects),
        Focus::Pane => {}
    }
}

fn back(model: &mut Model) {
    if model.page.take().is_some() {
        return;
    }
    if model.zoom {
        model.zoom = false;
    } else {
        model.focus = Focus::Peers;
    }
    model.notice = None;
}

fn next_panel(model: &mut Model) {
    model.focus = match model.focus {
        Focus::Peers if !model.asks.is_empty() => Focus::Inbox,
        _ => Focus::Peers,
    };
}

fn allow(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(ask) = model.ask().cloned() else {
        return;
    };
    let row = &ask.row;
    let (id, digest, risk) = (row.id.clone(), row.digest.clone(), row.risk);
    if ask.gone.is_some() || ask.sent || row.state != AskState::Asked {
        let text = view::words::decided(&ask).unwrap_or_else(|| "is answered already".into());
        model.warn(format!("{}: {text}", row.peer));
        return;
    }
    if row.kind == AskKind::Start {
        let (peer, key) = (row.peer.clone(), model.keymap.any_key(Action::PaneEnter));
        let key = key.unwrap_or_else(|| ":".into());
        model.warn(format!(
            "a start screen is answered in {peer}'s own pane ({key} opens it)"
        ));
        let session = row.session.clone();
        if model.peers.iter().any(|p| p.row.session == session) {
            model.peer_at = Some(session);
            focus(model, Focus::Peers);
        }
        return;
    }
    if !settled(model) {
        model.warn("that row has just come; look, then press again");
        return;
    }
    // Nothing is allowed that was not on the screen whole.
    let shown = match &model.page {
        Some(Page::Look { id: open, seen, .. }) => *open == id && *seen,
        _ => layout::ask_fits(model, &ask),
    };
    if !shown {
        if matches!(&model.page, Some(Page::Look { id: open, .. }) if *open == id) {
            model.warn("read it to its end first");
        } else {
            look(model, effects);
        }
        return;
    }
    if risk == Risk::High {
        let opened = model.now;
        model.page = Some(Page::Confirm(Confirm::Allow { id, digest, opened }));
        return;
    }
    decide(model, id, digest, Answer::Allow, None, effects);
}

/// Sends an answer for exactly what was shown, and goes on to the next open request.
pub fn decide(
    model: &mut Model,
    id: String,
    digest: String,
    answer: Answer,
    note: Option<String>,
    effects: &mut Vec<Effect>,
) {
    model.page = None;
    if let Some(ask) = model.asks.iter_mut().find(|a| a.row.id == id) {
        ask.sent = true;
    }
    effects.push(Effect::Ask(
        Tag::Decide(id.clone()),
        Request::Decide {
            id,
            digest: Some(digest),
            answer,
            note,
        },
    ));
    moving::to_next_open(model);
}

fn reject(model: &mut Model) {
    let Some(ask) = model.ask().cloned() else {
        return;
    };
    if ask.gone.is_some() || ask.sent || ask.row.state != AskState::Asked {
        let text = view::words::decided(&ask).unwrap_or_else(|| "is answered already".into());
        model.warn(format!("{}: {text}", ask.row.peer));
        return;
    }
    if ask.row.kind == AskKind::Start {
        return model.warn(format!(
            "a start screen is answered in {}'s own pane",
            ask.row.peer
        ));
    }
    if !settled(model) {
        return model.warn("that row has just come; look, then press again");
    }
    let wants = Wants::Note {
        id: ask.row.id.clone(),
        digest: ask.row.digest.clone(),
    };
    model.page = Some(Page::Prompt {
        wants,
        line: Line::default(),
    });
}

fn look(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(id) = model.ask().map(|a| a.row.id.clone()) else {
        return;
    };
    effects.push(Effect::Ask(
        Tag::Show(id.clone()),
        Request::Show { id: id.clone() },
    ));
    model.page = Some(Page::Look {
        id,
        detail: None,
        scroll: 0,
        seen: false,
    });
    moving::scrolled(model);
}

fn undo(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Undo { address, what, .. }) = model.undo.take() else {
        return;
    };
    let name = address.clone();
    let (text, request) = match what {
        Undone::Snoozed => (
            format!("{address} is back"),
            Request::Snooze { name, for_ms: 0 },
        ),
        Undone::Stopped => (
            format!("{address} goes on"),
            Request::Resume { name, prompt: None },
        ),
    };
    effects.push(Effect::Ask(Tag::Done(text), request));
}

/// Does what was confirmed with a second key.
pub fn confirmed(model: &mut Model, confirm: Confirm, effects: &mut Vec<Effect>) {
    model.page = None;
    match confirm {
        Confirm::Allow { id, digest, .. } => {
            decide(model, id, digest, Answer::Allow, None, effects)
        }
        Confirm::Stop { address: name } => {
            model.undo = Some(Undo {
                address: name.clone(),
                what: Undone::Stopped,
                until: model.now + UNDO_MS,
            });
            let text = with_undo(model, format!("{name} is stopped"));
            effects.push(Effect::Ask(Tag::Done(text), Request::Stop { name }));
        }
        Confirm::Retire { address: name } => {
            let text = format!("{name} is retired; its name is free");
            effects.push(Effect::Ask(Tag::Done(text), Request::Retire { name }));
        }
    }
}

/// Takes an answer of the daemon.
pub fn answered(
    model: &mut Model,
    tag: Tag,
    answer: Result<Value, ErrorView>,
    effects: &mut Vec<Effect>,
) {
    match (tag, answer) {
        (Tag::Open(number), Err(error)) => {
            let attach = model.attach.is_some();
            if let Some(pane) = model.pane.as_mut().filter(|p| p.number == number) {
                pane.state = PaneState::Refused(error.what.clone());
                if attach {
                    effects.push(Effect::Quit(error.kind.exit_code()));
                }
                if model.focus == Focus::Pane {
                    model.focus = model.back_to;
                }
            }
        }
        (Tag::New, Err(error)) => match &mut model.page {
            Some(Page::Form(form)) => {
                form.sent = false;
                let hint = error
                    .hint
                    .as_deref()
                    .map(|h| format!("; {h}"))
                    .unwrap_or_default();
                form.refused = Some(format!("{}{hint}", error.what));
            }
            _ => model.refused(&error),
        },
        (Tag::New, Ok(row)) => {
            if matches!(model.page, Some(Page::Form(_))) {
                model.page = None;
            }
            let name = row
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or("the peer")
                .to_owned();
            model.tell(format!("{name} is started"));
            let known = model.peers.iter().find(|p| p.name() == name);
            match known.map(|p| p.row.session.clone()) {
                Some(session) => model.peer_at = Some(session),
                None => model.expected = Some(name),
            }
            model.focus = Focus::Peers;
        }
        (Tag::Decide(id), Err(error)) => {
            if let Some(ask) = model.asks.iter_mut().find(|a| a.row.id == id) {
                ask.sent = false;
            }
            model.refused(&error);
        }
        (Tag::Decide(id), Ok(row)) => {
            if let (Ok(row), Some(ask)) = (
                serde_json::from_value(row),
                model.asks.iter_mut().find(|a| a.row.id == id),
            ) {
                ask.row = row;
            }
        }
        (Tag::Show(id), Ok(body)) => {
            if let Some(Page::Look {
                id: open, detail, ..
            }) = &mut model.page
                && *open == id
            {
                *detail = serde_json::from_value(body).ok();
            }
            moving::scrolled(model);
        }
        (Tag::Why(name), Ok(body)) => {
            if let Some(Page::Why {
                name: open, view, ..
            }) = &mut model.page
                && *open == name
            {
                *view = serde_json::from_value(body).ok();
            }
        }
        (Tag::Done(text), Ok(_)) => model.tell(text),
        (Tag::Done(_) | Tag::Quiet | Tag::Show(_) | Tag::Why(_), Err(error)) => {
            model.refused(&error)
        }
        (Tag::Quiet | Tag::Open(_), Ok(_)) => {}
    }
}
