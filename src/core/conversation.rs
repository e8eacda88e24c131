//! What a conversation with an agent consists of, whatever runtime wrote it down.

use serde::{Deserialize, Serialize};

/// Whose words an entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Typed by a person, or given at the launch.
    Operator,
    /// Said by the model.
    Agent,
    /// A tool that the model called, with what it is done to.
    Tool,
    /// What a tool gave back.
    Result,
}

/// A step of what an agent plans to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is, in the agent's words.
    pub text: String,
    /// How far it is.
    pub state: StepState,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// Not begun.
    Open,
    /// Worked on.
    Doing,
    /// Done.
    Done,
    /// Not to be done any more.
    Dropped,
}

/// Tokens, each counted once: what was read anew, what came from the cache, what went into it,
/// what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Read, without what came from the cache.
    pub input: u64,
    /// Read from the cache.
    pub cached: u64,
    /// Written to the cache.
    pub stored: u64,
    /// Written by the model.
    pub output: u64,
}

impl Tokens {
    /// These without `others`; none below zero.
    pub fn less(self, others: Self) -> Self {
        Self {
            input: self.input.saturating_sub(others.input),
            cached: self.cached.saturating_sub(others.cached),
            stored: self.stored.saturating_sub(others.stored),
            output: self.output.saturating_sub(others.output),
        }
    }

    /// All of them.
    pub fn all(self) -> u64 {
        let Tokens {
            input,
            cached,
            stored,
            output,
        } = self;
        [cached, stored, output]
            .into_iter()
            .fold(input, u64::saturating_add)
    }
}

impl std::ops::AddAssign for Tokens {
    fn add_assign(&mut self, more: Self) {
        self.input = self.input.saturating_add(more.input);
        self.cached = self.cached.saturating_add(more.cached);
        self.stored = self.stored.saturating_add(more.stored);
        self.output = self.output.saturating_add(more.output);
    }
}
