//! What stands above a line of text that is wanted.

use super::Lines;
use super::confirm::over;
use crate::cockpit::model::{Model, Wants};
use crate::cockpit::view::words;

/// What the text is for.
pub fn lines(model: &Model, wants: &Wants, width: usize) -> Lines {
    let mut out = Vec::new();
    match wants {
        Wants::Note { id, .. } => {
            if let Some(over) = over(model, id) {
                out.push(vec![("notice", words::cut(&format!(" {over}"), width))]);
            } else if let Some(ask) = model.asks.iter().find(|a| a.row.id == *id) {
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
