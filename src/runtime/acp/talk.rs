//! One conversation over the protocol: what to say next, and what came. It holds no stream; lines go
//! in and come out.
//!
//! - A prompt is given only once the CLI asks for each call: where it starts in another mode, the
//!   wanted one is set first, and where it leaves that one, it is set again.
//! - Nothing but a delivered decision answers a request; a cancelled turn answers all of them with
//!   `cancelled`, as the protocol wants it.
//! - What is not known is passed over. A request that is not known is refused.

use super::message::{self, Message};
use super::permission::Permission;
use crate::core::ask::Answer;
use crate::core::mcp::McpServer;
use crate::runtime::mcp;
use serde_json::{Value, json};

/// A conversation.
#[derive(Debug)]
pub struct Talk {
    cwd: String,
    mcp: Vec<McpServer>,
    /// The id of the mode in which each call is asked for.
    mode: String,
    conversation: Option<String>,
    last: u64,
    waits: Waits,
    asked: Vec<Permission>,
}

/// For the answer to which request of ours it waits.
#[derive(Debug, Default, PartialEq, Eq)]
enum Waits {
    #[default]
    Nothing,
    Greeting(u64),
    Opening(u64),
    Mode(u64, Option<String>),
    Turn(u64),
}

/// What came, or is to be said.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Write this line.
    Say(String),
    /// The conversation is open: its id, and the model where that is told.
    Open(String, Option<String>),
    /// It could not be opened: why. [`Talk::open`] tries again.
    Closed(String),
    /// More of the answer.
    Text(String),
    /// It thinks.
    Thinks,
    /// A tool call, told for the first time or again.
    Tool(Tool),
    /// A call waits for a decision.
    Asks(Permission),
    /// A request waits no more: its tool call's id.
    TakenBack(String),
    /// The turn is over, and no request of it waits any more.
    Over(Over),
    /// Something that nobody asked for, in words.
    Odd(String),
}

/// A tool call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its id.
    pub id: String,
    /// What it does, where that is told.
    pub title: Option<String>,
    /// `pending`, `in_progress`, `completed`, `failed`.
    pub state: String,
    /// What it says of itself, where it says something.
    pub words: Option<String>,
}

/// How a turn ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Over {
    /// `end_turn`, `cancelled`, `max_tokens`, `refusal` …; empty after an error.
    pub reason: String,
    /// Tokens in and out, where the CLI counts them.
    pub tokens: Option<(u64, u64)>,
    /// What went wrong, in words.
    pub error: Option<String>,
}

impl Talk {
    /// Of a CLI that will work in `cwd`, with these MCP servers, and asks for each call in `mode`.
    pub fn new(cwd: &str, mcp: &[McpServer], mode: &str) -> Self {
        Self {
            cwd: cwd.to_owned(),
            mcp: mcp.to_vec(),
            mode: mode.to_owned(),
            conversation: None,
            last: 0,
            waits: Waits::Nothing,
            asked: Vec::new(),
        }
    }

    /// The line to begin with.
    pub fn greet(&mut self) -> String {
        let id = self.next();
        self.waits = Waits::Greeting(id);
        message::initialize(id)
    }

    /// The line that opens the conversation.
    pub fn open(&mut self) -> String {
        let params = json!({"cwd": self.cwd, "mcpServers": mcp::acp(&self.mcp)});
        let id = self.next();
        self.waits = Waits::Opening(id);
        message::ask(id, "session/new", &params)
    }

    /// Whether a prompt can be given now.
    pub fn is_ready(&self) -> bool {
        self.conversation.is_some() && self.waits == Waits::Nothing
    }

    /// Whether a turn goes on.
    pub fn works(&self) -> bool {
        matches!(self.waits, Waits::Turn(_))
    }

    /// The line that gives a prompt; `None` where it cannot be given now.
    pub fn prompt(&mut self, text: &str) -> Option<String> {
        let conversation = self.conversation.clone().filter(|_| self.is_ready())?;
        let id = self.next();
        self.waits = Waits::Turn(id);
        let params = json!({"sessionId": conversation,
                            "prompt": [{"type": "text", "text": text}]});
        Some(message::ask(id, "session/prompt", &params))
    }

    /// The line that carries a decision; `None` where the request waits no more.
    pub fn answer(&mut self, request: &str, answer: Answer) -> Option<String> {
        let at = self.asked.iter().position(|one| one.request == request)?;
        let line = self.asked[at].answer(answer)?;
        self.asked.remove(at);
        Some(line)
    }

    /// The lines that end the turn and take back its requests.
    pub fn cancel(&mut self) -> Vec<String> {
        let Some(conversation) = self.conversation.as_ref().filter(|_| self.works()) else {
            return Vec::new();
        };
        let cancel = message::tell("session/cancel", &json!({"sessionId": conversation}));
        let asked = std::mem::take(&mut self.asked);
        let answers = asked.iter().map(Permission::cancelled);
        std::iter::once(cancel).chain(answers).collect()
    }

