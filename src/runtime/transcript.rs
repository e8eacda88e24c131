//! What the agents write down of their conversations: where it lies, and what a line of it says.
//! Read leniently: a line that is not known says nothing.

use super::changes::{self, FileDiff};
use super::steps;
pub use crate::core::conversation::{Tokens, Who};
use crate::core::limit::Ends;
use crate::core::state::Millis;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Longest text that is kept of one entry, in characters.
const LONGEST: usize = 20_000;

/// How a runtime's transcripts are found and read. Nothing here touches a file.
pub trait Transcripts: Sync {
    /// Variables that move where they lie; a daemon keeps them from who started it.
    fn home_variables(&self) -> &'static [&'static str] {
        &[]
    }

    /// Where they lie for programs of this environment; absent when that cannot be known.
    fn place(&self, env: &BTreeMap<String, String>) -> Option<Place>;

    /// Whether a file whose name without its ending is `stem` may be that of a conversation.
    fn is_of(&self, stem: &str, native_id: &str) -> bool {
        stem.ends_with(native_id)
    }

    /// Whether the file at `path` may be that of a conversation; by its name where nothing else says
    /// so.
    fn is_at(&self, path: &Path, native_id: &str) -> bool {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        stem.is_some_and(|stem| self.is_of(stem, native_id))
    }

    /// What a file's path says about its conversation, where it says anything.
    fn about(&self, _path: &Path) -> About {
        About::default()
    }

    /// How a conversation is known that a start from `dir` (the attempt's, absolute) made under an id
    /// of the CLI's own choice: the file that it was made from, and words near the beginning of its
    /// own.
    fn began(&self, _dir: &str) -> Option<(String, String)> {
        None
    }

    /// What one line says; of a database, the object that [`Tables`] describes.
    fn line(&self, line: &Value) -> Said;

    /// How they lie in a database, when they do: then [`Transcripts::place`] is that of the file.
    fn tables(&self) -> Option<&'static Tables> {
        None
    }

    /// Where the running programs say what they do, when they do.
    fn live(&self, _env: &BTreeMap<String, String>) -> Option<Place> {
        None
    }

    /// Which conversation such a file is about, and of which process: native id, pid, directory.
    fn live_id(&self, _contents: &str) -> Option<Live> {
        None
    }
}

/// Files of one kind: those `depth` directories below `root` whose names begin and end so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The directory to begin at, absolute.
    pub root: String,
    /// How many directories below it the files are; 0 = in it.
    pub depth: u8,
    /// How their names begin.
    pub prefix: &'static str,
    /// How their names end.
    pub suffix: &'static str,
}

/// Conversations that are rows of a SQLite database. Read in order they are lines, too: the first
/// is `{CONVERSATIONS: row}`, each further one `{MESSAGES: row, PARTS: [row, …]}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    /// A row each; one that belongs to another is of a helper and is none of its own.
    pub conversations: Table,
    /// Their messages.
    pub messages: Table,
    /// What the messages consist of.
    pub parts: Table,
}

/// A table of them, with the names of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its own.
    pub name: &'static str,
    /// The row's id, text; in a line it is `id`.
    pub id: &'static str,
    /// The id of what it belongs to, text.
    pub of: &'static str,
    /// The time by which they are ordered, ms since the epoch: of conversations that of the last
    /// change, of others the first.
    pub at: &'static str,
    /// Further ones that a line has, as they are.
    pub plain: &'static [&'static str],
    /// And those that hold JSON.
    pub json: &'static [&'static str],
}

/// A program that runs and says so in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The conversation's id.
    pub native_id: String,
    /// Its process.
    pub pid: u32,
    /// Its working directory.
    pub cwd: Option<String>,
}

/// The directory of a CLI's own that `variable` names, else the one that lies so below the home
/// directory; absent where the environment has neither.
pub fn own_directory(
    env: &BTreeMap<String, String>,
    variable: &str,
    below_home: &str,
) -> Option<String> {
    let set = |name: &str| env.get(name).filter(|value| !value.is_empty());
    match set(variable) {
        Some(dir) => Some(dir.clone()),
        None => Some(format!("{}/{below_home}", set("HOME")?)),
    }
}

/// What a line says: entries of the conversation, and facts about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Entries, in order; most lines have none.
    pub entries: Vec<Entry>,
    /// Facts; later ones count.
    pub about: About,
    /// When the conversation began, RFC 3339: what is older in it was said in another one.
    pub began: Option<String>,
    /// Tokens of one request to the model.
    pub tokens: Option<(TokenKey, Tokens)>,
    /// What the conversation has cost so far by the runtime's own count, US dollars.
    pub cost: Option<f64>,
    /// Tokens in the context now, and how many fit, where that is said.
    pub context: Option<(u64, Option<u64>)>,
    /// A rate or usage limit that ended the turn.
    pub limit: Option<Limited>,
    /// How much of the account's limit is used, the fullest part of it.
    pub quota: Option<Quota>,
}

/// A rate or usage limit that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    /// When it ends.
    pub ends: Ends,
    /// The runtime's words.
    pub words: String,
    /// When it was said, RFC 3339: a time of day is the next one after that.
    pub at: Option<String>,
}

/// How much of a limit is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// Percent.
    pub used: f64,
    /// When it begins anew, ms since the epoch.
    pub resets: Option<Millis>,
}

/// Whether tokens add up or replace what was told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKey {
    /// Those of one request; a repetition under the same key counts once.
    Request(String),
    /// Those of the whole conversation so far.
    Total,
}

/// Facts about a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The runtime's own id of it.
    pub native_id: Option<String>,
    /// Where it works.
    pub cwd: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The branch it was on.
    pub branch: Option<String>,
}

impl About {
    /// Takes over what a later line says.
    pub fn learn(&mut self, later: About) {
        self.native_id = self.native_id.take().or(later.native_id);
        self.cwd = later.cwd.or(self.cwd.take());
        self.model = later.model.or(self.model.take());
        self.branch = later.branch.or(self.branch.take());
    }
}

/// One entry of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose words.
    pub who: Who,
    /// The words; at most 20,000 characters of them.
    pub text: String,
    /// The tool's name, for [`Who::Tool`].
    pub tool: Option<String>,
    /// When, as the runtime wrote it: RFC 3339.
    pub at: Option<String>,
    /// What it changes in the agent's plan, of a call that does.
    pub steps: Option<steps::Change>,
    /// What it does to files, for [`Who::Tool`].
    pub changes: Vec<FileDiff>,
}

impl Entry {
    /// An entry without empty words; nothing for nothing.
    pub fn new(who: Who, text: &str, at: Option<&str>) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self {
            who,
            text: text.chars().take(LONGEST).collect(),
            tool: None,
            at: at.map(str::to_owned),
            steps: None,
            changes: Vec::new(),
        })
    }

    /// A call of `tool` with `input`.
    pub fn tool(tool: &str, input: &Value, at: Option<&str>) -> Self {
        let call = super::call::call(tool, input, None);
        Self {
            who: Who::Tool,
            text: call.object.chars().take(LONGEST).collect(),
            tool: Some(tool.to_owned()),
            at: at.map(str::to_owned),
            steps: steps::change(tool, input),
            changes: changes::of(tool, input),
        }
    }
}

/// The texts of a message's content: a string, or a list of parts with `text`.
pub fn texts(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().map(|part| match part {
                Value::String(text) => text.as_str(),
                part => part.get("text").and_then(Value::as_str).unwrap_or(""),
            });
            let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}
