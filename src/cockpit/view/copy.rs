//! A pane in copy mode: its rows, what is selected, what was found.

use super::canvas::{Bit, Canvas};
use super::{input, words};
use crate::cockpit::action::Action;
use crate::cockpit::copying::Copying;
use crate::cockpit::copying::look::style;
use crate::cockpit::copying::walk::Place;
use crate::cockpit::keymap::Section;
use crate::cockpit::model::Model;
use ratatui::layout::{Position, Rect};

/// Draws the rows; gives back where the cursor is.
pub fn draw(copying: &Copying, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    let hidden = copying.hidden(area.width);
    let selection = copying.selection();
    let rows = copying.top..(copying.top + u64::from(area.height)).min(copying.book.end());
    let found = match &copying.search {
        Some(search) => search.spans(&copying.book, rows.start, rows.end),
        None => Vec::new(),
    };
    canvas.clear(area);
    for (y, row) in (area.y..area.bottom()).zip(rows) {
        let cells = copying.book.row(row).cells;
        let chosen = selection.and_then(|s| s.columns(row));
        let mut col = 0_u16;
        for cell in &cells {
            let (from, to) = (col, col + u16::from(cell.width));
            col = to;
            let Some(x) = from.checked_sub(hidden) else {
                continue;
            };
            if x + u16::from(cell.width) > area.width {
                break;
            }
            let hit = found
                .iter()
                .find(|(r, a, b)| *r == row && *a < to && from < *b);
            let here = hit.is_some_and(|(r, a, _)| copying.at == Place { row: *r, col: *a });
            let role = match (chosen, hit) {
                (Some((a, b)), _) if a < to && from <= b => Some("selection"),
                (_, Some(_)) if here => Some("found.here"),
                (_, Some(_)) => Some("found"),
                _ => None,
            };
            let look = style(&cell.style);
            canvas.glyph(Position::new(area.x + x, y), &cell.text, look, role);
        }
        // A whole line is selected to its end, and an empty one is seen to be.
        if let Some((from, to)) = chosen {
            let end = col.saturating_sub(hidden).max(from.saturating_sub(hidden));
            let wide = if to == u16::MAX { 1 } else { 0 };
            if end < area.width {
                let rest = Rect::new(area.x + end, y, wide, 1);
                canvas.wash(rest, "selection");
            }
        }
    }
    let y = copying.at.row.checked_sub(copying.top)?;
    let y = u16::try_from(y).ok().filter(|y| *y < area.height)?;
    let x = copying.at.col.saturating_sub(hidden);
    Some(Position::new(area.x + x, area.y + y))
}

/// Where the cursor is, and what came since: for the edge of the frame.
pub fn status(model: &Model, copying: &Copying) -> Vec<Bit> {
    let (row, rows) = position(copying);
    let column = copying.at.col + 1;
    let place = format!("row {row} of {rows}, column {column} ");
    let mut bits = vec![("title.copy", " COPY ".to_owned()), ("text.soft", place)];
    let news = match (copying.stood(), copying.came) {
        (Some(at), _) => format!("· its screen {} ago ", words::age(model.now, at)),
        (None, Some(0)) => return bits,
        (None, Some(1)) => "· 1 new row below ".to_owned(),
        (None, Some(rows)) => format!("· {rows} new rows below "),
        (None, None) => "· output goes on ".to_owned(),
    };
    bits.push(("notice", news));
    bits
}

/// [`status`] in few cells.
pub fn short_status(model: &Model, copying: &Copying) -> Vec<Bit> {
    let (row, rows) = position(copying);
    let place = format!("{row}/{rows} ");
    let mut bits = vec![("title.copy", " COPY ".to_owned()), ("text.soft", place)];
    let news = match (copying.stood(), copying.came) {
        (Some(at), _) => format!("-{} ", words::age(model.now, at)),
        (None, Some(0)) => return bits,
        (None, Some(rows)) => format!("+{rows} "),
        (None, None) => "+ ".to_owned(),
    };
    bits.push(("notice", news));
    bits
}

