//! Sessions that somebody started in another terminal: listed, never touched.

use super::survey::Survey;
use super::{Conversation, keeping, own_env};
use crate::core::state::{Asking, Attention, Millis, Process, Shown, Source, Turn};
use crate::core::status::Says;
use crate::core::text::{id_proper, line};
use crate::daemon::house::House;
use crate::daemon::rows::word;
use crate::platform::{files, process};
use crate::wire::view::{ErrorKind, ErrorView, EvidenceView, PeerRow, WhyAnswer, WhyView, time};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// So much of an id must be given at least.
const SHORTEST: usize = 4;
/// How far the clock of processes may be off, ms.
const CLOCK: i64 = 1_000;

/// What a program that runs says of itself.
struct Living {
    pid: u32,
    turn: Turn,
    dialog: bool,
    source: Source,
    text: String,
}

impl House {
    /// Rows of the sessions that are none of ours; `ours` are the ids of those that are. Runtimes
    /// that could not be looked through have a row that says so.
    pub(crate) fn elsewhere(&self, ours: &HashSet<String>, survey: Survey) -> Vec<PeerRow> {
        let now = self.now();
        let living = living(&survey, now);
        let found = survey.found.iter();
        let found = found.filter(|one| !ours.contains(&one.native_id));
        let rows = found.map(|one| row(one, living.get(&one.native_id)));
        let gaps = survey.gaps.iter();
        rows.chain(gaps.map(|(runtime, why)| gap(runtime, why, now)))
            .collect()
    }

    /// The conversation found elsewhere whose id begins with `reference`, with or without its kind;
    /// `None` when there is none.
    ///
    /// # Errors
    /// There are several.
    pub(crate) fn find_elsewhere(
        &self,
        reference: &str,
    ) -> Result<Option<Conversation>, ErrorView> {
        if reference.len() < SHORTEST {
            return Ok(None);
        }
        fitting(reference, &self.surveyor.survey())
    }

    /// What is believed about a session found elsewhere, and on what evidence; `None` when there is
    /// none of that name.
    pub(crate) fn why_elsewhere(&self, reference: &str) -> Option<WhyView> {
        if reference.len() < SHORTEST {
            return None;
        }
        let survey = self.surveyor.survey();
        let one = fitting(reference, &survey).ok()??;
        let living = living(&survey, self.now());
        let row = row(&one, living.get(&one.native_id));
        let answer = |question: &str, answer: String| WhyAnswer {
            question: question.to_owned(),
            answer,
            evidence: row.evidence.clone(),
        };
        let ask = (row.ask != Asking::None).then(|| answer("ask", word(&row.ask)));
        let answers = [
            answer("process", word(&row.process)),
            answer("turn", word(&row.turn)),
        ];
        Some(WhyView {
            subject: format!("{} of {}, found elsewhere", row.session, row.runtime),
            answers: answers.into_iter().chain(ask).collect(),
            log: Vec::new(),
        })
    }

    /// Why nothing may be done to what `reference` names, when it is a session found elsewhere.
    pub(crate) fn not_ours(&self, reference: &str) -> Option<ErrorView> {
        let one = self.find_elsewhere(reference).ok()??;
        let what = format!(
            "{} was started elsewhere by {}: it can be read, and is never changed",
            line(&one.native_id),
            one.runtime
        );
        let id = line(&one.native_id);
        let hint = format!("pult read {id} --transcript; pult import {id} makes one of yours");
        Some(ErrorView::new(ErrorKind::Refused, what).hint(hint))
    }
}

/// The one of them whose id begins with `reference`.
fn fitting(reference: &str, survey: &Survey) -> Result<Option<Conversation>, ErrorView> {
    let mut fitting: Vec<_> = survey
        .found
        .iter()
        .filter(|one| {
            let proper = id_proper(&one.native_id);
            one.native_id.starts_with(reference) || proper.starts_with(reference)
        })
        .collect();
    if fitting.len() > 1 {
        let what = format!("{} is the beginning of several sessions", line(reference));
        let ids: Vec<_> = fitting
            .iter()
            .take(6)
            .map(|one| line(&one.native_id))
            .collect();
        return Err(ErrorView::new(ErrorKind::NotFound, what).hint(ids.join(", ")));
    }
    match (fitting.pop(), survey.gaps.as_slice()) {
        (None, [(runtime, why), ..]) => Err(unseen(reference, runtime, why)),
        (one, _) => Ok(one.cloned()),
    }
}

/// Whether there is such a session cannot be said.
fn unseen(reference: &str, runtime: &str, why: &str) -> ErrorView {
    let what = format!(
        "no session that was found has an id like {}, but what {runtime} keeps could not be looked \
         through: {}",
        line(reference),
        line(why)
    );
    ErrorView::new(ErrorKind::Failed, what).hint("`pult ls --all` looks again")
}

