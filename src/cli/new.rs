//! `pult new NAME`: a new peer and its first session.

use super::render::peer;
use super::shell::Shell;
use super::template;
use crate::config::templates::Template;
use crate::core::mcp::McpServer;
use crate::core::role::Role;
use crate::core::tag::Tag;
use crate::wire::request::{NewPeer, Request};
use crate::wire::view::{ErrorKind, ErrorView};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Profiles that this version can give.
const PROFILES: &str = "--profile full (the default) and --profile none";

/// Start a peer: a coding agent, or with `-- COMMAND` any program, in a pane of its own
#[derive(Debug, clap::Args)]
pub struct New {
    /// What to call it: a letter, then letters, digits and dashes; `-` has one chosen
    name: String,
    /// What kind of peer: a template, the flags beside which win; `pult help templates`
    #[arg(long, value_name = "T")]
    template: Option<String>,
    /// Which agent CLI; `pult doctor` lists those that are ready
    #[arg(long, value_name = "R")]
    runtime: Option<String>,
    /// The model, as the runtime spells it
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// The permission profile: full or none
    #[arg(long, value_name = "P")]
    profile: Option<String>,
    /// The working directory; the current one when left out
    #[arg(long = "in", value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A git worktree of its own, on this branch: a new one from here when there is none
    #[arg(long, value_name = "BRANCH", conflicts_with = "dir")]
    worktree: Option<String>,
    /// The circle it belongs to
    #[arg(long, value_name = "C")]
    circle: Option<String>,
    /// Do not keep its output
    #[arg(long)]
    no_record: bool,
    /// An MCP server for this peer's agent only; its words are divided by blanks, or a JSON list
    #[arg(long, value_name = "NAME=COMMAND", value_parser = McpServer::parse)]
    mcp: Vec<McpServer>,
    /// Without the agent's own screen: over its protocol (ACP), so that no approval needs a key
    #[arg(long)]
    acp: bool,
    /// As what it is started, a worker when left out; `policy.toml` may keep a runtime from one of them
    #[arg(long = "as", value_enum, value_name = "ROLE")]
    role: Option<As>,
    /// A colour to tell it by
    #[arg(long, value_name = "COLOUR", value_parser = super::tag::colours())]
    tag: Option<String>,
    /// The first prompt
    prompt: Vec<String>,
    /// With neither --runtime nor --template a program and its arguments, else the first prompt
    #[arg(last = true, value_name = "COMMAND")]
    rest: Vec<String>,
}

/// What `--as` takes.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum As {
    Worker,
    Orchestrator,
}

impl New {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let about = format!("new {}", self.name);
        let peer = self.peer(|name, cwd| template::find(shell, name, cwd))?;
        shell.observe(&about, Request::New(peer), peer::started)
    }

    /// What the words ask for; `find` finds a template for a directory.
    fn peer(
        self,
        find: impl Fn(&str, &str) -> Result<Template, ErrorView>,
    ) -> Result<NewPeer, ErrorView> {
        check_profile(self.profile.as_deref())?;
        let cwd = directory(self.dir.as_deref())?;
        let template = self.template.as_deref().map(|name| find(name, &cwd));
        let template = template.transpose()?;
        let program = match self.runtime.as_deref() {
            None => !self.rest.is_empty() && template.is_none(),
            Some(runtime) => runtime == "shell",
        };
        if self.runtime.is_none() && program && !self.prompt.is_empty() {
            let what = format!("`{}` stands before the --", self.prompt.join(" "));
            let hint = "name a --runtime for a prompt, or put the whole command after the --";
            return Err(ErrorView::new(ErrorKind::Usage, what).hint(hint));
        }
        if let Some(template) = template.as_ref().filter(|_| program) {
            let what = format!(
                "{} is a template for an agent, and shell runs a program",
                template.name
            );
            return Err(ErrorView::new(ErrorKind::Usage, what).hint("leave one of them out"));
        }
        let words: Vec<String> = self.prompt.into_iter().chain(self.rest).collect();
        let (command, prompt) = match program {
            true => (words, None),
            false => (Vec::new(), (!words.is_empty()).then(|| words.join(" "))),
        };
        let mut wish = NewPeer {
            name: self.name,
            circle: self.circle,
            runtime: self.runtime,
            model: self.model,
            profile: self.profile,
            cwd,
            worktree: self.worktree,
            prompt,
            command,
            env: env(),
            size: size(),
            no_record: self.no_record,
            mcp: self.mcp,
            acp: self.acp,
            role: match self.role {
                None | Some(As::Worker) => Role::Worker,
                Some(As::Orchestrator) => Role::Orchestrator,
            },
            template: None,
            tag: self.tag.as_deref().and_then(Tag::by_word),
        };
        if let Some(template) = &template {
            template::fill(&mut wish, template, self.role.is_none())?;
        }
        Ok(wish)
    }
}

