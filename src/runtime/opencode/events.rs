//! The events of opencode's server, and the requests to it.
//!
//! - What happened before the stream was open is not in it, so what waits is listed after.
//! - All conversations of the process share one server: those of its helpers, too. Any of them at
//!   work is work; none at work is rest.
//! - A turn that is aborted leaves its requests open, and a late *yes* would still run the tool: so
//!   what is left of a conversation at rest is rejected.
//! - The list of requests may fail as a whole; the stream does not.

use super::permission;
use crate::core::ask::{Answer, AskKind};
use crate::core::limit::Ends;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::runtime::channel::{Channel, Heard, Incoming, Request, Say, Way};
use crate::runtime::hooks::{no, one_line};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Inputs of tool calls that are kept for the request that may come. Those of calls that end are let
/// go; where so many never did, all are, and the message of a request is asked for.
const MOST_INPUTS: usize = 256;

/// Words of a retry that mean that the provider's limit is reached.
const LIMITS: [&str; 5] = [
    "rate limit",
    "usage limit",
    "quota",
    "too many requests",
    "429",
];

/// The channel to one process.
pub struct Events {
    authorization: String,
    prompted: bool,
    conversation: Option<String>,
    roots: HashSet<String>,
    children: HashSet<String>,
    busy: BTreeSet<String>,
    /// Open requests and their conversations.
    waiting: BTreeMap<String, String>,
    inputs: HashMap<String, Value>,
    /// Requests whose tool call is being looked up: by path of the message.
    unread: Vec<(String, Value)>,
    error: Option<String>,
    directory: Option<String>,
}

impl Events {
    /// Of a start.
    pub fn new(way: &Way) -> Self {
        let word = format!("{}:{}", super::USER_NAME, way.secret);
        Self {
            authorization: format!("Basic {}", super::base64(word.as_bytes())),
            prompted: way.prompted,
            conversation: None,
            roots: HashSet::new(),
            children: HashSet::new(),
            busy: BTreeSet::new(),
            waiting: BTreeMap::new(),
            inputs: HashMap::new(),
            unread: Vec::new(),
            error: None,
            directory: None,
        }
    }

    fn open(&mut self, known: Option<&str>) -> Vec<Heard> {
        self.conversation = known.map(str::to_owned);
        self.busy.clear();
        self.waiting.clear();
        self.unread.clear();
        let lists = ["/session/status", "/permission", "/question"];
        let signals = Heard::Signals(vec![signal(Says::Started, "its server answers")]);
        let lists = lists.map(|path| Heard::Say(Say::get(path)));
        let before = std::iter::once(signals).chain(lists);
        before.chain([Heard::First]).collect()
    }

    fn reply(&mut self, say: &Request, status: u16, body: &str) -> Vec<Heard> {
        let body: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        let ok = status == 200;
        match (say.path.as_str(), &body) {
            ("/session/status", Value::Object(all)) if ok => {
                let busy = all.iter().filter(|(_, status)| status["type"] != "idle");
                self.busy = busy.map(|(id, _)| id.clone()).collect();
                // One that waits for its next try says why.
                let retries = all.iter().find(|(_, status)| status["type"] == "retry");
                match retries {
                    Some((id, status)) => self.status(id, status),
                    None => self.listed(),
                }
            }
            ("/permission", Value::Array(all)) if ok => {
                let id = |one: &Value| one["id"].as_str().map(str::to_owned);
                let waiting = Heard::Waiting(all.iter().filter_map(id).collect());
                let asked = all.iter().flat_map(|one| self.asked(one));
                std::iter::once(waiting)
                    .chain(asked.collect::<Vec<_>>())
                    .collect()
            }
            ("/question", Value::Array(all)) if ok => {
                all.iter().flat_map(|one| self.question(one)).collect()
            }
            (path, _) if path.contains("/message/") => self.looked_up(path, &body),
            _ => Vec::new(),
        }
    }

    /// What the list of working conversations says. Rest is only what it shows now: a prompt may
    /// be on its way.
    fn listed(&mut self) -> Vec<Heard> {
        let fresh = self.prompted && self.conversation.is_none();
        if self.busy.is_empty() && fresh {
            return Vec::new();
        }
        let mut signals = self.turn("its server lists its work");
        if self.busy.is_empty() {
            signals.iter_mut().for_each(|one| one.source = Source::File);
        }
        vec![Heard::Signals(signals)]
    }

    fn turn(&mut self, words: &str) -> Vec<Signal> {
        if !self.busy.is_empty() {
            return vec![signal(Says::TurnUntilTold(Turn::Working), words)];
        }
        let words = match self.error.take() {
            Some(error) => format!("{words}: {error}"),
            None => words.to_owned(),
        };
        vec![signal(Says::Turn(Turn::Settled), &words)]
    }

