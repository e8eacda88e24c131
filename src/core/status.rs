//! Evidence fusion: many signals about one session in, few changes out.
//!
//! Every source keeps its last claim about the turn. The strongest source that has spoken is
//! believed (protocol, file, OSC, title, screen), until a weaker one says something else *later*
//! and is not contradicted for its [`patience`]; so a stale file never beats a fresh hook, and a
//! hook that never came (Claude's Esc fires none) does not leave a session working for ever.
//! Settled is only ever claimed by a signal. A claim of work that nothing repeats expires into
//! [`Turn::Unknown`]. The shell brings the time and calls [`Fusion::tick`] when
//! [`Fusion::next_deadline`] has come.

use super::state::{Evidence, Millis, Source, Turn};

/// How long a claim of work is believed while nothing at all repeats it, in ms.
///
/// The agents repaint a spinner while they work, so a live one is heard about every second.
pub const SILENCE: Millis = 120_000;

/// How long *no dialog* of a status file, an OSC or the screen must stand before it is believed, in ms.
///
/// Two requests that follow each other close and open a dialog within a few milliseconds.
const GONE: Millis = 400;

/// A signal about a session's state, as an adapter parsed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Where it comes from.
    pub source: Source,
    /// What it says.
    pub says: Says,
    /// The signal in words, one line, without control characters.
    pub text: String,
}

/// What a signal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// The turn is in this state.
    Turn(Turn),
    /// The turn is in this state until the same source says otherwise, however silent it is: a
    /// shell's own report that a command runs.
    TurnUntilTold(Turn),
    /// This many tasks go on in the background; while it is not 0, no turn is settled.
    Background(u32),
    /// The CLI shows a permission dialog.
    DialogOpen,
    /// No permission dialog is open any more: every open ask of the session was settled without us.
    DialogGone,
    /// The CLI went on (tool start or result, model request, turn end). With a
    /// `call_key` in the same hook call this is about that one call: a decided ask of that key has
    /// had its effect, an undecided one was answered in the pane. Without one it is about all
    /// *decided* asks of the session.
    WentOn,
    /// The conversation's id.
    NativeId(String),
    /// The model in use.
    Model(String),
    /// A start screen (trust, login) waits for the operator; its name and what to do, in words.
    StartScreen(String),
    /// The CLI is past its start screens.
    Started,
}

/// What changed for the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The turn's state and why it is believed.
    Turn(Turn, Evidence),
    /// A permission dialog is on the screen.
    DialogOpen(Evidence),
    /// It is gone: what is open of the session's asks was settled without us.
    DialogGone(Evidence),
    /// The CLI went on; see [`Says::WentOn`].
    WentOn(Evidence),
    /// The conversation's id is this now.
    NativeId(String),
    /// The model is this now.
    Model(String),
    /// A start screen waits for the operator: open an ask of kind `start`.
    StartScreen(String, Evidence),
    /// The CLI is past its start screens: close that ask.
    Started(Evidence),
}

/// One source's claim about the turn.
#[derive(Clone, Debug)]
struct Claim {
    source: Source,
    turn: Turn,
    text: String,
    /// Since when it says so.
    since: Millis,
    /// When it last said so.
    heard: Millis,
    until_told: bool,
}

/// Everything believed about one start of a session's program.
#[derive(Clone, Debug)]
pub struct Fusion {
    born: Millis,
    /// At most one a source, strongest first.
    claims: Vec<Claim>,
    believed: Turn,
    background: u32,
    dialog: Dialog,
    native_id: Option<String>,
    model: Option<String>,
    start_screen: Option<String>,
    started: bool,
}

/// What is believed about a permission dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Dialog {
    Closed,
    /// Which source showed it.
    Open(Source),
    /// Said to be gone, and believed at the time in the evidence plus [`GONE`].
    Going(Source, Evidence),
}

/// How long a claim of `source` must stand against an older one of a stronger source, in ms.
fn patience(source: Source) -> Millis {
    match source {
        Source::Keeper | Source::Protocol => 0,
        Source::File | Source::Osc => 300,
        Source::Title | Source::Screen | Source::Silence => 2_000,
    }
}

impl Fusion {
    /// Of a program that was started at `now`; the turn is unknown.
    pub fn new(now: Millis) -> Self {
        Self {
            born: now,
            claims: Vec::new(),
            believed: Turn::Unknown,
            background: 0,
            dialog: Dialog::Closed,
            native_id: None,
            model: None,
            start_screen: None,
            started: false,
        }
    }

    /// What is believed about the turn.
    pub fn turn(&self) -> Turn {
        self.believed
    }

    /// Whether the CLI was seen past its start screens.
    pub fn started(&self) -> bool {
        self.started
    }

