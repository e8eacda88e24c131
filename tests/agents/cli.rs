//! What the suite knows of each CLI: where it comes from, how a throwaway home is prepared so that
//! it starts at its prompt, and how its model calls the shell.

use crate::model::Model;
use crate::support::Home;
use serde_json::{Value, json};

/// One agent CLI.
pub struct Cli {
    /// The runtime.
    pub name: &'static str,
    /// The version that is installed.
    pub version: &'static str,
    /// The npm packages with the program for an architecture; empty for one that pult is itself.
    pub package: fn(&str) -> String,
    /// What runs the program, when it is not one by itself.
    pub runs_by: Option<&'static str>,
    /// The program below `node_modules`.
    pub program: fn(&str) -> String,
    /// Prepares the home: settings that it would ask for, dummy keys, the model's address; and
    /// whether the working directory is trusted.
    pub prepare: fn(&mut Home, &Model, bool),
    /// Key names that trust the folder at the trust screen.
    pub trust: &'static str,
    /// A call of the shell tool that needs a permission: the tool and its input.
    pub shell: fn(&str) -> (&'static str, Value),
    /// What to type at an idle prompt to end it.
    pub quit: &'static str,
    /// The words that somebody types before a prompt to start it without pult.
    pub by_hand: &'static [&'static str],
    /// What is its own below HOME.
    pub own: &'static [&'static str],
    /// Key names that answer an open request in the pane, and whether they allow it.
    pub in_the_pane: (&'static str, bool),
    /// Key names that allow the call in its own dialog.
    pub yes: &'static str,
    /// What its first start in an empty home comes to: the word that is shown, and a part of what is
    /// said about it.
    pub fresh: (&'static str, &'static str),
    /// Scenarios that cannot be played with it, and why not.
    pub lacks: &'static [(&'static str, &'static str)],
}

/// What the name of a CLI ends with that is driven over its protocol.
const OVER_ACP: &str = "-acp";

impl Cli {
    /// The name of its program.
    pub fn program_name(&self) -> &'static str {
        self.name.strip_suffix(OVER_ACP).unwrap_or(self.name)
    }

    /// Whether it is driven over its protocol.
    pub fn is_driven(&self) -> bool {
        self.name.ends_with(OVER_ACP)
    }

    /// The same CLI driven over its protocol, where it is.
    pub fn driven(&self) -> Option<&'static Cli> {
        let mut driven = CLIS.iter().filter(|cli| cli.is_driven());
        driven.find(|cli| cli.program_name() == self.name)
    }

    /// The words of `pult new` that choose it.
    pub fn chosen(&self) -> Vec<&'static str> {
        let mut words = vec!["--runtime", self.program_name()];
        words.extend(self.is_driven().then_some("--acp"));
        words
    }
}