    fn event(&mut self, data: &str) -> Vec<Heard> {
        // Most events are pieces of an answer.
        if data
            .get(..120)
            .is_some_and(|head| head.contains("message.part.delta"))
        {
            return Vec::new();
        }
        let event: Value = serde_json::from_str(data).unwrap_or(Value::Null);
        let about = &event["properties"];
        let id = about["sessionID"].as_str().unwrap_or("");
        match event["type"].as_str().unwrap_or("") {
            "session.created" | "session.updated" => self.session(id, &about["info"]),
            "session.status" => self.status(id, &about["status"]),
            "session.idle" => self.rests(id, "event session.idle"),
            "session.error" => {
                let error = &about["error"];
                let words = error["data"]["message"].as_str();
                let name = error["name"].as_str().unwrap_or("error");
                self.error = Some(one_line(&format!("{name}: {}", words.unwrap_or(""))));
                Vec::new()
            }
            "permission.asked" => self.asked(about),
            "permission.replied" => {
                let request = about["requestID"].as_str().unwrap_or("");
                self.waiting.remove(request);
                let reply = about["reply"].as_str().unwrap_or("");
                let answer = match reply {
                    "once" | "always" => Some(Answer::Allow),
                    "reject" => Some(Answer::Deny),
                    _ => None,
                };
                let words = one_line(&format!("event permission.replied {reply}"));
                vec![Heard::Settled(request.to_owned(), answer, words)]
            }
            "question.asked" => self.question(about),
            "question.replied" | "question.rejected" => {
                let request = about["requestID"].as_str().unwrap_or("");
                let words = format!("event {}", event["type"].as_str().unwrap_or(""));
                vec![Heard::Settled(request.to_owned(), None, words)]
            }
            "message.updated" => self.message(id, &about["info"]),
            "message.part.updated" => {
                self.part(&about["part"]);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn session(&mut self, id: &str, info: &Value) -> Vec<Heard> {
        if info["parentID"].is_string() {
            self.children.insert(id.to_owned());
            return Vec::new();
        }
        self.roots.insert(id.to_owned());
        self.directory = info["directory"].as_str().map(str::to_owned);
        match self.conversation {
            None => self.converses(id),
            Some(_) => Vec::new(),
        }
    }

    fn converses(&mut self, id: &str) -> Vec<Heard> {
        self.conversation = Some(id.to_owned());
        let says = Says::NativeId(id.to_owned());
        vec![Heard::Signals(vec![signal(says, "its conversation")])]
    }

    fn message(&mut self, id: &str, info: &Value) -> Vec<Heard> {
        if self.children.contains(id) {
            return Vec::new();
        }
        let mut heard = Vec::new();
        // The operator went on in another conversation of the same screen.
        let other = self.conversation.as_deref() != Some(id);
        if info["role"] == "user" && other && self.roots.contains(id) {
            heard.extend(self.converses(id));
        }
        if let (Some(from), Some(model)) = (info["providerID"].as_str(), info["modelID"].as_str()) {
            let model = one_line(&format!("{from}/{model}"));
            heard.push(Heard::Signals(vec![signal(
                Says::Model(model),
                "event message.updated",
            )]));
        }
        heard
    }

    fn part(&mut self, part: &Value) {
        let Some(call) = part["callID"].as_str() else {
            return;
        };
        let state = &part["state"];
        let open = matches!(state["status"].as_str(), Some("pending" | "running"));
        let input = &state["input"];
        if !open {
            self.inputs.remove(call);
        } else if input.as_object().is_some_and(|all| !all.is_empty()) {
            if self.inputs.len() >= MOST_INPUTS {
                self.inputs.clear();
            }
            self.inputs.insert(call.to_owned(), input.clone());
        }
    }

    fn status(&mut self, id: &str, status: &Value) -> Vec<Heard> {
        let kind = status["type"].as_str().unwrap_or("");
        match kind {
            "idle" => self.rests(id, "event session.status idle"),
            "busy" | "retry" => {
                self.busy.insert(id.to_owned());
                let words = status["message"].as_str().unwrap_or("");
                let text = one_line(&format!("event session.status {kind} {words}"));
                let lower = words.to_lowercase();
                let limited = LIMITS.iter().any(|limit| lower.contains(limit));
                if kind == "retry" && limited {
                    // When it tries again by itself, ms since the epoch.
                    let ends = status["next"].as_i64().map_or(Ends::Unknown, Ends::At);
                    return vec![Heard::Signals(vec![signal(Says::Limited(ends), &text)])];
                }
                vec![Heard::Signals(self.turn(&text))]
            }
            _ => Vec::new(),
        }
    }

    fn rests(&mut self, id: &str, words: &str) -> Vec<Heard> {
        self.busy.remove(id);
        let left = self.waiting.iter().filter(|(_, of)| *of == id);
        let left: Vec<String> = left.map(|(request, _)| request.clone()).collect();
        let mut heard = Vec::new();
        for request in left {
            self.waiting.remove(&request);
            heard.push(Heard::Say(reply(&request, &json!({"reply": "reject"}))));
            let why = "its turn was interrupted".to_owned();
            heard.push(Heard::Settled(request, None, why));
        }
        heard.push(Heard::Signals(self.turn(words)));
        heard
    }

    fn asked(&mut self, asked: &Value) -> Vec<Heard> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (Some(request), Some(of)) = (text(&asked["id"]), text(&asked["sessionID"])) else {
            return Vec::new();
        };
        self.waiting.insert(request, of.clone());
        let tool = &asked["tool"];
        let (call, message) = (text(&tool["callID"]), text(&tool["messageID"]));
        let known = call.as_ref().and_then(|call| self.inputs.get(call));
        match (known, message) {
            (None, Some(message)) if call.is_some() => {
                let path = format!("/session/{of}/message/{message}");
                self.unread.push((path.clone(), asked.clone()));
                vec![Heard::Say(Say::get(path))]
            }
            (known, _) => vec![opened(asked, known, self.directory.as_deref())],
        }
    }

    /// The message of requests whose tool call was not seen coming.
    fn looked_up(&mut self, path: &str, message: &Value) -> Vec<Heard> {
        for part in message["parts"].as_array().into_iter().flatten() {
            self.part(part);
        }
        let (here, left) = std::mem::take(&mut self.unread)
            .into_iter()
            .partition(|(of, _)| of == path);
        self.unread = left;
        let here: Vec<(String, Value)> = here;
        let still = |asked: &Value| {
            let request = asked["id"].as_str().unwrap_or("");
            self.waiting.contains_key(request)
        };
        let here = here.iter().filter(|(_, asked)| still(asked));
        here.map(|(_, asked)| {
            let call = asked["tool"]["callID"].as_str().unwrap_or("");
            opened(asked, self.inputs.get(call), self.directory.as_deref())
        })
        .collect()
    }

    fn question(&mut self, asked: &Value) -> Vec<Heard> {
        let Some(request) = asked["id"].as_str() else {
            return Vec::new();
        };
        let (kind, call) = permission::question(asked);
        vec![Heard::Asked(request.to_owned(), kind, call)]
    }
}

impl Channel for Events {
    fn events(&self) -> &'static str {
        "/event"
    }

    fn headers(&self) -> Vec<(String, String)> {
        vec![("Authorization".to_owned(), self.authorization.clone())]
    }

    fn hear(&mut self, incoming: Incoming<'_>) -> Vec<Heard> {
        match incoming {
            Incoming::Open(known) => self.open(known),
            Incoming::Event(data) => self.event(data),
            Incoming::Reply(say, status, body) => self.reply(say, status, body),
        }
    }

    fn answer(&mut self, request: &str, answer: Answer, note: Option<&str>) -> Option<Say> {
        let body = match answer {
            Answer::Allow => json!({"reply": "once"}),
            // Without words the turn would end.
            Answer::Deny => json!({"reply": "reject", "message": no(note)}),
        };
        Some(reply(request, &body))
    }

    fn interrupt(&self) -> Vec<Say> {
        let reject = json!({"reply": "reject"});
        let open = self.waiting.keys().map(|request| reply(request, &reject));
        // Helpers end with the conversation that they work for.
        let of = |id: &&String| !self.children.contains(*id);
        let abort = |id: &String| Say::post(format!("/session/{id}/abort"), &json!({}));
        open.chain(self.busy.iter().filter(of).map(abort)).collect()
    }
}

fn opened(asked: &Value, input: Option<&Value>, directory: Option<&str>) -> Heard {
    let request = asked["id"].as_str().unwrap_or("").to_owned();
    Heard::Asked(
        request,
        AskKind::Approval,
        permission::call(asked, input, directory),
    )
}

fn reply(request: &str, body: &Value) -> Say {
    Say::post(format!("/permission/{request}/reply"), body)
}

fn signal(says: Says, text: &str) -> Signal {
    Signal::new(Source::Protocol, says, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_is_called_with_is_known_after_many_calls_that_never_ended() {
        let way = Way {
            port: 1,
            secret: "s".to_owned(),
            client: None,
            prompted: true,
            first: Vec::new(),
        };
        let mut events = Events::new(&way);
        let mut hear = |event: Value| events.hear(Incoming::Event(&event.to_string()));
        for nth in 0..=MOST_INPUTS {
            let state = json!({"status": "running", "input": {"command": format!("make {nth}")}});
            let part = json!({"callID": format!("c-{nth}"), "state": state});
            let updated = json!({"part": part});
            hear(json!({"type": "message.part.updated", "properties": updated}));
        }
        let tool = json!({"callID": format!("c-{MOST_INPUTS}"), "messageID": "m"});
        let asked = json!({"id": "p", "sessionID": "s", "permission": "bash", "tool": tool});
        let heard = hear(json!({"type": "permission.asked", "properties": asked}));
        let [Heard::Asked(_, _, call)] = &heard[..] else {
            panic!("{heard:?}");
        };
        assert_eq!(call.object, format!("make {MOST_INPUTS}"));
    }
}
