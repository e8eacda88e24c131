//! What was said, by whom, oldest first.

use super::{Lines, paragraph};
use crate::cockpit::conversation::Conversation;
use crate::cockpit::model::Model;
use crate::cockpit::view::canvas::Bit;
use crate::cockpit::view::words;
use crate::cockpit::world::millis;
use crate::core::conversation::{Step, StepState, Who};
use crate::core::text::counted;
use crate::wire::transcript::EntryView;

/// So many lines of what a tool gave back are shown.
const RESULT: usize = 20;

/// The lines of what is here of it.
pub fn lines(model: &Model, one: &Conversation, width: usize) -> Lines {
    let mut out = Vec::new();
    if let Some(why) = &one.refused {
        paragraph(&mut out, "text.soft", why, width);
        return out;
    }
    if !one.told {
        return vec![vec![("text.dim", " asking the daemon".into())]];
    }
    if one.entries.is_empty() {
        paragraph(&mut out, "text.dim", "nothing was said yet", width);
    }
    for entry in &one.entries {
        if !out.is_empty() {
            out.push(vec![]);
        }
        said(model, &mut out, entry, one.at, width);
    }
    plan(&mut out, &one.plan, width);
    out
}

/// What the agent plans to do, a step a line.
fn plan(out: &mut Lines, steps: &[Step], width: usize) {
    if steps.is_empty() {
        return;
    }
    out.extend([vec![], vec![("text.strong", " its plan".to_owned())]]);
    for step in steps {
        let (role, mark) = match step.state {
            StepState::Open => ("status.idle", "○"),
            StepState::Doing => ("status.working", "●"),
            StepState::Done => ("status.done", "✓"),
            StepState::Dropped => ("status.exited", "–"),
        };
        let lines = words::wrap(&step.text, width.saturating_sub(7));
        for (n, line) in lines.into_iter().enumerate() {
            let mark = if n == 0 { mark } else { " " };
            out.push(vec![(role, format!("   {mark} ")), ("text", line)]);
        }
    }
}

fn said(model: &Model, out: &mut Lines, entry: &EntryView, at: Option<u64>, width: usize) {
    let (role, who) = match entry.who {
        Who::Operator => ("title.focused", "you"),
        Who::Agent => ("text.strong", "agent"),
        Who::Tool => ("key", "tool"),
        Who::Result => ("text.dim", "result"),
    };
    let mut head: Vec<Bit> = vec![(role, format!(" {who}"))];
    if let Some(tool) = &entry.tool {
        head.push(("text.soft", format!(" {}", words::clean(tool))));
    }
    if let Some(at) = entry.at.as_deref().map(millis).filter(|at| *at > 0) {
        head.push(("text.dim", format!("  {}", words::when(model, at))));
    }
    if at == Some(entry.line) {
        head.push(("match", "  found here".into()));
    }
    out.push(head);
    let role = match entry.who {
        Who::Operator | Who::Agent => "text",
        Who::Tool => "text.code",
        Who::Result => "text.soft",
    };
    let lines = words::wrap(entry.text.trim_end_matches('\n'), width.saturating_sub(4));
    let most = match entry.who {
        Who::Result => RESULT,
        _ => usize::MAX,
    };
    let more = lines.len().saturating_sub(most);
    for line in lines.into_iter().take(most) {
        out.push(vec![(role, format!("   {line}"))]);
    }
    if more > 0 {
        let more = counted(more, "more line", "more lines");
        out.push(vec![("text.dim", format!("   … {more}"))]);
    }
}

/// Where in it this is.
pub fn place(one: &Conversation) -> Vec<Bit> {
    match (one.told, one.follow) {
        (false, _) => vec![],
        (true, true) => vec![("text.soft", " read-only, live ".into())],
        (true, false) => vec![("text.soft", " read-only ".into())],
    }
}
