//! Any program: no protocol, no resume but a new start. What it does is known only when it says so
//! by OSC 133 (shell integration); otherwise its turn is unknown.

use super::{Capabilities, HookCall, LaunchInput, Plan, Runtime};
use crate::core::status::Signal;

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

    fn interrupt(&self) -> &'static [u8] {
        b"\x03"
    }

    fn osc(&self, number: u32, rest: &str) -> Vec<Signal> {
        super::osc::prompt_marks(number, rest)
    }

    fn reads_screen(&self) -> bool {
        false
    }
}
