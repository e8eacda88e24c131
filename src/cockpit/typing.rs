//! Keys while a page wants text or a second key.

use super::action::Action;
use super::form::{Field, Outcome};
use super::key::{Code, Key};
use super::keymap::Found;
use super::line::Line;
use super::model::{Confirm, Model, Page, SETTLE_MS, Wants};
use super::palette::{self, Does};
use super::update::{Effect, Tag};
use super::view::page::over;
use super::{act, conversation, elsewhere, filter, moving, search, templates};
use crate::core::ask::Answer;
use crate::wire::request::Request;
use std::collections::BTreeMap;

/// What goes back by the keymap does so where text is typed too, unless it is typed or edits there.
pub fn as_esc(model: &Model, key: Key) -> Key {
    let held = key.ctrl || key.alt;
    if !held || Line::default().key(key) {
        return key;
    }
    let found = model.keymap.find(model.section(), &[key]);
    let typed = match &model.page {
        Some(page) => !matches!(
            page,
            Page::Help { .. } | Page::Look { .. } | Page::Why { .. } | Page::Conversation(_)
        ),
        None => {
            let search = model.copying.open.as_ref().and_then(|c| c.typing.as_ref());
            search.is_some() || model.filters.editing.is_some()
        }
    };
    match found {
        Found::Does(Action::Back | Action::CopyLeave) if typed => Key::plain(Code::Esc),
        _ => key,
    }
}

/// Takes a key; says whether a page wanted it.
pub fn key(model: &mut Model, key: Key, effects: &mut Vec<Effect>) -> bool {
    match model.page.take() {
        Some(page @ Page::Palette { .. }) => {
            model.page = Some(page);
            palette_key(model, key, effects);
        }
        Some(Page::Form(form)) => {
            model.page = Some(Page::Form(form));
            form_key(model, key, effects);
        }
        Some(Page::Prompt { wants, mut line }) => match key.code {
            Code::Esc => {
                model.drafts.keep(wants, line.text());
                model.go_back();
            }
            Code::Enter if key.alt && matches!(wants, Wants::Message { .. }) => {
                line.insert_lines("\n");
                model.page = Some(Page::Prompt { wants, line });
            }
            Code::Up | Code::Down if matches!(wants, Wants::Message { .. }) => {
                let line = model.drafts.other(key.code == Code::Up, line);
                model.page = Some(Page::Prompt { wants, line });
            }
            Code::Enter if is_over(model, &wants) || !act::reachable(model) => {
                model.page = Some(Page::Prompt { wants, line });
            }
            Code::Enter => prompted(model, wants, line.text().trim().to_owned(), effects),
            _ => {
                line.key(key);
                model.page = Some(Page::Prompt { wants, line });
            }
        },
        Some(Page::Confirm(confirm)) => {
            let early = matches!(&confirm, Confirm::Allow { opened, .. } | Confirm::Same { opened, .. } | Confirm::Trust { opened, .. } if model.now - opened < SETTLE_MS);
            // It comes by itself: what is typed then was meant for something else.
            let early_no = early && matches!(confirm, Confirm::Trust { .. });
            match key.typed() {
                Some('n') if early_no => model.page = Some(Page::Confirm(confirm)),
                Some('y') if early => model.page = Some(Page::Confirm(confirm)),
                // Somebody else was quicker: what is told is read, and left by Esc.
                Some('y') if matches!(&confirm, Confirm::Allow { id, .. } if over(model, id).is_some()) =>
                {
                    model.page = Some(Page::Confirm(confirm));
                }
                Some('y')
                    if !matches!(confirm, Confirm::Leave { .. }) && !act::reachable(model) =>
                {
                    model.page = Some(Page::Confirm(confirm));
                }
                Some('y') => act::confirmed(model, confirm, effects),
                _ if key.code == Code::Esc || key.typed() == Some('n') => {
                    model.go_back();
                    act::declined(&confirm, key, effects);
                }
                // Anything else is not an answer: the key that opened the page least of all.
                _ => model.page = Some(Page::Confirm(confirm)),
            }
        }
        Some(Page::Search(page)) => search::key(model, page, key, effects),
        Some(Page::Elsewhere) => {
            model.page = Some(Page::Elsewhere);
            return elsewhere::key(model, key);
        }
        None => return filter::key(model, key),
        other => {
            model.page = other;
            return false;
        }
    }
    true
}

/// Whether the request that a note is for has been settled while it was typed.
fn is_over(model: &Model, wants: &Wants) -> bool {
    matches!(wants, Wants::Note { id, .. } if over(model, id).is_some())
}

/// Pastes into what is being typed.
pub fn paste(model: &mut Model, text: &str) {
    if matches!(model.page, None | Some(Page::Elsewhere)) && filter::paste(model, text) {
        return;
    }
    match &mut model.page {
        Some(Page::Palette { line, at, marked }) => {
            line.insert(text);
            (*at, *marked) = (0, None);
        }
        Some(Page::Prompt {
            wants: Wants::Message { .. },
            line,
        }) => line.insert_lines(text),
        Some(Page::Prompt { line, .. }) => line.insert(text),
        Some(Page::Search(page)) => page.line.insert(text),
        Some(Page::Form(form)) => form.paste(text),
        _ => model.tell("open a pane or a form to paste into"),
    }
}