/// What is known of the programs that run, by conversation. No file of theirs is looked at here.
fn living(survey: &Survey, now: Millis) -> HashMap<String, Living> {
    let env = own_env();
    let found = &survey.found;
    let mut living = HashMap::new();
    for of in keeping() {
        if of.transcripts.live(&env).is_some() {
            let own = survey.live.iter();
            for (_, live, contents) in own.filter(|(name, ..)| *name == of.runtime.name()) {
                if Path::new(&format!("/proc/{}", live.pid)).exists() {
                    let said = of.runtime.status(contents);
                    living.insert(live.native_id.clone(), status(live.pid, said));
                }
            }
        } else if let Some(place) = of.transcripts.place(&env) {
            let held = files::held_below(Path::new(&place.root));
            let own = found.iter().filter(|one| one.runtime == of.runtime.name());
            for one in own {
                let pids = held.get(&one.file.spot.path).into_iter().flatten();
                for pid in pids.filter(|pid| **pid != std::process::id()) {
                    let text = match one.file.spot.row {
                        None => "has its transcript open",
                        Some(_) if is_latest_of(*pid, one, found, now) => {
                            "has the database open, and this is the last that was written in its directory"
                        }
                        // Many conversations, one file.
                        Some(_) => continue,
                    };
                    let text = format!("process {pid} {text}");
                    living.insert(one.native_id.clone(), open(*pid, text));
                }
            }
        }
    }
    living
}

/// Whether a conversation is the last one in the directory of a process, since that was started.
fn is_latest_of(pid: u32, one: &Conversation, found: &[Conversation], now: Millis) -> bool {
    let Ok(cwd) = std::fs::read_link(format!("/proc/{pid}/cwd")) else {
        return false;
    };
    let here = |one: &Conversation| one.about.cwd.as_deref().map(Path::new) == Some(&cwd);
    let mut all = found.iter().filter(|other| other.runtime == one.runtime);
    let latest = all.find(|other| here(other));
    let age = process::age_of(pid).and_then(|age| i64::try_from(age).ok());
    let since = age.is_some_and(|age| one.file.written >= now - age - CLOCK);
    since && latest.is_some_and(|latest| latest.native_id == one.native_id)
}

fn open(pid: u32, text: String) -> Living {
    Living {
        pid,
        turn: Turn::Unknown,
        dialog: false,
        source: Source::Keeper,
        text,
    }
}

fn status(pid: u32, said: Vec<crate::core::status::Signal>) -> Living {
    let mut living = open(pid, format!("process {pid} has a status file"));
    for signal in said {
        living.source = signal.source;
        living.text = signal.text;
        match signal.says {
            Says::Turn(turn) => living.turn = turn,
            Says::DialogOpen => living.dialog = true,
            Says::DialogGone => living.dialog = false,
            _ => {}
        }
    }
    living
}

fn row(one: &Conversation, living: Option<&Living>) -> PeerRow {
    let written = time(one.file.written);
    let mut row = empty(one.runtime);
    row.native_id = Some(line(&one.native_id));
    row.session = line(&one.native_id);
    row.model = one.about.model.as_deref().map(line);
    row.cwd = line(one.about.cwd.as_deref().unwrap_or_default());
    row.title = Some(one.title.clone()).filter(|title| !title.is_empty());
    row.since = written.clone();
    let (source, text) = match living {
        Some(living) => {
            row.process = Process::Alive;
            row.pid = Some(living.pid);
            row.turn = living.turn;
            row.ask = if living.dialog {
                Asking::Question
            } else {
                Asking::None
            };
            row.shown = match (living.dialog, living.turn) {
                (true, _) => Shown::Asks,
                (_, Turn::Working) => Shown::Working,
                (_, Turn::Settled) => Shown::Idle,
                (_, Turn::Limited) => Shown::Limited,
                (_, Turn::Unknown) => Shown::Unknown,
            };
            (living.source, living.text.clone())
        }
        None => (
            Source::File,
            "no running program is known to be this one".to_owned(),
        ),
    };
    row.evidence = Some(EvidenceView {
        source,
        text: line(&text),
        at: written,
    });
    row
}

fn gap(runtime: &str, why: &str, now: Millis) -> PeerRow {
    let mut row = empty(runtime);
    row.shown = Shown::Unknown;
    row.process = Process::Lost;
    row.since = time(now);
    let text = line(&format!("what it keeps could not be looked through: {why}"));
    row.title = Some(text.clone());
    row.evidence = Some(EvidenceView {
        source: Source::Silence,
        text,
        at: time(now),
    });
    row
}

/// A row of `runtime` that says nothing.
fn empty(runtime: &str) -> PeerRow {
    PeerRow {
        name: None,
        circle: String::new(),
        incarnation: 0,
        runtime: runtime.to_owned(),
        model: None,
        origin: "discovered".to_owned(),
        profile: String::new(),
        shown: Shown::Exited,
        process: Process::Exited,
        turn: Turn::Unknown,
        ask: Asking::None,
        attention: Attention::Seen,
        since: String::new(),
        evidence: None,
        exit: None,
        limit_until: None,
        limit_used: None,
        session: String::new(),
        native_id: None,
        cwd: String::new(),
        worktree: None,
        template: None,
        pid: None,
        tokens: None,
        usage_gap: None,
        cost: None,
        cost_estimated: false,
        context: None,
        limits: Vec::new(),
        title: None,
        progress: None,
        note: None,
        retired: false,
        tag: None,
        snoozed_until: None,
    }
}
