//! The form of a new peer.

use crate::cockpit::branching::Said;
use crate::cockpit::form::{FIELDS, Field, Form, PROFILES};
use crate::cockpit::model::{Model, RuntimeChoice};
use crate::cockpit::view::canvas::{Bit, Canvas};
use crate::cockpit::view::{input, words};
use crate::config::templates::Template;
use ratatui::layout::{Position, Rect};

/// What the form is for.
pub fn title(form: &Form) -> String {
    match &form.of {
        Some(of) => format!(" New peer from {} ", of.called),
        None => " New peer ".to_owned(),
    }
}

/// What a peer that goes on from another conversation gets of it.
fn gets(model: &Model, form: &Form) -> Option<String> {
    let of = form.of.as_ref()?;
    let runtime = model.runtimes.get(form.runtime);
    Some(match runtime {
        Some(other) if other.name != of.runtime => {
            format!(
                "{} gets what was said as a brief; {} stays as it is",
                other.name, of.called
            )
        }
        _ => format!("goes on from {}, which stays as it is", of.called),
    })
}

/// Draws the fields and what is wrong with them.
pub fn draw(model: &Model, canvas: &mut Canvas<'_>, inner: Rect, form: &Form) -> Option<Position> {
    const LABEL: u16 = 12;
    let mut cursor = None;
    let command = model.runtimes.get(form.runtime).is_some_and(|r| r.command);
    let mut y = inner.y;
    let said = form
        .template
        .said(inner.width.saturating_sub(LABEL + 2).into());
    // What others have run here comes first: there is room for it on every screen.
    let starts = form.template.starts(inner.width.saturating_sub(2).into());
    for line in &starts {
        canvas.text(inner.x + 1, y, inner.width, "badge", line);
        y += 1;
    }
    // A blank between the fields where there is room for it.
    let roomy = usize::from(inner.height) > 2 * FIELDS.len() + said.len() + starts.len();
    for field in FIELDS {
        let (label, hint) = match field {
            Field::Name => ("name", "leave empty to have one chosen"),
            Field::Runtime => ("runtime", ""),
            Field::Task if command => ("command", "such as: make watch; empty for a shell"),
            Field::Task if form.of.is_some() => ("prompt", "what comes next; may be empty"),
            Field::Task => match form.template.get().map(Template::needs_text) {
                Some(true) => ("prompt", "your own words; the template needs them"),
                Some(false) => ("prompt", "your own words, after the template's"),
                None => ("prompt", "what it should begin with; may be empty"),
            },
            Field::Place => ("directory", ""),
            Field::Branch => ("worktree", "a branch for one of its own; empty for none"),
            Field::Model => ("model", "as its CLI spells it; empty for its choice"),
            Field::Profile => ("profile", ""),
            Field::Template => ("template", ""),
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
            None if field == Field::Profile => {
                profile_row(canvas, Rect::new(x, y, width, 1), form, here);
            }
            None if field == Field::Template => {
                let (names, at) = form.template.names();
                let names = names
                    .into_iter()
                    .map(|name| (name, true))
                    .collect::<Vec<_>>();
                chooser(canvas, Rect::new(x, y, width, 1), &names, at, here);
            }
            None => {
                let ready = |r: &RuntimeChoice| r.found && r.refused.is_none();
                let names = model.runtimes.iter().map(|r| (r.name.as_str(), ready(r)));
                let names = names.collect::<Vec<_>>();
                chooser(
                    canvas,
                    Rect::new(x, y, width, 1),
                    &names,
                    form.runtime,
                    here,
                );
            }
        }
        let wrong = form.wrong.as_ref().filter(|(f, _)| *f == field);
        y += 1;
        let from = y;
        if let Some((_, what)) = wrong {
            for line in words::wrap(what, width.into()) {
                canvas.text(x, y, width, "notice.bad", &line);
                y += 1;
            }
        } else if let Some((role, text)) =
            about_runtime(model, form, here).filter(|_| field == Field::Runtime)
        {
            let only_a_hint = role == "key.doc";
            if roomy || !only_a_hint {
                canvas.text(x, y, width, role, &text);
            }
            y += u16::from(!only_a_hint);
        } else if field == Field::Place && here && !form.ways.is_empty() {
            canvas.text(x, y, width, "text.soft", &form.ways.join("  "));
            y += 1;
        } else if field == Field::Branch
            && let Some((role, text)) = about_branch(model, form, here)
        {
            for line in words::wrap(&words::clean(&text), width.into()) {
                canvas.text(x, y, width, role, &line);
                y += 1;
            }
        }
        if field == Field::Template {
            for line in &said {
                canvas.text(x, y, width, "text.soft", line);
                y += 1;
            }
        }
        y = y.max(from + u16::from(roomy));
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
    if let Some(text) = gets(model, form) {
        for line in words::wrap(&text, inner.width.saturating_sub(2).into()) {
            if y < inner.bottom() {
                canvas.text(inner.x + 1, y, inner.width, "text.soft", &line);
            }
            y += 1;
        }
        return cursor;
    }
    let not_yet = [
        ("text.dim", format!("{:<12}", "not yet")),
        ("text.dim", "the profiles inert, read and write".into()),
    ];
    if y < inner.bottom() {
        canvas.bits(inner.x + 1, y, inner.width.saturating_sub(2), &not_yet);
    }
    cursor
}

fn profile_row(canvas: &mut Canvas<'_>, area: Rect, form: &Form, here: bool) {
    let arrow = if here { "key" } else { "text.dim" };
    let mut bits: Vec<Bit> = Vec::new();
    for (n, (name, _)) in PROFILES.iter().enumerate() {
        let chosen = n == form.profile;
        let (open, close) = if chosen { ("‹", "›") } else { (" ", " ") };
        let role = if chosen { "text.strong" } else { "text.soft" };
        bits.push((arrow, open.into()));
        bits.push((role, (*name).into()));
        bits.push((arrow, format!("{close} ")));
    }
    let means = PROFILES[form.profile].1;
    let role = if form.profile == 0 {
        "text.dim"
    } else {
        "badge"
    };
    bits.push((role, means.into()));
    canvas.bits(area.x, area.y, area.width, &bits);
}

/// Names in a row, the chosen one marked; of each, whether it can be used.
fn chooser(canvas: &mut Canvas<'_>, area: Rect, names: &[(&str, bool)], at: usize, here: bool) {
    let mut bits: Vec<Bit> = Vec::new();
    // The chosen one stays in sight: those before it go first.
    let cells = |from: usize| -> usize {
        let names = names.iter().take(at + 1).skip(from);
        names.map(|(name, _)| words::width(name) + 3).sum()
    };
    let room = usize::from(area.width).saturating_sub(12);
    let first = (0..at).find(|from| cells(*from) <= room).unwrap_or(at);
    if first > 0 {
        bits.push(("text.dim", "… ".into()));
    }
    let mut room = usize::from(area.width).saturating_sub(2 * usize::from(first > 0));
    for (n, (name, usable)) in names.iter().enumerate().skip(first) {
        let chosen = n == at;
        let role = match (chosen, usable) {
            (true, _) => "text.strong",
            (false, true) => "text.soft",
            (false, false) => "key.disabled",
        };
        let (open, close) = if chosen { ("‹", "›") } else { (" ", " ") };
        let cells = words::width(name) + 3;
        let last = n + 1 == names.len();
        if cells + usize::from(!last) > room {
            bits.push(("text.dim", "…".into()));
            break;
        }
        room -= cells;
        bits.push((if here { "key" } else { "text.dim" }, open.into()));
        bits.push((role, (*name).to_owned()));
        bits.push((if here { "key" } else { "text.dim" }, format!("{close} ")));
    }
    canvas.bits(area.x, area.y, area.width, &bits);
}

/// What is to be said of the branch that is typed.
fn about_branch(model: &Model, form: &Form, here: bool) -> Option<(&'static str, String)> {
    if here && !form.branch.ways.is_empty() {
        return Some(("text.soft", form.branch.ways.join("  ")));
    }
    let place = form.place_of(&model.cwd, &model.home);
    Some(match form.branch.says(&place, here)? {
        Said::Will(text) => ("text.soft", text),
        Said::Not(text) => ("notice.bad", text),
    })
}

/// What is to be said of the runtime that is chosen.
fn about_runtime(model: &Model, form: &Form, here: bool) -> Option<(&'static str, String)> {
    let chosen = model.runtimes.get(form.runtime)?;
    // What is missing is missing of the CLI.
    let name = chosen.drives.as_ref().unwrap_or(&chosen.name);
    if let Some(why) = &chosen.refused {
        return Some(("notice.bad", words::clean(why)));
    }
    Some(match (chosen.found, chosen.login) {
        (false, _) => ("notice.bad", format!("{name} is not on the PATH")),
        (true, false) if chosen.drives.is_some() => (
            "notice",
            format!("{name} needs a login first: choose {name}, whose screen asks"),
        ),
        (true, false) => (
            "notice",
            format!("{name} needs a login first: its own screen asks"),
        ),
        _ if here && chosen.drives.is_some() => (
            "key.doc",
            format!("←→ choose; {name} by its protocol, in a plain pane"),
        ),
        _ if here && chosen.own => ("key.doc", "←→ choose; wants a model server here".into()),
        _ if here => ("key.doc", "←→ choose".into()),
        _ => return None,
    })
}
