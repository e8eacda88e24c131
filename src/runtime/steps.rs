//! What an agent plans to do, from the calls of the tools with which it writes that down. Their
//! names and fields differ little: a list of objects with the words of a step and its state.

use crate::core::conversation::{Step, StepState};
use serde_json::Value;

/// Most steps of a plan that are kept.
const MOST: usize = 200;
/// Longest step, characters.
const LONGEST: usize = 500;

/// Tools that are given the plan, in small letters without lines between the words: Claude Code's
/// and opencode's, Codex's, Gemini CLI's, that of Qwen Code and Grok Build.
const WHOLE: [&str; 3] = ["todowrite", "updateplan", "writetodos"];
/// Where in their input the list is.
const LISTS: [&str; 2] = ["todos", "plan"];
/// Where in an item its words are.
const WORDS: [&str; 5] = ["content", "step", "description", "subject", "text"];

/// What a call changes in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This is the plan now: id, where it has one, and step.
    Whole(Vec<(Option<String>, Step)>),
    /// These steps are as told, and all others as they were.
    Some(Vec<(Option<String>, Partly)>),
    /// One more step; steps that are added one by one are numbered from 1.
    Added(String),
}

/// What is told of a step: its words, its state.
pub type Partly = (Option<String>, Option<StepState>);

/// What a call of `tool` with `input` changes; `None` when it is about something else.
pub fn change(tool: &str, input: &Value) -> Option<Change> {
    let name: String = tool.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    if WHOLE.contains(&name.as_str()) {
        let list = LISTS
            .iter()
            .find_map(|field| input.get(field)?.as_array())?;
        let items = list.iter().take(MOST);
        if input["merge"] == true {
            let item = |item| (id(item), (words(item), state(item)));
            return Some(Change::Some(items.map(item).collect()));
        }
        let step = |item| {
            let text = words(item)?;
            let state = state(item).unwrap_or(StepState::Open);
            Some((id(item), Step { text, state }))
        };
        return Some(Change::Whole(items.filter_map(step).collect()));
    }
    // Claude Code's other way: one call a step.
    match name.as_str() {
        "taskcreate" => words(input).map(Change::Added),
        "taskupdate" => {
            let number = input.get("taskId")?;
            let number = number
                .as_str()
                .map_or_else(|| number.to_string(), str::to_owned);
            let told = (input["subject"].as_str().map(cut), state(input));
            Some(Change::Some(vec![(Some(number), told)]))
        }
        _ => None,
    }
}

fn id(item: &Value) -> Option<String> {
    item.get("id")?.as_str().map(str::to_owned)
}

fn words(item: &Value) -> Option<String> {
    let mut words = WORDS.iter().filter_map(|field| item.get(field)?.as_str());
    let words = words.find(|words| !words.trim().is_empty());
    words.or(item.as_str()).map(cut)
}

fn cut(words: &str) -> String {
    words.trim().chars().take(LONGEST).collect()
}

fn state(item: &Value) -> Option<StepState> {
    Some(match item.get("status")?.as_str()? {
        "completed" | "complete" | "done" => StepState::Done,
        "in_progress" | "inProgress" | "active" => StepState::Doing,
        "cancelled" | "canceled" | "deleted" | "skipped" => StepState::Dropped,
        _ => StepState::Open,
    })
}

/// The plan as far as a conversation has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    steps: Vec<(Option<String>, Step)>,
    added: u32,
}