    /// Takes a signal that came at `now`.
    pub fn observe(&mut self, signal: Signal, now: Millis) -> Vec<Change> {
        let mut changes = Vec::new();
        let Signal { source, says, text } = signal;
        let evidence = Evidence {
            source,
            text,
            at: now,
        };
        match says {
            Says::Turn(turn) => self.claim(&evidence, turn, false),
            Says::TurnUntilTold(turn) => self.claim(&evidence, turn, true),
            Says::Background(tasks) => self.background = tasks,
            Says::DialogOpen => {
                if self.dialog == Dialog::Closed {
                    changes.push(Change::DialogOpen(evidence.clone()));
                }
                self.dialog = Dialog::Open(source);
            }
            Says::DialogGone => self.dialog_gone(evidence.clone(), &mut changes),
            Says::WentOn => changes.push(Change::WentOn(evidence.clone())),
            Says::NativeId(id) => {
                if self.native_id.as_ref() != Some(&id) {
                    self.native_id = Some(id.clone());
                    changes.push(Change::NativeId(id));
                }
            }
            Says::Model(model) => {
                if self.model.as_ref() != Some(&model) {
                    self.model = Some(model.clone());
                    changes.push(Change::Model(model));
                }
            }
            Says::StartScreen(what) => {
                // Past the start, such words on the screen are the model's.
                if !self.started && self.start_screen.as_ref() != Some(&what) {
                    self.start_screen = Some(what.clone());
                    changes.push(Change::StartScreen(what, evidence.clone()));
                }
            }
            Says::Started => {
                if !self.started {
                    self.started = true;
                    self.start_screen = None;
                    changes.push(Change::Started(evidence));
                }
            }
        }
        changes.extend(self.tick(now));
        changes
    }

    /// Lets time pass: what matured or expired by `now`.
    pub fn tick(&mut self, now: Millis) -> Vec<Change> {
        let mut changes = Vec::new();
        if let Dialog::Going(_, evidence) = &self.dialog
            && now >= evidence.at + GONE
        {
            changes.push(Change::DialogGone(evidence.clone()));
            self.dialog = Dialog::Closed;
        }
        let (turn, evidence) = self.resolve(now);
        if turn != self.believed {
            self.believed = turn;
            changes.push(Change::Turn(turn, evidence));
        }
        changes
    }

    /// When [`Fusion::tick`] would say something, if nothing else comes before.
    pub fn next_deadline(&self) -> Option<Millis> {
        let gone = match &self.dialog {
            Dialog::Going(_, evidence) => Some(evidence.at + GONE),
            _ => None,
        };
        let claims = self.claims.iter().flat_map(|claim| {
            let expiry = self.expiry(claim);
            let matures = self.claims.iter().any(|strong| {
                strong.source < claim.source
                    && strong.turn != claim.turn
                    && claim.since > strong.heard
            });
            let matures = matures.then(|| claim.since + patience(claim.source));
            [expiry, matures.filter(|_| claim.turn != self.believed)]
        });
        claims.flatten().chain(gone).min()
    }

    fn claim(&mut self, evidence: &Evidence, turn: Turn, until_told: bool) {
        let fresh = Claim {
            source: evidence.source,
            turn,
            text: evidence.text.clone(),
            since: evidence.at,
            heard: evidence.at,
            until_told,
        };
        match self.claims.iter_mut().find(|c| c.source == fresh.source) {
            Some(old) if old.turn == turn => {
                old.heard = fresh.heard;
                old.until_told = until_told;
                old.text = fresh.text;
            }
            Some(old) => *old = fresh,
            None => {
                self.claims.push(fresh);
                self.claims.sort_by_key(|c| c.source);
            }
        }
    }

    fn dialog_gone(&mut self, evidence: Evidence, changes: &mut Vec<Change>) {
        // A protocol says it of everything that it asked; the others only of what they showed.
        if evidence.source <= Source::Protocol {
            self.dialog = Dialog::Closed;
            changes.push(Change::DialogGone(evidence));
        } else if self.dialog == Dialog::Open(evidence.source) {
            self.dialog = Dialog::Going(evidence.source, evidence);
        }
    }

    fn expiry(&self, claim: &Claim) -> Option<Millis> {
        let waits = self.dialog != Dialog::Closed;
        let lasts = claim.turn != Turn::Working || claim.until_told || waits;
        let heard = self.claims.iter().filter(|c| c.turn == Turn::Working);
        let heard = heard.map(|c| c.heard).max().unwrap_or(claim.heard);
        (!lasts).then_some(heard + SILENCE)
    }

    fn resolve(&self, now: Millis) -> (Turn, Evidence) {
        let mut winner: Option<&Claim> = None;
        for claim in &self.claims {
            if self.expiry(claim).is_some_and(|at| now >= at) {
                continue;
            }
            let wins = winner.is_none_or(|strong| {
                claim.turn != strong.turn
                    && claim.since > strong.heard
                    && now >= claim.since + patience(claim.source)
            });
            if wins {
                winner = Some(claim);
            }
        }
        let heard = self.claims.iter().map(|c| c.heard).max();
        match winner {
            Some(claim) => {
                let held = claim.turn == Turn::Settled && self.background > 0;
                let mut text = claim.text.clone();
                if held {
                    text = format!("{text}; {} in the background", self.background);
                }
                let evidence = Evidence {
                    source: claim.source,
                    text,
                    at: claim.since,
                };
                (if held { Turn::Working } else { claim.turn }, evidence)
            }
            None => {
                let evidence = Evidence {
                    source: Source::Silence,
                    text: "nothing was heard".to_owned(),
                    at: heard.unwrap_or(self.born),
                };
                (Turn::Unknown, evidence)
            }
        }
    }
}
