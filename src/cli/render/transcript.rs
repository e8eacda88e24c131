//! Conversations as text.

use super::{Hue, Style, line};
use crate::core::conversation::{Step, StepState, Who};
use crate::core::text::counted;
use crate::wire::transcript::{ChangesView, EntryView, HitView, SearchView, TranscriptView};

/// Lines of a tool's result that are shown.
const RESULT_LINES: usize = 12;

/// One entry: whose words, then the words, a line each.
pub fn entry(entry: &EntryView, style: &Style) -> String {
    let (mark, hue) = mark(entry.who);
    let head = match &entry.tool {
        Some(tool) => format!("{mark} {}", line(tool)),
        None => mark.to_owned(),
    };
    let number = style.paint(Hue::Dim, &format!("{:>6}", entry.line));
    let mut text = format!("{number} {}\n", style.paint(hue, &head));
    let lines: Vec<&str> = entry.text.lines().collect();
    let most = match entry.who {
        Who::Result => RESULT_LINES,
        _ => lines.len(),
    };
    for words in lines.iter().take(most) {
        text.push_str("       ");
        text.push_str(&line(words));
        text.push('\n');
    }
    if lines.len() > most {
        let more = counted(lines.len() - most, "more line", "more lines");
        let more = format!("       … {more}");
        text.push_str(&style.paint(Hue::Dim, &more));
        text.push('\n');
    }
    text
}

/// What is planned, a step a line.
pub fn plan(view: &TranscriptView, style: &Style) -> String {
    let step = |step: &Step| {
        let (mark, hue) = match step.state {
            StepState::Open => ("[ ]", Hue::Plain),
            StepState::Doing => ("[>]", Hue::Wants),
            StepState::Done => ("[x]", Hue::Good),
            StepState::Dropped => ("[-]", Hue::Dim),
        };
        format!("{} {}", style.paint(hue, mark), line(&step.text))
    };
    if view.plan.is_empty() {
        return "it has written down no plan".to_owned();
    }
    let steps: Vec<String> = view.plan.iter().map(step).collect();
    steps.join("\n")
}

/// What was done to files: each file, with the line of the transcript, then its diff.
pub fn changes(view: &ChangesView, style: &Style) -> String {
    let mut text = String::new();
    for change in &view.changes {
        let number = style.paint(Hue::Dim, &format!("{:>6}", change.line));
        text.push_str(&format!("{number} {}\n", line(&change.path)));
        for row in change.diff.lines() {
            let hue = match row.as_bytes().first() {
                Some(b'+') => Hue::Good,
                Some(b'-') => Hue::Bad,
                _ => Hue::Dim,
            };
            text.push_str(&style.paint(hue, &format!("       {}", line(row))));
            text.push('\n');
        }
    }
    if view.changes.is_empty() {
        text.push_str("no tool call of it names a file that it changes\n");
    }
    text
}

/// What a search found, a line each.
pub fn hits(view: &SearchView, style: &Style) -> String {
    let mut text = String::new();
    for hit in &view.hits {
        text.push_str(&one(hit, style));
    }
    if view.hits.is_empty() {
        text.push_str("nothing found\n");
    }
    if view.more {
        text.push_str(&style.paint(Hue::Dim, "there is more: --limit N shows more of it"));
        text.push('\n');
    }
    for gap in &view.gaps {
        text.push_str(&style.paint(Hue::Wants, &format!("not looked through: {}", line(gap))));
        text.push('\n');
    }
    text
}

fn one(hit: &HitView, style: &Style) -> String {
    let id: String = hit.native_id.chars().take(13).collect();
    let whose = hit.name.as_deref().unwrap_or(&id);
    let place = format!("{} {}:{}", line(&hit.runtime), line(whose), hit.line);
    let (mark, hue) = mark(hit.who);
    format!(
        "{} {} {}\n",
        style.paint(Hue::Dim, &place),
        style.paint(hue, mark),
        line(&hit.text)
    )
}

fn mark(who: Who) -> (&'static str, Hue) {
    match who {
        Who::Operator => ("operator", Hue::Wants),
        Who::Agent => ("agent", Hue::Good),
        Who::Tool => ("tool", Hue::Dim),
        Who::Result => ("result", Hue::Dim),
    }
}
