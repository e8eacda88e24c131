//! What the daemon is told besides requests: one after the other, each until it has arrived, on a
//! thread of its own. Notes of the operator come back with it.

use crate::dial::{Door, Patience, key};
use crate::runtime::acp::WENT_ON;
use crate::wire::request::Request;
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Tells the daemon.
pub struct Teller {
    runtime: String,
    jobs: Sender<Job>,
}

enum Job {
    Tell(Box<Request>),
    /// What was told has arrived: nobody waits for these decisions any more.
    End(Vec<Patience>),
}

impl Teller {
    /// Starts the thread; `note` gets the operator's words that came with a yes.
    pub fn start(door: Door, runtime: &str, note: impl Fn(String) + Send + 'static) -> Self {
        let (jobs, waiting) = channel();
        std::thread::spawn(move || work(&door, &waiting, &note));
        let runtime = runtime.to_owned();
        Self { runtime, jobs }
    }

    fn tell(&self, payload: &Value) {
        if let Some(request) = request(&self.runtime, payload) {
            // The thread lives as long as this.
            let _ = self.jobs.send(Job::Tell(Box::new(request)));
        }
    }

    /// The conversation is open.
    pub fn open(&self, conversation: &str, model: Option<&str>) {
        self.tell(
            &json!({"hook_event_name": "SessionStart", "session_id": conversation,
                          "model": model}),
        );
    }

    /// A prompt was given.
    pub fn prompted(&self) {
        self.tell(&json!({"hook_event_name": "UserPromptSubmit"}));
    }

    /// The CLI has the decision about a call.
    pub fn went_on(&self, call: &str) {
        self.tell(&json!({"hook_event_name": WENT_ON, "call": call}));
    }

    /// The CLI took its one request back, about which `wait` waits.
    pub fn taken_back(&self, wait: Patience) {
        self.tell(&json!({"hook_event_name": "TakenBack"}));
        let _ = self.jobs.send(Job::End(vec![wait]));
    }

    /// The turn is over; `waits` wait for decisions that nobody wants any more.
    pub fn over(&self, error: Option<&str>, waits: Vec<Patience>) {
        self.tell(&json!({"hook_event_name": "Stop", "error": error}));
        let _ = self.jobs.send(Job::End(waits));
    }
}

/// A hook call with this payload.
pub fn request(runtime: &str, payload: &Value) -> Option<Request> {
    Some(Request::Hook {
        runtime: runtime.to_owned(),
        payload: payload.to_string(),
        key: key()?,
    })
}

fn work(door: &Door, jobs: &Receiver<Job>, note: &impl Fn(String)) {
    for job in jobs {
        let request = match job {
            Job::Tell(request) => request,
            Job::End(waits) => {
                waits.iter().for_each(Patience::end);
                continue;
            }
        };
        let carried = door.carry(&request, None, &Patience::default());
        let Some((mut connection, answer)) = carried else {
            continue;
        };
        if let Some(id) = answer.ask.filter(|_| answer.note) {
            note(words(&answer.stdout));
            let _ = connection.request(Request::HookDone { id, note: true });
        }
    }
}

/// What the operator says, out of what a hook would print.
fn words(printed: &str) -> String {
    let printed: Value = serde_json::from_str(printed).unwrap_or_default();
    let words = &printed["hookSpecificOutput"]["additionalContext"];
    words.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::hooks::note_answer;

    #[test]
    fn a_note_is_read_out_of_what_a_hook_would_print() {
        let printed = note_answer(WENT_ON, "mention \"zebras\"");
        assert!(words(&printed).ends_with("says: mention \"zebras\""));
        assert_eq!(words("garbage"), "");
    }
}
