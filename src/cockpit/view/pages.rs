//! The pages over the panels: help, look, why, palette, form, prompt, a second key.

use super::canvas::{Bit, Canvas, Edge};
use super::{input, words};
use crate::cockpit::action::{Action, ROWS};
use crate::cockpit::form::{FIELDS, Field, Form};
use crate::cockpit::keymap::Section;
use crate::cockpit::layout;
use crate::cockpit::model::{Confirm, Model, Page, Wants};
use crate::cockpit::palette;
use crate::core::ask::{Answer, AskKind, Risk, Surface};
use crate::wire::view::{AskDetail, WhyView};
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
        _ => 0,
    };
    let more = lines
        .len()
        .saturating_sub(scroll + usize::from(inner.height));
    let more = match more {
        0 => vec![],
        n => vec![("text.dim", format!(" {n} more below "))],
    };
    let edge = Edge {
        title: &[("title.focused", title)],
        below: &keys,
        below_right: &more,
        ..Edge::default()
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
        Page::Palette { line, at } => Some(palette_rows(model, canvas, inner, line, *at)),
        Page::Form(form) => form_rows(model, canvas, inner, form),
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
            let open =
                open.is_some_and(|a| words::decided(a).is_none() && a.row.kind != AskKind::Start);
            let keys: &[Action] = if open {
                &[Action::Allow, Action::Reject, Action::Back]
            } else {
                &[Action::Back]
            };
            (format!(" Request {id} "), bound(keys))
        }
        Page::Why { name, .. } => (format!(" Why {name} "), bound(&[Action::Back])),
        Page::Palette { .. } => (
            " Do ".into(),
            typed(&[("⏎", "does it"), ("↑↓", "choose"), ("esc", "back")]),
        ),
        Page::Form(form) if form.sent => {
            (" New peer ".into(), vec![("key.doc", " starting ".into())])
        }
        Page::Form(_) => (
            " New peer ".into(),
            typed(&[("⏎", "next"), ("^S", "start"), ("esc", "back")]),
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
            typed(&[("⏎", "sends"), ("esc", "back")]),
        ),
        Page::Confirm(confirm) => {
            let does = match confirm {
                Confirm::Allow { .. } => "allows it once",
                Confirm::Stop { .. } => "stops it",
                Confirm::Retire { .. } => "retires it",
            };
            (" Sure? ".into(), typed(&[("y", does), ("esc", "back")]))
        }
    }
}

