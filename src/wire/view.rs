//! The rows that clients get and `--json` prints. Fields are only ever added; absent is null.

use crate::core::ask::{Answer, AskKind, AskState, Risk, Surface, Verb};
use crate::core::state::{Asking, Attention, Exit, Process, Shown, Source, Turn};
use crate::core::tag::Tag;
use crate::core::template::TemplateRef;
use serde::{Deserialize, Serialize};

/// A time as text: RFC 3339 UTC with milliseconds.
pub type Time = String;

/// A row of `pult ls`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerRow {
    /// The peer's name; null for a discovered session.
    pub name: Option<String>,
    /// Its circle.
    pub circle: String,
    /// Which holder of the name it is, from 1.
    pub incarnation: u32,
    /// The runtime.
    pub runtime: String,
    /// The model, where known.
    pub model: Option<String>,
    /// `owned` or `discovered`.
    pub origin: String,
    /// The permission profile.
    pub profile: String,
    /// The one word.
    pub shown: Shown,
    /// The four answers.
    pub process: Process,
    /// What the agent does.
    pub turn: Turn,
    /// Whether it waits for the operator.
    pub ask: Asking,
    /// Whether the operator has seen it.
    pub attention: Attention,
    /// Since when the shown word holds.
    pub since: Time,
    /// Why the shown word is believed.
    pub evidence: Option<EvidenceView>,
    /// How the program ended.
    pub exit: Option<Exit>,
    /// Until when the runtime is limited.
    pub limit_until: Option<Time>,
    /// How much of its account's limit is used, percent, where known.
    #[serde(default)]
    pub limit_used: Option<u8>,
    /// The session's id.
    pub session: String,
    /// The runtime's own id of the conversation.
    pub native_id: Option<String>,
    /// The working directory.
    pub cwd: String,
    /// The worktree, when it has one.
    pub worktree: Option<String>,
    /// The template that it was made from, and the SHA-256 of its file then.
    #[serde(default)]
    pub template: Option<TemplateRef>,
    /// The agent's process id while it lives.
    pub pid: Option<u32>,
    /// Tokens used, where known.
    pub tokens: Option<u64>,
    /// Why what it used is not known, or only what it was before.
    #[serde(default)]
    pub usage_gap: Option<String>,
    /// Cost in US dollars, where known.
    pub cost: Option<f64>,
    /// The cost is ours, from the table of prices, not the runtime's own count.
    #[serde(default)]
    pub cost_estimated: bool,
    /// How full the context is, percent, where known.
    #[serde(default)]
    pub context: Option<u8>,
    /// What is not enforced, in words.
    pub limits: Vec<String>,
    /// The program's window title, stripped of control characters.
    pub title: Option<String>,
    /// How far its program says that its work is, percent.
    #[serde(default)]
    pub progress: Option<u8>,
    /// The last notification that its program gave its terminal, stripped of control characters.
    #[serde(default)]
    pub note: Option<EvidenceView>,
    /// Whether the peer is retired.
    pub retired: bool,
    /// The colour that the operator gave it.
    pub tag: Option<Tag>,
    /// Until when it is put aside.
    pub snoozed_until: Option<Time>,
}

/// A row of `pult trust --list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustRow {
    /// The root of the repository.
    pub directory: String,
    /// Whether its own files may be read.
    pub trusted: bool,
    /// When that was said.
    pub at: Time,
    /// By whom, in words: user id, terminal and process chain.
    pub by: String,
}

/// Why something is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// The kind of signal.
    pub source: Source,
    /// The signal in words.
    pub text: String,
    /// When it came.
    pub at: Time,
}

