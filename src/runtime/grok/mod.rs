//! Grok Build: its pane runs over a leader, the process that has the conversation; a second client
//! of that leader is the side channel for requests and status. Seen of 1.0.41.
//!
//! - Its dialog offers "always approve everything" first, has it marked, and remembers it. Here "No"
//!   is marked, and `--permission-mode` makes it ask even where always-approve was remembered. A yes
//!   from the inbox is `allow-once` and nothing that reaches further.
//! - A request waits in the leader for as long as nobody answers, with or without a second client:
//!   it fails closed. Its hooks let the tool run when they fail, so they gate nothing.
//! - The leader outlives its screen: it is a process below the keeper and ends with it. A client that
//!   finds none starts one of its own. The second client must not: it finds the socket through a link
//!   in a directory where it cannot make the lock that it would need for that.
//! - Its screen has no flag for MCP servers. A conversation that is loaded with some gets them, its
//!   agent stays the one it was, and loading it with none takes them away again; so each load brings
//!   them, and a prompt of the start is held back until they have come up.
//! - Its own sandbox refuses the leader. Then, and where the socket's path is too long for the
//!   kernel, requests are decided in the pane.
//! - `Ctrl-O` in its pane switches to always-approve; `Esc` there only moves the focus.

mod called;
mod events;
mod screen;
mod transcript;

use super::channel::{Channel, Client, Way};
use super::draft::{CLEARS, Draft};
use super::login::Sign;
use super::ready::Version;
use super::transcript::Transcripts;
use super::{Approval, Capabilities, Fails, HookCall, LaunchInput, Plan, Reject, Runtime, Usage};
use crate::core::status::Signal;

/// Most bytes of a Unix socket's path.
const LONGEST: usize = 107;

/// The directory, below the attempt's, in which the second client finds the leader's socket.
const SIDE: &str = "side";

/// Grok Build.
pub struct Grok;

impl Runtime for Grok {
    fn name(&self) -> &'static str {
        "grok"
    }

    fn programs(&self) -> &'static [&'static str] {
        &["grok"]
    }

    fn version_args(&self) -> &'static [&'static str] {
        &["--version"]
    }

    fn min_version(&self) -> Version {
        Version(1, 0, 40)
    }

    fn install_hint(&self) -> &'static str {
        "install it with `npm install -g @xai-official/grok@latest` and log in once by running `grok`"
    }

    fn login(&self) -> &'static [Sign] {
        &[
            Sign::Env("XAI_API_KEY"),
            Sign::File {
                env: "GROK_HOME",
                dir: ".grok",
                name: "auth.json",
            },
            // A model of the user's own has its key there.
            Sign::File {
                env: "GROK_HOME",
                dir: ".grok",
                name: "config.toml",
            },
        ]
    }

    fn process_names(&self) -> &'static [&'static str] {
        &["grok"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            agent: true,
            preset_native_id: true,
            resume: true,
            fork: true,
            approval: Approval::Channel,
            fails: Fails::Closed,
            reject: Reject::TurnEnds,
            usage: Usage::PerPrompt,
            background: "a leader and a second client of it, ended with its screen",
        }
    }

    fn launch(&self, input: &LaunchInput) -> Plan {
        let mut argv = vec![input.program.clone()];
        let mut arg = |words: &[&str]| argv.extend(words.iter().map(|w| (*w).to_owned()));
        let channel = client(input);
        match &channel {
            Ok(client) => arg(&["--leader", "--leader-socket", &client.socket]),
            Err(_) => arg(&["--no-leader"]),
        }
        arg(&["--permission-mode", "default"]);
        if let Some(model) = &input.model {
            arg(&["-m", model]);
        }
        let native_id = match &input.resume {
            Some(id) => {
                arg(&["-r", id]);
                id.clone()
            }
            None => {
                if let Some(id) = &input.fork {
                    arg(&["-r", id, "--fork-session"]);
                }
                arg(&["-s", &input.fresh_id]);
                input.fresh_id.clone()
            }
        };
        let mut first = Vec::new();
        match &input.prompt {
            Some(prompt) if channel.as_ref().is_ok_and(|client| !client.mcp.is_empty()) => {
                first.push(events::prompt(&native_id, prompt));
            }
            Some(prompt) => arg(&["--", prompt]),
            None => {}
        }
        let limit = match &channel {
            Ok(_) => {
                "its own tools can reach the leader that has its requests; an answer from neither door is told as tampering"
            }
            Err(why) => *why,
        };
        let mut limits = vec![limit.to_owned()];
        if channel.is_err() && !input.mcp.is_empty() {
            limits.push("without its leader it gets no MCP servers".to_owned());
        }
        Plan {
            argv,
            env: vec![(
                "GROK_DEFAULT_SELECTED_PERMISSION".to_owned(),
                "reject".to_owned(),
            )],
            native_id: Some(native_id),
            limits,
            way: channel.ok().map(|client| Way {
                port: 0,
                secret: String::new(),
                prompted: input.prompt.is_some(),
                first,
                client: Some(client),
            }),
            ..Plan::default()
        }
    }

    fn takes_mcp(&self) -> bool {
        true
    }

    fn channel(&self, way: &Way) -> Option<Box<dyn Channel>> {
        let client = way.client.as_ref()?;
        Some(Box::new(events::Events::new(way, client)))
    }

    fn hook(&self, _: &str) -> Result<HookCall, String> {
        Err("grok is asked over its leader and has no hooks of a launch".to_owned())
    }

    fn draft(&self, rows: &[String]) -> Option<Draft> {
        screen::prompt().read(rows)
    }

    fn clears(&self) -> &'static str {
        CLEARS
    }

    fn interrupt(&self) -> &'static [u8] {
        b"\x03"
    }

    fn title(&self, title: &str) -> Vec<Signal> {
        screen::title(title)
    }

    fn screen(&self, rows: &[String]) -> Vec<Signal> {
        screen::read(rows)
    }

    fn transcripts(&self) -> Option<&'static dyn Transcripts> {
        Some(&transcript::Updates)
    }
}

/// The second client of a start, or why there can be none.
fn client(input: &LaunchInput) -> Result<Client, &'static str> {
    let own = input.env.get("GROK_SANDBOX");
    if own.is_some_and(|profile| !matches!(profile.as_str(), "" | "off")) {
        return Err("GROK_SANDBOX leaves no leader to ask over; it asks in its pane only");
    }
    let link = format!("{}/{SIDE}/leader.sock", input.dir);
    if link.len() > LONGEST {
        return Err("its directory's path is too long for a socket; it asks in its pane only");
    }
    let words = [
        input.program.as_str(),
        "agent",
        "--leader",
        "--leader-socket",
        &link,
        "stdio",
    ];
    Ok(Client {
        argv: words.map(str::to_owned).to_vec(),
        cwd: input.cwd.clone(),
        socket: format!("{}/leader.sock", input.dir),
        barred: format!("{}/{SIDE}/leader.lock", input.dir),
        link,
        mcp: input.mcp.clone(),
    })
}
