//! What a peer's state rests on.

use super::{Lines, labelled};
use crate::wire::view::WhyView;

/// The four answers with their evidence, and the log that led there.
pub fn lines(view: Option<&WhyView>, width: usize) -> Lines {
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
