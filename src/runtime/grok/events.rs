//! What Grok Build's leader tells a second client, and what that says to it. All of it was seen of
//! 1.0.41. Its own `_x.ai/…` messages change, and what is not known is left alone: a request of it
//! that we answered would be answered for the pane, too.
//!
//! - Loading a conversation takes over the permission mode of the user's settings, for every client:
//!   with a remembered always-approve the pane would ask for nothing from then on. So each load says
//!   that it is off.
//! - Loading a conversation that its pane is still making takes it away from the pane: what was
//!   prompted there is shown and never worked on. So it is loaded once the leader lists it as
//!   working, or as resting for a while: a prompt of the start comes right after it was made.
//! - Loading replays what was said and then repeats the requests that wait. A request of a method
//!   that nobody has, sent after it, is answered when all of that has come.
//! - Servers of MCP begin to come up with the load that brings them; a prompt sent meanwhile goes to
//!   the model without them. One that does not come up within half a minute is given up by it.
//! - At HTTP 429 it tries again by itself, up to 15 times, and waits for as long as the server says.
//!   How long that is it tells nobody, so the end of such a limit is not known.
//! - A tool call runs only when all requests of its round are decided, so what became of one that
//!   was answered in the pane may be told long after it has gone.

use super::called::{called, question};
use crate::core::ask::{Answer, AskKind};
use crate::core::limit::Ends;
use crate::core::mcp::McpServer;
use crate::core::state::{Source, Turn};
use crate::core::status::{Says, Signal};
use crate::runtime::acp::{self, Message, Permission};
use crate::runtime::channel::{Channel, Client, Heard, Incoming, Say, Way};
use crate::runtime::hooks::one_line;
use crate::runtime::mcp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Numbers of our requests.
const INITIALIZE: u64 = 1;
const LOAD: u64 = 2;
const ALL_HAS_COME: u64 = 3;
const LIST: u64 = 4;
const PROMPT: u64 = 5;
const SERVERS: u64 = 6;

/// How many looks in a row have it at rest before it is loaded; see [`Heard::Later`] for how often
/// it is looked.
const RESTS: u32 = 10;

/// What is shown when the pane asks for nothing any more.
const OPEN: &str = "always-approve was switched on in its pane: while it is on, it asks for nothing; Ctrl-O there switches it off";

/// The channel to one leader.
pub struct Events {
    cwd: String,
    mcp: Vec<McpServer>,
    prompted: bool,
    /// The prompt of the start waits for its servers.
    held: bool,
    conversation: String,
    /// How often in a row the leader listed it at rest.
    rested: u32,
    /// What comes is what was said before.
    replay: bool,
    /// The last turn that was replayed has no end.
    unended: bool,
    /// A prompt has been worked on.
    begun: bool,
    busy: BTreeSet<String>,
    waiting: BTreeMap<String, Permission>,
    questions: BTreeSet<String>,
    /// Those that we answered and that were not told to be settled yet.
    sent: HashMap<String, Answer>,
    /// Those that somebody else answered, in a way that was not told yet.
    gone: BTreeSet<String>,
    open: bool,
    /// It waits for a limit to end.
    limited: bool,
}

impl Events {
    /// Of a start.
    pub fn new(way: &Way, client: &Client) -> Self {
        Self {
            cwd: client.cwd.clone(),
            mcp: client.mcp.clone(),
            prompted: way.prompted,
            held: !way.first.is_empty(),
            conversation: String::new(),
            rested: 0,
            replay: true,
            unended: false,
            begun: false,
            busy: BTreeSet::new(),
            waiting: BTreeMap::new(),
            questions: BTreeSet::new(),
            sent: HashMap::new(),
            gone: BTreeSet::new(),
            open: false,
            limited: false,
        }
    }

    fn opened(&mut self, conversation: &str) -> Vec<Heard> {
        conversation.clone_into(&mut self.conversation);
        (self.replay, self.unended, self.rested) = (true, false, 0);
        self.busy.clear();
        self.waiting.clear();
        self.questions.clear();
        self.sent.clear();
        self.gone.clear();
        vec![Heard::Say(Say::Line(acp::initialize(INITIALIZE)))]
    }

    fn load(&self) -> Say {
        let params = json!({
            "sessionId": self.conversation,
            "cwd": self.cwd,
            "mcpServers": mcp::acp(&self.mcp),
            "_meta": {"yoloMode": false, "autoMode": false},
        });
        Say::Line(acp::ask(LOAD, "session/load", &params))
    }

