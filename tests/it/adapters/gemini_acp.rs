//! Gemini CLI over its protocol.

use super::lines;
use pult::core::ask::{Answer, Verb};
use pult::runtime;
use pult::runtime::acp::{Heard, Over, Talk};
use serde_json::Value;

/// Plays a capture: what the CLI said is heard, and what we say is held against what was said to it.
/// What was heard comes back, without our own lines.
fn played(name: &str, decision: Answer) -> Vec<Heard> {
    let mut talk = Talk::new("/home/project", &[], "default");
    let mut heard = Vec::new();
    let mut said = Vec::new();
    for line in lines("gemini", &format!("acp/{name}.jsonl")) {
        let line: Value = serde_json::from_str(&line).expect("a line of a capture");
        let msg = &line["msg"];
        match line["dir"].as_str() {
            Some("<-") => {
                for one in talk.hear(&msg.to_string()) {
                    match one {
                        Heard::Say(line) => said.push(line),
                        one => heard.push(one),
                    }
                }
            }
            Some("->") => {
                said.extend(match msg["method"].as_str() {
                    Some("initialize") => vec![talk.greet()],
                    Some("session/prompt") => {
                        let text = msg["params"]["prompt"][0]["text"].as_str();
                        Vec::from_iter(talk.prompt(text.expect("a prompt")))
                    }
                    Some("session/cancel") => talk.cancel(),
                    Some(_) => Vec::new(),
                    None => {
                        let Some(Heard::Asks(asked)) = heard.last() else {
                            panic!("{heard:?}");
                        };
                        Vec::from_iter(talk.answer(&asked.request, decision))
                    }
                });
                let ours: Value = serde_json::from_str(&said.remove(0)).expect("a line of ours");
                for field in ["id", "method", "result"] {
                    assert_eq!(ours[field], msg[field], "{ours}");
                }
            }
            _ => {}
        }
    }
    assert_eq!(said, Vec::<String>::new());
    heard
}

fn text(heard: &[Heard]) -> String {
    let text = heard.iter().filter_map(|one| match one {
        Heard::Text(text) => Some(text.as_str()),
        _ => None,
    });
    text.collect()
}

#[test]
fn a_turn_is_its_text_and_its_tokens() {
    let heard = played("hello", Answer::Deny);
    let [Heard::Open(id, Some(model)), .., Heard::Over(over)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(id, "eb5581a3-f763-4143-b66f-6fcd7ed15cfc");
    assert!(!model.is_empty());
    assert_eq!(text(&heard), "Hello, this is the scripted model.");
    let ends = Over {
        reason: "end_turn".to_owned(),
        tokens: Some((1_200, 34)),
        error: None,
    };
    assert_eq!(*over, ends);
}

#[test]
fn what_it_asks_for_is_the_whole_command_or_the_whole_change() {
    let asked = |name, decision| {
        let heard = played(name, decision);
        let asks = heard.iter().find_map(|one| match one {
            Heard::Asks(asked) => Some(asked.call(None, Some("/home/project"))),
            _ => None,
        });
        (asks.expect("a request"), heard)
    };
    let (run, heard) = asked("allow", Answer::Allow);
    assert_eq!(run.verb, Verb::Run);
    assert_eq!(run.object, "touch made_by_bash.txt && echo did-it");
    let tools = heard.iter().filter_map(|one| match one {
        Heard::Tool(tool) => Some(tool.state.as_str()),
        _ => None,
    });
    assert_eq!(tools.collect::<Vec<_>>(), ["completed"]);
    let (write, heard) = asked("reject", Answer::Deny);
    assert_eq!(write.verb, Verb::Write);
    assert_eq!(write.object, "/home/project/made_by_write.txt");
    assert!(write.input.contains("hello\\nworld"), "{}", write.input);
    assert!(text(&heard).ends_with("The write step is over."));
}

#[test]
fn a_cancelled_turn_says_so() {
    let heard = played("cancel", Answer::Deny);
    assert!(matches!(heard.last(), Some(Heard::Over(over)) if over.reason == "cancelled"));
}

#[test]
fn it_can_be_chosen_behind_the_screen_of_its_cli() {
    let names: Vec<&str> = runtime::choices().iter().map(|r| r.name()).collect();
    let at = names.iter().position(|name| *name == "gemini");
    assert_eq!(at.map(|at| names[at + 1]), Some("gemini-acp"), "{names:?}");
    let all: Vec<&str> = runtime::all().iter().map(|r| r.name()).collect();
    assert!(!all.contains(&"gemini-acp"), "it is no runtime of its own");
    assert!(names.iter().all(|name| runtime::by_name(name).is_some()));
}
