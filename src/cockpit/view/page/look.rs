//! One request, whole.

use super::{Lines, labelled};
use crate::cockpit::model::Model;
use crate::cockpit::view::words;
use crate::core::ask::{Answer, AskKind, Risk, Surface};
use crate::wire::view::AskDetail;

/// The request of that id, as far as the daemon has told it.
pub fn lines(model: &Model, id: &str, detail: Option<&AskDetail>, width: usize) -> Lines {
    let Some(detail) = detail else {
        return vec![vec![("text.dim", " asking the daemon".into())]];
    };
    let row = &detail.row;
    let mut out = Vec::new();
    let verb = words::verb(row.verb);
    let ask = model.asks.iter().find(|a| a.row.id == id);
    let age = ask
        .map(|a| format!("  {} ago", words::age(model.now, a.asked)))
        .unwrap_or_default();
    out.push(vec![
        ("text.strong", format!(" {}", row.peer)),
        (
            "text.soft",
            if row.kind == AskKind::Start {
                " shows a start screen".into()
            } else {
                format!(" wants to {verb}")
            },
        ),
        ("text.dim", age),
    ]);
    out.push(vec![]);
    for line in words::wrap(&row.object, width.saturating_sub(4)) {
        out.push(vec![("text.code", format!("   {line}"))]);
    }
    out.push(vec![]);
    if row.risk == Risk::High {
        out.push(vec![(
            "risk.high",
            " ! hard to take back: allowing it asks for a second key".into(),
        )]);
        out.push(vec![]);
    }
    if let Some(cwd) = &detail.cwd {
        labelled(&mut out, "in", &words::path(cwd, &model.home), width);
    }
    labelled(&mut out, "tool", &detail.tool, width);
    labelled(
        &mut out,
        "why",
        detail
            .reason
            .as_deref()
            .unwrap_or("the agent gives no reason"),
        width,
    );
    if row.kind == AskKind::Start {
        labelled(
            &mut out,
            "answer",
            "in the pane itself: it is the CLI's own question",
            width,
        );
    }
    if let Some(by) = &row.decided {
        let answer = match by.answer {
            Answer::Allow => "allowed",
            Answer::Deny => "rejected",
        };
        let place = match by.surface {
            Surface::Cockpit => "in a cockpit",
            Surface::Cli => "on the command line",
            Surface::Pane => "in the pane",
        };
        let rule = by
            .rule
            .as_deref()
            .map(|r| format!(", by rule {r}"))
            .unwrap_or_default();
        labelled(
            &mut out,
            "decided",
            &format!("{answer} {place} by {}{rule}", by.by),
            width,
        );
    }
    if let Some(note) = &detail.note {
        labelled(&mut out, "note", note, width);
    }
    if let Some(why) = &detail.closed_why {
        labelled(&mut out, "closed", why, width);
    }
    said(&mut out, &detail.input, &row.object, width);
    out
}

/// Everything the agent said about the call, a field each; what is shown above already is left out.
fn said(out: &mut Lines, input: &serde_json::Value, object: &str, width: usize) {
    let fields: Vec<(String, String)> = match input {
        serde_json::Value::Null => return,
        serde_json::Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
        other => vec![(String::new(), plain(other))],
    };
    let mut fields = fields
        .into_iter()
        .filter(|(_, text)| text != object)
        .peekable();
    if fields.peek().is_none() {
        return;
    }
    out.push(vec![]);
    out.push(vec![(
        "text.dim",
        " everything else the agent said about it".into(),
    )]);
    for (name, text) in fields {
        let name = words::cut(&name, width / 2);
        if text.contains('\n') || words::width(&text) + words::width(&name) + 6 > width {
            out.push(vec![("text.dim", format!("   {name}"))]);
            for line in words::wrap(text.trim_end_matches('\n'), width.saturating_sub(6)) {
                out.push(vec![("text.soft", format!("     {line}"))]);
            }
        } else {
            out.push(vec![
                ("text.dim", format!("   {name}  ")),
                ("text.soft", text),
            ]);
        }
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other if other.is_object() || other.is_array() => {
            serde_json::to_string_pretty(other).unwrap_or_default()
        }
        other => other.to_string(),
    }
}
