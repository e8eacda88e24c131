//! Evidence fusion: many signals about one session in, few changes out.
//!
//! Every source keeps its last claim about the turn. The strongest source that has spoken is
//! believed (protocol, file, OSC, title, screen), until a weaker one says something else *later*
//! and is not contradicted for its `patience`; so a stale file never beats a fresh hook, and a
//! hook that never came (Claude's Esc fires none) does not leave a session working for ever.
//! Settled is only ever claimed by a signal. A claim of work that nothing repeats expires into
//! [`Turn::Unknown`]. A limit stands over all of them until its time comes or work begins after
//! it. The shell brings the time and calls [`Fusion::tick`] when
//! [`Fusion::next_deadline`] has come.

mod prompt;

use super::limit::Ends;
use super::state::{Evidence, Millis, Source, Turn};
use super::status::{Change, Says, Signal};
use prompt::Prompt;

/// How long a claim of work is believed while nothing at all repeats it, in ms.
///
/// The agents repaint a spinner while they work, so a live one is heard about every second.
pub const SILENCE: Millis = 120_000;

/// How long after its first prompt a CLI may still come with a start screen, in ms.
const FLASH: Millis = 5_000;

/// How long *no dialog* of a status file, an OSC or the screen must stand before it is believed, in ms.
///
/// Two requests that follow each other close and open a dialog within a few milliseconds.
const GONE: Millis = 400;

/// How far behind the CLI's own word its title and screen may be drawn, in ms: work that they show
/// within that, and not after it, is what was over.
const LAGS: Millis = 1_000;

/// What is said of a session of which nothing was heard since its start.
pub(super) const UNHEARD: &str = "nothing was heard yet";

/// The same when something was, and no longer.
const SILENT: &str = "nothing was heard";

/// How far a time of day lies at most before what was meant by it, in ms.
const MINUTE: Millis = 60_000;

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

impl Claim {
    /// Whether it says something else than a `strong`er one, and later.
    fn contradicts(&self, strong: &Claim) -> bool {
        let drawn_late = self.turn == Turn::Working
            && self.source >= Source::Title
            && self.heard <= strong.heard + LAGS;
        self.turn != strong.turn && self.since > strong.heard && !drawn_late
    }
}

/// Everything believed about one start of a session's program.
#[derive(Clone, Debug)]
pub struct Fusion {
    born: Millis,
    /// When it was last told the time.
    now: Millis,
    /// At most one a source, strongest first.
    claims: Vec<Claim>,
    believed: Turn,
    background: u32,
    limit: Option<Limit>,
    /// The words of one that is over: they may stand on the screen for longer.
    over: Option<String>,
    dialog: Dialog,
    /// The digest of the call that the dialog on the screen asks for.
    shown: Option<String>,
    /// What a request asked for that cannot be answered any more.
    lost: Option<String>,
    native_id: Option<String>,
    model: Option<String>,
    start_screen: Option<String>,
    started: bool,
    /// When that was first seen.
    started_at: Millis,
    /// The last one that was given.
    prompt: Option<Prompt>,
    /// It was told last that the first one was not taken up yet.
    awaited: bool,
}

/// A limit that is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Limit {
    until: Option<Millis>,
    evidence: Evidence,
    /// It was told.
    told: bool,
}