/// All of them.
pub static CLIS: [Cli; 8] = [
    Cli {
        name: "claude",
        version: "2.1.329",
        package: |arch| format!("@anthropic-ai/claude-code-linux-{arch}@2.1.329"),
        runs_by: None,
        program: |arch| format!("@anthropic-ai/claude-code-linux-{arch}/claude"),
        prepare: claude,
        trust: "down enter",
        shell: |command| {
            let input = json!({"command": command, "description": "Make the file"});
            ("Bash", input)
        },
        quit: "/exit",
        by_hand: &["--"],
        own: &[".claude", ".claude.json"],
        in_the_pane: ("1", true),
        yes: "1",
        fresh: ("failed", "could not reach Anthropic's services"),
        lacks: &[("side_channel_killed_while_asked", NO_SIDE)],
    },
    Cli {
        name: "codex",
        version: "0.169.0",
        package: |arch| format!("codex-linux-{arch}@npm:@openai/codex@0.169.0-linux-{arch}"),
        runs_by: None,
        program: |arch| {
            let cpu = if arch == "x64" { "x86_64" } else { "aarch64" };
            format!("codex-linux-{arch}/vendor/{cpu}-unknown-linux-musl/bin/codex")
        },
        prepare: codex,
        trust: "enter",
        shell: |command| {
            let input = json!({"cmd": command, "sandbox_permissions": "require_escalated",
                               "justification": "Make the file?"});
            ("exec_command", input)
        },
        quit: "/quit",
        by_hand: &["--no-daemon", "--"],
        own: &[".codex"],
        in_the_pane: ("esc", false),
        yes: "y",
        fresh: ("asks", "codex is not logged in"),
        lacks: &[("side_channel_killed_while_asked", NO_SIDE)],
    },
    Cli {
        name: "gemini",
        version: "0.61.0",
        package: |_| "@google/gemini-cli@0.61.0".to_owned(),
        runs_by: Some("node"),
        program: |_| "@google/gemini-cli/bundle/gemini.js".to_owned(),
        prepare: gemini,
        trust: "enter",
        shell: |command| {
            let input = json!({"command": command, "description": "Make the file"});
            ("run_shell_command", input)
        },
        quit: "/quit",
        by_hand: &["--prompt-interactive"],
        own: &[".gemini"],
        in_the_pane: ("1", true),
        yes: "1",
        fresh: ("asks", "asks whether this folder is trusted"),
        lacks: &[
            ("hook_killed_while_asked", NO_HOOK),
            ("side_channel_killed_while_asked", NO_SIDE),
            ("mcp", "it takes them from files only, none of them ours"),
            ("approve_with_a_note", "a yes carries no words"),
            ("approve_with_a_note_what_fails", "a yes carries no words"),
            ("reject", "a no carries no words"),
        ],
    },
    Cli {
        name: "gemini-acp",
        version: "0.61.0",
        package: |_| "@google/gemini-cli@0.61.0".to_owned(),
        runs_by: Some("node"),
        program: |_| "@google/gemini-cli/bundle/gemini.js".to_owned(),
        prepare: gemini,
        trust: "",
        shell: |command| {
            let input = json!({"command": command, "description": "Make the file"});
            ("run_shell_command", input)
        },
        quit: "/quit",
        by_hand: &[],
        own: &[".gemini"],
        in_the_pane: ("esc", false),
        yes: "",
        fresh: ("asks", "the agent opens no conversation"),
        lacks: &[
            ("hook_killed_while_asked", NO_HOOK),
            ("side_channel_killed_while_asked", NO_SIDE),
            ("at_its_trust_screen", "it has no screen and does not ask"),
        ],
    },
    Cli {
        name: "opencode",
        version: "1.18.33",
        package: |arch| format!("opencode-linux-{arch}@1.18.33"),
        runs_by: None,
        program: |arch| format!("opencode-linux-{arch}/bin/opencode"),
        prepare: opencode,
        trust: "",
        shell: |command| {
            let input = json!({"command": command, "description": "Make the file"});
            ("bash", input)
        },
        quit: "/exit",
        by_hand: &["--prompt"],
        own: &[".config/opencode", ".local/share/opencode"],
        in_the_pane: ("enter", true),
        yes: "enter",
        fresh: ("done", "Cannot connect to API"),
        lacks: &[
            (
                "limit",
                "it tries again by itself, so that its limit comes and goes",
            ),
            ("hook_killed_while_asked", NO_HOOK),
            ("approve_with_a_note", "a yes carries no words"),
            ("approve_with_a_note_what_fails", "a yes carries no words"),
            ("at_its_trust_screen", "it trusts every folder"),
        ],
    },
    Cli {
        name: "grok",
        version: "1.0.41",
        package: |arch| format!("@xai-official/grok-linux-{arch}@1.0.41"),
        runs_by: None,
        program: |arch| format!("@xai-official/grok-linux-{arch}/bin/grok"),
        prepare: grok,
        trust: "y",
        shell: |command| {
            let input = json!({"command": command, "description": "Make the file"});
            ("run_terminal_command", input)
        },
        quit: "/quit",
        by_hand: &["--"],
        own: &[".grok"],
        in_the_pane: ("2", true),
        yes: "2",
        fresh: ("asks", "grok is not logged in"),
        lacks: &[
            ("approve_with_a_note", "a yes carries no words"),
            ("approve_with_a_note_what_fails", "a yes carries no words"),
            ("reject", "a no carries no words"),
            ("hook_killed_while_asked", NO_HOOK),
        ],
    },
    Cli {
        name: "qwen",
        version: "0.24.4",
        package: |arch| format!("@qwen-code/qwen-code@0.24.4 node-linux-{arch}@22"),
        runs_by: None,
        program: |_| "@qwen-code/qwen-code/cli-entry.js".to_owned(),
        prepare: qwen,
        trust: "",
        shell: |command| {
            let input = json!({"command": command, "description": "Make the file",
                               "is_background": false});
            ("run_shell_command", input)
        },
        quit: "/quit",
        by_hand: &["-i"],
        own: &[".qwen"],
        in_the_pane: ("1", true),
        yes: "1",
        fresh: ("asks", "connect one in the pane"),
        lacks: &[
            ("side_channel_killed_while_asked", NO_SIDE),
            (
                "limit",
                "it tries again for minutes and shows only that it works",
            ),
            (
                "daemon_killed_then_answered_in_the_pane",
                "it shows no dialog while its hook decides",
            ),
            (
                "answered_in_the_pane",
                "it shows no dialog while its hook decides",
            ),
            ("at_its_trust_screen", "it trusts every folder"),
        ],
    },
    Cli {
        name: "ollama",
        version: "",
        package: |_| String::new(),
        runs_by: None,
        program: |_| String::new(),
        prepare: ollama,
        trust: "",
        shell: |command| ("", json!({"command": command})),
        quit: "/quit",
        by_hand: &["chat", "--session", "shop-talk-of-today", "--"],
        own: &[".local/state/pult"],
        in_the_pane: ("", false),
        yes: "",
        fresh: ("asks", "nobody answers at 127.0.0.1:11434"),
        lacks: &[
            ("hook_killed_while_asked", NO_TOOLS),
            ("program_killed_while_asked", NO_TOOLS),
            ("side_channel_killed_while_asked", NO_TOOLS),
            ("daemon_killed_then_answered_in_the_pane", NO_TOOLS),
            ("transcript", NO_TOOLS),
            ("limit", "a model of one's own has none"),
            ("changes", NO_TOOLS),
            ("in_a_worktree", NO_TOOLS),
            ("mcp", NO_TOOLS),
            ("fork_and_import", "a chat has no fork"),
            ("approve", NO_TOOLS),
            ("reject", NO_TOOLS),
            ("approve_with_a_note", NO_TOOLS),
            ("approve_with_a_note_what_fails", NO_TOOLS),
            ("reject_without_a_note", NO_TOOLS),
            ("answered_in_the_pane", NO_TOOLS),
            ("daemon_killed_while_asked", NO_TOOLS),
            ("stopped_while_asked", NO_TOOLS),
            ("at_its_trust_screen", NO_TOOLS),
        ],
    },
];