    fn answered(&mut self, number: u64, result: Result<Value, String>) -> Vec<Heard> {
        match (number, result) {
            (INITIALIZE, Ok(_)) => vec![Heard::Say(list())],
            (INITIALIZE, Err(why)) => {
                let words = format!("its leader takes no second client: {}", one_line(&why));
                vec![Heard::Limit(words)]
            }
            (LIST, Ok(listed)) => match self.is_made(&listed) {
                true => vec![Heard::Say(self.load())],
                false => vec![Heard::Later(list())],
            },
            (LIST, Err(why)) => {
                let words = format!("its leader lists no conversations: {}", one_line(&why));
                vec![Heard::Limit(words)]
            }
            // Somebody else loads it.
            (LOAD, Err(_)) => vec![Heard::Later(list())],
            (LOAD, Ok(_)) => {
                self.replay = false;
                let last = acp::ask(ALL_HAS_COME, "_pult/all_has_come", &json!({}));
                let found = Heard::Signals(self.found());
                let mut heard = vec![found, Heard::Say(Say::Line(last))];
                if !self.mcp.is_empty() {
                    heard.push(Heard::Say(self.servers()));
                }
                heard
            }
            (SERVERS, listed) => self.came_up(listed),
            (PROMPT, Err(why)) => {
                let words = format!("its prompt was not taken: {}", one_line(&why));
                vec![Heard::Limit(words)]
            }
            (ALL_HAS_COME, _) => {
                let waiting = self.waiting.keys().chain(&self.questions);
                vec![Heard::Waiting(waiting.cloned().collect())]
            }
            _ => Vec::new(),
        }
    }

    /// Whether its pane has made the conversation, and has begun with the prompt of the start.
    fn is_made(&mut self, listed: &Value) -> bool {
        let mut all = listed["result"]["sessions"]
            .as_array()
            .into_iter()
            .flatten();
        let one = all.find(|one| one["sessionId"] == *self.conversation);
        let one = one.filter(|one| one["resident"] == true);
        let Some(one) = one.filter(|one| one["activity"] == "idle") else {
            self.rested = 0;
            return one.is_some();
        };
        // It has a title from its first prompt on.
        if self.prompted && !self.held && one["title"].is_null() {
            return false;
        }
        self.rested += 1;
        // A turn that failed at once is not among what was said.
        self.begun |= self.rested >= RESTS && !self.held;
        self.rested >= RESTS
    }

    /// What the replay has shown. Rest is only what it shows now: a prompt may be on its way.
    fn found(&mut self) -> Vec<Signal> {
        let words = "its leader tells what was said";
        let mut signals = vec![signal(Says::Started, words)];
        if self.unended || !self.busy.is_empty() {
            self.busy.insert(self.conversation.clone());
            signals.push(signal(Says::TurnUntilTold(Turn::Working), words));
        } else if !self.awaits_its_prompt() {
            signals.push(Signal {
                source: Source::File,
                ..signal(Says::Turn(Turn::Settled), words)
            });
        }
        signals
    }

    fn turn(&self, words: &str) -> Vec<Heard> {
        let says = match self.busy.is_empty() {
            false => Says::TurnUntilTold(Turn::Working),
            true if self.awaits_its_prompt() => return Vec::new(),
            true => Says::Turn(Turn::Settled),
        };
        vec![Heard::Signals(vec![signal(says, words)])]
    }

    /// What shows rest is not the end of a turn yet.
    fn awaits_its_prompt(&self) -> bool {
        self.prompted && (self.held || !self.begun)
    }

    /// Asks how the servers are doing.
    fn servers(&self) -> Say {
        let of = json!({"sessionId": self.conversation});
        Say::Line(acp::ask(SERVERS, "_x.ai/mcp/list", &of))
    }

