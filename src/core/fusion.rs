//! Evidence fusion: many signals about one session in, few changes out.
//!
//! Every source keeps its last claim about the turn. The strongest source that has spoken is
//! believed (protocol, file, OSC, title, screen), until a weaker one says something else *later*
//! and is not contradicted for its `patience`; so a stale file never beats a fresh hook, and a
//! hook that never came (Claude's Esc fires none) does not leave a session working for ever.
//! Settled is only ever claimed by a signal. A claim of work that nothing repeats expires into
//! [`Turn::Unknown`]. The shell brings the time and calls [`Fusion::tick`] when
//! [`Fusion::next_deadline`] has come.

use super::state::{Evidence, Millis, Source, Turn};
use super::status::{Change, Says, Signal};

/// How long a claim of work is believed while nothing at all repeats it, in ms.
///
/// The agents repaint a spinner while they work, so a live one is heard about every second.
pub const SILENCE: Millis = 120_000;

/// How long a CLI may take from a prompt to the first sign that it works on it, in ms. Until then
/// a claim that the turn is over is about the turn before.
const TAKES: Millis = 8_000;

/// How long after its first prompt a CLI may still come with a start screen, in ms.
const FLASH: Millis = 5_000;

/// How long it may take to the first one, with its own start before it, in ms.
const STARTS: Millis = 45_000;

/// How long *no dialog* of a status file, an OSC or the screen must stand before it is believed, in ms.
///
/// Two requests that follow each other close and open a dialog within a few milliseconds.
const GONE: Millis = 400;

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
    /// When it was last told the time.
    now: Millis,
    /// At most one a source, strongest first.
    claims: Vec<Claim>,
    believed: Turn,
    background: u32,
    dialog: Dialog,
    /// The digest of the call that the dialog on the screen asks for.
    shown: Option<String>,
    native_id: Option<String>,
    model: Option<String>,
    start_screen: Option<String>,
    started: bool,
    /// When that was first seen.
    started_at: Millis,
    /// When the last prompt was given.
    prompted: Option<Millis>,
    /// How long it may take to be taken up.
    takes: Millis,
    /// When the CLI was first heard to work after that.
    taken: Option<Millis>,
}