/// A row of `pult inbox`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskRow {
    /// Its id.
    pub id: String,
    /// What kind of answer is wanted.
    pub kind: AskKind,
    /// The peer that asks.
    pub peer: String,
    /// Its session.
    pub session: String,
    /// What it wants to do.
    pub verb: Verb,
    /// The whole command, path or URL, stripped of control characters.
    pub object: String,
    /// Hash of exactly what is decided.
    pub digest: String,
    /// How much a wrong yes would cost.
    pub risk: Risk,
    /// Where it stands.
    pub state: AskState,
    /// When it was asked.
    pub asked_at: Time,
    /// When it parks; null while there is no parking.
    pub parks_at: Option<Time>,
    /// The answers there are, as `pult answer` takes them; `["allow","deny"]` for an approval.
    pub options: Vec<String>,
    /// The decision, once there is one.
    pub decided: Option<DecidedView>,
    /// When the answer was given to the agent; null before, and while it is delivered again.
    pub delivered_at: Option<Time>,
    /// What closed it: effect, withdrawn, superseded, expired, retired.
    pub closed: Option<String>,
}

/// A decision in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedView {
    /// Who, in words: user id, terminal and process chain.
    pub by: String,
    /// Where.
    pub surface: Surface,
    /// When.
    pub at: Time,
    /// Yes or no.
    pub answer: Answer,
    /// The rule that decided, when one did.
    pub rule: Option<String>,
}

/// `pult show ID`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskDetail {
    /// The row.
    #[serde(flatten)]
    pub row: AskRow,
    /// The tool as the runtime spells it.
    pub tool: String,
    /// The directory it would happen in.
    pub cwd: Option<String>,
    /// The files that the call names; empty where it names none.
    pub files: Vec<String>,
    /// The agent's own words on why.
    pub reason: Option<String>,
    /// Why the risk is what it is; null where nothing is known.
    pub risk_why: Option<String>,
    /// What the digest covers: a call with all of these the same is exactly this call.
    pub covers: Vec<CoveredView>,
    /// Everything the runtime said about the call, as JSON.
    pub input: serde_json::Value,
    /// The note that went with the decision.
    pub note: Option<String>,
    /// Evidence of the closing.
    pub closed_why: Option<String>,
}

/// One thing that a digest covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoveredView {
    /// `tool`, `directory`, or the name of a field of the call.
    pub name: String,
    /// Its value; text as it is, anything else as JSON.
    pub value: serde_json::Value,
}

/// `pult read NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadView {
    /// Rows of the screen.
    pub rows: u16,
    /// Columns of the screen.
    pub cols: u16,
    /// Where the cursor is, from 0.
    pub cursor: CursorView,
    /// Right-trimmed rows, trailing blank ones left out.
    pub lines: Vec<String>,
    /// The window title.
    pub title: Option<String>,
    /// How many rows the history has.
    pub history_lines: u64,
    /// The number of the first of `lines`, counted from the oldest row of the history.
    pub first_line: u64,
}

/// A place on a screen, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CursorView {
    pub row: u16,
    pub col: u16,
}

/// A stretch of scrollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// The number of its first row, counted from the oldest.
    pub from: u64,
    /// Rows, with their colours as SGR sequences; one that goes on in the next says so.
    /// `screen::Row` reads them.
    pub rows: Vec<String>,
    /// How many there are in all.
    pub total: u64,
}

/// What a search in scrollback has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchView {
    /// How often the text is there in all.
    pub count: u64,
    /// How many hits come before those in `near`.
    pub before: u64,
    /// Row and column of each hit around the row that was given, in order.
    pub near: Vec<(u64, u16)>,
}

/// A screen of a full-screen program as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// The bytes of the stream that are in it.
    pub offset: u64,
    /// When it stood.
    pub at: Time,
    /// Its rows, with their colours as SGR sequences; `screen::Row` reads them.
    pub rows: Vec<String>,
}

/// Where a pane's prompts are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptsView {
    /// Numbers of rows, counted from the oldest of the history, ascending.
    pub rows: Vec<u64>,
    /// The program marked them itself (OSC 133); otherwise they are where Enter was sent.
    pub marked: bool,
}

/// A stretch of history as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastView {
    /// The number of the first of them: later than asked for where older ones are dropped.
    pub from: u64,
    /// Rows, oldest first.
    pub lines: Vec<String>,
    /// The number of the first row after them, to ask for next; absent at the end.
    pub next: Option<u64>,
}