/// Why a gate is left out: its requests come another way.
const NO_HOOK: &str = "no hook brings its requests";
const NO_SIDE: &str = "no side channel brings its requests";

/// Why a chat is left out.
const NO_TOOLS: &str = "a chat has no tools";

fn write(home: &Home, path: &str, text: &str) {
    let path = home.path().join("home").join(path);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory in HOME");
    std::fs::write(path, text).expect("a file in HOME");
}

fn work(home: &Home) -> String {
    let work = home.work().canonicalize().expect("the working directory");
    work.to_str().expect("a path in UTF-8").to_owned()
}

fn claude(home: &mut Home, model: &Model, trusted: bool) {
    let key = "sk-ant-api03-not-a-real-key-0000000000000001";
    let state = json!({
        "hasCompletedOnboarding": true,
        "lastOnboardingVersion": "2.1.329",
        "hasSeenAutoDefaultNotice": true,
        "customApiKeyResponses": {"approved": [&key[key.len() - 20..]], "rejected": []},
        "projects": {work(home): {"hasTrustDialogAccepted": trusted}},
    });
    write(home, ".claude.json", &state.to_string());
    home.env("ANTHROPIC_API_KEY", key);
    home.env(
        "ANTHROPIC_BASE_URL",
        &format!("http://127.0.0.1:{}", model.port),
    );
    for quiet in [
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "DISABLE_AUTOUPDATER",
        "DISABLE_TELEMETRY",
        "DISABLE_ERROR_REPORTING",
    ] {
        home.env(quiet, "1");
    }
}

fn codex(home: &mut Home, model: &Model, trusted: bool) {
    let config = format!(
        r#"
model = "gpt-5.2-codex"
model_provider = "scripted"
check_for_update_on_startup = false
[model_providers.scripted]
name = "scripted"
base_url = "http://127.0.0.1:{}/v1"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
supports_websockets = false
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
"#,
        model.port
    );
    let trust = format!("[projects.{:?}]\ntrust_level = \"trusted\"\n", work(home));
    let config = config + if trusted { &trust } else { "" };
    write(home, ".codex/config.toml", &config);
    home.env("SCRIPTED_KEY", "dummy");
}

