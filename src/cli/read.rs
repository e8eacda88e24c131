//! `pult read NAME`: what a pane shows.

use super::render;
use super::shell::{Shell, print};
use crate::dial::Connection;
use crate::wire::request::Request;
use crate::wire::transcript::{ChangesView, TranscriptView};
use crate::wire::view::{ErrorView, PastView, ReadView};
use serde::Serialize;

/// Print a pane's screen
#[derive(Debug, clap::Args)]
pub struct Read {
    /// Whom: NAME, or CIRCLE/NAME
    name: String,
    /// The last N lines of history and screen
    #[arg(long, value_name = "N", conflicts_with = "history")]
    lines: Option<u32>,
    /// The whole history, oldest first
    #[arg(long)]
    history: bool,
    /// The conversation instead of the screen; NAME may be the id of a session found elsewhere
    #[arg(long, conflicts_with_all = ["lines", "history"])]
    transcript: bool,
    /// What the agent plans to do, as it has last written it down; NAME as for --transcript
    #[arg(long, conflicts_with_all = ["lines", "history", "transcript"])]
    plan: bool,
    /// What the conversation's tool calls claim to have done to files, as diffs
    #[arg(long, conflicts_with_all = ["lines", "history", "transcript", "plan"])]
    changes: bool,
    /// The conversation or its changes from this line on
    #[arg(
        long,
        value_name = "LINE",
        conflicts_with_all = ["lines", "history"],
        default_value_t = 1
    )]
    from: u64,
}

/// What `--history` prints.
#[derive(Debug, Serialize)]
struct Lines {
    lines: Vec<String>,
}

impl Read {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let mut door = shell.operator(&format!("read {}", self.name))?;
        if self.plan {
            return plan(&mut door, shell, self.name);
        }
        if self.transcript {
            return transcript(shell, &mut door, &self.name, self.from);
        }
        if self.changes {
            return changes(shell, &mut door, &self.name, self.from);
        }
        if self.history {
            let (_, lines) = past(&mut door, &self.name, 0)?;
            let seen = Lines { lines };
            self::lines(shell, &seen, &seen.lines);
            return Ok(());
        }
        let mut seen: ReadView = door.request_as(Request::Read {
            name: self.name.clone(),
            lines: self.lines,
            history: None,
        })?;
        complete(&mut door, &self.name, self.lines, &mut seen)?;
        lines(shell, &seen, &seen.lines);
        Ok(())
    }
}

/// The conversation, asked for a stretch at a time; as JSON, one object with all of it.
fn transcript(
    shell: &Shell,
    door: &mut Connection,
    name: &str,
    from: u64,
) -> Result<(), ErrorView> {
    let mut whole: Option<TranscriptView> = None;
    let mut next = Some(from);
    while let Some(from) = next {
        let name = name.to_owned();
        let seen: TranscriptView = door.request_as(Request::Transcript {
            name,
            from,
            before: None,
            last: None,
        })?;
        next = seen.next;
        if !shell.json {
            let entries = seen.entries.iter();
            let text: String = entries
                .map(|e| render::transcript::entry(e, &shell.style))
                .collect();
            print(&text);
        } else if let Some(whole) = &mut whole {
            whole.entries.extend(seen.entries);
            (whole.plan, whole.lines) = (seen.plan, seen.lines);
        } else {
            whole = Some(TranscriptView { next: None, ..seen });
        }
    }
    if let Some(whole) = whole {
        shell.show(&whole, |_, _| String::new());
    }
    Ok(())
}

/// What it plans: that of the whole conversation, without its entries.
fn plan(door: &mut Connection, shell: &Shell, name: String) -> Result<(), ErrorView> {
    let mut seen: TranscriptView = door.request_as(Request::Transcript {
        name,
        from: 1,
        before: None,
        last: Some(0),
    })?;
    seen.entries.clear();
    shell.show(&seen, render::transcript::plan);
    Ok(())
}

/// What was done to files, asked for a stretch at a time.
fn changes(shell: &Shell, door: &mut Connection, name: &str, from: u64) -> Result<(), ErrorView> {
    let mut whole: Option<ChangesView> = None;
    let mut next = Some(from);
    while let Some(from) = next {
        let name = name.to_owned();
        let seen: ChangesView = door.request_as(Request::Changes { name, from })?;
        next = seen.next;
        match &mut whole {
            Some(whole) => whole.changes.extend(seen.changes),
            None => whole = Some(ChangesView { next: None, ..seen }),
        }
    }
    if let Some(whole) = whole {
        shell.show(&whole, render::transcript::changes);
    }
    Ok(())
}

/// Puts before the lines in `seen` what is missing of the `wanted` last ones.
fn complete(
    door: &mut Connection,
    name: &str,
    wanted: Option<u32>,
    seen: &mut ReadView,
) -> Result<(), ErrorView> {
    let wanted = wanted.map_or(0, u64::from);
    let missing = wanted.saturating_sub(seen.lines.len() as u64);
    let from = seen.first_line.saturating_sub(missing);
    if missing == 0 || from == seen.first_line {
        return Ok(());
    }
    let (first, mut before) = past(door, name, from)?;
    // More has scrolled off meanwhile, and what was dropped is not there.
    let missing = seen.first_line.saturating_sub(first);
    before.truncate(usize::try_from(missing).unwrap_or(usize::MAX));
    seen.first_line -= before.len() as u64;
    seen.lines.splice(0..0, before);
    Ok(())
}

/// The history from row `from` on, asked for a stretch at a time, and the number of its first row.
fn past(door: &mut Connection, name: &str, from: u64) -> Result<(u64, Vec<String>), ErrorView> {
    let mut lines = Vec::new();
    let mut first = None;
    let mut next = Some(from);
    while next.is_some() {
        let mut seen: PastView = door.request_as(Request::Read {
            name: name.to_owned(),
            lines: None,
            history: next,
        })?;
        first.get_or_insert(seen.from);
        lines.append(&mut seen.lines);
        next = seen.next;
    }
    Ok((first.unwrap_or(from), lines))
}

fn lines(shell: &Shell, seen: &impl Serialize, lines: &[String]) {
    if shell.json {
        shell.show(seen, |_, _| String::new());
    } else {
        let lines: Vec<String> = lines.iter().map(|l| render::line(l)).collect();
        print(&lines.join("\n"));
    }
}