    /// Takes a line of the CLI.
    pub fn hear(&mut self, line: &str) -> Vec<Heard> {
        match message::read(line) {
            None if line.trim().is_empty() => Vec::new(),
            None => vec![Heard::Odd(format!("no message: {line}"))],
            Some(Message::Answered(id, answer)) => self.answered(id, answer),
            Some(Message::Asked { id, method, params }) => self.requested(id, &method, &params),
            Some(Message::Told { method, params }) => self.told(&method, &params),
        }
    }

    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn answered(&mut self, id: u64, answer: Result<Value, String>) -> Vec<Heard> {
        match (std::mem::take(&mut self.waits), answer) {
            (Waits::Greeting(of), Ok(_)) if of == id => vec![Heard::Say(self.open())],
            (Waits::Opening(of), Ok(opened)) if of == id => self.opened(&opened),
            (Waits::Greeting(of) | Waits::Opening(of), Err(why)) if of == id => {
                vec![Heard::Closed(why)]
            }
            (Waits::Mode(of, model), Ok(_)) if of == id => match self.conversation.clone() {
                Some(conversation) => vec![Heard::Open(conversation, model)],
                None => Vec::new(),
            },
            (Waits::Mode(of, _), Err(why)) if of == id => {
                self.conversation = None;
                let why = format!("it does not go into the mode {}: {why}", self.mode);
                vec![Heard::Closed(why)]
            }
            (Waits::Turn(of), answer) if of == id => {
                self.asked.clear();
                vec![Heard::Over(over(answer))]
            }
            // To a request that nobody waits for, such as a mode that was set again.
            (waits, _) => {
                self.waits = waits;
                Vec::new()
            }
        }
    }

    fn opened(&mut self, opened: &Value) -> Vec<Heard> {
        let Some(conversation) = opened["sessionId"].as_str() else {
            return vec![Heard::Closed("it names no conversation".to_owned())];
        };
        self.conversation = Some(conversation.to_owned());
        let model = opened["models"]["currentModelId"].as_str();
        let model = model.map(str::to_owned);
        // One that has no modes has no other.
        match opened["modes"]["currentModeId"].as_str() {
            Some(other) if other != self.mode => {
                let id = self.next();
                self.waits = Waits::Mode(id, model);
                vec![Heard::Say(self.set_mode(id, conversation))]
            }
            _ => vec![Heard::Open(conversation.to_owned(), model)],
        }
    }

    fn set_mode(&self, id: u64, conversation: &str) -> String {
        let params = json!({"sessionId": conversation, "modeId": self.mode});
        message::ask(id, "session/set_mode", &params)
    }

    fn requested(&mut self, id: Value, method: &str, params: &Value) -> Vec<Heard> {
        if method != "session/request_permission" {
            let refusal = message::refuse(&id, "this client offers nothing of its own");
            return vec![Heard::Say(refusal)];
        }
        let known = Permission::read(id.clone(), params);
        match known {
            Some(asked) if self.works() && asked.is_decidable() => {
                self.asked.push(asked.clone());
                vec![Heard::Asks(asked)]
            }
            Some(asked) => {
                let why = match self.works() {
                    true => "a request without a yes for once and a no; it was not allowed",
                    false => "a request outside of a turn; it was not allowed",
                };
                vec![Heard::Say(asked.cancelled()), Heard::Odd(why.to_owned())]
            }
            None => vec![
                Heard::Say(message::refuse(&id, "no request that can be decided")),
                Heard::Odd("a request that does not read; it was not allowed".to_owned()),
            ],
        }
    }

    fn told(&mut self, method: &str, params: &Value) -> Vec<Heard> {
        match method {
            "session/update" => self.update(&params["update"]),
            "$/cancel_request" => {
                let at = |one: &Permission| one.is_under(&params["requestId"]);
                let Some(at) = self.asked.iter().position(at) else {
                    return Vec::new();
                };
                vec![Heard::TakenBack(self.asked.remove(at).request)]
            }
            _ => Vec::new(),
        }
    }

    fn update(&mut self, update: &Value) -> Vec<Heard> {
        let text = |value: &Value| value["text"].as_str().map(str::to_owned);
        match update["sessionUpdate"].as_str() {
            Some("agent_message_chunk") => {
                let text = text(&update["content"]).filter(|text| !text.is_empty());
                text.map(Heard::Text).into_iter().collect()
            }
            Some("agent_thought_chunk") => vec![Heard::Thinks],
            Some("tool_call" | "tool_call_update") => {
                let Some(id) = update["toolCallId"].as_str() else {
                    return Vec::new();
                };
                let parts = update["content"].as_array().into_iter().flatten();
                let words: Vec<String> = parts.filter_map(|part| text(&part["content"])).collect();
                vec![Heard::Tool(Tool {
                    id: id.to_owned(),
                    title: update["title"].as_str().map(str::to_owned),
                    state: update["status"].as_str().unwrap_or("pending").to_owned(),
                    words: (!words.is_empty()).then(|| words.join("\n")),
                })]
            }
            Some("current_mode_update") => self.mode_is(update["currentModeId"].as_str()),
            _ => Vec::new(),
        }
    }

    fn mode_is(&mut self, mode: Option<&str>) -> Vec<Heard> {
        let Some((mode, conversation)) = mode.zip(self.conversation.clone()) else {
            return Vec::new();
        };
        if mode == self.mode {
            return Vec::new();
        }
        let id = self.next();
        vec![
            Heard::Say(self.set_mode(id, &conversation)),
            Heard::Odd(format!(
                "it went into the mode {mode}, and was told to leave it"
            )),
        ]
    }
}

fn over(answer: Result<Value, String>) -> Over {
    let result = match answer {
        Ok(result) => result,
        Err(error) => {
            return Over {
                error: Some(error),
                ..Over::default()
            };
        }
    };
    let count = |of: &str| {
        result
            .pointer(&format!("/_meta/quota/token_count/{of}"))
            .and_then(Value::as_u64)
    };
    Over {
        reason: result["stopReason"]
            .as_str()
            .unwrap_or("end_turn")
            .to_owned(),
        tokens: count("input_tokens").zip(count("output_tokens")),
        error: None,
    }
}

#[cfg(test)]
mod tests;
