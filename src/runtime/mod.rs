//! One file or folder per agent CLI: data and pure functions that return plans and parse answers.
//! Nothing here touches a file, a process or the clock.

pub mod acp;
pub mod brief;
pub mod call;
pub mod capabilities;
pub mod changes;
pub mod channel;
pub mod claude;
pub mod codex;
pub mod declared;
pub mod demo;
pub mod draft;
pub mod endpoint;
pub mod gemini;
pub mod grok;
pub mod hooks;
pub mod limit;
pub mod login;
pub mod mcp;
pub mod ollama;
pub mod opencode;
pub mod osc;
pub mod ready;
pub mod risk;
pub mod rows;
pub mod shell;
pub mod steps;
pub mod transcript;

pub use self::capabilities::{Approval, Capabilities, Fails, Reject, Usage};
use self::channel::{Channel, Way};
use crate::core::ask::{Answer, Call};
use crate::core::mcp::McpServer;
pub use crate::core::status::{Says, Signal};
use std::collections::BTreeMap;

/// The runtimes that are code, in the order in which they are offered.
const BUILT_IN: &[&dyn Runtime] = &[
    &claude::Claude,
    &codex::Codex,
    &gemini::Gemini,
    &opencode::Opencode,
    &grok::Grok,
    &ollama::Ollama,
    &shell::Shell,
];

/// The scripted one of `pult demo`: known and never offered.
const SCRIPTED: &dyn Runtime = &demo::Demo;

/// The ways of CLIs that are code to be driven without their screens: known, and offered with `--acp`.
const DRIVEN: &[&dyn Runtime] = &[&gemini::OVER_ACP];

/// Every runtime that is offered: those that are code, then the declared ones.
pub fn all() -> Vec<&'static dyn Runtime> {
    let mut all = BUILT_IN.to_vec();
    all.extend(declared::all());
    all
}

/// Every runtime that can be chosen: each that is offered, and behind it the way to drive the same
/// CLI without its screen.
pub fn choices() -> Vec<&'static dyn Runtime> {
    let both = |one: &'static dyn Runtime| std::iter::once(one).chain(over_acp(one));
    all().into_iter().flat_map(both).collect()
}

/// The runtime of that name.
pub fn by_name(name: &str) -> Option<&'static dyn Runtime> {
    let hidden = DRIVEN.iter().copied().chain([SCRIPTED]);
    all()
        .into_iter()
        .chain(hidden)
        .find(|runtime| runtime.name() == name)
}

/// The runtime of a session, which goes on when the file that declares it is taken away.
pub fn of_session(name: &str) -> &'static dyn Runtime {
    by_name(name).unwrap_or_else(|| declared::of_session(name))
}

/// Whether a name is one of a runtime that is code: no file may take it.
pub fn is_built_in(name: &str) -> bool {
    let known = BUILT_IN.iter().chain(DRIVEN).chain([&SCRIPTED]);
    known.into_iter().any(|runtime| runtime.name() == name)
}

/// The runtime that drives the same CLI over the Agent Client Protocol, where there is one.
pub fn over_acp(of: &dyn Runtime) -> Option<&'static dyn Runtime> {
    let mut driven = DRIVEN.iter().copied();
    driven.find(|driven| driven.of() == of.name())
}

/// What a runtime can do, a line for people each: on its own screen, and over the protocol where it
/// is driven over that. Empty for a plain program.
pub fn abilities(of: &dyn Runtime) -> Vec<String> {
    let driven = over_acp(of).and_then(|driven| driven.capabilities().words());
    let driven = driven.map(|words| format!("with --acp: {words}"));
    of.capabilities()
        .words()
        .into_iter()
        .chain(driven)
        .collect()
}

/// The runtime of a plain program.
pub fn shell() -> &'static dyn Runtime {
    &shell::Shell
}

/// Whether a program of this file name is an agent's.
pub fn is_agent_name(name: &str) -> bool {
    all()
        .iter()
        .any(|runtime| runtime.process_names().contains(&name))
}

