//! What scrolled off: pages of it, and text looked for in all of it.

use super::{Answer, Served, view};
use crate::core::find::Needle;
use crate::daemon::frames::{self, Wanted};
use crate::store::recording::Recording;
use crate::wire::view::{
    ErrorKind, ErrorView, FrameView, HistoryView, PromptsView, SearchView, time,
};

/// Most rows in one answer.
const PAGE: usize = 2_000;
/// Most hits told on either side of the place that was asked about.
const MOST: usize = 2_000;

impl Served {
    pub(super) fn history(&self, name: &str, from: u64, count: u32) -> Answer {
        let pane = self.pane_of(&self.session_row(name)?)?;
        pane.look(|fold| {
            fold.settle();
            let total = fold.history_len();
            let (from, rows) = fold
                .history(from, (count as usize).min(PAGE))
                .map_err(|e| unreadable(&e))?;
            view(&HistoryView { from, rows, total })
        })
    }

    pub(super) fn search(
        &self,
        name: &str,
        text: &str,
        until: u64,
        near: u64,
        most: u32,
    ) -> Answer {
        let pane = self.pane_of(&self.session_row(name)?)?;
        let Some(needle) = Needle::new(text) else {
            let what = "there is no text to look for";
            return Err(ErrorView::new(ErrorKind::Usage, what));
        };
        // The pane goes on while its history is read.
        let past = pane.look(|fold| {
            fold.settle();
            fold.past()
        });
        let hits = past
            .search(&needle, until, near, (most as usize).min(MOST))
            .map_err(|e| unreadable(&e))?;
        view(&SearchView {
            count: hits.count,
            before: hits.before,
            near: hits.near.iter().map(|hit| (hit.row, hit.col)).collect(),
        })
    }
}

impl Served {
    pub(super) fn prompts(&self, name: &str) -> Answer {
        let pane = self.pane_of(&self.session_row(name)?)?;
        let (rows, marked) = pane.look(|fold| fold.prompts());
        view(&PromptsView { rows, marked })
    }

    /// An earlier or later screen of a full-screen program than the one after `from` bytes.
    pub(super) fn frame(&self, name: &str, from: u64, back: bool, text: Option<&str>) -> Answer {
        let row = self.session_row(name)?;
        let pane = self.pane_of(&row)?;
        let (end, size) = pane.look(|fold| (fold.durable(), fold.screen.size()));
        let needle = text.and_then(Needle::new);
        let wanted = Wanted {
            from: from.min(end),
            back,
            text: needle.as_ref(),
            size,
        };
        // The pane goes on while its recording is folded again.
        let found = Recording::open(&pane.dir.join("rec"))
            .and_then(|recording| frames::find(&recording, &wanted))
            .map_err(|e| unreadable(&e))?;
        view(&found.map(|frame| FrameView {
            offset: frame.offset,
            at: time(i64::try_from(frame.ms).unwrap_or(i64::MAX)),
            rows: frame.rows,
        }))
    }
}

pub(super) fn unreadable(error: &std::io::Error) -> ErrorView {
    let what = format!("its history cannot be read: {error}");
    ErrorView::new(ErrorKind::Failed, what)
}