    /// The prompt of the start follows once each of the launch's servers has come up or failed.
    fn came_up(&mut self, listed: Result<Value, String>) -> Vec<Heard> {
        let mut heard = Vec::new();
        match listed {
            Ok(listed) => {
                let listed = &listed["result"];
                let status = |server: &McpServer| {
                    let mut all = listed["servers"].as_array().into_iter().flatten();
                    let one = all.find(|one| one["name"] == *server.name)?;
                    one["session"]["status"].as_str()
                };
                let mut ours = self.mcp.iter();
                if listed["sessionMcpResolved"] != true
                    && ours.any(|server| status(server) == Some("initializing"))
                {
                    return vec![Heard::Later(self.servers())];
                }
                let down = self.mcp.iter().filter(|one| status(one) != Some("ready"));
                let words =
                    |one: &McpServer| format!("its MCP server {} did not come up", one.name);
                heard.extend(down.map(words).map(Heard::Limit));
            }
            Err(why) => {
                let words = format!("its leader tells of no MCP servers: {}", one_line(&why));
                heard.push(Heard::Limit(words));
            }
        }
        self.held = false;
        heard.push(Heard::First);
        heard
    }

    fn works(&mut self, id: &str, words: &str) -> Vec<Heard> {
        self.begun = true;
        self.busy.insert(id.to_owned());
        self.turn(words)
    }

    /// A turn has ended, and with it everything that it waited for.
    fn rests(&mut self, id: &str, words: &str) -> Vec<Heard> {
        self.busy.remove(id);
        let mut heard = Vec::new();
        let mut settled = |request: &String| {
            heard.push(Heard::Settled(request.clone(), None, words.to_owned()));
        };
        self.waiting.retain(|request, one| {
            let other = one.conversation != id;
            if !other {
                settled(request);
            }
            other
        });
        self.gone.iter().chain(&self.questions).for_each(settled);
        self.gone.clear();
        self.questions.clear();
        heard.extend(self.turn(words));
        heard
    }

    fn asked(&mut self, id: Value, params: &Value) -> Vec<Heard> {
        let Some(permission) = Permission::read(id, params) else {
            return Vec::new();
        };
        let mut call = called(&permission, &self.cwd);
        let kind = match permission.is_decidable() {
            true => AskKind::Approval,
            false => {
                call.object.push_str(" (answer it in the pane)");
                AskKind::Question
            }
        };
        let request = permission.request.clone();
        self.gone.remove(&request);
        self.waiting.insert(request.clone(), permission);
        vec![Heard::Asked(request, kind, call)]
    }

    fn told(&mut self, method: &str, params: &Value) -> Vec<Heard> {
        let update = &params["update"];
        let id = params["sessionId"].as_str().unwrap_or("");
        match method {
            "session/update" | "_x.ai/session/update" | "_x.ai/session_notification" => {
                let kind = update["sessionUpdate"].as_str().unwrap_or("");
                if self.replay || params["_meta"]["isReplay"] == true {
                    self.replayed(kind);
                    return Vec::new();
                }
                self.updated(id, kind, update)
            }
            "_x.ai/session/prompt_complete" => {
                let reason = params["stopReason"].as_str().unwrap_or("");
                self.rests(id, &one_line(&format!("event prompt_complete {reason}")))
            }
            "_x.ai/sessions/changed" => self.changed(params),
            _ => Vec::new(),
        }
    }

    fn replayed(&mut self, kind: &str) {
        match kind {
            "user_message_chunk" => (self.unended, self.begun) = (true, true),
            "turn_completed" => self.unended = false,
            _ => {}
        }
    }

    fn updated(&mut self, id: &str, kind: &str, update: &Value) -> Vec<Heard> {
        let text = |name: &str| update[name].as_str().unwrap_or("");
        let one = |says, words: &str| vec![Heard::Signals(vec![signal(says, words)])];
        match kind {
            "user_message_chunk" => self.works(id, "event user_message_chunk"),
            "turn_completed" => {
                let words = format!("event turn_completed {}", text("stop_reason"));
                let words = one_line(&words);
                let mut heard = self.rests(id, &words);
                self.limited = false;
                if text("stop_reason") == "rate_limit" {
                    heard.extend(one(Says::Limited(Ends::Unknown), &words));
                }
                heard
            }
            "retry_state" if text("error_type") == "rate_limited" => {
                self.limited = true;
                let words = one_line(&format!("event retry_state {}", text("reason")));
                one(Says::Limited(Ends::Unknown), &words)
            }
            "agent_message_chunk" | "agent_thought_chunk" | "tool_call" if self.limited => {
                self.limited = false;
                let mut heard = self.works(id, "its model answers again");
                heard.extend(self.ran(text("toolCallId"), text("status")));
                heard
            }
            "background_tasks" => {
                let tasks = update["tasks"].as_array().map_or(0, Vec::len);
                let tasks = u32::try_from(tasks).unwrap_or(u32::MAX);
                one(Says::Background(tasks), "event background_tasks")
            }
            "model_changed" => {
                let model = one_line(text("model_id"));
                one(Says::Model(model), "event model_changed")
            }
            "pending_interaction" if text("kind") != "permission" => {
                let (request, call) = (text("tool_call_id"), question(text("kind")));
                self.questions.insert(request.to_owned());
                vec![Heard::Asked(request.to_owned(), AskKind::Question, call)]
            }
            "interaction_resolved" => self.resolved(text("tool_call_id")),
            "tool_call" | "tool_call_update" => self.ran(text("toolCallId"), text("status")),
            _ => Vec::new(),
        }
    }

