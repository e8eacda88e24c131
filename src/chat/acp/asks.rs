//! Requests that wait for the operator: each on a thread of its own, until there is a decision or
//! nobody wants one any more.

use super::teller::request;
use crate::dial::{Connection, Door, Patience};
use crate::runtime::acp::{Decided, Permission};
use crate::wire::request::Request;
use serde_json::json;
use std::collections::HashMap;

/// Longest request that is carried, bytes.
const LONGEST: usize = 8 * 1024 * 1024;

/// The requests that wait, by the id of their tool call.
pub struct Asks {
    door: Door,
    runtime: String,
    cwd: String,
    waiting: HashMap<String, Patience>,
}

/// What became of a request.
pub enum Outcome {
    /// It was decided; [`done`] says that the CLI got it.
    Decided(Decided, Box<Connection>, Option<String>),
    /// The daemon does not have it decided.
    Nobody,
}

impl Asks {
    /// None waits.
    pub fn new(door: Door, runtime: &str, cwd: &str) -> Self {
        Self {
            door,
            runtime: runtime.to_owned(),
            cwd: cwd.to_owned(),
            waiting: HashMap::new(),
        }
    }

    /// Whether one waits.
    pub fn any(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Brings a request to the inbox; `tell` gets what becomes of it.
    ///
    /// # Errors
    /// It cannot be brought there, in words.
    pub fn ask(
        &mut self,
        asked: &Permission,
        tell: impl Fn(String, Outcome) + Send + 'static,
    ) -> Result<(), String> {
        let payload = json!({
            "hook_event_name": "PermissionRequest",
            "session_id": asked.conversation,
            "cwd": self.cwd,
            "request": {"toolCall": asked.tool_call(), "sessionId": asked.conversation},
        });
        let request = request(&self.runtime, &payload).ok_or("there is no randomness")?;
        if payload.to_string().len() > LONGEST {
            return Err("it is too long to be shown".to_owned());
        }
        let patience = Patience::default();
        let call = asked.request.clone();
        self.waiting.insert(call.clone(), patience.clone());
        let door = self.door.clone();
        std::thread::spawn(move || {
            let carried = door.carry(&request, None, &patience);
            let outcome = carried.and_then(|(connection, answer)| {
                let decided = serde_json::from_str(&answer.stdout).ok()?;
                Some(Outcome::Decided(decided, Box::new(connection), answer.ask))
            });
            tell(call, outcome.unwrap_or(Outcome::Nobody));
        });
        Ok(())
    }

    /// Nobody wants the decision about a call any more; the wait for it, to be ended.
    pub fn forget(&mut self, call: &str) -> Option<Patience> {
        self.waiting.remove(call)
    }

    /// The same of all.
    pub fn forget_all(&mut self) -> Vec<Patience> {
        self.waiting.drain().map(|(_, patience)| patience).collect()
    }
}

/// Tells the daemon that the CLI was given the answer.
pub fn done(mut connection: Box<Connection>, ask: Option<String>) {
    let Some(id) = ask else { return };
    std::thread::spawn(move || {
        let _ = connection.request(Request::HookDone { id, note: false });
    });
}
