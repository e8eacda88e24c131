//! One line of the log.

use super::event::{Event, Refs};
use super::stamp::Stamp;
use serde::{Deserialize, Serialize};

/// An event with everything that is known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number, from 1.
    pub seq: u64,
    /// What is stored under the number.
    pub record: Record,
}

/// What the log stores under a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When and by whom.
    pub stamp: Stamp,
    /// The line that caused it: the first one of the same command.
    pub cause: Option<u64>,
    /// The ids it touches.
    pub refs: Refs,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// Under what it is found again: the ids it touches, and its topic.
    pub fn keys(&self) -> Vec<String> {
        let topic = self.event.topic().map(str::to_owned);
        self.refs.ids().into_iter().chain(topic).collect()
    }
}

impl LogEntry {
    /// What the log calls it: `noun.happened`.
    pub fn kind(&self) -> &'static str {
        self.record.event.kind()
    }

    /// The event's fields as a JSON object.
    pub fn body(&self) -> serde_json::Value {
        match serde_json::to_value(&self.record.event) {
            Ok(serde_json::Value::Object(tagged)) => tagged
                .into_iter()
                .next()
                .map(|(_, body)| body)
                .unwrap_or_default(),
            _ => serde_json::Value::Null,
        }
    }
}
