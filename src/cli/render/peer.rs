//! Peers as a table and as one line.

use super::table::{Cell, table};
use super::{Hue, Style, age};
use crate::core::state::{Attention, Shown};
use crate::core::tag::Tag;
use crate::core::text::short_id;
use crate::wire::view::PeerRow;

/// The column of the names.
const NAME: usize = 1;

/// The table of `pult ls`.
pub fn peers(rows: &[PeerRow], style: &Style) -> String {
    let home = std::env::var("HOME").unwrap_or_default();
    let used = rows.iter().any(|row| row.tokens.is_some());
    let tagged = rows.iter().any(|row| row.tag.is_some());
    let cells = rows.iter().map(|row| {
        let mut cells = cells(row, &home);
        if used {
            cells.insert(cells.len() - 1, Cell::plain(usage(row)));
        }
        if tagged {
            cells.insert(NAME + 1, Cell::plain(row.tag.map_or("", Tag::word)));
        }
        cells
    });
    let cells: Vec<Vec<Cell>> = cells.collect();
    let mut head = vec!["STATE", "NAME", "RUNTIME", "PROFILE", "SINCE", "WHERE"];
    if used {
        head.insert(head.len() - 1, "USED");
    }
    if tagged {
        head.insert(NAME + 1, "TAG");
    }
    let mut text = table(&head, &cells, style);
    if text.is_empty() {
        text = "no peers; `pult new NAME -- COMMAND` starts one, `pult demo` shows the loop".into();
    }
    for row in rows {
        if let Some(gap) = &row.usage_gap {
            let gap = format!("what {} used is not known: {}", name(row), super::line(gap));
            text.push_str(&style.paint(Hue::Dim, &gap));
            text.push('\n');
        }
    }
    text
}

/// What a verb that acted on one peer prints.
pub fn peer(row: &PeerRow, style: &Style) -> String {
    let mut text = table(
        &["STATE", "NAME", "RUNTIME", "PROFILE", "SINCE", "WHERE"],
        &[cells(row, &std::env::var("HOME").unwrap_or_default())],
        style,
    );
    // One row needs no head.
    if let Some(end) = text.find('\n') {
        text.drain(..=end);
    }
    text
}

/// What a verb that started a program prints: the peer, and what is not enforced for it.
pub fn started(row: &PeerRow, style: &Style) -> String {
    let mut text = peer(row, style);
    for limit in &row.limits {
        let limit = format!("  not enforced: {}", super::line(limit));
        text.push_str(&style.paint(Hue::Dim, &limit));
        text.push('\n');
    }
    text
}

/// What is printed of one that was retired: the peer, and what stays on disk.
pub fn retired(row: &PeerRow, style: &Style) -> String {
    let mut text = peer(row, style);
    if let Some(tree) = &row.worktree {
        let stays = format!("  its worktree stays: {}", super::line(tree));
        text.push_str(&style.paint(Hue::Dim, &stays));
        text.push('\n');
    }
    text
}

/// A peer as it is written: the circle only where it is not the usual one.
pub fn name(row: &PeerRow) -> String {
    let Some(name) = row.name.as_deref() else {
        // One that was found elsewhere goes by its id; so much of it is enough.
        return short_id(row.native_id.as_deref().unwrap_or("-"));
    };
    match row.circle.as_str() {
        "" | "main" => name.to_owned(),
        circle => format!("{circle}/{name}"),
    }
}

fn cells(row: &PeerRow, home: &str) -> Vec<Cell> {
    let state = match (row.retired, row.exit) {
        (true, _) => "· retired".to_owned(),
        (false, Some(exit)) if matches!(row.shown, Shown::Failed) => {
            let how = match (exit.code, exit.signal) {
                (_, Some(signal)) => format!("signal {signal}"),
                (code, None) => format!("code {}", code.unwrap_or(-1)),
            };
            format!("{} {} {how}", row.shown.glyph(), row.shown.word())
        }
        _ if row.attention == Attention::Snoozed => format!("{} snoozed", row.shown.glyph()),
        _ if row.origin == "discovered" => format!("· {}", row.shown.word()),
        _ => {
            let until = row
                .limit_until
                .as_deref()
                .filter(|_| row.shown == Shown::Limited);
            let until = until.map(|at| format!(" until {}", age::until(at)));
            let word = row.shown.word();
            format!("{} {word}{}", row.shown.glyph(), until.unwrap_or_default())
        }
    };
    let runtime = match &row.model {
        Some(model) => format!("{} {model}", row.runtime),
        None => row.runtime.clone(),
    };
    vec![
        Cell::new(hue(row.shown), state),
        Cell::plain(name(row)),
        Cell::plain(runtime),
        Cell::plain(&row.profile),
        Cell::plain(age::since(&row.since)),
        Cell::new(Hue::Dim, shorten(&row.cwd, home)),
    ]
}

/// Tokens, cost and fullness of the context, as far as they are known: `12.4k $0.42 41%`, with `≈`
/// where the cost is an estimate.
fn usage(row: &PeerRow) -> String {
    let tokens = row.tokens.map(|n| match n {
        0..1_000 => n.to_string(),
        1_000..1_000_000 => format!("{:.1}k", n as f64 / 1e3),
        _ => format!("{:.1}M", n as f64 / 1e6),
    });
    let about = if row.cost_estimated { "≈" } else { "" };
    let cost = row.cost.map(|cost| format!("{about}${cost:.2}"));
    let context = row.context.map(|full| format!("{full}%"));
    let parts: Vec<_> = [tokens, cost, context].into_iter().flatten().collect();
    parts.join(" ")
}

fn hue(shown: Shown) -> Hue {
    match shown {
        Shown::Lost | Shown::Failed => Hue::Bad,
        Shown::Asks | Shown::Limited | Shown::Unknown => Hue::Wants,
        Shown::Working | Shown::Done | Shown::Starting => Hue::Good,
        Shown::Parked | Shown::Exited | Shown::Idle => Hue::Dim,
    }
}

/// `~` for the home directory.
fn shorten(path: &str, home: &str) -> String {
    match path.strip_prefix(home) {
        Some(rest) if home.len() > 1 && (rest.is_empty() || rest.starts_with('/')) => {
            format!("~{rest}")
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_directory_is_a_tilde_and_its_neighbours_are_not() {
        assert_eq!(shorten("/home/me/shop", "/home/me"), "~/shop");
        assert_eq!(shorten("/home/me", "/home/me"), "~");
        assert_eq!(shorten("/home/meg", "/home/me"), "/home/meg");
        assert_eq!(shorten("/tmp", ""), "/tmp");
    }
}
