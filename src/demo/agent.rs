//! The role `pult demo-agent`: plays a script in a pane as an agent would, and says that it does.

use super::dialog::{Hook, Verdict};
use super::pane::{Beat, Pane};
use super::script::{self, Script, Step};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How a script or a step of it went.
enum Went {
    /// To its end.
    On,
    /// Somebody pressed Esc or ^C.
    Interrupted,
    /// The program ends with this code.
    Over(i32),
}

/// Plays `SCRIPT SESSION new|resumed HOOK [PROMPT]`; returns the exit code.
pub fn run(words: &[OsString]) -> i32 {
    let word = |n: usize| words.get(n).map(|w| w.to_string_lossy().into_owned());
    let (Some(name), Some(session), Some(start), Some(hook)) = (word(0), word(1), word(2), word(3))
    else {
        eprintln!("pult demo-agent: a role of `pult demo`; start that");
        return 2;
    };
    let Some(script) = script::by_name(&name) else {
        eprintln!("pult demo-agent: no script `{name}`; start `pult demo`");
        return 2;
    };
    let cwd = std::env::current_dir().unwrap_or_default();
    let agent = Agent {
        script,
        pane: Pane::open(beat()),
        hook: Hook::new(hook, session, cwd.display().to_string()),
    };
    agent.live(start == "resumed", word(4))
}

/// The length of one step.
fn beat() -> Duration {
    let set = std::env::var("DEMO_BEAT_MS").ok();
    let ms = set.and_then(|ms| ms.parse().ok()).unwrap_or(900);
    Duration::from_millis(ms)
}

struct Agent {
    script: &'static Script,
    pane: Pane,
    hook: Hook,
}

impl Agent {
    /// The whole life: the script, then whatever is typed.
    fn live(&self, resumed: bool, prompt: Option<String>) -> i32 {
        let title = self.script.name;
        self.pane
            .say(&format!("\x1b[1mscripted agent\x1b[0m · {title}"));
        self.pane
            .say("\x1b[2mpart of `pult demo`: no model, no network\x1b[0m");
        self.hook.tell("SessionStart", json!({"model": title}));
        let first = match (resumed, prompt) {
            (true, None) => {
                self.pane
                    .say("\r\nback where we were; `again` plays the script once more");
                self.settle();
                None
            }
            (_, prompt) => Some(prompt.unwrap_or_else(|| self.script.prompt.to_owned())),
        };
        let mut went = match first {
            Some(prompt) => {
                self.pane.say(&format!("\r\n> {prompt}\r\n"));
                self.turn(&prompt, self.script.steps)
            }
            None => Went::On,
        };
        loop {
            if let Went::Over(code) = went {
                self.pane.state("clear", title);
                return code;
            }
            let Some(line) = self.pane.line() else {
                self.pane.state("clear", title);
                return 0;
            };
            went = match line.trim() {
                "" => Went::On,
                "again" => self.turn(&line, self.script.steps),
                _ => self.turn(
                    &line,
                    &[Step::Say("I can only play my script; type `again`")],
                ),
            };
        }
    }

    /// One turn: from a prompt to the end of what it asks for.
    fn turn(&self, prompt: &str, steps: &[Step]) -> Went {
        self.hook
            .tell("UserPromptSubmit", json!({"prompt": prompt}));
        self.pane.state("working", self.script.name);
        for step in steps {
            match self.step(step) {
                Went::On => {}
                Went::Interrupted => {
                    self.pane.say("\x1b[33m■\x1b[0m interrupted");
                    self.pane.state("idle", self.script.name);
                    return Went::Interrupted;
                }
                over => return over,
            }
        }
        self.settle();
        Went::On
    }

    fn settle(&self) {
        self.pane.state("idle", self.script.name);
        self.hook.tell("Stop", json!({}));
    }

    fn step(&self, step: &Step) -> Went {
        match step {
            Step::Say(line) => self.after(1, || self.pane.say(&format!("\x1b[36m●\x1b[0m {line}"))),
            Step::Work(beats) => self.after(*beats, || {}),
            Step::Look(command) => self.after(1, || self.shell(command)),
            Step::Exit(code) => self.after(1, || {}).or(Went::Over(*code)),
            Step::Write {
                file,
                content,
                reason,
            } => {
                let input = json!({"file_path": file, "content": content, "reason": reason});
                self.may("Write", &input, &format!("write {file}"), || {
                    let wrote = std::fs::write(file, content);
                    wrote.map_or_else(|e| format!("{file}: {e}"), |()| format!("wrote {file}"))
                })
            }
            Step::Run { command, reason } => {
                let input = json!({"command": command, "description": reason});
                self.may("Bash", &input, &format!("run: {command}"), || {
                    self.shell(command);
                    format!("ran {command}")
                })
            }
        }
    }

    /// Lets beats pass and then does something, unless it was interrupted.
    fn after(&self, beats: u32, then: impl FnOnce()) -> Went {
        match self.pane.pass(beats) {
            Beat::Over => then(),
            Beat::Interrupted => return Went::Interrupted,
            Beat::Closed => return Went::Over(0),
        }
        Went::On
    }

    /// Asks for a call and makes it when it may.
    fn may(&self, tool: &str, input: &Value, what: &str, act: impl FnOnce() -> String) -> Went {
        if let Beat::Closed = self.pane.pass(1) {
            return Went::Over(0);
        }
        self.pane.state("blocked", self.script.name);
        self.pane.say(&format!("\x1b[33m◆\x1b[0m may I {what}?"));
        self.pane
            .say("  it waits in pult's inbox; here y or n answers too");
        let call = json!({"tool_name": tool, "tool_input": input});
        let verdict = self.hook.ask(&self.pane, &call);
        if let Verdict::Allowed | Verdict::Denied(_) = verdict {
            self.pane.state("working", self.script.name);
        }
        match verdict {
            Verdict::Allowed => {
                let done = act();
                self.pane.say(&format!("\x1b[32m✓\x1b[0m allowed: {done}"));
                self.hook.tell("PostToolUse", call);
                Went::On
            }
            Verdict::Denied(told) => {
                let told: String = told.chars().filter(|c| !c.is_control()).collect();
                self.pane.say(&format!("\x1b[31m×\x1b[0m not done: {told}"));
                Went::On
            }
            Verdict::Interrupted => Went::Interrupted,
            Verdict::Closed => Went::Over(0),
        }
    }

    /// Runs a command in the repository and shows what it printed.
    fn shell(&self, command: &str) {
        self.pane.say(&format!("\x1b[2m  $ {command}\x1b[0m"));
        let ran = Command::new("sh")
            .arg("-c")
            .arg(command)
            .stdin(Stdio::null())
            .output();
        match ran {
            Ok(output) => {
                for line in String::from_utf8_lossy(&output.stdout).lines() {
                    self.pane.say(&format!("  {line}"));
                }
            }
            Err(e) => self.pane.say(&format!("  {e}")),
        }
    }
}

impl Went {
    /// `next`, when it went on.
    fn or(self, next: Went) -> Went {
        match self {
            Went::On => next,
            other => other,
        }
    }
}
