//! Screens, history, recordings, and why something is believed.

use super::history::unreadable;
use super::{Answer, Served, view};
use crate::core::text::strip;
use crate::daemon::house::error;
use crate::daemon::pane::fold::Fold;
use crate::daemon::rows::log_line;
use crate::wire::view::{
    CursorView, ErrorKind, ErrorView, ExportView, PastView, ReadView, WhyView,
};

/// Log lines that `why` goes back over.
const WHY_LINES: usize = 50;
/// History rows that are looked up at once for `read --history`.
const STRETCH: usize = 1_000;
/// Bytes of text after which an answer with history ends: far below what a frame may hold.
const ENOUGH: usize = 1024 * 1024;

impl Served {
    pub(super) fn read(&self, name: &str, lines: Option<u32>, history: Option<u64>) -> Answer {
        let pane = self.pane_of(&self.session_row(name)?)?;
        pane.look(|fold| {
            fold.settle();
            let screen = &fold.screen;
            let mut rows: Vec<String> = screen.text_rows().iter().map(|row| strip(row)).collect();
            while rows.last().is_some_and(String::is_empty) {
                rows.pop();
            }
            if let Some(from) = history {
                return view(&past(fold, from).map_err(|e| unreadable(&e))?);
            }
            let history_lines = fold.history_len() + screen.kept_rows().len() as u64;
            let end = history_lines + rows.len() as u64;
            if let Some(wanted) = lines {
                rows = last(fold, rows, wanted as usize).map_err(|e| unreadable(&e))?;
            }
            let first_line = end - rows.len() as u64;
            let (height, width) = screen.size();
            let (row, col) = screen.cursor();
            view(&ReadView {
                rows: height,
                cols: width,
                cursor: CursorView { row, col },
                lines: rows,
                title: screen.title().as_deref().map(strip),
                history_lines,
                first_line,
            })
        })
    }

    pub(super) fn export(&self, name: &str) -> Answer {
        let (peer, row) = self.peer(name)?;
        if row.no_record {
            let what = format!("{} is not recorded", peer.address());
            return Err(
                ErrorView::new(ErrorKind::Refused, what).hint("it was made with --no-record")
            );
        }
        let pane = self.pane_of(&row)?;
        view(&ExportView {
            recording: pane.dir.join("rec").to_string_lossy().into_owned(),
            length: pane.look(|fold| fold.durable()),
            title: pane.title(),
            name: peer.address(),
        })
    }

    pub(super) fn why(&self, reference: &str) -> Answer {
        if reference.starts_with(crate::core::id::AskId::PREFIX) {
            let ask = self.house.engine.find_ask(reference).map_err(error)?;
            let log = self
                .house
                .engine
                .log_about(ask.id.as_str(), WHY_LINES)
                .map_err(error)?;
            return view(&WhyView {
                subject: format!("{} of {}", ask.id, self.house.asker(&ask)),
                answers: Vec::new(),
                log: log.iter().map(log_line).collect(),
            });
        }
        let row = match self.session_row(reference) {
            Ok(row) => row,
            Err(nobody) => return view(&self.house.why_elsewhere(reference).ok_or(nobody)?),
        };
        let log = self
            .house
            .engine
            .log_about(row.id.as_str(), WHY_LINES)
            .map_err(error)?;
        let mut why = self.house.why(&row, log.iter().map(log_line).collect());
        why.answers
            .extend(self.house.lineage(&row.id).map_err(error)?);
        view(&why)
    }
}

fn plain(rows: Vec<String>) -> Vec<String> {
    let text = |row: &String| crate::screen::plain(row).trim_end().to_owned();
    rows.iter().map(text).collect()
}

/// The last `wanted` rows of history and `screen`, or as many of them as fit in one answer.
fn last(fold: &Fold, screen: Vec<String>, wanted: usize) -> std::io::Result<Vec<String>> {
    let mut rows = fold.screen.kept_rows();
    let missing = wanted.saturating_sub(rows.len() + screen.len());
    let missing = missing.min(STRETCH);
    let from = fold.history_len().saturating_sub(missing as u64);
    let (_, past) = fold.history(from, missing)?;
    rows.splice(0..0, past);
    let mut rows = plain(rows);
    rows.extend(screen);
    let mut bytes = 0;
    let fits = rows.iter().rev().take(wanted).take_while(|row| {
        bytes += row.len() + 4;
        bytes < ENOUGH
    });
    let left_out = rows.len() - fits.count();
    Ok(rows.split_off(left_out))
}

/// The history from row `from` on, as much as fits in one answer; the rows kept above the screen
/// are its end.
fn past(fold: &Fold, from: u64) -> std::io::Result<PastView> {
    let mut lines = Vec::new();
    let (mut next, mut bytes) = (from, 0);
    let mut began = None;
    while bytes < ENOUGH {
        let (first, rows) = fold.history(next, STRETCH)?;
        let from = *began.get_or_insert(first);
        if rows.is_empty() {
            // Those kept above the screen, from the one that was asked for.
            let above = next.saturating_sub(fold.history_len());
            let kept = fold.screen.kept_rows().into_iter();
            lines.extend(plain(kept.skip(above as usize).collect()));
            let next = None;
            return Ok(PastView { from, lines, next });
        }
        next = first + rows.len() as u64;
        let rows = plain(rows);
        bytes += rows.iter().map(|row| row.len() + 4).sum::<usize>();
        lines.extend(rows);
    }
    Ok(PastView {
        from: began.unwrap_or(from),
        lines,
        next: Some(next),
    })
}