/// What a launch is made from.
#[derive(Clone, Debug, Default)]
pub struct LaunchInput {
    /// Absolute path of the CLI, as found on the PATH of the session's environment.
    pub program: String,
    /// For `shell`: the program's arguments.
    pub args: Vec<String>,
    /// The working directory, absolute.
    pub cwd: String,
    /// The model, as the runtime spells it.
    pub model: Option<String>,
    /// The first prompt.
    pub prompt: Option<String>,
    /// The conversation to go on with; absent for a new one.
    pub resume: Option<String>,
    /// The conversation to fork: the new one begins with all of it, and it stays as it is.
    pub fork: Option<String>,
    /// A conversation id for a new one, for runtimes that take one: a random UUID.
    pub fresh_id: String,
    /// The command that a hook runs, absolute and shell-quoted: `'/…/pult' hook NAME`.
    pub hook_command: String,
    /// The directory of this attempt, absolute, where files of the plan are written.
    pub dir: String,
    /// The directory of the attempt before this one, absolute.
    pub before: Option<String>,
    /// The MCP servers that it gets besides the user's own; none for a runtime that does not say
    /// [`Runtime::takes_mcp`].
    pub mcp: Vec<McpServer>,
    /// The session's environment.
    pub env: BTreeMap<String, String>,
    /// The absolute path of this very program.
    pub own: String,
    /// A file, absolute, that all starts of the session share and in which a program of our own may
    /// keep what was said; absent where nothing may be kept.
    pub kept: Option<String>,
    /// What is in the files of [`Runtime::reads`], by path; those that cannot be read are left out.
    pub read: BTreeMap<String, String>,
    /// A port on 127.0.0.1 that nobody listens on.
    pub port: u16,
    /// A random word that nobody else knows, for a channel.
    pub secret: String,
    /// What the plan's [`Plan::probe`] answered: all lines up to the one it waited for. Absent
    /// before it ran; empty when it failed, and then the plan comes without a probe.
    pub probe: Option<String>,
}

/// What to do to start a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Run this first and launch again with its output: argv and what it gets on standard input.
    pub probe: Option<Probe>,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Variables set over the session's environment.
    pub env: Vec<(String, String)>,
    /// Files to write first, 0600: path relative to the attempt's directory, contents.
    pub files: Vec<(String, String)>,
    /// The conversation's id, when the plan fixes it.
    pub native_id: Option<String>,
    /// What does not work in this start, in words; shown with the session's other limits.
    pub limits: Vec<String>,
    /// A conversation to copy first; without it there is no start.
    pub fetch: Option<Fetch>,
    /// Where its side channel will be.
    pub way: Option<Way>,
}

/// A conversation of the CLI's own, of which a copy is made: the original is only read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Where conversations lie.
    pub place: transcript::Place,
    /// Words near the beginning of its file, of the latest one first.
    pub marks: Vec<String>,
    /// The copy that an earlier start was made from, absolute: for when its latest file is gone.
    pub before: Option<String>,
    /// The copy, relative to the attempt's directory.
    pub to: String,
}

/// A short question to the CLI itself before the launch, over its standard streams, in the
/// session's environment and working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Lines to write to it, in order.
    pub stdin: Vec<String>,
    /// The answer is complete at the first output line that contains this.
    pub until: String,
    /// Give up after this many ms.
    pub timeout_ms: u64,
    /// A key under which the answer may be cached while the program file does not change; `None` for
    /// a question that does something.
    pub cache_key: Option<String>,
}

/// What a hook call means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookCall {
    /// What it tells about the session, in order.
    pub signals: Vec<Signal>,
    /// The approval it asks for; the hook is answered when that is decided.
    pub ask: Option<Call>,
    /// Identifies the tool call among those of its session, to match an ask with its effect: the
    /// same for the request and for the result of one call.
    pub call_key: Option<String>,
}

