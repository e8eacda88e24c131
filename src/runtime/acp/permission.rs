//! `session/request_permission`: a tool call that waits for a decision.
//!
//! - A yes is good once. The kind of an option is not enough to tell it: Grok Build 1.0.41 gives
//!   "always approve" the kind `allow_once`, too, and lists it first. So an option whose id or name
//!   reaches further is left out, and where more or less than one is left, nobody decides but the
//!   operator in the pane.
//! - The id of a request is good for one connection; the tool call's id lasts.
//! - Without `rawInput` the title is all that says what is run (Gemini CLI 0.61.0, `runTool`: the whole
//!   command, or a tool's description of itself), and the content holds a change whole. A description
//!   may be cut, and an argument that is long is left out: that is said.

use super::message::result;
use crate::core::ask::{Answer, Call, Risk, Verb};
use crate::runtime::call::call;
use crate::runtime::risk::risk;
use serde_json::{Value, json};

/// Words of an option that decides more than the one call.
const WIDER: [&str; 6] = [
    "always",
    "session",
    "don't ask",
    "never",
    "all ",
    "remember",
];

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Permission {
    id: Value,
    /// The tool call's id.
    pub request: String,
    /// The conversation's id.
    pub conversation: String,
    yes: Option<String>,
    no: Option<String>,
    tool_call: Value,
}

impl Permission {
    /// Of the id and the parameters of a request; `None` where it names no tool call.
    pub fn read(id: Value, params: &Value) -> Option<Self> {
        let tool_call = &params["toolCall"];
        let options = params["options"].as_array().map_or(&[][..], Vec::as_slice);
        Some(Self {
            id,
            request: tool_call["toolCallId"].as_str()?.to_owned(),
            conversation: params["sessionId"].as_str().unwrap_or("").to_owned(),
            yes: once(options, "allow_once"),
            no: once(options, "reject_once"),
            tool_call: tool_call.clone(),
        })
    }

    /// Whether both answers are there, each for this call alone.
    pub fn is_decidable(&self) -> bool {
        self.yes.is_some() && self.no.is_some()
    }

    /// The line that answers it; `None` where there is no such option.
    pub fn answer(&self, answer: Answer) -> Option<String> {
        let option = match answer {
            Answer::Allow => self.yes.as_ref()?,
            Answer::Deny => self.no.as_ref()?,
        };
        let outcome = json!({"outcome": {"outcome": "selected", "optionId": option}});
        Some(result(&self.id, &outcome))
    }

    /// The line that says that nobody decides any more: the turn was cancelled.
    pub fn cancelled(&self) -> String {
        result(&self.id, &json!({"outcome": {"outcome": "cancelled"}}))
    }

    /// Whether this is the request of that id.
    pub fn is_under(&self, id: &Value) -> bool {
        self.id == *id
    }

    /// What is called with what. `tool` is its name, where the CLI tells it elsewhere.
    pub fn call(&self, tool: Option<&str>, cwd: Option<&str>) -> Call {
        let kind = self.tool_call["kind"].as_str().unwrap_or("other");
        let input = match &self.tool_call["rawInput"] {
            Value::Null => described(&self.tool_call),
            input => input.clone(),
        };
        // By this name a description is no part of what is decided.
        let kind = if kind == "execute" { "shell" } else { kind };
        let mut call = call(tool.unwrap_or(kind), &input, cwd);
        if call.verb == Verb::Other {
            call.verb = verb(self.tool_call["kind"].as_str().unwrap_or(""));
            call.risk = risk(call.verb, &call.object);
        }
        if self.tool_call["rawInput"].is_null() && is_cut(&self.tool_call) {
            call.object.push_str(" (its CLI does not tell all of it)");
            call.risk = Risk::High;
        }
        call
    }

    /// The tool call as it came.
    pub fn tool_call(&self) -> &Value {
        &self.tool_call
    }
}