/// Where a recording lies, for a client that reads it itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportView {
    /// The directory of the recording.
    pub recording: String,
    /// How many bytes of the stream are in it.
    pub length: u64,
    /// The title for a header.
    pub title: Option<String>,
    /// The peer's name.
    pub name: String,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// Its number, from 1.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// Who: `operator`, `daemon`, or a peer's `name@incarnation`.
    pub actor: String,
    /// What, such as `ask.decided`.
    pub kind: String,
    /// The ids it touches.
    pub refs: Vec<String>,
    /// The line that caused it.
    pub cause: Option<u64>,
    /// The rest.
    pub body: serde_json::Value,
}

/// `pult why REF`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhyView {
    /// What it is about.
    pub subject: String,
    /// One answer a line: the question, the answer, its evidence.
    pub answers: Vec<WhyAnswer>,
    /// The log lines that touch it, oldest first.
    pub log: Vec<LogLine>,
}

/// One answer of `why`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyAnswer {
    /// `process`, `turn`, `ask`, `attention`; `told` and `bell` of its terminal; `from`: the
    /// conversation that it goes on from, and those before it.
    pub question: String,
    /// The answer's word.
    pub answer: String,
    /// What it rests on.
    pub evidence: Option<EvidenceView>,
}

/// `pult daemon status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonView {
    /// Process id.
    pub pid: u32,
    /// Package version.
    pub version: String,
    /// Wire version.
    pub wire: u32,
    /// When it started.
    pub started_at: Time,
    /// How many live sessions it has.
    pub sessions: u32,
    /// Where its state is.
    pub home: String,
    /// The operator door: `abstract` or `path`.
    pub door: String,
    /// What this kernel enforces, in words.
    pub enforcement: Vec<String>,
}

/// `pult db verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyView {
    /// How many log lines were replayed.
    pub events: u64,
    /// Rows that differ; empty when the tables are the fold of the log.
    pub differences: Vec<String>,
}

/// What the hook process does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookAnswer {
    /// What it writes to standard output; empty for no decision.
    pub stdout: String,
    /// What it exits with.
    pub exit: i32,
    /// The ask that this answers; after stdout was written, `HookDone` is sent with it.
    pub ask: Option<String>,
    /// It is no answer but the note of a yes, given with the result of the call.
    #[serde(default)]
    pub note: bool,
}

/// A refusal or failure: what, where, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what}{}", hint.as_deref().map(|h| format!("; {h}")).unwrap_or_default())]
pub struct ErrorView {
    /// Which exit code it becomes.
    pub kind: ErrorKind,
    /// What went wrong and where, one line.
    pub what: String,
    /// What to do or type instead.
    pub hint: Option<String>,
}

/// The kind of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The world says no. Exit code 1.
    Refused,
    /// There is no such thing. Exit code 1.
    NotFound,
    /// It was tried and did not work. Exit code 1.
    Failed,
    /// The words do not make sense. Exit code 2.
    Usage,
    /// No daemon. Exit code 3.
    Unreachable,
    /// It took too long. Exit code 4.
    Timeout,
}

impl ErrorKind {
    /// The process exit code for it.
    pub fn exit_code(self) -> i32 {
        match self {
            ErrorKind::Refused | ErrorKind::NotFound | ErrorKind::Failed => 1,
            ErrorKind::Usage => 2,
            ErrorKind::Unreachable => 3,
            ErrorKind::Timeout => 4,
        }
    }
}

impl ErrorView {
    /// An error of `kind`; add a hint with [`ErrorView::hint`].
    pub fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            hint: None,
        }
    }

    /// Says what to do or type instead.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A time in ms since the epoch as text; a time outside the calendar becomes its number.
pub fn time(at: crate::core::state::Millis) -> Time {
    crate::core::text::time(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_with_milliseconds() {
        assert_eq!(time(1_700_000_000_007), "2023-11-14T22:13:20.007Z");
        assert_eq!(time(0), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn an_error_prints_as_one_line() {
        let error = ErrorView::new(ErrorKind::Refused, "no peer is called x").hint("see pult ls");
        assert_eq!(error.to_string(), "no peer is called x; see pult ls");
        assert_eq!(error.kind.exit_code(), 1);
    }
}
