//! The command line: every verb, in the order in which help lists them.

use super::shell::Shell;
use crate::wire::view::ErrorView;
use clap::{CommandFactory, Parser, Subcommand};

/// A terminal cockpit from which one person runs many coding agents.
///
/// With no verb it opens the cockpit, and starts the daemon when there is none.
#[derive(Debug, Parser)]
#[command(name = "pult", version, disable_help_subcommand = true)]
pub struct Line {
    /// Print what was observed as JSON; a failure as {"error":{"kind","what","hint"}}
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

macro_rules! verbs {
    ($($(#[$meta:meta])* $variant:ident($args:ty);)*) => {
        #[derive(Debug, Subcommand)]
        enum Verb { $($(#[$meta])* $variant($args)),* }

        impl Verb {
            fn run(self, shell: &Shell) -> Result<(), ErrorView> {
                match self { $(Verb::$variant(args) => args.run(shell)),* }
            }
        }
    };
}

verbs! {
    New(super::new::New);
    Ls(super::ls::Ls);
    Attach(super::attach::Attach);
    Send(super::send::Send);
    Read(super::read::Read);
    Search(super::search::Search);
    Cost(super::cost::Cost);
    Wait(super::wait::Wait);
    Interrupt(super::interrupt::Interrupt);
    Stop(super::stop::Stop);
    Resume(super::resume::Resume);
    Replay(super::resume::Replay);
    Fork(super::fork::Fork);
    Import(super::fork::Import);
    Retire(super::retire::Retire);
    Snooze(super::snooze::Snooze);
    Tag(super::tag::Tag);
    Trust(super::trust::Trust);
    Inbox(super::inbox::Inbox);
    Show(super::show::Show);
    Approve(super::approve::Approve);
    Reject(super::reject::Reject);
    Retry(super::retry::Retry);
    Export(super::export::Export);
    Log(super::log::Log);
    Why(super::why::Why);
    Doctor(super::doctor::Doctor);
    Db(super::db::Db);
    Daemon(super::daemon::Daemon);
    Shutdown(super::shutdown::Shutdown);
    Demo(super::demo::Demo);
    Help(super::help::Help);
    Completions(super::completions::Completions);
    Man(super::man::Man);
}

impl Line {
    /// Does what the line says.
    ///
    /// # Errors
    /// What the verb could not do, with its kind and a hint.
    pub fn run(self, shell: &Shell) -> Result<(), ErrorView> {
        match self.verb {
            Some(verb) => verb.run(shell),
            None => super::cockpit::run(shell),
        }
    }
}

/// The whole command line as data: help, completions and man pages are made from it.
pub fn command() -> clap::Command {
    Line::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