/// The input of a call that tells none: of a command the title, of a change the change.
fn described(tool_call: &Value) -> Value {
    let title = tool_call["title"].as_str().unwrap_or("");
    let content = tool_call["content"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let diff = content.iter().find(|part| part["type"] == "diff");
    let words = content
        .iter()
        .find_map(|part| part["content"]["text"].as_str());
    match (tool_call["kind"].as_str(), diff) {
        (Some("execute"), _) => json!({"command": title, "description": words}),
        (_, Some(diff)) => json!({"file_path": diff["path"], "old_string": diff["oldText"],
                                  "new_string": diff["newText"]}),
        _ => json!({"title": title, "content": tool_call["content"]}),
    }
}

/// Whether a description leaves something out (Gemini CLI 0.61.0, `getDescription` of its web tools
/// and `getExplanation` of MCP tools).
fn is_cut(tool_call: &Value) -> bool {
    let input = described(tool_call);
    let told = input.get("title").and_then(Value::as_str);
    let omits = tool_call["content"]
        .to_string()
        .contains("[Payload omitted");
    omits || told.is_some_and(|title| title.contains("...") || title.contains('…'))
}

fn verb(kind: &str) -> Verb {
    match kind {
        "execute" => Verb::Run,
        "edit" | "delete" | "move" => Verb::Write,
        "read" | "search" => Verb::Read,
        "fetch" => Verb::Fetch,
        _ => Verb::Other,
    }
}

/// The one option of a kind that is about this call alone.
fn once(options: &[Value], kind: &str) -> Option<String> {
    let narrow = |option: &&Value| {
        let words = [&option["optionId"], &option["name"]].map(|word| word.as_str().unwrap_or(""));
        let words = words.map(str::to_lowercase);
        let wider = |word: &String| WIDER.iter().any(|wider| word.contains(wider));
        option["kind"] == kind && !words.iter().any(wider)
    };
    let mut fitting = options.iter().filter(narrow);
    let id = fitting.next()?["optionId"].as_str()?.to_owned();
    fitting.next().is_none().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(options: Value) -> Permission {
        let params = json!({
            "sessionId": "s",
            "toolCall": {"toolCallId": "c", "kind": "execute", "title": "Run",
                         "rawInput": {"command": "touch x", "description": "Tidy"}},
            "options": options,
        });
        Permission::read(json!(3), &params).expect("a request")
    }

    fn option(id: &str, name: &str, kind: &str) -> Value {
        json!({"optionId": id, "name": name, "kind": kind})
    }

    #[test]
    fn a_yes_is_never_one_that_reaches_further() {
        let no = option("reject-once", "No", "reject_once");
        let asks = "Yes, and don't ask again for anything (always-approve mode)";
        let always = option("enable-always-approve", asks, "allow_once");
        let once = option("allow-once", "Yes, proceed", "allow_once");
        let wide = option("proceed_always", "Allow for this session", "allow_always");
        let both = request(json!([always, wide, once, no]));
        assert!(both.is_decidable());
        let line = both.answer(Answer::Allow).expect("an answer");
        assert!(line.contains(r#""optionId":"allow-once""#) && line.contains(r#""id":3"#));
        let line = both.answer(Answer::Deny).expect("an answer");
        assert!(line.contains(r#""optionId":"reject-once""#), "{line}");
        // Nothing is guessed.
        for options in [json!([always, no]), json!([once, once, no]), json!([no])] {
            let unclear = request(options);
            assert!(!unclear.is_decidable());
            assert_eq!(unclear.answer(Answer::Allow), None);
        }
        assert!(Permission::read(json!(1), &json!({"options": []})).is_none());
    }

    #[test]
    fn the_call_is_what_the_tool_gets_and_words_are_no_part_of_it() {
        let asked = request(json!([]));
        let named = asked.call(Some("run_terminal_command"), Some("/p"));
        assert_eq!((named.verb, named.object.as_str()), (Verb::Run, "touch x"));
        assert_eq!(named.reason.as_deref(), Some("Tidy"));
        assert_eq!(asked.call(None, None).verb, Verb::Run);
        let params = json!({"toolCall": {"toolCallId": "c", "kind": "edit", "title": "Edit a",
                                         "content": [{"type": "diff", "path": "/p/a"}]}});
        let edit = Permission::read(json!(1), &params).expect("a request");
        let call = edit.call(None, None);
        assert_eq!(call.verb, Verb::Write);
        assert_eq!(call.object, "/p/a");
    }

    #[test]
    fn without_an_input_the_title_is_the_command_and_what_is_left_out_is_said() {
        let asks = |call: Value| {
            let params = json!({"toolCall": call});
            let asked = Permission::read(json!(1), &params).expect("a request");
            asked.call(None, Some("/p"))
        };
        let text =
            |text: &str| json!([{"type": "content", "content": {"type": "text", "text": text}}]);
        let run = asks(
            json!({"toolCallId": "a", "kind": "execute", "title": "go test ./...",
                              "content": text("Run the tests")}),
        );
        assert_eq!(
            (run.verb, run.object.as_str()),
            (Verb::Run, "go test ./...")
        );
        assert_eq!(run.reason.as_deref(), Some("Run the tests"));
        let other = asks(
            json!({"toolCallId": "b", "kind": "execute", "title": "go test ./...",
                                "content": text("Tidy up")}),
        );
        assert_eq!(run.digest, other.digest);
        for cut in [
            json!({"toolCallId": "c", "kind": "fetch", "title": "Processing URLs from prompt: \"a..."}),
            json!({"toolCallId": "d", "kind": "other", "title": "echo",
                   "content": text("[Payload omitted due to length with parameters: text]")}),
        ] {
            let call = asks(cut);
            assert_eq!(call.risk, Risk::High);
            assert!(call.object.contains("does not tell all"), "{}", call.object);
        }
        let mcp = asks(json!({"toolCallId": "e", "kind": "other", "title": "echo",
                              "content": text("{\"text\":\"hi\"}")}));
        assert_ne!(mcp.risk, Risk::High);
        assert!(mcp.object.contains("hi"), "{}", mcp.object);
    }
}
