//! `pult fork NAME` and `pult import REF`: a new peer that goes on from another conversation.

use super::new::{directory, env, size};
use super::render::peer;
use super::shell::Shell;
use crate::wire::request::{NewPeer, Request};
use crate::wire::view::{ErrorKind, ErrorView};
use std::path::PathBuf;

/// Start a peer that goes on from another one's conversation, which stays as it is
#[derive(Debug, clap::Args)]
pub struct Fork {
    /// Whose: NAME, or CIRCLE/NAME
    name: String,
    #[command(flatten)]
    into: Into,
}

/// Make a peer of your own from a session that was started elsewhere, which stays as it is
#[derive(Debug, clap::Args)]
pub struct Import {
    /// Its id or the beginning of it, as `pult ls --all` prints it
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    into: Into,
}

/// What becomes of it.
#[derive(Debug, clap::Args)]
struct Into {
    /// What to call the new peer; one is chosen when it is left out
    #[arg(value_name = "NEW", default_value = "-")]
    new: String,
    /// Another agent CLI: it gets what was said as a brief
    #[arg(long, value_name = "R")]
    runtime: Option<String>,
    /// The model, as the runtime spells it
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// Go another way after this line of the transcript; it gets what was said as a brief
    #[arg(long, value_name = "LINE")]
    at: Option<u64>,
    /// The working directory; that of the other when left out, its worktree too
    #[arg(long = "in", value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A git worktree of its own, on this branch: a new one from there when there is none; with --at
    /// from the newest commit before that line, without what was not committed
    #[arg(long, value_name = "BRANCH", conflicts_with = "dir")]
    worktree: Option<String>,
    /// The circle it belongs to
    #[arg(long, value_name = "C")]
    circle: Option<String>,
    /// The first prompt
    #[arg(last = true, value_name = "PROMPT")]
    prompt: Vec<String>,
}

impl Fork {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        run(shell, "fork", self.name, self.into.new_peer()?)
    }
}

impl Import {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        let reference = self.reference.clone();
        let nobody = |error: ErrorView| match error.kind {
            // A name may be meant by it too, but hardly.
            ErrorKind::NotFound if !error.what.contains("several") => {
                let what =
                    format!("no session that was found elsewhere has an id like {reference}");
                ErrorView::new(ErrorKind::NotFound, what).hint("`pult ls --all` lists them")
            }
            _ => error,
        };
        let new = self.into.new_peer()?;
        let done = run(shell, "import", self.reference, new);
        done.map_err(nobody)
    }
}

impl Into {
    /// The peer that is wished for, and the line it begins after.
    fn new_peer(self) -> Result<(NewPeer, Option<u64>), ErrorView> {
        let cwd = self.dir.as_deref().map(|dir| directory(Some(dir)));
        let prompt = self.prompt.join(" ");
        let new = NewPeer {
            name: self.new,
            circle: self.circle,
            runtime: self.runtime,
            model: self.model,
            cwd: cwd.transpose()?.unwrap_or_default(),
            worktree: self.worktree,
            prompt: (!prompt.is_empty()).then_some(prompt),
            env: env(),
            size: size(),
            ..NewPeer::default()
        };
        Ok((new, self.at))
    }
}

fn run(
    shell: &Shell,
    verb: &str,
    of: String,
    (new, at): (NewPeer, Option<u64>),
) -> Result<(), ErrorView> {
    let about = format!("{verb} {of}");
    shell.observe(&about, Request::Fork { of, new, at }, peer::started)
}
