//! What a runtime can do, as data: declared by each, never assumed.

/// What a runtime can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// It is a conversation with a model: it takes prompts, and its turns are known. Anything else
    /// is a plain program.
    pub agent: bool,
    /// The conversation's id can be chosen before the start.
    pub preset_native_id: bool,
    /// A stopped session can be resumed.
    pub resume: bool,
    /// A conversation can be branched off by the CLI itself.
    pub fork: bool,
    /// How requests for a permission are decided.
    pub approval: Approval,
    /// What happens to a tool call whose approval channel dies.
    pub fails: Fails,
    /// What a rejection means for the running turn.
    pub reject: Reject,
    /// How it counts tokens.
    pub usage: Usage,
    /// What of it can outlive its screen, in words; empty when nothing does.
    pub background: &'static str,
}

/// How requests for a permission are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// It never asks.
    Never,
    /// A hook of the CLI brings each request to the inbox and waits for the answer.
    Hook,
    /// The CLI's own process is asked and answered over a side channel.
    Channel,
    /// Its protocol asks a program of ours, which brings each request to the inbox and waits.
    Protocol,
    /// On its screen; a decision from the inbox is a key into the dialog, the last resort.
    Keys,
    /// In the pane only; the inbox says that it waits.
    Pane,
}

/// What an unanswered or killed approval channel means for the tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fails {
    /// The tool is not run.
    Closed,
    /// The tool may run.
    Open,
}

/// What a rejection means for the running turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// The model is told, and goes on.
    TurnGoesOn,
    /// With a note the model is told and goes on, without one the turn ends.
    EndsWithoutNote,
    /// The turn ends.
    TurnEnds,
}

/// How tokens are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Not at all.
    Unknown,
    /// A sum over the conversation that only grows.
    Cumulative,
    /// For each prompt.
    PerPrompt,
    /// For each request to the model.
    PerStep,
}

impl Capabilities {
    /// A plain program, of which nothing is known.
    pub const PLAIN: Self = Self {
        agent: false,
        preset_native_id: false,
        resume: true,
        fork: false,
        approval: Approval::Never,
        fails: Fails::Closed,
        reject: Reject::TurnEnds,
        usage: Usage::Unknown,
        background: "",
    };

    /// One line for people; `None` for a plain program.
    pub fn words(&self) -> Option<String> {
        if !self.agent {
            return None;
        }
        let mut words = vec![match self.approval {
            Approval::Never => "never asks",
            Approval::Hook => "approvals by its hook",
            Approval::Channel => "approvals by a side channel",
            Approval::Protocol => "approvals over its protocol",
            Approval::Keys => "approvals by a key into its dialog (last resort)",
            Approval::Pane => "approvals in its pane",
        }];
        if self.approval != Approval::Never {
            words.push(match self.fails {
                Fails::Closed => "fails closed",
                Fails::Open => "fails OPEN",
            });
            words.push(match self.reject {
                Reject::TurnGoesOn => "goes on after a rejection",
                Reject::EndsWithoutNote => "goes on after a rejection with a note",
                Reject::TurnEnds => "a rejection ends the turn",
            });
        }
        words.push(match (self.resume, self.fork) {
            (true, true) => "resume and fork",
            (true, false) => "resume",
            (false, true) => "fork",
            (false, false) => "no resume",
        });
        words.push(match self.preset_native_id {
            true => "id known before the start",
            false => "id known once it runs",
        });
        words.push(match self.usage {
            Usage::Unknown => "tokens not counted",
            Usage::Cumulative => "tokens as a running sum",
            Usage::PerPrompt => "tokens per prompt",
            Usage::PerStep => "tokens per model request",
        });
        let mut line = words.join(" · ");
        if !self.background.is_empty() {
            line.push_str(" · in the background: ");
            line.push_str(self.background);
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_says_how_it_is_decided_and_a_plain_program_nothing() {
        assert_eq!(Capabilities::PLAIN.words(), None);
        for runtime in crate::runtime::all() {
            let can = runtime.capabilities();
            assert_eq!(can.words().is_some(), can.agent, "{}", runtime.name());
        }
        let open = Capabilities {
            agent: true,
            approval: Approval::Hook,
            fails: Fails::Open,
            background: "a server",
            ..Capabilities::PLAIN
        };
        let words = open.words().unwrap();
        assert!(words.contains("fails OPEN"), "{words}");
        assert!(words.ends_with("in the background: a server"), "{words}");
    }
}
