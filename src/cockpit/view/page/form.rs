//! The form of a new peer.

use crate::cockpit::form::{FIELDS, Field, Form};
use crate::cockpit::model::Model;
use crate::cockpit::view::canvas::{Bit, Canvas};
use crate::cockpit::view::{input, words};
use ratatui::layout::{Position, Rect};

/// Draws the fields and what is wrong with them.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, inner: Rect, form: &Form) -> Option<Position> {
    const LABEL: u16 = 12;
    let mut cursor = None;
    let command = model.runtimes.get(form.runtime).is_some_and(|r| r.command);
    let mut y = inner.y;
    for field in FIELDS {
        let (label, hint) = match field {
            Field::Name => ("name", "leave empty to have one chosen"),
            Field::Runtime => ("runtime", ""),
            Field::Task if command => ("command", "such as: make watch; empty for a shell"),
            Field::Task => ("prompt", "what it should begin with; may be empty"),
            Field::Place => ("directory", ""),
        };
        let here = form.at == field;
        let role = if here { "text.strong" } else { "text.dim" };
        canvas.text(inner.x + 1, y, LABEL, role, label);
        let x = inner.x + 1 + LABEL;
        let width = inner.right().saturating_sub(x + 1);
        match form.line(field) {
            Some(line) => {
                let at = input::draw(canvas, x, y, width, line, hint);
                cursor = cursor.or(here.then_some(at));
            }
            None => runtime_row(model, canvas, Rect::new(x, y, width, 1), form, here),
        }
        let wrong = form.wrong.as_ref().filter(|(f, _)| *f == field);
        y += 1;
        if let Some((_, what)) = wrong {
            for line in words::wrap(what, width.into()) {
                canvas.text(x, y, width, "notice.bad", &line);
                y += 1;
            }
        } else {
            y += 1;
        }
        if y >= inner.bottom() {
            return cursor;
        }
    }
    if let Some(why) = &form.refused {
        for line in words::wrap(why, inner.width.saturating_sub(2).into()) {
            if y < inner.bottom() {
                canvas.text(inner.x + 1, y, inner.width, "notice.bad", &line);
            }
            y += 1;
        }
        return cursor;
    }
    let profile = [
        ("text.dim", format!("{:<12}", "profile")),
        ("badge", "full".into()),
        ("text.dim", "  may do what you may, but never decide".into()),
    ];
    canvas.bits(inner.x + 1, y, inner.width.saturating_sub(2), &profile);
    cursor
}

fn runtime_row(model: &Model, canvas: &mut Canvas<'_>, area: Rect, form: &Form, here: bool) {
    let mut bits: Vec<Bit> = Vec::new();
    for (n, runtime) in model.runtimes.iter().enumerate() {
        let chosen = n == form.runtime;
        let role = match (chosen, runtime.found) {
            (true, _) => "text.strong",
            (false, true) => "text.soft",
            (false, false) => "key.disabled",
        };
        let (open, close) = if chosen { ("‹", "›") } else { (" ", " ") };
        bits.push((if here { "key" } else { "text.dim" }, open.into()));
        bits.push((role, runtime.name.clone()));
        bits.push((if here { "key" } else { "text.dim" }, format!("{close} ")));
    }
    if let Some(chosen) = model.runtimes.get(form.runtime).filter(|r| !r.found) {
        bits.push(("notice.bad", format!("{} is not on the PATH", chosen.name)));
    } else if here {
        bits.push(("key.doc", "←→ choose".into()));
    }
    canvas.bits(area.x, area.y, area.width, &bits);
}
