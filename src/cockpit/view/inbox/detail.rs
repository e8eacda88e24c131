//! One request, whole: what would happen, where, why the agent says so, and where it stands.

use crate::cockpit::action::Action;
use crate::cockpit::inbox::{no_effect, same};
use crate::cockpit::model::{Ask, Model, Page};
use crate::cockpit::view::page::{Lines, labelled};
use crate::cockpit::view::words;
use crate::core::ask::{Answer, AskKind, AskState, Risk, Surface, Verb};
use crate::core::text::shown;
use crate::wire::view::{AskDetail, AskRow, CoveredView};
use serde_json::Value;

/// A request in lines.
#[derive(Default)]
pub struct Whole {
    /// All of them.
    pub lines: Lines,
    /// How many of them, from the first on, tell what would be done; those behind say it again, or
    /// change nothing of it.
    pub needed: usize,
}

/// The request under the cursor.
pub fn current(model: &Model, width: usize) -> Whole {
    match model.ask() {
        Some(ask) => whole(model, &ask.row.id, model.inbox.detail.as_deref(), width),
        None => Whole::default(),
    }
}

/// The request of that id, as far as the daemon has told it.
pub fn whole(model: &Model, id: &str, detail: Option<&AskDetail>, width: usize) -> Whole {
    let Some(detail) = detail else {
        return Whole {
            lines: vec![vec![("text.dim", " asking the daemon".into())]],
            needed: 1,
        };
    };
    let ask = model.asks.iter().find(|a| a.row.id == id);
    // What stands in the list is newer than what was told when it was asked for.
    let row = match ask {
        Some(ask) if ask.gone.is_none() => &ask.row,
        _ => &detail.row,
    };
    let mut out = head(model, row, ask);
    danger(&mut out, row, detail, width);
    if let Some(ask) = ask {
        standing(model, &mut out, ask, width);
    }
    place(model, &mut out, detail, width);
    let placed = out.len();
    match &detail.reason {
        Some(text) => labelled(&mut out, "agent says", &format!("“{text}”"), width),
        None => labelled(&mut out, "agent says", "nothing of why", width),
    }
    if let Some(ask) = ask {
        others(model, &mut out, ask, width);
    }
    if row.kind == AskKind::Start {
        let text = "in the pane itself: it is the CLI's own question";
        labelled(&mut out, "answer", text, width);
    }
    decided(&mut out, row, detail, width);
    exactly(&mut out, detail, width);
    let covered = out.len();
    beside(&mut out, detail, width);
    let needed = match (says_all(detail), detail.covers.is_empty()) {
        (true, _) => placed,
        (false, false) => covered,
        (false, true) => out.len(),
    };
    Whole { lines: out, needed }
}

/// Whether object, place and tool are all that the call is made of.
fn says_all(detail: &AskDetail) -> bool {
    let row = &detail.row;
    if detail.covers.is_empty() {
        return matches!(row.verb, Verb::Run | Verb::Read | Verb::Fetch);
    }
    let told = |text: &String| {
        let cwd = detail.cwd.as_ref();
        [&row.object, &detail.tool].contains(&text)
            || cwd == Some(text)
            || detail.files.contains(text)
    };
    let mut covers = detail.covers.iter();
    covers.all(|covered| told(&plain(&covered.value)))
}

fn head(model: &Model, row: &AskRow, ask: Option<&Ask>) -> Lines {
    let what = match row.kind {
        AskKind::Start => " shows a start screen".into(),
        AskKind::Question => " asks in its pane".into(),
        _ => format!(" wants to {}", words::verb(row.verb)),
    };
    let age = ask.map(|a| format!("  {} ago", words::age(model.now, a.asked)));
    vec![
        vec![
            ("text.strong", format!(" {}", row.peer)),
            ("text.soft", what),
            ("text.dim", age.unwrap_or_default()),
        ],
        vec![],
    ]
}

