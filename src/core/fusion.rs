//! Evidence fusion: many signals about one session in, few changes out.
//!
//! Every source keeps its last claim about the turn. The strongest source that has spoken is
//! believed (protocol, file, OSC, title, screen), until a weaker one says something else *later*
//! and is not contradicted for a while, the longer the weaker it is; so a stale file never beats a
//! fresh hook, and a hook that never came (Claude's Esc fires none) does not leave a session
//! working for ever.
//! Settled is only ever claimed by a signal. A claim of work that nothing repeats expires into
//! [`Turn::Unknown`]. A limit stands over all of them until its time comes or work begins after
//! it. The shell brings the time and calls [`Fusion::tick`] when
//! [`Fusion::next_deadline`] has come.

mod claim;
mod dialog;
mod limit;
mod prompt;
mod uptake;

use super::state::{Evidence, Millis, Source, Turn};
use super::status::{Change, Says, Signal};
use claim::Claim;
use dialog::Dialog;
use limit::Limit;
use prompt::Prompt;
use uptake::Uptake;

/// How long a claim of work is believed while nothing at all repeats it, in ms.
///
/// The agents repaint a spinner while they work, so a live one is heard about every second.
pub const SILENCE: Millis = 120_000;

/// How long after its first prompt a CLI may still come with a start screen, in ms.
const FLASH: Millis = 5_000;

/// What is said of a session of which nothing was heard since its start.
pub(super) const UNHEARD: &str = "nothing was heard yet";

