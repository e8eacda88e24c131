//! What the cockpit knows and shows: plain data, changed only by `update`.

mod page;

pub use page::{Confirm, Page, Wants};

use super::action::Action;
use super::agentic::Layout;
use super::alerts::Alerts;
use super::copying;
use super::drafts::Drafts;
use super::elsewhere::Elsewhere;
use super::filter::Filters;
use super::inbox::Inbox;
use super::key::Key;
use super::keymap::{Found, Keymap, Section};
use super::look::Look;
use super::panes::Panes;
use super::spent::Spent;
use super::templates;
use crate::config::Mistake;
use crate::core::state::{Millis, Shown};
use crate::wire::view::{AskRow, ErrorView, PeerRow};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// A size in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Size {
    pub cols: u16,
    pub rows: u16,
}

/// How long a row must have stood under the cursor before it takes an answer, in ms.
pub const SETTLE_MS: Millis = 400;
/// How long a closed request stays to be seen, in ms.
pub const GHOST_MS: Millis = 3_000;
/// How long a notice stays, in ms.
pub const NOTICE_MS: Millis = 6_000;
/// Keys that were meant for a pane that is gone go nowhere until none came for so long, in ms.
pub const STRAY_MS: Millis = 1_000;
/// How long something can be taken back, in ms.
pub const UNDO_MS: Millis = 10_000;

/// Which panel the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The list of peers.
    Peers,
    /// The inbox.
    Inbox,
    /// The pane: every key goes to the worker.
    Pane,
}

/// A peer as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// Its row.
    pub row: PeerRow,
    /// Since when its word holds.
    pub since: Millis,
}

impl Peer {
    /// Its name, or the runtime's for a session that has none.
    pub fn name(&self) -> &str {
        self.row.name.as_deref().unwrap_or(&self.row.runtime)
    }

    /// The way the daemon is asked about it: `NAME`, or `circle/NAME` outside `main`; the id of a
    /// session found elsewhere.
    pub fn address(&self) -> String {
        if self.row.name.is_none() {
            return self.row.session.clone();
        }
        match self.row.circle.as_str() {
            "" | "main" => self.name().to_owned(),
            circle => format!("{circle}/{}", self.name()),
        }
    }

    /// Whether its program has ended.
    pub fn ended(&self) -> bool {
        use crate::core::state::Process;
        !matches!(self.row.process, Process::Starting | Process::Alive)
    }

    /// Whether it was put aside.
    pub fn snoozed(&self) -> bool {
        self.row.attention == crate::core::state::Attention::Snoozed
    }

    /// Where it belongs in the list: what needs the operator first.
    pub fn rank(&self) -> u8 {
        if self.snoozed() {
            return 8;
        }
        match self.row.shown {
            Shown::Asks => 0,
            Shown::Failed | Shown::Lost => 1,
            Shown::Done => 2,
            Shown::Unknown | Shown::Limited | Shown::Parked => 3,
            Shown::Starting => 4,
            Shown::Working => 5,
            Shown::Idle => 6,
            Shown::Exited => 7,
        }
    }
}

/// A request as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Its row.
    pub row: AskRow,
    /// When it was asked.
    pub asked: Millis,
    /// When it appeared here or changed last.
    pub changed: Millis,
    /// When it left the inbox; it stays a moment so that this is seen.
    pub gone: Option<Millis>,
    /// An answer of ours is on its way.
    pub sent: bool,
}

/// A line that tells what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub text: String,
    /// Something went wrong.
    pub bad: bool,
    /// When it goes.
    pub until: Millis,
}

/// What can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Of whom.
    pub address: String,
    /// What was done.
    pub what: Undone,
    /// Until when.
    pub until: Millis,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// Put aside; until then it was already, where it was.
    Snoozed(Option<Millis>),
    /// Stopped.
    Stopped,
    /// To be retired; stopped so far.
    Retired {
        /// Whether its program ran until then.
        ran: bool,
    },
}

