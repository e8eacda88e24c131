//! Conversations as clients get them, and where in them something was found.

use super::view::Time;
use crate::core::conversation::{Step, Who};
use serde::{Deserialize, Serialize};

/// A stretch of a transcript, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptView {
    /// The runtime.
    pub runtime: String,
    /// The runtime's own id of the conversation.
    pub native_id: String,
    /// The peer's address, when it is one of ours.
    pub name: Option<String>,
    /// The file that it was read from.
    pub path: String,
    /// The entries.
    pub entries: Vec<EntryView>,
    /// How many lines were looked at from the beginning: what comes later stands after them. Fewer
    /// than before where it was written anew.
    #[serde(default)]
    pub lines: u64,
    /// The first line of the next stretch; null at the end.
    pub next: Option<u64>,
    /// What the agent plans to do, as it has last written it down; whole in the last stretch.
    #[serde(default)]
    pub plan: Vec<Step>,
}

/// One entry of a conversation, stripped of control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// The line of the file that it stands in, from 1: where `pult search` points to.
    pub line: u64,
    /// Whose words: operator, agent, tool, result.
    pub who: Who,
    /// The tool, when one is called.
    pub tool: Option<String>,
    /// The words.
    pub text: String,
    /// When, as the runtime wrote it down.
    pub at: Option<Time>,
}

/// What a conversation's tool calls claim to have done to files, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesView {
    /// The runtime.
    pub runtime: String,
    /// The runtime's own id of the conversation.
    pub native_id: String,
    /// The peer's address, when it is one of ours.
    pub name: Option<String>,
    /// The changes.
    pub changes: Vec<FileDiffView>,
    /// The first line of the next stretch; null at the end.
    pub next: Option<u64>,
}

/// A change to one file, stripped of control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDiffView {
    /// The line of the transcript that it stands in, from 1.
    pub line: u64,
    /// When.
    pub at: Option<Time>,
    /// The tool.
    pub tool: Option<String>,
    /// The file, as the call names it.
    pub path: String,
    /// Lines that begin with `+`, `-` or a blank, as in a patch.
    pub diff: String,
}

/// What `pult search` found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchView {
    /// Where, the conversations written to last first.
    pub hits: Vec<HitView>,
    /// There are more than were asked for.
    pub more: bool,
    /// Runtimes whose transcripts could not be looked through, with the reason.
    pub gaps: Vec<String>,
}

/// One place where the text stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitView {
    /// The runtime.
    pub runtime: String,
    /// The runtime's own id of the conversation; `pult read ID --transcript` shows it.
    pub native_id: String,
    /// The peer's address, when it is one of ours.
    pub name: Option<String>,
    /// The line of the transcript, from 1.
    pub line: u64,
    /// Whose words.
    pub who: Who,
    /// When.
    pub at: Option<Time>,
    /// The words around it, one line.
    pub text: String,
}
