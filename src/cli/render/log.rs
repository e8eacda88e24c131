//! Log lines and the answers of `why`.

use super::{Hue, Style, age, line};
use crate::wire::view::{LogLine, WhyView};

/// One line of the log: number, time, actor, kind, what it touches, the rest as compact JSON.
pub fn entry(entry: &LogLine, style: &Style) -> String {
    let head = format!("{:>6}  {}", entry.seq, age::clock(&entry.at));
    let refs = entry.refs.join(" ");
    let body = match &entry.body {
        serde_json::Value::Null => String::new(),
        serde_json::Value::Object(fields) if fields.is_empty() => String::new(),
        body => body.to_string(),
    };
    let text = format!(
        "{:<10}  {}  {}  {}",
        line(&entry.actor),
        line(&entry.kind),
        line(&refs),
        line(&body)
    );
    let text = text.trim_end();
    let text = match style.width {
        Some(width) => super::table::cut(text, width.saturating_sub(head.len() + 2)),
        None => text.to_owned(),
    };
    format!("{}  {text}", style.paint(Hue::Dim, &head))
}

/// What is believed, on what evidence, and the log lines behind it.
pub fn why(view: &WhyView, style: &Style) -> String {
    let mut text = format!("{}\n", line(&view.subject));
    for answer in &view.answers {
        let head = format!(
            "  {:<10} {:<10}",
            line(&answer.question),
            line(&answer.answer)
        );
        text.push_str(&head);
        if let Some(evidence) = &answer.evidence {
            let source = format!("{:?}", evidence.source).to_lowercase();
            let since = age::since(&evidence.at);
            let rest = format!(" {source}: {} ({since} ago)", line(&evidence.text));
            text.push_str(&style.paint(Hue::Dim, &rest));
        }
        text.push('\n');
    }
    for entry_ in &view.log {
        text.push_str(&entry(entry_, style));
        text.push('\n');
    }
    text
}