/// Which row it is, from 1, and of how many.
fn position(copying: &Copying) -> (u64, u64) {
    let first = copying.book.first();
    let row = copying.at.row.saturating_sub(first) + 1;
    (row, copying.book.end() - first)
}

/// How to leave, or the selection before that.
pub fn way(model: &Model) -> Vec<Bit> {
    let key = model.keymap.key(Section::Copy, Action::CopyLeave);
    let key = key.unwrap_or_else(|| "q".into());
    let marks = model
        .copying
        .open
        .as_ref()
        .is_some_and(|c| c.mark.is_some());
    let does = if marks { "unselects" } else { "leaves" };
    vec![("title.copy", format!(" {key} {does} "))]
}

/// The line at the bottom: what is looked for, or the keys that matter; gives back the cursor of
/// what is typed.
pub fn footer(
    model: &Model,
    copying: &Copying,
    canvas: &mut Canvas<'_>,
    area: Rect,
) -> Option<Position> {
    let right = searched(copying);
    let from = canvas.bits_right(
        area.right().saturating_sub(1),
        area.y,
        area.width / 2,
        &right,
    );
    let room = from.saturating_sub(area.x + 2);
    if let Some(typing) = &copying.typing {
        let sign = if typing.back { "?" } else { "/" };
        let used = canvas.text(area.x + 1, area.y, room, "key", sign);
        let (x, width) = (area.x + 1 + used, room.saturating_sub(used));
        return Some(input::draw(canvas, x, area.y, width, &typing.line, ""));
    }
    let bits = match &model.notice {
        Some(notice) if notice.bad => vec![("notice.bad", notice.text.clone())],
        Some(notice) => vec![("notice", notice.text.clone())],
        None => hints(model, copying, room),
    };
    canvas.bits(area.x + 1, area.y, room, &bits);
    None
}

/// What is looked for, and which of how many hits this is.
fn searched(copying: &Copying) -> Vec<Bit> {
    let Some(search) = &copying.search else {
        return Vec::new();
    };
    let sign = if search.back { "?" } else { "/" };
    let mut bits = Vec::new();
    if copying.typing.is_none() {
        bits.push(("text.soft", format!("{sign}{}  ", search.text)));
    }
    let count = match (search.count(), search.ordinal(copying.at)) {
        (None, _) => "…".to_owned(),
        (Some(0), _) => "nowhere".to_owned(),
        (Some(count), Some(at)) => format!("{at} of {count}"),
        (Some(count), None) => format!("{count}"),
    };
    bits.push(("key.doc", count));
    bits
}

/// Whole hints only: as many as fit.
fn hints(model: &Model, copying: &Copying, room: u16) -> Vec<Bit> {
    let hits = copying.search.as_ref().and_then(|search| search.count());
    let actions: &[Action] = match (copying.mark.is_some(), hits) {
        (true, _) => &[Action::CopyTake, Action::CopyOtherEnd],
        (false, Some(1..)) => &[
            Action::CopyNext,
            Action::CopyPrevious,
            Action::CopySelect,
            Action::CopySelectLines,
            Action::CopySearch,
        ],
        (false, _) => &[
            Action::CopySelect,
            Action::CopySelectLines,
            Action::CopySearch,
            Action::CopySearchBack,
        ],
    };
    let mut bits = Vec::new();
    let mut used = 0;
    for action in actions {
        let Some(key) = model.keymap.key(Section::Copy, *action) else {
            continue;
        };
        let gap = if bits.is_empty() { "" } else { "   " };
        let pair = [
            ("key", format!("{gap}{key}")),
            ("key.doc", format!(" {}", action.row().short)),
        ];
        used += pair.iter().map(|(_, t)| words::width(t)).sum::<usize>();
        if used > usize::from(room) {
            break;
        }
        bits.extend(pair);
    }
    bits
}
