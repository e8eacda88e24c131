//! Asks as a table, as one line, and whole.

use super::table::{Cell, table};
use super::{Hue, Style, age, block, line};
use crate::core::ask::{Answer, AskState, Risk, Surface, Verb};
use crate::core::text::shown;
use crate::wire::view::{AskDetail, AskRow};

const HEAD: [&str; 6] = ["STATE", "ID", "PEER", "WANTS", "SINCE", "OBJECT"];

/// The table of `pult inbox`.
pub fn asks(rows: &[AskRow], style: &Style) -> String {
    let cells: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
    let text = table(&HEAD, &cells, style);
    if text.is_empty() {
        return "nothing waits for you".to_owned();
    }
    text
}

/// What a verb that decided prints.
pub fn ask(row: &AskRow, style: &Style) -> String {
    let mut text = table(&HEAD, &[cells(row)], style);
    if let Some(end) = text.find('\n') {
        text.drain(..=end);
    }
    text
}

/// Everything about one ask, whole.
pub fn detail(ask: &AskDetail, style: &Style) -> String {
    let row = &ask.row;
    let mut text = String::new();
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            let name = style.paint(Hue::Dim, &format!("{name:<10}"));
            text.push_str(&format!("{name} {value}\n"));
        }
    };
    let (state, hue) = state(row);
    field("ask", &row.id);
    field("state", &style.paint(hue, &state));
    field("peer", &line(&row.peer));
    field(
        "wants",
        &format!("{} ({})", verb(row.verb), line(&ask.tool)),
    );
    let risk = match row.risk {
        Risk::High => style.paint(Hue::Bad, "high"),
        Risk::Normal => "normal".to_owned(),
        Risk::Low => "low".to_owned(),
    };
    let why = ask
        .risk_why
        .as_deref()
        .map(|why| format!(": {}", line(why)));
    field("risk", &format!("{risk}{}", why.unwrap_or_default()));
    field("files", &line(&ask.files.join(" ")));
    field("in", &line(ask.cwd.as_deref().unwrap_or_default()));
    let reason = ask.reason.as_deref();
    let reason = reason.map(|reason| format!("“{}”", line(reason)));
    field("agent says", &reason.unwrap_or_default());
    let asked = format!("{} ago", age::since(&row.asked_at));
    field("asked", &asked);
    if let Some(decided) = &row.decided {
        let word = match decided.answer {
            Answer::Allow => "allowed",
            Answer::Deny => "rejected",
        };
        let at = age::since(&decided.at);
        field(
            "decided",
            &format!("{word} {at} ago by {}", line(&decided.by)),
        );
    }
    field("note", &line(ask.note.as_deref().unwrap_or_default()));
    field(
        "closed",
        &line(ask.closed_why.as_deref().unwrap_or_default()),
    );
    field("digest", &row.digest);
    text.push('\n');
    text.push_str(&block(&row.object));
    text.push('\n');
    if let Ok(input) = serde_json::to_string_pretty(&ask.input)
        && !ask.input.is_null()
    {
        text.push('\n');
        text.push_str(&style.paint(Hue::Dim, "everything the runtime said about it:"));
        text.push('\n');
        text.push_str(&block(&shown(&input)));
        text.push('\n');
    }
    text
}

fn cells(row: &AskRow) -> Vec<Cell> {
    let (state, hue) = state(row);
    let wants = match row.risk {
        Risk::High => Cell::new(Hue::Bad, format!("{} !high", verb(row.verb))),
        Risk::Low | Risk::Normal => Cell::plain(verb(row.verb)),
    };
    vec![
        Cell::new(hue, state),
        Cell::plain(&row.id),
        Cell::plain(&row.peer),
        wants,
        Cell::plain(age::since(&row.asked_at)),
        Cell::plain(&row.object),
    ]
}

/// A glyph and a word for where an ask stands.
fn state(row: &AskRow) -> (String, Hue) {
    let answer = row.decided.as_ref().map(|d| (d.answer, d.surface));
    match (row.state, answer) {
        (AskState::Asked, _) => ("◆ asks".to_owned(), Hue::Wants),
        (AskState::Decided, _) => ("◇ decided".to_owned(), Hue::Wants),
        (AskState::Delivered, _) => ("◇ delivered".to_owned(), Hue::Wants),
        (AskState::Closed, Some((Answer::Allow, _))) => ("✓ allowed".to_owned(), Hue::Good),
        (AskState::Closed, Some((Answer::Deny, Surface::Pane))) => {
            ("× rejected".to_owned(), Hue::Dim)
        }
        (AskState::Closed, Some((Answer::Deny, _))) => ("× rejected".to_owned(), Hue::Bad),
        (AskState::Closed, None) => {
            let how = row.closed.as_deref().unwrap_or("closed");
            (format!("– {}", line(how)), Hue::Dim)
        }
    }
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Run => "run",
        Verb::Write => "write",
        Verb::Read => "read",
        Verb::Fetch => "fetch",
        Verb::Mcp => "mcp",
        Verb::Merge => "merge",
        Verb::Answer => "answer",
        Verb::Other => "other",
    }
}
