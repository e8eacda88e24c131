//! The pages over the panels: help, look, why, palette, form, prompt, a second key.

mod confirm;
mod conversation;
mod elsewhere;
mod form;
mod help;
mod palette;
mod prompt;
mod search;
mod why;

pub use confirm::over;

use super::canvas::{Bit, Canvas, Edge};
use super::inbox::detail;
use super::{input, words};
use crate::cockpit::action::Action;
use crate::cockpit::form::Field;
use crate::cockpit::keymap::Section;
use crate::cockpit::layout;
use crate::cockpit::model::{Confirm, Model, Page, Wants};
use crate::core::ask::{Answer, AskKind};
use ratatui::layout::{Position, Rect};

/// Lines of pieces.
pub type Lines = Vec<Vec<Bit>>;

/// Draws the page in `area`; gives back where the cursor of a typed line is.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    let page = model.page.as_ref()?;
    canvas.clear(area);
    let inner = layout::inside(area);
    let (title, keys) = edges(model, page);
    let lines = lines(model, inner.width.into());
    let scroll = match page {
        Page::Help { scroll } | Page::Look { scroll, .. } | Page::Why { scroll, .. } => *scroll,
        Page::Conversation(one) => one.scroll,
        _ => 0,
    };
    let more = lines
        .len()
        .saturating_sub(scroll + usize::from(inner.height));
    let mut more = match more {
        0 => vec![],
        n => vec![("text.dim", format!(" {n} more below "))],
    };
    let mut cursor = None;
    match page {
        Page::Palette { line, at, .. } => {
            let (typed, place) = palette::draw(model, canvas, inner, line, *at);
            (cursor, more) = (Some(typed), place);
        }
        Page::Elsewhere => more = elsewhere::draw(model, canvas, inner),
        Page::Search(page) => {
            let (typed, place) = search::draw(model, canvas, inner, page);
            (cursor, more) = (Some(typed), place);
        }
        Page::Form(form) => cursor = form::draw(model, canvas, inner, form),
        _ => {}
    }
    let status = match page {
        Page::Conversation(one) => conversation::place(one),
        _ => vec![],
    };
    let edge = Edge {
        title: &[("title.focused", title)],
        status: &status,
        below: &keys,
        below_right: &more,
    };
    let border = match page {
        Page::Confirm(_) => "border.ask",
        _ => "border.page",
    };
    canvas.frame(area, border, edge);
    for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(scroll)) {
        canvas.bits(inner.x, y, inner.width, line);
    }
    if let Page::Prompt { line, .. } = page {
        let y = inner.y + (lines.len() as u16).min(inner.height.saturating_sub(1));
        let width = inner.width.saturating_sub(2);
        cursor = Some(input::draw(canvas, inner.x + 1, y, width, line, ""));
    }
    cursor
}

/// Which row of a list the cursor is on, where not all of them are in sight.
fn place(at: usize, len: usize, height: u16) -> Vec<Bit> {
    match len > usize::from(height) {
        true => vec![("text.dim", format!(" {} of {len} ", at + 1))],
        false => vec![],
    }
}

/// How many lines the open page has at its present width.
pub fn line_count(model: &Model) -> usize {
    let Some(area) = layout::areas(model).page else {
        return 0;
    };
    lines(model, layout::inside(area).width.into()).len()
}

/// How many lines of the request on the open page have to be seen before it is allowed; 0 where
/// there is none.
pub fn needed(model: &Model) -> usize {
    match (&model.page, layout::areas(model).page) {
        (Some(Page::Look { id, detail, .. }), Some(area)) => {
            let width = layout::inside(area).width.into();
            detail::whole(model, id, detail.as_deref(), width).needed
        }
        _ => 0,
    }
}