/// The object, and how hard it is to take back.
fn danger(out: &mut Lines, row: &AskRow, detail: &AskDetail, width: usize) {
    command(out, "text.code", &detail.row.object, width);
    out.push(vec![]);
    let why = detail.risk_why.as_deref();
    if row.risk == Risk::High {
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        let second = match row.state {
            AskState::Asked => ". Allowing it asks for a second key",
            _ => "",
        };
        let text = format!("! hard to take back{why}{second}");
        for line in words::wrap(&text, width.saturating_sub(2)) {
            out.push(vec![("risk.high", format!(" {line}"))]);
        }
        out.push(vec![]);
    } else if let Some(why) = why {
        labelled(out, "risk", why, width);
    }
}

/// What would be done, as it was written. A line that goes on in the next row is marked there, so
/// that it is not taken for two.
pub fn command(out: &mut Lines, role: &'static str, text: &str, width: usize) {
    for line in text.split('\n') {
        for (n, row) in words::wrap(line, width.saturating_sub(4))
            .into_iter()
            .enumerate()
        {
            let mark = if n == 0 { "   " } else { " ↳ " };
            out.push(vec![("text.dim", mark.to_owned()), (role, row)]);
        }
    }
}

/// The key that does `action` here; below another page that which does it once that is closed.
fn key(model: &Model, action: Action) -> Option<String> {
    match &model.page {
        None | Some(Page::Look { .. }) => model.key_here(action),
        Some(_) => model.keymap.any_key(action),
    }
}

/// Where it stands: asked, decided, delivered, closed.
fn standing(model: &Model, out: &mut Lines, ask: &Ask, width: usize) {
    let again = key(model, Action::Retry);
    let again = again.map(|key| format!(" ({key} delivers it again)"));
    let again = again.unwrap_or_default();
    let (text, bad) = match (ask.row.state, no_effect(model.now, ask)) {
        _ if ask.gone.is_some() => ("closed".into(), false),
        (AskState::Decided, _) => (format!("decided, not delivered{again}"), true),
        (AskState::Delivered, Some(at)) => {
            let age = words::age(model.now, at);
            (
                format!("delivered {age} ago, and nothing shows that the agent took it{again}"),
                true,
            )
        }
        (AskState::Delivered, None) => ("delivered, no effect seen yet".into(), false),
        (AskState::Asked, _) if ask.sent => ("your answer is on its way".into(), false),
        (AskState::Asked, _) => ("waits for an answer".into(), false),
        (AskState::Closed, _) => ("closed".into(), false),
    };
    let from = out.len();
    labelled(out, "state", &text, width);
    if bad {
        for line in &mut out[from..] {
            for bit in line.iter_mut().skip(1) {
                bit.0 = "notice.bad";
            }
        }
    }
}

fn place(model: &Model, out: &mut Lines, detail: &AskDetail, width: usize) {
    if let Some(cwd) = &detail.cwd {
        labelled(out, "in", &words::path(cwd, &model.home), width);
    }
    let others = |file: &&String| **file != detail.row.object;
    for (n, file) in detail.files.iter().filter(others).enumerate() {
        let label = if n == 0 { "files" } else { "" };
        labelled(out, label, &words::path(file, &model.home), width);
    }
    labelled(out, "tool", &detail.tool, width);
}

/// Who else waits for exactly this.
fn others(model: &Model, out: &mut Lines, ask: &Ask, width: usize) {
    let mut peers: Vec<&str> = same::same(model, ask)
        .into_iter()
        .filter(|other| other.row.id != ask.row.id)
        .map(|other| other.row.peer.as_str())
        .collect();
    if peers.is_empty() {
        return;
    }
    let count = peers.len();
    peers.truncate(12);
    let more = if count > 12 { " …" } else { "" };
    let key = key(model, Action::AllowSame);
    let all = key.map(|key| format!(" ({key} answers all {})", count + 1));
    let text = format!(
        "{count} more: {}{more}{}",
        peers.join(", "),
        all.unwrap_or_default()
    );
    labelled(out, "the same", &text, width);
}

