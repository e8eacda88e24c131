//! What a second key would do.

use super::{Lines, paragraph};
use crate::cockpit::inbox::same::One;
use crate::cockpit::model::{Confirm, Model};
use crate::cockpit::view::inbox::detail;
use crate::cockpit::view::words;
use crate::core::ask::{Answer, Risk};
use crate::core::text::counted;

/// So many lines of a command that many ask for.
const OBJECT: usize = 2;
/// More than so many requests are told by their peers only.
const EACH: usize = 6;

/// What has become of a request while a second key was waited for; `None` while it waits too.
pub fn over(model: &Model, id: &str) -> Option<String> {
    let ask = model.asks.iter().find(|a| a.row.id == id);
    let what = match ask {
        Some(ask) => words::decided(model.now, ask)?,
        None => "settled elsewhere".to_owned(),
    };
    Some(format!("This waits no more: {what}."))
}

/// Exactly what is confirmed.
pub fn lines(model: &Model, confirm: &Confirm, width: usize) -> Lines {
    let mut out = Vec::new();
    match confirm {
        Confirm::Allow { id, .. } => {
            let ask = model.asks.iter().find(|a| a.row.id == *id);
            if let Some(over) = over(model, id) {
                paragraph(&mut out, "notice", &over, width);
            }
            let Some(ask) = ask else {
                return out;
            };
            let verb = words::verb(ask.row.verb);
            let text = format!(
                "{} wants to {verb} this, and it is hard to take back:",
                ask.row.peer
            );
            paragraph(&mut out, "text", &text, width);
            out.push(vec![]);
            detail::command(&mut out, "risk.high", &ask.row.object, width);
        }
        Confirm::Same {
            answer,
            risk,
            verb,
            object,
            all,
            ..
        } => {
            let (role, hard) = match (answer, risk) {
                (Answer::Allow, Risk::High) => ("risk.high", ", and it is hard to take back"),
                _ => ("text.code", ""),
            };
            let (count, verb) = (all.len(), words::verb(*verb));
            let text = format!("{count} requests to {verb} exactly this{hard}:");
            paragraph(&mut out, "text", &text, width);
            out.push(vec![]);
            // It has been read whole; who asks must have room here.
            let mut lines = Vec::new();
            detail::command(&mut lines, role, object, width);
            let more = lines.len().saturating_sub(OBJECT);
            out.extend(lines.into_iter().take(OBJECT));
            if more > 0 {
                let more = counted(more, "more line", "more lines");
                let text = format!("   … and {more}, as you have read");
                out.push(vec![("text.dim", text)]);
            }
            out.push(vec![]);
            let waits = |id: &str| {
                let ask = model.asks.iter().find(|a| a.row.id == id);
                ask.is_some_and(|a| words::decided(model.now, a).is_none())
            };
            if all.len() > EACH {
                let names = all.iter().map(|one| match waits(&one.id) {
                    true => one.peer.clone(),
                    false => format!("{} (answered by now)", one.peer),
                });
                let names = names.collect::<Vec<_>>().join(", ");
                for line in words::wrap(&names, width.saturating_sub(4)) {
                    out.push(vec![("text.strong", format!("   {line}"))]);
                }
                return out;
            }
            let widths = all.iter().map(|one| words::width(&one.peer));
            let widest = widths.max().unwrap_or(0);
            for One { id, peer, .. } in all {
                let waits = waits(id);
                let role = if waits { "text.strong" } else { "text.gone" };
                let over = if waits { "" } else { "  answered by now" };
                let pad = " ".repeat(widest - words::width(peer));
                out.push(vec![
                    (role, format!("   {peer}{pad}")),
                    ("text.dim", format!("  {id}{over}")),
                ]);
            }
        }
        Confirm::Leave { outer, other } => {
            let (name, prefix) = (outer.name, outer.prefix);
            let text = format!(
                "{name} outside takes {prefix} for itself, so {prefix} would not leave a pane here. Leave panes with {other} from now on?"
            );
            paragraph(&mut out, "text", &text, width);
        }
        Confirm::Trust { directory, .. } => {
            let place = words::path(directory, &model.home);
            let text = format!(
                "{place} has templates of its own, in .pult/templates: how kinds of peers are started here, and with which programs for their agents. Whoever can write to the repository can write them too. May they be read?"
            );
            paragraph(&mut out, "text", &text, width);
        }
        Confirm::Stop { address } => {
            let text =
                format!("{address}'s program ends. Its conversation stays and can be resumed.");
            paragraph(&mut out, "text", &text, width);
        }
        Confirm::Retire { address } => {
            let text = format!(
                "{address} is stopped, and in 10 s its name is free again. Its history stays."
            );
            paragraph(&mut out, "text", &text, width);
        }
    }
    out
}
