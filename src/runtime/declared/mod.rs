//! Runtimes that are a file and no code: `runtimes/NAME.toml` in the configuration directory, and
//! those that ship ([`SHIPPED`]). `pult help runtime-files` says what may stand in one.

mod hook;
mod launch;
mod pattern;
mod transcript;

pub use launch::{PLACES, places};
pub use pattern::Patterns;
pub use transcript::Pages;

use super::draft::{Draft, Drawn};
use super::transcript::Transcripts;
use super::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime, Usage};
use super::{hooks, ready::Version, rows};
use crate::core::ask::Answer;
use crate::core::state::Source;
use crate::core::status::{Says, Signal};
use std::sync::{PoisonError, RwLock};

/// The files that ship: name and text. A file of the same name in the configuration directory
/// overrides them entry by entry.
pub const SHIPPED: &[(&str, &str)] = &[("qwen", include_str!("../../../runtimes/qwen.toml"))];

/// How many of the last rows are looked at, blank ones not counted.
const TAIL: usize = 14;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The runtime's name.
    pub name: String,
    /// File names of its program, best first; never empty.
    pub programs: Vec<String>,
    /// What to type where it is missing.
    pub install: String,
    /// How to ask its version; empty: it is not asked.
    pub version_args: Vec<String>,
    /// The oldest version that is driven.
    pub at_least: Version,
    /// Arguments of every start.
    pub args: Vec<String>,
    /// Those that name the model.
    pub model: Vec<String>,
    /// Those of a new conversation.
    pub new: Vec<String>,
    /// Those that go on with one.
    pub resume: Vec<String>,
    /// Those that give the first prompt.
    pub prompt: Vec<String>,
    /// Those that attach the MCP servers of a launch.
    pub mcp: Vec<String>,
    /// Variables over the session's environment.
    pub env: Vec<(String, String)>,
    /// Bytes that end a turn.
    pub interrupt: Vec<u8>,
    /// Its hooks, when it has Claude Code's.
    pub hooks: Option<HookFile>,
    /// What its rows say.
    pub screen: Patterns,
    /// Start screens: a pattern of a row, and what to do, in words.
    pub start: Vec<(String, String)>,
    /// What its window title says.
    pub title: Patterns,
    /// How its prompt is drawn, where that is known.
    pub drawn: Option<Drawn>,
    /// What it writes down of a conversation.
    pub pages: Option<Pages>,
}

/// The settings file with the hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookFile {
    /// Its name below the attempt's directory.
    pub file: String,
    /// Time-outs in it are milliseconds, not seconds.
    pub ms: bool,
    /// What becomes of a tool call whose hook dies.
    pub fails: Fails,
    /// Seconds for which it waits for a hook whatever time-out it is given; `None`: as long as that.
    pub waits: Option<u32>,
}

/// The runtimes that were declared last.
static DECLARED: RwLock<Vec<&'static Declared>> = RwLock::new(Vec::new());

/// The last of each name that was declared and is no more: a session that runs may be one of it.
static GONE: RwLock<Vec<&'static Declared>> = RwLock::new(Vec::new());

/// Declares exactly these runtimes; those that are there already stay what they are.
pub fn declare(rows: Vec<Row>) {
    let mut declared = DECLARED.write().unwrap_or_else(PoisonError::into_inner);
    let before = std::mem::take(&mut *declared);
    let next = rows.into_iter().map(|row| {
        let there = before.iter().find(|known| known.row == row);
        there.copied().unwrap_or_else(|| Declared::keep(row))
    });
    *declared = next.collect();
    let mut gone = GONE.write().unwrap_or_else(PoisonError::into_inner);
    let named = |all: &[&'static Declared], name| all.iter().any(|one| one.name == name);
    let fresh = before.into_iter().filter(|one| !named(&declared, one.name));
    let fresh: Vec<_> = fresh.collect();
    gone.retain(|one| !named(&declared, one.name) && !named(&fresh, one.name));
    gone.extend(fresh);
}

/// What a session is of whose runtime is declared no more: as it was declared last, else, by a
/// process that never saw its file, one with hooks and nothing else.
pub fn of_session(name: &str) -> &'static dyn Runtime {
    let mut gone = GONE.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = gone.iter().find(|one| one.name == name) {
        return *known;
    }
    let bare = Declared::keep(Row {
        name: name.to_owned(),
        interrupt: b"\x1b".to_vec(),
        hooks: Some(HookFile {
            file: String::new(),
            ms: false,
            fails: Fails::Open,
            waits: None,
        }),
        ..Row::default()
    });
    gone.push(bare);
    bare
}

