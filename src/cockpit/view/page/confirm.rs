//! What a second key would do.

use super::{Lines, paragraph};
use crate::cockpit::model::{Confirm, Model};
use crate::cockpit::view::words;

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
