//! What is proved of each CLI, by verbs alone.

mod asks;
mod changes;
mod gates;
mod life;
mod limit;
mod mcp;
mod send;
mod stage;
mod start;
mod talk;
mod usage;
mod worktree;

use crate::cli::Cli;
use crate::isolate::User;
pub use limit::NAME as CLOCKED;
use stage::Stage;
pub use stage::link_node;
use std::path::Path;
pub use talk::is_title;

/// One proof.
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    who: Who,
    play: fn(&Stage),
}

/// As whom it is shown, where the tests run as root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Both,
    /// It looks into the daemon, which is hidden from everybody else.
    Root,
}

impl Scenario {
    const fn new(name: &'static str, who: Who, play: fn(&Stage)) -> Self {
        Self { name, who, play }
    }

    /// Whether it is shown as `user`; where the tests do not run as root there is one alone.
    pub fn is_for(&self, user: User, root: bool) -> bool {
        match (root, user) {
            (false, user) => user == User::Same,
            (true, User::Nobody) => self.who != Who::Root,
            (true, User::Same) => self.who != Who::Nobody,
        }
    }
}

/// All of them.
pub static ALL: &[Scenario] = &[
    Scenario::new("approve", Who::Both, asks::approve),
    Scenario::new("reject", Who::Both, asks::reject),
    Scenario::new(
        "approve_with_a_note",
        Who::Nobody,
        asks::approve_with_a_note,
    ),
    Scenario::new(
        "approve_with_a_note_what_fails",
        Who::Nobody,
        asks::approve_with_a_note_what_fails,
    ),
    Scenario::new(
        "reject_without_a_note",
        Who::Nobody,
        asks::reject_without_a_note,
    ),
    Scenario::new(
        "answered_in_the_pane",
        Who::Nobody,
        asks::answered_in_the_pane,
    ),
    Scenario::new("interrupt", Who::Nobody, life::interrupt),
    Scenario::new(
        "send_after_an_interrupt",
        Who::Nobody,
        send::send_after_an_interrupt,
    ),
    Scenario::new("transcript", Who::Nobody, talk::transcript),
    Scenario::new("usage", Who::Nobody, usage::usage),
    Scenario::new(limit::NAME, Who::Nobody, limit::limit),
    Scenario::new("mcp", Who::Nobody, mcp::mcp),
    Scenario::new("changes", Who::Nobody, changes::changes),
    Scenario::new("fork_and_import", Who::Nobody, talk::fork_and_import),
    Scenario::new("exit_and_resume", Who::Both, life::exit_and_resume),
    Scenario::new(
        "daemon_killed_while_asked",
        Who::Both,
        gates::daemon_killed_while_asked,
    ),
    Scenario::new(
        "daemon_killed_then_answered_in_the_pane",
        Who::Nobody,
        gates::daemon_killed_then_answered_in_the_pane,
    ),
    Scenario::new(
        "hook_killed_while_asked",
        Who::Both,
        gates::hook_killed_while_asked,
    ),
    Scenario::new(
        "side_channel_killed_while_asked",
        Who::Root,
        gates::side_channel_killed_while_asked,
    ),
    Scenario::new(
        "program_killed_while_asked",
        Who::Nobody,
        gates::program_killed_while_asked,
    ),
    Scenario::new(
        "stopped_while_asked",
        Who::Nobody,
        life::stopped_while_asked,
    ),
    Scenario::new("nothing_is_left", Who::Both, life::nothing_is_left),
    Scenario::new("in_a_worktree", Who::Nobody, worktree::in_a_worktree),
    Scenario::new(start::FRESH, Who::Nobody, start::in_a_fresh_home),
    Scenario::new(start::UNTRUSTED, Who::Nobody, start::at_its_trust_screen),
];

/// Prepares a home and a model server and plays `scenario`; panics where it fails.
pub fn play(cli: &Cli, scenario: &Scenario, program: &Path) {
    (scenario.play)(&Stage::set(cli, scenario.name, program));
}
