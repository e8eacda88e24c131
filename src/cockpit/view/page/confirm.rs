//! What a second key would do.

use super::{Lines, paragraph};
use crate::cockpit::inbox::same::One;
use crate::cockpit::model::{Confirm, Model};
use crate::cockpit::view::words;
use crate::core::ask::{Answer, Risk};

/// Exactly what is confirmed.
pub fn lines(model: &Model, confirm: &Confirm, width: usize) -> Lines {
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
            for line in words::wrap(object, width.saturating_sub(4)) {
                out.push(vec![(role, format!("   {line}"))]);
            }
            out.push(vec![]);
            for One { id, peer, .. } in all {
                let ask = model.asks.iter().find(|a| a.row.id == *id);
                let waits = ask.is_some_and(|a| words::decided(model.now, a).is_none());
                let role = if waits { "text.strong" } else { "text.gone" };
                let over = if waits { "" } else { "  answered by now" };
                out.push(vec![
                    (role, format!("   {peer}")),
                    ("text.dim", format!("  {id}{over}")),
                ]);
            }
        }
        Confirm::Leave { outer, other } => {
            let (name, prefix) = (outer.name, outer.prefix);
            let text = format!(
                "{name} outside takes {prefix} for itself, so {prefix} would not leave a pane here. Leave panes by {other} from now on?"
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
