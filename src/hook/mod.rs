//! `pult hook RUNTIME`, with `declared` behind it for one that is a file, and behind that the seconds
//! it waits for an answer: carries one hook call of an agent to the daemon and its answer back.
//!
//! It starts light, says nothing but the daemon's answer, and whatever goes wrong it ends with no
//! decision (nothing written, exit code 0), upon which the agents ask by themselves. A request
//! outlives the daemon: it is dialled again, with the same key, until the hook's own deadline.

use crate::dial::{Door, Patience, key};
use crate::runtime::hooks::PATIENCE_S;
use crate::runtime::{self, HookCall, declared};
use crate::wire::request::Request;
use serde_json::Value;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

/// Longest payload that is carried, in bytes.
const MAX_PAYLOAD: u64 = 8 * 1024 * 1024;

/// How long a plain event may hold up its agent.
const EVENT_DEADLINE: Duration = Duration::from_secs(2);

/// How long a request waits for the operator: a little less than the agent lets the hook live.
const REQUEST_DEADLINE: Duration = Duration::from_secs(PATIENCE_S as u64 - 30);

/// A shorter deadline for requests, in seconds.
const DEADLINE_VARIABLE: &str = "PULT_HOOK_DEADLINE";

/// Runs the role; `words` are those after `hook`. Returns the exit code.
pub fn run(words: &[OsString]) -> i32 {
    let mut payload = String::new();
    let read = io::stdin()
        .take(MAX_PAYLOAD + 1)
        .read_to_string(&mut payload);
    let whole = read.is_ok() && payload.len() as u64 <= MAX_PAYLOAD;
    let name = words.first().and_then(|word| word.to_str());
    match (name, Door::from_env()) {
        (Some(name), Some(door)) if whole => match parsed(words, name, &payload) {
            Some(call) => carry(name, &call, &door, &payload, request_deadline(words)),
            None => 0,
        },
        _ => 0,
    }
}

/// Parses the payload; `None` where it says nothing that anybody could use.
fn parsed(words: &[OsString], name: &str, payload: &str) -> Option<HookCall> {
    let declared = words
        .get(1)
        .is_some_and(|word| *word == declared::HOOK_WORD);
    let call = match declared {
        true => declared::read_hook(payload),
        false => runtime::by_name(name)?.hook(payload),
    };
    call.ok()
}

fn carry(runtime: &str, call: &HookCall, door: &Door, payload: &str, waits: Duration) -> i32 {
    let asks = call.ask.is_some();
    if !asks && call.signals.is_empty() {
        return 0;
    }
    let patience = if asks { waits } else { EVENT_DEADLINE };
    let deadline = Instant::now() + patience;
    end_at(deadline);
    let Some(key) = key() else {
        return 0;
    };
    let request = Request::Hook {
        runtime: runtime.to_owned(),
        payload: without_result(payload),
        key,
    };
    let carried = door.carry(&request, Some(deadline), &Patience::default());
    let Some((mut connection, answer)) = carried else {
        return 0;
    };
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(answer.stdout.as_bytes());
    if written.and_then(|()| stdout.flush()).is_ok()
        && let Some(id) = answer.ask
    {
        // The agent waits for our end; the daemon learns of the effect in any case.
        end_at(Instant::now() + EVENT_DEADLINE);
        let _ = connection.request(Request::HookDone {
            id,
            note: answer.note,
        });
    }
    answer.exit
}

/// What a tool returned is none of the daemon's business, and can be long.
fn without_result(payload: &str) -> String {
    match serde_json::from_str::<Value>(payload) {
        Ok(Value::Object(mut fields)) => {
            fields.remove("tool_response");
            Value::Object(fields).to_string()
        }
        _ => payload.to_owned(),
    }
}

/// How long a request is waited for: as its agent does, or as the variable says.
fn request_deadline(words: &[OsString]) -> Duration {
    let told = words.get(2).and_then(|word| word.to_str()?.parse().ok());
    let set = std::env::var(DEADLINE_VARIABLE).ok();
    let set = set.and_then(|text| text.parse().ok());
    let shorter = told.into_iter().chain(set).map(Duration::from_secs);
    shorter.fold(REQUEST_DEADLINE, Duration::min)
}

/// Ends the process without a decision at `deadline`, whatever it is doing.
fn end_at(deadline: Instant) {
    std::thread::spawn(move || {
        std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
        std::process::exit(0);
    });
}