impl Steps {
    /// Takes over what a call changes; what it says of steps that are not known is left out.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Whole(steps) => self.steps = steps,
            Change::Added(text) => {
                self.added += 1;
                if self.steps.len() < MOST {
                    let state = StepState::Open;
                    let id = Some(self.added.to_string());
                    self.steps.push((id, Step { text, state }));
                }
            }
            Change::Some(told) => {
                // A list that is merged may have new ones; one step told alone is none.
                let room = if self.added == 0 { MOST } else { 0 };
                for (id, (text, state)) in told {
                    let fits = self.steps.len() < room;
                    let known = self
                        .steps
                        .iter_mut()
                        .find(|(of, _)| id.is_some() && *of == id);
                    match (known, text) {
                        (Some((_, step)), text) => {
                            step.text = text.unwrap_or_else(|| std::mem::take(&mut step.text));
                            step.state = state.unwrap_or(step.state);
                        }
                        (None, Some(text)) if fits => {
                            let state = state.unwrap_or(StepState::Open);
                            self.steps.push((id, Step { text, state }));
                        }
                        (None, _) => {}
                    }
                }
            }
        }
    }

    /// The steps, in order.
    pub fn list(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().map(|(_, step)| step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan(calls: &[(&str, Value)]) -> Vec<(String, StepState)> {
        let mut steps = Steps::default();
        for (tool, input) in calls {
            if let Some(change) = change(tool, input) {
                steps.apply(change);
            }
        }
        let step = |step: &Step| (step.text.clone(), step.state);
        steps.list().map(step).collect()
    }

    #[test]
    fn each_cli_writes_its_plan_down_in_its_own_words() {
        let expected = [
            ("look".to_owned(), StepState::Done),
            ("mend".to_owned(), StepState::Doing),
            ("test".to_owned(), StepState::Open),
        ];
        let list = |words: &str| {
            json!([{words: "look", "status": "completed"}, {words: "mend", "status": "in_progress"},
                   {words: "test", "status": "pending", "priority": "low"}])
        };
        for (tool, input) in [
            ("TodoWrite", json!({"todos": list("content")})),
            ("todowrite", json!({"todos": list("content")})),
            (
                "update_plan",
                json!({"explanation": "why", "plan": list("step")}),
            ),
            ("write_todos", json!({"todos": list("description")})),
            ("todo_write", json!({"todos": list("content")})),
        ] {
            let before = (
                tool,
                json!({"todos": [{"content": "old", "step": "old"}], "plan": []}),
            );
            assert_eq!(plan(&[before, (tool, input)]), expected, "{tool}");
        }
        let create = |subject: &str| {
            (
                "TaskCreate",
                json!({"subject": subject, "description": "x"}),
            )
        };
        let update =
            |id: Value, status: &str| ("TaskUpdate", json!({"taskId": id, "status": status}));
        let calls = [
            create("look"),
            create("mend"),
            create("test"),
            update(json!("1"), "completed"),
            update(json!(2), "in_progress"),
            update(json!("9"), "completed"),
        ];
        let calls = calls.map(|(tool, mut input)| {
            input.as_object_mut().unwrap().remove("description");
            (tool, input)
        });
        assert_eq!(plan(&calls), expected);
    }

    #[test]
    fn a_part_of_a_plan_leaves_the_rest_as_it_was() {
        let todos =
            |items: Value, merge: bool| ("todo_write", json!({"todos": items, "merge": merge}));
        let seen = plan(&[
            todos(
                json!([{"id": "a", "content": "one"}, {"id": "b", "content": "two"}]),
                false,
            ),
            todos(
                json!([{"id": "b", "status": "completed"}, {"id": "c", "content": "three"}]),
                true,
            ),
            todos(json!([{"id": "d", "status": "cancelled"}]), true),
        ]);
        let expected = [
            ("one".to_owned(), StepState::Open),
            ("two".to_owned(), StepState::Done),
            ("three".to_owned(), StepState::Open),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn other_calls_and_odd_ones_change_nothing() {
        for (tool, input) in [
            ("Bash", json!({"command": "x", "todos": [{"content": "y"}]})),
            ("TodoWrite", json!(7)),
            ("TodoWrite", json!({"todos": "x"})),
            ("TaskUpdate", json!({"status": "completed"})),
            ("TaskCreate", json!({})),
        ] {
            assert_eq!(change(tool, &input), None, "{tool} {input}");
        }
        let odd = json!({"todos": [7, null, {}, {"content": " "}, "words"]});
        assert_eq!(plan(&[("TodoWrite", odd)]).len(), 1);
    }
}
