//! A scripted model server on loopback: Anthropic Messages, OpenAI Responses and Chat Completions,
//! Gemini's content, streamed.
//!
//! It plays a scenario, a list of [`Turn`]s, and keeps every request for assertions. Which turn a
//! request gets depends on the request alone (its last prompt or tool result), so side requests,
//! retries and a resumed conversation do not disturb the order.

mod chat;
mod generate;
mod http;
mod limit;
mod lines;
mod messages;
mod responses;

use http::{Request, Stream};
use serde_json::{Value, json};
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a turn uses, in and out, where it does not say.
pub const TOKENS_OF_A_TURN: u64 = 1_240;

/// What a request must end with to get a turn.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// A prompt of the user with these words.
    Prompt(&'static str),
    /// The result of a tool call with these words.
    ToolResult(&'static str),
}

/// What the model does in one turn.
#[derive(Clone, Debug)]
pub struct Turn {
    when: When,
    text: &'static str,
    calls: Vec<(&'static str, Value)>,
    before: Duration,
    between: Duration,
    fails: Option<(u16, &'static str)>,
    limit: Option<u64>,
    once: bool,
    usage: (u64, u64),
    cached: u64,
}

impl Turn {
    /// Says `text`, streamed in pieces.
    pub fn says(when: When, text: &'static str) -> Self {
        Self {
            when,
            text,
            calls: Vec::new(),
            before: Duration::ZERO,
            between: Duration::ZERO,
            fails: None,
            limit: None,
            once: false,
            usage: (1_200, TOKENS_OF_A_TURN - 1_200),
            cached: 0,
        }
    }

    /// Calls a tool after the text.
    pub fn calls(mut self, tool: &'static str, input: Value) -> Self {
        self.calls.push((tool, input));
        self
    }

    /// Waits before the first byte.
    pub fn after(mut self, wait: Duration) -> Self {
        self.before = wait;
        self
    }

    /// Waits between the pieces of the text.
    pub fn slowly(mut self, wait: Duration) -> Self {
        self.between = wait;
        self
    }

    /// Answers with an HTTP error instead.
    pub fn fails(mut self, status: u16, kind: &'static str) -> Self {
        self.fails = Some((status, kind));
        self
    }

    /// Answers that the account's limit is used up until `at`, s since the epoch.
    pub fn limited_until(mut self, at: u64) -> Self {
        self.limit = Some(at);
        self
    }

    /// Is played for the first such request only.
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Reports that so many of the tokens in came from the cache, where its protocol can say so.
    pub fn cached(mut self, tokens: u64) -> Self {
        self.cached = tokens;
        self
    }

    /// Reports so many tokens in and out.
    pub fn uses(mut self, input: u64, output: u64) -> Self {
        self.usage = (input, output);
        self
    }
}

/// The text in pieces as they are streamed.
fn pieces(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars
        .chunks(12)
        .map(|piece| piece.iter().collect())
        .collect()
}

/// One request as it was served.
#[derive(Clone, Debug)]
pub struct Served {
    /// Its path without the query.
    pub path: String,
    /// Its body; null when it was not JSON.
    pub body: Value,
    /// The number of the turn that was played.
    pub turn: Option<usize>,
    /// The tokens that were reported for it: in, of these from the cache, out.
    pub tokens: (u64, u64, u64),
}

struct Shared {
    turns: Vec<Turn>,
    /// The endings of the conversations whose answers are under way.
    active: Arc<Mutex<Vec<Ends>>>,
    spent: Mutex<Vec<bool>>,
    served: Mutex<Vec<Served>>,
    closed: AtomicBool,
}

/// The running server; it stops with its owner.
pub struct Model {
    /// Its port on 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared>,
}

impl Model {
    /// Plays `turns` on a free port.
    pub fn start(turns: Vec<Turn>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            spent: Mutex::new(vec![false; turns.len()]),
            turns,
            active: Arc::default(),
            served: Mutex::new(Vec::new()),
            closed: AtomicBool::new(false),
        });
        let serves = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serves.closed.load(Ordering::Relaxed) {
                    break;
                }
                let shared = Arc::clone(&serves);
                if let Ok(stream) = stream {
                    // A client that goes in the middle of an answer was interrupted.
                    std::thread::spawn(move || shared.serve(stream));
                }
            }
        });
        Ok(Self { port, shared })
    }

    /// What was asked so far.
    pub fn served(&self) -> Vec<Served> {
        let served = self.shared.served.lock();
        served.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was asked since it was last taken.
    pub fn take_served(&self) -> Vec<Served> {
        let served = self.shared.served.lock();
        std::mem::take(&mut *served.unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a prompt with these words is being answered right now.
    pub fn answers(&self, words: &str) -> bool {
        self.answered().iter().any(|text| text.contains(words))
    }

    /// Whether this turn of the script was played.
    pub fn has_said(&self, text: &str) -> bool {
        let mut played = self.served().into_iter().filter_map(|one| one.turn);
        played.any(|at| self.shared.turns[at].text == text)
    }

    /// The prompts that are being answered right now.
    pub fn answered(&self) -> Vec<String> {
        let active = self.shared.active.lock();
        let active = active.unwrap_or_else(PoisonError::into_inner);
        let prompt = |ends: &Ends| match ends {
            Ends::Prompt(text) => Some(text.clone()),
            Ends::ToolResult(_) => None,
        };
        active.iter().filter_map(prompt).collect()
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// How a request ends: its last prompt, or the result of its last tool call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ends {
    Prompt(String),
    ToolResult(String),
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut stream = Stream::new(stream)?;
        while let Some(request) = stream.request()? {
            let done = self.answer(&mut stream, &request);
            stream.last();
            done?;
        }
        Ok(())
    }

    fn answer(&self, stream: &mut Stream, request: &Request) -> io::Result<()> {
        let path = request.path.split('?').next().unwrap_or("");
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let ends = match (request.method.as_str(), path) {
            ("POST", "/v1/messages") => messages::ends(&body),
            ("POST", "/v1/responses") => responses::ends(&body),
            ("POST", "/v1/chat/completions") => chat::ends(&body),
            ("POST", "/api/chat") => lines::ends(&body),
            ("POST", path) if generate::is(path) => generate::ends(&body),
            _ => None,
        };
        let turn = ends.as_ref().and_then(|ends| self.pick(ends));
        let unscripted = Turn::says(When::Prompt(""), "There is nothing in the script for this.");
        let played = turn.map_or(&unscripted, |at| &self.turns[at]);
        self.served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Served {
                path: path.to_owned(),
                body: body.clone(),
                turn,
                tokens: (played.usage.0, played.cached, played.usage.1),
            });
        stream.answering = turn.and(ends).map(|ends| Active::new(self, ends));
        let turn = played;
        std::thread::sleep(turn.before);
        if let Some(at) = turn.limit {
            return limit::answer(stream, path, at);
        }
        if let Some((status, kind)) = turn.fails {
            let error = json!({"type": "error", "error": {"type": kind, "message": kind}});
            return stream.json(status, &error);
        }
        match (request.method.as_str(), path) {
            ("POST", "/v1/messages") => messages::play(stream, &body, turn),
            ("POST", "/v1/responses") => responses::play(stream, &body, turn),
            ("POST", "/v1/chat/completions") => chat::play(stream, &body, turn),
            ("POST", "/api/chat") => lines::play(stream, &body, turn),
            ("GET", "/api/tags") => lines::models(stream),
            ("POST", path) if generate::is(path) => generate::play(stream, path, &body, turn),
            ("POST", path) if path.ends_with(":countTokens") => {
                stream.json(200, &json!({"totalTokens": 100}))
            }
            ("POST", "/v1/messages/count_tokens") => {
                stream.json(200, &json!({"input_tokens": 100}))
            }
            ("GET", "/v1/models") => stream.json(200, &json!({"object": "list", "data": []})),
            ("HEAD", _) => stream.json(200, &Value::Null),
            _ => stream.json(
                404,
                &json!({"error": {"type": "not_found", "message": path}}),
            ),
        }
    }

    fn pick(&self, ends: &Ends) -> Option<usize> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |turn: &Turn| match (turn.when, ends) {
            (When::Prompt(words), Ends::Prompt(text)) => text.contains(words),
            (When::ToolResult(words), Ends::ToolResult(text)) => text.contains(words),
            _ => false,
        };
        let mut turns = self.turns.iter().enumerate();
        let at = turns.find(|(at, turn)| !spent[*at] && fits(turn))?.0;
        spent[at] = self.turns[at].once;
        Some(at)
    }
}

