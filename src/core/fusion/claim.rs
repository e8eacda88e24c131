//! What one source says about the turn, and how far it is believed against the others.

use crate::core::state::{Evidence, Millis, Source, Turn};

/// How far behind the CLI's own word its title and screen may be drawn, in ms: work that they show
/// within that, and not after it, is what was over.
const LAGS: Millis = 1_000;

/// One source's claim about the turn.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) source: Source,
    pub(super) turn: Turn,
    pub(super) text: String,
    /// Since when it says so.
    pub(super) since: Millis,
    /// When it last said so.
    pub(super) heard: Millis,
    /// It holds until the source says otherwise; see
    /// [`Says::TurnUntilTold`](crate::core::status::Says::TurnUntilTold).
    pub(super) until_told: bool,
}

impl Claim {
    /// The claim that `evidence` makes for the first time.
    pub(super) fn new(evidence: &Evidence, turn: Turn, until_told: bool) -> Self {
        Self {
            source: evidence.source,
            turn,
            text: evidence.text.clone(),
            since: evidence.at,
            heard: evidence.at,
            until_told,
        }
    }

    /// Whether it says something else than a `strong`er one, and later.
    pub(super) fn contradicts(&self, strong: &Claim) -> bool {
        let drawn_late = self.turn == Turn::Working
            && self.source >= Source::Title
            && self.heard <= strong.heard + LAGS;
        self.turn != strong.turn && self.since > strong.heard && !drawn_late
    }

    /// When it has stood long enough to be believed against an older one of a stronger source.
    pub(super) fn matures(&self) -> Millis {
        let patience = match self.source {
            Source::Keeper | Source::Protocol => 0,
            Source::File | Source::Osc => 300,
            Source::Title | Source::Screen | Source::Silence => 2_000,
        };
        self.since + patience
    }

    /// It as the reason for a state, in its own words or others.
    pub(super) fn evidence(&self, text: String) -> Evidence {
        Evidence {
            source: self.source,
            text,
            at: self.since,
        }
    }
}
