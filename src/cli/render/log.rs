//! Log lines and the answers of `why`.

use super::{Hue, Style, age, line};
use crate::wire::view::{LogLine, WhyView};
use serde_json::Value;

/// Fields that say nothing to a reader; `pult log --json` has them.
const SILENT: [&str; 9] = [
    "at",
    "attempt",
    "call_key",
    "chain",
    "circle",
    "digest",
    "hook_key",
    "input",
    "token_hash",
];

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
    for line in &view.log {
        text.push_str(&behind(line, style));
        text.push('\n');
    }
    text
}

/// A log line in words: when, who, what, and what it says of that.
fn behind(entry: &LogLine, style: &Style) -> String {
    let mut said = Vec::new();
    words("", &entry.body, &entry.refs, &mut said);
    let head = format!("{:>6}  {}", entry.seq, age::clock(&entry.at));
    let text = format!(
        "{:<10}  {:<16}  {}",
        line(&entry.actor),
        line(&entry.kind),
        line(&said.join(" · "))
    );
    let text = text.trim_end();
    let text = match style.width {
        Some(width) => super::table::cut(text, width.saturating_sub(head.len() + 2)),
        None => text.to_owned(),
    };
    format!("{}  {text}", style.paint(Hue::Dim, &head))
}

/// The fields with a value, as words; ids that the line touches are left out.
fn words(name: &str, body: &Value, refs: &[String], said: &mut Vec<String>) {
    let text = match body {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .filter(|(name, _)| !SILENT.contains(&name.as_str()));
            fields.for_each(|(name, value)| words(name, value, refs, said));
            return;
        }
        Value::Array(items) if items.is_empty() => return,
        Value::Null | Value::Bool(false) => return,
        Value::String(text) if refs.contains(text) => return,
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items = items.iter().map(|item| match item.as_str() {
                Some(text) => text.to_owned(),
                None => item.to_string(),
            });
            items.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    };
    said.push(match name {
        "text" | "why" => text,
        name => format!("{} {text}", name.replace('_', " ")),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_behind_is_told_in_words() {
        let line = LogLine {
            seq: 7,
            at: "2026-11-22T05:12:33Z".to_owned(),
            actor: "daemon".to_owned(),
            kind: "turn.changed".to_owned(),
            refs: vec!["pr-1".to_owned(), "ss-1".to_owned()],
            cause: None,
            body: json!({"session": "ss-1", "turn": "settled", "limits": null, "digest": "ab",
                         "evidence": {"at": 1, "source": "protocol", "text": "hook Stop"}}),
        };
        let style = Style {
            colour: false,
            width: None,
        };
        let told = behind(&line, &style);
        let words = "daemon      turn.changed      source protocol · hook Stop · turn settled";
        assert!(told.ends_with(words), "{told}");
    }
}
