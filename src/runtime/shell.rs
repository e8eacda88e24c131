//! Any program: no protocol, no resume but a new start. What it does is known only when it says so
//! by OSC 133 (shell integration); otherwise its turn is unknown.

use super::{Capabilities, HookCall, LaunchInput, Plan, Runtime};
use crate::core::ask::Answer;
use crate::core::status::Signal;
use std::collections::BTreeMap;

/// Any program, or the user's shell.
pub struct Shell;

impl Runtime for Shell {
    fn name(&self) -> &'static str {
        "shell"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["bash", "sh"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::PLAIN
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let program = std::iter::once(&input.program);
        Plan {
            argv: program.chain(&input.args).cloned().collect(),
            ..Plan::default()
        }
    }

    fn hook(&self, _: &str) -> Result<HookCall, String> {
        Err("a shell has no hooks".to_owned())
    }

    fn answer(&self, _: Option<Answer>, _: Option<&str>) -> String {
        String::new()
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x03"
    }

    fn title(&self, _: &str) -> Vec<Signal> {
        Vec::new()
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        super::osc::prompt_marks(number, rest)
    }

    fn reads_screen(&self) -> bool {
        false
    }

    fn screen(&self, _: &[String]) -> Vec<Signal> {
        Vec::new()
    }

    fn status_file(&self, _: u32, _: &BTreeMap<String, String>) -> Option<String> {
        None
    }

    fn status(&self, _: &str) -> Vec<Signal> {
        Vec::new()
    }
}