/// What was told last of a session whose program goes on, for a daemon that takes it over.
#[derive(Clone, Copy, Debug)]
pub struct LastTold<'a> {
    /// The turn's state.
    pub turn: Turn,
    /// Why that was believed.
    pub evidence: &'a Evidence,
    /// Until when it is limited, where that is known.
    pub limit_until: Option<Millis>,
    /// It was started with a prompt.
    pub with_prompt: bool,
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
    limit: Limit,
    dialog: Dialog,
    native_id: Option<String>,
    model: Option<String>,
    /// The start screen that was told last and has not been passed.
    start_screen: Option<String>,
    /// It was seen past its start screens.
    started: bool,
    /// When it came past them; absent when a daemon before this one saw it.
    started_at: Option<Millis>,
    /// The last one that was given.
    prompt: Option<Prompt>,
    /// It was told last that the first prompt was not taken up yet.
    told_awaited: bool,
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
            limit: Limit::default(),
            dialog: Dialog::default(),
            native_id: None,
            model: None,
            start_screen: None,
            started: false,
            started_at: None,
            prompt: None,
            told_awaited: false,
        }
    }

    /// Of a program that is taken over at `now`: what was believed of it goes on, and expires as
    /// if it had been said now.
    pub fn resumed(now: Millis, last: LastTold<'_>) -> Self {
        let LastTold { turn, evidence, .. } = last;
        let mut fusion = Self::new(now);
        fusion.prompt = Prompt::resumed(last);
        fusion.told_awaited = fusion.awaits_the_first();
        if turn == Turn::Unknown {
            return fusion;
        }
        fusion.believed = turn;
        fusion.started = true;
        if turn == Turn::Limited {
            fusion.limit = Limit::resumed(last.limit_until, evidence.clone());
        } else {
            fusion.claims.push(Claim {
                source: Source::Silence,
                heard: now,
                ..Claim::new(evidence, turn, false)
            });
        }
        fusion
    }

    /// What the dialog on its screen asked for is asked no more: one that is seen is a new one.
    pub fn asks_nothing_on_screen(&mut self) {
        self.dialog.asks_nothing_on_screen();
    }

    /// Taken over while a dialog on its screen asked for the call of that digest.
    pub fn asks_on_screen(&mut self, digest: String) {
        self.dialog.asks_on_screen(digest);
    }

    /// What the protocol asks for cannot be answered over it any more: the CLI asks by itself, and
    /// whoever shows the end of that is believed. `what` is what it asks for.
    pub fn asks_by_itself(&mut self, what: String) {
        self.dialog.asks_by_itself(what);
    }

    /// What the open dialog asks for, where the request for it was lost.
    pub fn lost(&self) -> Option<&str> {
        self.dialog.lost()
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
        self.dialog.is_open()
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
            Says::Limited(ends) => self.limit.reach(&ends, &evidence),
            Says::Background(tasks) => self.background = tasks,
            Says::DialogOpen => changes.extend(self.dialog.opened(evidence)),
            Says::DialogAsks(kind, call) => changes.extend(self.dialog.asks(source, kind, call)),
            Says::DialogGone => changes.extend(self.dialog.gone(evidence)),
            Says::WentOn => {
                self.dialog.went_on(source);
                changes.push(Change::WentOn(evidence));
            }
            Says::NativeId(id) => {
                changes.extend(news(&mut self.native_id, id).map(Change::NativeId));
            }
            Says::Model(model) => changes.extend(news(&mut self.model, model).map(Change::Model)),
            Says::StartScreen(what) => {
                self.dialog.covered(&evidence);
                // A prompt may be drawn a moment before its start screen. Later, such words are the
                // model's.
                if self.started_at.is_some_and(|at| now < at + FLASH) {
                    self.started = false;
                }
                if !self.started {
                    let what = news(&mut self.start_screen, what);
                    changes.extend(what.map(|what| Change::StartScreen(what, evidence)));
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
                    self.started_at = Some(now);
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
        changes.extend(self.dialog.tick(now));
        let (turn, evidence) = self.resolve(now);
        if self.limit.stands(now, turn, &evidence) {
            self.believed = Turn::Limited;
            changes.extend(self.limit.tell());
            return changes;
        }
        // That a first prompt was taken up is told: whoever comes later need not wait for it.
        let awaits = self.awaits_the_first();
        if turn != self.believed || (self.told_awaited && !awaits) {
            self.believed = turn;
            self.told_awaited = awaits;
            changes.push(Change::Turn(turn, evidence));
        }
        changes
    }

    /// When [`Fusion::tick`] would say something, if nothing else comes before.
    pub fn next_deadline(&self) -> Option<Millis> {
        let claims = self.claims.iter().flat_map(|claim| {
            let contradicts = self
                .claims
                .iter()
                .any(|strong| strong.source < claim.source && claim.contradicts(strong));
            let matures = contradicts.then(|| claim.matures());
            [self.expiry(claim), matures]
        });
        let stale = self.claims.iter().filter_map(|c| self.stale_until(c));
        let others = [self.dialog.deadline(), self.limit.deadline()];
        let times = claims.chain(others).flatten().chain(stale);
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
        let fresh = Claim::new(evidence, turn, until_told);
        match self.claims.iter_mut().find(|c| c.source == fresh.source) {
            Some(old) if old.turn == turn => {
                old.heard = fresh.heard;
                old.until_told = until_told;
                old.text = fresh.text;
            }
            Some(old) => {
                *old = fresh;
                if turn == Turn::Working {
                    self.limit.works();
                }
            }
            None => {
                self.claims.push(fresh);
                self.claims.sort_by_key(|c| c.source);
            }
        }
    }

    /// When a claim is believed no more, if nothing repeats it; `None` for one that lasts.
    fn expiry(&self, claim: &Claim) -> Option<Millis> {
        let waits = !self.dialog.is_closed();
        let lasts = claim.turn != Turn::Working || claim.until_told || waits;
        let repeats = |c: &&Claim| c.turn == Turn::Working && !c.until_told;
        let heard = self.claims.iter().filter(repeats);
        let heard = heard.map(|c| c.heard).max().unwrap_or(claim.heard);
        // What a daemon before this said while it waited for a first prompt to be taken up.
        let awaits = claim.source == Source::Silence && self.awaits_the_first();
        let silence = if awaits { prompt::STARTS } else { SILENCE };
        (!lasts).then_some(heard + silence)
    }

    /// What is believed at `now`, limits aside, and why.
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
            let wins =
                winner.is_none_or(|strong| claim.contradicts(strong) && now >= claim.matures());
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
                let text = format!("{}, over a start screen", claim.text);
                (Turn::Unknown, claim.evidence(text))
            }
            Some(claim) if winner.is_none() => (Turn::Unknown, Prompt::untaken(claim)),
            Some(claim) if claim.turn == Turn::Settled && self.background > 0 => {
                let text = format!("{}; {} in the background", claim.text, self.background);
                (Turn::Working, claim.evidence(text))
            }
            Some(claim) => (claim.turn, claim.evidence(claim.text.clone())),
            None => {
                let text = if self.awaits_the_first() {
                    UNHEARD
                } else {
                    Uptake::Silent.words()
                };
                let evidence = Evidence {
                    source: Source::Silence,
                    text: text.to_owned(),
                    at: heard.unwrap_or(self.born),
                };
                (Turn::Unknown, evidence)
            }
        }
    }
}

/// Keeps what is told; gives it back when it is not what was known.
fn news(known: &mut Option<String>, told: String) -> Option<String> {
    let new = known.as_ref() != Some(&told);
    new.then(|| known.insert(told).clone())
}

#[cfg(test)]
mod tests;