/// An answer that is under way.
struct Active(Arc<Mutex<Vec<Ends>>>, Ends);

impl Active {
    fn new(shared: &Shared, ends: Ends) -> Self {
        let mut active = shared.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.push(ends.clone());
        drop(active);
        Self(Arc::clone(&shared.active), ends)
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        let active = self.0.lock();
        let mut active = active.unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = active.iter().position(|ends| *ends == self.1) {
            active.swap_remove(at);
        }
    }
}

/// Speaks to the server as the agents do; panics where it is not what they expect.
pub fn check() {
    let turns = vec![
        Turn::says(When::Prompt("busy"), "")
            .fails(529, "overloaded_error")
            .once(),
        Turn::says(When::Prompt("busy"), "Now.").after(Duration::from_millis(1)),
        Turn::says(When::Prompt("make"), "I will.").calls("Bash", json!({"command": "ls"})),
        Turn::says(When::ToolResult("a.txt"), "One file.").uses(7, 3),
    ];
    let model = Model::start(turns).expect("a port on loopback");
    let tools = json!([{"name": "Bash"}]);
    let messages = |content: Value| {
        json!({"model": "m", "stream": true, "tools": tools,
               "messages": [{"role": "user", "content": content}]})
    };
    let busy = messages(json!("busy?"));
    assert!(http::post(model.port, "/v1/messages", &busy).starts_with("HTTP/1.1 529"));
    assert!(http::post(model.port, "/v1/messages?beta=true", &busy).contains("Now."));
    let make = http::post(
        model.port,
        "/v1/messages",
        &messages(json!([{"type": "text", "text": "make it"}])),
    );
    assert!(
        make.contains("tool_use") && make.contains(r#"{\"command\":\"ls\"}"#),
        "{make}"
    );
    let result = json!([{"type": "tool_result", "content": [{"type": "text", "text": "a.txt"}]}]);
    let result = http::post(model.port, "/v1/messages", &messages(result));
    assert!(
        result.contains("message_stop") && result.contains(r#""output_tokens":3"#),
        "{result}"
    );
    let side = json!({"model": "m", "messages": [{"role": "user", "content": "make a title"}]});
    assert!(http::post(model.port, "/v1/messages", &side).contains("nothing in the script"));

    let responses = |items: Value| json!({"model": "m", "stream": true, "input": items});
    let prompt = json!([{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "make"}]}]);
    let make = http::post(model.port, "/v1/responses", &responses(prompt));
    assert!(
        make.contains("function_call") && make.contains("response.completed"),
        "{make}"
    );
    let result = json!([{"type": "function_call_output", "call_id": "c", "output": "a.txt"}]);
    let result = http::post(model.port, "/v1/responses", &responses(result));
    assert!(
        result.contains("One file.") && result.contains(r#""total_tokens":10"#),
        "{result}"
    );
    assert!(http::post(model.port, "/nowhere", &json!({})).starts_with("HTTP/1.1 404"));
    let tools = json!([{"type": "function", "function": {"name": "Bash"}}]);
    let chat = |message: Value| {
        let body = json!({"model": "m", "stream": true, "tools": tools, "messages": [message]});
        http::post(model.port, "/v1/chat/completions", &body)
    };
    let make = chat(json!({"role": "user", "content": [{"type": "text", "text": "make it"}]}));
    assert!(
        make.contains("tool_calls") && make.contains("data: [DONE]"),
        "{make}"
    );
    let result = chat(json!({"role": "tool", "tool_call_id": "c", "content": "a.txt"}));
    assert!(result.contains("One file.") && result.contains(r#""total_tokens":10"#));
    let generate = |kind: &str, part: Value| {
        let body = json!({"tools": [{"functionDeclarations": []}],
                          "contents": [{"role": "user", "parts": [part]}]});
        http::post(
            model.port,
            &format!("/v1beta/models/m:{kind}?alt=sse"),
            &body,
        )
    };
    let make = generate("streamGenerateContent", json!({"text": "make it"}));
    assert!(
        make.contains("functionCall") && make.contains("STOP"),
        "{make}"
    );
    let response = json!({"functionResponse": {"name": "Bash", "response": {"output": "a.txt"}}});
    assert!(generate("generateContent", response).contains(r#""totalTokenCount":10"#));
    let turns: Vec<_> = model.served().iter().map(|served| served.turn).collect();
    assert_eq!(
        turns,
        [
            Some(0),
            Some(1),
            Some(2),
            Some(3),
            None,
            Some(2),
            Some(3),
            None,
            Some(2),
            Some(3),
            Some(2),
            Some(3)
        ]
    );
}