/// What is believed about a permission dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Dialog {
    Closed,
    /// Which source showed it.
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
            dialog: Dialog::Closed,
            shown: None,
            native_id: None,
            model: None,
            start_screen: None,
            started: false,
            started_at: Millis::MIN / 2,
            prompted: None,
            takes: TAKES,
            taken: None,
        }
    }

    /// Of a program that is taken over at `now`: what was believed of it goes on, and expires as
    /// if it had been said now.
    pub fn resumed(now: Millis, turn: Turn, evidence: &Evidence) -> Self {
        let mut fusion = Self::new(now);
        if turn != Turn::Unknown {
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

    /// Taken over while a dialog on its screen asked for the call of that digest.
    pub fn asks_on_screen(&mut self, digest: String) {
        self.dialog = Dialog::Open(Source::Screen);
        self.shown = Some(digest);
    }

    /// A prompt is given to the CLI, at its start or later.
    pub fn prompted(&mut self, now: Millis) -> Vec<Change> {
        self.prompted = Some(now);
        self.takes = TAKES;
        self.taken = None;
        self.tick(now)
    }

    /// A prompt is given to the CLI with its start at `now`: its screen is at rest for a while.
    pub fn started_with_prompt(&mut self, now: Millis) {
        self.prompted(now);
        self.takes = STARTS;
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
            Says::Started => {
                if !self.started {
                    self.started = true;
                    self.started_at = now;
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
        if turn != self.believed {
            self.believed = turn;
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
            let contradicts = self.claims.iter().any(|strong| {
                strong.source < claim.source
                    && strong.turn != claim.turn
                    && claim.since > strong.heard
            });
            let matures = contradicts.then(|| claim.since + patience(claim.source));
            [self.expiry(claim), matures]
        });
        let stale = self.claims.iter().filter_map(|c| self.stale_until(c));
        let times = claims.flatten().chain(gone).chain(stale);
        times.filter(|at| *at > self.now).min()
    }

    /// Until when a claim that the turn is over is about the turn before the last prompt; `None`
    /// for one that is about it, or when there was no prompt.
    fn stale_until(&self, claim: &Claim) -> Option<Millis> {
        let at = self.prompted.filter(|_| claim.turn == Turn::Settled)?;
        // A hook speaks of its own moment; what the others show may have stood before.
        let about_it = if claim.source <= Source::Protocol {
            claim.heard > at
        } else {
            self.taken.is_some_and(|taken| claim.since > taken)
        };
        (!about_it).then_some(at.max(claim.since) + self.takes)
    }

    fn claim(&mut self, evidence: &Evidence, turn: Turn, until_told: bool) {
        if turn != Turn::Settled {
            self.taken.get_or_insert(evidence.at);
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
            Some(claim) if self.stale_until(claim).is_some_and(|until| now < until) => {
                let evidence = Evidence {
                    source: Source::Keeper,
                    text: "a prompt was given".to_owned(),
                    at: self.prompted.unwrap_or(now),
                };
                (Turn::Working, evidence)
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn say(fusion: &mut Fusion, now: Millis, source: Source, says: Says) -> Vec<Change> {
        let text = format!("{source:?} {says:?}");
        fusion.observe(Signal { source, says, text }, now)
    }

    fn turn(fusion: &mut Fusion, now: Millis, source: Source, turn: Turn) -> Turn {
        say(fusion, now, source, Says::Turn(turn));
        fusion.turn()
    }

    use Source::{File, Osc, Protocol, Screen};
    use Turn::{Settled, Unknown, Working};

    #[test]
    fn without_evidence_a_turn_is_unknown() {
        let mut fusion = Fusion::new(1_000);
        assert_eq!(fusion.turn(), Unknown);
        assert_eq!(fusion.tick(1_000_000), []);
        assert_eq!(fusion.next_deadline(), None);
    }

    #[test]
    fn a_stale_file_does_not_beat_a_hook_but_a_later_one_that_lasts_does() {
        let mut fusion = Fusion::new(0);
        assert_eq!(turn(&mut fusion, 10, File, Settled), Settled);
        assert_eq!(turn(&mut fusion, 20, Protocol, Working), Working);
        // The same file, read once more.
        assert_eq!(turn(&mut fusion, 30, File, Settled), Working);
        assert_eq!(fusion.tick(10_000), []);
        // Esc fires no hook: the file alone says that the turn is over.
        assert_eq!(turn(&mut fusion, 11_000, File, Working), Working);
        assert_eq!(turn(&mut fusion, 12_000, File, Settled), Working);
        assert_eq!(fusion.next_deadline(), Some(12_300));
        let changes = fusion.tick(12_300);
        let [Change::Turn(Settled, evidence)] = &changes[..] else {
            panic!("{changes:?}");
        };
        assert_eq!((evidence.source, evidence.at), (File, 12_000));
    }

    #[test]
    fn a_hook_that_comes_meanwhile_wins() {
        let mut fusion = Fusion::new(0);
        turn(&mut fusion, 0, Protocol, Working);
        turn(&mut fusion, 0, File, Working);
        turn(&mut fusion, 100, File, Settled);
        assert_eq!(turn(&mut fusion, 200, Protocol, Working), Working);
        assert_eq!(fusion.tick(5_000), []);
        assert_eq!(fusion.turn(), Working);
    }

    #[test]
    fn work_that_nothing_repeats_is_unknown_after_a_while_and_rest_is_not() {
        let mut fusion = Fusion::new(0);
        turn(&mut fusion, 0, Protocol, Working);
        turn(&mut fusion, 50_000, Screen, Working);
        assert_eq!(fusion.next_deadline(), Some(50_000 + SILENCE));
        assert_eq!(fusion.tick(50_000 + SILENCE - 1), []);
        let changes = fusion.tick(50_000 + SILENCE);
        let [Change::Turn(Unknown, evidence)] = &changes[..] else {
            panic!("{changes:?}");
        };
        // Unknown since it was last heard of.
        assert_eq!((evidence.source, evidence.at), (Source::Silence, 50_000));
        assert_eq!(fusion.next_deadline(), None);
        assert_eq!(turn(&mut fusion, 900_000, Protocol, Settled), Settled);
        assert_eq!(fusion.tick(90_000_000), []);
        // A shell says when its command ends, however long that takes.
        say(&mut fusion, 90_000_000, Osc, Says::TurnUntilTold(Working));
        fusion.tick(90_000_300);
        assert_eq!(fusion.turn(), Working);
        assert_eq!(fusion.next_deadline(), None);
    }

    #[test]
    fn a_turn_with_tasks_in_the_background_is_not_settled() {
        let mut fusion = Fusion::new(0);
        turn(&mut fusion, 0, Protocol, Working);
        say(&mut fusion, 1, Protocol, Says::Background(2));
        assert_eq!(turn(&mut fusion, 1, Protocol, Settled), Working);
        assert_eq!(turn(&mut fusion, 2, File, Settled), Working);
        say(&mut fusion, 3, Protocol, Says::Background(0));
        assert_eq!(fusion.turn(), Settled);
    }

    #[test]
    fn a_first_prompt_may_take_as_long_as_the_start() {
        let mut fusion = Fusion::new(0);
        fusion.started_with_prompt(0);
        let rests = |fusion: &mut Fusion, now| {
            turn(fusion, now, Source::Screen, Settled);
            fusion.tick(now + 3_000);
            fusion.turn() == Settled
        };
        assert!(!rests(&mut fusion, 1_000));
        assert!(!rests(&mut fusion, 30_000));
        turn(&mut fusion, 40_000, Source::Screen, Working);
        assert!(rests(&mut fusion, 41_000));
        // One that is never taken up does not leave it at work for ever.
        let mut fusion = Fusion::new(0);
        fusion.started_with_prompt(0);
        rests(&mut fusion, 1_000);
        fusion.tick(1_000 + STARTS);
        assert_eq!(fusion.turn(), Settled);
    }

    #[test]
    fn a_prompt_is_not_over_before_it_was_taken_up() {
        let mut fusion = Fusion::new(0);
        fusion.prompted(0);
        assert_eq!(fusion.turn(), Unknown);
        // The CLI is at its prompt and has not read ours.
        assert_eq!(turn(&mut fusion, 1_000, File, Settled), Working);
        // A weak sign that it reads it does not make the file's older word about it.
        assert_eq!(turn(&mut fusion, 1_200, Source::Title, Working), Working);
        assert_eq!(turn(&mut fusion, 1_300, File, Settled), Working);
        assert_eq!(turn(&mut fusion, 1_500, File, Working), Working);
        assert_eq!(turn(&mut fusion, 1_600, File, Settled), Settled);
        // Typed while it rests: at work at once.
        let changes = fusion.prompted(50_000);
        assert!(matches!(&changes[..], [Change::Turn(Working, e)] if e.source == Source::Keeper));
        assert_eq!(turn(&mut fusion, 50_100, Protocol, Settled), Settled);
        // Not a prompt after all, such as a command of the CLI's own.
        fusion.prompted(60_000);
        assert_eq!(fusion.next_deadline(), Some(60_000 + TAKES));
        fusion.tick(60_000 + TAKES);
        assert_eq!(fusion.turn(), Settled);
    }

    #[test]
    fn a_dialog_that_only_changes_is_not_gone() {
        let mut fusion = Fusion::new(0);
        let gone = |changes: &[Change]| {
            changes
                .iter()
                .any(|change| matches!(change, Change::DialogGone(_)))
        };
        say(&mut fusion, 0, Protocol, Says::DialogOpen);
        say(&mut fusion, 10, File, Says::DialogOpen);
        assert_eq!(say(&mut fusion, 1_000, File, Says::DialogGone), []);
        // The next request follows within milliseconds.
        say(&mut fusion, 1_060, Protocol, Says::DialogOpen);
        assert_eq!(say(&mut fusion, 1_070, File, Says::DialogGone), []);
        say(&mut fusion, 1_080, File, Says::DialogOpen);
        assert_eq!(fusion.tick(10_000), []);
        say(&mut fusion, 10_000, File, Says::DialogGone);
        assert_eq!(fusion.next_deadline(), Some(10_000 + GONE));
        assert!(gone(&fusion.tick(10_000 + GONE)));
        // A protocol is believed at once; what only the screen lacks never was there.
        assert!(gone(&say(&mut fusion, 20_000, Protocol, Says::DialogGone)));
        assert_eq!(say(&mut fusion, 30_000, Screen, Says::DialogGone), []);
        assert_eq!(fusion.tick(90_000), []);
        // A request that shows no dialog is over when its CLI goes on.
        say(&mut fusion, 100_000, Protocol, Says::DialogOpen);
        assert!(fusion.dialog_open());
        assert!(!gone(&say(&mut fusion, 100_001, Protocol, Says::WentOn)));
        assert!(!fusion.dialog_open());
    }

    #[test]
    fn a_start_screen_is_told_once_and_never_after_the_start() {
        let mut fusion = Fusion::new(0);
        let trust = || Says::StartScreen("trust".to_owned());
        assert_eq!(say(&mut fusion, 1, Screen, trust()).len(), 1);
        assert_eq!(say(&mut fusion, 2, Screen, trust()), []);
        assert_eq!(say(&mut fusion, 3, Screen, Says::Started).len(), 1);
        assert!(fusion.started());
        // A prompt may be drawn before it is asked.
        assert_eq!(say(&mut fusion, 4, Screen, trust()).len(), 1);
        assert_eq!(say(&mut fusion, 5, Screen, Says::Started).len(), 1);
        let later = 5 + FLASH;
        assert_eq!(say(&mut fusion, later, Screen, trust()), []);
        assert_eq!(say(&mut fusion, later, Protocol, Says::Started), []);
    }

    #[test]
    fn any_order_of_signals_leaves_a_deadline_in_the_future_or_none() {
        let sources = [Protocol, File, Osc, Source::Title, Screen];
        let mut state = 1_u64;
        let mut fusion = Fusion::new(0);
        let mut now = 0;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let pick = (state >> 33) as usize;
            let source = sources[pick % sources.len()];
            let says = match pick / 8 % 8 {
                0 => Says::Turn(Settled),
                1 | 2 => Says::Turn(Working),
                3 => Says::DialogOpen,
                4 => Says::DialogGone,
                5 => Says::Background((pick % 2) as u32),
                6 => Says::Turn(Turn::Limited),
                _ => Says::TurnUntilTold(Working),
            };
            now += (pick / 64 % 3_000) as Millis;
            say(&mut fusion, now, source, says);
            assert!(
                fusion.next_deadline().is_none_or(|at| at > now),
                "{fusion:?}"
            );
        }
    }
}