fn decided(out: &mut Lines, row: &AskRow, detail: &AskDetail, width: usize) {
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
        let rule = by.rule.as_deref();
        let rule = rule.map(|r| format!(", by rule {r}")).unwrap_or_default();
        let text = format!("{answer} {place} by {}{rule}", by.by);
        labelled(out, "decided", &text, width);
    }
    if let Some(note) = &detail.note {
        labelled(out, "note", note, width);
    }
    if let Some(why) = &detail.closed_why {
        labelled(out, "closed", why, width);
    }
}

/// What "exactly this call" means: everything that the digest covers, without what was said already.
fn exactly(out: &mut Lines, detail: &AskDetail, width: usize) {
    if detail.covers.is_empty() {
        return;
    }
    out.push(vec![]);
    let mut covers: Vec<(String, String)> = (detail.covers.iter())
        .map(|CoveredView { name, value }| (name.clone(), plain(value)))
        .collect();
    let object = Some(&detail.row.object);
    let above = [
        (Some("tool"), Some(&detail.tool)),
        (Some("directory"), detail.cwd.as_ref()),
        (None, object),
    ];
    for (label, text) in above {
        let mut fields = covers.iter();
        let told = |(name, value): &(String, String)| {
            label.is_none_or(|label| label == name) && Some(value) == text
        };
        if let Some(at) = fields.position(told) {
            covers.remove(at);
        }
    }
    let what = match covers.is_empty() {
        true => "the above",
        false => "the above and this",
    };
    let text = format!("once, and for exactly {what}: a call that differs in any of it asks again");
    for line in words::wrap(&text, width.saturating_sub(2)) {
        out.push(vec![("text.dim", format!(" {line}"))]);
    }
    let fields = covers.into_iter();
    let digest = ("digest".to_owned(), detail.row.digest.clone());
    self::fields(out, fields.chain([digest]).collect(), width);
}

/// What the agent said about the call that changes nothing of what it does.
fn beside(out: &mut Lines, detail: &AskDetail, width: usize) {
    let fields: Vec<(String, String)> = match &detail.input {
        Value::Null => return,
        Value::Object(map) => {
            let covered = |name: &str| detail.covers.iter().any(|c| c.name == name);
            let rest = map.iter().filter(|(name, _)| !covered(name));
            rest.map(|(k, v)| (k.clone(), plain(v))).collect()
        }
        _ if !detail.covers.is_empty() => return,
        other => vec![(String::new(), plain(other))],
    };
    let said = [Some(&detail.row.object), detail.reason.as_ref()];
    let fields: Vec<_> = (fields.into_iter())
        .filter(|(_, text)| !said.contains(&Some(text)))
        .collect();
    if fields.is_empty() {
        return;
    }
    out.push(vec![]);
    out.push(vec![("text.dim", " the agent also said".into())]);
    self::fields(out, fields, width);
}

/// Names and values: side by side where there is room, below each other where not.
fn fields(out: &mut Lines, fields: Vec<(String, String)>, width: usize) {
    let widths = fields.iter().map(|(name, _)| words::width(name));
    let label = widths.max().unwrap_or(0).min(width / 3);
    for (name, text) in fields {
        let name = words::cut(&name, width / 2);
        let pad = label.saturating_sub(words::width(&name));
        if text.contains('\n') || words::width(&text) + words::width(&name) + pad + 6 > width {
            out.push(vec![("text.dim", format!("   {name}"))]);
            for line in words::wrap(text.trim_end_matches('\n'), width.saturating_sub(6)) {
                out.push(vec![("text.soft", format!("     {line}"))]);
            }
            continue;
        }
        out.push(vec![
            ("text.dim", format!("   {name}{}  ", " ".repeat(pad))),
            ("text.soft", words::cut(&text, width)),
        ]);
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => shown(text),
        Value::Array(lines) if lines.len() > 1 && lines.iter().all(Value::is_string) => {
            let lines = lines.iter().filter_map(Value::as_str);
            shown(&lines.collect::<Vec<_>>().join("\n"))
        }
        other if other.is_object() || other.is_array() => {
            shown(&serde_json::to_string_pretty(other).unwrap_or_default())
        }
        other => other.to_string(),
    }
}
