//! What clients ask of the daemon and what it answers.
//!
//! A connection is: hello, welcome, then any number of [`ToDaemon`] frames. Each gets exactly one
//! [`FromDaemon::Reply`] or [`FromDaemon::Error`] with its `n`; `Push` frames come in between.

use super::view::{AskRow, ErrorView, PeerRow};
use crate::core::ask::Answer;
use crate::core::mcp::McpServer;
use crate::core::role::Role;
use crate::core::tag::Tag;
use crate::core::template::TemplateRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One request, numbered by the client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToDaemon {
    /// Comes back with the answer.
    pub n: u64,
    /// What is wanted.
    pub request: Request,
}

/// One message to a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromDaemon {
    /// The answer to request `n`; the shape is said at each [`Request`].
    Reply {
        /// The request's number.
        n: u64,
        /// A view, or a list of them.
        body: serde_json::Value,
    },
    /// Request `n` was refused or failed.
    Error {
        /// The request's number.
        n: u64,
        /// Kind, what and hint.
        error: ErrorView,
    },
    /// Something changed; only after [`Request::Watch`], [`Request::WatchPeer`] or [`Request::Open`].
    Push(Push),
}

/// What is pushed to a watching client.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// The live peers and the open asks, whole, after any change. Sent at most once per 20 ms,
    /// the first at once; a slow client gets the newest only.
    World {
        /// As `ls`.
        peers: Vec<PeerRow>,
        /// As `inbox`.
        inbox: Vec<AskRow>,
        /// A condition of the whole house, such as a full disk; one line.
        banner: Option<String>,
    },
    /// A pane's session ended or has no program; its last screen stands.
    PaneEnded {
        /// The pane number from [`Request::Open`].
        pane: u32,
    },
    /// One line of the log, for `log -f`.
    Log(super::view::LogLine),
}

