//! The scripted agents of `pult demo`: the hook dialect and the OSC status of real agents, and a
//! program that is on the PATH of a demo's sessions only.

use super::hooks::{Payload, permission_answer, tells};
use super::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime, Usage};
use crate::core::ask::Answer;
use crate::core::state::Turn;
use crate::core::status::{Says, Signal};

/// A scripted agent.
pub struct Demo;

impl Runtime for Demo {
    fn name(&self) -> &'static str {
        "demo"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["pult-demo-agent"]
    }

    fn install_hint(&self) -> &'static str {
        "scripted agents are a part of `pult demo`; start that"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            agent: true,
            preset_native_id: true,
            resume: true,
            fork: false,
            approval: Approval::Hook,
            fails: Fails::Closed,
            reject: Reject::TurnGoesOn,
            usage: Usage::Unknown,
            background: "",
        }
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let (id, start) = match &input.resume {
            Some(id) => (id.clone(), "resumed"),
            None => (input.fresh_id.clone(), "new"),
        };
        let script = input.model.as_deref().unwrap_or("fix");
        let words = ["demo-agent", script, &id, start, &input.hook_command];
        let mut argv = vec![input.program.clone()];
        argv.extend(words.map(str::to_owned));
        argv.extend(input.prompt.clone());
        Plan {
            argv,
            native_id: Some(id),
            ..Plan::default()
        }
    }

    fn hook(&self, payload: &str) -> Result<HookCall, String> {
        let payload = Payload::parse(payload)?;
        let signal = |says| payload.signal(says);
        Ok(match payload.event() {
            "PermissionRequest" => payload.request(),
            "PostToolUse" => payload.tool_ran(),
            "SessionStart" => {
                let mut signals = payload.identity();
                signals.push(signal(Says::Started));
                tells(signals)
            }
            "UserPromptSubmit" => tells(vec![signal(Says::Turn(Turn::Working))]),
            "Stop" => tells(vec![
                signal(Says::WentOn),
                signal(Says::DialogGone),
                signal(Says::Turn(Turn::Settled)),
            ]),
            _ => tells(Vec::new()),
        })
    }

    fn answer(&self, answer: Option<Answer>, note: Option<&str>) -> String {
        permission_answer(answer, note)
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x1b"
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        super::osc::status(number, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scripted_agent_gets_its_script_its_conversation_and_the_real_hook() {
        let input = LaunchInput {
            program: "/tmp/bin/pult-demo-agent".into(),
            model: Some("fix".into()),
            fresh_id: "id-1".into(),
            hook_command: "'/x/pult' hook demo".into(),
            prompt: Some("mend it".into()),
            ..LaunchInput::default()
        };
        let plan = Demo.launch(&input);
        assert_eq!(
            plan.argv[1..].join("|"),
            "demo-agent|fix|id-1|new|'/x/pult' hook demo|mend it"
        );
        let again = LaunchInput {
            resume: Some("id-1".into()),
            prompt: None,
            ..input
        };
        assert!(Demo.launch(&again).argv.contains(&"resumed".to_owned()));
    }

    #[test]
    fn nobody_is_offered_a_scripted_agent() {
        assert!(super::super::by_name("demo").is_some());
        let offered = super::super::all();
        assert!(offered.iter().all(|runtime| runtime.name() != "demo"));
    }
}
