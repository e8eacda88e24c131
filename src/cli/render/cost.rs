//! What was used, as a table with its sum.

use super::table::{self, Cell};
use super::{Hue, Style, age};
use crate::core::text::short_id;
use crate::wire::cost::{By, CostRow, CostView};

/// The table of `pult cost`.
pub fn table(view: &CostView, style: &Style) -> String {
    let gaps = view.gaps.iter();
    let gaps = gaps.map(|gap| format!("not all is known of {}\n", super::line(gap)));
    let gaps: String = gaps.collect();
    if view.rows.is_empty() {
        let nothing = "nothing was used yet, as far as the runtimes tell; `pult help runtimes` says \
                       which count";
        return format!("{gaps}{nothing}");
    }
    let what = match view.by {
        By::Peer => "PEER",
        By::Session => "SESSION",
        By::Turn => "TURN",
        By::Day => "DAY",
    };
    let head = [
        what, "MODEL", "TURNS", "READ", "CACHED", "STORED", "WRITTEN", "COST",
    ];
    let rows = view.rows.iter().map(|row| cells(name(row, view.by), row));
    let mut total = cells("all".to_owned(), &view.total);
    let models = view.total.models.len();
    if models > 1 {
        total[1] = Cell::plain(format!("{models} models"));
    }
    let rows: Vec<Vec<Cell>> = rows.chain([total]).collect();
    let mut text = table::table(&head, &rows, style);
    text.push_str(&style.paint(Hue::Dim, &gaps));
    if view.total.unpriced > 0 {
        let note = format!(
            "{} tokens are in no cost: prices.toml has no price for their model",
            view.total.unpriced
        );
        text.push_str(&style.paint(Hue::Dim, &note));
        text.push('\n');
    }
    if view.more {
        text.push_str(&style.paint(Hue::Dim, "there are older rows: --limit N shows more"));
    }
    text
}

fn name(row: &CostRow, by: By) -> String {
    let peer = row.peer.as_deref().unwrap_or("-");
    let id = row.native_id.as_deref().map(short_id).unwrap_or_default();
    match by {
        By::Day => row.day.clone().unwrap_or_default(),
        By::Peer => peer.to_owned(),
        By::Session => format!("{peer} {id}"),
        By::Turn => {
            let at = row.at.as_deref().map(age::clock).unwrap_or_default();
            format!("{at} {peer} {id} {}", row.turn.unwrap_or_default())
        }
    }
}

fn cells(name: String, row: &CostRow) -> Vec<Cell> {
    let tokens = row.tokens;
    let cost = row.cost.map_or("-".to_owned(), |cost| {
        let about = if row.cost_estimated { "≈" } else { "" };
        let more = if row.unpriced > 0 { " + ?" } else { "" };
        format!("{about}${cost:.2}{more}")
    });
    let mut cells = vec![Cell::plain(name), Cell::plain(row.models.join(" "))];
    let counts = [
        row.turns,
        tokens.input,
        tokens.cached,
        tokens.stored,
        tokens.output,
    ];
    cells.extend(counts.iter().map(|n| Cell::plain(n.to_string())));
    cells.push(Cell::plain(cost));
    cells
}