/// Everything a client may ask for. Names are `NAME` or `circle/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// → [`PeerRow`].
    New(NewPeer),
    /// → list of [`PeerRow`].
    Ls {
        /// Retired peers too.
        all: bool,
    },
    /// Pastes `text` and presses Enter. → [`PeerRow`].
    Send {
        /// Whom.
        name: String,
        /// What to paste; with `keys`, key names such as `esc`, `ctrl-c`, separated by blanks.
        text: String,
        /// Press Enter after it.
        enter: bool,
        /// `text` is key names.
        keys: bool,
        /// Even while an approval of that session is open.
        force: bool,
    },
    /// → [`super::view::ReadView`], or [`super::view::PastView`] with `history`.
    Read {
        /// Whom.
        name: String,
        /// The last N lines of history and screen, instead of the screen: as many of them as fit
        /// in one answer, which says where they begin.
        lines: Option<u32>,
        /// A stretch of the history from this row on, 0 for the oldest, instead of the screen.
        history: Option<u64>,
    },
    /// Answered when `until` is true, or with error kind `timeout`. → [`PeerRow`].
    Wait {
        /// Whom.
        name: String,
        /// What for.
        until: Until,
        /// Longest time in ms; absent = for ever.
        timeout_ms: Option<u64>,
    },
    /// Ends the running turn by the runtime's own way. → [`PeerRow`].
    Interrupt {
        /// Whom.
        name: String,
    },
    /// Ends the program; resumable. → [`PeerRow`].
    Stop {
        /// Whom.
        name: String,
    },
    /// Starts it again with the runtime's own resume. → [`PeerRow`].
    Resume {
        /// Whom.
        name: String,
        /// A prompt to go on with.
        prompt: Option<String>,
    },
    /// Starts it again from its beginning: another conversation from the same inputs. → [`PeerRow`].
    Replay {
        /// Whom.
        name: String,
    },
    /// Stops it and frees the name. → [`PeerRow`].
    Retire {
        /// Whom.
        name: String,
    },
    /// Puts it aside. → [`PeerRow`].
    Snooze {
        /// Whom.
        name: String,
        /// For how long, in ms; 0 ends it.
        for_ms: u64,
    },
    /// The operator looked at it. → [`PeerRow`].
    Seen {
        /// Whom.
        name: String,
    },
    /// → list of [`AskRow`].
    Inbox {
        /// Closed ones too, newest last.
        all: bool,
    },
    /// → [`super::view::AskDetail`] of an ask.
    Show {
        /// An id or a unique prefix of one.
        id: String,
    },
    /// Approve or reject. → [`AskRow`].
    Decide {
        /// An id or a unique prefix of one.
        id: String,
        /// The digest that was on the screen; a different one refuses. Verbs leave it out.
        digest: Option<String>,
        /// Yes or no.
        answer: Answer,
        /// What the agent is told.
        note: Option<String>,
    },
    /// Delivers the decision of an ask once more: nothing showed that it arrived. → [`AskRow`].
    Retry {
        /// An id or a unique prefix of one.
        id: String,
    },
    /// Gives a peer a colour. → [`PeerRow`].
    Tag {
        /// Whom.
        name: String,
        /// The colour; absent = none.
        tag: Option<Tag>,
    },
    /// The operator's word on the repository that holds a directory: may its own files be read?
    /// → [`super::view::TrustRow`].
    Trust {
        /// The directory, absolute.
        directory: String,
        /// Yes or no.
        trusted: bool,
    },
    /// What was said of which repository, by their roots. → list of [`super::view::TrustRow`].
    Trusted,
    /// A new peer that goes on from another conversation. → [`PeerRow`].
    Fork {
        /// Whom: a peer, or a session found elsewhere by its id.
        of: String,
        /// The new one; an empty `cwd` is that of the other, an absent runtime too.
        new: NewPeer,
        /// The line of the transcript after which it goes its own way; absent = the end.
        at: Option<u64>,
    },
    /// A conversation from line `from` on: of a peer, or one found elsewhere by its id or the
    /// beginning of it. → [`super::transcript::TranscriptView`].
    Transcript {
        /// Whom.
        name: String,
        /// The first line wanted, from 1.
        from: u64,
        /// The line after the last one wanted; absent = to the end.
        #[serde(default)]
        before: Option<u64>,
        /// Only so many entries, those at the end of it; absent = from `from` on.
        #[serde(default)]
        last: Option<u32>,
    },
    /// The sessions that were started elsewhere, the one written to last first; a runtime that
    /// could not be looked through is a row without an id whose title says why. → list of
    /// [`PeerRow`].
    Elsewhere,
    /// The branches of a repository, for a worktree. → [`super::branches::BranchesView`].
    Branches {
        /// A directory in it, absolute.
        cwd: String,
        /// Where the asking client looks for programs, and whose home it has.
        env: BTreeMap<String, String>,
    },
    /// What the tool calls of a conversation claim to have done to files, from line `from` on.
    /// → [`super::transcript::ChangesView`].
    Changes {
        /// Whom, as for [`Request::Transcript`].
        name: String,
        /// The first line wanted, from 1.
        from: u64,
    },
    /// Looks for text in all conversations. → [`super::transcript::SearchView`].
    FindTurns {
        /// What; capitals count only when there are some.
        text: String,
        /// How many places at most.
        most: u32,
    },
    /// What was used. → [`super::cost::CostView`].
    Cost(super::cost::Wish),
    /// → [`super::view::ExportView`].
    Export {
        /// Whom.
        name: String,
    },
    /// The newest `last` lines, then, with `follow`, a push for each new one. → list of [`super::view::LogLine`].
    Log {
        /// How many.
        last: u32,
        /// Keep telling.
        follow: bool,
    },
    /// → [`super::view::WhyView`].
    Why {
        /// A name or an id.
        reference: String,
    },
    /// → [`super::view::DaemonView`].
    DaemonStatus,
    /// Ends the daemon; workers go on. → [`super::view::DaemonView`].
    DaemonStop,
    /// Ends every worker, then the daemon. → [`super::view::DaemonView`].
    Shutdown,
    /// Replays the log and compares. → [`super::view::VerifyView`].
    DbVerify,
    /// The whole log as [`super::view::LogLine`]s, oldest first, `from` on, at most 1000. → list.
    DbExport {
        /// The first sequence number wanted.
        from: u64,
    },
    /// Push the world now and after each change. → null.
    Watch,
    /// As [`Request::Watch`], of one peer and its requests alone; the first push comes before the
    /// answer. → its row.
    WatchPeer {
        /// Whom.
        name: String,
    },
    /// Show a session's screen as pane number `pane`: a `PANE_STATE` frame, then `PANE_BYTES`. → null.
    Open {
        /// Whom.
        name: String,
        /// A number the client chooses; opening it again replaces what it showed.
        pane: u32,
        /// Rows of the client's pane.
        rows: u16,
        /// Columns of the client's pane.
        cols: u16,
    },
    /// → null.
    Close {
        /// The pane number.
        pane: u32,
    },
    /// The client's pane has a new size; it becomes the terminal's when this client types. → null.
    Resize {
        /// The pane number.
        pane: u32,
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// The terminal takes the size of the client's pane, whoever typed last. → null.
    Fit {
        /// The pane number.
        pane: u32,
    },
    /// Rows of a pane's scrollback, oldest first. → [`super::view::HistoryView`].
    History {
        /// Whom.
        name: String,
        /// The first row wanted, counted from the oldest.
        from: u64,
        /// How many at most.
        count: u32,
    },
    /// Text looked for in a pane's scrollback: plain, and by its letters whatever their case unless
    /// one of them is a capital. → [`super::view::SearchView`].
    Search {
        /// Whom.
        name: String,
        /// What.
        text: String,
        /// The first row that is not looked at, counted from the oldest.
        until: u64,
        /// The row that the hits told are around.
        near: u64,
        /// How many hits at most on either side of it.
        most: u32,
    },
    /// The nearest earlier or later screen of a full-screen program that looks different, from its
    /// recording. → [`super::view::FrameView`], or null where there is none.
    Frame {
        /// Whom.
        name: String,
        /// The screen after so many bytes of the stream is where it begins; more than there are is
        /// the present one.
        from: u64,
        /// Earlier instead of later.
        back: bool,
        /// One that shows this text; as for [`Request::Search`].
        text: Option<String>,
    },
    /// The rows of a pane's scrollback and screen at which its prompts are. → [`super::view::PromptsView`].
    Prompts {
        /// Whom.
        name: String,
    },
    /// Worker door only: one hook call. Answered at once for plain events; for a request, when it
    /// is decided. → [`super::view::HookAnswer`].
    Hook {
        /// The runtime, as in `pult hook RUNTIME`.
        runtime: String,
        /// What the CLI wrote to the hook's standard input.
        payload: String,
        /// Random, one per hook process: a hook that redials gets the ask it had.
        key: String,
    },
    /// Worker door only: the answer to ask `id` was written to the CLI. → null.
    HookDone {
        /// The ask, from [`super::view::HookAnswer`].
        id: String,
        /// It was the note of a yes that was written.
        #[serde(default)]
        note: bool,
    },
}