    /// A request waits no more.
    fn resolved(&mut self, request: &str) -> Vec<Heard> {
        let words = "event interaction_resolved".to_owned();
        let known = self.waiting.remove(request).is_some();
        let request = request.to_owned();
        if let Some(answer) = self.sent.remove(&request) {
            return vec![Heard::Settled(request, Some(answer), words)];
        }
        if self.questions.remove(&request) {
            return vec![Heard::Settled(request, None, words)];
        }
        if !known {
            return Vec::new();
        }
        self.gone.insert(request.clone());
        vec![Heard::Gone(request, words)]
    }

    /// What became of a call whose request somebody else answered.
    fn ran(&mut self, request: &str, status: &str) -> Vec<Heard> {
        let answer = match status {
            "in_progress" | "completed" => Answer::Allow,
            "failed" => Answer::Deny,
            _ => return Vec::new(),
        };
        if !self.gone.remove(request) {
            return Vec::new();
        }
        let words = format!("event tool_call_update {status}");
        vec![Heard::Settled(request.to_owned(), Some(answer), words)]
    }

    /// The conversations of this leader: the operator may go on in another one of them.
    fn changed(&mut self, params: &Value) -> Vec<Heard> {
        let mut heard = Vec::new();
        for one in params["upserted"].as_array().into_iter().flatten() {
            let id = one["sessionId"].as_str().unwrap_or("");
            let open = one["yolo"] == true;
            if open && !self.open {
                heard.push(Heard::Limit(OPEN.to_owned()));
            }
            self.open = open;
            match one["activity"].as_str() {
                Some("working") => heard.extend(self.works(id, "event sessions/changed working")),
                Some("idle") => heard.extend(self.rests(id, "event sessions/changed idle")),
                _ => {}
            }
        }
        heard
    }
}

impl Channel for Events {
    fn speaks(&self) -> bool {
        !self.replay
    }

    fn hear(&mut self, incoming: Incoming<'_>) -> Vec<Heard> {
        let line = match incoming {
            Incoming::Open(Some(conversation)) => return self.opened(conversation),
            Incoming::Open(None) | Incoming::Reply(..) => return Vec::new(),
            Incoming::Event(line) => line,
        };
        match acp::read(line) {
            Some(Message::Answered(number, result)) => self.answered(number, result),
            Some(Message::Asked { id, method, params }) => match method.as_str() {
                "session/request_permission" => self.asked(id, &params),
                _ => Vec::new(),
            },
            Some(Message::Told { method, params }) => self.told(&method, &params),
            None => Vec::new(),
        }
    }

    fn answer(&mut self, request: &str, answer: Answer, _: Option<&str>) -> Option<Say> {
        let line = self.waiting.get(request)?.answer(answer)?;
        self.sent.insert(request.to_owned(), answer);
        Some(Say::Line(line))
    }

    fn interrupt(&self) -> Vec<Say> {
        let busy = self.busy.iter();
        let all: Vec<&String> = match self.busy.is_empty() {
            true => vec![&self.conversation],
            false => busy.collect(),
        };
        let cancel = |id: &String| acp::tell("session/cancel", &json!({"sessionId": id}));
        all.into_iter().map(cancel).map(Say::Line).collect()
    }
}

/// Gives a conversation a prompt.
pub fn prompt(conversation: &str, text: &str) -> Say {
    let words = json!({"type": "text", "text": text});
    let params = json!({"sessionId": conversation, "prompt": [words]});
    Say::Line(acp::ask(PROMPT, "session/prompt", &params))
}

/// Asks for the conversations of this leader.
fn list() -> Say {
    Say::Line(acp::ask(LIST, "_x.ai/sessions/list", &json!({})))
}

fn signal(says: Says, text: &str) -> Signal {
    Signal::new(Source::Protocol, says, text)
}
