//! What the daemon answered, put into the model.

use crate::cockpit::action::Action;
use crate::cockpit::inbox;
use crate::cockpit::model::{Focus, Model, Page, Wants};
use crate::cockpit::moving;
use crate::cockpit::panes::PaneState;
use crate::cockpit::update::{Effect, Tag};
use crate::cockpit::{conversation, copying, elsewhere, search, spent, templates};
use crate::wire::request::Request;
use crate::wire::view::{AskDetail, ErrorKind, ErrorView};
use serde_json::Value;

/// Takes an answer of the daemon.
pub fn answered(
    model: &mut Model,
    tag: Tag,
    answer: Result<Value, ErrorView>,
    effects: &mut Vec<Effect>,
) {
    match (tag, answer) {
        (Tag::Copying(asked), answer) => copying::answered(model, asked, answer, effects),
        (Tag::Elsewhere, answer) => elsewhere::answered(model, answer),
        (Tag::Conversation(address, want), answer) => {
            conversation::answered(model, &address, want, answer);
        }
        (Tag::Trusted, answer) => templates::heard(model, answer, effects),
        (Tag::Trust, answer) => templates::answered(model, answer, effects),
        (Tag::Spent(name), answer) => spent::answered(model, name, answer),
        (Tag::Search(text), answer) => search::answered(model, &text, answer),
        (Tag::Open(number), Err(error)) => {
            let attach = model.attach.is_some();
            if let Some(pane) = model.panes.numbered(number) {
                pane.state = PaneState::Refused(error.what.clone());
                let name = pane.address.clone();
                let focused = model.pane().is_some_and(|p| p.number == number);
                if attach {
                    effects.push(Effect::Quit(error.kind.exit_code()));
                }
                if model.focus == Focus::Pane && focused {
                    model.put_out(&name, &error.what);
                }
            }
        }
        (Tag::Branches(of), answer) => {
            if let Some(Page::Form(form)) = &mut model.page {
                let read = |view| serde_json::from_value(view).map_err(|e| e.to_string());
                form.branch
                    .take(&of, answer.map_err(|e| e.what).and_then(read));
            }
        }
        (Tag::New, Err(error)) => match &mut model.page {
            Some(Page::Form(form)) => {
                form.sent = false;
                // What to type on a command line is no help in a form.
                let hint = error.hint.as_deref().filter(|hint| !hint.contains("--"));
                let hint = hint.map(|h| format!("; {h}")).unwrap_or_default();
                form.take(format!("{}{hint}", error.what));
            }
            _ => model.refused(&error),
        },
        (Tag::New, Ok(row)) => {
            let name = row
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or("the peer")
                .to_owned();
            model.tell(format!("{name} is started"));
            model.drafts.started();
            // Who has gone on to something else is left there.
            if !matches!(&model.page, Some(Page::Form(form)) if form.sent) {
                return;
            }
            model.page = None;
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
        (Tag::Sent(wants), Ok(_)) => {
            if let Wants::Message { address } = &wants {
                model.tell(format!("sent to {address}"));
            }
            model.drafts.arrived(&wants);
        }
        (Tag::Sent(_), Err(error)) => {
            let key = model.keymap.any_key(Action::Message);
            let key = key.unwrap_or_else(|| ":".into());
            model.warn(format!("{}; {key} has what you typed", error.what));
        }
        (Tag::Decide(id), Ok(row)) => {
            model.drafts.decided(&id);
            if let (Ok(row), Some(ask)) = (
                serde_json::from_value(row),
                model.asks.iter_mut().find(|a| a.row.id == id),
            ) {
                ask.row = row;
            }
        }
        (Tag::Show(id), Ok(body)) => {
            let Ok(said) = serde_json::from_value::<AskDetail>(body) else {
                return model.warn(format!("what the daemon says of {id} does not read"));
            };
            inbox::shown(model, &said);
            if let Some(Page::Look {
                id: open, detail, ..
            }) = &mut model.page
                && *open == id
            {
                *detail = Some(Box::new(said));
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

/// Takes that something will not be answered. What is asked anyway, or again, is not worth a word.
pub fn unanswered(model: &mut Model, tag: Tag, effects: &mut Vec<Effect>) {
    let what = match &tag {
        Tag::New => {
            "the daemon went away before it answered: see in the list whether it was started"
        }
        Tag::Decide(_)
        | Tag::Sent(_)
        | Tag::Done(_)
        | Tag::Trust
        | Tag::Search(_)
        | Tag::Branches(_) => "the daemon went away before it answered",
        _ => return,
    };
    let error = ErrorView::new(ErrorKind::Unreachable, what);
    answered(model, tag, Err(error), effects);
}

/// The daemon is back: asks for what the open page waits for.
pub fn ask_again(model: &mut Model, effects: &mut Vec<Effect>) {
    inbox::ask_again(model);
    match &model.page {
        Some(Page::Look { id, .. }) => {
            let id = id.clone();
            effects.push(Effect::Ask(Tag::Show(id.clone()), Request::Show { id }));
        }
        Some(Page::Why { name, .. }) => {
            let reference = name.clone();
            let why = Tag::Why(reference.clone());
            effects.push(Effect::Ask(why, Request::Why { reference }));
        }
        _ => {}
    }
}