/// What one agent CLI is to pult.
pub trait Runtime: Sync {
    /// Its name, as in `--runtime`.
    fn name(&self) -> &'static str;
    /// The runtime whose CLI and conversations it has: itself, unless it drives another's.
    fn of(&self) -> &'static str {
        self.name()
    }
    /// File names of its program to look for on the PATH, best first; none for one that pult is
    /// itself, in another role.
    fn programs(&self) -> &'static [&'static str];
    /// What to run to learn its version, such as `--version`; empty when it has none.
    fn version_args(&self) -> &'static [&'static str] {
        &[]
    }
    /// The oldest version that is driven.
    fn min_version(&self) -> ready::Version {
        ready::Version::default()
    }
    /// How to get it, one line: what to type.
    fn install_hint(&self) -> &'static str {
        ""
    }
    /// What shows that somebody has logged in to it; empty when it needs no account or shows none.
    fn login(&self) -> &'static [login::Sign] {
        &[]
    }
    /// Names of its processes, by which it is known among a caller's ancestors.
    fn process_names(&self) -> &'static [&'static str] {
        &[]
    }
    /// What it can do.
    fn capabilities(&self) -> Capabilities;
    /// Small text files of the CLI's own, absolute, on which the plan depends.
    fn reads(&self, _env: &BTreeMap<String, String>) -> Vec<String> {
        Vec::new()
    }
    /// The plan for a start or resume.
    fn launch(&self, input: &LaunchInput) -> Plan;
    /// Whether it can be given MCP servers for one launch, without a file of the user's being
    /// written.
    fn takes_mcp(&self) -> bool {
        false
    }
    /// Whether a conversation that it forks goes on in the directory that it is started in, wherever
    /// it was held before.
    fn forks_anywhere(&self) -> bool {
        false
    }
    /// What speaks over the side channel of a start; `None` for a runtime without one.
    fn channel(&self, _: &Way) -> Option<Box<dyn Channel>> {
        None
    }
    /// Parses what the CLI wrote to a hook.
    ///
    /// # Errors
    /// One line that says what is wrong with the payload.
    fn hook(&self, payload: &str) -> Result<HookCall, String>;
    /// What the hook process writes for a decision; `None` is "no decision" (the CLI asks itself).
    fn answer(&self, _answer: Option<Answer>, _note: Option<&str>) -> String {
        String::new()
    }
    /// The hook events about a finished call whose answer may carry words to the agent: there it
    /// is told the note of a yes. Empty where there are none.
    fn note_events(&self) -> &'static [&'static str] {
        &[]
    }
    /// The key, by name, that answers the dialog on the screen, if that still asks for exactly
    /// `call` by its rows and the title of its window; `None` where keys are no way in.
    fn key(
        &self,
        _rows: &[String],
        _title: &str,
        _call: &Call,
        _answer: Answer,
    ) -> Option<&'static str> {
        None
    }
    /// What stands in its prompt, as the rows show it; `None` where they show no prompt, and where it
    /// takes an Enter with the text, whatever it shows.
    fn draft(&self, _rows: &[String]) -> Option<draft::Draft> {
        None
    }
    /// Keys, by name, that take a row of a text out of its prompt and do nothing to an empty one; none
    /// where nothing is known to.
    fn clears(&self) -> &'static str {
        ""
    }
    /// The key, by name, that has it take its draft as it is written and offer nothing for it.
    fn as_written(&self) -> &'static str {
        ""
    }
    /// Bytes that interrupt the running turn.
    fn interrupt(&self) -> &'static [u8];
    /// What a window title says.
    fn title(&self, _title: &str) -> Vec<Signal> {
        Vec::new()
    }
    /// What an OSC sequence says: its number and the rest.
    fn osc(&self, _number: u32, _rest: &str) -> Vec<Signal> {
        Vec::new()
    }
    /// Whether [`Runtime::screen`] has anything to say.
    fn reads_screen(&self) -> bool {
        true
    }
    /// What the screen's rows say; rows are right-trimmed text.
    fn screen(&self, _rows: &[String]) -> Vec<Signal> {
        Vec::new()
    }
    /// How its transcripts are found and read, when it keeps any.
    fn transcripts(&self) -> Option<&'static dyn transcript::Transcripts> {
        None
    }
    /// A status file to watch: path for a process id, in the given environment.
    fn status_file(&self, _pid: u32, _env: &BTreeMap<String, String>) -> Option<String> {
        None
    }
    /// What the status file says.
    fn status(&self, _contents: &str) -> Vec<Signal> {
        Vec::new()
    }
}
