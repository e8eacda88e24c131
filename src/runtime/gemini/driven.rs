//! Gemini CLI over the Agent Client Protocol (`gemini --acp`, 0.61.0).
//!
//! - One process: without `GEMINI_CLI_NO_RELAUNCH` it is the parent of another, and signals to it are
//!   ignored.
//! - In a folder that is not trusted it starts, and leaves out the folder's own settings and all MCP
//!   servers.

use super::{Gemini, trust};
use crate::runtime::LaunchInput;
use crate::runtime::acp::Driven;

/// See the module.
pub static OVER_ACP: Driven = Driven {
    name: "gemini-acp",
    of: &Gemini,
    args,
    env: &[("GEMINI_CLI_NO_RELAUNCH", "true")],
    mode: "default",
    limits,
};

fn args(input: &LaunchInput) -> Vec<String> {
    let mut args = ["--acp", "--approval-mode", "default"]
        .map(str::to_owned)
        .to_vec();
    if let Some(model) = &input.model {
        args.extend(["--model".to_owned(), model.clone()]);
    }
    args
}

fn limits(input: &LaunchInput) -> Vec<String> {
    let asks = trust::asks(&input.cwd, &input.env, &input.read);
    let untrusted = "the folder is not trusted: its own settings and all MCP servers are left out; run gemini in it once and trust it";
    asks.then(|| untrusted.to_owned()).into_iter().collect()
}
