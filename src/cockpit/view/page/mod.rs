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
    let more = match more {
        0 => vec![],
        n => vec![("text.dim", format!(" {n} more below "))],
    };
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
    match page {
        Page::Palette { line, at, .. } => Some(palette::draw(model, canvas, inner, line, *at)),
        Page::Elsewhere => {
            elsewhere::draw(model, canvas, inner);
            None
        }
        Page::Search(page) => Some(search::draw(model, canvas, inner, page)),
        Page::Form(form) => form::draw(model, canvas, inner, form),
        Page::Prompt { line, .. } => {
            let y = inner.y + (lines.len() as u16).min(inner.height.saturating_sub(1));
            Some(input::draw(
                canvas,
                inner.x + 1,
                y,
                inner.width.saturating_sub(2),
                line,
                "",
            ))
        }
        _ => None,
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
                .or(model.keymap.any_key(*a))
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
                    Action::Open => "reads",
                    Action::Import => "imports",
                    action => action.row().short,
                };
                let bits = keys.into_iter().filter_map(|action| {
                    let key = model.keymap.key(Section::List, action);
                    let key = key.or_else(|| model.keymap.any_key(action))?;
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
                true => typed(&[("⏎", "reads it there"), ("↑↓", "choose"), ("esc", "back")]),
                false => typed(&[("⏎", "looks for it"), ("esc", "back")]),
            },
        ),
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
            typed(&[("⏎", "does it"), ("↑↓", "choose"), ("esc", "back")]),
        ),
        Page::Form(form) if form.sent => {
            (form::title(form), vec![("key.doc", " starting ".into())])
        }
        Page::Form(form) => (
            form::title(form),
            match form.at {
                Field::Place | Field::Branch => {
                    typed(&[("⏎", "starts"), ("tab", "completes"), ("esc", "back")])
                }
                _ if form.last() => typed(&[("⏎", "starts"), ("←→", "choose"), ("esc", "back")]),
                _ => typed(&[("⏎", "next"), ("^S", "start"), ("esc", "back")]),
            },
        ),
        Page::Prompt {
            wants: Wants::Note { .. },
            ..
        } => (
            " Reject ".into(),
            typed(&[("⏎", "rejects"), ("esc", "back")]),
        ),
        Page::Prompt {
            wants: Wants::Message { address },
            ..
        } => (
            format!(" To {address} "),
            typed(&[
                ("⏎", "sends"),
                ("alt-⏎", "new line"),
                ("↑", "earlier ones"),
                ("esc", "back"),
            ]),
        ),
        Page::Confirm(confirm) => {
            let does = match confirm {
                Confirm::Allow { .. } => "allows it once".to_owned(),
                Confirm::Same { answer, all, .. } => match answer {
                    Answer::Allow => format!("allows all {}, once", all.len()),
                    Answer::Deny => format!("rejects all {}", all.len()),
                },
                Confirm::Leave { .. } => "takes it".to_owned(),
                Confirm::Trust { .. } => "reads them".to_owned(),
                Confirm::Stop { .. } => "stops it".to_owned(),
                Confirm::Retire { .. } => "retires it".to_owned(),
            };
            let (title, back) = match confirm {
                Confirm::Leave { .. } => (" The leave key ", "stays as it is"),
                Confirm::Trust { .. } => (" Trust this repository? ", "not now"),
                _ => (" Sure? ", "back"),
            };
            let keys = match confirm {
                Confirm::Trust { .. } => &[("y", does.as_str()), ("n", "never"), ("esc", back)][..],
                _ => &[("y", does.as_str()), ("esc", back)],
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