/// What is believed about a permission dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Dialog {
    Closed,
    /// Which source showed it; silence: it must be there, and nobody has shown it yet.
    Open(Source),
    /// Said to be gone, and believed at the time in the evidence plus [`GONE`].
    Going(Evidence),
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
            now,
            claims: Vec::new(),
            believed: Turn::Unknown,
            background: 0,
            limit: None,
            over: None,
            dialog: Dialog::Closed,
            shown: None,
            lost: None,
            native_id: None,
            model: None,
            start_screen: None,
            started: false,
            started_at: Millis::MIN / 2,
            prompt: None,
            awaited: false,
        }
    }

    /// Of a program that is taken over at `now`: what was believed of it goes on, and expires as
    /// if it had been said now.
    ///
    /// `limit`: until when it is limited, where that is known. `first`: it was started with a
    /// prompt.
    pub fn resumed(
        now: Millis,
        turn: Turn,
        evidence: &Evidence,
        limit: Option<Millis>,
        first: bool,
    ) -> Self {
        let mut fusion = Self::new(now);
        fusion.prompt = Prompt::resumed(turn, evidence, first);
        fusion.awaited = fusion.awaits_the_first();
        if turn == Turn::Limited {
            fusion.believed = turn;
            fusion.started = true;
            fusion.limit = Some(Limit {
                until: limit,
                evidence: evidence.clone(),
                told: true,
            });
        } else if turn != Turn::Unknown {
            fusion.believed = turn;
            fusion.started = true;
            fusion.claims.push(Claim {
                source: Source::Silence,
                turn,
                text: evidence.text.clone(),
                since: evidence.at,
                heard: now,
                until_told: false,
            });
        }
        fusion
    }

    /// What the dialog on its screen asked for is asked no more: one that is seen is a new one.
    pub fn asks_nothing_on_screen(&mut self) {
        self.shown = None;
        if matches!(self.dialog, Dialog::Open(Source::Screen) | Dialog::Going(_)) {
            self.dialog = Dialog::Closed;
        }
    }

    /// Taken over while a dialog on its screen asked for the call of that digest.
    pub fn asks_on_screen(&mut self, digest: String) {
        self.dialog = Dialog::Open(Source::Screen);
        self.shown = Some(digest);
    }

    /// What the protocol asks for cannot be answered over it any more: the CLI asks by itself, and
    /// whoever shows the end of that is believed. `what` is what it asks for.
    pub fn asks_by_itself(&mut self, what: String) {
        if self.dialog == Dialog::Open(Source::Protocol) {
            self.dialog = Dialog::Open(Source::Silence);
        }
        self.lost = Some(what);
    }

    /// What the open dialog asks for, where the request for it was lost.
    pub fn lost(&self) -> Option<&str> {
        self.lost.as_deref().filter(|_| self.dialog_open())
    }

    /// A prompt is given to the CLI, at its start or later.
    pub fn prompted(&mut self, now: Millis) -> Vec<Change> {
        self.prompt = Some(Prompt::after(self.prompt.as_ref(), now));
        self.tick(now)
    }

    /// A prompt is given to the CLI with its start at `now`: its screen is at rest for a while, and
    /// what rests is not over before something was seen to be taken up.
    pub fn started_with_prompt(&mut self, now: Millis) {
        self.prompt = Some(Prompt::first(now));
    }

    /// What is believed about the turn.
    pub fn turn(&self) -> Turn {
        self.believed
    }

    /// Whether the CLI was seen past its start screens.
    pub fn started(&self) -> bool {
        self.started
    }

    /// Whether the CLI waits for a permission, as far as is known.
    pub fn dialog_open(&self) -> bool {
        matches!(self.dialog, Dialog::Open(_))
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
            Says::Limited(ends) => self.limited(&ends, &evidence),
            Says::Background(tasks) => self.background = tasks,
            Says::DialogOpen => {
                if self.dialog == Dialog::Closed {
                    changes.push(Change::DialogOpen(evidence.clone()));
                }
                self.dialog = Dialog::Open(source);
            }
            Says::DialogAsks(kind, call) => {
                let same = self.shown.as_ref() == Some(&call.digest);
                if !same {
                    self.shown = Some(call.digest.clone());
                    changes.push(Change::DialogAsks(kind, call));
                }
                self.dialog = Dialog::Open(source);
            }
            Says::DialogGone => self.dialog_gone(evidence.clone(), &mut changes),
            Says::WentOn => {
                if source <= Source::Protocol {
                    self.lost = None;
                }
                if self.dialog == Dialog::Open(Source::Protocol) {
                    self.dialog = Dialog::Closed;
                }
                changes.push(Change::WentOn(evidence.clone()));
            }
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
                // It stands where a dialog of the screen stood, if there was one.
                if source == Source::Screen && self.dialog == Dialog::Open(source) {
                    self.dialog = Dialog::Going(evidence.clone());
                }
                // A prompt may be drawn a moment before its start screen. Later, such words are the
                // model's.
                if self.started && now < self.started_at + FLASH {
                    self.started = false;
                }
                if !self.started && self.start_screen.as_ref() != Some(&what) {
                    self.start_screen = Some(what.clone());
                    changes.push(Change::StartScreen(what, evidence.clone()));
                }
            }
            Says::StartsAnew => {
                self.claims.clear();
                if let Some(prompt) = &mut self.prompt {
                    prompt.begins_anew(now);
                }
            }
            Says::Started => {
                if !self.started {
                    self.started = true;
                    self.started_at = now;
                    if let Some(prompt) = &mut self.prompt
                        && self.start_screen.take().is_some()
                    {
                        prompt.let_through(now);
                    }
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
        self.now = now;
        let mut changes = Vec::new();
        if let Dialog::Going(evidence) = &self.dialog
            && now >= evidence.at + GONE
        {
            changes.push(Change::DialogGone(evidence.clone()));
            self.dialog = Dialog::Closed;
            self.shown = None;
        }
        let (turn, evidence) = self.resolve(now);
        if let Some(limit) = &mut self.limit {
            let over = limit.until.is_some_and(|until| now >= until);
            let works = turn == Turn::Working && evidence.at > limit.evidence.at;
            if !over && !works {
                self.believed = Turn::Limited;
                if !limit.told {
                    limit.told = true;
                    changes.push(Change::Limited(limit.until, limit.evidence.clone()));
                }
                return changes;
            }
            self.over = self.limit.take().map(|limit| limit.evidence.text);
        }
        // That a first prompt was taken up is told: whoever comes later need not wait for it.
        let awaits = self.awaits_the_first();
        if turn != self.believed || (self.awaited && !awaits) {
            self.believed = turn;
            self.awaited = awaits;
            changes.push(Change::Turn(turn, evidence));
        }
        changes
    }

    /// When [`Fusion::tick`] would say something, if nothing else comes before.
    pub fn next_deadline(&self) -> Option<Millis> {
        let gone = match &self.dialog {
            Dialog::Going(evidence) => Some(evidence.at + GONE),
            _ => None,
        };
        let claims = self.claims.iter().flat_map(|claim| {
            let contradicts = self
                .claims
                .iter()
                .any(|strong| strong.source < claim.source && claim.contradicts(strong));
            let matures = contradicts.then(|| claim.since + patience(claim.source));
            [self.expiry(claim), matures]
        });
        let stale = self.claims.iter().filter_map(|c| self.stale_until(c));
        let limit = self.limit.as_ref().and_then(|limit| limit.until);
        let times = claims.flatten().chain(gone).chain(stale).chain(limit);
        times.filter(|at| *at > self.now).min()
    }

    /// Until when a claim that the turn is over is about the turn before the last prompt; `None`
    /// for one that is about it, or when there was no prompt.
    fn stale_until(&self, claim: &Claim) -> Option<Millis> {
        let prompt = self
            .prompt
            .as_ref()
            .filter(|_| claim.turn == Turn::Settled)?;
        // One that only agrees with what a weaker one said before is about what that was about.
        let mut weaker = self.claims.iter();
        let agrees = weaker.any(|weak| {
            weak.turn == Turn::Settled
                && weak.source > claim.source
                && weak.since <= claim.since
                && self.stale_until(weak).is_none()
        });
        (!prompt.is_meant_by(claim) && !agrees).then(|| prompt.may_take(claim))
    }

    /// Whether it was started with a prompt, and nothing was seen to be taken up since.
    fn awaits_the_first(&self) -> bool {
        self.prompt.as_ref().is_some_and(Prompt::is_awaited)
    }

    /// Whether a claim that the turn is over is about the time before the first prompt, of which
    /// nobody knows whether it was taken up.
    fn is_before_the_first(&self, claim: &Claim, now: Millis) -> bool {
        let first = self.prompt.as_ref().is_some_and(Prompt::is_first);
        first && self.stale_until(claim).is_some_and(|until| now >= until)
    }

    fn claim(&mut self, evidence: &Evidence, turn: Turn, until_told: bool) {
        if let Some(prompt) = &mut self.prompt
            && turn != Turn::Settled
        {
            prompt.taken_by(evidence.source, evidence.at);
        }
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
            Some(old) => {
                *old = fresh;
                if turn == Turn::Working {
                    self.over = None;
                }
            }
            None => {
                self.claims.push(fresh);
                self.claims.sort_by_key(|c| c.source);
            }
        }
    }

    /// A limit that was told goes on with what is known better of its end.
    fn limited(&mut self, ends: &Ends, evidence: &Evidence) {
        if evidence.source == Source::Screen && self.over.as_ref() == Some(&evidence.text) {
            return;
        }
        let until = match ends {
            Ends::At(at) => Some(*at),
            _ => None,
        };
        match &mut self.limit {
            Some(limit) if until.is_none() || limit.until == until => {}
            // A time of day is told rounded down.
            Some(limit)
                if (limit.until.zip(until))
                    .is_some_and(|(known, told)| known >= told && known - told < MINUTE) => {}
            Some(limit) => {
                limit.until = until;
                limit.told = false;
            }
            None => {
                self.limit = Some(Limit {
                    until,
                    evidence: evidence.clone(),
                    told: false,
                });
            }
        }
    }

    fn dialog_gone(&mut self, evidence: Evidence, changes: &mut Vec<Change>) {
        // A protocol says it of everything that it asked; the others only of what they showed.
        if evidence.source <= Source::Protocol {
            self.dialog = Dialog::Closed;
            self.lost = None;
            changes.push(Change::DialogGone(evidence));
        } else if [evidence.source, Source::Silence]
            .map(Dialog::Open)
            .contains(&self.dialog)
        {
            self.dialog = Dialog::Going(evidence);
        } else if self.dialog == Dialog::Open(Source::Protocol) {
            // It may not show what the protocol asks for: no evidence about the asks.
            self.dialog = Dialog::Closed;
        }
    }

    fn expiry(&self, claim: &Claim) -> Option<Millis> {
        let waits = self.dialog != Dialog::Closed;
        let lasts = claim.turn != Turn::Working || claim.until_told || waits;
        let repeats = |c: &&Claim| c.turn == Turn::Working && !c.until_told;
        let heard = self.claims.iter().filter(repeats);
        let heard = heard.map(|c| c.heard).max().unwrap_or(claim.heard);
        // What a daemon before this said while it waited for a first prompt to be taken up.
        let awaits = claim.source == Source::Silence && self.awaits_the_first();
        let silence = if awaits { prompt::STARTS } else { SILENCE };
        (!lasts).then_some(heard + silence)
    }

    fn resolve(&self, now: Millis) -> (Turn, Evidence) {
        let mut winner: Option<&Claim> = None;
        // What rests and may not have begun.
        let mut rests: Option<&Claim> = None;
        for claim in &self.claims {
            if self.expiry(claim).is_some_and(|at| now >= at) {
                continue;
            }
            if self.is_before_the_first(claim, now) {
                rests = rests.or(Some(claim));
                continue;
            }
            let wins = winner.is_none_or(|strong| {
                claim.contradicts(strong) && now >= claim.since + patience(claim.source)
            });
            if wins {
                winner = Some(claim);
            }
        }
        let heard = self.claims.iter().map(|c| c.heard).max();
        let best = winner.or(rests);
        let given = self.prompt.as_ref().filter(|_| {
            let until = best.and_then(|claim| self.stale_until(claim));
            until.is_some_and(|until| now < until)
        });
        if let Some(prompt) = given {
            return (Turn::Working, prompt.given());
        }
        match best {
            // What rests behind a start screen has not begun.
            Some(claim) if claim.turn == Turn::Settled && self.start_screen.is_some() => {
                let evidence = Evidence {
                    source: claim.source,
                    text: format!("{}, over a start screen", claim.text),
                    at: claim.since,
                };
                (Turn::Unknown, evidence)
            }
            Some(claim) if winner.is_none() => (Turn::Unknown, Prompt::untaken(claim)),
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
                    text: if self.awaits_the_first() {
                        UNHEARD
                    } else {
                        SILENT
                    }
                    .to_owned(),
                    at: heard.unwrap_or(self.born),
                };
                (Turn::Unknown, evidence)
            }
        }
    }
}

#[cfg(test)]
mod tests;
