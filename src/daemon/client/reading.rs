//! Screens, history, recordings, and why something is believed.

use super::{Answer, Served, view};
use crate::core::text::strip;
use crate::daemon::house::error;
use crate::daemon::pane::fold::Fold;
use crate::daemon::rows::log_line;
use crate::wire::view::{
    CursorView, ErrorKind, ErrorView, ExportView, HistoryView, PastView, ReadView, WhyView,
};

/// Log lines that `why` goes back over.
const WHY_LINES: usize = 50;
/// Most history rows in one answer to a cockpit.
const PAGE: usize = 2_000;
/// History rows that are looked up at once for `read --history`.
const STRETCH: usize = 1_000;
/// Bytes of text after which an answer with history ends: far below what a frame may hold.
const ENOUGH: usize = 1024 * 1024;

impl Served {
    pub(super) fn read(&self, name: &str, lines: Option<u32>, history: Option<u64>) -> Answer {
        let pane = self.pane_of(&self.session_row(name)?)?;
        let unreadable = |e: std::io::Error| {
            ErrorView::new(
                ErrorKind::Failed,
                format!("its history cannot be read: {e}"),
            )
        };
        pane.look(|fold| {
            let screen = &fold.screen;
            let mut rows: Vec<String> = screen.text_rows().iter().map(|row| strip(row)).collect();
            while rows.last().is_some_and(String::is_empty) {
                rows.pop();
            }
            if let Some(from) = history {
                return view(&past(fold, from).map_err(unreadable)?);
            }
            let kept = screen.kept_rows();
            let total = fold.history_len() + kept.len() as u64;
            if let Some(wanted) = lines {
                let wanted = wanted as usize;
                let missing = wanted.saturating_sub(rows.len());
                let missing_in_file = missing.saturating_sub(kept.len());
                let from = fold.history_len().saturating_sub(missing_in_file as u64);
                let (_, mut past) = fold.history(from, missing_in_file).map_err(unreadable)?;
                past.extend(kept);
                let mut all = plain(past);
                all.append(&mut rows);
                rows = all.split_off(all.len().saturating_sub(wanted));
            }
            let (height, width) = screen.size();
            let (row, col) = screen.cursor();
            view(&ReadView {
                rows: height,
                cols: width,
                cursor: CursorView { row, col },
                lines: rows,
                title: screen.title().map(strip),
                history_lines: total,
            })
        })
    }

    pub(super) fn history(&self, name: &str, from: u64, count: u32) -> Answer {
        let pane = self.pane_of(&self.session_row(name)?)?;
        pane.look(|fold| {
            let total = fold.history_len();
            let (from, rows) = fold
                .history(from, (count as usize).min(PAGE))
                .map_err(|e| {
                    ErrorView::new(
                        ErrorKind::Failed,
                        format!("its history cannot be read: {e}"),
                    )
                })?;
            view(&HistoryView { from, rows, total })
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
        let row = self.session_row(reference)?;
        let log = self
            .house
            .engine
            .log_about(row.id.as_str(), WHY_LINES)
            .map_err(error)?;
        view(&self.house.why(&row, log.iter().map(log_line).collect()))
    }
}

fn plain(rows: Vec<String>) -> Vec<String> {
    rows.iter().map(|row| crate::screen::plain(row)).collect()
}

/// The history from row `from` on, as much as fits in one answer; the rows kept above the screen
/// are its end.
fn past(fold: &Fold, from: u64) -> std::io::Result<PastView> {
    let mut lines = Vec::new();
    let (mut next, mut bytes) = (from, 0);
    while bytes < ENOUGH {
        let (first, rows) = fold.history(next, STRETCH)?;
        if rows.is_empty() {
            lines.extend(plain(fold.screen.kept_rows()));
            return Ok(PastView { lines, next: None });
        }
        next = first + rows.len() as u64;
        let rows = plain(rows);
        bytes += rows.iter().map(|row| row.len() + 4).sum::<usize>();
        lines.extend(rows);
    }
    Ok(PastView {
        lines,
        next: Some(next),
    })
}