fn palette_key(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let count = palette::rows(model).len();
    let Some(Page::Palette { line, at, marked }) = &mut model.page else {
        return;
    };
    let go = match (key.code, key.ctrl) {
        (Code::Down, _) | (Code::Char('n' | 'j'), true) => Some(Action::Down),
        (Code::Up, _) | (Code::Char('p' | 'k'), true) => Some(Action::Up),
        (Code::PageDown, _) => Some(Action::PageDown),
        (Code::PageUp, _) => Some(Action::PageUp),
        _ => None,
    };
    match (go, key.code) {
        (Some(go), _) => moving::go(model, go),
        (None, Code::Esc) => model.go_back(),
        (None, Code::Enter) => {
            let at = (*at).min(count.saturating_sub(1));
            let chosen = palette::rows(model).into_iter().nth(at);
            match chosen.map(|c| (c.does, c.disabled)) {
                Some((_, Some(why))) => model.warn(why),
                Some((Does::Act(action), None)) => {
                    model.page = None;
                    act::perform(model, action, effects);
                }
                Some((Does::Go(session), None)) => {
                    model.page = None;
                    model.peer_at = Some(session);
                    model.focus = super::model::Focus::Peers;
                }
                Some((Does::Read(session), None)) => {
                    model.page = None;
                    model.peer_at = Some(session);
                    model.focus = super::model::Focus::Peers;
                    conversation::open(model, effects);
                }
                Some((Does::Template(name), None)) => {
                    model.page = None;
                    templates::form(model, &name);
                }
                Some((Does::Snooze(ms), None)) => {
                    model.page = None;
                    act::snooze(model, ms, effects);
                }
                Some((Does::Tag(tag), None)) => {
                    model.page = None;
                    act::tag(model, tag, effects);
                }
                Some((Does::Filter(over, text), None)) => {
                    model.page = None;
                    filter::set(model, over, &text);
                }
                Some((Does::Theme(name), None)) => {
                    model.page = None;
                    model.look.settings.theme.clone_from(&name);
                    model.tell(format!("theme {name}, written to cockpit.toml"));
                    effects.push(Effect::Remember("theme", format!("\"{name}\"")));
                }
                Some((Does::Keymap(name), None)) => {
                    model.page = None;
                    model.tell(format!("keymap {name}, written to cockpit.toml"));
                    effects.push(Effect::Remember("keymap", format!("\"{name}\"")));
                }
                None => {}
            }
        }
        (None, _) => {
            line.key(key);
            (*at, *marked) = (0, None);
        }
    }
}

fn form_key(model: &mut Model, key: Key, effects: &mut Vec<Effect>) {
    let Some(Page::Form(form)) = &mut model.page else {
        return;
    };
    let outcome = form.key(key, &model.runtimes);
    if form.at == Field::Branch {
        let cwd = form.place_of(&model.cwd, &model.home);
        if form.branch.asks(&cwd) {
            let env = BTreeMap::new();
            let request = Request::Branches {
                cwd: cwd.clone(),
                env,
            };
            effects.push(Effect::Ask(Tag::Branches(cwd), request));
        }
    }
    if outcome == Outcome::Send && model.down.is_some() {
        act::reachable(model);
        return;
    }
    match outcome {
        Outcome::Stays => {}
        Outcome::Close => {
            model.drafts.put_away(form.clone(), &model.runtimes);
            model.go_back();
        }
        Outcome::Complete => {
            let typed = form.directory(&model.cwd, &model.home);
            effects.push(Effect::Complete(typed));
        }
        Outcome::Send if form.sent => {}
        Outcome::Send => match form.request(&model.runtimes, &model.cwd, &model.home) {
            Ok(new) => {
                form.sent = true;
                form.wrong = None;
                let request = match &form.of {
                    Some(of) => Request::Fork {
                        of: of.reference.clone(),
                        new,
                        at: None,
                    },
                    None => Request::New(new),
                };
                effects.push(Effect::Ask(Tag::New, request));
            }
            Err((field, what)) => {
                form.at = field;
                form.wrong = Some((field, what));
            }
        },
    }
}

fn prompted(model: &mut Model, wants: Wants, text: String, effects: &mut Vec<Effect>) {
    match wants {
        Wants::Note { ref id, ref digest } => {
            let (id, digest) = (id.clone(), digest.clone());
            model.drafts.keep(wants, &text);
            let note = Some(text).filter(|t| !t.is_empty());
            act::decide(model, id, digest, Answer::Deny, note, effects);
        }
        Wants::Message { .. } if text.is_empty() => model.tell("nothing to send"),
        Wants::Message { ref address } => {
            let name = address.clone();
            model.drafts.keep(wants.clone(), &text);
            effects.push(Effect::Ask(
                Tag::Sent(wants),
                Request::Send {
                    name,
                    text,
                    enter: true,
                    keys: false,
                    force: false,
                },
            ));
        }
    }
}