fn edges(model: &Model, page: &Page) -> (String, Vec<Bit>) {
    let typed = |pairs: &[(&str, &str)]| -> Vec<Bit> {
        let bit = |(key, doc): &(&str, &str)| {
            [("key", format!(" {key}")), ("key.doc", format!(" {doc} "))]
        };
        pairs.iter().flat_map(bit).collect()
    };
    let bound = |actions: &[Action]| -> Vec<Bit> {
        let key = |a: &Action| {
            model
                .keymap
                .key(Section::Page, *a)
                .or_else(|| model.key_here(*a))
        };
        let bits = actions.iter().filter_map(|a| {
            let doc = format!(" {} ", a.row().short);
            Some([("key", format!(" {}", key(a)?)), ("key.doc", doc)])
        });
        bits.flatten().collect()
    };
    match page {
        Page::Help { .. } => (
            " Keys ".into(),
            bound(&[Action::Back, Action::Down, Action::Up]),
        ),
        Page::Look { id, .. } => {
            let open = model.asks.iter().find(|a| a.row.id == *id);
            let open = open.is_some_and(|a| {
                words::decided(model.now, a).is_none() && a.row.kind != AskKind::Start
            });
            let keys: &[Action] = if open {
                &[Action::Allow, Action::Reject, Action::Back]
            } else {
                &[Action::Back]
            };
            (format!(" Request {id} "), bound(keys))
        }
        Page::Elsewhere => {
            let typed = elsewhere::filter(model);
            let hints = || {
                let keys = [Action::Open, Action::Import, Action::Filter, Action::Back];
                let word = |action: Action| match action {
                    Action::Open => "read",
                    action => action.row().short,
                };
                let some = !model.elsewhere.rows.is_empty();
                let can = |action: &Action| some || *action == Action::Back;
                let bits = keys.into_iter().filter(can).filter_map(|action| {
                    let key = model.keymap.key(Section::List, action);
                    let key = key.or_else(|| model.key_here(action))?;
                    let doc = format!(" {} ", word(action));
                    Some([("key", format!(" {key}")), ("key.doc", doc)])
                });
                bits.flatten().collect()
            };
            let below = if typed.is_empty() { hints() } else { typed };
            (elsewhere::title(model), below)
        }
        Page::Search(page) => (
            " Search ".into(),
            match page.done() {
                true => typed(&[("⏎", "read it there"), ("↑↓", "choose"), ("esc", "back")]),
                false => typed(&[("⏎", "search"), ("esc", "back")]),
            },
        ),
        Page::Conversation(one) if !one.told || one.refused.is_some() => {
            (format!(" {} ", one.title), bound(&[Action::Back]))
        }
        Page::Conversation(one) => (
            format!(" {} ", one.title),
            bound(&[Action::Back, Action::PageUp, Action::PageDown, Action::Last]),
        ),
        Page::Why { name, .. } => (
            format!(" {name} "),
            bound(&[Action::Back, Action::Conversation]),
        ),
        Page::Palette { .. } => (
            " Do ".into(),
            typed(&[("⏎", "do it"), ("↑↓", "choose"), ("esc", "back")]),
        ),
        Page::Form(form) if form.sent => {
            (form::title(form), vec![("key.doc", " starting ".into())])
        }
        Page::Form(form) => (
            form::title(form),
            match form.at {
                Field::Place | Field::Branch => {
                    typed(&[("⏎", "start"), ("tab", "complete"), ("esc", "back")])
                }
                _ if form.last() => typed(&[("⏎", "start"), ("←→", "choose"), ("esc", "back")]),
                _ => typed(&[("⏎", "next"), ("^S", "start"), ("esc", "back")]),
            },
        ),
        Page::Prompt {
            wants: Wants::Note { id, .. },
            ..
        } => (
            " Reject ".into(),
            match confirm::over(model, id) {
                Some(_) => typed(&[("esc", "back")]),
                None => typed(&[("⏎", "reject"), ("esc", "back")]),
            },
        ),
        Page::Prompt {
            wants: Wants::Message { address },
            ..
        } => (
            format!(" To {address} "),
            typed(&[
                ("⏎", "send"),
                ("alt-⏎", "new line"),
                ("↑", "earlier ones"),
                ("esc", "back"),
            ]),
        ),
        Page::Confirm(confirm) => {
            let does = match confirm {
                Confirm::Allow { .. } => "allow it once".to_owned(),
                Confirm::Same { answer, all, .. } => match answer {
                    Answer::Allow => format!("allow all {}, once", all.len()),
                    Answer::Deny => format!("reject all {}", all.len()),
                },
                Confirm::Leave { other, .. } => format!("use {other}"),
                Confirm::Trust { .. } => "read them".to_owned(),
                Confirm::Stop { .. } => "stop it".to_owned(),
                Confirm::Retire { .. } => "retire it".to_owned(),
            };
            let (title, back) = match confirm {
                Confirm::Leave { outer, .. } => {
                    (" The leave key ", format!("keep {}", outer.prefix))
                }
                Confirm::Trust { .. } => (" Trust this repository? ", "not now".to_owned()),
                _ => (" Sure? ", "back".to_owned()),
            };
            let keys = match confirm {
                Confirm::Allow { id, .. } if confirm::over(model, id).is_some() => {
                    &[("esc", back.as_str())]
                }
                Confirm::Trust { .. } => {
                    &[("y", does.as_str()), ("n", "never"), ("esc", back.as_str())][..]
                }
                _ => &[("y", does.as_str()), ("esc", back.as_str())],
            };
            (title.into(), typed(keys))
        }
    }
}

/// The lines of the open page in `width` cells; none for one that is typed into.
pub fn lines(model: &Model, width: usize) -> Lines {
    match &model.page {
        Some(Page::Help { .. }) => help::lines(model, width),
        Some(Page::Look { id, detail, .. }) => {
            detail::whole(model, id, detail.as_deref(), width).lines
        }
        Some(Page::Why { name, view, .. }) => why::lines(model, name, view.as_deref(), width),
        Some(Page::Prompt { wants, .. }) => prompt::lines(model, wants, width),
        Some(Page::Confirm(confirm)) => confirm::lines(model, confirm, width),
        Some(Page::Conversation(one)) => conversation::lines(model, one, width),
        Some(Page::Palette { .. } | Page::Form(_) | Page::Elsewhere | Page::Search(_)) | None => {
            Vec::new()
        }
    }
}

fn paragraph(out: &mut Lines, role: &'static str, text: &str, width: usize) {
    let lines = words::wrap(text, width.saturating_sub(2));
    out.extend(
        lines
            .into_iter()
            .map(|line| vec![(role, format!(" {line}"))]),
    );
}

/// A label and a text, wrapped beside it.
pub fn labelled(out: &mut Lines, label: &str, text: &str, width: usize) {
    const LABEL: usize = 11;
    let lines = words::wrap(text, width.saturating_sub(LABEL + 2));
    for (n, line) in lines.into_iter().enumerate() {
        let label = if n == 0 { label } else { "" };
        out.push(vec![
            ("text.dim", format!(" {label:<LABEL$}")),
            ("text", line),
        ]);
    }
}
