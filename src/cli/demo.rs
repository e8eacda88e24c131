//! `pult demo`: the whole loop on a scratch repository, with scripted agents.

use super::shell::{Shell, print};
use crate::cockpit::{Options, for_terminal};
use crate::demo::{self, Scratch, play};
use crate::wire::view::ErrorView;

/// How long a step of an agent takes when somebody looks on, in ms.
const BEAT_MS: u64 = 900;

/// Show the whole loop on a scratch repository with scripted agents
///
/// No account, no network, no model. What the agents ask goes through the same hook, keeper and
/// inbox as a real agent's, and what is allowed really happens in the scratch repository.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Play it without a terminal; exit 0 when every effect was seen
    #[arg(long)]
    script: bool,
}

impl Demo {
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        if !self.script {
            for_terminal()?;
        }
        let scratch = Scratch::make()?;
        let shown = match self.script {
            true => script(shell, &scratch),
            false => cockpit(&scratch),
        };
        let root = scratch.root().display().to_string();
        let closed = scratch.close();
        shown?;
        closed?;
        step(shell, &format!("daemon and agents ended, {root} removed"));
        Ok(())
    }
}

fn script(shell: &Shell, scratch: &Scratch) -> Result<(), ErrorView> {
    let repository = scratch.repository();
    step(
        shell,
        &format!("scratch repository: {}", repository.display()),
    );
    play::play(scratch, |seen| step(shell, seen))
}

fn cockpit(scratch: &Scratch) -> Result<(), ErrorView> {
    let peers = demo::start(scratch, BEAT_MS, super::new::size())?;
    let options = Options {
        cwd: Some(scratch.repository().display().to_string()),
        session: peers.first().map(|peer| peer.session.clone()),
        guide: Some(demo::GUIDE.to_owned()),
    };
    // However it ended, what the demo made is removed next.
    crate::cockpit::run(scratch.paths(), &options).map(|_| ())
}

/// One thing that was seen.
fn step(shell: &Shell, seen: &str) {
    if shell.json {
        print(&serde_json::json!({ "seen": seen }).to_string());
    } else {
        print(seen);
    }
}