/// All that are declared, by name.
pub fn all() -> Vec<&'static dyn Runtime> {
    let declared = DECLARED.read().unwrap_or_else(PoisonError::into_inner);
    let runtimes = declared.iter().map(|one| *one as &'static dyn Runtime);
    runtimes.collect()
}

/// What follows a declared runtime's name in the command of its hooks: the process that carries a
/// hook has read no files.
pub const HOOK_WORD: &str = "declared";

/// Parses a hook payload of any declared runtime: they have one dialect.
///
/// # Errors
/// One line that says what is wrong with it.
pub fn read_hook(payload: &str) -> Result<HookCall, String> {
    hook::read(payload)
}

/// One declared runtime.
pub struct Declared {
    row: Row,
    name: &'static str,
    programs: &'static [&'static str],
    install: &'static str,
    version_args: &'static [&'static str],
    interrupt: &'static [u8],
    clears: &'static str,
    pages: Option<&'static transcript::Kept>,
}

fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn words(words: &[String]) -> &'static [&'static str] {
    words
        .iter()
        .map(|word| text(word))
        .collect::<Vec<_>>()
        .leak()
}

impl Declared {
    /// Makes a runtime of a row, for the life of the process.
    pub fn keep(row: Row) -> &'static Self {
        Box::leak(Box::new(Self {
            name: text(&row.name),
            programs: words(&row.programs),
            install: text(&row.install),
            version_args: words(&row.version_args),
            interrupt: row.interrupt.clone().leak(),
            clears: text(row.drawn.as_ref().map_or("", |drawn| &drawn.clear)),
            pages: row.pages.as_ref().map(transcript::Kept::keep),
            row,
        }))
    }
}

impl Runtime for Declared {
    fn name(&self) -> &'static str {
        self.name
    }

    fn programs(&self) -> &'static [&'static str] {
        self.programs
    }

    fn version_args(&self) -> &'static [&'static str] {
        self.version_args
    }

    fn min_version(&self) -> Version {
        self.row.at_least
    }

    fn install_hint(&self) -> &'static str {
        self.install
    }

    fn process_names(&self) -> &'static [&'static str] {
        self.programs
    }

    fn capabilities(&self) -> Capabilities {
        let hooks = self.row.hooks.as_ref();
        Capabilities {
            agent: true,
            preset_native_id: self.row.names_conversation(),
            resume: !self.row.resume.is_empty(),
            fork: false,
            approval: hooks.map_or(Approval::Pane, |_| Approval::Hook),
            fails: hooks.map_or(Fails::Closed, |hooks| hooks.fails),
            // A dialog that is said no to is left; a hook's no is told to the model.
            reject: hooks.map_or(Reject::TurnEnds, |_| Reject::TurnGoesOn),
            usage: match &self.row.pages {
                Some(pages) if pages.input.is_empty() => Usage::Unknown,
                Some(pages) if pages.request.is_empty() => Usage::Cumulative,
                Some(_) => Usage::PerStep,
                None => Usage::Unknown,
            },
            background: "",
        }
    }

    fn takes_mcp(&self) -> bool {
        !self.row.mcp.is_empty()
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        launch::plan(&self.row, input)
    }

    fn hook(&self, payload: &str) -> Result<HookCall, String> {
        hook::read(payload)
    }

    fn answer(&self, answer: Option<Answer>, note: Option<&str>) -> String {
        hooks::permission_answer(answer, note)
    }

    fn note_events(&self) -> &'static [&'static str] {
        match self.row.hooks {
            Some(_) => &["PostToolUse", "PostToolUseFailure"],
            None => &[],
        }
    }

    fn draft(&self, rows: &[String]) -> Option<Draft> {
        self.row.drawn.as_ref()?.read(rows)
    }

    fn clears(&self) -> &'static str {
        self.clears
    }

    fn interrupt(&self) -> &'static [u8] {
        self.interrupt
    }

    fn title(&self, title: &str) -> Vec<Signal> {
        let title = title.trim();
        let words = format!("title {}", hooks::one_line(title));
        self.row.title.read(&[title], Source::Title, &words)
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        super::osc::status(number, rest)
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        let tail = rows::tail(rows, TAIL);
        let told = self.row.screen.read_rows(&tail);
        if !told.is_empty() {
            return told;
        }
        let mut start = self.row.start.iter();
        let shown = start.find(|(pattern, _)| tail.iter().any(|row| rows::fits(pattern, row)));
        let signal = |(pattern, what): &(String, String)| Signal {
            source: Source::Screen,
            says: Says::StartScreen(hooks::one_line(&format!("{} {what}", self.name))),
            text: format!("the screen says \"{}\"", hooks::one_line(pattern)),
        };
        shown.map(signal).into_iter().collect()
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        self.pages.map(|pages| pages as &'static dyn Transcripts)
    }
}