/// The lines of the open page in `width` cells; none for one that is typed into.
pub fn lines(model: &Model, width: usize) -> Lines {
    match &model.page {
        Some(Page::Help { .. }) => help(model, width),
        Some(Page::Look { id, detail, .. }) => look(model, id, detail.as_deref(), width),
        Some(Page::Why { view, .. }) => why(view.as_deref(), width),
        Some(Page::Prompt { wants, .. }) => prompt(model, wants, width),
        Some(Page::Confirm(confirm)) => confirmation(model, confirm, width),
        Some(Page::Palette { .. } | Page::Form(_)) | None => Vec::new(),
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

fn labelled(out: &mut Lines, label: &str, text: &str, width: usize) {
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

fn help(model: &Model, width: usize) -> Lines {
    let row = |keys: String, doc: &str, column: usize| -> Vec<Bit> {
        let text = words::cut(doc, column.saturating_sub(14));
        let pad = column.saturating_sub(14 + words::width(&text));
        vec![
            ("key", format!("{keys:>11}  ")),
            ("text.soft", format!("{text}{}", " ".repeat(pad + 1))),
        ]
    };
    let two = width >= 110;
    let column = if two { width / 2 } else { width };
    let mut all: Lines = Vec::new();
    for r in ROWS {
        let mut keys = model.keymap.keys(Section::Command, r.action);
        if keys.is_empty() {
            keys.extend(model.keymap.any_key(r.action));
        }
        keys.truncate(3);
        all.push(row(keys.join(" "), r.doc, column));
    }
    let mut lines = Vec::new();
    let leave = model.keymap.leave();
    let intro = format!(
        "In a pane every key goes to the worker but {leave}. Everywhere else letters are commands."
    );
    paragraph(&mut lines, "text", &intro, width);
    lines.push(vec![]);
    if two {
        let half = all.len().div_ceil(2);
        let right = all.split_off(half);
        for (n, mut left) in all.into_iter().enumerate() {
            left.extend(right.get(n).cloned().unwrap_or_default());
            lines.push(left);
        }
    } else {
        lines.extend(all);
    }
    lines
}

fn look(model: &Model, id: &str, detail: Option<&AskDetail>, width: usize) -> Lines {
    let Some(detail) = detail else {
        return vec![vec![("text.dim", " asking the daemon".into())]];
    };
    let row = &detail.row;
    let mut out = Vec::new();
    let verb = words::verb(row.verb);
    let ask = model.asks.iter().find(|a| a.row.id == id);
    let age = ask
        .map(|a| format!("  {} ago", words::age(model.now, a.asked)))
        .unwrap_or_default();
    out.push(vec![
        ("text.strong", format!(" {}", row.peer)),
        (
            "text.soft",
            if row.kind == AskKind::Start {
                " shows a start screen".into()
            } else {
                format!(" wants to {verb}")
            },
        ),
        ("text.dim", age),
    ]);
    out.push(vec![]);
    for line in words::wrap(&row.object, width.saturating_sub(4)) {
        out.push(vec![("text.code", format!("   {line}"))]);
    }
    out.push(vec![]);
    if row.risk == Risk::High {
        out.push(vec![(
            "risk.high",
            " ! hard to take back: allowing it asks for a second key".into(),
        )]);
        out.push(vec![]);
    }
    if let Some(cwd) = &detail.cwd {
        labelled(&mut out, "in", &words::path(cwd, &model.home), width);
    }
    labelled(&mut out, "tool", &detail.tool, width);
    labelled(
        &mut out,
        "why",
        detail
            .reason
            .as_deref()
            .unwrap_or("the agent gives no reason"),
        width,
    );
    if row.kind == AskKind::Start {
        labelled(
            &mut out,
            "answer",
            "in the pane itself: it is the CLI's own question",
            width,
        );
    }
    if let Some(by) = &row.decided {
        let answer = match by.answer {
            Answer::Allow => "allowed",
            Answer::Deny => "rejected",
        };
        let place = match by.surface {
            Surface::Cockpit => "in a cockpit",
            Surface::Cli => "on the command line",
            Surface::Pane => "in the pane",
        };
        let rule = by
            .rule
            .as_deref()
            .map(|r| format!(", by rule {r}"))
            .unwrap_or_default();
        labelled(
            &mut out,
            "decided",
            &format!("{answer} {place} by {}{rule}", by.by),
            width,
        );
    }
    if let Some(note) = &detail.note {
        labelled(&mut out, "note", note, width);
    }
    if let Some(why) = &detail.closed_why {
        labelled(&mut out, "closed", why, width);
    }
    said(&mut out, &detail.input, &row.object, width);
    out
}

/// Everything the agent said about the call, a field each; what is shown above already is left out.
fn said(out: &mut Lines, input: &serde_json::Value, object: &str, width: usize) {
    let fields: Vec<(String, String)> = match input {
        serde_json::Value::Null => return,
        serde_json::Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
        other => vec![(String::new(), plain(other))],
    };
    let mut fields = fields
        .into_iter()
        .filter(|(_, text)| text != object)
        .peekable();
    if fields.peek().is_none() {
        return;
    }
    out.push(vec![]);
    out.push(vec![(
        "text.dim",
        " everything else the agent said about it".into(),
    )]);
    for (name, text) in fields {
        let name = words::cut(&name, width / 2);
        if text.contains('\n') || words::width(&text) + words::width(&name) + 6 > width {
            out.push(vec![("text.dim", format!("   {name}"))]);
            for line in words::wrap(text.trim_end_matches('\n'), width.saturating_sub(6)) {
                out.push(vec![("text.soft", format!("     {line}"))]);
            }
        } else {
            out.push(vec![
                ("text.dim", format!("   {name}  ")),
                ("text.soft", text),
            ]);
        }
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other if other.is_object() || other.is_array() => {
            serde_json::to_string_pretty(other).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

fn why(view: Option<&WhyView>, width: usize) -> Lines {
    let Some(view) = view else {
        return vec![vec![("text.dim", " asking the daemon".into())]];
    };
    let mut out = Vec::new();
    for answer in &view.answers {
        let text = match &answer.evidence {
            Some(e) => format!("{}: {}", answer.answer, e.text),
            None => answer.answer.clone(),
        };
        labelled(&mut out, &answer.question, &text, width);
    }
    out.push(vec![]);
    for line in view.log.iter().rev() {
        let at = line.at.get(11..19).unwrap_or(&line.at);
        out.push(vec![
            ("text.dim", format!(" {at}  ")),
            ("text.soft", format!("{:<20} ", line.kind)),
            ("text.dim", line.actor.clone()),
        ]);
    }
    out
}

fn prompt(model: &Model, wants: &Wants, width: usize) -> Lines {
    let mut out = Vec::new();
    match wants {
        Wants::Note { id, .. } => {
            if let Some(ask) = model.asks.iter().find(|a| a.row.id == *id) {
                let text = format!(
                    "{} may not {} {}",
                    ask.row.peer,
                    words::verb(ask.row.verb),
                    ask.row.object.replace('\n', " ")
                );
                out.push(vec![("text", words::cut(&format!(" {text}"), width))]);
            }
            out.push(vec![]);
            out.push(vec![(
                "text.soft",
                " What it should know (you can leave it empty):".into(),
            )]);
        }
        Wants::Message { .. } => {
            out.push(vec![(
                "text.soft",
                " Pasted into its pane, then Enter:".into(),
            )]);
            out.push(vec![]);
        }
    }
    out
}

fn confirmation(model: &Model, confirm: &Confirm, width: usize) -> Lines {
    let mut out = Vec::new();
    match confirm {
        Confirm::Allow { id, .. } => {
            let Some(ask) = model.asks.iter().find(|a| a.row.id == *id) else {
                return out;
            };
            let verb = words::verb(ask.row.verb);
            let text = format!(
                "{} wants to {verb} this, and it is hard to take back:",
                ask.row.peer
            );
            paragraph(&mut out, "text", &text, width);
            out.push(vec![]);
            for line in words::wrap(&ask.row.object, width.saturating_sub(4)) {
                out.push(vec![("risk.high", format!("   {line}"))]);
            }
        }
        Confirm::Stop { address } => {
            let text =
                format!("{address}'s program ends. Its conversation stays and can be resumed.");
            paragraph(&mut out, "text", &text, width);
        }
        Confirm::Retire { address } => {
            let text =
                format!("{address} is stopped and its name is free again. Its history stays.");
            paragraph(&mut out, "text", &text, width);
        }
    }
    out
}

fn palette_rows(
    model: &Model,
    canvas: &mut Canvas<'_>,
    inner: Rect,
    line: &crate::cockpit::line::Line,
    at: usize,
) -> Position {
    let cursor = input::draw(
        canvas,
        inner.x + 1,
        inner.y,
        inner.width.saturating_sub(2),
        line,
        "type a few letters",
    );
    let rows = palette::rows(model);
    let list = Rect {
        y: inner.y + 2,
        height: inner.height.saturating_sub(2),
        ..inner
    };
    if rows.is_empty() {
        canvas.text(
            list.x + 1,
            list.y,
            list.width,
            "text.dim",
            "nothing is called like that",
        );
    }
    let at = at.min(rows.len().saturating_sub(1));
    let first = words::first_row(at, rows.len(), list.height.into());
    for (n, (y, row)) in (list.y..list.bottom())
        .zip(rows.iter().skip(first))
        .enumerate()
    {
        let chosen = n + first == at;
        if chosen {
            canvas.text(list.x, y, 1, "cursor.mark", "▸");
        }
        let role = if row.disabled.is_some() {
            "key.disabled"
        } else {
            "text"
        };
        let mut bits: Vec<Bit> = row
            .text
            .chars()
            .enumerate()
            .map(|(i, c)| {
                (
                    if row.found.contains(&i) {
                        "match"
                    } else {
                        role
                    },
                    c.to_string(),
                )
            })
            .collect();
        if let Some(why) = &row.disabled {
            bits.push(("key.disabled", format!(" ({why})")));
        }
        let key = row.key.clone().unwrap_or_default();
        let from = canvas.bits_right(list.right().saturating_sub(1), y, 12, &[("key", key)]);
        canvas.bits(list.x + 2, y, from.saturating_sub(list.x + 3), &bits);
        if chosen {
            canvas.wash(
                Rect {
                    y,
                    height: 1,
                    ..list
                },
                "cursor",
            );
        }
    }
    cursor
}

fn form_rows(model: &Model, canvas: &mut Canvas<'_>, inner: Rect, form: &Form) -> Option<Position> {
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