fn opencode(home: &mut Home, model: &Model, _: bool) {
    let limit = json!({"context": 128_000, "output": 8192});
    let models = json!({
        "scripted-model": {"name": "Scripted", "tool_call": true, "limit": limit},
        "scripted-small": {"name": "Small", "limit": limit},
    });
    let config = json!({
        "autoupdate": false,
        "share": "disabled",
        "model": "scripted/scripted-model",
        "small_model": "scripted/scripted-small",
        "enabled_providers": ["scripted"],
        "provider": {"scripted": {
            "npm": "@ai-sdk/openai-compatible",
            "name": "Scripted",
            "options": {
                "baseURL": format!("http://127.0.0.1:{}/v1", model.port),
                "apiKey": "dummy",
            },
            "models": models,
        }},
        // What a launch must not be talked out of.
        "permission": {"bash": "allow"},
        "agent": {"build": {"permission": {"bash": "allow"}}},
    });
    write(home, ".config/opencode/opencode.json", &config.to_string());
    // Its tools run in the user's shell, and nobody has none.
    home.env("SHELL", "/bin/bash");
    for quiet in ["AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD"] {
        home.env(&format!("OPENCODE_DISABLE_{quiet}"), "1");
    }
}

fn grok(home: &mut Home, model: &Model, trusted: bool) {
    let config = format!(
        r#"
[models]
default = "scripted"
[model.scripted]
model = "scripted"
base_url = "http://127.0.0.1:{}/v1"
env_key = "SCRIPTED_KEY"
api_backend = "chat_completions"
context_window = 128000
[features]
remote_fetch = false
managed_config = false
telemetry = false
[cli]
auto_update = false
# What a launch must not be talked out of.
[ui]
permission_mode = "always-approve"
"#,
        model.port
    );
    write(home, ".grok/config.toml", &config);
    home.env("SCRIPTED_KEY", "dummy");
    // Its tools run in the user's shell, and nobody has none.
    home.env("SHELL", "/bin/bash");
    // Side requests to the model, with all of its tools.
    for quiet in [
        "PROMPT_SUGGESTIONS",
        "TURN_SUMMARY",
        "TITLE_REFRESH",
        "SESSION_RECAP",
    ] {
        home.env(&format!("GROK_{quiet}"), "0");
    }
    if !trusted {
        // A folder without anything to trust is not asked about.
        let path = home.work().join(".mcp.json");
        std::fs::write(path, r#"{"mcpServers": {}}"#).expect("a file in the project");
    }
}

fn qwen(home: &mut Home, model: &Model, _: bool) {
    let settings = json!({
        "ui": {"autoModeAcknowledged": true, "hideTips": true, "enableFollowupSuggestions": false},
        "general": {"enableAutoUpdate": false},
        "privacy": {"usageStatisticsEnabled": false},
        "security": {"auth": {"selectedType": "openai"}},
    });
    write(home, ".qwen/settings.json", &settings.to_string());
    home.env("OPENAI_API_KEY", "dummy");
    home.env("OPENAI_MODEL", "scripted");
    home.env(
        "OPENAI_BASE_URL",
        &format!("http://127.0.0.1:{}/v1", model.port),
    );
}

fn ollama(home: &mut Home, model: &Model, _: bool) {
    home.env("OLLAMA_HOST", &format!("127.0.0.1:{}", model.port));
}

fn gemini(home: &mut Home, model: &Model, trusted: bool) {
    let settings = json!({
        "security": {
            "auth": {"selectedType": "gemini-api-key"},
            "folderTrust": {"enabled": true},
        },
        "general": {"enableAutoUpdate": false, "enableAutoUpdateNotification": false},
        "privacy": {"usageStatisticsEnabled": false},
        "telemetry": {"enabled": false},
        "model": {"name": "gemini-2.5-pro"},
    });
    write(home, ".gemini/settings.json", &settings.to_string());
    if trusted {
        let folders = json!({work(home): "TRUST_FOLDER"});
        write(home, ".gemini/trustedFolders.json", &folders.to_string());
    }
    home.env("GEMINI_API_KEY", "dummy");
    home.env(
        "GOOGLE_GEMINI_BASE_URL",
        &format!("http://127.0.0.1:{}", model.port),
    );
}