/// A runtime as the form offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeChoice {
    /// Its name.
    pub name: String,
    /// The runtime whose CLI it drives over a protocol, in a plain pane of ours; absent = the CLI is
    /// on its own screen, or there is none.
    pub drives: Option<String>,
    /// Whether its program was found on the PATH.
    pub found: bool,
    /// Whether there is an account to be seen, or none is needed.
    pub login: bool,
    /// It runs a command instead of taking a prompt.
    pub command: bool,
    /// It is no program of somebody else: what it needs besides is not known before it runs.
    pub own: bool,
    /// Why the operator's policy keeps it from being started, one line.
    pub refused: Option<String>,
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Model {
    /// The size of the terminal.
    pub size: Size,
    /// The time, as it was told last.
    pub now: Millis,
    /// Where the operator's clock is.
    pub zone: TimeZone,
    /// The directory that the cockpit was started in.
    pub cwd: String,
    /// A line for a newcomer, shown instead of the directory.
    pub guide: Option<String>,
    /// The operator's home directory; empty when there is none.
    pub home: String,
    /// One pane and nothing else: `pult attach`. Whom.
    pub attach: Option<String>,
    /// The keys in force.
    pub keymap: Keymap,
    /// Which theme and keymap were chosen, and what the terminal can show.
    pub look: Look,
    /// What new peers can be made of.
    pub runtimes: Vec<RuntimeChoice>,
    /// Whether there is a daemon on the line, and since when not.
    pub down: Option<Millis>,
    /// Whether the daemon has told about its world yet.
    pub told: bool,
    /// Whether any daemon has since the start.
    pub met: bool,
    /// A condition of the whole house.
    pub banner: Option<String>,
    /// The peers, in the order shown.
    pub peers: Vec<Peer>,
    /// The sessions that were started by hand in other terminals.
    pub elsewhere: Elsewhere,
    /// What was used.
    pub spent: Spent,
    /// What new peers can be made from.
    pub templates: templates::Known,
    /// The repository of each directory that a peer works in.
    pub projects: BTreeMap<String, String>,
    /// The branch that is checked out in each of those, where one is.
    pub branches: BTreeMap<String, String>,
    /// When that was looked for last.
    pub located: Millis,
    /// The inbox, in the order shown.
    pub asks: Vec<Ask>,
    /// The session under the cursor: a peer's, or one found elsewhere.
    pub peer_at: Option<String>,
    /// The request under the cursor.
    pub ask_at: Option<String>,
    /// When the cursor last came to a request without the operator's doing.
    pub ask_moved: Millis,
    /// The inbox over the whole screen.
    pub inbox: Inbox,
    /// What was typed for peers and has not arrived, and messages that went.
    pub drafts: Drafts,
    /// What is typed over the lists to hide rows.
    pub filters: Filters,
    /// Where the keys go.
    pub focus: Focus,
    /// Where they went before the pane.
    pub back_to: Focus,
    /// The pane has everything.
    pub zoom: bool,
    /// The mouse is ours.
    pub mouse: bool,
    /// The operator's terminal has the focus.
    pub looked_at: bool,
    /// What was told to an operator who does not look.
    pub alerts: Alerts,
    /// How the screen is shared.
    pub layout: Layout,
    /// What is shown, and where.
    pub panes: Panes,
    /// The page over the panels.
    pub page: Option<Page>,
    /// The pages that the open one was opened from, the nearest last: Esc leads back to them.
    pub behind: Vec<Page>,
    /// The last thing to be told.
    pub notice: Option<Notice>,
    /// What can be taken back, the latest last.
    pub undo: Vec<Undo>,
    /// The beginning of a run of keys.
    pub begun: Vec<Key>,
    /// The leave key was the last one pressed, at this time.
    pub left: Option<Millis>,
    /// Pane mode ended by itself: when the last key came that was meant for its worker.
    pub strays: Option<Millis>,
    /// Looking back over a pane.
    pub copying: copying::Mode,
    /// Until when the order of the peers stands still.
    pub hold: Millis,
    /// A peer that was asked for and is to be selected when it appears.
    pub expected: Option<String>,
    /// The peer that was last said to be seen, and the state it had.
    pub seen: Option<(String, Millis)>,
}