/// What `pult wait` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Until {
    /// It has an open ask.
    Asks,
    /// Its turn is over.
    Settled,
    /// Its program has ended.
    Exited,
}

/// What `pult new` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPeer {
    /// The name, or `-` to have one chosen.
    pub name: String,
    /// The circle; absent = `main`.
    pub circle: Option<String>,
    /// The runtime; absent = from the configuration, else the only ready one.
    pub runtime: Option<String>,
    /// The model, as the runtime spells it.
    pub model: Option<String>,
    /// The permission profile; absent = the runtime's default.
    pub profile: Option<String>,
    /// The working directory, absolute.
    pub cwd: String,
    /// It gets a worktree of its own for this branch, of the repository that holds `cwd`.
    #[serde(default)]
    pub worktree: Option<String>,
    /// The first prompt, for an agent.
    pub prompt: Option<String>,
    /// The program and its arguments, for `shell`.
    pub command: Vec<String>,
    /// The environment of whoever asks.
    pub env: BTreeMap<String, String>,
    /// Rows and columns of the asking terminal, when it is one.
    pub size: Option<(u16, u16)>,
    /// Do not keep the output.
    pub no_record: bool,
    /// MCP servers that its agent gets, besides the user's own.
    #[serde(default)]
    pub mcp: Vec<McpServer>,
    /// Driven over the Agent Client Protocol instead of on its own screen.
    #[serde(default)]
    pub acp: bool,
    /// As what it is started: the operator may keep a runtime from one of them.
    #[serde(default)]
    pub role: Role,
    /// The template that it is made from; what that says stands in the other fields.
    #[serde(default)]
    pub template: Option<TemplateRef>,
    /// The colour that it begins with.
    #[serde(default)]
    pub tag: Option<Tag>,
}