/// Refuses the profiles that no kernel enforces yet, and words that name none.
fn check_profile(profile: Option<&str>) -> Result<(), ErrorView> {
    let (kind, what) = match profile {
        None | Some("full" | "none") => return Ok(()),
        Some(word @ ("inert" | "read" | "write")) => (
            ErrorKind::Refused,
            format!("profile `{word}` is not there yet"),
        ),
        Some(word) => (ErrorKind::Usage, format!("there is no profile `{word}`")),
    };
    Err(ErrorView::new(kind, what).hint(format!("{PROFILES} work")))
}

/// The absolute path of an existing directory.
pub fn directory(dir: Option<&Path>) -> Result<String, ErrorView> {
    let dir = dir.unwrap_or(Path::new("."));
    let refuse = |why: &str| {
        let what = format!("no directory {}: {why}", dir.display());
        ErrorView::new(ErrorKind::NotFound, what).hint("--in takes a directory that exists")
    };
    let path = dir.canonicalize().map_err(|e| refuse(&e.to_string()))?;
    if !path.is_dir() {
        return Err(refuse("it is a file"));
    }
    let text = path.to_str().ok_or_else(|| refuse("its name is not UTF-8"));
    text.map(str::to_owned)
}

/// The environment that the session gets, as far as it is text; the daemon takes out what is ours.
pub fn env() -> std::collections::BTreeMap<String, String> {
    let pairs = std::env::vars_os();
    let text = pairs.filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    text.collect()
}

/// Rows and columns of the terminal, when standard output is one.
pub fn size() -> Option<(u16, u16)> {
    let terminal = std::io::stdout().is_terminal();
    let (cols, rows) = terminal.then(|| crossterm::terminal::size().ok())??;
    (rows >= 2 && cols >= 2).then_some((rows, cols))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::templates;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        new: New,
    }

    fn peer(line: &str) -> Result<NewPeer, ErrorView> {
        let line = Line::try_parse_from(std::iter::once("new").chain(line.split(' ')));
        let find = |name: &str, _: &str| {
            let loaded = templates::load(Path::new("/nowhere"), None);
            Ok(loaded.find(name).cloned().expect("it ships"))
        };
        line.unwrap_or_else(|e| panic!("{e}")).new.peer(find)
    }

    #[test]
    fn a_template_fills_what_the_flags_leave_open() {
        let found = peer("a --template scout -- the cart").unwrap();
        let prompt = found.prompt.expect("a prompt");
        assert!(
            prompt.contains("\n\nthe cart\n\n") && found.command.is_empty(),
            "{prompt}"
        );
        assert_eq!(found.template.expect("it is named").name, "scout");
        let none = peer("a --template scout").unwrap_err();
        assert_eq!(none.kind, ErrorKind::Usage);
        assert_eq!(
            none.to_string(),
            "the template scout needs words of your own; put them behind the name"
        );
        let program = peer("a --template reviewer --runtime shell -- ls").unwrap_err();
        assert_eq!(program.kind, ErrorKind::Usage);
    }

    #[test]
    fn what_follows_the_dashes_is_a_program_unless_a_runtime_is_named() {
        let shell = peer("a -- cargo test -p x --quiet").unwrap();
        assert_eq!(shell.command.join(" "), "cargo test -p x --quiet");
        assert_eq!((shell.runtime, shell.prompt), (None, None));
        let agent = peer("a --runtime r -- fix --it now").unwrap();
        assert_eq!(agent.prompt.as_deref(), Some("fix --it now"));
        assert!(agent.command.is_empty());
        let plain = peer("a fix it").unwrap();
        assert_eq!(plain.prompt.as_deref(), Some("fix it"));
        let named = peer("a --runtime shell -- ls -l").unwrap();
        assert_eq!(named.command.join(" "), "ls -l");
    }

    #[test]
    fn words_on_both_sides_of_the_dashes_are_not_guessed_at() {
        assert_eq!(peer("a fix -- ls").unwrap_err().kind, ErrorKind::Usage);
    }

    #[test]
    fn what_is_not_there_yet_is_refused_with_what_works() {
        let refused = peer("a --profile write -- ls").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "profile `write` is not there yet; --profile full (the default) and --profile none work"
        );
        assert_eq!(refused.kind.exit_code(), 1);
        let refused = peer("a --profile root -- ls").unwrap_err();
        assert_eq!(refused.kind.exit_code(), 2);
    }

    #[test]
    fn a_worktree_or_a_directory_and_not_both() {
        let asked = peer("a --worktree fix/x -- ls").unwrap();
        assert_eq!(asked.worktree.as_deref(), Some("fix/x"));
        assert!(Line::try_parse_from(["new", "a", "--worktree", "b", "--in", "/"]).is_err());
    }

    #[test]
    fn a_directory_that_is_not_there_is_one_line() {
        let refused = peer("a --in /no/such/place -- ls").unwrap_err();
        assert_eq!(refused.kind, ErrorKind::NotFound);
        assert!(
            refused
                .to_string()
                .starts_with("no directory /no/such/place: ")
        );
        assert_eq!(peer("a -- ls").unwrap().cwd.chars().next(), Some('/'));
    }
}
