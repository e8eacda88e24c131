//! What was used, as `pult cost` prints it.

use super::view::Time;
use crate::core::conversation::Tokens;
use serde::{Deserialize, Serialize};

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Whose; absent = everybody's, retired peers among them.
    pub name: Option<String>,
    /// A row for each of these.
    pub by: By,
    /// The time zone in which days begin, by its IANA name.
    pub zone: String,
    /// The newest so many rows at most.
    pub most: u32,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// One holder of a name.
    Peer,
    /// One conversation of a session.
    Session,
    /// One prompt and what followed.
    Turn,
    /// The turns that began on it.
    Day,
}

/// Rows and their sum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostView {
    /// What a row is about.
    pub by: By,
    /// By name, or oldest first.
    pub rows: Vec<CostRow>,
    /// All of it, also what has no row here.
    pub total: CostRow,
    /// There are older rows.
    pub more: bool,
    /// Peers of which something may be missing, with the reason.
    #[serde(default)]
    pub gaps: Vec<String>,
}

/// What was used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CostRow {
    /// `YYYY-MM-DD`, by day.
    pub day: Option<String>,
    /// The peer's address, `name@N` of a retired one; null by day.
    pub peer: Option<String>,
    /// The session's id, by session and turn.
    pub session: Option<String>,
    /// The runtime's own id of the conversation, by session and turn.
    pub native_id: Option<String>,
    /// The number of the turn in the conversation, from 1; 0 = before the first prompt.
    pub turn: Option<u32>,
    /// When the first of the turns began.
    pub at: Option<Time>,
    /// The runtime of the first of them; null in the total.
    pub runtime: Option<String>,
    /// The models.
    pub models: Vec<String>,
    /// How many turns.
    pub turns: u64,
    /// Each counted once: read anew, from the cache, into the cache, written.
    pub tokens: Tokens,
    /// All of these.
    pub all: u64,
    /// US dollars, of what has a price; null when nothing has one.
    pub cost: Option<f64>,
    /// Some of it is ours, from the table of prices, not the runtime's own count.
    pub cost_estimated: bool,
    /// Tokens that are in no cost: their model has no price.
    pub unpriced: u64,
}