impl Model {
    /// An empty cockpit.
    pub fn new(size: Size, now: Millis, cwd: String, keymap: Keymap) -> Self {
        Self {
            size,
            now,
            zone: TimeZone::UTC,
            cwd,
            guide: None,
            home: String::new(),
            attach: None,
            keymap,
            look: Look::default(),
            runtimes: Vec::new(),
            down: None,
            told: false,
            met: false,
            banner: None,
            peers: Vec::new(),
            elsewhere: Elsewhere::default(),
            spent: Spent::default(),
            templates: templates::Known::default(),
            projects: BTreeMap::new(),
            branches: BTreeMap::new(),
            located: now,
            asks: Vec::new(),
            peer_at: None,
            ask_at: None,
            ask_moved: 0,
            inbox: Inbox::default(),
            drafts: Drafts::default(),
            filters: Filters::default(),
            focus: Focus::Peers,
            back_to: Focus::Peers,
            zoom: false,
            mouse: true,
            looked_at: true,
            alerts: Alerts::default(),
            layout: Layout::default(),
            panes: Panes::default(),
            page: None,
            behind: Vec::new(),
            notice: None,
            undo: Vec::new(),
            begun: Vec::new(),
            left: None,
            strays: None,
            copying: copying::Mode::default(),
            hold: 0,
            expected: None,
            seen: None,
        }
    }

    /// The peer under the cursor.
    pub fn peer(&self) -> Option<&Peer> {
        let at = self.peer_at.as_deref()?;
        self.peers.iter().find(|p| p.row.session == at)
    }

    /// The request under the cursor.
    pub fn ask(&self) -> Option<&Ask> {
        let at = self.ask_at.as_deref()?;
        self.asks.iter().find(|a| a.row.id == at)
    }

    /// Whether a peer is to be retired as soon as that can no longer be taken back.
    pub fn retires(&self, peer: &Peer) -> bool {
        let retired = |undo: &Undo| matches!(undo.what, Undone::Retired { .. });
        let mut undo = self.undo.iter();
        undo.any(|undo| retired(undo) && undo.address == peer.address())
    }

    /// How many requests are open.
    pub fn open_asks(&self) -> usize {
        self.asks.iter().filter(|a| a.gone.is_none()).count()
    }

    /// Which keys are in force.
    pub fn section(&self) -> Section {
        match (&self.page, self.focus) {
            (Some(Page::Elsewhere), _) => Section::List,
            (Some(_), _) => Section::Page,
            (None, _) if self.copying.open.is_some() => Section::Copy,
            (None, Focus::Pane) => Section::Pane,
            (None, Focus::Inbox) => Section::Inbox,
            (None, Focus::Peers) => Section::Command,
        }
    }

    /// What a run of keys leads to where the keys go now. On the page of a request those of the
    /// inbox hold too.
    pub fn leads(&self, keys: &[Key]) -> Found {
        match self.keymap.find(self.section(), keys) {
            Found::Nothing if matches!(self.page, Some(Page::Look { .. })) => {
                self.keymap.find(Section::Inbox, keys)
            }
            found => found,
        }
    }

    /// The key that does `action` where the keys go now, as a screen shows it.
    pub fn key_here(&self, action: Action) -> Option<String> {
        let there = self.keymap.key_there(self.section(), action);
        let look = matches!(self.page, Some(Page::Look { .. }));
        there.or_else(|| {
            let key = look.then(|| self.keymap.key_there(Section::Inbox, action));
            key.flatten()
        })
    }

    /// Ends pane mode without the operator's doing. What is typed on was meant for the worker of
    /// `name`: it is no command.
    pub fn put_out(&mut self, name: &str, why: &str) {
        self.focus = self.back_to;
        self.strays = Some(self.now);
        self.warn(format!(
            "{name}: {why}; keys are commands once you pause a moment"
        ));
    }

    /// Tells something that goes well.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            bad: false,
            until: self.now + NOTICE_MS,
        });
    }

    /// Tells something that does not.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            bad: true,
            until: self.now + NOTICE_MS,
        });
    }

    /// Tells why the daemon refused.
    pub fn refused(&mut self, error: &ErrorView) {
        match &error.hint {
            Some(hint) => self.warn(format!("{}; {hint}", error.what)),
            None => self.warn(error.what.clone()),
        }
    }

    /// Tells about mistakes in the operator's files, the first by name.
    pub fn report(&mut self, mistakes: &[Mistake]) {
        match mistakes {
            [] => {}
            [one] => self.warn(one.to_string()),
            [one, rest @ ..] => self.warn(format!("{one} (and {} more)", rest.len())),
        }
    }
}
